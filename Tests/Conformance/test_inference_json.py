"""Inference with JSON tensors: forms, datatypes, missing values, selection, echoes, refusals."""

import json

import numpy as np
import pytest
from inference_client import NUMPY_TYPES, call, infer, infer_path, outputs_of, tensor
from trainers import FEATURE_NAMES, rows_for, trainer

MODEL = "bare_classifier"


def margins(answer):
    return outputs_of(answer)["margin"]


@pytest.fixture(scope="module")
def rows():
    return rows_for(MODEL, 12, seed=1, special=False)


@pytest.fixture(scope="module")
def expected(rows):
    return trainer(MODEL).margin(rows)


def test_flat_and_nested_data_are_the_same(server, rows, expected):
    for nested in (False, True):
        assert np.array_equal(margins(infer(server, MODEL, [tensor(rows, nested=nested)])), expected)


def test_the_tensor_of_a_forest_model_may_have_any_name(server, rows, expected):
    for name in ("features", "input__0", "x", 'Ünïcode \\ "quoted"'):
        assert np.array_equal(margins(infer(server, MODEL, [tensor(rows, name=name)])), expected)


def test_the_answer_names_model_and_version_and_echoes_the_id(server, rows):
    body = infer(server, MODEL, rows, id='42 "quoted" \u00e9 \U0001f600').json
    assert body["model_name"] == MODEL
    assert body["model_version"] == "1"
    assert body["id"] == '42 "quoted" \u00e9 \U0001f600'
    assert "id" not in infer(server, MODEL, rows).json
    assert "id" not in infer(server, MODEL, rows, id="").json


def test_a_version_in_the_path(server):
    rows = rows_for("all_versions", 5, seed=2)
    for version in (1, 3):
        answer = infer(server, "all_versions", rows, version=version)
        assert answer.json["model_version"] == str(version)
        assert np.array_equal(margins(answer), trainer("all_versions", version).margin(rows))
    assert infer(server, "all_versions", rows).json["model_version"] == "3"


def test_outputs_come_with_name_datatype_and_shape(server, rows):
    outputs = {output["name"]: output for output in infer(server, MODEL, rows).json["outputs"]}
    assert {name: (output["datatype"], output["shape"]) for name, output in outputs.items()} == {
        "label": ("INT64", [12]),
        "probabilities": ("FP32", [12, 2]),
        "margin": ("FP32", [12]),
    }


def test_requested_outputs_are_selected(server, rows):
    answer = infer(server, MODEL, rows, outputs=[{"name": "margin"}])
    assert list(outputs_of(answer)) == ["margin"]
    answer = infer(server, MODEL, rows, outputs=[{"name": "margin"}, {"name": "label"}])
    assert set(outputs_of(answer)) == {"margin", "label"}
    assert len(outputs_of(infer(server, MODEL, rows, outputs=[]))) == 3


def test_unknown_members_and_parameters_are_tolerated(server, rows, expected):
    inputs = [tensor(rows) | {"parameters": {"content_type": "np", "n": 1, "b": True}, "more": [{"a": None}]}]
    answer = infer(
        server,
        MODEL,
        inputs,
        model_name="other",
        nothing=None,
        deep={"a": [1, {"b": []}]},
        parameters={"text": "x", "integer": -3, "number": 0.25, "flag": False},
    )
    assert np.array_equal(margins(answer), expected)


def test_members_may_come_in_any_order(server, rows, expected):
    body = json.dumps(
        {
            "outputs": [{"name": "margin"}],
            "inputs": [{"data": rows.tolist(), "datatype": "FP32", "shape": [12, 10], "name": "x"}],
            "id": "late",
        }
    )
    assert np.array_equal(margins(infer(server, MODEL, body)), expected)


def test_white_space_and_escapes(server, rows, expected):
    body = (
        json.dumps({"inputs": [tensor(rows)]}, indent="\t")
        .replace('"inputs"', '"\\u0069nputs"')
        .replace('"FP32"', '"F\\u00503\\u0032"')
        .replace("\n", "\r\n ")
    )
    assert np.array_equal(margins(infer(server, MODEL, body)), expected)


@pytest.mark.parametrize("content_type", [None, "application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_the_content_type_is_not_asked_for(server, rows, expected, content_type):
    headers = {"Content-Type": content_type} if content_type else {}
    assert np.array_equal(margins(infer(server, MODEL, rows, headers=headers)), expected)


@pytest.mark.parametrize("datatype", sorted(NUMPY_TYPES))
def test_every_numeric_datatype_is_converted(server, datatype):
    generator = np.random.default_rng(3)
    kind = NUMPY_TYPES[datatype]
    if datatype == "BOOL":
        values = generator.integers(0, 2, size=(6, 10)).astype(bool)
    elif datatype.startswith("FP"):
        values = generator.standard_normal((6, 10)).astype(kind)
    else:
        values = generator.integers(0 if datatype.startswith("U") else -100, 100, size=(6, 10)).astype(kind)
        values[0, 0], values[1, 1] = np.iinfo(kind).max, np.iinfo(kind).min
    data = [bool(value) for value in values.reshape(-1)] if datatype == "BOOL" else values.reshape(-1).tolist()
    answer = infer(server, MODEL, [{"name": "x", "shape": [6, 10], "datatype": datatype, "data": data}])
    assert np.array_equal(margins(answer), trainer(MODEL).margin(values.astype(np.float32)))


def test_bf16_is_rounded_once(server):
    rows = rows_for(MODEL, 8, seed=4, special=False)
    bits = rows.view(np.uint32)
    halves = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16 << 16
    rounded = halves.astype(np.uint32).view(np.float32)
    answer = infer(server, MODEL, [tensor(rows, datatype="BF16")])
    assert np.array_equal(margins(answer), trainer(MODEL).margin(rounded))


def test_a_number_is_rounded_once_to_the_datatype(server):
    """The decimal lies just above the middle of two floats, by less than a double can tell."""
    low, high = np.float32(1.0), np.nextafter(np.float32(1.0), np.float32(2.0))
    text = "1.000000059604644775390625000000000000000000001"
    row = ", ".join([text] * 10)
    body = '{"inputs":[{"name":"x","shape":[1,10],"datatype":"FP32","data":[%s]}]}' % row
    answer = infer(server, "leaves", body)
    assert np.array_equal(margins(answer), trainer("leaves").margin(np.full((1, 10), high, dtype=np.float32)))
    assert float(np.float64(text)) == 1.0000000596046448 and np.float32(np.float64(text)) == low


@pytest.mark.parametrize(
    "text, value",
    [
        ("null", np.nan),
        ("NaN", np.nan),
        ('"NaN"', np.nan),
        ("Infinity", np.inf),
        ("-Infinity", -np.inf),
        ('"Infinity"', np.inf),
        ('"-Infinity"', -np.inf),
        ("-0.0", -0.0),
        ("-0", -0.0),
        ("1e-46", 0.0),
        ("1e39", np.inf),
        ("1E+2", 100.0),
        ("0.1e1", 1.0),
    ],
)
def test_missing_and_special_values(server, text, value):
    for column in range(10):
        row = np.zeros((1, 10), dtype=np.float32)
        row[0, column] = value
        data = ", ".join(text if index == column else "0" for index in range(10))
        body = '{"inputs":[{"name":"x","shape":[1,10],"datatype":"FP32","data":[%s]}]}' % data
        answer = infer(server, MODEL, body)
        if text == "1e39" and answer.status == 400:
            return
        assert np.array_equal(margins(answer), trainer(MODEL).margin(row)), column


def test_a_tensor_per_feature_name(server):
    rows = rows_for("named_features", 7, seed=5)
    expected = trainer("named_features").margin(rows)
    order = np.random.default_rng(6).permutation(10)
    flat = [tensor(rows[:, column], name=FEATURE_NAMES[column]) for column in order]
    assert np.array_equal(margins(infer(server, "named_features", flat)), expected)
    mixed = [
        tensor(
            rows[:, column].reshape(7, 1) if column % 2 else rows[:, column],
            name=FEATURE_NAMES[column],
            datatype="FP32" if column % 3 else "FP64",
        )
        for column in order
    ]
    assert np.array_equal(margins(infer(server, "named_features", mixed)), expected)
    assert np.array_equal(margins(infer(server, "named_features", rows)), expected)


def test_features_that_are_left_out_take_their_default(server):
    rows = np.tile(np.arange(10, dtype=np.float32) / 4, (3, 1))
    rows[:, 0] = [0.5, -0.5, 100]
    answer = infer(server, "named_features", [tensor(rows[:, 0], name="cpu")])
    assert np.array_equal(margins(answer), trainer("named_features").margin(rows))


def test_a_feature_without_default_must_be_given(server):
    answer = infer(server, "named_features", [tensor(np.zeros(3, dtype=np.float32), name="memory")])
    assert answer.status == 400
    assert "cpu" in answer.error


def test_feature_tensors_must_agree_in_their_rows(server):
    answer = infer(
        server,
        "named_features",
        [tensor(np.zeros(3, dtype=np.float32), name="cpu"), tensor(np.zeros(2, dtype=np.float32), name="memory")],
    )
    assert answer.status == 400


def test_text_labels(server):
    rows = rows_for("text_labels", 20, seed=7, special=False)
    outputs = outputs_of(infer(server, "text_labels", rows))
    model = trainer("text_labels")
    assert list(outputs["label"]) == list(model.label(rows))
    assert set(outputs["label"]) == {"anomaly", "normal"}
    assert np.array_equal(outputs["probabilities"], model.probabilities(rows))


def test_no_rows(server):
    outputs = outputs_of(infer(server, MODEL, np.zeros((0, 10), dtype=np.float32)))
    assert outputs["margin"].shape == (0,) and outputs["probabilities"].shape == (0, 2)


def test_values_that_overflow_are_never_written_as_invalid_json(server):
    rows = rows_for("fil_overflow", 64, seed=8, special=False)
    expected = trainer("fil_overflow").prediction(rows)
    assert np.isinf(expected).any() and np.isfinite(expected).any()
    answer = infer(server, "fil_overflow", [tensor(rows, name="input__0")])
    assert answer.status == 200
    data = answer.json["outputs"][0]["data"]
    finite = np.isfinite(expected)
    assert [value for value, kept in zip(data, finite) if kept] == [float(str(value)) for value in expected[finite]]


def corrupt(**changes):
    """A request of one row of bare_classifier with members of its tensor replaced; a value of ... removes one."""
    entry = tensor(np.zeros((1, 10), dtype=np.float32)) | changes
    return json.dumps({"inputs": [{key: value for key, value in entry.items() if value is not ...}]})


REFUSED_BODIES = {
    "empty": "",
    "not JSON": "hello",
    "an array": "[]",
    "a number": "1",
    "no inputs": "{}",
    "inputs null": '{"inputs": null}',
    "inputs object": '{"inputs": {}}',
    "inputs empty": '{"inputs": []}',
    "input no object": '{"inputs": [1]}',
    "cut": corrupt()[:-3],
    "trailing bytes": corrupt() + "x",
    "two documents": corrupt() * 2,
    "trailing comma": corrupt().replace("]}]}", "],}]}"),
    "comment": corrupt().replace("{", "{/* */", 1),
    "single quotes": corrupt().replace('"', "'"),
    "control character": corrupt(name="a").replace('"a"', '"a\x01"'),
    "lone surrogate": corrupt(name="a").replace('"a"', '"\\ud800"'),
    "bad escape": corrupt(name="a").replace('"a"', '"\\x41"'),
    "leading zero": corrupt(data=["@"] + [0] * 9).replace('"@"', "01"),
    "leading plus": corrupt(data=["@"] + [0] * 9).replace('"@"', "+1"),
    "bare point": corrupt(data=["@"] + [0] * 9).replace('"@"', "1."),
    "hex": corrupt(data=["@"] + [0] * 9).replace('"@"', "0x1"),
    "nan in lower case": corrupt(data=["@"] + [0] * 9).replace('"@"', "nan"),
    "text among numbers": corrupt(data=["one"] + [0] * 9),
    "true among floats": corrupt(data=[True] + [0] * 9),
    "object among numbers": corrupt(data=[{}] + [0] * 9),
    "no name": corrupt(name=...),
    "name number": corrupt(name=5),
    "no shape": corrupt(shape=...),
    "shape scalar": corrupt(shape=10),
    "shape empty": corrupt(shape=[]),
    "shape negative": corrupt(shape=[-1, 10]),
    "shape fraction": corrupt(shape=[1.5, 10]),
    "shape text": corrupt(shape=["1", 10]),
    "shape overflows": corrupt(shape=[9223372036854775807, 10]),
    "shape product overflows": corrupt(shape=[4294967297, 4294967296]),
    "shape beyond 64 bits": corrupt(shape=[99999999999999999999, 10]),
    "no datatype": corrupt(datatype=...),
    "unknown datatype": corrupt(datatype="FLOAT"),
    "bytes": corrupt(datatype="BYTES", data=["a"] * 10),
    "no data": corrupt(data=...),
    "data scalar": corrupt(data=1),
    "too few values": corrupt(data=[0] * 9),
    "too many values": corrupt(data=[0] * 11),
    "too few columns": corrupt(shape=[1, 9], data=[0] * 9),
    "too many columns": corrupt(shape=[1, 11], data=[0] * 11),
    "one dimension": corrupt(shape=[10]),
    "three dimensions": corrupt(shape=[1, 1, 10]),
    "fraction as integer": corrupt(datatype="INT32", data=[0.5] + [0] * 9),
    "integer out of range": corrupt(datatype="INT8", data=[128] + [0] * 9),
    "negative as unsigned": corrupt(datatype="UINT16", data=[-1] + [0] * 9),
    "number as bool": corrupt(datatype="BOOL", data=[2] + [0] * 9),
    "binary size without binary": corrupt(data=..., parameters={"binary_data_size": 40}),
    "data and binary size": corrupt(parameters={"binary_data_size": 40}),
    "too deep": corrupt(data=json.loads("[" * 200 + "]" * 200)),
    "far too deep": corrupt(data="@").replace('"@"', "[" * 500_000),
    "id number": '{"id": 5, ' + corrupt()[1:],
    "parameters array": '{"parameters": [], ' + corrupt()[1:],
    "parameter object": '{"parameters": {"a": {}}, ' + corrupt()[1:],
    "outputs object": '{"outputs": {}, ' + corrupt()[1:],
    "unknown output": '{"outputs": [{"name": "nothing"}], ' + corrupt()[1:],
    "output twice": '{"outputs": [{"name": "label"}, {"name": "label"}], ' + corrupt()[1:],
    "output without name": '{"outputs": [{}], ' + corrupt()[1:],
    "two inputs": json.dumps({"inputs": [tensor(np.zeros((1, 10)), name="a"), tensor(np.zeros((1, 10)), name="b")]}),
    "one input twice": json.dumps({"inputs": [tensor(np.zeros((1, 10)))] * 2}),
}


@pytest.mark.parametrize("case", REFUSED_BODIES)
def test_malformed_requests_are_refused_with_a_sentence(server, case):
    answer = infer(server, MODEL, REFUSED_BODIES[case])
    assert answer.status == 400, answer.body
    assert answer.error
    assert call(server, "GET", "/v2/health/live").status == 200


def test_invalid_utf8_is_refused(server):
    body = corrupt(name="@").encode().replace(b"@", b"\xff\xfe")
    assert infer(server, MODEL, body).status == 400


@pytest.mark.parametrize(
    "case, words",
    [
        (corrupt(shape=[1, 9], data=[0] * 9), ["10", "9"]),
        (corrupt(data=[0] * 9), ["features", "10", "9"]),
        (corrupt(datatype="FLOAT"), ["FLOAT"]),
        (corrupt(shape=[-1, 10]), ["features"]),
        ('{"outputs": [{"name": "nothing"}], ' + corrupt()[1:], ["nothing", MODEL]),
    ],
)
def test_errors_name_the_tensor_the_expected_and_the_given(server, case, words):
    error = infer(server, MODEL, case).error
    for word in words:
        assert word in error, error


def test_unknown_model_and_version(server, rows):
    for model, version in (("nobody", None), (MODEL, 9)):
        answer = infer(server, model, rows, version=version)
        assert answer.status == 404
        assert answer.error.startswith("Request for unknown model: ")


def test_a_large_body_in_json(server):
    rows = rows_for(MODEL, 20_000, seed=9, special=False)
    answer = call(server, "POST", infer_path(MODEL), json.dumps({"inputs": [tensor(rows, nested=True)]}))
    assert np.array_equal(margins(answer), trainer(MODEL).margin(rows))
