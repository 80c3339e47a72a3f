"""Fixtures of Treelite checkpoints: imported and hand-made models, answered by Treelite's own inference, GTIL.

Checkpoints of version 3 are written by a Python of their own, in which `treelite` and `treelite_runtime` 3.9.1 are
installed; the variable TREELITE3_PYTHON names it. Version 4 answers for them as well.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import lightgbm
import numpy as np
import treelite
import xgboost
from fixture_cases import SEED, hostile_rows, training_data, write_case
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from treelite.model_builder import Metadata, ModelBuilder, PostProcessorFunc, TreeAnnotation

STATE = SEED % 1000
ROW_COUNTS = (20, 10, 8)


def thresholds_of(model, features):
    found = [set() for _ in range(features)]
    for tree in json.loads(model.dump_as_json())["trees"]:
        for node in tree["nodes"]:
            if "threshold" in node:
                found[node["split_feature_id"]].add(node["threshold"])
    return [np.array(sorted(values), dtype=np.float64) for values in found]


def write(root, case, model, ordinary, notes, strange=None, content=None):
    """`strange` puts values into the rows; `content` is a file that stands for the model's own."""
    number = np.float64 if model.input_type == "float64" else np.float32
    ordinary = np.asarray(ordinary, dtype=number)
    rows = hostile_rows(SEED + 31, ordinary, thresholds_of(model, ordinary.shape[1]), True, ROW_COUNTS)
    if strange:
        strange(rows)
    margin = treelite.gtil.predict(model, rows, nthread=1, pred_margin=True)
    arrays = {
        "expected_margin": margin.reshape(len(rows), -1).astype(number),
        "expected_prediction": treelite.gtil.predict(model, rows, nthread=1).reshape(len(rows), -1).astype(number),
        "expected_leaves": treelite.gtil.predict_leaf(model, rows, nthread=1).astype(np.int32),
    }
    header = json.loads(model.dump_as_json())
    facts = {
        "trainer": f"treelite {treelite.__version__}",
        "task": header["task_type"],
        "trees_in_file": arrays["expected_leaves"].shape[1],
        "notes": notes,
    }
    if header["task_type"] == "kIsolationForest" or header["postprocessor"] == "exponential_standard_ratio":
        # What its trees add up to is called the margin by Treelite only.
        arrays["expected_sum"] = arrays["expected_margin"]
    content = content or model.serialize_bytes()
    write_case(root / "treelite_checkpoint" / case, "checkpoint.tl", content, rows, arrays, facts)


def treelite_fixtures(root):
    values, score = training_data(SEED + 30, 400, 6)
    binary = (score > 0.5).astype(int)
    classes = np.digitize(score, [-0.5, 0.8])
    positive = np.exp(np.clip(score, -2, 2))
    holes = values.copy()
    holes[np.random.default_rng(SEED + 32).random(holes.shape) < 0.25] = np.nan
    generator = np.random.default_rng(SEED + 33)
    mixed = values.copy()
    mixed[:, 2] = generator.integers(0, 9, size=len(mixed))
    mixed[:, 5] = generator.integers(0, 40, size=len(mixed))
    target = score + 2 * np.isin(mixed[:, 2], [1, 3, 4]) - 2 * (mixed[:, 5] > 20)

    def strange(rows):
        odd = np.array([4, 6, 12, 3.5, -1, -0.5, 1e20, 255, 0.999, 41, 2**24])
        for column in (2, 5):
            hit = generator.random(len(rows)) < 0.4
            rows[hit, column] = generator.choice(odd, size=int(hit.sum()))

    boosters(root, values, holes, mixed, score, binary, classes, positive, target, strange)
    estimators(root, values, holes, score, binary, classes)
    hand_made(root, values, strange)
    version_3(root, values, holes)


def boosters(root, values, holes, mixed, score, binary, classes, positive, target, strange):
    def xgb(case, parameters, labels, notes, data=values, types=None, odd=None):
        matrix = xgboost.DMatrix(data, label=labels, feature_types=types, enable_categorical=types is not None)
        settings = {"nthread": 1, "seed": STATE, "max_depth": 3} | parameters
        model = treelite.frontend.from_xgboost(xgboost.train(settings, matrix, num_boost_round=4))
        write(root, case, model, data, notes, strange=odd)

    xgb("xgb_binary", {"objective": "binary:logistic"}, binary, "A base score that is no float32.", holes)
    xgb("xgb_classes", {"objective": "multi:softprob", "num_class": 3}, classes, "softmax in float32.")
    xgb("xgb_poisson", {"objective": "count:poisson"}, np.round(positive), "exponential.")
    xgb("xgb_hinge", {"objective": "binary:hinge"}, binary, "hinge.")
    xgb("xgb_targets", {}, np.stack([score, positive], axis=1), "Two targets, a tree for each.")
    types = ["q", "q", "c", "q", "q", "c"]
    xgb("xgb_categories", {"max_cat_to_onehot": 1}, target, "Categories.", mixed, types, strange)

    def lgb(case, parameters, labels, notes, data=values, categories="auto", odd=None):
        settings = {"num_threads": 1, "seed": STATE, "num_leaves": 8, "verbose": -1} | parameters
        data = np.asarray(data, dtype=np.float64)
        booster = lightgbm.train(settings, lightgbm.Dataset(data, labels, categorical_feature=categories), 4)
        write(root, case, treelite.frontend.from_lightgbm(booster), data, notes, strange=odd)

    lgb("lgb_binary", {"objective": "binary", "sigmoid": 0.7}, binary, "sigmoid with a factor; doubles.", holes)
    lgb("lgb_classes", {"objective": "multiclass", "num_class": 3}, classes, "softmax of doubles, partly in float32.")
    lgb("lgb_each_class", {"objective": "multiclassova", "num_class": 3}, classes, "multiclass_ova.")
    lgb("lgb_root", {"reg_sqrt": True, "objective": "regression"}, score, "signed_square.")
    lgb("lgb_entropy", {"objective": "cross_entropy_lambda"}, binary, "logarithm_one_plus_exp.")
    lgb("lgb_categories", {}, target, "Categories go left.", mixed, [2, 5], strange)


def estimators(root, values, holes, score, binary, classes):
    settings = {"n_estimators": 4, "random_state": STATE}

    def write_estimator(case, model, notes, data=values):
        write(root, case, treelite.sklearn.import_model(model), np.asarray(data, dtype=np.float64), notes)

    write_estimator("rf_classes", RandomForestClassifier(max_depth=4, **settings).fit(values, classes), "Averages.")
    write_estimator("rf_binary", RandomForestClassifier(max_depth=4, **settings).fit(values, binary), "Two margins.")
    many = np.stack([score, -score], axis=1)
    write_estimator("rf_targets", RandomForestRegressor(max_depth=4, **settings).fit(values, many), "Leaf vectors.")
    write_estimator("gb_binary", GradientBoostingClassifier(max_depth=3, **settings).fit(values, binary), "sigmoid.")
    write_estimator(
        "hgb_regression",
        HistGradientBoostingRegressor(max_iter=4, max_leaf_nodes=8, random_state=STATE).fit(holes, score),
        "Missing values.",
        holes,
    )
    write_estimator("isolation", IsolationForest(max_samples=32, **settings).fit(values), "exponential_standard_ratio.")


def random_tree(generator, features, values, operators):
    """Nodes of a tree of depth 3: (feature, operator, threshold, default left), or None for a leaf.

    The operator `in` has a list of categories for a threshold; `is` is equality with any value of the rows.
    """
    nodes = []
    for node in range(15):
        feature = int(generator.integers(0, features))
        operator = str(generator.choice(operators))
        if operator == "in":
            threshold = sorted({int(one) for one in generator.integers(0, 40, size=5)})
        elif operator == "==":
            threshold = float(generator.integers(0, 40))
        else:
            threshold = float(generator.choice(values[:, feature]))
        nodes.append((feature, operator, threshold, bool(generator.random() < 0.5)) if node < 7 else None)
    return nodes


def hand_made(root, values, strange):
    generator = np.random.default_rng(SEED + 34)
    features = values.shape[1]
    data = values.copy()
    data[:, 2] = generator.integers(0, 40, size=len(data))
    data[:, 5] = generator.integers(0, 40, size=len(data))

    def build(case, operators, number, notes, classes=1, average=False, postprocessor="identity", base=0.0):
        trees = 4 if classes == 1 or average else 2 * classes
        builder = ModelBuilder(
            threshold_type=number,
            leaf_output_type=number,
            metadata=Metadata(
                num_feature=features,
                task_type="kMultiClf" if classes > 1 else "kRegressor",
                average_tree_output=average,
                num_target=1,
                num_class=[classes],
                leaf_vector_shape=(1, 1),
            ),
            tree_annotation=TreeAnnotation(
                num_tree=trees, target_id=[0] * trees, class_id=[tree % classes for tree in range(trees)]
            ),
            postprocessor=PostProcessorFunc(name=postprocessor),
            base_scores=[base] * classes,
        )
        for _ in range(trees):
            builder.start_tree()
            for node, one in enumerate(random_tree(generator, features, data, operators)):
                builder.start_node(node)
                if one is None:
                    builder.leaf(float(np.dtype(number).type(generator.normal())))
                else:
                    feature, operator, threshold, default_left = one
                    sides = {
                        "default_left": default_left,
                        "left_child_key": 2 * node + 1,
                        "right_child_key": 2 * node + 2,
                    }
                    if operator == "in":
                        builder.categorical_test(
                            feature, category_list=threshold, category_list_right_child=default_left, **sides
                        )
                    else:
                        builder.numerical_test(feature, threshold, opname=operator.replace("is", "=="), **sides)
                builder.data_count(100 - node)
                builder.end_node()
            builder.end_tree()
        write(root, case, builder.commit(), data, notes, strange=strange)

    build("operators", ["<", "<=", ">", ">=", "=="], "float32", "Every operator, mixed.", base=0.1)
    build("operators_double", ["<", "<=", ">", ">="], "float64", "Every order, mixed; doubles.", base=0.1)
    build("strict", ["<", ">="], "float32", "Strict comparisons only.")
    build("average", ["<="], "float32", "An average of trees.", average=True)
    # The quarters of small numbers, so that equality with fractions and negative numbers holds for some rows.
    data = np.round(data * 4) / 4
    build("equality_and_categories", ["==", "is", "in"], "float32", "Equality with any number, beside categories.")


# Version 3


def version_3(root, values, holes):
    python = os.environ.get("TREELITE3_PYTHON")
    if not python:
        raise SystemExit("TREELITE3_PYTHON must name a Python that has treelite 3.9.1")
    script = Path(__file__).parent / "treelite_version_3.py"
    with tempfile.TemporaryDirectory() as scratch:
        np.save(Path(scratch) / "values.npy", values)
        subprocess.run([python, str(script), scratch], check=True, stdout=sys.stderr)
        for path in sorted(Path(scratch).glob("*.tl")):
            model = treelite.Model.deserialize(path)
            # Version 4 keeps the bias for the first class and reads behind it for the others.
            header = model.get_header_accessor()
            bias = header.get_field("base_scores")[0]
            header.set_field("base_scores", np.full(int(header.get_field("num_class")[0]), bias))
            data = holes if path.stem.endswith("missing") else values
            notes = "Written by treelite 3.9.1."
            write(root, f"version_3_{path.stem}", model, data, notes, content=path.read_bytes())
