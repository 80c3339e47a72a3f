"""The models of the table: trains them, seeded and on one thread, and writes their rows and their trainers' margins.

Each model has a folder: the file that Rowan reads, `rows.f32` (float32, row-major), and `margins.f64`, what the trainer
itself answers for these rows in its raw call. The labels are half noise, so that trees grow to the size that they may
have, as they do on data that is hard to tell apart.
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "training"))

ROWS = 4096
TRAINING_ROWS = 20_000
MISSING_FRACTION = 0.1
FEATURES = 37


def telemetry(count, seed, missing_fraction=0.0):
    from telemetry import make_telemetry

    return np.ascontiguousarray(make_telemetry(count, seed, missing_fraction)[0])


def score(values):
    """What the labels follow: some columns, compared with their medians, and noise of the same size."""
    generator = np.random.default_rng(11)
    filled = np.nan_to_num(values.astype(np.float64))
    above = filled > np.median(filled, axis=0)
    pairs = generator.integers(0, filled.shape[1], size=(40, 2))
    signal = sum(above[:, left] ^ above[:, right] for left, right in pairs) - 20.0
    return signal + signal.std() * generator.standard_normal(len(values))


class TableModel:
    """One row of the table: how it is trained, and which file Rowan reads."""

    def __init__(
        self, name, title, trainer, file, train, features=FEATURES, missing_rows=False, same_as=None, explains=False
    ):
        self.name = name
        self.title = title
        self.trainer = trainer
        self.file = file
        self.train = train
        self.features = features
        self.missing_rows = missing_rows
        # The model whose trees this one has: only the rows, or what is asked about them, differ.
        self.same_as = same_as or name
        # Whether rows are explained instead of predicted; then the margins are the trainer's contributions.
        self.explains = explains
        self.sizes = (1, 512) if explains else (1, 64, 4096)
        self.row_count = 512 if explains else ROWS

    def folder(self, base):
        return base / self.same_as

    def rows_path(self, base):
        return base / f"{self.name}.rows.f32"

    def margins_path(self, base):
        return base / f"{self.name}.margins.f64"

    def rows(self, base):
        return np.fromfile(self.rows_path(base), dtype=np.float32).reshape(-1, self.features)

    def margins(self, base):
        return np.fromfile(self.margins_path(base), dtype=np.float64).reshape(self.row_count, -1)

    def make(self, base):
        """Trains the model, unless that has been done, and writes rows and margins."""
        if self.margins_path(base).exists():
            return False
        folder = self.folder(base)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / self.file).exists():
            values = telemetry(TRAINING_ROWS, 1, 0.0 if self.trainer == "sklearn" else 0.01)[:, : self.features]
            self.train(np.ascontiguousarray(values), score(values), folder)
        rows = telemetry(self.row_count, 2, MISSING_FRACTION if self.missing_rows else 0.0)[:, : self.features]
        rows = np.ascontiguousarray(rows)
        rows.tofile(self.rows_path(base))
        answers = trainer_contributions if self.explains else trainer_margins
        answers(self.trainer, folder / self.file, rows).astype(np.float64).tofile(self.margins_path(base))
        return True


def train_xgboost(rounds, depth, classes=2):
    def train(values, target, folder):
        from xgboost import XGBClassifier

        edges = np.quantile(target, np.linspace(0, 1, classes + 1)[1:-1])
        model = XGBClassifier(
            n_estimators=rounds, max_depth=depth, learning_rate=0.1, tree_method="hist", random_state=37, n_jobs=1
        )
        model.fit(values, np.searchsorted(edges, target))
        model.save_model(folder / "model.json")

    return train


def train_lightgbm(values, target, folder):
    import lightgbm

    parameters = {"objective": "binary", "num_leaves": 31, "num_threads": 1, "seed": 37, "verbose": -1}
    data = lightgbm.Dataset(values, (target > 0).astype(int))
    lightgbm.train(parameters, data, num_boost_round=500).save_model(folder / "model.txt")


def train_catboost(values, target, folder):
    from catboost import CatBoostClassifier

    model = CatBoostClassifier(
        iterations=100,
        depth=6,
        border_count=128,
        random_seed=37,
        thread_count=1,
        verbose=False,
        allow_writing_files=False,
    )
    model.fit(values, (target > 0).astype(int))
    model.save_model(str(folder / "model.cbm"))
    model.save_model(str(folder / "trees.json"), format="json")
    model.save_model(str(folder / "model.cpp"), format="cpp")
    model.save_borders(str(folder / "borders.tsv"))


def train_sklearn(make):
    def train(values, target, folder):
        import joblib
        from export_sklearn import export

        model = make()
        model.fit(values, (target > 0).astype(int))
        # Read back by this program alone.
        joblib.dump(model, folder / "model.joblib")
        export(model, folder / "model.json")

    return train


def isolation_forest():
    from sklearn.ensemble import IsolationForest

    return IsolationForest(n_estimators=100, max_samples=256, random_state=37, n_jobs=1)


def random_forest():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=300, max_depth=12, random_state=37, n_jobs=1)


def histogram_boosting():
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=200, max_leaf_nodes=31, early_stopping=False, random_state=37)


def trainer_margins(trainer, path, rows):
    """The trainer's raw call; an isolation forest gives its score, a random forest its probabilities."""
    if trainer == "xgboost":
        import xgboost

        booster = xgboost.Booster(model_file=path)
        return booster.inplace_predict(rows, predict_type="margin")
    if trainer == "lightgbm":
        import lightgbm

        return lightgbm.Booster(model_file=path).predict(rows, raw_score=True, num_threads=1)
    if trainer == "catboost":
        from catboost import CatBoost

        return CatBoost().load_model(str(path)).predict(rows, prediction_type="RawFormulaVal", thread_count=1)
    return sklearn_answers(load_sklearn(path.parent), rows)


def trainer_contributions(trainer, path, rows):
    """What the trainer's own library says each feature adds; the last column is the mean."""
    if trainer == "xgboost":
        import xgboost

        return xgboost.Booster(model_file=path).predict(xgboost.DMatrix(rows), pred_contribs=True)
    if trainer == "lightgbm":
        import lightgbm

        return lightgbm.Booster(model_file=path).predict(rows.astype(np.float64), pred_contrib=True)
    import catboost

    model = catboost.CatBoost().load_model(str(path))
    return model.get_feature_importance(catboost.Pool(rows), type="ShapValues")


def load_sklearn(folder):
    import joblib

    return joblib.load(folder / "model.joblib")


def sklearn_answers(model, rows):
    """What is compared of a scikit-learn model."""
    if hasattr(model, "score_samples"):
        return model.score_samples(rows)
    return model.decision_function(rows) if hasattr(model, "decision_function") else model.predict_proba(rows)


XGBOOST = train_xgboost(100, 6)
MODELS = [
    TableModel("xgboost", "XGBoost d6 × 100, 37 features", "xgboost", "model.json", XGBOOST),
    TableModel(
        "xgboost_missing",
        "the same, 10 % of values missing",
        "xgboost",
        "model.json",
        XGBOOST,
        missing_rows=True,
        same_as="xgboost",
    ),
    TableModel("catboost", "CatBoost d6 × 100, 36 features", "catboost", "model.cbm", train_catboost, features=36),
    TableModel("lightgbm", "LightGBM 31 leaves × 500", "lightgbm", "model.txt", train_lightgbm),
    TableModel(
        "isolation_forest", "Isolation Forest 100 × 256", "sklearn", "model.json", train_sklearn(isolation_forest)
    ),
    TableModel("random_forest", "Random Forest d12 × 300", "sklearn", "model.json", train_sklearn(random_forest)),
    TableModel(
        "histogram_boosting",
        "HistGradientBoosting 31 × 200",
        "sklearn",
        "model.json",
        train_sklearn(histogram_boosting),
    ),
    TableModel("xgboost_large", "XGBoost d8 × 1000", "xgboost", "model.json", train_xgboost(1000, 8)),
    TableModel("xgboost_classes", "XGBoost 10 classes × 100", "xgboost", "model.json", train_xgboost(100, 6, 10)),
    TableModel(
        "xgboost_treeshap",
        "TreeSHAP, XGBoost d6 × 100",
        "xgboost",
        "model.json",
        XGBOOST,
        same_as="xgboost",
        explains=True,
    ),
    TableModel(
        "catboost_treeshap",
        "TreeSHAP, CatBoost d6 × 100",
        "catboost",
        "model.cbm",
        train_catboost,
        features=36,
        same_as="catboost",
        explains=True,
    ),
    TableModel(
        "lightgbm_treeshap",
        "TreeSHAP, LightGBM 31 × 500",
        "lightgbm",
        "model.txt",
        train_lightgbm,
        same_as="lightgbm",
        explains=True,
    ),
]


def main(base, names):
    for model in MODELS:
        if (not names or model.name in names) and model.make(base):
            print(f"trained {model.title}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
