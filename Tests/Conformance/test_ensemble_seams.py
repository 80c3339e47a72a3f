"""Ensembles where they meet other parts: traces, statistics by batch size, reloads while large requests are in work."""

import json
import threading

import numpy as np
import pytest
import tritonclient.http as triton
from inference_client import call, infer, infer_binary, outputs_of, tensor
from living_models import LivingModel, document, wait_until
from span_collector import SpanCollector, attributes
from test_ensembles import EXPLICIT, FEATURES, Chain, ensemble, rows_of, step, twice, write_ensemble
from test_tracing import traces_of

CALLED = ["REQUEST_START", "QUEUE_START", "COMPUTE_START", "COMPUTE_INPUT_END", "COMPUTE_OUTPUT_START", "COMPUTE_END"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    repository = tmp_path_factory.mktemp("seams") / "repository"
    Chain(repository)
    # An ensemble, and a model behind it that reads the same rows.
    write_ensemble(
        repository,
        "outer",
        ensemble(
            [("x", "FP32", FEATURES)],
            [("y", "FP32", 1), ("z", "FP32", 1)],
            step("chain", {"x": "x"}, {"final": "y"}),
            step("second", {"features": "x"}, {"margin": "z"}),
        ),
    )
    return repository


def ask(server, count, **more):
    rows = rows_of(count, seed=count).astype(np.float32)
    if count > 1_000:
        return infer_binary(server, "outer", rows, name="x", **more)
    return infer(server, "outer", [tensor(np.nan_to_num(rows), "x")], **more)


@pytest.mark.parametrize("count", [3, 30_000])
def test_each_call_is_a_trace_with_its_callers_number(repository, start_server, tmp_path, count):
    options = ["level=TIMESTAMPS", "rate=1", f"triton,file={tmp_path}/trace.json"]
    words = [word for option in options for word in ("--trace-config", option)]
    # Two loops hand their records over independently, so that the second request's could be numbered first.
    server = start_server(*words, "--threads=1", repositories=(repository,))
    assert ask(server, count).status == 200 and ask(server, 3, outputs=[{"name": "z"}]).status == 200
    assert server.terminate() == 0
    traces = traces_of(tmp_path / "trace.json")
    assert sorted(traces) == [1, 2, 3, 4, 5, 6, 7, 8]
    named = {number: (trace["model_name"], trace.get("parent_id")) for number, trace in traces.items()}
    outer, chain = 1, 2
    assert named[outer] == ("outer", None) and named[chain] == ("chain", outer)
    assert {named[number] for number in (3, 4, 5)} == {("first", chain), ("second", chain), ("third", chain)}
    assert named[6] == ("second", outer)
    # What nobody has asked for was not called.
    assert (named[7], named[8]) == (("outer", None), ("second", 7))
    whole = {each["name"]: each["ns"] for each in traces[outer]["timestamps"]}
    ends = []
    for number in range(2, 7):
        times = {each["name"]: each["ns"] for each in traces[number]["timestamps"]}
        assert list(times) == CALLED + ["REQUEST_END"]
        assert list(times.values()) == sorted(times.values())
        assert whole["COMPUTE_INPUT_END"] <= times["REQUEST_START"]
        # Times of several threads are shares of the time that has passed; a share is rounded.
        assert times["REQUEST_END"] <= whole["COMPUTE_OUTPUT_START"] + 10
        ends.append((times["REQUEST_START"], times["REQUEST_END"]))
    steps = ends[1:]
    assert all(before[1] <= after[0] for before, after in zip(steps, steps[1:])), "steps follow each other"
    assert ends[0] == (steps[0][0], steps[2][1]), "an ensemble lasts as long as its steps"


@pytest.fixture
def collector():
    opened = SpanCollector()
    yield opened
    opened.close()


def test_each_call_is_a_span_below_its_caller(repository, start_server, collector):
    options = ["mode=opentelemetry", "level=TIMESTAMPS", "rate=1", f"opentelemetry,url={collector.url}"]
    options += ["opentelemetry,bsp_schedule_delay=20"]
    words = [word for option in options for word in ("--trace-config", option)]
    server = start_server(*words, repositories=(repository,))
    assert ask(server, 3).status == 200
    spans = collector.wait_for_spans(8)
    compute = next(each for each in spans if each.name == "compute")
    calls = [each for each in spans if each.name == "call"]
    models = {each.span_id: attributes(each.attributes)["rowan.model.name"] for each in calls}
    models[compute.span_id] = "outer"
    below = sorted((models[each.span_id], models[each.parent_span_id]) for each in calls)
    assert below == [
        ("chain", "outer"),
        ("first", "chain"),
        ("second", "chain"),
        ("second", "outer"),
        ("third", "chain"),
    ]
    assert len({each.span_id for each in spans}) == 8 and len({each.trace_id for each in spans}) == 1
    assert server.terminate() == 0


def test_batches_of_members_are_those_of_the_ensemble(repository, start_server):
    server = start_server(repositories=(repository,))
    for count in (1, 5, 5, 30_000):
        assert ask(server, count).status == 200
    with triton.InferenceServerClient(server.url) as client:
        entries = {each["name"]: each for each in client.get_inference_statistics()["model_stats"]}
    for name, calls in {"outer": 1, "chain": 1, "first": 1, "second": 2, "third": 1}.items():
        sizes = {each["batch_size"]: each["compute_infer"]["count"] for each in entries[name]["batch_stats"]}
        assert sizes == {1: calls, 5: 2 * calls, 30_000: calls}, name
        assert sum(sizes.values()) == entries[name]["execution_count"]
        assert entries[name]["inference_count"] == calls * 30_011, name
    assert entries["mixed"]["batch_stats"] == []


def test_a_large_answer_is_of_one_version_of_a_model(tmp_path, start_server):
    """Each step reads the same model, which is replaced while threads of the pool evaluate its rows."""
    repository = tmp_path / "repository"
    repository.mkdir()
    model = LivingModel(repository, "m")
    model.write(1, document(trees=40, depth=6, rows=2_000))
    write_ensemble(repository, "e", twice())
    server = start_server(EXPLICIT, "--load-model=e", "--threads=2", repositories=(repository,))
    rows = np.random.default_rng(1).normal(size=(40_000, 4)).astype(np.float32)
    stop, answered, faults = threading.Event(), [0, 0], []

    def work(index):
        while not stop.is_set():
            response = infer_binary(server, "e", rows, name="x")
            if response.status != 200:
                faults.append(response.status)
                return
            outputs = outputs_of(response)
            if not np.array_equal(outputs["one"], outputs["two"]):
                faults.append("two versions in one answer")
                return
            answered[index] += 1

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(10):
            wait_until(lambda count=sum(answered): sum(answered) > count or faults, "an answer")
            (repository / "m" / "1" / "model.json").write_bytes(document(number, trees=40, depth=6, rows=2_000))
            assert call(server, "POST", "/v2/repository/models/m/load").status == 200
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not faults and sum(answered) >= 10, faults
