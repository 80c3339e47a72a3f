"""The binary tensor extension, both ways, mixed and raw."""

import json

import numpy as np
import pytest
from inference_client import (
    NUMPY_TYPES,
    binary_body,
    call,
    infer,
    infer_binary,
    infer_path,
    outputs_of,
    strict_json,
    tensor,
)
from trainers import FEATURE_NAMES, rows_for, trainer

MODEL = "bare_classifier"


@pytest.fixture(scope="module")
def rows():
    return rows_for(MODEL, 50, seed=11)


@pytest.fixture(scope="module")
def expected(rows):
    return trainer(MODEL).margin(rows)


def test_binary_in_and_out(server, rows, expected):
    answer = infer_binary(server, MODEL, rows)
    assert answer.headers["content-type"] == "application/octet-stream"
    outputs = outputs_of(answer)
    assert np.array_equal(outputs["margin"], expected)
    assert np.array_equal(outputs["probabilities"], trainer(MODEL).probabilities(rows))
    assert np.array_equal(outputs["label"], trainer(MODEL).label(rows))


def test_binary_in_json_out(server, rows, expected):
    answer = infer_binary(server, MODEL, rows, parameters={})
    assert answer.headers["content-type"] == "application/json"
    assert "inference-header-content-length" not in answer.headers
    assert np.array_equal(outputs_of(answer)["margin"], expected)


def test_json_in_binary_out(server, rows, expected):
    answer = infer(server, MODEL, rows, parameters={"binary_data_output": True})
    assert "inference-header-content-length" in answer.headers
    assert np.array_equal(outputs_of(answer)["margin"], expected)


def test_each_output_chooses_its_form(server, rows, expected):
    answer = infer_binary(
        server,
        MODEL,
        rows,
        parameters={},
        outputs=[
            {"name": "margin", "parameters": {"binary_data": True}},
            {"name": "label", "parameters": {"binary_data": False}},
            {"name": "probabilities", "parameters": {"binary_data": True}},
        ],
    )
    outputs = outputs_of(answer)
    head = strict_json(answer.body[: int(answer.headers["inference-header-content-length"])])
    forms = {output["name"]: "data" in output for output in head["outputs"]}
    assert forms == {"margin": False, "label": True, "probabilities": False}
    assert np.array_equal(outputs["margin"], expected)
    assert np.array_equal(outputs["label"], trainer(MODEL).label(rows))


def test_json_and_binary_tensors_mixed_in_one_request(server):
    rows = rows_for("named_features", 6, seed=12, special=False)
    inputs, blobs = [], []
    for column, name in enumerate(FEATURE_NAMES):
        if column % 2:
            inputs.append(tensor(rows[:, column], name=name))
        else:
            blob = np.ascontiguousarray(rows[:, column], dtype="<f8").tobytes()
            inputs.append(
                {"name": name, "shape": [6], "datatype": "FP64", "parameters": {"binary_data_size": len(blob)}}
            )
            blobs.append(blob)
    head = json.dumps({"inputs": inputs}).encode()
    answer = call(
        server,
        "POST",
        infer_path("named_features"),
        head + b"".join(blobs),
        {"Inference-Header-Content-Length": str(len(head))},
    )
    assert np.array_equal(outputs_of(answer)["margin"], trainer("named_features").margin(rows))


@pytest.mark.parametrize("datatype", sorted(NUMPY_TYPES))
def test_every_numeric_datatype(server, datatype):
    generator = np.random.default_rng(13)
    kind = NUMPY_TYPES[datatype]
    if datatype == "BOOL":
        values = generator.integers(0, 2, size=(33, 10)).astype(bool)
    elif datatype.startswith("FP"):
        with np.errstate(over="ignore"):
            values = rows_for(MODEL, 33, seed=14).astype(kind)
    else:
        limits = np.iinfo(kind)
        values = generator.integers(limits.min, limits.max, size=(33, 10), dtype=kind, endpoint=True)
    answer = infer_binary(server, MODEL, values, name="x", datatype=datatype)
    assert np.array_equal(outputs_of(answer)["margin"], trainer(MODEL).margin(values.astype(np.float32)))


def test_bf16(server, rows, expected):
    halves = (rows.view(np.uint32) >> 16).astype(np.uint16)
    widened = (halves.astype(np.uint32) << 16).view(np.float32)
    answer = infer_binary(server, MODEL, halves, datatype="BF16")
    assert np.array_equal(outputs_of(answer)["margin"], trainer(MODEL).margin(widened))


def test_text_labels_as_bytes(server):
    rows = rows_for("text_labels", 9, seed=15, special=False)
    outputs = outputs_of(infer_binary(server, "text_labels", rows))
    assert list(outputs["label"]) == list(trainer("text_labels").label(rows))


def test_a_tensor_of_no_rows(server):
    answer = infer_binary(server, MODEL, np.zeros((0, 10), dtype=np.float32))
    assert outputs_of(answer)["margin"].shape == (0,)


def test_raw_request(server):
    rows = rows_for("fil_binary", 1, seed=16)
    answer = call(server, "POST", infer_path("fil_binary"), rows.tobytes(), {"Inference-Header-Content-Length": "0"})
    outputs = outputs_of(answer)
    assert "inference-header-content-length" in answer.headers, "all outputs of a raw request come back in binary"
    assert np.array_equal(outputs["output__0"], trainer("fil_binary").label(rows).astype(np.float32))


def test_an_unaligned_json_part_does_not_disturb_the_tensors(server, rows, expected):
    for padding in range(8):
        answer = infer_binary(server, MODEL, rows, padding=" " * padding)
        assert np.array_equal(outputs_of(answer)["margin"], expected)


def test_a_large_request(server):
    rows = rows_for("xgboost_anomaly", 100_000, seed=17)
    outputs = outputs_of(infer_binary(server, "xgboost_anomaly", rows))
    assert np.array_equal(outputs["margin"], trainer("xgboost_anomaly").margin(rows))


def refused(server, body, length, model=MODEL):
    headers = {} if length is None else {"Inference-Header-Content-Length": str(length)}
    answer = call(server, "POST", infer_path(model), body, headers)
    assert answer.status == 400, answer.body
    return answer.error


def test_malformed_binary_requests_are_refused(server):
    body, fields = binary_body([("features", "FP32", np.zeros((2, 10), dtype=np.float32))])
    length = int(fields["Inference-Header-Content-Length"])
    refused(server, body[:-1], length)
    refused(server, body[:length], length)
    refused(server, body + b"\0", length)
    refused(server, body, None)
    refused(server, body, len(body) + 1)
    refused(server, body, -1)
    refused(server, body, "x")
    refused(server, body, 99999999999999999999)
    refused(server, body, length - 1)
    refused(server, body, length + 1)


@pytest.mark.parametrize("size", [-4, 76, 84, 4_000_000_000, 1.5, "80", None, 9223372036854775807])
def test_a_wrong_binary_data_size_is_refused(server, size):
    blob = np.zeros((2, 10), dtype=np.float32).tobytes()
    head = json.dumps(
        {
            "inputs": [
                {"name": "features", "shape": [2, 10], "datatype": "FP32", "parameters": {"binary_data_size": size}}
            ]
        }
    ).encode()
    refused(server, head + blob, len(head))


def test_malformed_raw_requests_are_refused(server):
    refused(server, b"\0" * 39, 0, "fil_binary")
    refused(server, b"\0" * 41, 0, "fil_binary")
    refused(server, b"", 0, "fil_binary")
