"""request_pool.py FOLDER: makes the requests of the load tests and what the trainers' libraries answer to them.

Runs in the environment that has the trainers; what it writes needs neither them nor numpy. `pool.pickle` is a list of
requests: {model, rows, form ("json" or "binary"), headers, body, datatype, expected}, where `expected` maps a variant
of the model to the margins' bytes. The sample models have the one variant "". The model `living` has two, whose files
lie beside the pool: `variant_of` tells which of them a version answers with.
"""

import json
import pickle
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "model_repository"
# How many different requests there are of each number of rows.
REQUESTS_BY_ROWS = {1: 64, 7: 16, 64: 8, 1000: 2, 10_000: 1}
LIVING_VARIANTS = ("a", "b")


def variant_of(version):
    """The variant that a version of `living` answers with; every third one is a file that cannot be loaded."""
    return {1: "a", 2: "b"}.get(version % 3)


def json_form(rows):
    """Each value in the fewest digits that give the same float32, missing ones as NaN."""
    tensor = {"name": "features", "shape": list(rows.shape), "datatype": "FP32", "data": []}
    head, tail = json.dumps({"inputs": [tensor], "outputs": [{"name": "margin"}]}, separators=(",", ":")).split("[]")
    values = ",".join(rows.ravel().astype(str)).replace("nan", "NaN")
    return f"{head}[{values}]{tail}".encode(), {"Content-Type": "application/json"}


def binary_form(rows):
    tensor = {"name": "features", "shape": list(rows.shape), "datatype": "FP32"}
    tensor["parameters"] = {"binary_data_size": rows.nbytes}
    output = {"name": "margin", "parameters": {"binary_data": True}}
    head = json.dumps({"inputs": [tensor], "outputs": [output]}, separators=(",", ":")).encode()
    return head + rows.tobytes(), {
        "Content-Type": "application/octet-stream",
        "Inference-Header-Content-Length": str(len(head)),
    }


def requests_of(model, rows, margins, datatype):
    """`margins` maps variants to the margins of all rows."""
    for count, requests in REQUESTS_BY_ROWS.items():
        for first in range(0, count * requests, count):
            piece = rows[first : first + count]
            expected = {variant: found[first : first + count].tobytes() for variant, found in margins.items()}
            for form, make in (("json", json_form), ("binary", binary_form)):
                body, headers = make(piece)
                yield {
                    "model": model,
                    "rows": count,
                    "form": form,
                    "headers": headers,
                    "body": body,
                    "datatype": datatype,
                    "expected": expected,
                }


def train_living(folder, rows, labels):
    """Two small models that differ in every answer; their margins by xgboost."""
    import xgboost

    margins = {}
    for variant, trees in zip(LIVING_VARIANTS, (40, 60)):
        data = xgboost.DMatrix(rows, labels)
        parameters = {"objective": "binary:logistic", "max_depth": 5, "nthread": 1, "seed": trees}
        booster = xgboost.train(parameters, data, trees)
        booster.save_model(folder / f"living-{variant}.json")
        margins[variant] = booster.predict(data, output_margin=True).astype("<f4")
    return margins


def sample_margins(model, rows):
    """A sample model's margins by its trainer's library, in the datatype that its configuration declares."""
    path = next((SAMPLES / model / "1").iterdir())
    if path.suffix == ".cbm":
        import catboost

        classifier = catboost.CatBoostClassifier().load_model(str(path))
        return classifier.predict(rows, prediction_type="RawFormulaVal", thread_count=1).astype("<f8"), "FP64"
    if path.suffix == ".onnx":
        import onnxruntime

        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        found = session.run(["scores"], {session.get_inputs()[0].name: rows})[0]
        return found.reshape(-1).astype("<f4"), "FP32"
    import xgboost

    booster = xgboost.Booster({"nthread": 1}, model_file=path)
    matrix = xgboost.DMatrix(rows, feature_names=booster.feature_names)
    return booster.predict(matrix, output_margin=True).astype("<f4"), "FP32"


def main(folder):
    sys.path.insert(0, str(ROOT / "training"))
    from telemetry import make_telemetry

    folder.mkdir(parents=True, exist_ok=True)
    count = max(rows * requests for rows, requests in REQUESTS_BY_ROWS.items())
    rows, labels, _ = make_telemetry(count, seed=1)
    with_missing, _, _ = make_telemetry(count, seed=2, missing_fraction=0.01)
    pool = []
    for model, features, missing in (
        ("xgboost_anomaly", 37, True),
        ("catboost_anomaly", 36, True),
        ("isolation_forest", 37, False),
    ):
        chosen = (with_missing if missing else rows)[:, :features].copy()
        margins, datatype = sample_margins(model, chosen)
        pool += requests_of(model, chosen, {"": margins}, datatype)
    pool += requests_of("living", rows, train_living(folder, rows, labels), "FP32")
    # Written under another name first: a file that is there is whole.
    temporary = folder / "pool.pickle.new"
    temporary.write_bytes(pickle.dumps(pool))
    temporary.rename(folder / "pool.pickle")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
