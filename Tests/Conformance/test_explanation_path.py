"""Anomalous rows and their explanations: identities in every form of answer, states, texts, feedback, events.

Which rows are anomalous follows from the answers' own probabilities, and contributions are compared with xgboost's.
"""

import json
import subprocess
import threading
import time

import httpx
import numpy as np
import pytest
import tritonclient.grpc
import tritonclient.http
import xgboost
from inference_client import call, infer, infer_binary, infer_path, tensor
from server_process import ROOT, binary_path
from test_drift import gauges
from trainers import SAMPLES

MODEL = "xgboost_anomaly"
#: One minute of a service's telemetry that the sample models call anomalous.
ROW = [
    0.7036, 0.1045, 0.04484, 0.006817, 4.801, 4.591, 29710, 9.126, 0.6719, 0.281, 948.3, 0.005097, 1.641, 0.52,
    0.02012, 0.6291, 0.3046, 4.18e6, 1.331e7, 0.007014, 0.3878, 4.114e7, 5.096e7, 0.04172, 50.66, 1399, 0.00652,
    0.002076, 2190, 0.01017, 0.05692, 0.2986, 0.01976, 0.001364, 0.003444, 4.693, 6.488,
]  # fmt: skip
#: A minute that is not.
CALM = [
    0.2, 0.05, 0.01, 0.001, 1.0, 1.0, 9000, 2, 0.5, 0.3, 0, 0, 0.1, 0.4, 0.005, 0.4, 0.1, 1e6, 1e6, 0.002, 0.1, 5e6,
    5e6, 0.0, 1, 200, 0.001, 0.001, 300, 0.005, 0.02, 0.04, 0.01, 0.0005, 0.0, 1, 0.5,
]  # fmt: skip
LOG = '{"level":"ERROR","service":"checkout","msg":"upstream 10.2.3.4:8080 timed out after 3000 ms","token":"abc123"}'


def explanation(server, identity, wait="10s", **headers):
    answer = call(server, "GET", f"/v2/explanations/{identity}?wait={wait}", headers=headers)
    assert answer.status == 200, answer.body
    return answer


def identities(answer):
    return answer.json["parameters"]["rowan_explanation_ids"].split(",")


def test_an_anomalous_row_is_explained_within_a_second(server):
    durations = []
    for number in range(5):
        begin = time.monotonic()
        answer = infer(server, MODEL, [tensor([ROW])], parameters={"service": f"quick-{number}"})
        identity = identities(answer)[0]
        assert answer.headers["rowan-explanation-id"] == identity
        assert answer.headers["rowan-explanation-count"] == "1"
        explained = explanation(server, identity).json
        durations.append(time.monotonic() - begin)
    # The thread that explains has idle priority: what else runs here may make it wait.
    assert min(durations) < 1
    assert explained["id"] == identity
    assert explained["state"] == "done"
    assert explained["model"] == MODEL
    assert explained["rule"] == "probabilities[1] > 0.85"
    assert explained["generator"] == "extractive"
    assert explained["value"] == pytest.approx(0.9860866, rel=1e-6)
    assert explained["root_cause"] and explained["title"]


def test_contributions_are_the_trainers(server):
    # A service of its own: of rows with one signature the first is explained.
    answer = infer(server, MODEL, [tensor([ROW])], parameters={"service": "contributions"})
    explained = explanation(server, identities(answer)[0]).json
    booster = xgboost.Booster(model_file=SAMPLES / MODEL / "1" / "model.json")
    rows = xgboost.DMatrix(np.array([ROW], dtype=np.float32))
    expected = booster.predict(rows, pred_contribs=True)[0][:-1]
    names = [
        line.split('"')[1] for line in (SAMPLES / MODEL / "rowan.pbtxt").read_text().splitlines()
        if line.startswith("features")
    ]  # fmt: skip
    order = sorted(range(len(names)), key=lambda index: -abs(expected[index]))
    assert explained["evidence"] == "treeshap"
    assert [entry["feature"] for entry in explained["shap"]] == [names[index] for index in order[:8]]
    for entry, index in zip(explained["shap"], order):
        assert entry["contribution"] == pytest.approx(expected[index], abs=1e-5)
        assert entry["value"] == pytest.approx(np.float32(ROW[index]), rel=1e-7)
    raising = expected[expected > 0].sum()
    first = explained["shap"][0]
    assert first["share"] == pytest.approx(max(first["contribution"], 0) / raising, abs=1e-5)


def test_rows_that_are_not_anomalous_say_nothing(server):
    answer = infer(server, MODEL, [tensor([CALM])])
    assert answer.json["outputs"][1]["data"][1] < 0.85
    assert "parameters" not in answer.json
    assert "rowan-explanation-id" not in answer.headers


def test_identities_are_one_for_each_anomalous_row(server):
    rows = [CALM, ROW, CALM, ROW, ROW]
    answer = infer(server, MODEL, [tensor(rows)])
    probabilities = np.array(answer.json["outputs"][1]["data"]).reshape(-1, 2)[:, 1]
    assert len(identities(answer)) == (probabilities > 0.85).sum() == 3
    explained = [explanation(server, identity).json for identity in identities(answer)]
    assert len({entry["incident"] for entry in explained}) == 1
    # Each is joined by when its own identity is answered.
    assert explained[-1]["count"] >= 3


def test_binary_requests_and_large_ones_are_judged_alike(server):
    rows = np.array([CALM, ROW] * 1_000, dtype=np.float32)
    small = infer_binary(server, MODEL, rows[:4])
    assert small.headers["rowan-explanation-count"] == "2"
    large = infer_binary(server, MODEL, rows)
    assert large.headers["rowan-explanation-count"] == "1000"
    assert len(large.headers["rowan-explanation-id"].split(",")) == 16
    many = infer_binary(server, MODEL, np.array([ROW] * 3_000, dtype=np.float32))
    head = json.loads(many.body[: int(many.headers["inference-header-content-length"])])
    assert len(head["parameters"]["rowan_explanation_ids"].split(",")) == 1_024
    assert head["parameters"]["rowan_explanation_truncated"] is True
    assert many.headers["rowan-explanation-count"] == "3000"


def test_more_rows_than_are_explained_are_counted(start_server):
    server = start_server()
    answer = infer_binary(server, MODEL, np.array([ROW] * 20_000, dtype=np.float32))
    head = json.loads(answer.body[: int(answer.headers["inference-header-content-length"])])
    dropped = head["parameters"]["rowan_explanation_dropped"]
    handed_over = int(answer.headers["rowan-explanation-count"])
    # What fits into the loop's batches of bounded size: which of them are free depends on the side that explains.
    assert 1_000 < handed_over <= 16_384 and dropped == 20_000 - handed_over
    assert gauges(server)['rowan_explanation_rows_total{result="dropped"}'] == dropped


def test_triton_clients_read_the_identities(server):
    inputs = np.array([ROW, CALM], dtype=np.float32)
    http = tritonclient.http.InferenceServerClient(f"127.0.0.1:{server.http_port}")
    wanted = tritonclient.http.InferInput("features", inputs.shape, "FP32")
    wanted.set_data_from_numpy(inputs)
    answer = http.infer(MODEL, [wanted], parameters={"service": "checkout"}).get_response()
    identity = answer["parameters"]["rowan_explanation_ids"]
    assert explanation(server, identity).json["service"] == "checkout"
    grpc = tritonclient.grpc.InferenceServerClient(server.grpc_url)
    wanted = tritonclient.grpc.InferInput("features", inputs.shape, "FP32")
    wanted.set_data_from_numpy(inputs)
    answer = grpc.infer(MODEL, [wanted], parameters={"service": "cart", "log": LOG}).get_response()
    identity = answer.parameters["rowan_explanation_ids"].string_param
    explained = explanation(server, identity).json
    assert explained["service"] == "cart"
    assert explained["message"].startswith("upstream")


def test_http2_carries_the_same(server):
    with httpx.Client(http1=False, http2=True) as client:
        body = {"inputs": [tensor([ROW])]}
        answer = client.post(f"http://{server.url}{infer_path(MODEL)}", json=body)
        identity = answer.json()["parameters"]["rowan_explanation_ids"]
        assert answer.headers["rowan-explanation-id"] == identity
        explained = client.get(f"http://{server.url}/v2/explanations/{identity}", params={"wait": "10s"})
        assert explained.json()["state"] == "done"


def test_splits_are_judged_by_who_answers(server):
    parameters = {"service": "split"}
    answer = infer(server, "anomaly", [tensor([ROW])], parameters=parameters, headers={"x-user-id": "ann"})
    explained = explanation(server, identities(answer)[0]).json
    assert explained["split"] == "anomaly"
    assert explained["model"] in ("xgboost_anomaly", "catboost_anomaly")


def test_context_is_kept_without_secrets(server):
    parameters = {"log": LOG, "host": "web-3", "tenant": "acme"}
    answer = infer(server, MODEL, [tensor([ROW])], parameters=parameters)
    explained = explanation(server, identities(answer)[0]).json
    assert explained["service"] == "checkout"
    assert explained["host"] == "web-3"
    assert explained["tenant"] == "acme"
    assert explained["message"] == "upstream 10.2.3.4:8080 timed out after 3000 ms"
    assert "abc123" not in json.dumps(explained) and "[redacted]" in explained["log"]


def test_messages_that_differ_in_numbers_are_one_incident(server):
    incidents = set()
    for number in range(5):
        log = f"2026-01-01 00:00:0{number} ERROR pool exhausted: {number} of 50 connections, request {number}f3a"
        answer = infer(server, MODEL, [tensor([ROW])], parameters={"log": log, "service": "numbers"})
        incidents.add(explanation(server, identities(answer)[0]).json["incident"])
    assert len(incidents) == 1
    log = "2026-01-01 00:00:00 ERROR certificate has expired"
    answer = infer(server, MODEL, [tensor([ROW])], parameters={"log": log, "service": "numbers"})
    assert explanation(server, identities(answer)[0]).json["incident"] not in incidents


@pytest.mark.parametrize("name,limit", [("log", 16384), ("service", 256), ("host", 256), ("tenant", 256)])
def test_context_is_limited(server, name, limit):
    answer = infer(server, MODEL, [tensor([CALM])], parameters={name: "x" * limit})
    assert answer.status == 200
    answer = infer(server, MODEL, [tensor([CALM])], parameters={name: "x" * (limit + 1)})
    assert answer.status == 400
    assert answer.error == f"'{name}' is {limit + 1} bytes long, at most {limit} are accepted"
    answer = infer(server, MODEL, [tensor([CALM])], parameters={name: 1})
    assert answer.status == 400 and name in answer.error


def test_markdown_is_for_people(server):
    answer = infer(server, MODEL, [tensor([ROW])])
    page = explanation(server, identities(answer)[0], Accept="text/markdown")
    assert page.headers["content-type"] == "text/markdown; charset=utf-8"
    text = page.body.decode()
    assert text.startswith("# ") and "## Cause" in text and "## What the model saw" in text


def test_what_is_not_there_is_not_found(server):
    for identity in ("nothing", "0000000000000001-1"):
        answer = call(server, "GET", f"/v2/explanations/{identity}")
        assert answer.status == 404 and identity in answer.error


def test_a_call_waits_no_longer_than_it_says(server):
    begin = time.monotonic()
    answer = call(server, "GET", "/v2/explanations/0000000000000001-1?wait=300ms")
    assert answer.status == 404
    assert 0.25 < time.monotonic() - begin < 2
    for wait in ("61s", "soon", "1m"):
        assert call(server, "GET", f"/v2/explanations/0000000000000001-1?wait={wait}").status == 400


def test_the_list_is_filtered_and_paged(start_server):
    server = start_server()
    for service in ("a", "b", "c"):
        answer = infer(server, MODEL, [tensor([ROW])], parameters={"service": service})
        explanation(server, identities(answer)[0])

    def listed(query):
        answer = call(server, "GET", "/v2/explanations" + query)
        assert answer.status == 200, answer.body
        return answer.json

    assert [entry["service"] for entry in listed("")["explanations"]] == ["c", "b", "a"]
    first = listed("?limit=2")
    assert [entry["service"] for entry in first["explanations"]] == ["c", "b"]
    second = listed("?limit=2&cursor=" + first["next_cursor"])
    assert [entry["service"] for entry in second["explanations"]] == ["a"] and second["next_cursor"] is None
    assert len(listed("?service=b")["explanations"]) == 1
    assert len(listed("?state=done&model=xgboost_anomaly")["explanations"]) == 3
    assert listed("?state=failed")["explanations"] == []
    assert listed("?since=2099-01-01T00:00:00Z")["explanations"] == []
    signature = first["explanations"][0]["signature"]
    assert len(listed("?signature=" + signature)["explanations"]) == 1
    for wrong in ("?state=x", "?limit=0", "?cursor=x", "?since=x", "?signature=x", "?colour=red"):
        assert call(server, "GET", "/v2/explanations" + wrong).status == 400


def test_the_stream_tells_what_ends(start_server):
    server = start_server()
    lines = []

    def listen():
        with httpx.stream("GET", f"http://{server.url}/v2/explanations/stream?wait=20s", timeout=30) as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            lines.extend(answer.iter_lines())

    listener = threading.Thread(target=listen)
    listener.start()
    time.sleep(0.3)
    identity = identities(infer(server, MODEL, [tensor([ROW])]))[0]
    listener.join(timeout=20)
    event = {line.split(": ", 1)[0]: line.split(": ", 1)[1] for line in lines if ": " in line}
    assert event["event"] == "explanation.done"
    assert json.loads(event["data"])["id"] == identity
    again = httpx.get(f"http://{server.url}/v2/explanations/stream?wait=1s", headers={"Last-Event-ID": "0"})
    assert json.loads(again.text.split("data: ")[1].split("\n")[0])["id"] == identity
    nothing = httpx.get(f"http://{server.url}/v2/explanations/stream?wait=0s", headers={"Last-Event-ID": event["id"]})
    assert "data:" not in nothing.text


def test_opinions_are_kept_and_told_with_the_next_incident(start_server):
    server = start_server()
    identity = identities(infer(server, MODEL, [tensor([ROW])], parameters={"service": "first"}))[0]
    explanation(server, identity)
    opinion = {"verdict": "wrong", "correction": "The cache was cold after a deployment."}
    answer = call(server, "POST", f"/v2/explanations/{identity}/feedback", json.dumps(opinion))
    assert answer.status == 200
    assert answer.json["feedback"][0]["correction"] == opinion["correction"]
    again = identities(infer(server, MODEL, [tensor([ROW])], parameters={"service": "second"}))[0]
    similar = explanation(server, again).json
    assert similar["similar"][0]["id"] == identity
    assert opinion["correction"] in similar["root_cause"]
    for wrong in ("{}", '{"verdict": "good"}', "[1]", '{"correction": 1}'):
        assert call(server, "POST", f"/v2/explanations/{identity}/feedback", wrong).status == 400
    long = json.dumps({"correction": "x" * 8_193})
    assert call(server, "POST", f"/v2/explanations/{identity}/feedback", long).status == 400
    forwarded = call(
        server, "POST", f"/v2/explanations/{identity}/feedback", json.dumps(opinion), {"X-Forwarded-For": "1.2.3.4"}
    )
    assert forwarded.status == 403
    assert "explanation feedback" in server.log


def test_the_command_shows_an_explanation(server):
    identity = identities(infer(server, MODEL, [tensor([ROW])]))[0]
    shown = subprocess.run(
        [binary_path(), "explain", identity, "--url", server.url], capture_output=True, text=True, timeout=30
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("# ") and "## Cause" in shown.stdout
    as_json = subprocess.run(
        [binary_path(), "explain", identity, "--json", "--url", server.url], capture_output=True, text=True, timeout=30
    )
    assert json.loads(as_json.stdout)["id"] == identity
    unknown = subprocess.run(
        [binary_path(), "explain", "0000000000000001-1", "--wait", "0", "--url", server.url],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert unknown.returncode == 1 and "there is no explanation" in unknown.stderr


def test_the_command_follows(start_server):
    server = start_server()
    process = subprocess.Popen(
        [binary_path(), "explain", "--follow", "--json", "--url", server.url], stdout=subprocess.PIPE, text=True
    )
    try:
        time.sleep(0.5)
        identity = identities(infer(server, MODEL, [tensor([ROW])]))[0]
        assert json.loads(process.stdout.readline())["id"] == identity
    finally:
        process.kill()
        process.wait()


def test_a_storm_is_few_incidents(start_server):
    server = start_server()
    for number in range(20):
        rows = np.array([ROW] * 500, dtype=np.float32)
        answer = infer_binary(server, MODEL, rows, parameters={"service": f"service-{number}"})
        assert answer.status == 200
    explained = explanation(server, identities(answer)[-1], wait="30s").json
    assert explained["count"] >= 1
    figures = gauges(server)
    deadline = time.monotonic() + 20
    while figures['rowan_explanation_rows_total{result="joined"}'] < 9_980 and time.monotonic() < deadline:
        time.sleep(0.1)
        figures = gauges(server)
    assert figures['rowan_explanation_rows_total{result="opened"}'] == 20
    assert figures['rowan_explanation_rows_total{result="joined"}'] == 9_980
    assert figures['rowan_explanation_rows_total{result="dropped"}'] == 0
    assert figures['rowan_explanations_total{state="done",reason=""}'] == 20
    assert figures['rowan_explanation_seconds_count{generator="extractive",stage="generation"}'] == 20


def test_the_isolation_forest_is_explained_by_rarity_or_paths(server):
    row = list(ROW)
    row[8], row[11], row[13], row[23] = 0.999, 0.9, 0.999, 0.5
    answer = infer(server, "isolation_forest", [tensor([row[:36] + [row[36]]])])
    score = answer.json["outputs"][0]["data"][0]
    if score > 0.55:
        explained = explanation(server, identities(answer)[0]).json
        assert explained["rule"] == "score > 0.55"
        assert explained["evidence"] in ("treeshap", "rarity")
    else:
        assert "parameters" not in answer.json


def test_the_repository_says_where_rows_are_explained():
    listed = subprocess.run([binary_path(), "check", ROOT / "model_repository"], capture_output=True, text=True)
    assert listed.returncode == 0 and "0 faults" in listed.stdout
