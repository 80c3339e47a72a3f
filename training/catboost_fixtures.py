"""CatBoost's fixtures, each as JSON and as CBM."""

import functools
import json
import tempfile
from pathlib import Path

import catboost
import numpy as np
import pandas
from fixture_cases import SEED, hostile_rows, training_data, write_case


FEW_ROWS = (24, 12, 8)
# Integers that no training row holds for a category.
UNKNOWN_CATEGORIES = [-7, 8, 11, 100, 99999, 2**24, 10**9, -(10**9)]


def catboost_pool(values, labels=None, categorical=(), **settings):
    """Rows of numbers as CatBoost takes them: columns of categories must be of integers."""
    if categorical:
        names = settings.pop("feature_names", None) or [f"f{column}" for column in range(values.shape[1])]
        values = pandas.DataFrame(values, columns=names)
        for column in categorical:
            values[names[column]] = values[names[column]].astype(np.int64)
        settings["cat_features"] = list(categorical)
    return catboost.Pool(values, labels, **settings)


def catboost_answers(model, pool, rows):
    # A ranker has no choice of prediction type in its own `predict`.
    margin = catboost.CatBoost.predict(model, pool, prediction_type="RawFormulaVal", thread_count=1)
    return np.asarray(margin, dtype=np.float64), catboost_leaves(model, pool, rows)


def catboost_leaves(model, pool, rows):
    return np.asarray(model.calc_leaf_indexes(pool, thread_count=1), dtype=np.int32).reshape(rows, -1)


def write_catboost(root, case, model, ordinary, notes, nan, categorical=(), is_small=False):
    with tempfile.TemporaryDirectory() as scratch:
        contents = {}
        for format_name in ("json", "cbm"):
            path = Path(scratch) / f"model.{format_name}"
            model.save_model(str(path), format=format_name)
            contents[format_name] = path.read_bytes()
        from_json = catboost.CatBoost().load_model(str(Path(scratch) / "model.json"), format="json")

    thresholds = [np.array([], dtype=np.float32) for _ in range(ordinary.shape[1])]
    for feature in json.loads(contents["json"])["features_info"].get("float_features", []):
        thresholds[feature["flat_feature_index"]] = np.array(feature["borders"] or [], dtype=np.float32)
    inputs = hostile_rows(SEED + 3, ordinary, thresholds, nan, **({"counts": FEW_ROWS} if is_small else {}))
    generator = np.random.default_rng(SEED + 14)
    for column in categorical:
        known = np.unique(ordinary[:, column])
        inputs[:, column] = generator.choice(np.concatenate([np.repeat(known, 3), UNKNOWN_CATEGORIES]), len(inputs))
    pool = catboost_pool(inputs, categorical=categorical, feature_names=model.feature_names_)
    margin, leaves = catboost_answers(model, pool, len(inputs))
    arrays = {"expected_margin": margin, "expected_leaves": leaves}
    if isinstance(model, catboost.CatBoostClassifier):
        arrays["expected_prediction"] = np.asarray(model.predict_proba(pool, thread_count=1), dtype=np.float64)
    else:
        arrays["expected_prediction"] = np.asarray(model.predict(pool, thread_count=1), dtype=np.float64)
    scale, bias = model.get_scale_and_bias()
    if scale == 1 and margin.ndim == 1 and not case.startswith("lossguide"):
        # CatBoost explains no model of another scale; of leaf-wise trees its contributions do not add up to the margin;
        # several dimensions would take much room.
        contributions = model.get_feature_importance(pool, type="ShapValues", thread_count=1)
        arrays["expected_contributions"] = np.asarray(contributions, dtype=np.float64)
    facts = {
        "trainer": f"catboost {catboost.__version__}",
        "notes": notes,
        "trees_in_file": leaves.shape[1],
        "scale": scale,
        "bias": bias,
    }
    for format_name, content in contents.items():
        if format_name == "json":
            # In trees that are not oblivious the JSON keeps no numbers of leaves; CatBoost numbers them when it reads.
            arrays |= {"expected_leaves": catboost_leaves(from_json, pool, len(inputs))}
        write_case(root / f"catboost_{format_name}" / case, f"model.{format_name}", content, inputs, arrays, facts)
        arrays |= {"expected_leaves": leaves}


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

    def write(case, kind, parameters, labels, notes, data=values, nan=True, scale_and_bias=None, **pool_settings):
        names = pool_settings.pop("names", None)
        is_small = pool_settings.pop("is_small", False)
        categorical = pool_settings.get("categorical", ())
        model = kind(**(settings | {"depth": 4, "border_count": 32} | parameters))
        model.fit(catboost_pool(data, labels, feature_names=names, **pool_settings))
        if scale_and_bias:
            model.set_scale_and_bias(*scale_and_bias)
        write_catboost(root, case, model, data, notes, nan, categorical, is_small)

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
    write_small = functools.partial(write, is_small=True)
    catboost_loss_fixtures(write_small, values, score, binary)
    catboost_dimension_fixtures(write_small, values, score, binary)
    catboost_own_fixtures(write_small, values, score)
    catboost_sum_fixture(root, settings, values, score)
    catboost_shape_fixtures(write_small, holes, score, binary)
    catboost_category_fixtures(write_small)


def catboost_loss_fixtures(write, values, score, binary):
    """One dimension: what CatBoost predicts by default."""
    few = {"iterations": 4, "depth": 3, "boost_from_average": False}
    positive = np.exp(np.clip(score, -2, 2))
    write("poisson", catboost.CatBoostRegressor, few | {"loss_function": "Poisson"}, np.round(positive), "Exponent.")
    write(
        "tweedie",
        catboost.CatBoostRegressor,
        few | {"loss_function": "Tweedie:variance_power=1.4"},
        positive,
        "Exponent.",
    )
    for case, loss in [
        ("log_lin_quantile", "LogLinQuantile:alpha=0.7"),
        ("quantile", "Quantile:alpha=0.7"),
        ("huber", "Huber:delta=0.8"),
        ("expectile", "Expectile:alpha=0.3"),
    ]:
        write(case, catboost.CatBoostRegressor, few | {"loss_function": loss}, positive, "The raw value.")
    times = np.where(binary == 1, positive, -positive)
    write("cox", catboost.CatBoostRegressor, few | {"loss_function": "Cox"}, times, "The raw value.")
    bounds = np.stack([positive, np.where(binary == 1, -1, positive * 1.5)], axis=1)
    write("aft", catboost.CatBoostRegressor, few | {"loss_function": "SurvivalAft"}, bounds, "The raw value.")
    groups = np.repeat(np.arange(30), 30)
    for case, loss in [("yeti_rank", "YetiRank"), ("query_rmse", "QueryRMSE"), ("query_softmax", "QuerySoftMax")]:
        write(case, catboost.CatBoostRanker, few | {"loss_function": loss}, binary, "The raw value.", group_id=groups)
    focal = {"loss_function": "Focal:focal_alpha=0.3;focal_gamma=2.0"}
    write("focal", catboost.CatBoostClassifier, few | focal, binary, "Logistic link.")


def catboost_dimension_fixtures(write, values, score, binary):
    """Several dimensions."""
    few = {"iterations": 5, "depth": 3, "boost_from_average": False}
    classes = np.digitize(score, [-0.5, 0.8])
    write("multi_class", catboost.CatBoostClassifier, few | {"loss_function": "MultiClass"}, classes, "Softmax.")
    write(
        "multi_class_text",
        catboost.CatBoostClassifier,
        few | {"loss_function": "MultiClass"},
        np.array(["low", "middle", "high"])[classes],
        "Classes are text.",
    )
    write(
        "multi_class_two",
        catboost.CatBoostClassifier,
        few | {"loss_function": "MultiClass"},
        binary * 7 - 3,
        "Two classes, two dimensions; labels are −3 and 4.",
    )
    write(
        "one_vs_all",
        catboost.CatBoostClassifier,
        few | {"loss_function": "MultiClassOneVsAll"},
        classes,
        "Each class is logistic.",
    )
    labels = np.stack([binary, values[:, 1] > 0, values[:, -1] > 0.5], axis=1).astype(int)
    write(
        "multi_logloss",
        catboost.CatBoostClassifier,
        few | {"loss_function": "MultiLogloss"},
        labels,
        "Three questions.",
    )
    write(
        "multi_cross_entropy",
        catboost.CatBoostClassifier,
        few | {"loss_function": "MultiCrossEntropy"},
        labels * 0.8 + 0.1,
        "Three questions whose labels are probabilities.",
    )
    targets = np.stack([score, np.abs(score), score * 3 - 40], axis=1)
    write(
        "multi_rmse",
        catboost.CatBoostRegressor,
        few | {"loss_function": "MultiRMSE", "boost_from_average": True},
        targets,
        "Three targets, each with its bias.",
    )
    holes = targets.copy()
    holes[::5, 1] = np.nan
    write(
        "multi_rmse_missing",
        catboost.CatBoostRegressor,
        few | {"loss_function": "MultiRMSEWithMissingValues"},
        holes,
        "Three targets, not all known.",
    )
    write(
        "multi_quantile",
        catboost.CatBoostRegressor,
        few | {"loss_function": "MultiQuantile:alpha=0.1,0.5,0.9"},
        score,
        "Three quantiles.",
    )
    write(
        "multi_scale_and_bias",
        catboost.CatBoostClassifier,
        few | {"loss_function": "MultiClass"},
        classes,
        "Scale and biases set after training.",
        scale_and_bias=(0.7310585786300049, [-1.5, 0.1, 2.7]),
    )


class OwnTargets(catboost.MultiTargetCustomObjective):
    """Squared errors of several targets, as a user might write them."""

    def calc_ders_multi(self, approx, target, weight):
        return [wanted - found for found, wanted in zip(approx, target)], [[-1.0, 0.0], [0.0, -1.0]]


class OwnClasses:
    """Squared errors of one margin for each class."""

    def calc_ders_multi(self, approx, target, weight):
        errors = [(1.0 if label == int(target) else 0.0) - found for label, found in enumerate(approx)]
        return errors, [[-1.0 if row == column else 0.0 for column in range(3)] for row in range(3)]


def catboost_own_fixtures(write, values, score):
    """Losses whose predictions are not those of their margins, or nobody's."""
    few = {"iterations": 4, "depth": 3, "boost_from_average": False}
    write(
        "rmse_with_uncertainty",
        catboost.CatBoostRegressor,
        few | {"loss_function": "RMSEWithUncertainty"},
        score,
        "Mean, and the exponent of twice the second dimension.",
    )
    targets = np.stack([score, np.abs(score)], axis=1)
    settings = {"loss_function": OwnTargets(), "eval_metric": "MultiRMSE"}
    write("own_targets", catboost.CatBoostRegressor, few | settings, targets, "The raw values.")
    settings = {"loss_function": OwnClasses(), "eval_metric": "MultiClass", "classes_count": 3}
    classes = np.digitize(score, [-0.5, 0.8])
    write(
        "own_classes",
        lambda **parameters: catboost.CatBoost(parameters),
        few | settings,
        classes,
        "The raw values; no class is named.",
    )


def catboost_sum_fixture(root, settings, values, score):
    parts = []
    for depth in (2, 3):
        model = catboost.CatBoostRegressor(
            **(settings | {"iterations": 2, "depth": depth, "border_count": 32, "loss_function": "MultiRMSE"})
        )
        parts.append(model.fit(values, np.stack([score, -2 * score], axis=1)))
    summed = catboost.sum_models(parts, weights=[0.75, 0.5])
    write_catboost(root, "sum_of_models", summed, values, "Names no loss function.", nan=True, is_small=True)


def catboost_shape_fixtures(write, holes, score, binary):
    """Trees that are not oblivious."""
    few = {"iterations": 5, "boost_from_average": False}
    lossguide = {"grow_policy": "Lossguide", "max_leaves": 12, "depth": 8}
    depthwise = {"grow_policy": "Depthwise", "depth": 4}
    classes = np.digitize(score, [-0.5, 0.8])
    write("lossguide", catboost.CatBoostClassifier, few | lossguide, binary, "Leaf by leaf.", data=holes)
    write("depthwise", catboost.CatBoostRegressor, few | depthwise, score, "Level by level.", data=holes)
    write(
        "depthwise_nan_max",
        catboost.CatBoostRegressor,
        few | depthwise | {"nan_mode": "Max"},
        score,
        "NaN counts as greater than every border.",
        data=holes,
    )
    write(
        "lossguide_multi_class",
        catboost.CatBoostClassifier,
        few | lossguide | {"loss_function": "MultiClass"},
        classes,
        "Leaves of three values.",
        data=holes,
    )
    write(
        "depthwise_multi_rmse",
        catboost.CatBoostRegressor,
        few | depthwise | {"loss_function": "MultiRMSE"},
        np.stack([score, -score, score * score], axis=1),
        "Leaves of three targets.",
    )
    write(
        "lossguide_one_leaf",
        catboost.CatBoostRegressor,
        {"iterations": 3, "grow_policy": "Lossguide", "min_data_in_leaf": 10000},
        score,
        "No tree has a split.",
    )


def catboost_category_fixtures(write):
    """One-hot splits; categories of rows of numbers are integers."""
    values, score = training_data(SEED + 13, 900, 6)
    generator = np.random.default_rng(SEED + 15)
    large = np.array([5, 123456, 16777215, -20])
    values[:, 1] = generator.integers(-2, 5, len(values))
    values[:, 3] = generator.choice(large, len(values))
    score = score + 3 * (values[:, 1] == 3) - 2 * (values[:, 1] == -1) + 2 * np.isin(values[:, 3], large[1:3])
    few = {"iterations": 6, "one_hot_max_size": 10, "boost_from_average": False}
    binary = (score > np.median(score)).astype(int)
    settings = {"data": values, "categorical": (1, 3)}
    note = "Columns 1 and 3 hold categories, some negative or large."
    write("one_hot", catboost.CatBoostClassifier, few, binary, note, **settings)
    write(
        "one_hot_multi_class",
        catboost.CatBoostClassifier,
        few | {"loss_function": "MultiClass"},
        np.digitize(score, [0, 2]),
        note,
        **settings,
    )
    write(
        "one_hot_depthwise",
        catboost.CatBoostRegressor,
        few | {"grow_policy": "Depthwise"},
        score,
        note,
        **settings,
    )
