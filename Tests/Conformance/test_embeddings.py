"""The text encoder as a model: tritonclient over HTTP and gRPC, curl, and OpenAI's own client on /v1/embeddings."""

import base64
import json
import struct
import subprocess
import sys
import threading

import httpx
import numpy as np
import openai
import pytest
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton_http
from inference_client import call
from server_process import ROOT, ServerProcess
from test_access import add_key
from trainers import SAMPLES
from tritonclient.utils import InferenceServerException

sys.path.insert(0, str(ROOT / "training"))
import embedder_texts  # noqa: E402

EMBEDDER = ROOT / ".build/embedder"
FIXTURES = ROOT / "Tests/TextEmbeddingTests/Fixtures"
MODEL = "text_embedder"
WIDTH = 384
TEXTS = ["connection refused by upstream", "", "OOMKilled: container exceeded its memory limit", "naïve café 東京 🙂"]

pytestmark = pytest.mark.skipif(
    not (EMBEDDER / MODEL / "1/model.safetensors").exists(), reason="no embedder: `make embedder` fetches it"
)


@pytest.fixture(scope="module")
def embedder():
    process = ServerProcess([SAMPLES, EMBEDDER])
    yield process
    assert process.terminate() == 0, process.log


@pytest.fixture(scope="module")
def vectors(embedder):
    """What the other forms of request must answer, too."""
    return ask(embedder, TEXTS)


def ask(server, texts, binary=True):
    with triton_http.InferenceServerClient(server.url) as client:
        given = triton_http.InferInput("text", [len(texts)], "BYTES")
        given.set_data_from_numpy(np.array([each.encode() for each in texts], dtype=object), binary_data=binary)
        wanted = triton_http.InferRequestedOutput("embedding", binary_data=binary)
        return client.infer(MODEL, [given], outputs=[wanted]).as_numpy("embedding")


def test_vectors_are_sentence_transformers(embedder):
    """The fixture's first texts are made as in its script; the reference's vectors stand beside it."""
    random = embedder_texts.Generator(json.loads((FIXTURES / "vectors.json").read_text())["seed"])
    texts = [embedder_texts.plain(random) if number % 2 else embedder_texts.text(random) for number in range(200)]
    texts[0] = ""
    expected = np.fromfile(FIXTURES / "vectors.f32", dtype="<f4").reshape(-1, WIDTH)[:200]
    assert np.abs(ask(embedder, texts) - expected).max() <= 2e-6


def test_metadata_and_configuration(embedder):
    with triton_http.InferenceServerClient(embedder.url) as client:
        metadata = client.get_model_metadata(MODEL)
        assert metadata["inputs"] == [{"name": "text", "datatype": "BYTES", "shape": [-1]}]
        assert metadata["outputs"] == [{"name": "embedding", "datatype": "FP32", "shape": [-1, WIDTH]}]
        configuration = client.get_model_config(MODEL)
        assert configuration["backend"] == "text_encoder" and configuration["max_batch_size"] == 2048
        assert configuration["parameters"]["rowan.engine"]["string_value"] == "text-encoder"
        assert client.is_model_ready(MODEL) and client.is_server_ready()


@pytest.mark.parametrize("binary", [True, False])
def test_http(embedder, vectors, binary):
    found = ask(embedder, TEXTS, binary)
    assert found.dtype == np.float32 and found.shape == (len(TEXTS), WIDTH)
    assert np.array_equal(found, vectors)
    assert np.abs(np.linalg.norm(found, axis=1) - 1).max() < 1e-6


def test_a_column_of_texts(embedder, vectors):
    with triton_http.InferenceServerClient(embedder.url) as client:
        given = triton_http.InferInput("text", [len(TEXTS), 1], "BYTES")
        given.set_data_from_numpy(np.array([[each.encode()] for each in TEXTS], dtype=object))
        assert np.array_equal(client.infer(MODEL, [given]).as_numpy("embedding"), vectors)


def test_grpc(embedder, vectors):
    with triton_grpc.InferenceServerClient(embedder.grpc_url) as client:
        given = triton_grpc.InferInput("text", [len(TEXTS)], "BYTES")
        given.set_data_from_numpy(np.array([each.encode() for each in TEXTS], dtype=object))
        assert np.array_equal(client.infer(MODEL, [given]).as_numpy("embedding"), vectors)
        assert client.get_model_metadata(MODEL).inputs[0].datatype == "BYTES"
        request = triton_grpc.service_pb2.ModelInferRequest(model_name=MODEL)
        tensor = request.inputs.add(name="text", datatype="BYTES", shape=[2])
        tensor.contents.bytes_contents.extend([TEXTS[0].encode(), TEXTS[2].encode()])
        answer = client._client_stub.ModelInfer(request)
        found = np.frombuffer(answer.raw_output_contents[0], "<f4").reshape(2, WIDTH)
        assert np.array_equal(found, vectors[[0, 2]])


def test_curl(embedder, vectors):
    body = json.dumps({"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": [TEXTS[3]]}]})
    url = f"http://127.0.0.1:{embedder.http_port}"
    answer = subprocess.run(
        ["curl", "-s", f"{url}/v2/models/{MODEL}/infer", "-d", body], capture_output=True, check=True, text=True
    )
    output = json.loads(answer.stdout)["outputs"][0]
    assert output["name"] == "embedding" and output["shape"] == [1, WIDTH]
    assert np.array_equal(np.array(output["data"], dtype=np.float32), vectors[3])


def test_a_body_that_is_the_text(embedder, vectors):
    answer = call(
        embedder,
        "POST",
        f"/v2/models/{MODEL}/infer",
        TEXTS[0].encode(),
        {"Inference-Header-Content-Length": "0", "Content-Type": "application/octet-stream"},
    )
    assert answer.status == 200
    header = int(answer.headers["inference-header-content-length"])
    assert np.array_equal(np.frombuffer(answer.body[header:], "<f4"), vectors[0])


def test_many_texts_at_once_and_from_several_clients(embedder):
    """Longer than a block and than a large body's bound; the same bits from all."""
    # A word of more than a hundred letters is one token: many bytes, little work.
    texts = [f"line {number}: " + "error " * (number % 12) + "x" * 150 for number in range(600)]
    expected = np.concatenate([ask(embedder, texts[first : first + 7]) for first in range(0, 600, 7)])
    found = [None] * 4

    def work(number):
        found[number] = ask(embedder, texts, binary=number % 2 == 0)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(each, expected) for each in found)


@pytest.mark.parametrize(
    "tensor, part",
    [
        ({"datatype": "FP32", "shape": [1], "data": [1]}, "BYTES"),
        ({"datatype": "BYTES", "shape": [2], "data": ["a"]}, "2"),
        ({"datatype": "BYTES", "shape": [1, 2], "data": ["a", "b"]}, "[-1]"),
        ({"datatype": "BYTES", "shape": [1], "data": [1]}, "text"),
        ({"datatype": "BYTES", "shape": [2049], "data": ["a"] * 2049}, "2048"),
        ({"datatype": "BYTES", "shape": [1], "data": ["a" * (1 << 20) + "a"]}, "1048576"),
    ],
)
def test_refusals(embedder, tensor, part):
    body = json.dumps({"inputs": [{"name": "text", **tensor}]})
    answer = call(embedder, "POST", f"/v2/models/{MODEL}/infer", body)
    assert answer.status == 400 and part in answer.error


def test_refusals_of_grpc(embedder):
    with triton_grpc.InferenceServerClient(embedder.grpc_url) as client:
        given = triton_grpc.InferInput("text", [1], "FP32")
        given.set_data_from_numpy(np.zeros(1, np.float32))
        with pytest.raises(InferenceServerException, match="BYTES"):
            client.infer(MODEL, [given])


def test_statistics(embedder):
    with triton_http.InferenceServerClient(embedder.url) as client:
        before = client.get_inference_statistics(MODEL)["model_stats"][0]
        ask(embedder, TEXTS)
        after = client.get_inference_statistics(MODEL)["model_stats"][0]
    assert after["inference_count"] - before["inference_count"] == len(TEXTS)
    assert after["execution_count"] - before["execution_count"] == 1
    assert after["inference_stats"]["success"]["count"] - before["inference_stats"]["success"]["count"] == 1


# OpenAI's form


@pytest.fixture(scope="module")
def client(embedder):
    with openai.OpenAI(
        base_url=f"http://127.0.0.1:{embedder.http_port}/v1", api_key="none", max_retries=0
    ) as opened:
        yield opened


def test_openai_client(client, vectors):
    # The client asks for base64 unless it is told otherwise.
    for format in ({}, {"encoding_format": "float"}, {"encoding_format": "base64"}):
        answer = client.embeddings.create(model=MODEL, input=TEXTS, **format)
        assert answer.object == "list" and answer.model == MODEL
        assert [each.index for each in answer.data] == [0, 1, 2, 3]
        found = [each.embedding for each in answer.data]
        if format.get("encoding_format") == "base64" and isinstance(found[0], str):
            found = [struct.unpack(f"<{WIDTH}f", base64.b64decode(each)) for each in found]
        assert np.array_equal(np.array(found, dtype=np.float32), vectors)
        assert answer.usage.prompt_tokens == answer.usage.total_tokens > len(TEXTS)
    one = client.embeddings.create(model=MODEL, input=TEXTS[0], encoding_format="float", dimensions=WIDTH, user="me")
    assert np.array_equal(np.array(one.data[0].embedding, dtype=np.float32), vectors[0])
    empty = client.embeddings.create(model=MODEL, input="")
    assert empty.usage.prompt_tokens == 2


def test_openai_errors(client):
    with pytest.raises(openai.NotFoundError) as raised:
        client.embeddings.create(model="nobody", input="a")
    assert raised.value.body["code"] == "model_not_found" and "nobody" in raised.value.body["message"]
    for arguments, part in [
        ({"model": "xgboost_anomaly", "input": "a"}, "xgboost_anomaly"),
        ({"model": MODEL, "input": []}, "empty list"),
        ({"model": MODEL, "input": [1, 2]}, "tokens"),
        ({"model": MODEL, "input": "a", "dimensions": 8}, "dimensions"),
        ({"model": MODEL, "input": ["a"] * 2049}, "2048"),
    ]:
        with pytest.raises(openai.BadRequestError) as raised:
            client.embeddings.create(**arguments)
        assert raised.value.body["type"] == "invalid_request_error" and part in raised.value.body["message"]


def test_embeddings_by_hand(embedder):
    url = f"http://127.0.0.1:{embedder.http_port}/v1/embeddings"
    for body in (b"", b"{", b"[]", b'{"input":"a"}', b'{"model":1,"input":"a"}', b'{"model":"text_embedder"}'):
        answer = httpx.post(url, content=body)
        assert answer.status_code == 400, body
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert httpx.get(url).status_code == 405
    large = json.dumps({"model": MODEL, "input": ["a" * 9_000] * 500})
    answer = httpx.post(url, content=large)
    assert answer.status_code == 413 and "4194304" in answer.json()["error"]["message"]
    answer = httpx.post(url, content=b"x", headers={"content-encoding": "gzip"})
    assert answer.status_code == 415
    with httpx.Client(http1=False, http2=True) as client:
        answer = client.post(url, json={"model": MODEL, "input": ["a", "b"]})
        assert answer.status_code == 200 and len(answer.json()["data"]) == 2


def test_keys_open_models(start_server, tmp_path):
    keys = tmp_path / "keys.json"
    right = add_key(keys, "--id", "right", "--model", MODEL)
    wrong = add_key(keys, "--id", "wrong", "--model", "xgboost_anomaly")
    server = start_server("--api-keys-file", str(keys), repositories=(SAMPLES, EMBEDDER))
    url = f"http://127.0.0.1:{server.http_port}/v1/embeddings"
    body = {"model": MODEL, "input": "a"}
    for key, status in ((None, 401), (wrong, 403), (right, 200)):
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        assert httpx.post(url, json=body, headers=headers).status_code == status
