"""Fixtures of ONNX forests: exports of four trainers and operators made by hand, answered by ONNX Runtime."""

import tempfile
from pathlib import Path

import catboost
import lightgbm
import numpy as np
import onnx
import onnxmltools
import onnxruntime
import skl2onnx
import sklearn
import xgboost
from fixture_cases import SEED, hostile_rows, training_data, write_case
from onnx import helper
from onnx_ensemble_fixtures import tree_ensemble_fixtures
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier

STATE = SEED % 1000
ROW_COUNTS = (24, 12, 8)
OPSETS = {"": 15, "ai.onnx.ml": 3}
TREE_OPERATORS = ("TreeEnsembleClassifier", "TreeEnsembleRegressor")


def tree_node(model):
    return next(node for node in model.graph.node if node.op_type in TREE_OPERATORS)


def attributes_of(node):
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def numbers(attributes, name):
    """A list that is an attribute, or a tensor under the other name."""
    if f"{name}_as_tensor" in attributes:
        return onnx.numpy_helper.to_array(attributes[f"{name}_as_tensor"]).tolist()
    return list(attributes.get(name, []))


def run(model, rows):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: rows})))


def tree_model(node, element_type, features, targets, opset=3):
    """A graph of one regressor."""
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info("X", element_type, [None, features])],
        [helper.make_tensor_value_info("Y", onnx.TensorProto.FLOAT, [None, targets])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("ai.onnx.ml", opset)], ir_version=8)


def regressor(attributes, targets, **changes):
    kept = {name: value for name, value in attributes.items() if name.startswith("nodes_")}
    return helper.make_node(
        "TreeEnsembleRegressor", ["X"], ["Y"], domain="ai.onnx.ml", n_targets=targets, **(kept | changes)
    )


def raw_sums(model, rows, features):
    """What the operator sums: its scores without a transform, from a regressor of the same trees."""
    attributes = attributes_of(tree_node(model))
    prefix = "class" if "class_ids" in attributes else "target"
    suffix = "_as_tensor" if f"{prefix}_weights_as_tensor" in attributes else ""
    ids = attributes[f"{prefix}_ids"]
    targets = max(ids) + 1 if prefix == "class" else attributes["n_targets"]
    changes = {
        "target_ids": ids,
        "target_nodeids": attributes[f"{prefix}_nodeids"],
        "target_treeids": attributes[f"{prefix}_treeids"],
        f"target_weights{suffix}": attributes[f"{prefix}_weights{suffix}"],
    }
    for name in ("base_values", "base_values_as_tensor", "aggregate_function"):
        if name in attributes:
            changes[name] = attributes[name]
    element = model.graph.input[0].type.tensor_type.elem_type
    return run(tree_model(regressor(attributes, targets, **changes), element, features, targets), rows)["Y"]


def leaves(model, rows, features):
    """The leaf of each tree: one regressor for each, whose weights are the numbers of the leaves."""
    attributes = attributes_of(tree_node(model))
    element = model.graph.input[0].type.tensor_type.elem_type
    suffix = "_as_tensor" if "nodes_values_as_tensor" in attributes else ""
    columns = []
    tree_ids = list(dict.fromkeys(attributes["nodes_treeids"]))
    for tree in tree_ids:
        places = [place for place, one in enumerate(attributes["nodes_treeids"]) if one == tree]
        changes = {}
        for name, values in attributes.items():
            if not name.startswith("nodes_") or name.endswith("_as_tensor"):
                continue
            changes[name] = [values[place] for place in places]
        modes = [mode.decode() for mode in changes["nodes_modes"]]
        numbers_of = [node for node, mode in zip(changes["nodes_nodeids"], modes) if mode == "LEAF"]
        changes["target_ids"] = [0] * len(numbers_of)
        changes["target_nodeids"] = numbers_of
        changes["target_treeids"] = [tree] * len(numbers_of)
        weights = [float(one) for one in numbers_of]
        if suffix:
            values = [numbers(attributes, "nodes_values")[place] for place in places]
            changes["nodes_values_as_tensor"] = helper.make_tensor("v", onnx.TensorProto.DOUBLE, [len(values)], values)
            weights = helper.make_tensor("w", onnx.TensorProto.DOUBLE, [len(weights)], weights)
        changes[f"target_weights{suffix}"] = weights
        node = helper.make_node(
            "TreeEnsembleRegressor", ["X"], ["Y"], domain="ai.onnx.ml", n_targets=1, **changes
        )
        columns.append(run(tree_model(node, element, features, 1), rows)["Y"].reshape(-1))
    return np.stack(columns, axis=1).astype(np.int32)


def thresholds_of(model, features):
    attributes = attributes_of(tree_node(model))
    found = [set() for _ in range(features)]
    lists = zip(attributes["nodes_modes"], attributes["nodes_featureids"], numbers(attributes, "nodes_values"))
    for mode, feature, value in lists:
        if mode != b"LEAF":
            found[feature].add(value)
    return [np.array(sorted(values)) for values in found]


def probabilities(value):
    """A matrix of what may be a list of dictionaries."""
    if isinstance(value, list):
        return np.array([list(row.values()) for row in value], dtype=np.float32)
    return np.asarray(value, dtype=np.float32)


def write(root, case, model, ordinary, notes, trainer, kept=None, strange=None):
    """`kept` picks the column of the sums that is the only margin; `strange` puts values into the rows."""
    features = ordinary.shape[1]
    rows = hostile_rows(SEED + 21, ordinary, thresholds_of(model, features), True, ROW_COUNTS)
    if strange:
        strange(rows)
    attributes = attributes_of(tree_node(model))
    answers = run(model, rows)
    sums = raw_sums(model, rows, features)
    if kept is not None:
        sums = sums[:, kept : kept + 1]
    # ONNX Runtime rounds the sums of doubles when it writes them.
    arrays = {"expected_margin": sums.astype(rows.dtype), "expected_leaves": leaves(model, rows, features)}
    facts = {
        "trainer": trainer,
        "answers_by": f"onnxruntime {onnxruntime.__version__}, one thread",
        "trees_in_file": arrays["expected_leaves"].shape[1],
        "notes": notes,
    }
    outputs = list(answers.values())
    if tree_node(model).op_type == "TreeEnsembleClassifier":
        arrays["expected_prediction"] = probabilities(outputs[1])
        labels = attributes.get("classlabels_int64s") or [one.decode() for one in attributes["classlabels_strings"]]
        arrays["expected_class"] = np.array([labels.index(one) for one in outputs[0]], dtype=np.int64)
    else:
        arrays["expected_prediction"] = np.asarray(outputs[0], dtype=np.float32)
    folder = "onnx_doubles" if rows.dtype == np.float64 else "onnx_trees"
    write_case(root / folder / case, "model.onnx", model.SerializeToString(), rows, arrays, facts)


def onnx_tree_fixtures(root):
    values, score = training_data(SEED + 20, 400, 6)
    binary = (score > 0.5).astype(int)
    classes = np.digitize(score, [-0.5, 0.8])
    words = np.array(["low", "middle", "high"])[classes]
    positive = np.exp(np.clip(score, -2, 2))
    many = np.stack([score, positive, -score], axis=1)
    holes = values.copy()
    holes[np.random.default_rng(SEED + 22).random(holes.shape) < 0.25] = np.nan
    exported_sklearn(root, values, score, binary, classes, words, many)
    exported_boosters(root, values, holes, score, binary, classes, words)
    hand_made(root, values)
    tree_ensemble_fixtures(root, values, run)


def exported_sklearn(root, values, score, binary, classes, words, many):
    trainer = f"scikit-learn {sklearn.__version__}, skl2onnx {skl2onnx.__version__}"

    def export(case, model, labels, notes, **settings):
        model.fit(values, labels)
        write(root, case, skl2onnx.to_onnx(model, values[:1], target_opset=OPSETS, **settings), values, notes, trainer)

    forest = {"n_estimators": 5, "max_depth": 4, "random_state": STATE}
    boosted = {"n_estimators": 5, "max_depth": 3, "random_state": STATE}
    export("rf_binary", RandomForestClassifier(**forest), binary, "One sum of probabilities; ZipMap.")
    export("rf_words", RandomForestClassifier(**forest), words, "Text labels; ZipMap.")
    export(
        "rf_columns",
        RandomForestClassifier(**forest),
        words,
        "Every class is an output.",
        options={"zipmap": False},
    )
    export("rf_regression", RandomForestRegressor(**forest), score, "Weights are divided by the trees beforehand.")
    export("rf_targets", RandomForestRegressor(**forest), many, "Three targets.")
    export("et_regression", ExtraTreesRegressor(**forest), score, "Random thresholds.")
    export("dt_classes", DecisionTreeClassifier(max_depth=4, random_state=STATE), classes, "One tree.")
    export("gb_binary", GradientBoostingClassifier(**boosted), binary, "LOGISTIC with a base value.")
    export("gb_classes", GradientBoostingClassifier(**boosted), classes, "SOFTMAX with base values.")
    export("gb_regression", GradientBoostingRegressor(**boosted), score, "Base value.")


def exported_boosters(root, values, holes, score, binary, classes, words):
    tool = f"onnxmltools {onnxmltools.__version__}"
    types = [("input", FloatTensorType([None, values.shape[1]]))]
    settings = {"n_estimators": 4, "max_depth": 3, "n_jobs": 1, "random_state": STATE}

    def convert(case, function, model, data, notes, trainer):
        write(root, case, function(model, initial_types=types, target_opset=15), data, notes, f"{trainer}, {tool}")

    trainer = f"xgboost {xgboost.__version__}"
    function = onnxmltools.convert_xgboost
    convert("xgb_binary", function, xgboost.XGBClassifier(**settings).fit(holes, binary), holes, "LT.", trainer)
    convert("xgb_classes", function, xgboost.XGBClassifier(**settings).fit(values, classes), values, "LT.", trainer)
    convert("xgb_regression", function, xgboost.XGBRegressor(**settings).fit(holes, score), holes, "LT.", trainer)

    trainer = f"lightgbm {lightgbm.__version__}"
    function = onnxmltools.convert_lightgbm
    settings |= {"verbose": -1, "num_leaves": 8}
    convert("lgb_binary", function, lightgbm.LGBMClassifier(**settings).fit(holes, binary), holes, "ZipMap.", trainer)
    convert("lgb_classes", function, lightgbm.LGBMClassifier(**settings).fit(values, classes), values, "", trainer)
    convert(
        "lgb_poisson",
        function,
        lightgbm.LGBMRegressor(objective="poisson", **settings).fit(values, classes),
        values,
        "Exp behind the trees.",
        trainer,
    )

    settings = {"iterations": 4, "depth": 3, "random_seed": STATE, "verbose": False, "allow_writing_files": False}

    def cat(case, model, labels, notes, kept=None):
        model.fit(values, labels)
        with tempfile.TemporaryDirectory() as scratch:
            path = str(Path(scratch) / "model.onnx")
            model.save_model(path, format="onnx")
            write(root, case, onnx.load(path), values, notes, f"catboost {catboost.__version__}", kept=kept)

    cat("cat_binary", catboost.CatBoostClassifier(**settings), binary, "Opposite weights for two classes.", kept=1)
    cat("cat_classes", catboost.CatBoostClassifier(**settings), words, "Text labels, SOFTMAX.")
    cat("cat_regression", catboost.CatBoostRegressor(**settings), score, "GT.")


# Operators as no exporter in use writes them: every mode, every transform, averages, doubles.


def random_trees(generator, modes, features, trees, targets, values_of):
    """Attributes of random trees of depth 3, and the leaves that need weights."""
    lists = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids")}
    lists |= {"falsenodeids": [], "missing_value_tracks_true": []}
    weights = {"treeids": [], "nodeids": [], "ids": [], "weights": []}
    for tree in range(trees):
        for node in range(15):
            is_leaf = node >= 7
            feature = int(generator.integers(0, features))
            mode = "LEAF" if is_leaf else str(generator.choice(modes))
            lists["treeids"].append(tree)
            lists["nodeids"].append(node)
            lists["featureids"].append(0 if is_leaf else feature)
            lists["values"].append(0.0 if is_leaf else float(values_of(mode, feature)))
            lists["modes"].append(mode)
            lists["truenodeids"].append(0 if is_leaf else 2 * node + 1)
            lists["falsenodeids"].append(0 if is_leaf else 2 * node + 2)
            lists["missing_value_tracks_true"].append(0 if is_leaf else int(generator.integers(0, 2)))
            for target in range(targets if is_leaf else 0):
                weights["treeids"].append(tree)
                weights["nodeids"].append(node)
                weights["ids"].append(target)
                weights["weights"].append(float(np.float32(generator.normal())))
    return {f"nodes_{name}": values for name, values in lists.items()}, weights


def hand_made(root, values):
    generator = np.random.default_rng(SEED + 23)
    features = values.shape[1]
    data = values.copy()
    data[:, 1] = generator.integers(0, 5, size=len(data))
    data[:, 4] = generator.integers(0, 40, size=len(data))

    def value(mode, feature):
        if mode in ("BRANCH_EQ", "BRANCH_NEQ"):
            return generator.integers(0, 40)
        return np.float32(generator.choice(data[:, feature]))

    def strange(rows):
        for row in rows[: len(rows) // 2]:
            row[generator.integers(0, features)] = generator.integers(0, 40) + generator.choice([0, 0, 0, 0.5])

    modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]
    trainer = "random trees"

    def regress(case, modes, targets, notes, **settings):
        nodes, weights = random_trees(generator, modes, features, 4, targets, value)
        weights = {f"target_{name}": one for name, one in weights.items()}
        node = regressor(nodes, targets, **weights, **settings)
        write(
            root,
            case,
            tree_model(node, onnx.TensorProto.FLOAT, features, targets),
            data,
            notes,
            trainer,
            strange=strange,
        )

    regress("modes", modes, 1, "Every mode, mixed.")
    regress("modes_strict", ["BRANCH_LT", "BRANCH_GTE"], 1, "Strict comparisons only.", base_values=[0.25])
    regress("average", modes[:4], 2, "Averages of two targets.", aggregate_function="AVERAGE")

    def classify(case, notes, transform, norm=None, classes=3):
        nodes, weights = random_trees(generator, modes[:4], features, 4, classes if classes > 2 else 1, value)
        if transform == "SOFTMAX_ZERO":
            weights["weights"] = [0.0 if generator.random() < 0.7 else one for one in weights["weights"]]
        node = helper.make_node(
            "TreeEnsembleClassifier",
            ["X"],
            ["label", "scores"],
            domain="ai.onnx.ml",
            classlabels_int64s=[3, 1, 7][:classes],
            post_transform=transform,
            **nodes,
            **{f"class_{name}": one for name, one in weights.items()},
        )
        operators = [node]
        if norm:
            operators.append(helper.make_node("Normalizer", ["scores"], ["shares"], domain="ai.onnx.ml", norm=norm))
        graph = helper.make_graph(
            operators,
            "trees",
            [helper.make_tensor_value_info("X", onnx.TensorProto.FLOAT, [None, features])],
            [
                helper.make_tensor_value_info("label", onnx.TensorProto.INT64, [None]),
                helper.make_tensor_value_info(operators[-1].output[-1], onnx.TensorProto.FLOAT, [None, classes]),
            ],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("ai.onnx.ml", 1)], ir_version=8)
        write(root, case, model, data, notes, trainer)

    classify("softmax_zero", "Scores that are zero keep out of the sum.", "SOFTMAX_ZERO")
    classify("logistic_classes", "Each class by itself.", "LOGISTIC")
    classify("raw_classes", "No transform.", "NONE")

    doubles = data.astype(np.float64) * 1.1
    nodes, weights = random_trees(
        generator, modes[:4], features, 4, 1, lambda mode, feature: generator.choice(doubles[:, feature])
    )
    thresholds = nodes.pop("nodes_values")
    node = regressor(
        nodes,
        1,
        nodes_values_as_tensor=helper.make_tensor("v", onnx.TensorProto.DOUBLE, [len(thresholds)], thresholds),
        target_weights_as_tensor=helper.make_tensor(
            "w", onnx.TensorProto.DOUBLE, [len(weights["weights"])], [1.1 * one for one in weights["weights"]]
        ),
        **{f"target_{name}": one for name, one in weights.items() if name != "weights"},
    )
    model = tree_model(node, onnx.TensorProto.DOUBLE, features, 1)
    write(root, "regression", model, doubles, "Doubles throughout; the output is rounded.", trainer)

    regress(
        "average_with_bases",
        modes[:4],
        2,
        "Base values are added to averages.",
        aggregate_function="AVERAGE",
        base_values=[0.1, -0.7],
    )
    regress("least", modes[:4], 1, "The least leaf.", aggregate_function="MIN", base_values=[0.3])
    regress("greatest", modes[:4], 3, "The greatest leaf for each target.", aggregate_function="MAX")
    regress("regressor_probit", modes[:4], 1, "PROBIT of one target.", post_transform="PROBIT", base_values=[0.4])
    regress("regressor_logistic", modes[:4], 1, "One target is not transformed.", post_transform="LOGISTIC")
    regress("regressor_softmax", modes[:4], 3, "SOFTMAX of three targets.", post_transform="SOFTMAX")
    classify("probit_classes", "Each class by itself.", "PROBIT")
    classify("normalized_by_largest", "Divided by the largest score.", "NONE", norm="MAX")
    classify("normalized_by_sum", "Divided by the sum of magnitudes.", "LOGISTIC", norm="L1")
    classify("normalized_by_root", "Divided by the root of the sum of squares.", "NONE", norm="L2")
    classify("normalized_binary", "Both probabilities are divided.", "LOGISTIC", norm="L2", classes=2)
