"""Fixtures of LightGBM's text format: small models with what LightGBM answers, for `make_fixtures.py`."""

import lightgbm
import numpy as np
from fixture_cases import SEED, hostile_rows, training_data, write_case

# The distance from zero up to which values are zero to LightGBM, and its neighbourhood.
ZERO_DISTANCE = np.float64(np.float32(1e-35))
NEAR_ZERO = [
    sign * value
    for value in (
        5e-36,
        1e-35,
        np.nextafter(ZERO_DISTANCE, 0),
        ZERO_DISTANCE,
        np.nextafter(ZERO_DISTANCE, 1),
        2e-35,
    )
    for sign in (1, -1)
]
CATEGORIES = [0, 1, 31, 32, 63, 64, 95, 3.0000001, 3.9999999, -0.0, -0.5, -0.9999999, -1, -7, 2**24, 2**31, -(2**31)]
CATEGORIES += [1e10, 1e300, -1e300, np.nan, np.inf, -np.inf]
SETTINGS = {"verbose": -1, "num_threads": 1, "seed": SEED % 1000, "deterministic": True, "num_leaves": 8}
PLAIN = {"min_data_in_leaf": 5, "min_data_in_bin": 1}


def trees_of(text):
    """The `key=value` lines of every tree."""
    for block in text.replace("\r\n", "\n").split("end of trees")[0].split("\nTree=")[1:]:
        yield dict(line.split("=", 1) for line in block.split("\n")[1:] if line)


def thresholds_of(text, features):
    """Thresholds per feature, and the features that are compared with categories."""
    found = [set() for _ in range(features)]
    categorical = set()
    for tree in trees_of(text):
        columns = [tree.get(key, "").split() for key in ("split_feature", "threshold", "decision_type")]
        for feature, threshold, decision in zip(*columns, strict=True):
            if int(decision) & 1:
                categorical.add(int(feature))
            else:
                found[int(feature)].add(float(threshold))
    return [np.array(sorted(values)) for values in found], categorical


def rows_for(text, ordinary, nan=True):
    """Rows of doubles, of which the first third are float32 values."""
    generator = np.random.default_rng(SEED + 21)
    features = ordinary.shape[1]
    thresholds, categorical = thresholds_of(text, features)
    rows = hostile_rows(SEED + 20, ordinary, thresholds, nan, counts=(12, 4, 4))
    zeros = np.repeat(np.array(NEAR_ZERO)[:, None], features, axis=1)
    mixed = ordinary[generator.integers(0, len(ordinary), size=4)].copy()
    hit = generator.random(mixed.shape) < 0.5
    mixed[hit] = generator.choice(NEAR_ZERO, size=int(hit.sum()))
    with np.errstate(over="ignore"):
        floats = np.float64(np.float32(hostile_rows(SEED + 22, ordinary, thresholds, nan, counts=(6, 4, 2))[:12]))
    rows = np.concatenate([floats, rows, zeros, mixed])
    for feature in categorical:
        known = ordinary[:, feature][np.isfinite(ordinary[:, feature])]
        rows[:, feature] = generator.choice(np.concatenate([known[:40], CATEGORIES]), size=len(rows))
        rows[-len(CATEGORIES) :, feature] = CATEGORIES
    return rows


def write_lightgbm(root, case, text, ordinary, notes):
    booster = lightgbm.Booster(model_str=text)
    inputs = rows_for(text, ordinary)

    def answers(rows, **options):
        return booster.predict(rows, num_threads=1, **options)

    margin, prediction = answers(inputs, raw_score=True), answers(inputs)
    trees = booster.num_trees()
    leaves = answers(inputs, pred_leaf=True) if trees else np.zeros((len(inputs), 0))
    # Category 0 is what −0.5 becomes, and no category is what −1 does; some row must tell them apart.
    categorical = thresholds_of(text, inputs.shape[1])[1]
    negatives = inputs.copy()
    for feature in categorical:
        negatives[inputs[:, feature] == -0.5, feature] = -1
    assert not categorical or not np.array_equal(answers(negatives, raw_score=True), margin, equal_nan=True)
    # What a row gets does not depend on its neighbours.
    for row in range(len(inputs)):
        assert np.array_equal(answers(inputs[row : row + 1], raw_score=True)[0], margin[row], equal_nan=True)
        assert np.array_equal(answers(inputs[row : row + 1])[0], prediction[row], equal_nan=True)
    arrays = {
        "expected_margin": np.asarray(margin, dtype=np.float64),
        "expected_prediction": np.asarray(prediction, dtype=np.float64),
        "expected_leaves": np.asarray(leaves, dtype=np.int32).reshape(len(inputs), -1),
    }
    if trees and "is_linear=1" not in text:
        contributions = np.asarray(answers(inputs, pred_contrib=True), dtype=np.float64)
        arrays["expected_contributions"] = contributions.reshape(*np.shape(margin), -1)
    if booster.num_trees() >= 3 * booster.num_model_per_iteration():
        # `iteration_range`: an average over fewer rounds divides by fewer.
        arrays["rounds_1_to_3_prediction"] = np.asarray(answers(inputs, start_iteration=1, num_iteration=2))
    facts = {"trainer": f"lightgbm {lightgbm.__version__}", "notes": notes, "trees_in_file": trees}
    write_case(root / "lightgbm_text" / case, "model.txt", text.encode(), inputs, arrays, facts)


def with_thresholds(text, replacements):
    """The model with the thresholds of numerical splits replaced, in turn."""
    lines = []
    given = 0
    for line in text.split("\n"):
        if line.startswith("threshold="):
            count = len(line.split("=")[1].split())
            line = "threshold=" + " ".join(replacements[(given + i) % len(replacements)] for i in range(count))
            given += count
        lines.append(line)
    return "\n".join(line for line in lines if not line.startswith("tree_sizes="))


def lightgbm_fixtures(root):
    values, score = training_data(SEED + 12, 700, 8)
    # Sums of float32 values that need more than 24 bits, so that thresholds are true doubles.
    values = values.astype(np.float64) * 1.0000001
    values[:, -1] = np.round(values[:, -1])
    binary = (score > 0.5).astype(float)
    positive = np.exp(np.clip(score, -2, 2))
    classes = np.digitize(score, [-0.5, 0.8]).astype(float)
    holes = values.copy()
    holes[np.random.default_rng(SEED + 13).random(holes.shape) < 0.2] = np.nan
    sparse = holes.copy()
    sparse[np.random.default_rng(SEED + 14).random(holes.shape) < 0.4] = 0
    groups = [70] * 10
    relevance = np.clip(np.round(score + 1), 0, 4)

    def write(case, parameters, labels, notes, data=values, rounds=4, edit=None, dataset=None, train=None, keep=None):
        matrix = lightgbm.Dataset(data, labels, **({"params": SETTINGS} | (dataset or {})))
        booster = lightgbm.train(SETTINGS | PLAIN | parameters, matrix, num_boost_round=rounds, **(train or {}))
        text = booster.model_to_string(num_iteration=keep)
        write_lightgbm(root, case, edit(text) if edit else text, data, notes)

    write("binary", {"objective": "binary"}, binary, "NaN follows the default of its node.", data=holes)
    write("binary_sigmoid", {"objective": "binary", "sigmoid": 0.7}, binary, "Link 1/(1 + exp(−0.7m)).", data=holes)
    write("missing_none", {"objective": "binary", "use_missing": False}, binary, "NaN is zero.", data=sparse)
    write(
        "zero_as_missing",
        {"objective": "binary", "zero_as_missing": True},
        binary,
        "Values near zero and NaN follow the default.",
        data=sparse,
    )
    write("regression", {"objective": "regression"}, score, "Identity link.")
    write("regression_sqrt", {"objective": "regression", "reg_sqrt": True}, score * 3, "Link sign(m) · m².")
    write("regression_l1", {"objective": "regression_l1"}, score, "Identity link, leaves renewed.", data=holes)
    write("huber", {"objective": "huber"}, score, "Identity link.")
    write("fair_sqrt", {"objective": "fair", "reg_sqrt": True}, score, "`sqrt` counts with fair too.")
    write("quantile", {"objective": "quantile", "alpha": 0.8}, score, "Identity link.")
    write("mape", {"objective": "mape"}, positive, "Identity link.")
    write("poisson", {"objective": "poisson"}, np.round(positive), "Exponential link.", data=holes)
    write("gamma", {"objective": "gamma"}, positive, "Exponential link.")
    write("tweedie", {"objective": "tweedie", "tweedie_variance_power": 1.3}, positive, "Exponential link.")
    share = 1 / (1 + np.exp(-score))
    write("cross_entropy", {"objective": "cross_entropy"}, share, "Logistic link.")
    write("cross_entropy_lambda", {"objective": "cross_entropy_lambda"}, share, "Link log(1 + exp(m)).")
    write("lambdarank", {"objective": "lambdarank"}, relevance, "Identity link.", dataset={"group": groups})
    write("rank_xendcg", {"objective": "rank_xendcg"}, relevance, "Identity link.", dataset={"group": groups})
    write("multiclass", {"objective": "multiclass", "num_class": 3}, classes, "Tree t is of class t mod 3.", data=holes)
    write(
        "multiclassova",
        {"objective": "multiclassova", "num_class": 3, "sigmoid": 1.5},
        classes,
        "A logistic link for each class.",
        data=sparse,
    )
    write(
        "multiclass_zero_as_missing",
        {"objective": "multiclass", "num_class": 4, "zero_as_missing": True},
        np.digitize(score, [-1, 0, 1]).astype(float),
        "Softmax of four classes, zeros missing.",
        data=sparse,
        rounds=3,
    )

    def squared_error(margin, matrix):
        return margin - matrix.get_label(), np.ones_like(margin)

    def squared_errors(margin, matrix):
        return margin - np.eye(3)[matrix.get_label().astype(int)], np.ones_like(margin)

    write("custom", {"objective": squared_error}, score, "No objective line: the prediction is the margin.")
    write(
        "custom_of_three", {"objective": squared_errors, "num_class": 3}, classes, "Three margins, no objective line."
    )

    generator = np.random.default_rng(SEED + 15)
    cities = holes.copy()
    cities[:, 2] = generator.integers(0, 90, size=len(cities))
    cities[:, 5] = generator.integers(0, 4, size=len(cities))
    cities[generator.random(len(cities)) < 0.1, 2] = np.nan
    mixed_score = score + 2 * (cities[:, 5] == 0) + np.sin(np.nan_to_num(cities[:, 2]) * 1.7)
    categorical = {"min_data_per_group": 5, "cat_smooth": 1, "max_cat_threshold": 40}
    write(
        "categorical",
        {"objective": "binary"} | categorical,
        (mixed_score > 0.5).astype(float),
        "Sets of one word and of three; members go left.",
        data=cities,
        dataset={"categorical_feature": [2, 5]},
    )
    write(
        "categorical_missing_none",
        {"objective": "regression", "use_missing": False} | categorical,
        mixed_score,
        "NaN goes right of a set where it does not count as missing too.",
        data=cities,
        dataset={"categorical_feature": [2, 5]},
    )
    write(
        "categorical_zero_as_missing",
        {"objective": "multiclass", "num_class": 3, "zero_as_missing": True} | categorical,
        np.digitize(mixed_score, [-0.5, 0.8]).astype(float),
        "Category 0 beside zeros that are missing.",
        data=cities,
        dataset={"categorical_feature": [2, 5]},
        rounds=2,
    )

    forest = {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6, "feature_fraction": 0.8}
    write("rf_binary", {"objective": "binary"} | forest, binary, "The margin is a sum, the link takes an average.")
    write("rf_regression", {"objective": "regression"} | forest, score, "The prediction is an average.", data=holes)
    write(
        "rf_multiclass",
        {"objective": "multiclass", "num_class": 3} | forest,
        classes,
        "Averages over rounds, not over trees.",
        rounds=3,
    )
    write(
        "rf_no_trees",
        {"objective": "regression"} | forest,
        score,
        "An average over no round is NaN.",
        keep=-1,
        edit=without_trees,
    )
    write(
        "dart",
        {"objective": "binary", "boosting": "dart", "drop_rate": 0.5, "skip_drop": 0.2},
        binary,
        "Leaves hold the weights of dropped trees.",
        rounds=8,
    )
    write("goss", {"objective": "binary", "data_sample_strategy": "goss"}, binary, "Sampled by gradient.", rounds=3)
    write("single_leaf", {"objective": "binary", "min_data_in_leaf": 600}, binary, "A tree of one leaf.")
    write(
        "single_leaves",
        {"objective": "multiclass", "num_class": 3, "min_data_in_leaf": 600},
        classes,
        "One leaf for each class.",
    )
    write("stumps", {"objective": "binary", "num_leaves": 2}, binary, "Trees of one split.", rounds=9, data=holes)
    write("no_trees", {"objective": "binary"}, binary, "A forest of no tree.", edit=without_trees)
    write(
        "leaf_wise",
        {"objective": "regression", "num_leaves": 60, "min_data_in_leaf": 2},
        score,
        "Deep, unbalanced trees.",
        data=sparse,
        rounds=2,
    )
    write(
        "many_thresholds",
        {"objective": "regression", "num_leaves": 120, "min_data_in_leaf": 1, "max_bin": 4000},
        values[:, 0] / np.abs(values[:, 0]).max() + score / 9,
        "More than 255 thresholds on one feature.",
        data=values[:, :1],
        rounds=4,
    )
    write(
        "monotone",
        {"objective": "regression", "monotone_constraints": [1, -1] + [0] * 6},
        score,
        "A header with constraints.",
        rounds=2,
    )
    write(
        "feature_names",
        {"objective": "binary"},
        binary,
        "Named features; blanks become underscores.",
        dataset={"feature_name": ["cpu", "mem", "disk io", "net/rx", "a=b", "été", "err", "load"]},
        rounds=2,
    )
    huge = values.copy()
    huge[:, 0] = generator.choice([1e308, -1e308, 1.5e300, 3.0, -np.inf, np.inf, 1e-320, -1e-320], size=len(huge))
    write(
        "huge",
        {"objective": "binary"},
        (huge[:, 0] > 0).astype(float),
        "Infinite and huge values in training.",
        data=huge,
        rounds=3,
    )

    half = len(values) // 2
    for case, keep, notes in (
        ("early_stopped", None, "The file ends with the best round."),
        ("early_stopped_all_rounds", -1, "Saved with num_iteration=-1: rounds behind the best one serve too."),
    ):
        stopping = {
            "valid_sets": [lightgbm.Dataset(values[half:], binary[half:], params=SETTINGS)],
            "callbacks": [lightgbm.early_stopping(3, verbose=False)],
            "keep_training_booster": True,
        }
        write(
            case,
            {"objective": "binary", "learning_rate": 0.9},
            binary[:half],
            notes,
            data=values[:half],
            rounds=40,
            train=stopping,
            keep=keep,
        )

    tiny = [repr(float(value)) for value in NEAR_ZERO] + ["0", "-0", "-5e-324", "1e-300"]
    for case, parameters in (
        ("tiny_thresholds_missing_nan", {}),
        ("tiny_thresholds_missing_none", {"use_missing": False}),
        ("tiny_thresholds_missing_zero", {"zero_as_missing": True}),
    ):
        write(
            case,
            {"objective": "regression"} | parameters,
            score,
            "Thresholds replaced by values around ±1e−35.",
            data=sparse,
            edit=lambda text: with_thresholds(text, tiny),
        )
    linear_fixtures(write, holes, cities, score, mixed_score, classes)
    write(
        "version_3",
        {"objective": "cross_entropy"},
        share,
        "Without the keys that v4 added.",
        edit=as_version_3,
        data=holes,
    )
    write(
        "version_2",
        {"objective": "cross_entropy"},
        share,
        "Older names of keys and objectives.",
        data=holes,
        edit=lambda text: as_version_3(text).replace("v3", "v2").replace("=cross_entropy", "=xentropy"),
    )
    write(
        "carriage_returns",
        {"objective": "binary"},
        binary,
        "Lines end as on Windows; tree_sizes is left out.",
        edit=lambda text: without_tree_sizes(text).replace("\n", "\r\n"),
        rounds=2,
    )
    write(
        "cut_behind_trees",
        {"objective": "binary"},
        binary,
        "Nothing follows the last tree.",
        edit=lambda text: text.split("end of trees")[0],
        rounds=2,
    )


def linear_fixtures(write, holes, cities, score, mixed_score, classes):
    """Leaves that are linear functions; a leaf's value counts where a feature of its function is missing."""
    linear = {"linear_tree": True, "linear_lambda": 0.01, "min_data_in_leaf": 20}

    def write_linear(case, parameters, labels, notes, data=holes, **settings):
        settings["dataset"] = {"params": SETTINGS | linear} | settings.pop("dataset", {})
        write(case, linear | parameters, labels, notes, data=data, **settings)

    write_linear("linear", {"objective": "regression"}, score, "Functions of up to three features.", rounds=5)
    write_linear(
        "linear_binary", {"objective": "binary"}, (score > 0.5).astype(float), "The same with a link.", rounds=3
    )
    write_linear("linear_classes", {"objective": "multiclass", "num_class": 3}, classes, "Three margins.", rounds=2)
    write_linear(
        "linear_categories",
        {"objective": "regression", "use_missing": False, "min_data_per_group": 5, "cat_smooth": 1},
        mixed_score,
        "Functions are of numerical features only; NaN is zero to splits, and missing to functions.",
        data=cities,
        dataset={"categorical_feature": [2, 5]},
    )
    write_linear(
        "linear_rf",
        {"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
        score,
        "The prediction is an average.",
        rounds=3,
    )
    write_linear("linear_dart", {"objective": "regression", "boosting": "dart"}, score, "Weights are applied.")
    write_linear(
        "linear_and_plain",
        {"objective": "regression"},
        score,
        "The second of four trees is not linear.",
        edit=with_a_plain_tree,
    )


def with_a_plain_tree(text):
    """The model with the linear functions of the second tree taken out."""
    before, tree, rest = text.split("\nTree=", 3)[0:2], *text.split("\nTree=", 3)[2:]
    keys = ("leaf_const=", "num_features=", "leaf_features=", "leaf_coeff=")
    lines = [line for line in tree.split("\n") if not line.startswith(keys)]
    plain = "\n".join(lines).replace("is_linear=1", "is_linear=0")
    return without_tree_sizes("\nTree=".join([*before, plain, rest]))


def without_tree_sizes(text):
    return "\n".join(line for line in text.split("\n") if not line.startswith("tree_sizes="))


def without_trees(text):
    header, rest = text.split("tree_sizes=", 1)
    return header + "tree_sizes=\n\nend of trees" + rest.split("end of trees", 1)[1]


def as_version_3(text):
    """What LightGBM 3.0 wrote, which its successors read."""
    lines = [line for line in without_tree_sizes(text).split("\n") if not line.startswith("is_linear=")]
    return "\n".join(lines).replace("version=v4", "version=v3")
