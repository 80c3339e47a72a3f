"""Trees of every trainer in one form, for libraries that read none of the trainers' files.

A tree is a dictionary of arrays over its nodes: `left` and `right` (-1 for a leaf), `feature`, `threshold` (float32: a
value goes right if it is not below), `missing_left`, `value` (of leaves). `margin` is the output that it adds to.
`trees_of` returns the trees, the outputs' start values and how many trees share the sum (1: none).
"""

import json

import numpy as np


def above(thresholds):
    """The smallest float32 above each threshold: `x ≤ t` of the trainers is `x < above(t)` for float32 values."""
    thresholds = np.asarray(thresholds, dtype=np.float64)
    nearest = thresholds.astype(np.float32)
    return np.where(nearest > thresholds, nearest, np.nextafter(nearest, np.float32(np.inf)))


def trees_of(trainer, folder, file):
    if trainer == "xgboost":
        return xgboost_trees(folder / file)
    if trainer == "lightgbm":
        return lightgbm_trees(folder / file)
    if trainer == "catboost":
        return catboost_trees(folder / "trees.json")
    from table_models import load_sklearn

    return sklearn_trees(load_sklearn(folder))


def xgboost_trees(path):
    learner = json.loads(path.read_text())["learner"]
    model = learner["gradient_booster"]["model"]
    base = np.array(json.loads(learner["learner_model_param"]["base_score"]), dtype=np.float32).ravel()
    count = max(int(learner["learner_model_param"]["num_class"]), 1)
    if learner["objective"]["name"] == "binary:logistic":
        base = -np.log(1 / base - 1)
    trees = []
    for tree, margin in zip(model["trees"], model["tree_info"]):
        condition = np.array(tree["split_conditions"], dtype=np.float32)
        trees.append(
            {
                "margin": margin,
                "left": np.array(tree["left_children"]),
                "right": np.array(tree["right_children"]),
                "feature": np.array(tree["split_indices"]),
                "threshold": condition,
                "missing_left": np.array(tree["default_left"]).astype(bool),
                "value": condition.astype(np.float64),
            }
        )
    return trees, np.resize(base, count).astype(np.float64), 1


class Growing:
    """Collects the nodes of one tree."""

    def __init__(self):
        self.rows = []

    def add(self, feature=0, threshold=0.0, missing_left=False, value=0.0):
        self.rows.append([-1, -1, feature, threshold, missing_left, value])
        return len(self.rows) - 1

    def tree(self):
        left, right, feature, threshold, missing_left, value = zip(*self.rows)
        return {
            "margin": 0,
            "left": np.array(left),
            "right": np.array(right),
            "feature": np.array(feature),
            "threshold": np.array(threshold, dtype=np.float32),
            "missing_left": np.array(missing_left, dtype=bool),
            "value": np.array(value, dtype=np.float64),
        }


def lightgbm_trees(path):
    import lightgbm

    trees = []
    for info in lightgbm.Booster(model_file=path).dump_model()["tree_info"]:
        growing = Growing()

        def visit(node):
            if "split_feature" not in node:
                return growing.add(value=node["leaf_value"])
            index = growing.add(node["split_feature"], above(node["threshold"]), node["default_left"])
            growing.rows[index][0] = visit(node["left_child"])
            growing.rows[index][1] = visit(node["right_child"])
            return index

        visit(info["tree_structure"])
        trees.append(growing.tree())
    return trees, np.zeros(1), 1


def catboost_trees(path):
    model = json.loads(path.read_text())
    features = model["features_info"]["float_features"]
    scale, bias = model["scale_and_bias"]
    trees = []
    for tree in model["oblivious_trees"]:
        growing = Growing()
        splits = tree["splits"]

        def visit(level, leaf):
            if level < 0:
                return growing.add(value=tree["leaf_values"][leaf] * scale)
            split = splits[level]
            feature = features[split["float_feature_index"]]
            missing_left = feature["nan_value_treatment"] != "AsTrue"
            index = growing.add(feature["flat_feature_index"], above(split["border"]), missing_left)
            growing.rows[index][0] = visit(level - 1, leaf)
            growing.rows[index][1] = visit(level - 1, leaf | 1 << level)
            return index

        visit(len(splits) - 1, 0)
        trees.append(growing.tree())
    return trees, np.array(bias, dtype=np.float64).ravel(), 1


def sklearn_trees(model):
    name = type(model).__name__
    if name == "HistGradientBoostingClassifier":
        trees = []
        for (predictor,) in model._predictors:
            nodes = predictor.nodes
            leaf = nodes["is_leaf"].astype(bool)
            trees.append(
                {
                    "margin": 0,
                    "left": np.where(leaf, -1, nodes["left"].astype(np.int64)),
                    "right": np.where(leaf, -1, nodes["right"].astype(np.int64)),
                    "feature": nodes["feature_idx"].astype(np.int64),
                    "threshold": above(nodes["num_threshold"]),
                    "missing_left": nodes["missing_go_to_left"].astype(bool),
                    "value": nodes["value"].astype(np.float64),
                }
            )
        return trees, model._baseline_prediction.ravel().astype(np.float64), 1
    trees = []
    for index, estimator in enumerate(model.estimators_):
        tree = estimator.tree_
        if name == "IsolationForest":
            value = model._decision_path_lengths[index] + model._average_path_length_per_tree[index] - 1.0
        else:
            value = tree.value[:, 0, 1]
        trees.append(
            {
                "margin": 0,
                "left": tree.children_left,
                "right": tree.children_right,
                "feature": np.maximum(tree.feature, 0),
                "threshold": above(tree.threshold),
                "missing_left": np.zeros(tree.node_count, dtype=bool),
                "value": np.asarray(value, dtype=np.float64),
            }
        )
    return trees, np.zeros(1), 1 if name == "IsolationForest" else len(trees)


def onnx_model(trees, base, divisor, feature_count):
    """One TreeEnsembleRegressor, float32 as ONNX Runtime computes it."""
    from onnx import TensorProto, helper

    lists = {name: [] for name in ("nodeids", "treeids", "featureids", "values", "true", "false", "modes", "missing")}
    targets = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for number, tree in enumerate(trees):
        count = len(tree["left"])
        leaf = tree["left"] < 0
        lists["nodeids"] += range(count)
        lists["treeids"] += [number] * count
        lists["featureids"] += np.where(leaf, 0, tree["feature"]).tolist()
        lists["values"] += np.where(leaf, 0, tree["threshold"]).tolist()
        lists["true"] += np.where(leaf, 0, tree["left"]).tolist()
        lists["false"] += np.where(leaf, 0, tree["right"]).tolist()
        lists["modes"] += ["LEAF" if one else "BRANCH_LT" for one in leaf]
        lists["missing"] += tree["missing_left"].astype(int).tolist()
        leaves = np.flatnonzero(leaf)
        targets["treeids"] += [number] * len(leaves)
        targets["nodeids"] += leaves.tolist()
        targets["ids"] += [int(tree["margin"])] * len(leaves)
        targets["weights"] += (tree["value"][leaves] / divisor).tolist()
    node = helper.make_node(
        "TreeEnsembleRegressor",
        ["rows"],
        ["margins"],
        domain="ai.onnx.ml",
        n_targets=len(base),
        base_values=[float(one) for one in base],
        aggregate_function="SUM",
        post_transform="NONE",
        nodes_nodeids=lists["nodeids"],
        nodes_treeids=lists["treeids"],
        nodes_featureids=lists["featureids"],
        nodes_values=lists["values"],
        nodes_truenodeids=lists["true"],
        nodes_falsenodeids=lists["false"],
        nodes_modes=lists["modes"],
        nodes_missing_value_tracks_true=lists["missing"],
        target_treeids=targets["treeids"],
        target_nodeids=targets["nodeids"],
        target_ids=targets["ids"],
        target_weights=targets["weights"],
    )
    graph = helper.make_graph(
        [node],
        "forest",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, feature_count])],
        [helper.make_tensor_value_info("margins", TensorProto.FLOAT, [None, len(base)])],
    )
    operators = [helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=operators, ir_version=8).SerializeToString()
