"""Trains model_repository/xgboost_anomaly: 100 trees of depth 6 on all 37 features."""

from sample_models import model_directory, report, write_feature_names, write_reference
from telemetry import FEATURE_NAMES, split_telemetry
from xgboost import XGBClassifier

NAME = "xgboost_anomaly"


def main():
    (values, labels, _), (held_values, held_labels, held_kinds) = split_telemetry(missing_fraction=0.01)
    model = XGBClassifier(
        n_estimators=100,
        max_depth=6,
        learning_rate=0.1,
        min_child_weight=2,
        subsample=0.8,
        colsample_bytree=0.8,
        objective="binary:logistic",
        tree_method="hist",
        random_state=37,
        n_jobs=1,
    )
    model.fit(values, labels)
    path = model_directory(NAME) / "model.json"
    model.save_model(path)
    write_feature_names(NAME, FEATURE_NAMES)
    training_scores = model.predict_proba(values)[:, 1]
    write_reference(NAME, values, FEATURE_NAMES, ("probabilities", 1, training_scores), training_scores > 0.5)
    scores = model.predict_proba(held_values)[:, 1]
    report(NAME, path, held_labels, (scores > 0.5).astype(int), scores, held_kinds)


if __name__ == "__main__":
    main()
