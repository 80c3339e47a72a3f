"""tritonclient's HTTP clients, unmodified: the gevent one and the asyncio one, every method that applies."""

import asyncio

import numpy as np
import pytest
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from inference_client import NUMPY_TYPES, call, infer_path
from trainers import FEATURE_NAMES, rows_for, trainer
from tritonclient.utils import InferenceServerException

MODEL = "xgboost_anomaly"


@pytest.fixture
def client(server):
    with triton.InferenceServerClient(server.url, concurrency=4) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows():
    return rows_for(MODEL, 40, seed=81)


def input_of(rows, name="features", datatype="FP32", binary=True):
    tensor = triton.InferInput(name, list(rows.shape), datatype)
    tensor.set_data_from_numpy(rows, binary_data=binary)
    return tensor


def check(result, rows, model=MODEL):
    reference = trainer(model)
    assert np.array_equal(result.as_numpy("margin"), reference.margin(rows))
    assert np.array_equal(result.as_numpy("probabilities"), reference.probabilities(rows))
    assert np.array_equal(result.as_numpy("label"), reference.label(rows))


def test_health(client):
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready(MODEL) and client.is_model_ready(MODEL, "1")
    assert not client.is_model_ready("nobody") and not client.is_model_ready(MODEL, "5")


def test_metadata_configuration_and_index(client):
    assert client.get_server_metadata()["name"]
    metadata = client.get_model_metadata(MODEL)
    assert metadata["inputs"][0] == {"name": "features", "datatype": "FP32", "shape": [-1, 37]}
    assert client.get_model_metadata(MODEL, "1") == metadata
    assert client.get_model_config(MODEL)["max_batch_size"] == 1000000
    assert client.get_model_config(MODEL, "1")["backend"] == "forest"
    names = {entry["name"]: entry["state"] for entry in client.get_model_repository_index()}
    assert names[MODEL] == "READY"


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False, None])
def test_infer(client, binary_in, binary_out):
    rows = rows_for(MODEL, 40, seed=81, special=binary_in)
    outputs = (
        None
        if binary_out is None
        else [
            triton.InferRequestedOutput(name, binary_data=binary_out) for name in ("label", "probabilities", "margin")
        ]
    )
    result = client.infer(MODEL, [input_of(rows, binary=binary_in)], outputs=outputs, request_id="seven")
    check(result, rows)
    assert result.get_response()["id"] == "seven"
    assert result.get_response()["model_version"] == "1"
    assert result.get_output("margin")["datatype"] == "FP32"


def test_infer_options(client, rows):
    result = client.infer(
        MODEL,
        [input_of(rows)],
        model_version="1",
        headers={"X-Mine": "1"},
        query_params={"a": "b"},
        priority=3,
        timeout=10_000_000,
        parameters={"service": "checkout", "host": "h1", "n": 4, "on": True},
    )
    check(result, rows)


@pytest.mark.parametrize("request_coding", [None, "gzip", "deflate"])
@pytest.mark.parametrize("response_coding", [None, "gzip", "deflate"])
def test_infer_compressed(client, rows, request_coding, response_coding):
    result = client.infer(
        MODEL,
        [input_of(rows)],
        request_compression_algorithm=request_coding,
        response_compression_algorithm=response_coding,
    )
    check(result, rows)


def test_async_infer(client, rows):
    handles = [client.async_infer(MODEL, [input_of(rows)], request_id=str(index)) for index in range(20)]
    for index, handle in enumerate(handles):
        result = handle.get_result()
        check(result, rows)
        assert result.get_response()["id"] == str(index)


def test_all_samples(client, rows):
    check(client.infer(MODEL, [input_of(rows)]), rows)
    narrow = rows_for("catboost_anomaly", 30, seed=82)
    check(client.infer("catboost_anomaly", [input_of(narrow)]), narrow, "catboost_anomaly")
    plain = rows_for("isolation_forest", 30, seed=83, special=False, like=MODEL)
    score = client.infer("isolation_forest", [input_of(plain)]).as_numpy("score")
    assert np.allclose(score, trainer("isolation_forest").score(plain), rtol=3e-7, atol=0)


@pytest.mark.parametrize("datatype", sorted(set(NUMPY_TYPES) - {"BOOL"}))
def test_datatypes(client, datatype):
    values = np.arange(40).reshape(4, 10).astype(NUMPY_TYPES[datatype])
    expected = trainer("bare_classifier").margin(values.astype(np.float32))
    result = client.infer("bare_classifier", [input_of(values, datatype=datatype)])
    assert np.array_equal(result.as_numpy("margin"), expected)


def test_a_tensor_per_feature(client):
    rows = rows_for("named_features", 9, seed=84, special=False)
    inputs = [
        input_of(np.ascontiguousarray(rows[:, [column]]), name, binary=column % 2 == 0)
        for column, name in enumerate(FEATURE_NAMES)
    ]
    result = client.infer("named_features", inputs)
    assert np.array_equal(result.as_numpy("margin"), trainer("named_features").margin(rows))


def test_fil_squeeze(client):
    rows = rows_for("fil_probability", 9, seed=85)
    found = client.infer("fil_probability", [input_of(rows, "input__0")]).as_numpy("output__0")
    assert found.shape == (9,)
    assert np.array_equal(found, trainer("fil_probability").prediction(rows))


def test_text_labels(client):
    rows = rows_for("text_labels", 9, seed=86, special=False)
    for binary in (True, False):
        outputs = [triton.InferRequestedOutput("label", binary_data=binary)]
        found = client.infer("text_labels", [input_of(rows)], outputs=outputs).as_numpy("label")
        texts = [value.decode() if isinstance(value, bytes) else value for value in found]
        assert texts == list(trainer("text_labels").label(rows))


def test_no_rows(client):
    result = client.infer(MODEL, [input_of(np.zeros((0, 37), dtype=np.float32))])
    assert result.as_numpy("margin").size == 0


def test_errors_arrive_as_exceptions_with_text_and_status(client, rows):
    with pytest.raises(InferenceServerException, match="Request for unknown model") as raised:
        client.infer("nobody", [input_of(rows)])
    assert raised.value.status() == "404"
    with pytest.raises(InferenceServerException) as raised:
        client.infer(MODEL, [input_of(rows[:, :5].copy())])
    assert raised.value.status() == "400"
    with pytest.raises(InferenceServerException, match="nothing"):
        client.infer(MODEL, [input_of(rows)], outputs=[triton.InferRequestedOutput("nothing")])
    assert client.is_server_live()


def test_offline_request_bodies(server, rows):
    """The client's own encoder and decoder, with a request of ours in between."""
    body, length = triton.InferenceServerClient.generate_request_body([input_of(rows)])
    answer = call(server, "POST", infer_path(MODEL), body, {"Inference-Header-Content-Length": str(length)})
    result = triton.InferenceServerClient.parse_response_body(
        answer.body, header_length=int(answer.headers["inference-header-content-length"])
    )
    check(result, rows)


def test_aio_every_method(server, rows):
    async def session():
        async with triton_aio.InferenceServerClient(server.url) as client:
            assert await client.is_server_live() and await client.is_server_ready()
            assert await client.is_model_ready(MODEL) and not await client.is_model_ready("nobody")
            assert (await client.get_server_metadata())["name"]
            assert (await client.get_model_metadata(MODEL))["versions"] == ["1"]
            assert (await client.get_model_config(MODEL))["name"] == MODEL
            assert MODEL in {entry["name"] for entry in await client.get_model_repository_index()}
            results = await asyncio.gather(
                *[client.infer(MODEL, [input_of(rows)], request_id=str(index)) for index in range(30)]
            )
            for index, result in enumerate(results):
                check(result, rows)
                assert result.get_response()["id"] == str(index)
            for coding in ("gzip", "deflate"):
                check(
                    await client.infer(
                        MODEL,
                        [input_of(rows)],
                        request_compression_algorithm=coding,
                        response_compression_algorithm=coding,
                    ),
                    rows,
                )
            plain = rows_for(MODEL, 5, seed=87, special=False)
            outputs = [
                triton_aio.InferRequestedOutput(name, binary_data=False)
                for name in ("label", "probabilities", "margin")
            ]
            check(await client.infer(MODEL, [input_of(plain, binary=False)], outputs=outputs), plain)
            with pytest.raises(InferenceServerException, match="unknown model"):
                await client.infer("nobody", [input_of(rows)])
            with pytest.raises(InferenceServerException):
                await client.load_model(MODEL)

    asyncio.run(session())
