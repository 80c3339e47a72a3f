"""Model files of every other format, asked by tritonclient and answered as their trainers' libraries do.

The models are trained here, saved as their libraries save them, and served from a repository without configuration.
Only XGBoost's old binary form, which no version in use writes, comes from the fixtures with that version's answers.
"""

import sys

import catboost
import lightgbm
import numpy as np
import onnx
import onnxruntime
import pytest
import treelite
import tritonclient.http as triton
import xgboost
from onnx import helper
from server_process import ROOT, ServerProcess
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
)

sys.path.insert(0, str(ROOT / "training"))
from export_sklearn import export  # noqa: E402

FIXTURES = ROOT / "Tests/TreeEnsemblesTests/Fixtures"
BATCHES = [1, 7, 64, 300]
FEATURES = 8
LIGHTGBM = {"verbose": -1, "num_threads": 1, "seed": 7, "deterministic": True, "num_leaves": 15, "min_data_in_leaf": 5}
CATBOOST = {"depth": 4, "random_seed": 7, "thread_count": 1, "verbose": False, "allow_writing_files": False}


def training_rows():
    generator = np.random.default_rng(91)
    rows = generator.standard_normal((700, FEATURES)).astype(np.float32)
    score = rows[:, 0] + rows[:, 1] * rows[:, 2] + np.sin(2 * rows[:, 3])
    return rows, score


def asked_rows(count, missing=True, dtype=np.float32):
    generator = np.random.default_rng(count)
    rows = (generator.standard_normal((count, FEATURES)) * 1.3).astype(dtype)
    rows[generator.random(rows.shape) < 0.05] = 0
    if missing:
        rows[generator.random(rows.shape) < 0.1] = np.nan
    return rows


def lightgbm_booster(labels, rounds=20, **parameters):
    rows, _ = training_rows()
    holes = rows.astype(np.float64) * 1.0000001
    holes[np.random.default_rng(92).random(holes.shape) < 0.1] = np.nan
    settings = LIGHTGBM | parameters
    return lightgbm.train(settings, lightgbm.Dataset(holes, labels, params=settings), num_boost_round=rounds)


def tree_ensemble():
    """Two trees of ai.onnx.ml 5: a set, a comparison, three targets, softmax as ONNX Runtime numbers it."""
    tensors = {
        "nodes_modes": np.array([6, 0, 3, 1], dtype=np.uint8),
        "nodes_splits": np.array([0, 0.25, -0.5, 0.5], dtype=np.float32),
        "leaf_weights": np.array([0.5, -1.25, 2, 0.125, -0.75, 1], dtype=np.float32),
        "membership_values": np.array([0, 1, 2, np.nan], dtype=np.float32),
    }
    node = helper.make_node(
        "TreeEnsemble",
        ["X"],
        ["Y"],
        domain="ai.onnx.ml",
        tree_roots=[0, 2],
        nodes_featureids=[4, 1, 2, 0],
        nodes_truenodeids=[1, 0, 3, 3],
        nodes_falsenodeids=[2, 1, 5, 4],
        nodes_trueleafs=[0, 1, 0, 1],
        nodes_falseleafs=[1, 1, 1, 1],
        leaf_targetids=[0, 1, 2, 0, 1, 2],
        n_targets=3,
        post_transform=2,
        **{name: onnx.numpy_helper.from_array(array) for name, array in tensors.items()},
    )
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info("X", onnx.TensorProto.FLOAT, [None, FEATURES])],
        [helper.make_tensor_value_info("Y", onnx.TensorProto.FLOAT, [None, 3])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("ai.onnx.ml", 5)], ir_version=10)


class Models:
    """The models of this file, by the names under which they are served."""

    def __init__(self):
        rows, score = training_rows()
        binary, classes = (score > 0.5).astype(int), np.digitize(score, [-0.5, 0.8])
        self.lightgbm_binary = lightgbm_booster(binary, objective="binary")
        self.lightgbm_classes = lightgbm_booster(classes, objective="multiclass", num_class=3, rounds=5)
        self.lightgbm_linear = lightgbm_booster(score, objective="regression", linear_tree=True, linear_lambda=0.01)
        booster = xgboost.train(
            {"objective": "binary:logistic", "max_depth": 4, "nthread": 1}, xgboost.DMatrix(rows, label=binary), 20
        )
        self.treelite_xgboost = treelite.frontend.from_xgboost(booster)
        self.treelite_lightgbm = treelite.frontend.from_lightgbm(self.lightgbm_classes)
        self.sklearn_forest = RandomForestClassifier(n_estimators=12, max_depth=6, random_state=7).fit(rows, classes)
        self.sklearn_boosting = GradientBoostingClassifier(n_estimators=12, random_state=7).fit(rows, binary)
        self.sklearn_histogram = HistGradientBoostingRegressor(max_iter=12, random_state=7).fit(rows, score)
        self.sklearn_isolation = IsolationForest(n_estimators=12, random_state=7).fit(rows)
        self.catboost_uncertainty = catboost.CatBoostRegressor(
            iterations=12, loss_function="RMSEWithUncertainty", **CATBOOST
        ).fit(rows, score)
        self.onnx_ensemble = tree_ensemble()

    def save(self, root):
        def path(name, file):
            (root / name / "1").mkdir(parents=True)
            return str(root / name / "1" / file)

        for name, model in vars(self).items():
            kind = name.split("_")[0]
            if kind == "lightgbm":
                model.save_model(path(name, "model.txt"))
            elif kind == "treelite":
                model.serialize(path(name, "checkpoint.tl"))
            elif kind == "sklearn":
                export(model, path(name, "model.json"))
            elif kind == "catboost":
                model.save_model(path(name, "model.cbm"))
            else:
                onnx.save(model, path(name, "model.onnx"))
        for case in ("binary", "softprob"):
            content = (FIXTURES / f"xgboost_binary/version_3_0_{case}/xgboost.model").read_bytes()
            with open(path(f"xgboost_{case}", "xgboost.model"), "wb") as file:
                file.write(content)


@pytest.fixture(scope="module")
def models():
    return Models()


@pytest.fixture(scope="module")
def client(models, tmp_path_factory):
    root = tmp_path_factory.mktemp("formats")
    models.save(root)
    process = ServerProcess([root])
    with triton.InferenceServerClient(process.url) as opened:
        yield opened
    assert process.terminate() == 0, process.log


def infer(client, model, rows):
    datatype = "FP64" if rows.dtype == np.float64 else "FP32"
    tensor = triton.InferInput("features", list(rows.shape), datatype)
    tensor.set_data_from_numpy(np.ascontiguousarray(rows))
    return client.infer(model, [tensor]).as_numpy


def rounded(values):
    return np.asarray(values, dtype=np.float64).astype(np.float32)


def same(found, expected):
    assert found.shape == np.shape(expected), (found.shape, np.shape(expected))
    return np.array_equal(found, expected, equal_nan=True)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("name", ["lightgbm_binary", "lightgbm_classes", "lightgbm_linear"])
def test_lightgbm(client, models, name, batch):
    rows = asked_rows(batch, dtype=np.float64)
    answer, booster = infer(client, name, rows), getattr(models, name)
    assert same(answer("margin"), rounded(booster.predict(rows, raw_score=True, num_threads=1)))
    prediction = booster.predict(rows, num_threads=1)
    if name == "lightgbm_binary":
        assert same(answer("probabilities"), rounded(np.stack([1 - prediction, prediction], axis=1)))
        assert same(answer("label"), (prediction > 0.5).astype(np.int64))
    elif name == "lightgbm_classes":
        assert same(answer("probabilities"), rounded(prediction))
        assert same(answer("label"), prediction.argmax(axis=1))
    else:
        assert same(answer("score"), rounded(prediction))


@pytest.mark.parametrize("batch", BATCHES)
def test_treelite(client, models, batch):
    rows = asked_rows(batch)
    expected = treelite.gtil.predict(models.treelite_xgboost, rows, nthread=1).reshape(batch)
    answer = infer(client, "treelite_xgboost", rows)
    assert same(answer("probabilities")[:, 1], expected)
    margin = treelite.gtil.predict(models.treelite_xgboost, rows, nthread=1, pred_margin=True).reshape(batch)
    assert same(answer("margin"), margin)
    wide = asked_rows(batch, dtype=np.float64)
    expected = treelite.gtil.predict(models.treelite_lightgbm, wide, nthread=1).reshape(batch, 3)
    assert same(infer(client, "treelite_lightgbm", wide)("probabilities"), rounded(expected))


@pytest.mark.parametrize("batch", BATCHES)
def test_sklearn(client, models, batch):
    rows = asked_rows(batch, missing=False)
    forest = infer(client, "sklearn_forest", rows)
    assert same(forest("probabilities"), rounded(models.sklearn_forest.predict_proba(rows)))
    assert same(forest("label"), models.sklearn_forest.predict(rows))
    boosting = infer(client, "sklearn_boosting", rows)
    assert same(boosting("margin"), rounded(models.sklearn_boosting.decision_function(rows)))
    assert same(boosting("label"), models.sklearn_boosting.predict(rows))
    isolation = infer(client, "sklearn_isolation", rows)
    assert same(np.where(isolation("margin") < 0, -1, 1), models.sklearn_isolation.predict(rows))
    assert np.allclose(isolation("score"), -models.sklearn_isolation.score_samples(rows), rtol=2e-7, atol=0)
    wide = asked_rows(batch, dtype=np.float64)
    assert same(infer(client, "sklearn_histogram", wide)("score"), rounded(models.sklearn_histogram.predict(wide)))


@pytest.mark.parametrize("case", ["binary", "softprob"])
def test_xgboost_binary(client, case):
    folder = FIXTURES / f"xgboost_binary/version_3_0_{case}"
    rows = np.fromfile(folder / "inputs.f32", dtype="<f4").reshape(-1, 6)
    expected = np.fromfile(folder / "expected_margin.f32", dtype="<f4").reshape(len(rows), -1)
    margin = infer(client, f"xgboost_{case}", rows)("margin").reshape(len(rows), -1)
    assert same(margin, expected)


@pytest.mark.parametrize("batch", BATCHES)
def test_catboost_uncertainty(client, models, batch):
    rows, model = asked_rows(batch), models.catboost_uncertainty
    answer = infer(client, "catboost_uncertainty", rows)
    raw = model.predict(rows, prediction_type="RawFormulaVal", thread_count=1)
    assert same(answer("margin"), rounded(raw))
    prediction = model.predict(rows, thread_count=1)
    assert same(answer("score")[:, 0], rounded(prediction[:, 0]))
    # CatBoost has an exponential of its own.
    assert np.allclose(answer("score")[:, 1], prediction[:, 1], rtol=1.2e-7, atol=0)


@pytest.mark.parametrize("batch", BATCHES)
def test_onnx_tree_ensemble(client, models, batch):
    rows = np.round(asked_rows(batch) * 2) / 2
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        models.onnx_ensemble.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    assert same(infer(client, "onnx_ensemble", rows)("score"), session.run(["Y"], {"X": rows})[0])
