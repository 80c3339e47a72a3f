"""Events of drift and rollouts: sent by HTTP in both modes and to files, tried again under the same id, kept when
nobody takes them.

The official library reads what arrives.
"""

import json
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from inference_client import call
from server_process import binary_path
from test_drift import SETTINGS, Watched, drift, gauges, sample, send
from test_experiments import LABELS, ROLLOUT, ROWS, ask, experiment, repository, split_text
from traffic_split_twin import assign

WAIT_SECONDS = 20


class Receiver:
    """A server that answers events with the statuses it was told to, then with 204."""

    def __init__(self, statuses=(), retry_after=None, page=b""):
        self.requests = []
        self.statuses = list(statuses)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((time.monotonic(), dict(self.headers), body))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                self.send_response(status)
                if retry_after and status == 429:
                    self.send_header("Retry-After", str(retry_after))
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/events"

    def events(self, count):
        wait_for(lambda: len(self.requests) >= count)
        return [from_http_event(HTTPMessage(headers, body)) for _, headers, body in self.requests]


def wait_for(condition):
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


@pytest.fixture
def watched(tmp_path):
    repository = tmp_path / "repository"
    repository.mkdir()
    return Watched(repository)


@pytest.fixture
def start(start_server, watched, tmp_path):
    """Starts a server whose events go where a text says, and lets a feature drift."""

    def begin(configuration, *options):
        path = tmp_path / "rowan.conf"
        path.write_text(configuration)
        return start_server("--config", str(path), *options, repositories=[watched.directory.parent])

    return begin


def let_drift(server, rows=2_500):
    send(server, sample(rows, seed=5, shift=1.5))
    assert drift(server)["level"] == "alert"


def check(event):
    """An event of drift as the contract has it."""
    assert event.get_type() == "rowan.drift.detected"
    assert event.get_source() == "/rowan/node-1" and event.get_subject() == "watched"
    assert event.get_specversion() == "1.0" and event.get_datacontenttype() == "application/json"
    assert abs(event.get_time().timestamp() - time.time()) < 60
    data = event.get_data()
    data = json.loads(data) if isinstance(data, (bytes, str)) else data
    assert data["model"] == "watched" and data["version"] == "1" and data["level"] == "alert"
    crossings = {each.get("feature", each.get("output", "anomaly_rate")): each for each in data["crossings"]}
    assert {"load", "probabilities", "anomaly_rate"} <= set(crossings) and data["crossing_count"] == len(crossings)
    assert crossings["load"]["psi"] > crossings["load"]["threshold"] == 0.3
    assert crossings["anomaly_rate"]["change"] > 0.5
    return data


@pytest.mark.parametrize("mode", ["STRUCTURED", "BINARY"])
def test_an_event_arrives_as_the_official_library_wants_it(start, mode, monkeypatch):
    receiver = Receiver()
    monkeypatch.setenv("EVENT_TOKEN", "s3cret")
    server = start(
        f'instance: "node-1" event_sink {{ http {{ url: "{receiver.url}" mode: {mode} token_env: "EVENT_TOKEN" }} }}'
    )
    let_drift(server)
    (event,) = receiver.events(1)
    check(event)
    _, headers, _ = receiver.requests[0]
    assert headers["Authorization"] == "Bearer s3cret"
    expected = "application/json" if mode == "BINARY" else "application/cloudevents+json; charset=UTF-8"
    assert headers["Content-Type"] == expected
    # What has drifted goes on drifting, which is no news.
    send(server, sample(1_500, seed=14, shift=1.5))
    assert drift(server)["level"] == "alert"
    time.sleep(0.5)
    assert len(receiver.requests) == 1
    wait_for(lambda: gauges(server)['rowan_events_total{sink="sink-1",result="delivered"}'] == 1)
    assert "s3cret" not in server.log


def test_trouble_is_tried_again_under_the_same_id(start):
    receiver = Receiver([503, 429], retry_after=2)
    server = start(f'instance: "node-1" event_sink {{ name: "pager" http {{ url: "{receiver.url}" }} }}')
    let_drift(server)
    events = receiver.events(3)
    assert len({event.get_id() for event in events}) == 1
    assert len({body for _, _, body in receiver.requests}) == 1
    times = [instant for instant, _, _ in receiver.requests]
    assert 0.45 < times[1] - times[0] < 3 and times[2] - times[1] > 1.9
    page = gauges(server)
    assert page['rowan_event_attempts_failed_total{sink="pager"}'] == 2
    assert any("events wait" in line for line in server.lines)
    wait_for(lambda: any("are brought to their sink again" in line for line in server.lines))


def test_a_long_page_about_trouble_is_trouble_all_the_same(start):
    receiver = Receiver([503], page=b"x" * 100_000)
    server = start(f'event_sink {{ name: "pager" http {{ url: "{receiver.url}" }} }}')
    let_drift(server)
    wait_for(lambda: len(receiver.requests) >= 2)
    wait_for(lambda: gauges(server)['rowan_events_total{sink="pager",result="delivered"}'] == 1)
    assert gauges(server)['rowan_event_attempts_failed_total{sink="pager"}'] == 1
    assert len(receiver.requests) == 2


def test_what_nobody_takes_is_kept(start, tmp_path):
    receiver = Receiver([410])
    dead = tmp_path / "dead.jsonl"
    server = start(
        f'instance: "node-1" event_sink {{ http {{ url: "{receiver.url}" }} dead_letter_file: "{dead}" }}'
    )
    let_drift(server)
    wait_for(lambda: dead.exists() and dead.read_text().endswith("\n"))
    letter = json.loads(dead.read_text())
    assert letter["sink"] == "sink-1" and letter["reason"] == "status 410"
    message = HTTPMessage({"Content-Type": "application/cloudevents+json"}, json.dumps(letter["event"]).encode())
    check(from_http_event(message))
    assert gauges(server)['rowan_events_total{sink="sink-1",result="dead_letter"}'] == 1


def test_events_that_wait_at_the_end_are_kept(start, tmp_path):
    receiver = Receiver([503] * 100)
    dead = tmp_path / "dead.jsonl"
    server = start(
        f'instance: "node-1" event_sink {{ http {{ url: "{receiver.url}" }} dead_letter_file: "{dead}" }}'
    )
    let_drift(server)
    wait_for(lambda: receiver.requests)
    assert server.terminate() == 0
    assert json.loads(dead.read_text())["reason"] == "the server ended: status 503"


def test_events_become_lines_of_a_file(start, tmp_path):
    path = tmp_path / "events.jsonl"
    server = start(f'instance: "node-1" event_sink {{ file {{ path: "{path}" }} }}')
    let_drift(server)
    wait_for(lambda: path.exists() and path.read_text().endswith("\n"))
    message = HTTPMessage({"Content-Type": "application/cloudevents+json"}, path.read_bytes())
    check(from_http_event(message))
    assert path.stat().st_mode & 0o777 == 0o600


def test_other_types_are_not_brought_to_a_sink_that_names_its_own(start, tmp_path):
    path = tmp_path / "events.jsonl"
    server = start(f'event_sink {{ file {{ path: "{path}" }} types: ["rowan.rollout.changed"] }}')
    let_drift(server)
    time.sleep(0.5)
    assert not path.exists()


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ("event_sink { }", ["1:12: the sink has neither http nor file"]),
        ('event_sink { http { url: "ftp://x" } }', ["1:12: the URL cannot be used"]),
        ('event_sink { http { url: "http://x/" token_env: "NOT_THERE" } }', ["NOT_THERE of token_env is not set"]),
        ("event_snk { }", ["1:1:", "did you mean 'event_sink'?"]),
    ],
)
def test_a_configuration_that_cannot_be_obeyed_ends_the_start(tmp_path, watched, configuration, words):
    path = tmp_path / "rowan.conf"
    path.write_text(configuration)
    command = [binary_path(), "serve", "--model-repository", watched.directory.parent, "--config", path]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert answer.returncode == 1
    for word in [*words, "--config", "rowan.conf"]:
        assert word in answer.stderr


def test_without_sinks_nothing_is_sent(start_server, watched):
    watched.configure(SETTINGS)
    server = start_server(repositories=[watched.directory.parent])
    let_drift(server)
    assert not any(name.startswith("rowan_events") for name in gauges(server))
    assert call(server, "GET", "/v2/health/ready").status == 200


def test_drift_is_told_without_anybody_asking(start, watched, tmp_path):
    path = tmp_path / "events.jsonl"
    server = start(f'event_sink {{ file {{ path: "{path}" }} }}', "--metrics-interval-ms", "200")
    send(server, sample(2_500, seed=5, shift=1.5))
    wait_for(lambda: path.exists() and path.read_text().endswith("\n"))
    assert json.loads(path.read_text().splitlines()[-1])["type"] == "rowan.drift.detected"


# Rollouts


def rollout_events(receiver, count):
    """The data of the events so far, each as the contract has it."""
    found = []
    for event in receiver.events(count):
        assert event.get_type() == "rowan.rollout.changed"
        assert event.get_source() == "/rowan/node-1" and event.get_subject() == "anomaly"
        assert event.get_specversion() == "1.0" and event.get_datacontenttype() == "application/json"
        assert abs(event.get_time().timestamp() - time.time()) < 60
        data = event.get_data()
        found.append(json.loads(data) if isinstance(data, (bytes, str)) else data)
        assert found[-1]["split"] == "anomaly" and found[-1]["candidate"] == "catboost"
    assert len({event.get_id() for event in receiver.events(count)}) == len(found)
    return [(each["phase"], each["share_percent"], each["reason"], each["previous"]) for each in found]


@pytest.mark.parametrize("mode", ["STRUCTURED", "BINARY"])
def test_what_a_rollout_does_is_told(start_server, tmp_path, mode):
    receiver = Receiver([503])
    path = tmp_path / "rowan.conf"
    path.write_text(
        f'instance: "node-1" event_sink {{ http {{ url: "{receiver.url}" mode: {mode} }} '
        'types: ["rowan.rollout.changed"] }'
    )
    split = split_text((100, 0), ROLLOUT.format(hold=3, guard="max_anomaly_rate_ratio: 3 min_samples: 20"))
    server = start_server("--config", str(path), repositories=[repository(tmp_path, split=split)])

    def at_half():
        ask(server, [f"user-{number}" for number in range(400)])
        return experiment(server)["rollout"]["share_percent"] == 50

    wait_for(at_half)

    def taken_off():
        # Those whom the candidate answers ask about anomalies only, the others about none.
        for anomalous, variant in [(1, "catboost"), (0, "xgboost")]:
            mine = [user for user in users if users[user] == variant]
            ask(server, mine, ROWS[LABELS == anomalous])
        return experiment(server)["rollout"]["phase"] == "rolled_back"

    names = [f"user-{number}" for number in range(200)]
    users = {name: assign("anomaly", name, {"xgboost": 50, "catboost": 50}) for name in names}
    wait_for(taken_off)
    receiver.statuses.clear()
    # The first attempt was refused; its event has come again.
    wait_for(lambda: len(receiver.requests) >= 4)
    assert receiver.requests[0][2] == receiver.requests[1][2]
    del receiver.requests[0]
    begun, half, off = rollout_events(receiver, 3)
    assert begun == ("running", 10, "begun", None)
    assert half == ("running", 50, "10 % have held", {"phase": "running", "share_percent": 10})
    assert off[:2] == ("rolled_back", 0) and off[3] == {"phase": "running", "share_percent": 50}
    assert off[2].startswith("at 50 %: anomaly rate against the control ") and off[2].endswith(" is above 3")


def test_commands_are_told_and_refused_ones_are_not(start_server, tmp_path):
    target = tmp_path / "events.jsonl"
    path = tmp_path / "rowan.conf"
    path.write_text(f'event_sink {{ file {{ path: "{target}" }} }}')
    split = split_text((100, 0), ROLLOUT.format(hold=600, guard="min_samples: 5"))
    server = start_server("--config", str(path), repositories=[repository(tmp_path, split=split)])
    for action, status in [("pause", 200), ("pause", 400), ("resume", 200), ("promote", 200), ("abort", 400)]:
        answer = call(server, "POST", "/v2/experiments/anomaly/rollout", body=json.dumps({"action": action}))
        assert answer.status == status, answer.body
    wait_for(lambda: target.exists() and target.read_text().count("\n") >= 4)
    told = [json.loads(line)["data"] for line in target.read_text().splitlines()]
    assert [each["phase"] for each in told] == ["running", "paused", "running", "promoted"]
