"""Bit for bit what the trainers' libraries answer, at every batch size and in both encodings."""

import numpy as np
import pytest
from inference_client import infer, infer_binary, outputs_of
from trainers import rows_for, trainer, ulp_distance

BATCHES = [1, 2, 3, 7, 15, 16, 17, 31, 64, 65, 127, 255, 256, 257, 511, 512, 513, 1000, 3000]


def same_bits(left, right):
    left, right = np.asarray(left), np.asarray(right)
    assert left.dtype == right.dtype and left.shape == right.shape, (left.dtype, left.shape, right.dtype, right.shape)
    kind = np.int32 if left.dtype.itemsize == 4 else np.int64
    difference = left.view(kind) != right.view(kind)
    return not difference.any() or np.isnan(left[difference]).all() and np.isnan(right[difference]).all()


@pytest.mark.parametrize("batch", BATCHES)
def test_xgboost_sample(server, batch):
    rows = rows_for("xgboost_anomaly", batch, seed=batch)
    outputs = outputs_of(infer_binary(server, "xgboost_anomaly", rows))
    model = trainer("xgboost_anomaly")
    assert same_bits(outputs["margin"], model.margin(rows))
    assert same_bits(outputs["probabilities"], model.probabilities(rows))
    assert np.array_equal(outputs["label"], model.label(rows))


@pytest.mark.parametrize("batch", BATCHES)
def test_catboost_sample(server, batch):
    rows = rows_for("catboost_anomaly", batch, seed=batch)
    outputs = outputs_of(infer_binary(server, "catboost_anomaly", rows))
    model = trainer("catboost_anomaly")
    assert same_bits(outputs["margin"], model.margin(rows))
    assert same_bits(outputs["probabilities"], model.probabilities(rows))
    assert np.array_equal(outputs["label"], model.label(rows))


@pytest.mark.parametrize("batch", BATCHES)
def test_isolation_forest_sample_is_within_two_ulps_of_onnx_runtime(server, batch):
    rows = rows_for("isolation_forest", batch, seed=batch, special=False, like="xgboost_anomaly")
    outputs = outputs_of(infer_binary(server, "isolation_forest", rows))
    model = trainer("isolation_forest")
    assert ulp_distance(outputs["score"], model.score(rows)).max() <= 2
    assert outputs["margin"].shape == (batch,)
    # The margin is 0.5-ish minus the score: two ulps of the score, not of a difference near zero.
    assert np.abs(outputs["margin"] - model.margin(rows)).max() <= 2 * np.spacing(np.float32(1))


@pytest.mark.parametrize("name", ["xgboost_anomaly", "catboost_anomaly", "isolation_forest"])
def test_json_carries_the_same_bits_as_binary(server, name):
    like = "xgboost_anomaly" if name == "isolation_forest" else None
    rows = rows_for(name, 200, seed=21, special=name != "isolation_forest", like=like)
    binary, text = outputs_of(infer_binary(server, name, rows)), outputs_of(infer(server, name, rows))
    assert binary.keys() == text.keys()
    for output in binary:
        assert np.array_equal(binary[output], text[output]), output


def test_json_numbers_are_the_shortest_that_read_back(server):
    rows = rows_for("xgboost_anomaly", 300, seed=22)
    body = infer(server, "xgboost_anomaly", rows).body.decode()
    start = body.index('"data":[', body.index('"margin"')) + len('"data":[')
    texts = body[start : body.index("]", start)].split(",")
    for text in texts:
        value = np.float32(text)
        digits = sum(character.isdigit() for character in text.split("e")[0].strip("-").lstrip("0.").rstrip("0"))
        shortest = sum(
            character.isdigit()
            for character in np.format_float_scientific(value, unique=True, trim="-").split("e")[0].lstrip("0.")
        )
        assert digits <= shortest, (text, value)


@pytest.mark.parametrize("name", ["xgboost_anomaly", "catboost_anomaly"])
def test_a_row_does_not_depend_on_its_neighbours(server, name):
    rows = rows_for(name, 100, seed=23)
    whole = outputs_of(infer_binary(server, name, rows))["margin"]
    shuffled = np.random.default_rng(24).permutation(100)
    assert same_bits(outputs_of(infer_binary(server, name, rows[shuffled]))["margin"], whole[shuffled])
    single = [outputs_of(infer_binary(server, name, rows[index : index + 1]))["margin"][0] for index in range(100)]
    assert same_bits(np.array(single), whole)


def test_regression_and_links(server):
    for name in ("bare_regressor", "poisson"):
        rows = rows_for(name, 150, seed=25)
        outputs = outputs_of(infer_binary(server, name, rows))
        assert same_bits(outputs["margin"], trainer(name).margin(rows))
        assert same_bits(outputs["score"], trainer(name).prediction(rows))


def test_many_classes_and_leaves(server):
    rows = rows_for("leaves", 150, seed=26)
    outputs = outputs_of(infer_binary(server, "leaves", rows))
    model = trainer("leaves")
    assert same_bits(outputs["margin"], model.margin(rows))
    assert same_bits(outputs["probabilities"], model.probabilities(rows))
    assert np.array_equal(outputs["label"], model.label(rows))
    assert outputs["leaf_indices"].dtype == np.int32
    assert np.array_equal(outputs["leaf_indices"], model.leaves(rows))


def test_early_stopping_counts_only_the_best_rounds(server):
    rows = rows_for("early_stopped", 150, seed=27)
    model = trainer("early_stopped")
    assert not np.array_equal(model.margin(rows), model.margin(rows, every_tree=True))
    outputs = outputs_of(infer_binary(server, "early_stopped", rows))
    assert same_bits(outputs["margin"], model.margin(rows))
    assert same_bits(outputs["probabilities"], model.probabilities(rows))


def test_catboost_regressor(server):
    rows = rows_for("bare_catboost", 150, seed=28)
    margin = trainer("bare_catboost").margin(rows)
    outputs = outputs_of(infer_binary(server, "bare_catboost", rows))
    assert np.array_equal(outputs["margin"].astype(np.float32), margin.astype(np.float32))
    assert np.array_equal(outputs["score"].astype(np.float32), margin.astype(np.float32))


def test_isolation_forest_without_configuration(server):
    rows = rows_for("bare_isolation", 100, seed=29, special=False, like="bare_classifier")
    outputs = outputs_of(infer_binary(server, "bare_isolation", rows))
    assert ulp_distance(outputs["score"], trainer("bare_isolation").score(rows)).max() <= 2
