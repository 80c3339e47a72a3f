"""Readiness while queues are full: it follows refusals only where it was asked for, and comes back."""

import json
import threading
import time

import pytest
from inference_client import call
from raw_http import RawConnection, request
from test_batching import make_repository, one
from test_metrics import scrape, value
from trainers import REPOSITORY, SAMPLES

# Two requests may wait, for a second and a half: everything else is refused meanwhile.
SETTINGS = """
dynamic_batching {
  max_queue_delay_microseconds: 1500000  default_queue_policy { max_queue_size: 2 }
}"""


@pytest.fixture
def repository(tmp_path):
    return make_repository(tmp_path / "repository", {"short": SETTINGS})


def body():
    rows = one()
    tensor = {"name": "features", "shape": list(rows.shape), "datatype": "FP32", "data": rows.reshape(-1).tolist()}
    return json.dumps({"inputs": [tensor]}).encode()


class Flood:
    """Clients that keep a queue full."""

    def __init__(self, server, count=8):
        self.request = request("POST", "/v2/models/short/infer", body())
        self.port = server.http_port
        self.statuses = []
        self.hints = set()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def _ask(self):
        with RawConnection(self.port, timeout=20) as connection:
            while not self._stop.is_set():
                response = connection.exchange(self.request)
                self.statuses.append(response.status)
                if response.status == 503:
                    self.hints.add(response.header("retry-after"))
                    time.sleep(0.02)

    def end(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()


def await_status(server, path, status, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = call(server, "GET", path)
        if answer.status == status:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"{path} does not answer {status} within {seconds} s")


def test_a_server_with_full_queues_is_not_ready_and_comes_back(start_server, repository):
    server = start_server("--threads", "2", "--unready-when-overloaded", repositories=[repository])
    assert value(scrape(server), "rowan_overloaded") == 0
    flood = Flood(server)
    answer = await_status(server, "/v2/health/ready", 503, 10)
    assert answer.error == "Server overloaded" and answer.headers["retry-after"] == "1"
    assert call(server, "GET", "/v2/health/live").status == 200, "liveness does not change"
    assert value(scrape(server), "rowan_overloaded") == 1
    answered = flood.statuses.count(200)
    flood.end()
    # What was accepted is finished, also after readiness has gone.
    assert flood.statuses.count(200) > answered
    assert set(flood.statuses) == {200, 503} and flood.hints == {"1"}
    end = time.monotonic()
    assert call(server, "GET", "/v2/health/ready").status == 503, "it does not come back at once"
    await_status(server, "/v2/health/ready", 200, 10)
    assert time.monotonic() - end > 2
    assert value(scrape(server), "rowan_overloaded") == 0


def test_readiness_says_nothing_of_overload_by_default(start_server, repository):
    server = start_server("--threads", "2", repositories=[repository])
    flood = Flood(server)
    deadline = time.monotonic() + 10
    while value(scrape(server), "rowan_overloaded") == 0:
        assert time.monotonic() < deadline
        assert call(server, "GET", "/v2/health/ready").status == 200
    assert call(server, "GET", "/v2/health/ready").status == 200
    flood.end()


def test_full_queues_of_one_burst_are_no_overload(start_server, repository):
    server = start_server("--threads", "2", "--unready-when-overloaded", repositories=[repository, SAMPLES, REPOSITORY])
    connections = [RawConnection(server.http_port, timeout=20) for _ in range(6)]
    for connection in connections:
        connection.send(request("POST", "/v2/models/short/infer", body()))
    assert call(server, "GET", "/v2/health/ready").status == 200
    statuses = sorted(connection.read_response().status for connection in connections)
    assert statuses == [200, 200, 503, 503, 503, 503]
    assert call(server, "GET", "/v2/health/ready").status == 200
