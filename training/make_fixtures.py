"""Writes Tests/TreeEnsemblesTests/Fixtures: small models with what their own trainers answer.

    python make_fixtures.py ../Tests/TreeEnsemblesTests/Fixtures [format …]

Every case is a folder with the model file, `inputs.f32` or, where the trainer takes doubles, `inputs.f64` (row-major,
little-endian) and the trainer's answers as raw little-endian arrays; `fixture.json` says what each file holds. The
rows hold training-like values, values exactly on a threshold and one ulp beside it, NaN where the trainer takes it,
both infinities, -0.0, denormals and huge values.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import skl2onnx
import sklearn
from catboost_fixtures import catboost_fixtures
from fixture_cases import FLOAT32, SEED, hostile_rows, training_data, write_case
from lightgbm_fixtures import lightgbm_fixtures
from onnx_fixtures import onnx_tree_fixtures
from sklearn.ensemble import IsolationForest
from sklearn_fixtures import sklearn_fixtures
from treelite_fixtures import treelite_fixtures
from xgboost_fixtures import xgboost_fixtures

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
    "treelite": treelite_fixtures,
}


def main():
    root = Path(sys.argv[1])
    for family in sys.argv[2:] or FAMILIES:
        # `version_…` are XGBoost's, made by older versions.
        for folder in root.glob(f"{family}_*/*"):
            if not folder.name.startswith("version_"):
                shutil.rmtree(folder)
        FAMILIES[family](root)


if __name__ == "__main__":
    main()
