"""CatBoost's fixtures, each as JSON and as CBM."""

import json
import tempfile
from pathlib import Path

import catboost
import numpy as np
from fixture_cases import SEED, hostile_rows, training_data, write_case


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
    if scale == 1:
        # CatBoost explains no model of another scale.
        contributions = model.get_feature_importance(catboost.Pool(inputs), type="ShapValues", thread_count=1)
        arrays["expected_contributions"] = np.asarray(contributions, dtype=np.float64)
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
