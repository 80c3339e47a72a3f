"""A real Prometheus scrapes a real server: its own checker reads the page, and its queries find what was done."""

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request

import pytest
from inference_client import call, infer_path, tensor
from trainers import REPOSITORY, SAMPLES, rows_for

MODEL = "bare_classifier"
SCRAPE_SECONDS = 1
WAIT_SECONDS = 60


def page(server):
    return call(server, "GET", "/metrics", port=server.metrics_port).body.decode()


@pytest.fixture(scope="module")
def promtool():
    path = shutil.which("promtool")
    assert path, "promtool is missing: install the Debian package prometheus (.ci/install-packages test)"
    return path


@pytest.fixture
def own_server(start_server):
    return start_server("--threads", "2", repositories=[SAMPLES, REPOSITORY])


# Triton's names are to the letter, and so are those of the public contract; promtool's advice about them is known.
ADVICE = re.compile(
    r"^(nv_\w+|model_accuracy|false_positive_rate|anomaly_rate|embedding_generation_duration_ms) "
    r"(counter metrics should have \"_total\" suffix|use base unit \"seconds\" instead of \"microseconds\"|"
    r"no help text|metric names should not contain abbreviated units"
    r"|non-histogram and non-summary metrics should not have \"_count\" suffix)$"
)


def test_promtool_finds_no_fault_in_the_page(own_server, promtool):
    body = {"inputs": [tensor(rows_for(MODEL, 3, seed=1, special=False))]}
    assert call(own_server, "POST", infer_path(MODEL), json.dumps(body)).status == 200
    outcome = subprocess.run(
        [promtool, "check", "metrics"], input=page(own_server), capture_output=True, text=True, timeout=60
    )
    advice = [line for line in (outcome.stdout + outcome.stderr).splitlines() if line]
    assert [line for line in advice if not ADVICE.match(line)] == []
    # 3 stands for advice; 1 would be a page that cannot be read.
    assert outcome.returncode in (0, 3)


def test_promtool_would_find_one(promtool):
    for text in ("a{b=c} 1\n", "# TYPE a counter\n# TYPE a counter\na 1\n"):
        outcome = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
        assert outcome.returncode == 1, text


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Prometheus:
    def __init__(self, folder, target):
        path = shutil.which("prometheus")
        assert path, "prometheus is missing: install the Debian package (.ci/install-packages test)"
        configuration = folder / "prometheus.yml"
        configuration.write_text(
            f"global: {{scrape_interval: {SCRAPE_SECONDS}s}}\n"
            f"scrape_configs: [{{job_name: rowan, static_configs: [{{targets: ['{target}']}}]}}]\n"
        )
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = open(folder / "log", "w")
        self.process = subprocess.Popen(
            [
                path,
                f"--config.file={configuration}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={self.url.removeprefix('http://')}",
            ],
            stdout=self.log,
            stderr=self.log,
        )

    def query(self, expression):
        """The values of an instant query by their labels."""
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"{self.url}/api/v1/query?{query}", timeout=10) as answer:
            body = json.load(answer)
        assert body["status"] == "success"
        return [(sample["metric"], float(sample["value"][1])) for sample in body["data"]["result"]]

    def await_value(self, expression, condition):
        """Waits until the only value of a query is as wanted."""
        deadline = time.monotonic() + WAIT_SECONDS
        found = None
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "Prometheus has ended"
            try:
                found = self.query(expression)
            except OSError:
                found = None
            if found is not None and len(found) == 1 and condition(found[0][1]):
                return found[0][1]
            time.sleep(0.2)
        raise AssertionError(f"{expression} is {found}")

    def end(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


@pytest.fixture
def prometheus(own_server, tmp_path):
    process = Prometheus(tmp_path, f"127.0.0.1:{own_server.metrics_port}")
    yield process
    process.end()


def test_prometheus_scrapes_and_its_queries_find_what_was_done(own_server, prometheus):
    assert prometheus.await_value('up{job="rowan"}', lambda value: value == 1) == 1
    rows = rows_for(MODEL, 4, seed=1, special=False)
    body = json.dumps({"inputs": [tensor(rows)]})
    requests = 0
    begin = time.monotonic()
    while time.monotonic() < begin + 5 * SCRAPE_SECONDS:
        answer = call(own_server, "POST", infer_path(MODEL), body)
        assert answer.status == 200
        requests += 1
        time.sleep(0.01)
    positive = sum(label != 0 for label in answer.json["outputs"][0]["data"])
    labels = f'model="{MODEL}",version="1"'
    assert prometheus.await_value(f"nv_inference_request_success{{{labels}}}", lambda value: value == requests)
    assert prometheus.await_value(f"nv_inference_count{{{labels}}}", lambda value: value == 4 * requests)
    rate = prometheus.await_value(f"rate(nv_inference_request_success{{{labels}}}[30s])", lambda value: value > 0)
    assert rate < requests
    for part in (0.5, 0.99):
        quantile = prometheus.await_value(
            f"histogram_quantile({part}, sum by (le) "
            f'(rate(rowan_request_phase_seconds_bucket{{model="{MODEL}",phase="total"}}[1m])))',
            lambda value: value > 0,
        )
        assert quantile < 1
    for result, count in (("1", positive * requests), ("0", (4 - positive) * requests)):
        name = f'model_prediction_total{{model="{MODEL}",result="{result}"}}'
        assert prometheus.await_value(name, lambda value, count=count: value == count) == count
    total = f'sum(model_latency_seconds_count{{model="{MODEL}"}})'
    assert prometheus.await_value(total, lambda value: value == requests)
    assert prometheus.await_value("rate(process_cpu_seconds_total[1m])", lambda value: value > 0) < 8
    assert prometheus.await_value("sum(rate(rowan_loop_cpu_seconds_total[1m]))", lambda value: value > 0) < 8
    assert prometheus.await_value("sum(rate(rowan_loop_ticks_total[1m]))", lambda value: value > 0)
    # Accepted connections are those that are open and those that have ended.
    ended = "scalar(sum(rowan_connections_closed_total))"
    prometheus.await_value(f"rowan_connections_accepted_total - {ended} - rowan_connections", lambda value: value == 0)
    assert prometheus.await_value("nv_cpu_utilization", lambda value: 0 <= value <= 1) is not None
    assert prometheus.await_value("nv_cpu_memory_used_bytes / nv_cpu_memory_total_bytes", lambda value: 0 < value < 1)
    assert prometheus.await_value("rowan_build_info", lambda value: value == 1) == 1
    prometheus.await_value("process_open_fds", lambda value: 3 < value < 1_000)
    assert prometheus.query("scrape_samples_scraped")[0][1] > 100
