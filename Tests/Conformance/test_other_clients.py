"""KServe's REST and gRPC clients, curl, and Python's own http.client."""

import http.client
import json
import os
import subprocess

import numpy as np
import pytest
from inference_client import infer_path, tensor
from living_models import LivingModel, answering
from server_process import CONFORMANCE, ROOT
from trainers import SAMPLES, rows_for, trainer

MODEL = "xgboost_anomaly"


@pytest.fixture(scope="module")
def rows():
    return rows_for(MODEL, 5, seed=91, special=False)


def margins(content):
    output = next(output for output in json.loads(content)["outputs"] if output["name"] == "margin")
    return np.array(output["data"], dtype=np.float32)


def test_kserve_rest_client(server, rows):
    python = os.environ.get("KSERVE_PYTHON", ROOT / ".build/kserve-venv/bin/python")
    assert os.access(python, os.X_OK), "install Tests/Conformance/kserve-requirements.txt into .build/kserve-venv"
    model = trainer(MODEL)
    expected = {"rows": rows.tolist(), "margin": model.margin(rows).tolist(), "label": model.label(rows).tolist()}
    result = subprocess.run(
        [python, CONFORMANCE / "kserve_session.py", str(server.http_port), MODEL],
        input=json.dumps(expected),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "done"


def test_kserve_grpc_client(start_server, rows, tmp_path):
    python = os.environ.get("KSERVE_PYTHON", ROOT / ".build/kserve-venv/bin/python")
    assert os.access(python, os.X_OK), "install Tests/Conformance/kserve-requirements.txt into .build/kserve-venv"
    LivingModel(tmp_path).write(1, answering(1))
    server = start_server(
        "--model-control-mode=explicit", f"--load-model={MODEL}", repositories=(SAMPLES, tmp_path)
    )
    model = trainer(MODEL)
    expected = {"rows": rows.tolist(), "margin": model.margin(rows).tolist(), "label": model.label(rows).tolist()}
    result = subprocess.run(
        [python, CONFORMANCE / "kserve_grpc_session.py", server.grpc_url.split(":")[1], MODEL, "living"],
        input=json.dumps(expected),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "done"


def curl(*arguments, data=None):
    result = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "20", *arguments],
        input=data,
        capture_output=True,
        timeout=30,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_curl_reads(server):
    base = f"http://{server.url}"
    assert json.loads(curl(f"{base}/v2/health/ready"))["ready"] is True
    assert curl("--output", "/dev/null", "--write-out", "%{http_code}", f"{base}/v2/health/live") == b"200"
    assert b"HTTP/1.1 200" in curl("--head", f"{base}/v2/models/{MODEL}")
    assert json.loads(curl(f"{base}/v2/models/{MODEL}"))["name"] == MODEL
    assert curl("--fail-with-body", "-X", "POST", f"{base}/v2/repository/index").startswith(b"[")


def test_curl_posts_as_form_by_default(server, rows):
    body = json.dumps({"inputs": [tensor(rows)]}).encode()
    answer = curl("--data-binary", "@-", f"http://{server.url}{infer_path(MODEL)}", data=body)
    assert np.array_equal(margins(answer), trainer(MODEL).margin(rows))


def test_curl_posts_large_bodies_with_expect(server):
    many = rows_for(MODEL, 6000, seed=92, special=False)
    body = json.dumps({"inputs": [tensor(many)]}).encode()
    assert len(body) > 1 << 20, "curl asks before it sends more than a megabyte"
    url = f"http://{server.url}{infer_path(MODEL)}"
    for options in (
        [],
        ["--header", "Transfer-Encoding: chunked"],
        ["--header", "Expect: 100-continue"],
        ["--http1.0"],
    ):
        answer = curl(*options, "--data-binary", "@-", url, data=body)
        assert np.array_equal(margins(answer), trainer(MODEL).margin(many)), options


def test_curl_compressed_and_several_requests_on_one_connection(server, rows):
    body = json.dumps({"inputs": [tensor(np.tile(rows, (200, 1)))]}).encode()
    url = f"http://{server.url}{infer_path(MODEL)}"
    answer = curl("--compressed", "--data-binary", "@-", url, data=body)
    assert np.array_equal(margins(answer), np.tile(trainer(MODEL).margin(rows), 200))
    counts = curl("--write-out", "%{num_connects}\n", *["--output", "/dev/null", f"http://{server.url}/v2"] * 3)
    assert counts.split() == [b"1", b"0", b"0"]


def test_http_client_keeps_its_connection(server, rows):
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=10)
    expected = trainer(MODEL).margin(rows)
    for count in range(20):
        connection.request("POST", infer_path(MODEL), json.dumps({"inputs": [tensor(rows)], "id": str(count)}))
        response = connection.getresponse()
        content = response.read()
        assert response.status == 200 and json.loads(content)["id"] == str(count)
        assert np.array_equal(margins(content), expected)
    parts = [b'{"inputs": [', json.dumps(tensor(rows)).encode(), b"]}"]
    connection.request("POST", infer_path(MODEL), iter(parts), encode_chunked=True)
    assert np.array_equal(margins(connection.getresponse().read()), expected)
    connection.close()
