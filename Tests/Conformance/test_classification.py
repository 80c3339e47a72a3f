"""The classification extension: the greatest elements of a row as texts, against the trainers and Python's own %f."""

import json
import shutil
import subprocess

import numpy as np
import pytest
import tritonclient.http as triton
from inference_client import call, infer, infer_path, outputs_of, tensor
from living_models import FEATURES, document
from server_process import ServerProcess, binary_path
from trainers import REPOSITORY, SAMPLES, rows_for, trainer
from tritonclient.utils import InferenceServerException

MODEL = "xgboost_anomaly"
LARGE_ROWS = 20_000


def texts(values, count, labels=()):
    """What Triton writes for rows of values: highest first, the lower index first among equals, NaN last."""
    values = np.asarray(values)
    values = values.reshape(len(values), -1)
    found = []
    for row in values:
        ranked = sorted(range(len(row)), key=lambda index: (np.isnan(row[index]), -row[index], index))
        found.append([])
        for index in ranked[:count]:
            number = row[index].item()
            text = f"{number}:{index}" if isinstance(number, int) else f"{number:f}:{index}"
            if index < len(labels) and labels[index]:
                text += ":" + labels[index]
            found[-1].append(text)
    return found


def classified(client, model, rows, name, count, binary=True, input_name="features", **options):
    given = triton.InferInput(input_name, list(rows.shape), "FP32")
    given.set_data_from_numpy(rows)
    wanted = [triton.InferRequestedOutput(name, binary_data=binary, class_count=count)]
    result = client.infer(model, [given], outputs=wanted, **options)
    assert result.get_output(name)["datatype"] == "BYTES"
    found = result.as_numpy(name)
    assert list(found.shape) == result.get_output(name)["shape"]
    return [[text.decode() if isinstance(text, bytes) else text for text in row] for row in found]


@pytest.fixture
def client(server):
    with triton.InferenceServerClient(server.url) as opened:
        yield opened


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 1000])
def test_probabilities_of_classes(client, binary, count):
    rows = rows_for("bare_multiclass", 50, seed=101)
    expected = texts(trainer("bare_multiclass").probabilities(rows), count)
    assert classified(client, "bare_multiclass", rows, "probabilities", count, binary) == expected
    rows = rows_for(MODEL, 50, seed=102)
    expected = texts(trainer(MODEL).probabilities(rows), count)
    assert classified(client, MODEL, rows, "probabilities", count, binary) == expected


def test_margins_labels_and_leaves(client):
    rows = rows_for(MODEL, 20, seed=103)
    assert classified(client, MODEL, rows, "margin", 4) == texts(trainer(MODEL).margin(rows), 4)
    assert classified(client, MODEL, rows, "label", 1) == texts(trainer(MODEL).label(rows), 1)
    rows = rows_for("leaves", 20, seed=104)
    leaves = trainer("leaves").leaves(rows)
    for count in (1, 5, leaves.shape[1], 10_000):
        assert classified(client, "leaves", rows, "leaf_indices", count) == texts(leaves, count)


def test_fil(client):
    rows = rows_for("fil_multiclass_probabilities", 20, seed=105)
    values = trainer("fil_multiclass_probabilities").probabilities(rows)
    found = classified(client, "fil_multiclass_probabilities", rows, "output__0", 2, input_name="input__0")
    assert found == texts(values, 2)
    # One element a row, which the output's own shape leaves out.
    rows = rows_for("fil_probability", 20, seed=106)
    found = classified(client, "fil_probability", rows, "output__0", 2, input_name="input__0")
    assert found == texts(trainer("fil_probability").prediction(rows), 2)


def test_labels_of_the_model_file_are_there_without_configuration(client):
    rows = rows_for("text_labels", 20, seed=107)
    model = trainer("text_labels")
    labels = [str(label) for label in model.model.classes_]
    assert all(labels)
    expected = texts(model.probabilities(rows), 2, labels)
    assert classified(client, "text_labels", rows, "probabilities", 2) == expected
    # One margin stands for two classes and is not named after either.
    assert classified(client, "text_labels", rows, "margin", 2) == texts(model.margin(rows), 2)


@pytest.mark.parametrize("order", [("probabilities", "margin"), ("margin", "probabilities")])
@pytest.mark.parametrize("binary", [(True, True), (True, False), (False, True), (False, False)])
def test_classes_stand_beside_plain_outputs(client, order, binary):
    rows = rows_for(MODEL, 3, seed=108)
    given = triton.InferInput("features", list(rows.shape), "FP32")
    given.set_data_from_numpy(rows)
    forms = dict(zip(("probabilities", "margin"), binary))
    wanted = [
        triton.InferRequestedOutput(name, binary_data=forms[name], class_count=2 if name == "probabilities" else 0)
        for name in order
    ]
    wanted.append(triton.InferRequestedOutput("label", binary_data=True, class_count=1))
    result = client.infer(MODEL, [given], outputs=wanted, request_id="nine")
    reference = trainer(MODEL)
    found = [[str(text, "utf-8") if isinstance(text, bytes) else text for text in row] for row in
             result.as_numpy("probabilities")]
    assert found == texts(reference.probabilities(rows), 2)
    assert np.array_equal(result.as_numpy("margin"), reference.margin(rows))
    assert [[text.decode() for text in row] for row in result.as_numpy("label")] == texts(reference.label(rows), 1)
    assert result.get_response()["id"] == "nine"


def test_zero_means_off(server):
    rows = rows_for(MODEL, 2, seed=109, special=False)
    answer = infer(server, MODEL, rows, outputs=[{"name": "label", "parameters": {"classification": 0}}])
    assert np.array_equal(outputs_of(answer)["label"], trainer(MODEL).label(rows))


def test_no_rows(client):
    assert classified(client, MODEL, np.zeros((0, 37), dtype=np.float32), "probabilities", 2) == []


def test_compressed(client):
    rows = rows_for(MODEL, 400, seed=110)
    expected = texts(trainer(MODEL).probabilities(rows), 2)
    for binary in (True, False):
        found = classified(
            client, MODEL, rows, "probabilities", 2, binary, request_compression_algorithm="gzip",
            response_compression_algorithm="deflate",
        )
        assert found == expected


@pytest.mark.parametrize("binary", [True, False])
def test_large_requests(client, binary):
    rows = rows_for(MODEL, LARGE_ROWS, seed=111)
    expected = texts(trainer(MODEL).probabilities(rows), 2)
    assert classified(client, MODEL, rows, "probabilities", 2, binary) == expected


@pytest.mark.parametrize("value", ["-1", "1.5", '"2"', "true", "null", "[2]", "{}", "18446744073709551616", "1e30"])
def test_a_count_that_is_none_is_refused(server, value):
    body = (
        '{"inputs":[' + json.dumps(tensor(np.zeros((1, 37)))) + '],"outputs":[{"name":"probabilities","parameters":'
        '{"classification":' + value + "}}]}"
    )
    answer = call(server, "POST", infer_path(MODEL), body)
    assert answer.status == 400 and "classification" in answer.error


def test_the_greatest_count_is_all(server):
    rows = rows_for(MODEL, 2, seed=112, special=False)
    wanted = [{"name": "probabilities", "parameters": {"classification": 2**64 - 1}}]
    found = outputs_of(infer(server, MODEL, rows, outputs=wanted))["probabilities"]
    assert found.tolist() == texts(trainer(MODEL).probabilities(rows), 2)


def test_texts_are_not_classified(client):
    with pytest.raises(InferenceServerException) as raised:
        classified(client, "text_labels", rows_for("text_labels", 1, seed=113), "label", 1)
    assert raised.value.status() == "400"
    assert raised.value.message() == "class result not available for output due to unsupported type 'BYTES'"


def test_shared_memory_and_classes_exclude_each_other(server):
    for count in (0, 2):
        parameters = {"classification": count, "shared_memory_region": "r", "shared_memory_byte_size": 8}
        answer = infer(
            server, MODEL, rows_for(MODEL, 1, seed=114, special=False),
            outputs=[{"name": "probabilities", "parameters": parameters}],
        )
        assert answer.status == 400
        assert answer.error == "Output can't set both 'shared_memory_region' and 'classification'"


# Models of the tests' own: labels from a file, huge numbers, and a queue.
LABELS = ["normal", 'an "anomaly"\\', "épuisé"]
CONFIGURATION = """
backend: "forest"
max_batch_size: 100000
output [ {{ name: "probabilities" data_type: TYPE_FP32 dims: [ {classes} ] {labels} }} ]
{more}
"""


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    repository = tmp_path_factory.mktemp("classification") / "repository"

    def write(name, source, classes, labels="", more=""):
        shutil.copytree(source, repository / name)
        named = f'label_filename: "{labels}"' if labels else ""
        (repository / name / "config.pbtxt").write_text(
            CONFIGURATION.format(classes=classes, labels=named, more=more)
        )

    write("labelled", REPOSITORY / "bare_multiclass", 3, "labels.txt")
    (repository / "labelled" / "labels.txt").write_text("\n".join(LABELS) + "\n")
    write("short", REPOSITORY / "bare_multiclass", 3, "classes")
    (repository / "short" / "classes").write_bytes(b"\r\nsecond\r\n")
    write("replaced", REPOSITORY / "text_labels", 2, "labels.txt")
    (repository / "replaced" / "labels.txt").write_text("other\nnames")
    write("queued", SAMPLES / MODEL, 2, "", "dynamic_batching { priority_levels: 2 default_priority_level: 1 }")
    (repository / "huge" / "1").mkdir(parents=True)
    (repository / "huge" / "1" / "model.json").write_bytes(document(3.0e38))
    process = ServerProcess([repository])
    yield process
    assert process.terminate() == 0, process.log


@pytest.fixture
def own_client(own_server):
    with triton.InferenceServerClient(own_server.url) as opened:
        yield opened


@pytest.mark.parametrize("binary", [True, False])
def test_labels_come_from_a_file(own_client, binary):
    rows = rows_for("bare_multiclass", 30, seed=115)
    values = trainer("bare_multiclass").probabilities(rows)
    assert classified(own_client, "labelled", rows, "probabilities", 3, binary) == texts(values, 3, LABELS)
    # The first label is empty, the third is missing, and lines may end as Windows ends them.
    assert classified(own_client, "short", rows, "probabilities", 3, binary) == texts(values, 3, ["", "second"])
    rows = rows_for("text_labels", 5, seed=116)
    values = trainer("text_labels").probabilities(rows).astype(np.float32)
    found = classified(own_client, "replaced", rows, "probabilities", 2, binary)
    assert found == texts(values, 2, ["other", "names"])


@pytest.mark.parametrize("count", [3, 6_000])
@pytest.mark.parametrize("binary", [True, False])
def test_queued_requests(own_client, count, binary):
    rows = rows_for(MODEL, count, seed=117)
    expected = texts(trainer(MODEL).probabilities(rows), 2)
    assert classified(own_client, "queued", rows, "probabilities", 2, binary) == expected


def test_numbers_are_written_out_in_full(own_client):
    found = classified(own_client, "huge", np.zeros((1, FEATURES), dtype=np.float32), "score", 1)
    assert found == [[f"{np.float32(3.0e38).item():f}:0"]]
    assert len(found[0][0]) > 45


@pytest.mark.parametrize(
    "name, content, sentence",
    [
        ("missing.txt", None, "config.pbtxt:4:67: label_filename 'missing.txt' cannot be read: No such file"),
        ("../m/labels.txt", b"a\n", "config.pbtxt:4:67: label_filename '../m/labels.txt' is not the plain name"),
        ("labels.txt", b"a\n\xff\n", "labels.txt:2:1: the label is not UTF-8"),
        ("labels.txt", b"a\nb\n" + b"c" * 1_025, "labels.txt:3:1: a label of 1025 bytes, 1024 are permitted"),
        ("labels.txt", b"\n" * 1_000_001, "labels.txt:1000001:1: more than 1000000 labels"),
    ],
)
def test_a_file_of_labels_that_does_not_serve_is_a_fault(tmp_path, name, content, sentence):
    shutil.copytree(SAMPLES / MODEL, tmp_path / "m")
    text = CONFIGURATION.format(classes=2, labels=f'label_filename: "{name}"', more="")
    (tmp_path / "m" / "config.pbtxt").write_text(text)
    if content is not None:
        (tmp_path / "m" / "labels.txt").write_bytes(content)
    found = subprocess.run([binary_path(), "check", tmp_path], capture_output=True, text=True)
    assert found.returncode == 1
    assert sentence in found.stdout + found.stderr
