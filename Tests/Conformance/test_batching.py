"""Shared queues: delay, preferred sizes, priorities, time-outs, limits, cancellation, and the end of the process."""

import json
import os
import shutil
import signal
import socket
import struct
import threading
import time

import numpy as np
import pytest
import tritonclient.http as triton
from inference_client import call, infer_path, tensor
from raw_http import ConnectionClosed, RawConnection, request
from test_metrics import scrape, value
from trainers import REPOSITORY, rows_for, trainer
from tritonclient.utils import InferenceServerException

# A copy of this model under other names, with other settings.
ORIGINAL = "bare_classifier"
LABELS = {"version": "1"}

SETTINGS = {
    "plain": "dynamic_batching { preferred_batch_size: [ 4 ] preserve_ordering: true }",
    "delayed": "dynamic_batching { max_queue_delay_microseconds: 400000 preferred_batch_size: [ 4 ] }",
    "long": "dynamic_batching { max_queue_delay_microseconds: 1500000 }",
    "prioritised": """
dynamic_batching {
  max_queue_delay_microseconds: 600000  priority_levels: 2  default_priority_level: 2  preferred_batch_size: [ 2 ]
}""",
    "impatient": """
dynamic_batching {
  max_queue_delay_microseconds: 3000000
  default_queue_policy { default_timeout_microseconds: 300000 allow_timeout_override: true }
}""",
    "strict": """
dynamic_batching {
  max_queue_delay_microseconds: 3000000  default_queue_policy { default_timeout_microseconds: 300000 }
}""",
    "patient": """
dynamic_batching {
  max_queue_delay_microseconds: 500000
  default_queue_policy { default_timeout_microseconds: 50000 timeout_action: DELAY }
}""",
    "short": """
dynamic_batching {
  max_queue_delay_microseconds: 800000  default_queue_policy { max_queue_size: 2 }
}""",
    "quick": "dynamic_batching { priority_levels: 3 default_priority_level: 2 }",
}
MAX_BATCH_SIZES = {"prioritised": 2}


def make_repository(folder, settings):
    for name, text in settings.items():
        shutil.copytree(REPOSITORY / ORIGINAL, folder / name)
        size = MAX_BATCH_SIZES.get(name, 1000)
        (folder / name / "config.pbtxt").write_text(f'backend: "forest"\nmax_batch_size: {size}\n{text}\n')
    return folder


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return make_repository(tmp_path_factory.mktemp("queues"), SETTINGS)


@pytest.fixture
def server(start_server, repository):
    return start_server("--threads", "2", repositories=[repository])


def input_of(rows):
    given = triton.InferInput("features", list(rows.shape), "FP32")
    given.set_data_from_numpy(rows)
    return given


class Asking(threading.Thread):
    """One request by tritonclient on a connection of its own; keeps the answer or the fault, and how long it took."""

    def __init__(self, server, model, rows, **options):
        super().__init__()
        self.server, self.model, self.rows, self.options = server, model, rows, options
        self.fault = self.seconds = self.end = self.result = None
        self.start()

    def run(self):
        with triton.InferenceServerClient(self.server.url, network_timeout=20) as client:
            begin = time.monotonic()
            try:
                self.result = client.infer(self.model, [input_of(self.rows)], **self.options)
            except InferenceServerException as fault:
                self.fault = fault
            self.end = time.monotonic()
            self.seconds = self.end - begin

    def check(self):
        self.join()
        assert self.fault is None, self.fault
        assert np.array_equal(self.result.as_numpy("margin"), trainer(ORIGINAL).margin(self.rows))
        return self

    def refused(self):
        self.join()
        assert self.fault is not None
        assert self.fault.status() == "503"
        return self.fault.message()


def one(seed=1, count=1):
    return rows_for(ORIGINAL, count, seed=seed)


def await_pending(server, model, count):
    """Waits until so many requests of a model are in its queue."""
    deadline = time.monotonic() + 5
    while value(scrape(server), "nv_inference_pending_request_count", model=model, **LABELS) != count:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def failures(server, model, reason):
    return value(scrape(server), "nv_inference_request_failure", model=model, reason=reason, **LABELS)


def executions(server, model):
    return value(scrape(server), "nv_inference_exec_count", model=model, **LABELS)


def test_a_lone_request_waits_for_the_delay_and_is_counted_so(server):
    asked = Asking(server, "delayed", one())
    await_pending(server, "delayed", 1)
    assert 0.39 < asked.check().seconds < 2
    families = scrape(server)
    assert value(families, "nv_inference_pending_request_count", model="delayed", **LABELS) == 0
    assert 390_000 < value(families, "nv_inference_queue_duration_us", model="delayed", **LABELS) < 2_000_000
    assert value(families, "nv_inference_exec_count", model="delayed", **LABELS) == 1


def test_a_preferred_size_does_not_wait_and_is_one_batch_over_all_loops(server):
    asked = [Asking(server, "delayed", one(seed)) for seed in range(4)]
    assert max(each.check().seconds for each in asked) < 0.35
    assert executions(server, "delayed") == 1
    assert value(scrape(server), "nv_inference_count", model="delayed", **LABELS) == 4


def test_models_without_such_settings_wait_for_nobody(server):
    assert Asking(server, "plain", one()).check().seconds < 0.3
    assert Asking(server, "quick", one(), priority=3).check().seconds < 0.3


def test_a_higher_priority_overtakes(server):
    low = Asking(server, "prioritised", one(1))
    await_pending(server, "prioritised", 1)
    high = Asking(server, "prioritised", one(2, count=2), priority=1)
    assert high.check().seconds < 0.5
    assert low.check().seconds > 0.55
    assert high.end < low.end


@pytest.mark.parametrize("priority", [0, 2, 3, 2**64 - 1])
def test_no_priority_and_one_that_there_is_not_are_the_default(server, priority):
    """Behind a request of the default priority it makes that one run, as both together are too many."""
    first = Asking(server, "prioritised", one(1), priority=2)
    await_pending(server, "prioritised", 1)
    second = Asking(server, "prioritised", one(2, count=2), priority=priority)
    assert first.check().seconds < 0.5
    assert second.check().seconds < 0.5
    assert executions(server, "prioritised") == 2


def test_a_request_may_shorten_its_time(server):
    asked = Asking(server, "impatient", one(), timeout=50_000)
    assert asked.refused() == "Request timeout expired"
    assert 0.04 < asked.seconds < 0.28
    assert failures(server, "impatient", "REJECTED") == 1


def test_a_request_cannot_lengthen_its_time(server):
    asked = Asking(server, "impatient", one(), timeout=2_000_000)
    assert asked.refused() == "Request timeout expired"
    assert 0.29 < asked.seconds < 1


def test_without_permission_a_requests_time_has_no_effect(server):
    asked = Asking(server, "strict", one(), timeout=50_000)
    assert asked.refused() == "Request timeout expired"
    assert asked.seconds > 0.29


def test_who_is_delayed_is_answered_later(server):
    assert 0.49 < Asking(server, "patient", one()).check().seconds < 2
    assert failures(server, "patient", "REJECTED") == 0


def test_a_full_queue_refuses_at_once_and_says_when_to_come_back(server):
    waiting = [Asking(server, "short", one(seed)) for seed in range(2)]
    await_pending(server, "short", 2)
    begin = time.monotonic()
    body = {"id": "third", "inputs": [tensor(np.zeros((1, 10)))]}
    answer = call(server, "POST", infer_path("short"), json.dumps(body))
    assert time.monotonic() - begin < 0.3
    assert answer.status == 503
    assert answer.error == "[request id: third] Exceeds maximum queue size"
    assert answer.headers["retry-after"] == "1"
    for each in waiting:
        each.check()
    assert failures(server, "short", "REJECTED") == 1


def test_a_full_queue_as_tritonclient_sees_it(server):
    waiting = [Asking(server, "short", one(seed)) for seed in range(2)]
    await_pending(server, "short", 2)
    assert Asking(server, "short", one()).refused() == "[request id: <id_unknown>] Exceeds maximum queue size"
    for each in waiting:
        each.check()


@pytest.mark.parametrize("resets", [False, True])
def test_a_client_that_has_gone_is_not_worked_for(server, resets):
    connections = [RawConnection(server.http_port) for _ in range(6)]
    body = json.dumps({"inputs": [tensor(np.zeros((1, 10)))]}).encode()
    for connection in connections:
        connection.send(request("POST", infer_path("long"), body))
    await_pending(server, "long", 6)
    for connection in connections[:4]:
        if resets:
            # Closing sends a reset instead of an end.
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    await_pending(server, "long", 2)
    assert failures(server, "long", "CANCELED") == 4
    for connection in connections[4:]:
        assert connection.read_response().status == 200
        connection.close()
    families = scrape(server)
    assert value(families, "nv_inference_request_success", model="long", **LABELS) == 2
    assert value(families, "nv_inference_count", model="long", **LABELS) == 2


def test_what_waits_is_answered_at_the_end_of_the_process(server):
    asked = [Asking(server, "long", one(seed)) for seed in range(4)]
    await_pending(server, "long", 4)
    server.process.send_signal(signal.SIGTERM)
    for each in asked:
        each.check()
    assert server.wait() == 0


def test_a_faulty_request_is_refused_without_waiting(server):
    for body in ("{", json.dumps({"inputs": [tensor(np.zeros((1, 3)))]})):
        begin = time.monotonic()
        assert call(server, "POST", infer_path("long"), body).status == 400
        assert time.monotonic() - begin < 1
    assert failures(server, "long", "OTHER") == 2
    assert value(scrape(server), "nv_inference_pending_request_count", model="long", **LABELS) == 0


def test_time_counts_for_large_requests_too(server):
    """They wait for the pool, alone; what has time runs."""
    rows = rows_for(ORIGINAL, 900, seed=5)
    text = json.dumps({"inputs": [tensor(np.nan_to_num(rows, posinf=0, neginf=0))]}) + " " * 300_000
    answer = call(server, "POST", infer_path("impatient"), text)
    assert answer.status == 200, answer.body


def test_compressed_answers_and_identities_find_their_way_back(server):
    rows = one(9, count=300)
    with triton.InferenceServerClient(server.url, concurrency=8) as client:
        handles = [
            client.async_infer("quick", [input_of(rows)], request_id=f"n{index}", response_compression_algorithm="gzip")
            for index in range(40)
        ]
        for index, handle in enumerate(handles):
            result = handle.get_result()
            assert result.get_response()["id"] == f"n{index}"
            assert np.array_equal(result.as_numpy("margin"), trainer(ORIGINAL).margin(rows))


def binary_body(rows, name):
    size = {"binary_data_size": rows.nbytes}
    given = {"name": "features", "shape": list(rows.shape), "datatype": "FP32", "parameters": size}
    outputs = [{"name": "margin", "parameters": {"binary_data": True}}]
    head = json.dumps({"id": name, "inputs": [given], "outputs": outputs}).encode()
    return head + rows.tobytes(), f"Inference-Header-Content-Length: {len(head)}"


@pytest.mark.parametrize("model", ["plain", "quick", "mixed"])
def test_results_never_reach_another_request(start_server, tmp_path, model):
    """Random slices of known rows over many connections; ROWAN_PROPERTY_REQUESTS sets how many."""
    settings = dict(SETTINGS)
    settings["mixed"] = """
dynamic_batching {
  max_queue_delay_microseconds: 300  preferred_batch_size: [ 8, 64 ]  priority_levels: 3  default_priority_level: 2
}"""
    server = start_server("--threads", "2", repositories=[make_repository(tmp_path, {model: settings[model]})])
    total = int(os.environ.get("ROWAN_PROPERTY_REQUESTS", "3000"))
    known = rows_for(ORIGINAL, 5000, seed=77)
    margins = trainer(ORIGINAL).margin(known)
    connection_count = 24
    lost, wrong = [], []

    def ask(number):
        random = np.random.default_rng(number)
        connection = RawConnection(server.http_port, timeout=30)
        for turn in range(total // connection_count):
            count = int(random.choice([1, 1, 1, 2, 7, 40, 300]))
            first = int(random.integers(0, len(known) - count))
            name = f"{number}-{turn}"
            body, field = binary_body(known[first : first + count], name)
            connection.send(request("POST", infer_path(model), body, field))
            try:
                response = connection.read_response()
            except (ConnectionClosed, TimeoutError) as fault:
                lost.append((name, fault))
                return
            if response.status != 200:
                lost.append((name, response))
                return
            length = int(response.header("inference-header-content-length"))
            found = np.frombuffer(response.body[length:], dtype="<f4")
            if json.loads(response.body[:length])["id"] != name or found.tobytes() != margins[
                first : first + count
            ].astype("<f4").tobytes():
                wrong.append(name)
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(connection_count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not lost
    assert not wrong
    families = scrape(server)
    answered = value(families, "nv_inference_request_success", model=model, **LABELS)
    assert answered == total // connection_count * connection_count
    assert value(families, "nv_inference_exec_count", model=model, **LABELS) <= answered
