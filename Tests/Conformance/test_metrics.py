"""The metrics page, read by Prometheus' own parser."""

import json
import time

import numpy as np
import pytest
from inference_client import call, infer_path, tensor
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from raw_http import RawConnection, request
from trainers import REPOSITORY, SAMPLES, rows_for

MODEL = "all_versions"


@pytest.fixture
def own_server(start_server):
    return start_server("--threads", "2", repositories=[SAMPLES, REPOSITORY])


def scrape(server):
    answer = call(server, "GET", "/metrics", port=server.metrics_port)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {family.name: family for family in text_string_to_metric_families(answer.body.decode())}


def value(families, name, **labels):
    family = families.get(name.removesuffix("_total"), families.get(name))
    assert family is not None, f"{name} is not among {sorted(families)}"
    found = [
        sample.value
        for sample in family.samples
        if sample.name in (name, name + "_total") and labels.items() <= sample.labels.items()
    ]
    assert len(found) == 1, (name, labels, family.samples)
    return found[0]


def post(server, rows, version=None):
    return call(server, "POST", infer_path(MODEL, version), json.dumps({"inputs": [tensor(rows)]}))


def test_every_family_has_help_type_and_one_block(own_server):
    text = call(own_server, "GET", "/metrics", port=own_server.metrics_port).body.decode()
    assert text.endswith("\n")
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    assert len(names) == len(set(names)), "the samples of a family stand together"
    for family in families:
        assert family.documentation and family.type != "unknown", family.name
        samples = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in family.samples]
        assert len(samples) == len(set(samples)), family.name


def test_requests_rows_and_executions_are_counted(own_server):
    labels = {"model": MODEL, "version": "3"}
    before = scrape(own_server)
    assert value(before, "nv_inference_request_success", **labels) == 0, "series exist before the first request"
    for count in (1, 5, 20):
        assert post(own_server, rows_for(MODEL, count, seed=count, special=False)).status == 200
    after = scrape(own_server)
    assert value(after, "nv_inference_request_success", **labels) == 3
    assert value(after, "nv_inference_count", **labels) == 26
    assert 1 <= value(after, "nv_inference_exec_count", **labels) <= 3
    assert value(after, "nv_inference_request_duration_us", **labels) > 0
    assert value(after, "nv_inference_request_success", model=MODEL, version="1") == 0


def test_failures_are_counted_by_reason(own_server):
    before = scrape(own_server)
    for reason in ("REJECTED", "CANCELED", "BACKEND", "OTHER"):
        assert value(before, "nv_inference_request_failure", model=MODEL, version="3", reason=reason) == 0
    assert post(own_server, np.zeros((1, 3))).status == 400
    families = scrape(own_server)
    assert value(families, "nv_inference_request_success", model=MODEL, version="3") == 0
    assert (
        sum(
            sample.value
            for sample in families["nv_inference_request_failure"].samples
            if sample.labels["model"] == MODEL
        )
        == 1
    )


FAULTS = {
    "no JSON": ({}, b"{"),
    "another type": ({}, b'{"inputs":[{"name":"x","shape":[1,10],"datatype":"BYTES","data":["a"]}]}'),
    "a length that is none": ({"Inference-Header-Content-Length": "x"}, b"{}"),
    "a length beyond the body": ({"Inference-Header-Content-Length": "99999999"}, b"{}"),
    "damaged compression": ({"Content-Encoding": "gzip"}, b"no gzip"),
    "unknown compression": ({"Content-Encoding": "br"}, b"{}"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_failures_are_counted_alike_whatever_the_size(own_server, fault):
    """A body of 256 KiB or more is worked on elsewhere; nobody is to see that in the figures."""
    headers, body = FAULTS[fault]
    labels = {"model": MODEL, "version": "3"}
    for count, padding in ((1, 0), (2, 300_000)):
        answer = call(own_server, "POST", infer_path(MODEL), body + b" " * padding, headers)
        assert answer.status in (400, 501), answer.body
        families = scrape(own_server)
        assert value(families, "nv_inference_request_failure", reason="OTHER", **labels) == count
        assert value(families, "nv_inference_request_success", **labels) == 0
        assert value(families, "nv_inference_exec_count", **labels) == 0


def test_counters_are_summed_over_loops_and_never_fall(own_server):
    rows = rows_for(MODEL, 2, seed=3, special=False)
    last = 0
    for round_number in range(5):
        for _ in range(20):
            post(own_server, rows)
        count = value(scrape(own_server), "nv_inference_count", model=MODEL, version="3")
        assert count == 40 * (round_number + 1) >= last
        last = count


def test_histograms_are_consistent(own_server):
    for count in range(30):
        post(own_server, rows_for(MODEL, 1 + count, seed=count, special=False))
    histograms = [family for family in scrape(own_server).values() if family.type == "histogram"]
    assert any(family.name == "rowan_request_phase_seconds" for family in histograms)
    for family in histograms:
        series = {}
        for sample in family.samples:
            labels = tuple(sorted((key, text) for key, text in sample.labels.items() if key != "le"))
            series.setdefault(labels, []).append(sample)
        for labels, samples in series.items():
            buckets = [(float(sample.labels["le"]), sample.value) for sample in samples if "le" in sample.labels]
            bounds, counts = zip(*buckets)
            assert list(bounds) == sorted(bounds) and bounds[-1] == float("inf"), (family.name, labels)
            assert list(counts) == sorted(counts), (family.name, labels)
            total = next(sample.value for sample in samples if sample.name.endswith("_count"))
            assert counts[-1] == total, (family.name, labels)
    phases = next(family for family in histograms if family.name == "rowan_request_phase_seconds")
    total = [
        sample.value
        for sample in phases.samples
        if sample.name.endswith("_count")
        and sample.labels["model"] == MODEL
        and sample.labels["version"] == "3"
        and sample.labels["phase"] == "total"
    ]
    assert total == [30]


def test_the_allocator_tells_what_it_holds(own_server):
    families = scrape(own_server)
    allocated, active, resident = (
        value(families, f"rowan_allocator_{name}_bytes") for name in ("allocated", "active", "resident")
    )
    # jemalloc(3): each is a multiple of pages or of sizes of objects, and contains the one before.
    assert 1 << 20 < allocated <= active <= resident
    assert active % 4096 == 0 and resident % 4096 == 0
    body = json.dumps({"inputs": [tensor(np.zeros((100_000, 10)))]})
    assert call(own_server, "POST", infer_path("bare_classifier"), body).status == 200
    assert value(scrape(own_server), "rowan_allocator_resident_bytes") > resident, "figures are those of the scrape"


def await_connections(server, count):
    """The number of open connections once it is `count`; a closed one counts until its loop has seen its end."""
    deadline = time.monotonic() + 10
    while value(scrape(server), "rowan_connections") != count and time.monotonic() < deadline:
        time.sleep(0.01)
    return value(scrape(server), "rowan_connections")


def test_open_connections_are_counted(own_server):
    # The question whether the server is ready had a connection of its own.
    assert await_connections(own_server, 0) == 0
    with RawConnection(own_server.http_port) as connection:
        assert connection.exchange(request("GET", "/v2/health/live")).status == 200
        assert value(scrape(own_server), "rowan_connections") == 1
    assert await_connections(own_server, 0) == 0


def test_openmetrics_where_it_is_asked_for(own_server):
    answer = call(
        own_server,
        "GET",
        "/metrics",
        port=own_server.metrics_port,
        headers={"Accept": "application/openmetrics-text; version=1.0.0"},
    )
    assert answer.status == 200
    if answer.headers["content-type"].startswith("application/openmetrics-text"):
        list(parse_openmetrics(answer.body.decode()))
    else:
        list(text_string_to_metric_families(answer.body.decode()))


def test_the_metrics_port_serves_nothing_else(own_server):
    assert call(own_server, "GET", "/v2/models", port=own_server.metrics_port).status == 404
    assert call(own_server, "POST", "/metrics", port=own_server.metrics_port).status == 405
    assert call(own_server, "GET", "/metrics").status == 404, "nor the inference port metrics"
