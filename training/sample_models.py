"""What the three training scripts share: where a model goes, and the figures and configuration written beside it."""

from pathlib import Path

import drift_reference
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

REPOSITORY = Path(__file__).resolve().parent.parent / "model_repository"


def model_directory(name):
    """The folder of version 1 of a sample model, made if it is not there."""
    directory = REPOSITORY / name / "1"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def write_feature_names(name, feature_names):
    lines = ["# The columns of `features`, in order."]
    lines += [f'features {{ name: "{feature}" }}' for feature in feature_names]
    lines += ["# Served rows are compared with the training set: GET /v2/models/M/drift."]
    lines += ['drift { reference_file: "reference.json" }']
    (REPOSITORY / name / "rowan.pbtxt").write_text("\n".join(lines) + "\n")


SPLIT = """# One name for two models: XGBoost answers 70 % of all users, CatBoost the others, always the same ones.
traffic_split {
  variant { name: "xgboost" model: "xgboost_anomaly" weight: 70 }
  variant { name: "catboost" model: "catboost_anomaly" weight: 30 }
  sticky { cookie: "rowan_key" header: "x-user-id" metadata: "x-user-id" max_age_seconds: 2592000 }
}

"""


def write_split(feature_names):
    """Writes the traffic split of the two classifiers, with the columns of the wider one."""
    lines = ["# The columns of `features`, in order; CatBoost takes all but the last."]
    lines += [f'features {{ name: "{feature}" }}' for feature in feature_names]
    directory = REPOSITORY / "anomaly"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "rowan.pbtxt").write_text(SPLIT + "\n".join(lines) + "\n")


def write_reference(name, values, feature_names, output, anomalous):
    """What the model's rows are compared with: its training set, and what it says about it.

    `output` is (name of the output, element, values of all rows), `anomalous` says which rows the model calls so.
    """
    described = drift_reference.reference(values, feature_names, [output], float(anomalous.mean()))
    drift_reference.write(REPOSITORY / name / "reference.json", described)


def report(name, path, labels, predicted, scores, kinds):
    """Prints the figures of a held-out part, as the README shows them."""
    print(
        f"| `{name}` | {path.stat().st_size / 1000:.0f} kB | {f1_score(labels, predicted):.3f} "
        f"| {precision_score(labels, predicted):.3f} | {recall_score(labels, predicted):.3f} "
        f"| {average_precision_score(labels, scores):.3f} |"
    )
    for kind in sorted(set(kinds[labels == 1])):
        rows = kinds == kind
        print(f"    {kind}: {predicted[rows].mean():.2f} of {rows.sum()} found")
