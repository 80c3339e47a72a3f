"""Trains model_repository/catboost_anomaly: 100 oblivious trees of depth 6 on 36 features, all but the last."""

from catboost import CatBoostClassifier
from sample_models import model_directory, report, write_feature_names, write_reference
from telemetry import FEATURE_NAMES, split_telemetry

NAME = "catboost_anomaly"
FEATURE_COUNT = 36


def main():
    (values, labels, _), (held_values, held_labels, held_kinds) = split_telemetry(missing_fraction=0.01)
    model = CatBoostClassifier(
        iterations=100,
        depth=6,
        learning_rate=0.15,
        border_count=128,
        random_seed=37,
        thread_count=1,
        verbose=False,
        allow_writing_files=False,
    )
    model.fit(values[:, :FEATURE_COUNT], labels)
    path = model_directory(NAME) / "model.cbm"
    model.save_model(str(path))
    write_feature_names(NAME, FEATURE_NAMES[:FEATURE_COUNT])
    values = values[:, :FEATURE_COUNT]
    training_scores = model.predict_proba(values)[:, 1]
    output = ("probabilities", 1, training_scores)
    write_reference(NAME, values, FEATURE_NAMES[:FEATURE_COUNT], output, training_scores > 0.5)
    scores = model.predict_proba(held_values[:, :FEATURE_COUNT])[:, 1]
    report(NAME, path, held_labels, (scores > 0.5).astype(int), scores, held_kinds)


if __name__ == "__main__":
    main()
