"""Triton's statistics extension, asked by tritonclient and by hand."""

import json
import threading
import time

import numpy as np
import pytest
import tritonclient.http as triton
from inference_client import call, infer_path, tensor
from living_models import ROWS, LivingModel, answering
from test_batching import Asking, make_repository, one
from test_metrics import scrape, value
from trainers import REPOSITORY, SAMPLES, rows_for

MODEL = "all_versions"
DURATION = {"count", "ns"}
PHASES = ["success", "fail", "queue", "compute_input", "compute_infer", "compute_output", "cache_hit", "cache_miss"]


@pytest.fixture
def own_server(start_server):
    return start_server("--threads", "2", repositories=[SAMPLES, REPOSITORY])


def statistics(server, model="", version=""):
    with triton.InferenceServerClient(server.url) as client:
        return client.get_inference_statistics(model, version)["model_stats"]


def post(server, rows, version=None, outputs=None):
    body = {"inputs": [tensor(rows)]}
    if outputs:
        body["outputs"] = [{"name": name} for name in outputs]
    return call(server, "POST", infer_path(MODEL, version), json.dumps(body))


def check_form(entry):
    assert set(entry) == {
        "name",
        "version",
        "last_inference",
        "inference_count",
        "execution_count",
        "inference_stats",
        "response_stats",
        "batch_stats",
        "memory_usage",
    }
    assert list(entry["inference_stats"]) == PHASES
    durations = list(entry["inference_stats"].values())
    for batch in entry["batch_stats"]:
        assert set(batch) == {"batch_size", "compute_input", "compute_infer", "compute_output"}
        durations += [value for key, value in batch.items() if key != "batch_size"]
    for response in entry["response_stats"].values():
        assert set(response) == {"compute_infer", "compute_output", "success", "fail", "empty_response", "cancel"}
        durations += response.values()
    for duration in durations:
        assert set(duration) == DURATION and all(type(value) is int and value >= 0 for value in duration.values())
    for memory in entry["memory_usage"]:
        assert memory["type"] == "CPU" and memory["id"] == 0
        # A split has no forest of its own.
        assert memory["byte_size"] > 0 or entry["name"] == "anomaly"


def test_every_ready_version_is_listed_with_every_member(own_server):
    everything = statistics(own_server)
    for entry in everything:
        check_form(entry)
    listed = call(own_server, "POST", "/v2/repository/index", json.dumps({"ready": True})).json
    assert [(e["name"], e["version"]) for e in everything] == [(e["name"], e["version"]) for e in listed]
    assert [e["version"] for e in statistics(own_server, MODEL)] == ["1", "3"]
    assert [e["version"] for e in statistics(own_server, MODEL, "3")] == ["3"]
    unknown = call(own_server, "GET", "/v2/models/none/stats")
    assert (unknown.status, unknown.error) == (400, "requested model 'none' is not available")
    unknown = call(own_server, "GET", f"/v2/models/{MODEL}/versions/9/stats")
    assert (unknown.status, unknown.error) == (
        400,
        f"requested model version is not available for model '{MODEL}'",
    )
    assert call(own_server, "POST", "/v2/models/stats").status == 405


def test_requests_rows_batches_and_times_are_counted_with_tritons_meaning(own_server):
    sizes = [1, 5, 20, 5]
    begin = time.time_ns() // 1_000_000
    for seed, count in enumerate(sizes):
        assert post(own_server, rows_for(MODEL, count, seed=seed, special=False)).status == 200
    end = time.time_ns() // 1_000_000
    entry = statistics(own_server, MODEL, "3")[0]
    check_form(entry)
    assert begin - 2 <= entry["last_inference"] <= end + 2
    assert entry["inference_count"] == sum(sizes)
    assert entry["execution_count"] == len(sizes)
    stats = entry["inference_stats"]
    for phase in ("success", "queue", "compute_input", "compute_infer", "compute_output"):
        assert stats[phase]["count"] == len(sizes)
    assert stats["fail"] == stats["cache_hit"] == stats["cache_miss"] == {"count": 0, "ns": 0}
    parts = sum(stats[phase]["ns"] for phase in ("queue", "compute_input", "compute_infer", "compute_output"))
    assert stats["success"]["ns"] == parts > 0
    assert [(b["batch_size"], b["compute_infer"]["count"]) for b in entry["batch_stats"]] == [(1, 1), (5, 2), (20, 1)]
    # Each of these requests was alone in its batch.
    for phase in ("compute_input", "compute_infer"):
        assert sum(batch[phase]["ns"] for batch in entry["batch_stats"]) == stats[phase]["ns"]
    assert entry["response_stats"]["0"]["success"]["count"] == len(sizes)
    untouched = statistics(own_server, MODEL, "1")[0]
    assert untouched["last_inference"] == untouched["inference_count"] == 0
    assert untouched["batch_stats"] == [] and untouched["response_stats"] == {}


def test_failures_are_counted_with_their_time(own_server):
    assert post(own_server, np.zeros((1, 3))).status == 400
    fail = statistics(own_server, MODEL, "3")[0]["inference_stats"]["fail"]
    assert fail["count"] == 1 and fail["ns"] > 0


def test_large_requests_are_batches_of_their_own(own_server):
    body = json.dumps({"inputs": [tensor(rows_for("bare_classifier", 20_000, seed=1, special=False))]})
    assert call(own_server, "POST", infer_path("bare_classifier"), body).status == 200
    entry = statistics(own_server, "bare_classifier")[0]
    assert [b["batch_size"] for b in entry["batch_stats"]] == [20_000]
    assert entry["inference_count"] == 20_000 and entry["execution_count"] == 1


def test_rows_of_concurrent_requests_add_up(own_server):
    """Whatever batches they met in: rows are the sizes of batches times how often there was one."""

    def ask(seed):
        for _ in range(30):
            assert post(own_server, rows_for(MODEL, 1 + seed % 3, seed=seed, special=False)).status == 200

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entry = statistics(own_server, MODEL, "3")[0]
    assert entry["inference_count"] == sum(30 * (1 + seed % 3) for seed in range(12))
    assert sum(b["batch_size"] * b["compute_infer"]["count"] for b in entry["batch_stats"]) == entry["inference_count"]
    assert sum(b["compute_infer"]["count"] for b in entry["batch_stats"]) == entry["execution_count"]


def test_batches_of_shared_queues_are_counted_once(start_server, tmp_path):
    settings = "dynamic_batching { max_queue_delay_microseconds: 400000 preferred_batch_size: [ 4 ] }"
    server = start_server("--threads", "2", repositories=[make_repository(tmp_path / "r", {"delayed": settings})])
    for each in [Asking(server, "delayed", one(seed)) for seed in range(4)]:
        each.check()
    entry = statistics(server, "delayed")[0]
    assert [(b["batch_size"], b["compute_infer"]["count"]) for b in entry["batch_stats"]] == [(4, 1)]
    assert entry["execution_count"] == 1 and entry["inference_count"] == 4
    assert entry["batch_stats"][0]["compute_input"]["ns"] == entry["inference_stats"]["compute_input"]["ns"]
    # Every request of the batch counts the batch's whole evaluation, as in Triton.
    infer = entry["batch_stats"][0]["compute_infer"]["ns"]
    assert entry["inference_stats"]["compute_infer"] == {"count": 4, "ns": 4 * infer}


def test_statistics_end_with_the_loaded_model_and_metrics_do_not(start_server, tmp_path):
    model = LivingModel(tmp_path / "repository", "m")
    model.write(1, answering(0))
    options = ("--model-control-mode", "explicit", "--load-model", "*")
    server = start_server(*options, repositories=[tmp_path / "repository"])

    def ask():
        body = json.dumps({"inputs": [tensor(ROWS)]})
        assert call(server, "POST", infer_path("m"), body).status == 200

    ask()
    ask()
    assert statistics(server, "m")[0]["inference_count"] == 2
    model.write(1, answering(1))
    assert call(server, "POST", "/v2/repository/models/m/load").status == 200
    assert statistics(server, "m")[0]["inference_count"] == 0
    ask()
    assert statistics(server, "m")[0]["inference_count"] == 1
    families = scrape(server)
    assert value(families, "nv_inference_count", model="m", version="1") == 3
    assert value(families, "model_prediction_total", model="m", result="0") == 3
    assert value(families, "rowan_model_loads_total", result="success") == 2
    assert call(server, "POST", "/v2/repository/models/m/unload").status == 200
    assert statistics(server) == []
