"""Trains model_repository/isolation_forest: 100 trees of 256 samples, unsupervised, exported to ONNX."""

import numpy as np
from sample_models import model_directory, report, write_feature_names, write_reference
from skl2onnx import to_onnx
from sklearn.ensemble import IsolationForest
from telemetry import ANOMALY_FRACTION, FEATURE_NAMES, split_telemetry

NAME = "isolation_forest"


def main():
    (values, _, _), (held_values, held_labels, held_kinds) = split_telemetry()
    model = IsolationForest(
        n_estimators=100, max_samples=256, contamination=ANOMALY_FRACTION, random_state=37, n_jobs=1
    )
    model.fit(values)
    exported = to_onnx(
        model,
        values[:1],
        target_opset={"": 15, "ai.onnx.ml": 3},
        name=NAME,
        options={id(model): {"score_samples": True}},
    )
    path = model_directory(NAME) / "model.onnx"
    path.write_bytes(exported.SerializeToString())
    write_feature_names(NAME, FEATURE_NAMES)
    output = ("score", 0, -model.score_samples(values))
    write_reference(NAME, values, FEATURE_NAMES, output, model.predict(values) < 0)
    scores = -model.score_samples(held_values)
    report(NAME, path, held_labels, (model.predict(held_values) < 0).astype(np.int64), scores, held_kinds)


if __name__ == "__main__":
    main()
