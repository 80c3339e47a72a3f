"""What the three training scripts share: where a model goes, and the figures and configuration written beside it."""

from pathlib import Path

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
    (REPOSITORY / name / "rowan.pbtxt").write_text("\n".join(lines) + "\n")


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
