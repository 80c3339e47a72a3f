"""Writes a fitted scikit-learn forest as a `rowan_forest` file: JSON that holds every number exactly, without pickle.

    from export_sklearn import export
    export(model, "my_models/churn/1/model.json")

Random forests, extra trees, decision trees, gradient boosting, histogram gradient boosting and isolation forests are
written; everything else is refused by its name. The file's members are described in the documentation of Rowan's module
TreeEnsembles, article RowanForestFile. Needs scikit-learn 1.3 or newer, the same that fitted the model.
"""

import json
import math

import numpy as np
import sklearn
from sklearn.base import is_classifier
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.ensemble._forest import ForestClassifier, ForestRegressor
from sklearn.ensemble._iforest import _average_path_length
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

VERSION = 1
GREATEST_CATEGORY = (1 << 24) - 1
LINKS = {
    "HalfBinomialLoss": "logistic",
    "HalfMultinomialLoss": "softmax",
    "ExponentialLoss": "scaled_logistic",
    "HalfSquaredError": "identity",
    "AbsoluteError": "identity",
    "HuberLoss": "identity",
    "PinballLoss": "identity",
    "HalfGammaLoss": "exponential",
    "HalfPoissonLoss": "exponential",
}


class UnsupportedModel(ValueError):
    """The model holds something that a `rowan_forest` file cannot say."""


def export(model, path):
    """Writes a fitted model to a file."""
    header, category_sets, trees = describe(model)
    with open(path, "w", encoding="utf-8") as file:
        file.write("{" + json.dumps("rowan_forest") + f": {VERSION}")
        for key, value in header.items():
            file.write(f",\n{json.dumps(key)}: {json.dumps(value)}")
        file.write(',\n"category_sets": [')
        file.write(",".join("\n" + json.dumps(one) for one in category_sets))
        file.write('],\n"trees": [')
        for index, tree in enumerate(trees):
            file.write((",\n" if index else "\n") + json.dumps(tree, separators=(",", ":")))
        file.write("\n]}")


def describe(model):
    """The header, the category sets and the trees of a fitted model."""
    if tuple(int(part) for part in sklearn.__version__.split(".")[:2]) < (1, 3):
        raise UnsupportedModel(f"scikit-learn {sklearn.__version__}; 1.3 is the oldest that keeps class fractions")
    if isinstance(model, IsolationForest):
        return isolation_forest(model)
    if isinstance(model, (HistGradientBoostingClassifier, HistGradientBoostingRegressor)):
        return histogram_gradient_boosting(model)
    if isinstance(model, (GradientBoostingClassifier, GradientBoostingRegressor)):
        return gradient_boosting(model)
    if isinstance(model, (ForestClassifier, ForestRegressor)):
        return forest(model, model.estimators_, divisor=len(model.estimators_))
    if isinstance(model, (DecisionTreeClassifier, DecisionTreeRegressor)):
        return forest(model, [model], divisor=None)
    raise UnsupportedModel(f"an estimator of type {type(model).__name__}")


# Random forests, extra trees and decision trees: leaves are class fractions or targets, averaged over the trees.


def forest(model, estimators, divisor):
    outputs = model.n_outputs_
    if is_classifier(model):
        if outputs != 1:
            raise UnsupportedModel(f"a classifier of {outputs} outputs")
        width = int(model.n_classes_)
    else:
        width = outputs
    # A sum that starts with −0 keeps a single tree's −0; a forest's sum starts with 0.
    header = common_header(model, width, leaf_width=width, input_precision="float32") | {
        "link": "identity",
        "decision": "value",
        "has_margin": False,
        "base_margins": [-0.0 if divisor is None else 0.0] * width,
    }
    if divisor is not None:
        header["divisor"] = divisor
    columns = np.arange(model.n_features_in_)
    trees = (
        node_arrays(estimator.tree_, columns, estimator.tree_.value.reshape(estimator.tree_.node_count, -1)[:, :width])
        for estimator in estimators
    )
    return header, [], trees


def node_arrays(tree, columns, values):
    """One tree of the older kind; `values` has a row for each node, of which those of leaves are written."""
    is_leaf = tree.children_left < 0
    features = np.where(is_leaf, -1, columns[np.where(is_leaf, 0, tree.feature)])
    missing = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count))
    return {
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "feature": features.tolist(),
        "threshold": np.where(is_leaf, 0.0, tree.threshold).tolist(),
        "missing_goes_left": np.where(is_leaf, 0, missing).astype(int).tolist(),
        "leaf_values": np.asarray(values, dtype=np.float64)[is_leaf].ravel().tolist(),
        "cover": tree.weighted_n_node_samples.tolist(),
    }


# Gradient boosting: the initial raw prediction first, then learning rate × value, tree by tree.


def gradient_boosting(model):
    initial = model.init_
    if not (isinstance(initial, str) or isinstance(initial, (DummyClassifier, DummyRegressor))):
        raise UnsupportedModel(f"an initial estimator of type {type(initial).__name__}")
    if getattr(initial, "strategy", None) == "stratified":
        raise UnsupportedModel("an initial estimator that draws its answers at random")
    base = model._raw_predict_init(np.zeros((1, model.n_features_in_), dtype=np.float32)).ravel()
    header = boosting_header(model, base, input_precision="float32", decision="margin_or_zero")
    columns = np.arange(model.n_features_in_)

    def trees():
        for stage in model.estimators_:
            for margin, estimator in enumerate(stage):
                # The trainer multiplies when it adds; the product is the same number.
                values = model.learning_rate * estimator.tree_.value[:, 0, :1]
                yield {"margin": margin} | node_arrays(estimator.tree_, columns, values)

    return header, [], trees()


def boosting_header(model, base, input_precision, decision):
    loss = type(model._loss).__name__
    link = LINKS.get(loss)
    if link is None:
        raise UnsupportedModel(f"the loss {loss}")
    margins = len(base)
    header = common_header(model, margins, leaf_width=1, input_precision=input_precision) | {
        "link": link,
        "decision": decision,
        "has_margin": True,
        "base_margins": [float(one) for one in base],
        "trees_per_iteration": margins,
    }
    if link == "scaled_logistic":
        # The exponential loss takes half of the log odds.
        header["link_scale"] = 2.0
    return header


# Histogram gradient boosting: doubles, categories by the values that they had before they were encoded.


def histogram_gradient_boosting(model):
    header = boosting_header(model, model._baseline_prediction.ravel(), input_precision="float64", decision="margin")
    columns, categories = columns_and_categories(model)
    category_sets = []

    def category_set(nodes, node, bitsets):
        values = categories[nodes["feature_idx"][node]]
        bits = bitsets[nodes["bitset_idx"][node]]
        is_left = np.array([bool(bits[code >> 5] >> np.uint32(code & 31) & 1) for code in range(len(values))])
        # A category that training did not see goes where missing values go: the set holds the known ones of the
        # other side.
        goes_left = not nodes["missing_go_to_left"][node]
        members = values[is_left == goes_left]
        category_sets.append({"members_go_left": goes_left, "categories": members.tolist()})
        return len(category_sets) - 1

    trees = []
    for stage in model._predictors:
        for margin, predictor in enumerate(stage):
            nodes = predictor.nodes
            is_leaf = nodes["is_leaf"].astype(bool)
            is_categorical = nodes["is_categorical"].astype(bool) & ~is_leaf
            sets = [
                category_set(nodes, node, predictor.raw_left_cat_bitsets) if is_categorical[node] else -1
                for node in range(len(nodes))
            ]
            tree = {
                "margin": margin,
                "left": np.where(is_leaf, -1, nodes["left"].astype(np.int64)).tolist(),
                "right": np.where(is_leaf, -1, nodes["right"].astype(np.int64)).tolist(),
                "feature": np.where(is_leaf, -1, columns[np.where(is_leaf, 0, nodes["feature_idx"])]).tolist(),
                "threshold": np.where(is_leaf | is_categorical, 0.0, nodes["num_threshold"]).tolist(),
                "missing_goes_left": np.where(is_leaf, 0, nodes["missing_go_to_left"]).astype(int).tolist(),
                "leaf_values": nodes["value"][is_leaf].tolist(),
                "cover": nodes["count"].astype(np.float64).tolist(),
            }
            if is_categorical.any():
                tree["category_set"] = sets
            trees.append(tree)
    return header, category_sets, trees


def columns_and_categories(model):
    """The row's column behind each feature of the trees, and the values of categorical features by their codes."""
    if model._preprocessor is None:
        return np.arange(model.n_features_in_), {}
    # Categorical columns are encoded and moved to the front.
    encoded = np.flatnonzero(model.is_categorical_)
    columns = np.concatenate([encoded, np.flatnonzero(~model.is_categorical_)])
    known = {}
    for feature, values in enumerate(model._preprocessor.named_transformers_["encoder"].categories_):
        try:
            numbers = np.array([float(value) for value in values])
        except (TypeError, ValueError):
            raise UnsupportedModel(f"categories that are text, of column {columns[feature]}") from None
        # A missing value is no category; it stands last and has no code.
        numbers = numbers[~np.isnan(numbers)]
        good = (numbers >= 0) & (numbers <= GREATEST_CATEGORY) & (numbers == np.floor(numbers))
        if not good.all():
            where = f"column {columns[feature]}"
            raise UnsupportedModel(f"category {numbers[~good][0]} of {where}, no integer in 0…{GREATEST_CATEGORY}")
        known[feature] = numbers.astype(np.int64)
    return columns, known


# Isolation forests: leaves are path lengths.


def isolation_forest(model):
    normalizer = len(model.estimators_) * float(_average_path_length([model._max_samples])[0])
    if normalizer == 0:
        raise UnsupportedModel("an isolation forest of one sample for each tree")
    header = common_header(model, 1, leaf_width=1, input_precision="float32") | {
        "link": "isolation",
        "isolation": {"normalizer": normalizer, "offset": float(model.offset_)},
        "decision": "margin",
        "has_margin": True,
        "base_margins": [0.0],
    }
    trees = (
        node_arrays(estimator.tree_, np.asarray(columns), (lengths + averages - 1.0)[:, None])
        for estimator, columns, lengths, averages in zip(
            model.estimators_,
            model.estimators_features_,
            model._decision_path_lengths,
            model._average_path_length_per_tree,
        )
    )
    return header, [], trees


def common_header(model, margins, leaf_width, input_precision):
    header = {
        "trainer": "scikit-learn",
        "trainer_version": sklearn.__version__,
        "estimator": type(model).__name__,
        "feature_count": int(model.n_features_in_),
    }
    if hasattr(model, "feature_names_in_"):
        header["feature_names"] = [str(name) for name in model.feature_names_in_]
    if isinstance(model, IsolationForest):
        header["task"] = "isolation"
    elif is_classifier(model):
        header["task"] = "classification"
        header["class_labels"] = [label_text(label) for label in model.classes_]
        if len(header["class_labels"]) < 2:
            raise UnsupportedModel("a classifier of one class")
    else:
        header["task"] = "regression"
    return header | {"margin_count": margins, "leaf_width": leaf_width, "input_precision": input_precision}


def label_text(label):
    """A class label as text; whole numbers, also those that are written as 1.0, as integers."""
    if isinstance(label, (bool, np.bool_, str)):
        return str(label)
    if isinstance(label, (int, np.integer)):
        return str(int(label))
    number = float(label)
    return str(int(number)) if math.isfinite(number) and number == int(number) else str(label)
