"""Triton's FIL backend to the letter: names, squeezed shapes, thresholds, probabilities, refusals."""

import json

import numpy as np
import pytest
from inference_client import infer, infer_binary, outputs_of, tensor
from trainers import rows_for, trainer


def output(server, model, rows):
    answer = infer_binary(server, model, rows, name="input__0")
    outputs = outputs_of(answer)
    assert list(outputs) == ["output__0"]
    assert outputs["output__0"].dtype == np.float32
    return outputs["output__0"]


@pytest.fixture(scope="module")
def rows():
    return rows_for("fil_binary", 200, seed=31)


@pytest.fixture(scope="module")
def probability(rows):
    return trainer("fil_binary").prediction(rows, every_tree=True)


def test_the_class_at_the_default_threshold(server, rows, probability):
    assert np.array_equal(output(server, "fil_binary", rows), (probability > np.float32(0.5)).astype(np.float32))


def test_the_class_at_a_threshold_and_with_old_parameters(server, rows, probability):
    assert np.array_equal(output(server, "fil_threshold", rows), (probability > np.float32(0.9)).astype(np.float32))


def test_one_dimension_is_the_probability_of_the_positive_class_squeezed(server, rows, probability):
    found = output(server, "fil_probability", rows)
    assert found.shape == (200,)
    assert np.array_equal(found, probability)


def test_two_dimensions_are_both_probabilities(server, rows, probability):
    found = output(server, "fil_probabilities", rows)
    assert found.shape == (200, 2)
    assert np.array_equal(found[:, 1], probability)
    assert np.array_equal(found[:, 0], np.float32(1) - probability)


def test_many_classes(server):
    rows = rows_for("fil_multiclass", 100, seed=32)
    expected = trainer("fil_multiclass").prediction(rows)
    assert np.array_equal(output(server, "fil_multiclass", rows), expected.argmax(axis=1).astype(np.float32))
    assert np.array_equal(output(server, "fil_multiclass_probabilities", rows), expected)


def test_regression_from_ubjson(server):
    rows = rows_for("fil_regression", 100, seed=33)
    assert np.array_equal(output(server, "fil_regression", rows), trainer("fil_regression").prediction(rows))


def test_early_stopping_is_not_known_to_fil(server):
    rows = rows_for("fil_early_stopped", 100, seed=34)
    expected = trainer("fil_early_stopped").prediction(rows, every_tree=True)
    assert np.array_equal(output(server, "fil_early_stopped", rows), expected)


def test_infinite_results_in_binary(server):
    rows = rows_for("fil_overflow", 64, seed=35, special=False)
    assert np.array_equal(output(server, "fil_overflow", rows), trainer("fil_overflow").prediction(rows))


def test_the_worked_example_of_the_protocol(server):
    rows = np.zeros((2, 10), dtype=np.float32)
    expected = trainer("fil_binary").label(rows).astype(float).tolist()
    assert infer(server, "fil_binary", [tensor(rows, name="input__0")]).json == {
        "model_name": "fil_binary",
        "model_version": "1",
        "outputs": [{"name": "output__0", "datatype": "FP32", "shape": [2], "data": expected}],
    }


@pytest.mark.parametrize(
    "inputs",
    [
        [tensor(np.zeros((1, 10)), name="features")],
        [tensor(np.zeros((1, 10)), name="input__0", datatype="FP64")],
        [tensor(np.zeros((1, 10), dtype=int), name="input__0", datatype="INT32")],
        [tensor(np.zeros((1, 9)), name="input__0")],
        [tensor(np.zeros(10), name="input__0")],
        [tensor(np.zeros((1, 10)), name="input__0"), tensor(np.zeros((1, 10)), name="input__1")],
    ],
    ids=["name", "double", "integer", "columns", "rank", "extra input"],
)
def test_only_the_declared_input_is_taken(server, inputs):
    answer = infer(server, "fil_binary", inputs)
    assert answer.status == 400
    assert "fil_binary" in answer.error or inputs[-1]["name"] in answer.error


def test_a_batch_beyond_the_limit_is_refused(server):
    assert output(server, "fil_small_batch", np.zeros((8, 10), dtype=np.float32)).shape == (8,)
    answer = infer(server, "fil_small_batch", [tensor(np.zeros((9, 10)), name="input__0")])
    assert answer.status == 400
    assert "batch-size must be <= 8 for 'fil_small_batch'" in answer.error, "Triton's text"


def test_an_output_that_is_not_declared_is_refused(server):
    body = {"inputs": [tensor(np.zeros((1, 10)), name="input__0")], "outputs": [{"name": "treeshap_output"}]}
    answer = infer(server, "fil_binary", json.dumps(body))
    assert answer.status == 400
    assert "treeshap_output" in answer.error
