"""`rowan top` on a running server, on pages of Triton, and on what is neither: as tables, as JSON, on a terminal."""

import fcntl
import http.server
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time

import pytest
from inference_client import infer_path, tensor
from raw_http import RawConnection, request
from server_process import binary_path
from trainers import REPOSITORY, SAMPLES, rows_for

MODEL = "bare_classifier"


@pytest.fixture
def own_server(start_server):
    return start_server("--threads", "2", repositories=[SAMPLES, REPOSITORY])


class Load:
    """One client that asks without pause, and counts."""

    def __init__(self, server, rows=3):
        body = json.dumps({"inputs": [tensor(rows_for(MODEL, rows, seed=1, special=False))]}).encode()
        self.request = request("POST", infer_path(MODEL), body)
        self.port = server.http_port
        self.count = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self):
        self._thread.start()
        return self

    def _ask(self):
        with RawConnection(self.port, timeout=20) as connection:
            while not self._stop.is_set():
                assert connection.exchange(self.request).status == 200
                self.count += 1
                time.sleep(0.002)

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


def urls(server):
    return ["--url", f"http://localhost:{server.http_port}", "--metrics-url", f"127.0.0.1:{server.metrics_port}"]


def run(*words, timeout=60):
    return subprocess.run([binary_path(), "top", *words], capture_output=True, text=True, timeout=timeout)


def test_json_tells_what_the_clients_have_done(own_server):
    with Load(own_server) as load:
        before, begin = load.count, time.monotonic()
        outcome = run(*urls(own_server), "--json", "--once", "--interval", "2")
        rate = (load.count - before) / (time.monotonic() - begin)
    assert outcome.returncode == 0, outcome.stderr
    answer = json.loads(outcome.stdout)
    assert 1.9 < answer["interval_seconds"] < 4
    server = answer["server"]
    assert server["product"].startswith("rowan ") and server["ready"] is True and server["overloaded"] is False
    assert server["resident_bytes"] > 1 << 20 and server["processors"] > 0 and server["connections"] >= 1
    model = answer["models"][0]
    assert model["model"] == MODEL, "the busiest stands first"
    assert 0.5 * rate < model["requests_per_second"] < 1.5 * rate
    # The page is read while requests are counted: one may be found half-counted at either end.
    assert model["rows_per_second"] == pytest.approx(3 * model["requests_per_second"], rel=0.05)
    assert model["mean_batch_rows"] == pytest.approx(3, rel=0.05)
    assert 0 < model["p50_seconds"] <= model["p99_seconds"] < 1
    assert model["failures_per_second"] == 0
    idle = [entry for entry in answer["models"] if entry["model"] != MODEL]
    assert idle and all(entry["requests_per_second"] == 0 and entry["p50_seconds"] is None for entry in idle)


def test_tables_come_for_each_interval_until_the_reader_goes(own_server):
    process = subprocess.Popen(
        [binary_path(), "top", *urls(own_server), "--interval", "0.2"], stdout=subprocess.PIPE, text=True
    )
    lines = [process.stdout.readline() for _ in range(60)]
    assert sum(line.startswith("MODEL") for line in lines) >= 2
    assert "\x1b" not in "".join(lines), "no terminal, no control sequences"
    process.stdout.close()
    assert process.wait(20) == 0


def test_a_signal_ends_tables_well(own_server):
    process = subprocess.Popen([binary_path(), "top", *urls(own_server), "--plain"], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stdout.close()


class Pane:
    """A terminal with the command in it; what is shown is put together from what arrives."""

    def __init__(self, *words, columns=100, rows=20):
        self.master, self.slave = pty.openpty()
        self.resize(columns, rows)
        self.former = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            [binary_path(), "top", *words],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
        )
        self.seen = ""

    def resize(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.05)[0]:
                self.seen += os.read(self.master, 1 << 16).decode()

    def await_frame(self, text, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.read(0.1)
            if any(text in line for line in self.frame()):
                return self.frame()
        raise AssertionError(f"{text!r} is not shown: {self.frame()}")

    def frame(self):
        """The lines of the last whole frame."""
        frames = self.seen.split("\x1b[H")
        whole = [frame for frame in frames[1:] if frame.endswith("\x1b[J")] or [""]
        return [line.removesuffix("\x1b[K") for line in whole[-1].removesuffix("\x1b[J").split("\r\n")]

    def keys(self, text):
        os.write(self.master, text.encode())

    def end(self, code=0):
        assert self.process.wait(20) == code
        self.read(0.2)
        assert termios.tcgetattr(self.slave) == self.former, "the terminal is as it was"
        assert self.seen.endswith("\x1b[?25h\x1b[?1049l"), "so is its screen"
        os.close(self.master)
        os.close(self.slave)


def test_a_terminal_shows_a_screen_that_fits_and_q_ends_it(own_server):
    with Load(own_server):
        pane = Pane(*urls(own_server), "--interval", "0.3")
        frame = pane.await_frame(MODEL)
        assert pane.seen.startswith("\x1b[?1049h\x1b[?25l")
        assert re.match(r"rowan [\d.]+ at http://localhost:\d+ · ready · up \d+", frame[0])
        assert "CPU" in frame[1] and "memory" in frame[1] and "connections" in frame[1]
        assert len(frame) <= 20 and all(len(line) <= 100 for line in frame) and frame[-1] == "q quits"
        pane.resize(60, 8)
        pane.process.send_signal(signal.SIGWINCH)
        deadline = time.monotonic() + 20
        while len(pane.frame()) > 8 and time.monotonic() < deadline:
            pane.read(0.1)
        frame = pane.frame()
        assert len(frame) <= 8 and all(len(line) <= 60 for line in frame)
        assert any(line.startswith("… and ") and line.endswith(" more") for line in frame)
        pane.keys("x")
        pane.read(0.5)
        assert pane.process.poll() is None, "other keys do nothing"
        pane.keys("q")
        pane.end()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, "\x04"])
def test_every_end_restores_the_terminal(own_server, end):
    pane = Pane(*urls(own_server), "--interval", "0.3")
    pane.await_frame(MODEL)
    if isinstance(end, str):
        pane.keys(end)
    else:
        pane.process.send_signal(end)
    pane.end()


def test_a_server_that_goes_away_is_told_of_and_its_return_seen(start_server):
    server = start_server("--threads", "1")
    pane = Pane(*urls(server), "--interval", "0.3")
    pane.await_frame("xgboost_anomaly")
    server.terminate()
    frame = pane.await_frame("does not answer")
    assert any("xgboost_anomaly" in line for line in frame), "what was known last stays"
    pane.keys("q")
    pane.end()


def test_a_server_that_cannot_be_read_is_told_of_in_plain_words():
    outcome = run("http://127.0.0.1:1")
    assert outcome.returncode == 1 and outcome.stdout == ""
    reason = "does not answer: nobody accepts connections there"
    assert outcome.stderr.startswith(f"rowan: http://127.0.0.1:3/metrics {reason}")
    assert run("ftp://localhost").returncode == 1
    assert run("a", "b").returncode == 2


# As Triton 2.51 writes it; label order and names are its own.
TRITON = """# HELP nv_inference_request_success Number of successful inference requests, all batch sizes
# TYPE nv_inference_request_success counter
nv_inference_request_success{{model="fil",version="1"}} {success}
# HELP nv_inference_request_failure Number of failed inference requests, all batch sizes
# TYPE nv_inference_request_failure counter
nv_inference_request_failure{{model="fil",reason="OTHER",version="1"}} 0
nv_inference_request_failure{{model="fil",reason="REJECTED",version="1"}} 0
# HELP nv_inference_count Number of inferences performed (does not include cached requests)
# TYPE nv_inference_count counter
nv_inference_count{{model="fil",version="1"}} {rows}
# HELP nv_inference_exec_count Number of model executions performed (does not include cached requests)
# TYPE nv_inference_exec_count counter
nv_inference_exec_count{{model="fil",version="1"}} {success}
# HELP nv_inference_request_duration_us Cumulative inference request duration in microseconds
# TYPE nv_inference_request_duration_us counter
nv_inference_request_duration_us{{model="fil",version="1"}} {duration}
# HELP nv_cpu_utilization CPU utilization rate [0.0 - 1.0]
# TYPE nv_cpu_utilization gauge
nv_cpu_utilization 0.5
"""


class Pages(http.server.BaseHTTPRequestHandler):
    """Plays Triton at /metrics, and something else elsewhere."""

    count = 0
    delay = 0

    def do_GET(self):
        time.sleep(self.delay)
        if self.path == "/metrics":
            Pages.count += 1
            done = 100 * Pages.count
            body = TRITON.format(success=done, rows=8 * done, duration=250 * done)
        elif self.path == "/v2":
            body = '{"name":"triton","version":"2.51.0","extensions":[]}'
        elif self.path == "/v2/health/ready":
            body = ""
        else:
            body = "<html>hello</html>"
        self.send_response(200)
        if self.path == "/huge":
            self.send_header("Content-Length", str((128 << 20) + 1))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def pages():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_tritons_page_is_shown_as_far_as_it_goes(pages):
    outcome = run(pages, "--metrics-url", f"{pages}/metrics", "--json", "--once", "--interval", "0.5")
    assert outcome.returncode == 0, outcome.stderr
    answer = json.loads(outcome.stdout)
    assert answer["server"]["product"] == "triton 2.51.0" and answer["server"]["ready"] is True
    assert answer["server"]["machine_utilization"] == 0.5 and answer["server"]["processors"] is None
    (model,) = answer["models"]
    assert model["model"] == "fil" and model["requests_per_second"] == pytest.approx(100 / answer["interval_seconds"])
    assert model["mean_batch_rows"] == 8 and model["mean_latency_seconds"] == pytest.approx(250e-6)
    assert model["p99_seconds"] is None
    table = run(pages, "--metrics-url", f"{pages}/metrics", "--once", "--interval", "0.2").stdout.splitlines()
    assert table[0].startswith("triton 2.51.0 at ") and table[-1].split()[:2] == ["fil", "1"]


@pytest.mark.parametrize("end", [signal.SIGTERM, "q"])
def test_a_server_slower_than_the_interval_keeps_nobody(pages, monkeypatch, end):
    monkeypatch.setattr(Pages, "delay", 0.15)
    pane = Pane("--url", pages, "--metrics-url", f"{pages}/metrics", "--interval", "0.1")
    pane.await_frame("fil")
    if isinstance(end, str):
        pane.keys(end)
    else:
        pane.process.send_signal(end)
    pane.end()


class Dripping(http.server.BaseHTTPRequestHandler):
    """Gives its metrics a byte at a time, and from the second reading on without end."""

    readings = 0

    def do_GET(self):
        body = TRITON.format(success=1, rows=1, duration=1).encode()
        self.send_response(200)
        self.end_headers()
        if self.path == "/metrics":
            Dripping.readings += 1
        if self.path != "/metrics" or Dripping.readings == 1:
            self.wfile.write(body)
            return
        try:
            while True:
                self.wfile.write(b"#")
                time.sleep(0.1)
        except OSError:
            pass  # The reader has given up.

    def log_message(self, *_):
        pass


@pytest.fixture
def dripping():
    http.server.ThreadingHTTPServer.daemon_threads = True
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Dripping.readings = 0
    url = f"http://127.0.0.1:{server.server_address[1]}"
    yield ["--url", url, "--metrics-url", f"{url}/metrics", "--interval", "0.1"]
    server.shutdown()
    thread.join()


def test_a_server_that_drips_is_given_up(dripping):
    begin = time.monotonic()
    outcome = run(*dripping, "--plain")
    assert outcome.returncode == 1 and "does not answer: no complete answer in time" in outcome.stderr
    assert 4 < time.monotonic() - begin < 12


def test_a_signal_ends_the_command_while_a_server_drips(dripping):
    process = subprocess.Popen([binary_path(), "top", *dripping, "--json"], stdout=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while Dripping.readings < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0 and time.monotonic() - begin < 3
    process.stdout.close()


def test_a_page_that_is_no_metrics_is_refused(pages):
    outcome = run(pages, "--metrics-url", f"{pages}/other")
    assert outcome.returncode == 1
    assert "no metrics page of Rowan or Triton" in outcome.stderr and "--metrics-url" in outcome.stderr


def test_a_page_that_is_too_large_is_refused(pages):
    outcome = run(pages, "--metrics-url", f"{pages}/huge")
    assert outcome.returncode == 1
    assert f"does not answer: the answer has more than {128 << 20} bytes" in outcome.stderr
