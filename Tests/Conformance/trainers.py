"""What the trainers' own libraries answer for the served model files, and rows to ask them about."""

import json
from functools import lru_cache
from pathlib import Path

import catboost
import numpy as np
import onnxruntime
import xgboost
from server_process import CONFORMANCE, ROOT

SAMPLES = ROOT / "model_repository"
REPOSITORY = CONFORMANCE / "repository"
BROKEN_REPOSITORY = CONFORMANCE / "broken_repository"
# Of the model `named_features`: the first must be given, column i has the default i / 4.
FEATURE_NAMES = [
    "cpu",
    "memory",
    "disk io",
    "net/rx",
    'latency "p99"',
    "température",
    "errors",
    "load",
    "iowait",
    "swap",
]
LARGEST = np.finfo(np.float32).max
SPECIAL_VALUES = np.array(
    [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -1e-45, 1e30, -1e30, LARGEST, -LARGEST], dtype=np.float32
)


def model_file(name, version=None):
    for root in (SAMPLES, REPOSITORY):
        versions = sorted((root / name).glob("[0-9]*"))
        if versions:
            directory = root / name / str(version) if version else versions[-1]
            return next(directory.iterdir())
    raise AssertionError(f"no such model: {name}")


class XGBoostModel:
    def __init__(self, path):
        self.booster = xgboost.Booster({"nthread": 1}, model_file=path)
        self.features = self.booster.num_features()
        best = self.booster.attr("best_iteration")
        self.best_rounds = int(best) + 1 if best is not None else 0

    def _predict(self, rows, rounds, **options):
        # A DMatrix refuses infinities; the largest finite values take the same path through every finite threshold.
        matrix = xgboost.DMatrix(np.clip(rows, -LARGEST, LARGEST), feature_names=self.booster.feature_names)
        return np.asarray(self.booster.predict(matrix, iteration_range=(0, rounds), **options))

    def _rounds(self, every_tree):
        return 0 if every_tree else self.best_rounds

    def margin(self, rows, every_tree=False):
        return self._predict(rows, self._rounds(every_tree), output_margin=True).astype(np.float32)

    def prediction(self, rows, every_tree=False):
        return self._predict(rows, self._rounds(every_tree)).astype(np.float32)

    def contributions(self, rows, every_tree=False):
        return self._predict(rows, self._rounds(every_tree), pred_contribs=True)

    def leaves(self, rows):
        return self._predict(rows, self.best_rounds, pred_leaf=True).reshape(len(rows), -1).astype(np.int32)

    def probabilities(self, rows, every_tree=False):
        prediction = self.prediction(rows, every_tree)
        if prediction.ndim == 2:
            return prediction
        return np.stack([np.float32(1) - prediction, prediction], axis=1)

    def label(self, rows):
        prediction = self.prediction(rows)
        if prediction.ndim == 2:
            return prediction.argmax(axis=1).astype(np.int64)
        return (prediction > np.float32(0.5)).astype(np.int64)

    def thresholds(self):
        found = [set() for _ in range(self.features)]
        booster = json.loads(self.booster.save_raw("json"))["learner"]["gradient_booster"]
        for tree in booster["model"]["trees"]:
            for left, feature, threshold in zip(tree["left_children"], tree["split_indices"], tree["split_conditions"]):
                if left != -1:
                    found[feature].add(np.float32(threshold))
        return [np.array(sorted(values), dtype=np.float32) for values in found]


class CatBoostModel:
    def __init__(self, path, regression=False):
        self.model = catboost.CatBoostRegressor() if regression else catboost.CatBoostClassifier()
        self.model.load_model(str(path))
        self.features = len(self.model.feature_names_)

    def margin(self, rows):
        return np.asarray(self.model.predict(rows, prediction_type="RawFormulaVal", thread_count=1))

    def probabilities(self, rows):
        return np.asarray(self.model.predict_proba(rows, thread_count=1))

    def label(self, rows):
        return np.asarray(self.model.predict(rows, prediction_type="Class", thread_count=1)).reshape(-1)

    def thresholds(self):
        borders = self.model.get_borders()
        return [np.array(borders.get(feature, []), dtype=np.float32) for feature in range(self.features)]


class IsolationForestModel:
    """ONNX Runtime on the exported forest."""

    def __init__(self, path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.features = self.session.get_inputs()[0].shape[1]

    def _run(self, output, rows):
        return self.session.run([output], {self.session.get_inputs()[0].name: rows})[0].reshape(-1)

    def margin(self, rows):
        return self._run("scores", rows)

    def score(self, rows):
        return -self._run("score_samples", rows)


@lru_cache
def trainer(name, version=None):
    path = Path(model_file(name, version))
    if path.suffix == ".cbm":
        return CatBoostModel(path, regression=name == "bare_catboost")
    if path.suffix == ".onnx":
        return IsolationForestModel(path)
    return XGBoostModel(path)


def rows_for(name, count, seed, special=True, like=None):
    """Rows around the model's thresholds: on them, one ulp beside, between, and (if asked for) NaN and infinities."""
    generator = np.random.default_rng(seed)
    thresholds = trainer(like or name).thresholds()
    rows = np.empty((count, trainer(name).features), dtype=np.float32)
    for feature in range(rows.shape[1]):
        # CatBoost's border for missing values is the lowest float of all.
        near = thresholds[feature][np.abs(thresholds[feature]) < 1e30]
        near = near if len(near) else np.array([0.0, 1.0], dtype=np.float32)
        picked = generator.choice(near, size=count)
        spread = np.float32(near.std() or 1.0)
        kind = generator.integers(0, 5, size=count)
        picked = np.where(kind == 1, np.nextafter(picked, np.float32(np.inf)), picked)
        picked = np.where(kind == 2, np.nextafter(picked, np.float32(-np.inf)), picked)
        noise = (generator.standard_normal(count) * spread).astype(np.float32)
        rows[:, feature] = np.where(kind >= 3, picked + noise, picked)
    if special:
        hit = generator.random(rows.shape) < 0.1
        rows[hit] = generator.choice(SPECIAL_VALUES, size=int(hit.sum()))
    return rows


def ulp_distance(left, right):
    """Distance in float32 steps, elementwise."""

    def ordered(values):
        bits = np.ascontiguousarray(values, dtype=np.float32).view(np.int32).astype(np.int64)
        return np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)

    return np.abs(ordered(left) - ordered(right))
