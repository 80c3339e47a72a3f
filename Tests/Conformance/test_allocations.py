"""Allocations per request, counted in the real server over a real connection: there are none in the steady state."""

import json
import mmap
import os
import shutil
import struct
import subprocess

import numpy
import pytest
from raw_http import RawConnection, request
from server_process import CONFORMANCE, ServerProcess
from trainers import SAMPLES

WARM_UP = 300
COUNTED = 1000
ROW = [round(0.37 * column, 3) for column in range(37)]
INFER = "/v2/models/xgboost_anomaly/infer"
QUEUED = "/v2/models/queued/infer"


@pytest.fixture(scope="module")
def counted_server(tmp_path_factory):
    """A server with one loop and the counter preloaded; yields the server and a function that reads the counter."""
    folder = tmp_path_factory.mktemp("allocations")
    library = folder / "allocation_counter.so"
    source = CONFORMANCE / "allocation_counter.c"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    counter = folder / "counter"
    repository = folder / "repository"
    shutil.copytree(SAMPLES / "xgboost_anomaly", repository / "queued")
    settings = "dynamic_batching { priority_levels: 2 default_priority_level: 1 }"
    (repository / "queued" / "config.pbtxt").write_text(f'backend: "forest"\nmax_batch_size: 4096\n{settings}\n')
    counter.write_bytes(bytes(8))
    os.environ["LD_PRELOAD"] = str(library)
    os.environ["ROWAN_ALLOCATION_COUNTER"] = str(counter)
    try:
        server = ServerProcess([SAMPLES, repository], "--threads", "1")
    finally:
        del os.environ["LD_PRELOAD"], os.environ["ROWAN_ALLOCATION_COUNTER"]
    with open(counter, "r+b") as file, mmap.mmap(file.fileno(), 8) as memory:

        def count():
            return struct.unpack_from("<Q", memory)[0]

        # Behind the requests each model measures once where its blocks begin, when nothing else is to be done.
        connection = RawConnection(server.http_port)
        quiet_rounds = 0
        for _ in range(10_000):
            before = count()
            for _ in range(100):
                connection.exchange(REQUESTS["ready"])
            quiet_rounds = quiet_rounds + 1 if count() == before else 0
            if quiet_rounds == 20:
                break
        yield server, count
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


REQUESTS = {
    "ready": request("GET", "/v2/health/ready"),
    "JSON, one row": json_request(1),
    "JSON, 64 rows": json_request(64),
    "binary, one row": binary_request(1),
    "binary, 1,024 rows": binary_request(1024),
    "JSON, one row, shared queue": json_request(1, QUEUED),
    "JSON, 64 rows, shared queue": json_request(64, QUEUED),
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_request_allocates_nothing(counted_server, kind):
    server, count = counted_server
    connection = RawConnection(server.http_port)
    for _ in range(WARM_UP):
        assert connection.exchange(REQUESTS[kind]).status == 200
    before = count()
    for _ in range(COUNTED):
        connection.exchange(REQUESTS[kind])
    assert count() - before == 0


def test_the_counter_counts(counted_server):
    """A resource that is composed anew for each request shows that the counter works."""
    server, count = counted_server
    connection = RawConnection(server.http_port)
    before = count()
    assert connection.exchange(request("POST", "/v2/repository/index")).status == 200
    assert count() > before
