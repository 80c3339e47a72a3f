"""Drift of served rows against a reference: counts, statistics, gauges, windows, and what writes references.

Expected values are numpy's and scipy's, from the rows that were sent.
"""

import json
import shutil
import subprocess
import sys
import time

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
import xgboost
from inference_client import call, infer_path, tensor
from scipy import stats
from server_process import ROOT, binary_path

sys.path.insert(0, str(ROOT / "training"))
import drift_reference  # noqa: E402
from drift_statistics import kolmogorov, stability_index  # noqa: E402

FEATURES = ["load", "latency", "region", "errors"]
ROWS = 6_000
SETTINGS = "window_rows: 2000 window_seconds: 600"


def sample(rows, seed, shift=0.0, missing=0.02):
    """Four features: one normal, one skewed, one of five values, one that is mostly zero; some values missing."""
    generator = np.random.default_rng(seed)
    columns = [
        generator.normal(shift, 1, rows),
        generator.lognormal(0, 0.7, rows),
        generator.integers(0, 5, rows).astype(float),
        np.where(generator.random(rows) < 0.8, 0, generator.exponential(2, rows)),
    ]
    values = np.stack(columns, axis=1).astype(np.float32)
    values[generator.random(values.shape) < missing] = np.nan
    return values


class Watched:
    """A model's directory with a reference, made by the program under test."""

    def __init__(self, repository, name="watched", settings=SETTINGS, categorical=("region",), named=True):
        self.directory = repository / name
        (self.directory / "1").mkdir(parents=True)
        self.training = sample(ROWS, seed=1)
        self.labels = (np.nan_to_num(self.training[:, 0]) + np.nan_to_num(self.training[:, 1]) > 2.5).astype(int)
        model = xgboost.XGBClassifier(n_estimators=10, max_depth=3, n_jobs=1)
        model.fit(self.training, self.labels)
        self.model = model
        model.save_model(self.directory / "1" / "model.json")
        lines = [f'features {{ name: "{feature}" }}' for feature in FEATURES] if named else []
        self.configuration = "\n".join(lines) + "\n"
        self.configure(settings)
        self.sample_file = repository.parent / f"{name}.npy"
        np.save(self.sample_file, self.training)
        self.reference_answer = self.write_reference(categorical)
        self.reference = json.loads((self.directory / "reference.json").read_text())

    def configure(self, settings):
        drift = f'drift {{ reference_file: "reference.json" {settings} }}\n'
        (self.directory / "rowan.pbtxt").write_text(self.configuration + drift)

    def write_reference(self, categorical=(), source=None):
        options = ["--categorical", ",".join(categorical)] if categorical else []
        return run("drift", "reference", self.directory, source or self.sample_file, *options)


def run(*arguments):
    return subprocess.run([binary_path(), *map(str, arguments)], capture_output=True, text=True, timeout=120)


@pytest.fixture
def watched(tmp_path):
    repository = tmp_path / "repository"
    repository.mkdir()
    return Watched(repository)


def send(server, rows, name="watched", size=100, binary=True, outputs=("probabilities",)):
    """Sends rows in requests of `size`."""
    for first in range(0, len(rows), size):
        part = rows[first : first + size]
        wanted = [{"name": output} for output in outputs]
        if binary:
            data = np.ascontiguousarray(part, dtype=np.float32).tobytes()
            described = {"name": "features", "shape": list(part.shape), "datatype": "FP32"}
            described["parameters"] = {"binary_data_size": len(data)}
            head = json.dumps({"inputs": [described], "outputs": wanted}).encode()
            headers = {"Inference-Header-Content-Length": str(len(head))}
            answer = call(server, "POST", infer_path(name), head + data, headers)
        else:
            body = json.dumps({"inputs": [tensor(part)], "outputs": wanted})
            answer = call(server, "POST", infer_path(name), body)
        assert answer.status == 200, answer.body


def drift(server, name="watched", version=None):
    path = f"/v2/models/{name}" + (f"/versions/{version}" if version else "") + "/drift"
    answer = call(server, "GET", path)
    assert answer.status == 200, answer.body
    return answer.json


def gauges(server):
    """The samples of the metrics page by name and labels."""
    text = call(server, "GET", "/metrics", port=server.metrics_port).body.decode()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


def classes_of(described, values):
    """How numpy counts values over the classes of a reference's variable; the missing ones come last."""
    values = np.asarray(values, dtype=np.float64)
    present = values[~np.isnan(values)]
    missing = len(values) - len(present)
    if "categories" in described:
        counts = [int((present == category).sum()) for category in described["categories"]]
        return [*counts, len(present) - sum(counts), missing]
    edges = described["edges"]
    bins = np.bincount(np.searchsorted(edges, present, side="right"), minlength=len(edges) + 1)
    return [*bins.tolist(), missing]


def check_variable(found, described, values):
    """A variable of an answer against numpy and scipy."""
    expected = classes_of(described, values)
    reference = described["counts"] + ([described["other"]] if "categories" in described else [])
    reference = [*reference, described["missing"]]
    assert found["counts"] == expected, described["name"]
    assert found["reference_counts"] == reference
    assert found["psi"] == pytest.approx(stability_index(reference, expected), abs=1e-12)
    assert found["missing_rate"] == pytest.approx(np.isnan(values).mean(), abs=1e-12)
    present = values[~np.isnan(values)]
    if "categories" in described:
        assert found["ks"] is None and found["ks_p_value"] is None
        outside = ~np.isin(present, described["categories"])
    else:
        distance, probability = kolmogorov(reference[:-1], expected[:-1])
        assert found["ks"] == pytest.approx(distance, abs=1e-12)
        # Of less than 140 effective rows scipy computes the exact probability.
        rows = (sum(reference[:-1]), sum(expected[:-1]))
        is_exact = rows[0] * rows[1] / sum(rows) < 140
        assert found["ks_p_value"] == pytest.approx(probability, rel=1e-5, abs=1e-4 if is_exact else 1e-9)
        outside = (present < described["min"]) | (present > described["max"])
    assert found["out_of_range_rate"] == pytest.approx(outside.sum() / len(values), abs=1e-12)


# ----------------------------------------------------------------------------------------------------------------------
# References


def test_a_reference_is_what_numpy_says(watched):
    assert watched.reference_answer.returncode == 0, watched.reference_answer.stderr
    scores = watched.model.predict_proba(watched.training)[:, 1]
    twin = drift_reference.reference(
        watched.training, FEATURES, [("probabilities", 1, scores)], float((scores > 0.5).mean())
    )
    for found, expected in zip(watched.reference["features"], twin["features"], strict=True):
        if found["name"] == "region":
            values = watched.training[:, 2]
            assert found["categories"] == [0, 1, 2, 3, 4] and found["other"] == 0
            assert found["counts"] == [int((values == region).sum()) for region in range(5)]
            assert found["missing"] == int(np.isnan(values).sum())
        else:
            assert found == expected
    assert watched.reference["outputs"] == twin["outputs"]
    assert watched.reference["anomaly_rate"] == twin["anomaly_rate"]


def test_samples_come_as_csv_with_columns_in_any_order(watched, tmp_path):
    source = tmp_path / "sample.csv"
    order = [2, 0, 3, 1]
    with source.open("w") as file:
        file.write("time," + ",".join(f'"{FEATURES[column]}"' for column in order) + "\r\n")
        for number, row in enumerate(watched.training):
            cells = ["" if np.isnan(row[column]) else repr(float(row[column])) for column in order]
            file.write(f"{number}," + ",".join(cells) + "\r\n")
    assert watched.write_reference(("region",), source).returncode == 0
    assert json.loads((watched.directory / "reference.json").read_text()) == watched.reference
    answer = run("drift", "reference", watched.directory, source, "--output", "-", "--bins", "4")
    assert len(json.loads(answer.stdout)["features"][0]["edges"]) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PAR1....PAR1", ["Parquet", "training/parquet_to_csv.py"]),
        (b"a,b\n1,2\n", ["no column 'load'"]),
        (b"1,2\n3,4\n", ["2 columns, the model takes 4 features"]),
        (b"load,latency,region,errors\n1,2,3,x\n", [":2:", "field 4, 'x', is no number"]),
        (b"load,latency,region,errors\n1,2,3,4\n", ["1 rows, a reference needs 100 or more"]),
        (b"\x93NUMPY\x01\x00\x02\x00{}", ["shape"]),
    ],
)
def test_a_sample_that_cannot_be_used_is_refused_with_the_reason(watched, tmp_path, content, words):
    source = tmp_path / "sample"
    source.write_bytes(content)
    answer = watched.write_reference(source=source)
    assert answer.returncode == 1
    for word in words:
        assert word in answer.stderr
    assert json.loads((watched.directory / "reference.json").read_text()) == watched.reference


def test_parquet_is_converted_by_the_script_that_the_refusal_names(watched, tmp_path):
    table = pyarrow.table({name: watched.training[:, column] for column, name in enumerate(FEATURES)})
    pyarrow.parquet.write_table(table, tmp_path / "sample.parquet")
    script = ROOT / "training" / "parquet_to_csv.py"
    target = tmp_path / "sample.csv"
    subprocess.run([sys.executable, script, tmp_path / "sample.parquet", target], check=True, timeout=120)
    assert watched.write_reference(("region",), target).returncode == 0
    assert json.loads((watched.directory / "reference.json").read_text()) == watched.reference


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"rows": 6000', '"rows": 6001', ["add up to 6000, not to 6001"]),
        ('"name": "load"', '"name": "laod"', ["feature 1 is 'laod' there and 'load' in the model"]),
        ('"name": "probabilities"', '"name": "score"', ["no output 'score'"]),
        ('"element": 1', '"element": 2', ["element 2 is not there"]),
        ('"missing"', '"mising"', ["reference.json:3:", "no member 'mising'"]),
    ],
)
def test_a_reference_that_is_wrong_makes_its_model_unavailable_and_says_where(watched, old, new, words):
    path = watched.directory / "reference.json"
    path.write_text(path.read_text().replace(old, new, 1))
    answer = run("check", watched.directory.parent)
    assert answer.returncode == 1
    for word in words:
        assert word in answer.stdout


def test_a_reference_that_is_missing_is_named_and_can_be_made(watched):
    (watched.directory / "reference.json").unlink()
    answer = run("check", watched.directory.parent)
    assert answer.returncode == 1 and "reference_file 'reference.json' cannot be read" in answer.stdout
    assert watched.write_reference(("region",)).returncode == 0
    assert run("check", watched.directory.parent).returncode == 0


# ----------------------------------------------------------------------------------------------------------------------
# Windows and statistics


@pytest.mark.parametrize(("size", "binary"), [(1, False), (37, True), (1500, True)], ids=["json", "batch", "one"])
def test_every_row_is_counted_as_numpy_counts_it(start_server, watched, size, binary):
    server = start_server("--threads", "2", repositories=[watched.directory.parent])
    rows = sample(1_500, seed=2, shift=0.3, missing=0.05)
    if not binary:
        rows = rows[:120]
    rows[0] = [np.inf, -np.inf, 7, -0.0]
    send(server, rows, size=size, binary=binary)
    found = drift(server)
    assert found["model"] == "watched" and found["version"] == "1"
    assert found["window"]["rows"] == len(rows)
    assert found["window"]["judged"] == (len(rows) >= 1_000)
    assert found["reference"]["rows"] == ROWS
    assert [feature["name"] for feature in found["features"]] == FEATURES
    for column, feature in enumerate(found["features"]):
        check_variable(feature, watched.reference["features"][column], rows[:, column].astype(np.float64))
    scores = watched.model.predict_proba(rows)[:, 1].astype(np.float64)
    check_variable(found["outputs"][0], watched.reference["outputs"][0], scores)
    assert found["anomaly_rate"]["rows"] == len(rows)
    assert found["anomaly_rate"]["rate"] == pytest.approx((scores > 0.5).mean())
    change = (scores > 0.5).mean() / watched.reference["anomaly_rate"] - 1
    assert found["anomaly_rate"]["change"] == pytest.approx(change)


def test_rows_of_large_requests_are_counted_too(start_server, watched):
    server = start_server("--threads", "2", repositories=[watched.directory.parent])
    rows = sample(40_000, seed=3)
    send(server, rows, size=len(rows))
    found = drift(server)
    # A window keeps what came at once.
    assert found["window"]["rows"] == len(rows)
    for column, feature in enumerate(found["features"]):
        check_variable(feature, watched.reference["features"][column], rows[:, column].astype(np.float64))
    scores = watched.model.predict_proba(rows)[:, 1].astype(np.float64)
    check_variable(found["outputs"][0], watched.reference["outputs"][0], scores)


def test_a_shifted_feature_is_seen_and_the_others_are_not(start_server, watched):
    server = start_server(repositories=[watched.directory.parent])
    send(server, sample(2_000, seed=4))
    calm = drift(server)
    assert calm["level"] == "stable" and all(feature["psi"] < 0.05 for feature in calm["features"])
    assert all(feature["ks_p_value"] > 1e-4 for feature in calm["features"] if feature["ks"] is not None)
    send(server, sample(2_500, seed=5, shift=1.5))
    shifted = drift(server)
    by_name = {feature["name"]: feature for feature in shifted["features"]}
    assert by_name["load"]["level"] == "alert" and by_name["load"]["psi"] > 0.3
    assert by_name["load"]["ks_p_value"] < 1e-12
    assert all(by_name[name]["level"] == "stable" for name in FEATURES if name != "load")
    assert shifted["outputs"][0]["level"] == "alert" and shifted["anomaly_rate"]["level"] == "alert"
    page = gauges(server)
    for feature in shifted["features"]:
        labels = f'{{model="watched",feature="{feature["name"]}"}}'
        assert page["feature_drift_psi" + labels] == pytest.approx(feature["psi"])
        if feature["ks"] is None:
            assert "feature_drift_ks" + labels not in page
        else:
            assert page["feature_drift_ks" + labels] == pytest.approx(feature["ks"])
        assert page["feature_missing_rate" + labels] == pytest.approx(feature["missing_rate"])
        assert page["feature_out_of_range_rate" + labels] == pytest.approx(feature["out_of_range_rate"])
    output = '{model="watched",output="probabilities",element="1"}'
    assert page["prediction_drift_psi" + output] == pytest.approx(shifted["outputs"][0]["psi"])
    assert page['anomaly_rate_change{model="watched"}'] == pytest.approx(shifted["anomaly_rate"]["change"])
    assert page['drift_window_rows{model="watched"}'] == shifted["window"]["rows"]
    assert any("feature load" in line and "rows of a model have drifted" in line for line in server.lines)
    # And back: the window forgets.
    send(server, sample(4_000, seed=6))
    assert drift(server)["level"] == "stable"


def test_values_that_go_missing_are_seen(start_server, watched):
    server = start_server(repositories=[watched.directory.parent])
    rows = sample(2_000, seed=7)
    rows[:1_000, 1] = np.nan
    send(server, rows)
    feature = drift(server)["features"][1]
    assert feature["level"] == "alert" and feature["missing_rate"] > 0.49
    assert feature["reference_missing_rate"] == pytest.approx(watched.reference["features"][1]["missing"] / ROWS)


def test_a_sample_of_the_rows_is_enough(start_server, watched):
    watched.configure(SETTINGS + " sample_fraction: 0.25")
    server = start_server(repositories=[watched.directory.parent])
    rows = sample(8_000, seed=8)
    send(server, rows[:4_000], size=50)
    send(server, rows[4_000:], size=4_000)
    found = drift(server)
    # The window holds 2,000 rows and what came at once.
    assert 1_700 < found["window"]["rows"] < 3_000
    assert found["level"] == "stable" and found["window"]["sample_fraction"] == 0.25


def test_only_outputs_that_were_asked_for_are_counted(start_server, watched):
    server = start_server(repositories=[watched.directory.parent])
    send(server, sample(300, seed=9), outputs=("label",))
    found = drift(server)
    assert found["window"]["rows"] == 300 and found["outputs"][0]["rows"] == 0
    assert found["outputs"][0]["psi"] is None and found["anomaly_rate"]["rows"] == 300


def test_a_window_ends_after_its_seconds(start_server, watched):
    watched.configure("window_rows: 100000 window_seconds: 2")
    server = start_server(repositories=[watched.directory.parent])
    send(server, sample(500, seed=10))
    assert drift(server)["window"]["rows"] == 500
    deadline = time.monotonic() + 10
    while drift(server)["window"]["rows"]:
        assert time.monotonic() < deadline, "the window does not forget"
        time.sleep(0.2)


def test_a_reload_keeps_rows_that_mean_the_same_and_forgets_others(start_server, watched):
    options = ("--model-control-mode", "explicit", "--load-model", "*")
    server = start_server(*options, repositories=[watched.directory.parent])
    load = "/v2/repository/models/watched/load"
    send(server, sample(400, seed=11))
    assert drift(server)["window"]["rows"] == 400
    watched.configure(SETTINGS + " psi_alert: 0.5")
    assert call(server, "POST", load, "{}").status == 200
    kept = drift(server)
    assert kept["window"]["rows"] == 400 and kept["thresholds"]["psi_alert"] == 0.5
    send(server, sample(100, seed=12))
    assert drift(server)["window"]["rows"] == 500
    assert watched.write_reference().returncode == 0
    assert call(server, "POST", load, "{}").status == 200
    assert drift(server)["window"]["rows"] == 0


# ----------------------------------------------------------------------------------------------------------------------
# The endpoint


def test_the_sample_models_watch_themselves(server):
    for name in ("xgboost_anomaly", "catboost_anomaly", "isolation_forest"):
        found = drift(server, name)
        assert found["reference"]["rows"] == 60_000 and len(found["features"]) in (36, 37)
        assert drift(server, name, version=1)["model"] == name


def test_a_model_without_a_reference_has_no_drift(start_server, watched):
    (watched.directory / "rowan.pbtxt").write_text(watched.configuration)
    server = start_server(repositories=[watched.directory.parent])
    answer = call(server, "GET", "/v2/models/watched/drift")
    assert answer.status == 404 and "is not watched" in answer.error
    assert call(server, "GET", "/v2/models/nobody/drift").status == 404
    assert call(server, "POST", "/v2/models/watched/drift").status == 405
    assert not any(name.startswith("feature_drift") for name in gauges(server))


def test_the_probability_is_scipys_for_two_samples():
    # The twin of this file against scipy's own statement of the same test.
    generator = np.random.default_rng(13)
    first, second = generator.integers(0, 10, 3_000), generator.integers(0, 10, 5_000) % 9
    counts = [np.bincount(values, minlength=10) for values in (first, second)]
    result = stats.ks_2samp(first, second, method="asymp")
    assert kolmogorov(*counts) == pytest.approx((result.statistic, result.pvalue))


def test_the_directory_of_a_model_may_be_copied_without_its_reference(watched, tmp_path):
    copy = tmp_path / "copy" / "watched"
    shutil.copytree(watched.directory, copy)
    (copy / "rowan.pbtxt").write_text(watched.configuration)
    (copy / "reference.json").unlink()
    assert run("check", copy.parent).returncode == 0
