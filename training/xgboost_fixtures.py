"""XGBoost's fixtures: models of the pinned version; `xgboost_old_fixtures.py` writes those of older ones."""

import json
import tempfile
from pathlib import Path

import numpy as np
import xgboost
from fixture_cases import FLOAT32, SEED, hostile_rows, training_data, write_case

DATA_SETTINGS = ("feature_names", "feature_types", "group", "label_lower_bound", "label_upper_bound")
# Values that no training row of a categorical feature has, or that are no category at all.
NO_CATEGORIES = {np.float32(value) for value in (-1, -0.5, 0.5, 1e6, 2**24 - 1, 2**24, 2**31, 2**32 + 4)}


def xgboost_thresholds(model, features):
    """Thresholds of each feature; of a categorical one its categories and values that are none."""
    found = [set() for _ in range(features)]
    booster = model["learner"]["gradient_booster"]
    for tree in booster.get("gbtree", booster)["model"]["trees"]:
        types = tree.get("split_type") or [0] * len(tree["left_children"])
        for left, feature, threshold, kind in zip(
            tree["left_children"], tree["split_indices"], tree["split_conditions"], types
        ):
            if left != -1:
                found[feature] |= NO_CATEGORIES if kind else {np.float32(threshold)}
        for node, first, size in zip(*(tree.get(f"categories_{name}", []) for name in ("nodes", "segments", "sizes"))):
            found[tree["split_indices"][node]].update(np.float32(tree["categories"][first : first + size]))
    return [np.array(sorted(values), dtype=np.float32) for values in found]


def xgboost_answers(booster, inputs, trees):
    """Margin, prediction and leaves over the first `trees` boosting rounds (0: all)."""
    rounds = (0, trees)
    # A DMatrix refuses infinities; the largest finite values take the same path through every finite threshold.
    finite = np.clip(inputs, -FLOAT32.max, FLOAT32.max)
    matrix = xgboost.DMatrix(
        finite, feature_names=booster.feature_names, feature_types=booster.feature_types, enable_categorical=True
    )
    margin = booster.predict(matrix, output_margin=True, iteration_range=rounds)
    prediction = booster.predict(matrix, iteration_range=rounds)
    # Prediction in place takes infinities and must agree. With dart its sums differ by its own rounding of
    # (leaf + base − base) × weight, so there the DMatrix is the reference.
    if json.loads(booster.save_config())["learner"]["gradient_booster"]["name"] != "dart":
        in_place = booster.inplace_predict(
            inputs, predict_type="margin", iteration_range=rounds, validate_features=False
        )
        assert np.array_equal(margin, in_place)
    leaves = booster.predict(matrix, pred_leaf=True, iteration_range=rounds).reshape(len(inputs), -1)
    return (
        np.asarray(margin, dtype=np.float32),
        np.asarray(prediction, dtype=np.float32),
        np.asarray(leaves, dtype=np.int32),
    )


def xgboost_contributions(booster, inputs, trees):
    """Shapley values of every margin, the mean behind them, over the first `trees` boosting rounds (0: all)."""
    finite = np.clip(inputs, -FLOAT32.max, FLOAT32.max)
    matrix = xgboost.DMatrix(
        finite, feature_names=booster.feature_names, feature_types=booster.feature_types, enable_categorical=True
    )
    contributions = booster.predict(matrix, pred_contribs=True, iteration_range=(0, trees))
    return {"expected_contributions": np.asarray(contributions, dtype=np.float32)}


def write_xgboost(root, case, booster, ordinary, notes, ubjson=False, nan=True, edit=None, binary=None):
    booster.set_param({"nthread": 1, "device": "cpu"})
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.json"
        booster.save_model(path)
        text = path.read_text()
        if edit:
            text = edit(text)
            path.write_text(text)
            booster = xgboost.Booster({"nthread": 1}, model_file=path)
        files = [("xgboost_json", "model.json", text.encode())]
        if ubjson:
            path = Path(scratch) / "model.ubj"
            booster.save_model(path)
            files.append(("xgboost_ubjson", "model.ubj", path.read_bytes()))
        if binary is not None:
            files.append(("xgboost_binary", "xgboost.model", binary))

    is_old = case.startswith("version_")
    counts = {"counts": (24, 12, 8)} if is_old else {}
    thresholds = xgboost_thresholds(json.loads(text), ordinary.shape[1])
    inputs = hostile_rows(SEED + 1, ordinary, thresholds, nan, **counts)
    best = booster.attr("best_iteration")
    rounds = int(best) + 1 if best is not None else 0
    margin, prediction, leaves = xgboost_answers(booster, inputs, rounds)
    arrays = {"expected_margin": margin, "expected_prediction": prediction, "expected_leaves": leaves}
    if not is_old and booster.save_raw("json").count(b'"size_leaf_vector":"1"') == len(booster.get_dump()):
        # XGBoost explains no leaves of several values.
        arrays |= xgboost_contributions(booster, inputs, rounds)
    facts = {"trainer": f"xgboost {xgboost.__version__}", "notes": notes, "trees_in_file": leaves.shape[1]}
    if is_old:
        facts["command"] = "python training/xgboost_old_fixtures.py Tests/TreeEnsemblesTests/Fixtures"
    if best is not None:
        all_margin, all_prediction, all_leaves = xgboost_answers(booster, inputs, 0)
        arrays |= {
            "all_trees_margin": all_margin,
            "all_trees_prediction": all_prediction,
            "all_trees_leaves": all_leaves,
        }
        facts |= {"best_iteration": int(best), "trees_in_file": all_leaves.shape[1]}
    for format_name, model_file, content in files:
        write_case(root / format_name / case, model_file, content, inputs, arrays, facts)


def train_xgboost(parameters, values, labels, rounds, **settings):
    defaults = {"nthread": 1, "seed": SEED, "max_depth": 4, "eta": 0.3}
    facts = {name: settings.pop(name) for name in DATA_SETTINGS if name in settings}
    matrix = xgboost.DMatrix(values, label=labels, enable_categorical=True, **facts)
    return xgboost.train(defaults | parameters, matrix, num_boost_round=rounds, verbose_eval=False, **settings)


def xgboost_fixtures(root):
    values, score = training_data(SEED, 900, 10)
    binary = (score > 0.5).astype(np.float32)
    positive = np.exp(np.clip(score, -2, 2)).astype(np.float32)
    holes = values.copy()
    holes[np.random.default_rng(SEED + 2).random(holes.shape) < 0.25] = np.nan

    def write(case, parameters, labels, rounds, notes, data=values, ubjson=False, edit=None, **settings):
        booster = train_xgboost(parameters, data, labels, rounds, **settings)
        write_xgboost(root, case, booster, data, notes, ubjson=ubjson, edit=edit)

    write(
        "binary",
        {"objective": "binary:logistic", "max_depth": 6},
        binary,
        30,
        "Trained without missing values; rows hold NaN all the same.",
        ubjson=True,
    )
    write(
        "binary_missing",
        {"objective": "binary:logistic", "max_depth": 6},
        binary,
        30,
        "A quarter of the training values are missing: both default directions occur.",
        data=holes,
        ubjson=True,
    )
    write("regression", {"objective": "reg:squarederror"}, score, 20, "Base score fitted by the trainer.", ubjson=True)
    write("absolute_error", {"objective": "reg:absoluteerror"}, score, 10, "Leaves refreshed by the adaptive updater.")
    write("squared_log_error", {"objective": "reg:squaredlogerror"}, positive, 10, "Identity link.")
    write("reg_logistic", {"objective": "reg:logistic", "base_score": 0.37}, binary, 10, "Logistic link, odd base.")
    write(
        "logitraw",
        {"objective": "binary:logitraw", "base_score": 0.37},
        binary,
        10,
        "The base score is a margin and the prediction is the margin.",
    )
    write("hinge", {"objective": "binary:hinge"}, binary, 10, "Prediction is margin > 0.")
    write("poisson", {"objective": "count:poisson", "base_score": 2.7}, np.round(positive), 10, "Base is logf(2.7).")
    write("gamma", {"objective": "reg:gamma"}, positive, 10, "Exponential link.", data=holes)
    write("tweedie", {"objective": "reg:tweedie", "tweedie_variance_power": 1.4}, positive, 10, "Exponential link.")
    write(
        "base_score_odd",
        {"objective": "reg:squarederror", "base_score": 0.123456789},
        score,
        10,
        "A base with no short decimal form.",
    )
    write(
        "base_score_large",
        {"objective": "reg:squarederror", "base_score": -16777217.0},
        score,
        5,
        "A base so large that the order of additions shows in every row.",
    )
    write(
        "base_score_tiny_probability",
        {"objective": "binary:logistic", "base_score": 1e-7},
        binary,
        5,
        "Base margin far from zero.",
    )
    write(
        "base_score_scalar_text",
        {"objective": "binary:logistic", "base_score": 0.5},
        binary,
        8,
        "`base_score` written as a plain number, as libraries up to 3.0 do.",
        edit=lambda text: text.replace('"base_score":"[5E-1]"', '"base_score":"5E-1"'),
    )
    write(
        "parallel_trees",
        {"objective": "binary:logistic", "num_parallel_tree": 3, "subsample": 0.6, "colsample_bynode": 0.6},
        binary,
        5,
        "Three trees per round.",
    )
    write(
        "softprob",
        {"objective": "multi:softprob", "num_class": 3},
        np.digitize(score, [-0.5, 0.8]),
        8,
        "Tree t belongs to class t mod 3.",
        ubjson=True,
    )
    write(
        "softmax",
        {"objective": "multi:softmax", "num_class": 3},
        np.digitize(score, [-0.5, 0.8]),
        4,
        "Prediction is the class number as a float.",
    )
    write(
        "dart",
        {"booster": "dart", "objective": "binary:logistic", "rate_drop": 0.4, "one_drop": 1},
        binary,
        12,
        "Leaf × weight_drop rounded to float32 before it is added.",
        ubjson=True,
    )
    write("single_leaf", {"objective": "binary:logistic", "gamma": 1e9}, binary, 5, "No tree has a split.", ubjson=True)
    write("shallow", {"objective": "binary:logistic", "max_depth": 1}, binary, 25, "Stumps.")
    write(
        "lossguide",
        {"objective": "binary:logistic", "grow_policy": "lossguide", "max_leaves": 40, "max_depth": 0},
        binary,
        6,
        "Unbalanced trees, deeper than eight levels.",
        data=holes,
    )
    write("no_trees", {"objective": "binary:logistic", "base_score": 0.25}, binary, 0, "A forest of no tree.")
    write(
        "feature_names",
        {"objective": "binary:logistic"},
        binary,
        8,
        "Named features, one with a quote in it.",
        ubjson=True,
        feature_names=["cpu", "mem", "disk io", "net/rx", 'lat "p99"', "été", "err", "load", "iowait", "swap"],
    )

    half = len(values) // 2
    holdout = xgboost.DMatrix(values[half:], label=binary[half:])
    write_xgboost(
        root,
        "early_stopped",
        train_xgboost(
            {"objective": "binary:logistic", "eta": 0.9},
            values[:half],
            binary[:half],
            60,
            evals=[(holdout, "holdout")],
            early_stopping_rounds=8,
        ),
        values,
        "expected_* use best_iteration + 1 rounds, all_trees_* every tree of the file.",
        ubjson=True,
    )

    wide, wide_score = training_data(SEED + 5, 4000, 5)
    write_xgboost(
        root,
        "many_thresholds",
        train_xgboost({"objective": "reg:squarederror", "max_depth": 8, "max_bin": 2048}, wide, wide_score, 5),
        wide,
        "More than 255 distinct thresholds on one feature.",
        nan=True,
    )

    write("pseudo_huber", {"objective": "reg:pseudohubererror", "huber_slope": 0.8}, score, 8, "Identity link.")
    write("cox", {"objective": "survival:cox"}, np.where(binary == 1, positive, -positive), 8, "Exponential link.")
    write(
        "aft",
        {"objective": "survival:aft", "aft_loss_distribution": "logistic", "base_score": 1.7},
        None,
        8,
        "Exponential link, base is logf(1.7).",
        label_lower_bound=positive,
        label_upper_bound=np.where(binary == 1, np.inf, positive * 1.5),
    )
    grades = np.digitize(score, [-1, 0, 1.5])
    for kind in ("pairwise", "ndcg", "map"):
        write(
            f"rank_{kind}",
            {"objective": f"rank:{kind}"},
            grades if kind != "map" else binary,
            6,
            "Groups of 30 rows; the prediction is the margin.",
            group=np.full(30, 30),
        )
    xgboost_target_fixtures(write, values, score, binary, positive)
    xgboost_category_fixtures(write)


def xgboost_target_fixtures(write, values, score, binary, positive):
    """Several margins that are no classes."""
    targets = np.stack([score, np.abs(score), score * values[:, -1] + 3], axis=1).astype(np.float32)
    labels = np.stack([binary, values[:, 1] > 0, values[:, -1] > 0.5], axis=1).astype(np.float32)
    vectors = {"multi_strategy": "multi_output_tree", "tree_method": "hist"}
    write("quantile", {"objective": "reg:quantileerror", "quantile_alpha": 0.7}, score, 6, "One quantile.")
    write(
        "quantiles",
        {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9]},
        score,
        4,
        "Each quantile is a target.",
        ubjson=True,
    )
    write("targets", {"objective": "reg:squarederror"}, targets, 4, "Three targets, one tree each.", ubjson=True)
    write("targets_poisson", {"objective": "count:poisson"}, np.round(np.abs(targets)), 4, "Each base is its target's.")
    write(
        "labels", {"objective": "binary:logistic"}, labels, 4, "Three yes-or-no questions, one tree each.", ubjson=True
    )
    write("labels_hinge", {"objective": "binary:hinge"}, labels, 3, "Three yes-or-no questions.")
    write("labels_logitraw", {"objective": "binary:logitraw"}, labels, 3, "Three yes-or-no questions, as margins.")
    write("vector_leaves", vectors, targets, 5, "A leaf has a value for each of three targets.", ubjson=True)
    write("vector_leaves_labels", {"objective": "binary:logistic"} | vectors, labels, 4, "Leaves of three labels.")
    write(
        "vector_leaves_softprob",
        {"objective": "multi:softprob", "num_class": 3} | vectors,
        np.digitize(score, [-0.5, 0.8]),
        5,
        "A leaf has a value for each of three classes.",
    )
    write(
        "vector_leaves_parallel",
        {"num_parallel_tree": 2, "subsample": 0.5} | vectors,
        targets,
        2,
        "Two trees of three targets in a round.",
    )


def xgboost_category_fixtures(write):
    """Categories, as rows of numbers hold them."""
    values, score = training_data(SEED + 11, 900, 6)
    generator = np.random.default_rng(SEED + 12)
    sparse = np.array([0, 5, 31, 32, 63, 64, 1000])
    values[:, 0] = generator.integers(0, 3, len(values))
    values[:, 1] = generator.integers(0, 90, len(values))
    values[:, 2] = generator.choice(sparse, len(values))
    score = score + np.sin(3 * values[:, 1]) + (values[:, 0] == 1) + np.isin(values[:, 2], sparse[::2])
    holes = values.copy()
    holes[generator.random(holes.shape) < 0.2] = np.nan
    types = ["c", "c", "c", "q", "q", "q"]
    binary = (score > np.median(score)).astype(np.float32)

    def write_categories(case, parameters, labels, notes, data=values, ubjson=False):
        write(
            case, {"tree_method": "hist"} | parameters, labels, 5, notes, data=data, ubjson=ubjson, feature_types=types
        )

    write_categories(
        "categories",
        {"objective": "binary:logistic", "max_cat_to_onehot": 4},
        binary,
        "Sets and single ones.",
        ubjson=True,
    )
    write_categories(
        "categories_missing",
        {"objective": "binary:logistic", "max_cat_to_onehot": 4},
        binary,
        "A fifth is missing: both default directions occur at categorical splits.",
        data=holes,
        ubjson=True,
    )
    write_categories("categories_onehot", {"max_cat_to_onehot": 200, "max_depth": 6}, score, "One category a split.")
    write_categories("categories_partition", {"max_cat_to_onehot": 1}, score, "Sets also for three categories.")
    write_categories(
        "categories_dart",
        {"booster": "dart", "rate_drop": 0.5, "max_cat_to_onehot": 4},
        score,
        "Weighted trees.",
        data=holes,
    )
    write_categories(
        "categories_softprob",
        {"objective": "multi:softprob", "num_class": 3},
        np.digitize(score, [0, 1.5]),
        "Three classes.",
        data=holes,
    )
