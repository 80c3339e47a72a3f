"""Allocations per request, counted in the real server over a real connection: there are none in the steady state."""

import json
import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path

import numpy
import pytest
from hyperframe.frame import DataFrame
from living_models import document
from raw_http import RawConnection, request
from raw_http2 import RawHTTP2
from server_process import CONFORMANCE, ServerProcess, binary_path
from trainers import SAMPLES
from tritonclient.grpc import service_pb2

WARM_UP = 300
COUNTED = 1000
# A calm minute: a row that fires an anomaly rule is copied for its explanation.
ROW = [
    0.2, 0.05, 0.01, 0.001, 1.0, 1.0, 9000, 2, 0.5, 0.3, 0, 0, 0.1, 0.4, 0.005, 0.4, 0.1, 1e6, 1e6, 0.002, 0.1, 5e6,
    5e6, 0.0, 1, 200, 0.001, 0.001, 300, 0.005, 0.02, 0.04, 0.01, 0.0005, 0.0, 1, 0.5,
]  # fmt: skip
INFER = "/v2/models/xgboost_anomaly/infer"
QUEUED = "/v2/models/queued/infer"
ENSEMBLE = "/v2/models/ensemble/infer"


# Two tensors, of which one goes on as it is, and a model that reads the answer of another.
ENSEMBLE_CONFIGURATION = """
platform: "ensemble"
input { name: "features" data_type: TYPE_FP32 dims: 37 }
input { name: "b" data_type: TYPE_FP64 dims: 1 }
output { name: "margin" data_type: TYPE_FP32 dims: 1 }
output { name: "score" data_type: TYPE_FP32 dims: 1 }
ensemble_scheduling {
  step {
    model_name: "xgboost_anomaly"
    input_map { key: "features" value: "features" }
    output_map { key: "margin" value: "margin" }
  }
  step {
    model_name: "last"
    input_map { key: "a" value: "margin" }
    input_map { key: "b" value: "b" }
    output_map { key: "score" value: "score" }
  }
}
"""
# A name longer than what a string keeps within itself.
REGION = f"rowan_test_allocations_{os.getpid()}"


# What a caller could have traced, if it had asked.
SETTINGS = ("mode=opentelemetry", "level=TIMESTAMPS", "rate=0")
TRACING = [word for setting in SETTINGS for word in ("--trace-config", setting)]


# Keys that open some models, as often as any key may be used.
KEYS = ["--api-keys-file"]
ADD_KEY = ["--model", "living", "--model", "xgboost_anomaly", "--model", "queued", "--model", "ensemble"]
ADD_KEY += ["--model", "anomaly"]
ADD_KEY += ["--requests-per-second", "1000000", "--burst", "1000000"]


@pytest.fixture(scope="module", params=[[], TRACING, KEYS], ids=["plain", "traces at rate 0", "keys"])
def counted_server(tmp_path_factory, request):
    """A server with one loop and the counter preloaded; yields the server, a function that reads the counter, and the
    fields that a request needs."""
    options = request.param
    folder = tmp_path_factory.mktemp("allocations")
    needed = []
    if options is KEYS:
        options = [*KEYS, str(folder / "keys.json")]
        made = subprocess.run([binary_path(), "key", "add", *options, *ADD_KEY], capture_output=True, check=True)
        needed = [("authorization", "Bearer " + made.stdout.decode().strip())]
    library = folder / "allocation_counter.so"
    source = CONFORMANCE / "allocation_counter.c"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    counter = folder / "counter"
    repository = folder / "repository"
    shutil.copytree(SAMPLES / "xgboost_anomaly", repository / "queued")
    settings = "dynamic_batching { priority_levels: 2 default_priority_level: 1 }"
    (repository / "queued" / "config.pbtxt").write_text(f'backend: "forest"\nmax_batch_size: 4096\n{settings}\n')
    (repository / "last" / "1").mkdir(parents=True)
    (repository / "last" / "1" / "model.json").write_bytes(document(constant=0.5))
    (repository / "last" / "rowan.pbtxt").write_text(
        "".join(f'features {{ name: "{name}" default: 0.5 }}' for name in "abcd")
    )
    (repository / "ensemble" / "1").mkdir(parents=True)
    (repository / "ensemble" / "config.pbtxt").write_text(ENSEMBLE_CONFIGURATION)
    counter.write_bytes(bytes(8))
    os.environ["LD_PRELOAD"] = str(library)
    os.environ["ROWAN_ALLOCATION_COUNTER"] = str(counter)
    try:
        # What a metrics page says of the machine and of drift is read every two seconds, whoever asks.
        quiet = ["--allow-client-shm", "--allow-cpu-metrics=false", "--metrics-interval-ms=3600000"]
        server = ServerProcess([SAMPLES, repository], "--threads", "1", *quiet, *options)
    finally:
        del os.environ["LD_PRELOAD"], os.environ["ROWAN_ALLOCATION_COUNTER"]
    with open(counter, "r+b") as file, mmap.mmap(file.fileno(), 8) as memory:

        def count():
            return struct.unpack_from("<Q", memory)[0]

        region = Path("/dev/shm") / REGION
        region.write_bytes(numpy.array(ROW, dtype="<f4").tobytes() + bytes(8))
        body = json.dumps({"key": REGION, "byte_size": 4 * 37 + 8}).encode()
        register = f"/v2/systemsharedmemory/region/{REGION}/register"
        # Behind the requests each model measures once where its blocks begin, when nothing else is to be done.
        connection = RawConnection(server.http_port)
        assert connection.exchange(post(register, body)).status == 200
        region.unlink()
        quiet_rounds = 0
        for _ in range(10_000):
            before = count()
            for _ in range(100):
                connection.exchange(REQUESTS["ready"])
            quiet_rounds = quiet_rounds + 1 if count() == before else 0
            # Longer than they rest: the threads that measure wait for whatever else the machine does.
            if quiet_rounds == 60:
                break
        yield server, count, needed
    server.terminate()


def json_request(rows, path=INFER):
    tensor = {"name": "features", "shape": [rows, 37], "datatype": "FP32", "data": ROW * rows}
    return request("POST", path, json.dumps({"id": "a-request", "inputs": [tensor]}).encode())


def binary_request(rows):
    data = numpy.array(ROW * rows, dtype="<f4").tobytes()
    size = {"binary_data_size": len(data)}
    tensor = {"name": "features", "shape": [rows, 37], "datatype": "FP32", "parameters": size}
    head = json.dumps({"inputs": [tensor], "parameters": {"binary_data_output": True}}).encode()
    return request("POST", INFER, head + data, f"Inference-Header-Content-Length: {len(head)}")


def ensemble_request(rows):
    features = {"name": "features", "shape": [rows, 37], "datatype": "FP32", "data": ROW * rows}
    other = {"name": "b", "shape": [rows, 1], "datatype": "FP64", "data": [0.25] * rows}
    return request("POST", ENSEMBLE, json.dumps({"inputs": [features, other]}).encode())


SPLIT = "/v2/models/anomaly/infer"
# Keys of which each of the split's variants gets one; the second leaves a column out.
SPLIT_KEYS = ("user-1", "user-2")


def routed_request(rows, key, field="cookie: rowan_key="):
    tensor = {"name": "features", "shape": [rows, 37], "datatype": "FP32", "data": ROW * rows}
    return request("POST", SPLIT, json.dumps({"inputs": [tensor]}).encode(), field + key)


def special_request(parameters, path=INFER, given=None):
    """One row whose probabilities are wanted in another form."""
    tensor = {"name": "features", "shape": [1, 37], "datatype": "FP32"}
    tensor |= {"parameters": given} if given else {"data": ROW}
    outputs = [{"name": "probabilities", "parameters": parameters}]
    return request("POST", path, json.dumps({"inputs": [tensor], "outputs": outputs}).encode())


INPUT_REGION = {"shared_memory_region": REGION, "shared_memory_byte_size": 4 * 37}
OUTPUT_REGION = {"shared_memory_region": REGION, "shared_memory_byte_size": 8, "shared_memory_offset": 4 * 37}

def post(path, body):
    return request("POST", path, body)


REQUESTS = {
    "ready": request("GET", "/v2/health/ready"),
    "JSON, one row": json_request(1),
    "JSON, 64 rows": json_request(64),
    "binary, one row": binary_request(1),
    "binary, 1,024 rows": binary_request(1024),
    "JSON, one row, shared queue": json_request(1, QUEUED),
    "JSON, 64 rows, shared queue": json_request(64, QUEUED),
    "JSON, one row, ensemble": ensemble_request(1),
    "JSON, 64 rows, ensemble": ensemble_request(64),
    "classes as JSON": special_request({"classification": 2}),
    "classes as binary": special_request({"classification": 2, "binary_data": True}),
    "classes, shared queue": special_request({"classification": 2}, QUEUED),
    "shared memory": special_request(OUTPUT_REGION, INFER, INPUT_REGION),
    "shared memory, shared queue": special_request(OUTPUT_REGION, QUEUED, INPUT_REGION),
    "split, one variant": routed_request(1, SPLIT_KEYS[0]),
    "split, the other variant": routed_request(1, SPLIT_KEYS[1]),
    "split, 64 rows": routed_request(64, SPLIT_KEYS[1]),
    "split, key in a field": routed_request(1, SPLIT_KEYS[0], "x-user-id: "),
}


def allocations(count, ask, times):
    before = count()
    for _ in range(times):
        ask()
    return count() - before


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_request_allocates_nothing(counted_server, kind):
    server, count, needed = counted_server
    fields = "".join(f"{name}: {value}\r\n" for name, value in needed).encode()
    asked = REQUESTS[kind].replace(b"\r\n", b"\r\n" + fields, 1)
    connection = RawConnection(server.http_port)
    for _ in range(WARM_UP):
        assert connection.exchange(asked).status == 200
    assert allocations(count, lambda: connection.exchange(asked), COUNTED) == 0


def message(rows, typed=False, model="xgboost_anomaly"):
    """A message of the call ModelInfer, the rows as raw or as typed contents."""
    given = service_pb2.ModelInferRequest(model_name=model, id="a-request")
    tensor = given.inputs.add(name="features", datatype="FP32", shape=[rows, 37])
    if typed:
        tensor.contents.fp32_contents.extend(ROW * rows)
    else:
        given.raw_input_contents.append(numpy.array(ROW * rows, dtype="<f4").tobytes())
    return given.SerializeToString()


def body_of(http1_request):
    return http1_request.split(b"\r\n\r\n", 1)[1]


CALLS = {
    "raw contents, one row": ("ModelInfer", message(1)),
    "raw contents, 64 rows": ("ModelInfer", message(64)),
    "typed contents, one row": ("ModelInfer", message(1, typed=True)),
    "typed contents, 64 rows": ("ModelInfer", message(64, typed=True)),
    "with a deadline": ("ModelInfer", message(1), ("grpc-timeout", "5S")),
    "split, one variant": ("ModelInfer", message(1, model="anomaly"), ("cookie", f"rowan_key={SPLIT_KEYS[0]}")),
    "split, the other variant": ("ModelInfer", message(1, model="anomaly"), ("x-user-id", SPLIT_KEYS[1])),
    "HTTP/2, ready": ("/v2/health/ready", None),
    "HTTP/2, JSON, one row": (INFER, body_of(json_request(1))),
    "HTTP/2, JSON, 64 rows": (INFER, body_of(json_request(64))),
    "HTTP/2, shared queue": (QUEUED, body_of(json_request(1, QUEUED))),
}


def asked_over_http2(connection, target, body, fields):
    """The answer to a call, or to a request where the target is a path."""
    if not target.startswith("/"):
        return connection.call(target, body, fields)
    return connection.exchange("GET" if body is None else "POST", target, body, fields)


@pytest.mark.parametrize("kind", CALLS)
def test_a_request_over_http2_allocates_nothing(counted_server, kind):
    """The library's objects for streams, frames and fields come from a pool, so they are counted like all others."""
    server, count, needed = counted_server
    target, body, *fields = CALLS[kind]
    fields += needed
    with RawHTTP2(server.http_port) as connection:
        for _ in range(WARM_UP):
            answer = asked_over_http2(connection, target, body, fields)
            assert answer.status == 200 and answer.trailers.get("grpc-status", "0") == "0"
        ask = lambda: asked_over_http2(connection, target, body, fields)  # noqa: E731
        assert allocations(count, ask, COUNTED) == 0


def test_many_calls_at_once_allocate_nothing(counted_server):
    """64 streams of one connection join one batch, and then again."""
    server, count, needed = counted_server
    body = message(1)
    kind = [("content-type", "application/grpc"), ("te", "trailers"), *needed]
    prefixed = struct.pack(">BI", 0, len(body)) + body
    with RawHTTP2(server.http_port) as connection:

        def burst():
            path = "/inference.GRPCInferenceService/ModelInfer"
            streams, frames = [connection.new_stream() for _ in range(64)], b""
            for stream in streams:
                head = connection.block(*kind, method="POST", path=path)
                frames += connection.headers(stream, head, end_stream=False)
                frames += DataFrame(stream, data=prefixed, flags=["END_STREAM"]).serialize()
            # In one go, so that all of them are open at once.
            connection.send(frames)
            assert all(connection.answer(stream).trailers["grpc-status"] == "0" for stream in streams)

        for _ in range(30):
            burst()
        assert allocations(count, burst, 20) == 0


def test_the_counter_counts(counted_server):
    """A resource that is composed anew for each request shows that the counter works."""
    server, count, _ = counted_server
    connection = RawConnection(server.http_port)
    before = count()
    assert connection.exchange(request("POST", "/v2/repository/index")).status == 200
    assert count() > before
