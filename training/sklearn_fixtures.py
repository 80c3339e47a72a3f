"""Fixtures of `rowan_forest` files: scikit-learn's forests, written by export_sklearn.py."""

import json
import tempfile
import threading
from pathlib import Path

import numpy as np
import shap
import sklearn
from export_sklearn import describe, export
from fixture_cases import FLOAT32, SEED, hostile_rows, training_data, write_case
from sklearn.base import is_classifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.ensemble._iforest import _parallel_compute_tree_depths
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

STATE = SEED % 1000
ROW_COUNTS = (24, 12, 8)
# What shap refuses or routes otherwise: several classes of gradient boosting, unusual beginnings, categories.
UNEXPLAINED = {"gb_classes", "gb_exponential", "gb_initial_zero", "hgb_categories", "hgb_categories_binary"}
NAMES = ["cpu", "mem", "disk io", "net/rx", 'lat "p99"', "été", "err", "load"]


def thresholds_of(model, features):
    found = [set() for _ in range(features)]
    for tree in describe(model)[2]:
        for left, feature, threshold in zip(tree["left"], tree["feature"], tree["threshold"]):
            if left >= 0:
                found[feature].add(threshold)
    return [np.array(sorted(values), dtype=np.float64) for values in found]


def histogram_leaves(model, rows):
    """The node in which each predictor ends: its own routing, with node numbers in place of values."""
    encoded = model._preprocess_X(rows, reset=False)
    known, positions = model._bin_mapper.make_known_categories_bitsets()
    leaves = []
    for stage in model._predictors:
        for predictor in stage:
            values = predictor.nodes["value"].copy()
            predictor.nodes["value"] = np.arange(len(values))
            leaves.append(predictor.predict(encoded, known, positions, 1))
            predictor.nodes["value"] = values
    return np.stack(leaves, axis=1).astype(np.int32)


def path_length_sums(model, rows):
    sums = np.zeros(len(rows))
    for index, (tree, columns) in enumerate(zip(model.estimators_, model.estimators_features_)):
        lengths, averages = model._decision_path_lengths[index], model._average_path_length_per_tree[index]
        _parallel_compute_tree_depths(tree, rows, columns, lengths, averages, sums, threading.Lock())
    return sums


def answers(model, rows):
    """What the trainer answers, by the names of a fixture's arrays."""
    if isinstance(model, IsolationForest):
        leaves = [
            tree.apply(rows[:, columns], check_input=False)
            for tree, columns in zip(model.estimators_, model.estimators_features_)
        ]
        return {
            "expected_sum": path_length_sums(model, rows),
            "expected_margin": model.decision_function(rows),
            "expected_prediction": -model.score_samples(rows),
            "expected_label": model.predict(rows).astype(np.int64),
            "expected_leaves": np.stack(leaves, axis=1).astype(np.int32),
        }
    if isinstance(model, (HistGradientBoostingClassifier, HistGradientBoostingRegressor)):
        leaves = histogram_leaves(model, rows)
    else:
        leaves = model.apply(rows).reshape(len(rows), -1).astype(np.int32)
    prediction = model.predict_proba(rows) if is_classifier(model) else model.predict(rows)
    prediction = np.asarray(prediction, dtype=np.float64)
    margin = model._raw_predict(rows) if hasattr(model, "_raw_predict") else prediction
    arrays = {
        "expected_margin": np.ascontiguousarray(margin).reshape(len(rows), -1),
        "expected_prediction": prediction,
        "expected_leaves": leaves,
    }
    if is_classifier(model):
        arrays["expected_class"] = np.searchsorted(model.classes_, model.predict(rows)).astype(np.int64)
    return arrays


def contributions(model, rows, sums):
    """Shapley values of every sum, the mean behind them."""
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_values(rows, check_additivity=False))
    means = np.atleast_1d(explainer.expected_value)
    values = values.reshape(len(rows), -1, len(means))
    explained = np.concatenate([values, np.broadcast_to(means, (len(rows), 1, len(means)))], axis=1)
    explained = np.ascontiguousarray(explained.transpose(0, 2, 1), dtype=np.float64)
    assert np.allclose(explained.sum(axis=2), sums.reshape(len(rows), -1), rtol=0, atol=1e-12)
    return explained


def write(root, case, model, ordinary, notes, nan=False, infinity=False):
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.json"
        export(model, path)
        content = path.read_bytes()
    number = np.float64 if model.__class__.__name__.startswith("Hist") else np.float32
    ordinary = np.asarray(ordinary, dtype=number)
    rows = hostile_rows(SEED + 11, ordinary, thresholds_of(model, ordinary.shape[1]), nan, ROW_COUNTS)
    # Where the trainer refuses infinities, the largest finite values take the same path through finite thresholds.
    finite = np.clip(rows, -FLOAT32.max, FLOAT32.max)
    answered = rows.copy() if infinity else finite
    if getattr(model, "is_categorical_", None) is not None:
        answered[:, model.is_categorical_] = finite[:, model.is_categorical_]
    with np.errstate(invalid="ignore"):
        arrays = answers(model, answered)
    # Of an isolation forest shap explains the mean path length.
    sums = arrays["expected_sum"] / len(model.estimators_) if "expected_sum" in arrays else arrays["expected_margin"]
    if case not in UNEXPLAINED:
        arrays["expected_contributions"] = contributions(model, answered, sums)
    facts = {
        "trainer": f"scikit-learn {sklearn.__version__}",
        "estimator": type(model).__name__,
        "trees_in_file": arrays["expected_leaves"].shape[1],
        "notes": notes,
    }
    write_case(root / "rowan_forest" / case, "model.json", content, rows, arrays, facts)


def sklearn_fixtures(root):
    values, score = training_data(SEED + 10, 400, 8)
    binary = (score > 0.5).astype(int)
    classes = np.digitize(score, [-0.5, 0.8])
    words = np.array(["low", "middle", "high"])[classes]
    positive = np.exp(np.clip(score, -2, 2))
    holes = values.copy()
    holes[np.random.default_rng(SEED + 12).random(holes.shape) < 0.25] = np.nan

    def forests(kind, **parameters):
        depth = {} if kind is IsolationForest else {"max_depth": 5}
        return kind(**{"n_estimators": 5, "random_state": STATE, "n_jobs": 1} | depth | parameters)

    def tree(kind, **parameters):
        return kind(**{"max_depth": 6, "random_state": STATE} | parameters)

    def boosted(kind, **parameters):
        return kind(**{"n_estimators": 6, "max_depth": 3, "random_state": STATE} | parameters)

    def histogram(kind, **parameters):
        return kind(**{"max_iter": 6, "max_leaf_nodes": 12, "random_state": STATE} | parameters)

    def isolated(**parameters):
        return forests(IsolationForest, **{"n_estimators": 6, "max_samples": 32} | parameters)

    many = np.stack([score, positive, -score], axis=1)
    write(root, "rf_binary", forests(RandomForestClassifier).fit(values, binary), values, "Two margins.", nan=True)
    write(
        root,
        "rf_text_labels",
        forests(RandomForestClassifier).fit(values, words),
        values,
        "Labels are text, in alphabetical order.",
        nan=True,
    )
    write(
        root,
        "rf_missing",
        forests(RandomForestClassifier).fit(holes, binary),
        holes,
        "A quarter of the training values are missing.",
        nan=True,
    )
    write(root, "rf_regression", forests(RandomForestRegressor).fit(values, score), values, "Averages.", nan=True)
    write(
        root,
        "rf_multi_output",
        forests(RandomForestRegressor, max_depth=4).fit(values, many),
        values,
        "Three targets: leaves of three values.",
        nan=True,
    )
    write(root, "et_classes", forests(ExtraTreesClassifier).fit(values, classes), values, "Random thresholds, doubles.")
    write(root, "et_regression", forests(ExtraTreesRegressor).fit(values, score), values, "Random thresholds, doubles.")
    write(
        root,
        "dt_classes",
        tree(DecisionTreeClassifier).fit(values, classes * 10 - 10),
        values,
        "One tree; labels are −10, 0, 10.",
        nan=True,
    )
    write(root, "dt_regression", tree(DecisionTreeRegressor).fit(holes, score), holes, "One tree.", nan=True)
    write(
        root,
        "dt_negative_zero",
        tree(DecisionTreeRegressor).fit(values, np.where(score > 0, score, -0.0)),
        values,
        "Leaves that are zero.",
        nan=True,
    )
    write(root, "dt_one_leaf", tree(DecisionTreeRegressor).fit(values, score * 0 + 3), values, "No split.", nan=True)
    write(root, "gb_binary", boosted(GradientBoostingClassifier).fit(values, binary), values, "Initial log odds.")
    write(
        root,
        "gb_exponential",
        boosted(GradientBoostingClassifier, loss="exponential").fit(values, binary),
        values,
        "Half of the log odds.",
    )
    write(root, "gb_classes", boosted(GradientBoostingClassifier).fit(values, classes), values, "A tree per class.")
    write(
        root,
        "gb_initial_zero",
        boosted(GradientBoostingClassifier, init="zero", learning_rate=1.0).fit(values, binary),
        values,
        "Raw predictions start with zero.",
    )
    write(
        root,
        "gb_huber",
        boosted(GradientBoostingRegressor, loss="huber", learning_rate=0.3).fit(values, score),
        values,
        "Initial median.",
    )
    write(
        root,
        "hgb_binary",
        histogram(HistGradientBoostingClassifier).fit(values, binary),
        values,
        "Doubles; trained without missing values.",
        nan=True,
        infinity=True,
    )
    write(
        root,
        "hgb_missing",
        histogram(HistGradientBoostingClassifier).fit(holes, binary),
        holes,
        "A quarter of the training values are missing.",
        nan=True,
        infinity=True,
    )
    write(
        root,
        "hgb_classes",
        histogram(HistGradientBoostingClassifier, max_iter=4).fit(values, words),
        values,
        "A tree per class, softmax.",
        nan=True,
        infinity=True,
    )
    write(
        root,
        "hgb_poisson",
        histogram(HistGradientBoostingRegressor, loss="poisson").fit(values, positive),
        values,
        "Exponential link.",
        nan=True,
        infinity=True,
    )
    write(
        root,
        "hgb_regression",
        histogram(HistGradientBoostingRegressor).fit(holes, score),
        holes,
        "Identity link.",
        nan=True,
        infinity=True,
    )
    category_fixtures(root, values, score, histogram)
    write(root, "if_plain", isolated().fit(values), values, "Offset −0.5.", nan=True, infinity=True)
    write(
        root,
        "if_contamination",
        isolated(contamination=0.05).fit(values),
        values,
        "The offset is fitted.",
        nan=True,
        infinity=True,
    )
    write(
        root,
        "if_max_features",
        isolated(max_features=0.5).fit(values),
        values,
        "Every tree sees half of the columns.",
        nan=True,
        infinity=True,
    )
    write(
        root, "if_missing", isolated().fit(holes), holes, "Trained with missing values.", nan=True, infinity=True
    )
    named_fixture(root, values, binary, forests)


def category_fixtures(root, values, score, histogram):
    """Columns 2 and 5 are categories; 900 is rare enough to be unknown in rows, 7.5 and −1 always are."""
    generator = np.random.default_rng(SEED + 13)
    known = np.array([0, 1, 2, 3, 5, 8, 13, 40, 700])
    mixed = values.astype(np.float64)
    mixed[:, 2] = generator.choice(known, size=len(mixed))
    mixed[:, 5] = generator.integers(0, 4, size=len(mixed))
    mixed[generator.random(len(mixed)) < 0.1, 2] = np.nan
    target = score + 2 * np.isin(mixed[:, 2], [1, 3, 40]) - 2 * (mixed[:, 5] == 2) + 3 * np.isnan(mixed[:, 2])
    rows = mixed.copy()
    strange = np.array([4, 6, 900, 7.5, -1, -0.5, 1e20, 300, 256, 255.0, 0.999, 41, 2**24])
    hit = generator.random(len(rows)) < 0.5
    rows[hit, 2] = generator.choice(strange, size=int(hit.sum()))
    hit = generator.random(len(rows)) < 0.3
    rows[hit, 5] = generator.choice(strange, size=int(hit.sum()))
    model = histogram(HistGradientBoostingRegressor, categorical_features=[2, 5]).fit(mixed, target)
    assert any(node["is_categorical"] for stage in model._predictors for node in stage[0].nodes)
    write(root, "hgb_categories", model, rows, "Columns 2 and 5 are categories.", nan=True, infinity=True)
    model = histogram(HistGradientBoostingClassifier, categorical_features=[2, 5]).fit(mixed, target > 0.5)
    write(root, "hgb_categories_binary", model, rows, "Labels are False and True.", nan=True, infinity=True)


def named_fixture(root, values, binary, forests):
    """Named columns, as a data frame gives them."""
    model = forests(RandomForestClassifier, n_estimators=2).fit(values, binary)
    model.feature_names_in_ = np.array(NAMES, dtype=object)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.json"
        export(model, path)
        assert json.loads(path.read_text())["feature_names"] == NAMES
        content = path.read_bytes()
    del model.feature_names_in_
    rows = hostile_rows(SEED + 14, values, thresholds_of(model, 8), True, ROW_COUNTS)
    arrays = answers(model, np.clip(rows, -FLOAT32.max, FLOAT32.max))
    facts = {
        "trainer": f"scikit-learn {sklearn.__version__}",
        "estimator": type(model).__name__,
        "trees_in_file": 2,
        "notes": "Named features, one with a quote in it.",
    }
    write_case(root / "rowan_forest" / "feature_names", "model.json", content, rows, arrays, facts)
