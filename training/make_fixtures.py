"""Writes Tests/TreeEnsemblesTests/Fixtures: small models with what their own trainers answer.

    python make_fixtures.py ../Tests/TreeEnsemblesTests/Fixtures [format …]

Every case is a folder with the model file, `inputs.f32` or, where the trainer takes doubles, `inputs.f64` (row-major,
little-endian) and the trainer's answers as raw little-endian arrays; `fixture.json` says what each file holds. The
rows hold training-like values, values exactly on a threshold and one ulp beside it, NaN where the trainer takes it,
both infinities, -0.0, denormals and huge values.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import catboost
import numpy as np
import onnx
import onnxruntime
import skl2onnx
import sklearn
import xgboost
from fixture_cases import FLOAT32, SEED, hostile_rows, training_data, write_case
from lightgbm_fixtures import lightgbm_fixtures
from onnx_fixtures import onnx_tree_fixtures
from sklearn.ensemble import IsolationForest
from sklearn_fixtures import sklearn_fixtures

# XGBoost


def xgboost_thresholds(model, features):
    found = [set() for _ in range(features)]
    for tree in model["learner"]["gradient_booster"].get("gbtree", model["learner"]["gradient_booster"])["model"][
        "trees"
    ]:
        for left, feature, threshold in zip(tree["left_children"], tree["split_indices"], tree["split_conditions"]):
            if left != -1:
                found[feature].add(np.float32(threshold))
    return [np.array(sorted(values), dtype=np.float32) for values in found]


def xgboost_answers(booster, inputs, trees):
    """Margin, prediction and leaves over the first `trees` boosting rounds (0: all)."""
    rounds = (0, trees)
    # A DMatrix refuses infinities; the largest finite values take the same path through every finite threshold.
    finite = np.clip(inputs, -FLOAT32.max, FLOAT32.max)
    matrix = xgboost.DMatrix(finite, feature_names=booster.feature_names)
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


def write_xgboost(root, case, booster, ordinary, notes, ubjson=False, nan=True, edit=None):
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

    inputs = hostile_rows(SEED + 1, ordinary, xgboost_thresholds(json.loads(text), ordinary.shape[1]), nan)
    best = booster.attr("best_iteration")
    rounds = int(best) + 1 if best is not None else 0
    margin, prediction, leaves = xgboost_answers(booster, inputs, rounds)
    arrays = {"expected_margin": margin, "expected_prediction": prediction, "expected_leaves": leaves}
    facts = {"trainer": f"xgboost {xgboost.__version__}", "notes": notes, "trees_in_file": leaves.shape[1]}
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
    names = settings.pop("feature_names", None)
    matrix = xgboost.DMatrix(values, label=labels, feature_names=names)
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


# CatBoost


def catboost_answers(model, inputs):
    pool = catboost.Pool(inputs)
    margin = model.predict(pool, prediction_type="RawFormulaVal", thread_count=1)
    leaves = model.calc_leaf_indexes(pool, thread_count=1)
    return np.asarray(margin, dtype=np.float64), np.asarray(leaves, dtype=np.int32).reshape(len(inputs), -1)


def write_catboost(root, case, model, ordinary, notes, nan):
    with tempfile.TemporaryDirectory() as scratch:
        contents = {}
        for format_name in ("json", "cbm"):
            path = Path(scratch) / f"model.{format_name}"
            model.save_model(str(path), format=format_name)
            contents[format_name] = path.read_bytes()

    thresholds = [np.array([], dtype=np.float32) for _ in range(ordinary.shape[1])]
    for feature in json.loads(contents["json"])["features_info"]["float_features"]:
        thresholds[feature["flat_feature_index"]] = np.array(feature["borders"] or [], dtype=np.float32)
    inputs = hostile_rows(SEED + 3, ordinary, thresholds, nan)
    margin, leaves = catboost_answers(model, inputs)
    arrays = {"expected_margin": margin, "expected_leaves": leaves}
    if isinstance(model, catboost.CatBoostClassifier):
        arrays["expected_prediction"] = np.asarray(model.predict_proba(inputs, thread_count=1), dtype=np.float64)
    else:
        arrays["expected_prediction"] = np.asarray(model.predict(inputs, thread_count=1), dtype=np.float64)
    scale, bias = model.get_scale_and_bias()
    facts = {
        "trainer": f"catboost {catboost.__version__}",
        "notes": notes,
        "trees_in_file": leaves.shape[1],
        "scale": scale,
        "bias": bias,
    }
    for format_name, content in contents.items():
        write_case(root / f"catboost_{format_name}" / case, f"model.{format_name}", content, inputs, arrays, facts)


def catboost_fixtures(root):
    values, score = training_data(SEED + 7, 900, 10)
    binary = (score > 0.5).astype(int)
    holes = values.copy()
    holes[np.random.default_rng(SEED + 8).random(holes.shape) < 0.25] = np.nan
    settings = {
        "random_seed": SEED % 1000,
        "thread_count": 1,
        "verbose": False,
        "allow_writing_files": False,
        "boost_from_average": True,
    }

    def write(case, kind, parameters, labels, notes, data=values, nan=True, names=None, scale_and_bias=None):
        model = kind(**(settings | {"depth": 4, "border_count": 32} | parameters))
        model.fit(catboost.Pool(data, labels, feature_names=names))
        if scale_and_bias:
            model.set_scale_and_bias(*scale_and_bias)
        write_catboost(root, case, model, data, notes, nan)

    classifier, regressor = catboost.CatBoostClassifier, catboost.CatBoostRegressor
    write(
        "logloss",
        classifier,
        {"iterations": 20, "depth": 6, "boost_from_average": False},
        binary,
        "Trained without missing values: NaN is compared as it is.",
    )
    write("logloss_from_average", classifier, {"iterations": 10}, binary, "The bias is not zero.")
    write("cross_entropy", classifier, {"iterations": 8, "loss_function": "CrossEntropy"}, binary, "Logistic link.")
    write("rmse", regressor, {"iterations": 20}, score, "Bias is the mean of the labels.")
    write("mae", regressor, {"iterations": 8, "loss_function": "MAE"}, score, "Identity link.")
    write(
        "nan_min",
        classifier,
        {"iterations": 15, "nan_mode": "Min", "boost_from_average": False},
        binary,
        "NaN counts as less than every border.",
        data=holes,
    )
    write(
        "nan_max",
        classifier,
        {"iterations": 15, "nan_mode": "Max", "boost_from_average": False},
        binary,
        "NaN counts as greater than every border.",
        data=holes,
    )
    write(
        "nan_forbidden",
        classifier,
        {"iterations": 8, "nan_mode": "Forbidden", "boost_from_average": False},
        binary,
        "Trained with NaN forbidden; rows hold NaN all the same.",
    )
    write(
        "scale_and_bias",
        regressor,
        {"iterations": 8},
        score,
        "Scale and bias set after training.",
        scale_and_bias=(0.7310585786300049, -12.345678901234567),
    )
    write("depth_1", classifier, {"iterations": 40, "depth": 1, "boost_from_average": False}, binary, "Stumps.")
    write("depth_8", classifier, {"iterations": 6, "depth": 8, "boost_from_average": False}, binary, "256 leaves.")
    write("many_borders", regressor, {"iterations": 25, "border_count": 254}, score, "254 borders a feature.")
    write(
        "feature_names",
        classifier,
        {"iterations": 6, "boost_from_average": False},
        binary,
        "Named features.",
        names=["cpu", "mem", "disk io", "net/rx", 'lat "p99"', "été", "err", "load", "iowait", "swap"],
    )
    text_labels = np.where(binary == 1, "anomaly", "normal")
    write(
        "text_labels",
        classifier,
        {"iterations": 6, "boost_from_average": False},
        text_labels,
        "Class names are text; columns of the prediction are anomaly, normal.",
    )


# scikit-learn's isolation forest as ONNX


def isolation_thresholds(model, features):
    found = [set() for _ in range(features)]
    for tree, columns in zip(model.estimators_, model.estimators_features_):
        for feature, threshold in zip(tree.tree_.feature, tree.tree_.threshold):
            if feature >= 0:
                found[columns[feature]].add(np.float32(threshold))
    return [np.array(sorted(values), dtype=np.float32) for values in found]


def write_isolation(root, case, model, ordinary, notes, score_samples=False):
    options = {id(model): {"score_samples": True}} if score_samples else None
    exported = skl2onnx.to_onnx(
        model, ordinary[:1], target_opset={"": 15, "ai.onnx.ml": 3}, options=options, name="isolation_forest"
    )
    session_options = onnxruntime.SessionOptions()
    session_options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        exported.SerializeToString(), session_options, providers=["CPUExecutionProvider"]
    )
    inputs = hostile_rows(SEED + 4, ordinary, isolation_thresholds(model, ordinary.shape[1]), nan=False)
    names = [output.name for output in session.get_outputs()]
    answers = dict(zip(names, session.run(names, {session.get_inputs()[0].name: inputs})))
    # scikit-learn refuses infinities; the largest finite values take the same path through every finite threshold.
    finite = np.clip(inputs, -FLOAT32.max, FLOAT32.max)
    leaves = np.stack(
        [tree.apply(finite[:, columns]) for tree, columns in zip(model.estimators_, model.estimators_features_)], axis=1
    )
    arrays = {
        "expected_margin": answers["scores"].reshape(-1),
        "expected_label": answers["label"].reshape(-1),
        "expected_leaves": leaves.astype(np.int32),
        "sklearn_score_samples": model.score_samples(finite).astype(np.float64),
        "sklearn_decision_function": model.decision_function(finite).astype(np.float64),
    }
    if score_samples:
        arrays["expected_score_samples"] = answers["score_samples"].reshape(-1)
    write_case(
        root / "onnx_isolation_forest" / case,
        "model.onnx",
        exported.SerializeToString(),
        inputs,
        arrays,
        {
            "trainer": f"scikit-learn {sklearn.__version__}, skl2onnx {skl2onnx.__version__}, onnx {onnx.__version__}",
            "answers_by": f"onnxruntime {onnxruntime.__version__}, one thread; leaves and sklearn_* by scikit-learn",
            "offset": float(model.offset_),
            "max_samples": int(model.max_samples_),
            "trees_in_file": len(model.estimators_),
            "outputs": names,
            "notes": notes,
        },
    )


def onnx_fixtures(root):
    isolation_fixtures(root)
    onnx_tree_fixtures(root)


def isolation_fixtures(root):
    values, _ = training_data(SEED + 9, 600, 8)

    def write(case, notes, score_samples=False, **parameters):
        model = IsolationForest(random_state=SEED % 1000, n_jobs=1, **parameters).fit(values)
        write_isolation(root, case, model, values, notes, score_samples)

    write("trees_1_samples_8", "One small tree.", n_estimators=1, max_samples=8)
    write("trees_10_samples_32", "Offset −0.5.", n_estimators=10, max_samples=32)
    write(
        "trees_12_samples_64",
        "Contamination 5 %: the offset is fitted.",
        n_estimators=12,
        max_samples=64,
        contamination=0.05,
    )
    write("trees_8_score_samples", "A third output, score_samples.", score_samples=True, n_estimators=8, max_samples=32)
    write("trees_6_samples_256", "Deep enough for impure leaves.", n_estimators=6, max_samples=256)


FAMILIES = {
    "xgboost": xgboost_fixtures,
    "catboost": catboost_fixtures,
    "onnx": onnx_fixtures,
    "lightgbm": lightgbm_fixtures,
    "rowan": sklearn_fixtures,
}


def main():
    root = Path(sys.argv[1])
    for family in sys.argv[2:] or FAMILIES:
        for folder in root.glob(f"{family}_*"):
            shutil.rmtree(folder)
        FAMILIES[family](root)


if __name__ == "__main__":
    main()
