"""Fixtures of ONNX's operator `TreeEnsemble` (ai.onnx.ml 5), which no exporter in use writes: random tables of nodes
and leaves, answered by ONNX Runtime."""

import numpy as np
import onnx
import onnxruntime
from fixture_cases import SEED, hostile_rows, write_case
from onnx import helper

ROW_COUNTS = (24, 12, 8)
MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER"]
MEMBER = MODES.index("BRANCH_MEMBER")
TENSORS = ("nodes_splits", "leaf_weights", "membership_values")
# As ONNX Runtime numbers them; the standard has the first two the other way round.
TRANSFORMS = {"LOGISTIC": 1, "SOFTMAX": 2, "SOFTMAX_ZERO": 3, "PROBIT": 4}
AGGREGATES = {"AVERAGE": 0, "SUM": 1, "MIN": 2, "MAX": 3}


def member_sets(generator):
    """Members as the sets' kinds have them: few small numbers, whole or not; integers beyond 0 to 30."""
    kind = generator.integers(0, 3)
    if kind == 0:
        return generator.choice(np.arange(31), size=6, replace=False).tolist()
    if kind == 1:
        return (generator.choice(np.arange(0, 30, 0.5), size=9, replace=False)).tolist()
    return generator.choice(np.arange(-5, 60), size=20, replace=False).tolist()


def random_tables(generator, modes, features, trees, targets, split_of, number):
    """Attributes of random trees of depth 3; nodes and leaves are shuffled, so that places say nothing."""
    inner = 7 * trees
    places, leaf_places = generator.permutation(inner), generator.permutation(8 * trees)
    tables = {name: [0] * inner for name in ("featureids", "modes", "truenodeids", "falsenodeids")}
    tables |= {name: [0] * inner for name in ("trueleafs", "falseleafs", "missing_value_tracks_true")}
    splits = [0.0] * inner
    for tree in range(trees):
        for node in range(7):
            place = places[7 * tree + node]
            feature, mode = int(generator.integers(0, features)), int(generator.choice(modes))
            tables["featureids"][place] = feature
            tables["modes"][place] = mode
            splits[place] = float(split_of(MODES[mode], feature))
            tables["missing_value_tracks_true"][place] = int(generator.integers(0, 2))
            for side, child in (("true", 2 * node + 1), ("false", 2 * node + 2)):
                is_leaf = child >= 7
                tables[f"{side}leafs"][place] = int(is_leaf)
                child_place = leaf_places[8 * tree + child - 7] if is_leaf else places[7 * tree + child]
                tables[f"{side}nodeids"][place] = int(child_place)
    tables = {f"nodes_{name}": values for name, values in tables.items()}
    members = [member_sets(generator) for mode in tables["nodes_modes"] if mode == MEMBER]
    tables |= {
        "nodes_splits": splits,
        "tree_roots": [int(places[7 * tree]) for tree in range(trees)],
        "leaf_weights": [float(number(generator.normal())) for _ in range(8 * trees)],
        "leaf_targetids": generator.integers(0, targets, 8 * trees).tolist(),
    }
    if members:
        tables["membership_values"] = [one for members_of in members for one in [*members_of, np.nan]]
    return tables


def ensemble_node(tables, number, targets, **settings):
    attributes = dict(tables)
    attributes["nodes_modes"] = onnx.numpy_helper.from_array(np.array(tables["nodes_modes"], dtype=np.uint8))
    for name in TENSORS:
        if name in tables:
            attributes[name] = onnx.numpy_helper.from_array(np.array(tables[name], dtype=number))
    return helper.make_node(
        "TreeEnsemble", ["X"], ["Y"], domain="ai.onnx.ml", n_targets=targets, **attributes, **settings
    )


def ensemble_model(operators, number, features, outputs):
    element = onnx.TensorProto.FLOAT if number is np.float32 else onnx.TensorProto.DOUBLE
    graph = helper.make_graph(
        operators,
        "trees",
        [helper.make_tensor_value_info("X", element, [None, features])],
        [helper.make_tensor_value_info(name, kind or element, shape) for name, kind, shape in outputs],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 5)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def numbered_leaves(tables, root):
    """The tables of one tree whose leaves weigh their places in a walk that takes true children first."""
    numbered = dict(tables) | {"tree_roots": [root], "leaf_weights": [], "leaf_targetids": []}
    for name in ("nodes_truenodeids", "nodes_falsenodeids"):
        numbered[name] = list(tables[name])
    is_leaf = tables["nodes_trueleafs"][root] and tables["nodes_falseleafs"][root]
    if is_leaf and tables["nodes_truenodeids"][root] == tables["nodes_falsenodeids"][root]:
        return numbered | {"leaf_weights": [0.0] * (root + 1), "leaf_targetids": [0] * (root + 1)}
    waiting, place = [("root", root, None, False)], 0
    while waiting:
        side, node, parent, is_leaf = waiting.pop()
        if is_leaf:
            numbered[f"nodes_{side}nodeids"][parent] = len(numbered["leaf_weights"])
            numbered["leaf_weights"].append(float(place))
            numbered["leaf_targetids"].append(0)
        else:
            for child in ("false", "true"):
                leaf = bool(tables[f"nodes_{child}leafs"][node])
                waiting.append((child, tables[f"nodes_{child}nodeids"][node], node, leaf))
        place += 1
    return numbered


def write_ensemble(root, run, case, tables, ordinary, notes, targets, labels=None, norm=None, strange=None, **settings):
    number = ordinary.dtype.type
    features = ordinary.shape[1]
    thresholds = [set() for _ in range(features)]
    for mode, feature, split in zip(tables["nodes_modes"], tables["nodes_featureids"], tables["nodes_splits"]):
        if mode != MEMBER:
            thresholds[feature].add(split)
    thresholds = [np.array(sorted(values)) for values in thresholds]
    rows = hostile_rows(SEED + 24, ordinary, thresholds, True, ROW_COUNTS)
    if strange:
        strange(rows)

    def scores(attributes, count, **settings):
        operators = [ensemble_node(attributes, number, count, **settings)]
        return run(ensemble_model(operators, number, features, [("Y", None, [None, count])]), rows)["Y"]

    operators = [ensemble_node(tables, number, targets, **settings)]
    outputs = [("Y", None, [None, targets])]
    if norm:
        operators.append(helper.make_node("Normalizer", ["Y"], ["shares"], domain="ai.onnx.ml", norm=norm))
        outputs = [("shares", onnx.TensorProto.FLOAT, [None, targets])]
    if labels:
        operators.append(helper.make_node("ArgMax", ["Y"], ["index"], axis=1, keepdims=0))
        encoding = {"keys_int64s": list(range(targets)), "values_strings": labels}
        operators.append(helper.make_node("LabelEncoder", ["index"], ["label"], domain="ai.onnx.ml", **encoding))
        outputs.append(("label", onnx.TensorProto.STRING, [None]))
    model = ensemble_model(operators, number, features, outputs)
    answers = run(model, rows)
    plain = {name: value for name, value in settings.items() if name != "post_transform"}
    leaves_of = [scores(numbered_leaves(tables, tree), 1).reshape(-1) for tree in tables["tree_roots"]]
    arrays = {
        "expected_margin": scores(tables, targets, **plain),
        "expected_prediction": answers[outputs[0][0]],
        "expected_leaves": np.stack(leaves_of, axis=1).astype(np.int32),
    }
    if labels:
        arrays["expected_class"] = np.array([labels.index(one) for one in answers["label"]], dtype=np.int64)
    facts = {
        "trainer": "random trees",
        "answers_by": f"onnxruntime {onnxruntime.__version__}, one thread",
        "trees_in_file": len(tables["tree_roots"]),
        "notes": notes,
    }
    folder = "onnx_trees" if number is np.float32 else "onnx_tree_ensemble_doubles"
    write_case(root / folder / case, "model.onnx", model.SerializeToString(), rows, arrays, facts)


def tree_ensemble_fixtures(root, values, run):
    """`run` answers a model for rows."""
    generator = np.random.default_rng(SEED + 25)
    features = values.shape[1]
    data = values.copy()
    data[:, 1] = generator.integers(0, 5, size=len(data))
    data[:, 4] = generator.integers(-5, 60, size=len(data))
    everything = list(range(len(MODES)))

    def split(mode, feature):
        if mode in ("BRANCH_EQ", "BRANCH_NEQ"):
            return generator.choice([generator.integers(0, 40), generator.integers(-3, 40) + 0.5])
        return np.float32(generator.choice(data[:, feature]))

    def strange(rows):
        for row in rows[: len(rows) // 2]:
            for feature in generator.integers(0, features, 3):
                row[feature] = generator.integers(-6, 61) + generator.choice([0, 0, 0.25, 0.5])

    def tables(targets, modes=everything, trees=4, number=np.float32):
        return random_tables(generator, modes, features, trees, targets, split, number)

    def write(case, notes, targets=3, rows=data, modes=everything, **settings):
        one = tables(targets, modes, number=rows.dtype.type)
        write_ensemble(root, run, case, one, rows, notes, targets, strange=strange, **settings)

    write("ensemble_modes", "Every mode, mixed.", targets=1)
    write("ensemble_members", "Sets only, of each kind.", targets=1, modes=[MEMBER])
    write("ensemble_targets", "Each leaf is for one of three targets.")
    for name, number in AGGREGATES.items():
        write(f"ensemble_{name.lower()}", "Some targets get no leaf.", modes=[0, 3, 6], aggregate_function=number)
    for name, number in TRANSFORMS.items():
        write(f"ensemble_{name.lower()}", f"{name}, as ONNX Runtime numbers it.", post_transform=number)
    write("ensemble_one_target", "One target is not transformed.", targets=1, post_transform=1)
    write("ensemble_classes", "ArgMax and labels.", labels=["low", "middle", "high"], post_transform=2)
    write("ensemble_normalized", "Normalizer behind the operator.", norm="L1")
    # A tree of one leaf beside one in which a leaf has several parents.
    shared = {
        "nodes_splits": [0.0, 0.5, 3.0],
        "nodes_modes": [0, 0, 1],
        "nodes_featureids": [0, 1, 4],
        "nodes_truenodeids": [0, 2, 1],
        "nodes_falsenodeids": [0, 1, 2],
        "nodes_trueleafs": [1, 0, 1],
        "nodes_falseleafs": [1, 1, 1],
        "leaf_weights": [0.25, -1.5, 7.0],
        "leaf_targetids": [0, 0, 0],
        "tree_roots": [0, 1],
    }
    write_ensemble(root, run, "ensemble_shared_leaves", shared, data, "Leaves of several parents.", 1)
    doubles = data.astype(np.float64) * 1.1
    doubles[:, 1], doubles[:, 4] = data[:, 1], data[:, 4]
    write("modes", "Every mode, mixed; doubles.", targets=2, rows=doubles)
    for name, number in TRANSFORMS.items():
        write(name.lower(), f"{name} of doubles.", rows=doubles, modes=[0, 3, 6], post_transform=number)
    write("least", "The least leaf; doubles.", rows=doubles, aggregate_function=AGGREGATES["MIN"])
    write("normalized", "Doubles are rounded first.", rows=doubles, norm="MAX")
