"""Traffic splits: who answers whom, over every protocol, held against the trainers and a twin of the assignment."""

import gzip
import http.client
import json
import queue
import re
import shutil
import subprocess
from http.cookies import SimpleCookie

import grpc
import numpy as np
import pytest
import traffic_split_twin as twin
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton
from inference_client import binary_body, call, infer, infer_binary, infer_path, outputs_of, tensor
from living_models import FEATURES, LivingModel, answering, wait_until
from server_process import ROOT
from trainers import SAMPLES, rows_for, trainer
from tritonclient.grpc import service_pb2_grpc

SPLIT = "anomaly"
WEIGHTS = {"xgboost": 70, "catboost": 30}
MODELS = {"xgboost": "xgboost_anomaly", "catboost": "catboost_anomaly"}
WIDTHS = {"xgboost": 37, "catboost": 36}
ROWS = rows_for("xgboost_anomaly", 3, seed=77, special=False)
KEYS = [f"user-{number}" for number in range(60)]


def expected(variant, rows, output="probabilities"):
    return getattr(trainer(MODELS[variant]), output)(rows[:, : WIDTHS[variant]])


def check(answer, key, rows=ROWS, weights=WEIGHTS, split=SPLIT):
    """What the variant of a key answers stands in an answer, with the split's names."""
    variant = twin.assign(split, key, weights)
    assert answer.headers["rowan-variant"] == variant
    outputs = outputs_of(answer)
    assert set(outputs) == {"label", "probabilities", "margin"}
    for name, values in outputs.items():
        assert np.array_equal(values, expected(variant, rows, name)), (variant, name)
    return variant


def document(answer):
    length = answer.headers.get("inference-header-content-length")
    return json.loads(answer.body if length is None else answer.body[: int(length)])


def set_cookies(server, headers=None, body=None):
    """All Set-Cookie fields of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=30)
    try:
        connection.request("POST", infer_path(SPLIT), body or json.dumps({"inputs": [tensor(ROWS)]}), headers or {})
        response = connection.getresponse()
        response.read()
        assert response.status == 200
        return response.msg.get_all("Set-Cookie") or [], response.msg["rowan-variant"]
    finally:
        connection.close()


# What a split is


def test_a_split_is_listed_described_and_counted_like_a_model(server):
    entry = next(entry for entry in call(server, "GET", "/v2/models").json if entry["name"] == SPLIT)
    assert (entry["state"], entry["version"]) == ("READY", "1")
    assert call(server, "GET", f"/v2/models/{SPLIT}/ready").status == 200
    metadata = call(server, "GET", f"/v2/models/{SPLIT}").json
    assert metadata["inputs"] == [{"name": "features", "datatype": "FP32", "shape": [-1, 37]}]
    assert [(output["name"], output["datatype"]) for output in metadata["outputs"]] == [
        ("label", "INT64"),
        ("probabilities", "FP64"),
        ("margin", "FP64"),
    ]
    configuration = call(server, "GET", f"/v2/models/{SPLIT}/config").json
    assert configuration["platform"] == "traffic_split"
    assert configuration["parameters"]["rowan.variant.xgboost"]["string_value"].startswith("xgboost_anomaly, version 1")
    before = call(server, "GET", f"/v2/models/{SPLIT}/stats").json["model_stats"][0]["inference_stats"]["success"]
    infer(server, SPLIT, ROWS, headers={"x-user-id": "counted"})
    after = call(server, "GET", f"/v2/models/{SPLIT}/stats").json["model_stats"][0]["inference_stats"]["success"]
    assert after["count"] == before["count"] + 1


def test_the_twin_computes_the_published_vectors_and_table():
    page = (ROOT / "Sources/TrafficSplitting/TrafficSplitting.docc/TrafficSplitting.md").read_text()
    vectors = re.findall(r"^\| `(.+?)` \| `(.+?)` \| `([0-9a-f]{16})` \| `(.+?)` \|$", page, re.MULTILINE)
    assert len(vectors) >= 12
    for split, key, value, variant in vectors:
        assert f"{twin.key_hash(split, key):016x}" == value
        assert twin.assign(split, key, WEIGHTS) == variant
    source = (ROOT / "Sources/TrafficSplitting/LogarithmTable.swift").read_text()
    entries = re.search(r"entries: \[UInt64\] = \[(.*?)\]", source, re.DOTALL).group(1)
    assert [int(entry.replace("_", "")) for entry in re.findall(r"[\d_]+", entries)] == twin.TABLE


# Who answers whom


@pytest.mark.parametrize("way", ["cookie", "header", "parameter"])
def test_a_key_gets_the_variant_that_the_twin_predicts_however_it_comes(server, way):
    served = set()
    for key in KEYS:
        headers = {"cookie": {"cookie": f"a=b; rowan_key={key}"}, "header": {"x-user-id": key}}.get(way)
        parameters = {"sticky_key": key} if way == "parameter" else {}
        answer = infer(server, SPLIT, ROWS, headers=headers, parameters=parameters)
        variant = check(answer, key)
        assert "set-cookie" not in answer.headers
        content = document(answer)
        assert content["model_name"] == SPLIT and content["model_version"] == "1"
        told = {name: value for name, value in content["parameters"].items() if "explanation" not in name}
        assert told == {"rowan_variant": variant}
        served.add(variant)
    assert served == set(WEIGHTS)


@pytest.mark.parametrize("key", KEYS[:8])
def test_binary_tensors_columns_and_large_requests_are_routed_alike(server, key):
    headers = {"x-user-id": key}
    check(infer_binary(server, SPLIT, ROWS, headers=headers), key)
    metadata = call(server, "GET", "/v2/models/xgboost_anomaly").json
    assert metadata["inputs"][0]["shape"] == [-1, 37]
    rows = rows_for("xgboost_anomaly", 3_000, seed=5, special=False)
    check(infer_binary(server, SPLIT, rows, headers=headers), key, rows)
    check(infer(server, SPLIT, rows[:400], headers=headers), key, rows[:400])
    body, fields = binary_body([("features", "FP64", ROWS.astype(np.float64))])
    check(call(server, "POST", infer_path(SPLIT), body, {**fields, **headers}), key)


@pytest.mark.parametrize("key", KEYS[:8])
def test_columns_by_name_reach_the_variants_that_take_them(server, key):
    names = feature_names()
    inputs = [tensor(ROWS[:, column], name) for column, name in reversed(list(enumerate(names)))]
    check(infer(server, SPLIT, inputs, headers={"x-user-id": key}), key)
    answer = infer(server, SPLIT, inputs[1:], headers={"x-user-id": key})
    assert answer.status == 400 and names[-1] in answer.error, "the same for every variant"


def feature_names():
    return re.findall(r'features \{ name: "(\w+)"', (SAMPLES / "xgboost_anomaly" / "rowan.pbtxt").read_text())


@pytest.mark.parametrize("count", [2, 3_000])
def test_a_compressed_body_is_looked_into_for_its_key(server, count):
    rows = rows_for("xgboost_anomaly", count, seed=6, special=False)
    for key in KEYS[:6]:
        text = json.dumps({"inputs": [tensor(rows)], "parameters": {"sticky_key": key}}).encode()
        answer = call(server, "POST", infer_path(SPLIT), gzip.compress(text), {"content-encoding": "gzip"})
        check(answer, key, rows)


def test_escapes_and_places_of_the_parameter_do_not_matter(server):
    for key in KEYS[:6]:
        inputs = json.dumps([tensor(ROWS)])
        escaped = "".join(f"\\u{ord(letter):04x}" for letter in key)
        for name in ["sticky_key", "sticky\\u005fkey"]:
            text = f'{{"inputs": {inputs}, "parameters": {{"a_b": 1, "{name}": "{escaped}"}}, "id": "x"}}'
            check(infer(server, SPLIT, text), key)
            text = f'{{"parameters": {{"{name}": "{escaped}"}}, "inputs": {inputs}}}'
            check(infer(server, SPLIT, text), key)


def test_the_cookie_comes_before_the_header_and_that_before_the_parameter(server):
    keys = {variant: next(key for key in KEYS if twin.assign(SPLIT, key, WEIGHTS) == variant) for variant in WEIGHTS}
    one, other = keys["xgboost"], keys["catboost"]
    both = {"cookie": f"rowan_key={one}", "x-user-id": other}
    check(infer(server, SPLIT, ROWS, headers=both, parameters={"sticky_key": other}), one)
    both = {"cookie": "rowan_key=not/valid", "x-user-id": other}
    check(infer(server, SPLIT, ROWS, headers=both, parameters={"sticky_key": one}), other)
    check(infer(server, SPLIT, ROWS, headers={"x-user-id": ""}, parameters={"sticky_key": one}), one)


# Cookies


def test_a_client_without_a_key_gets_one_and_stays_where_it_is(server):
    variants = set()
    for _ in range(12):
        fields, variant = set_cookies(server)
        assert len(fields) == 1
        assert re.fullmatch(
            r"rowan_key=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000", fields[0]
        ), fields
        key = SimpleCookie(fields[0])["rowan_key"].value
        assert twin.assign(SPLIT, key, WEIGHTS) == variant
        assert set_cookies(server, {"cookie": f"rowan_key={key}"}) == ([], variant)
        variants.add(key)
    assert len(variants) == 12, "keys are random"


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "rowan_key",
        "rowan_key=",
        "rowan_key=a b",
        'rowan_key="',
        "rowan_key=" + "k" * 129,
        "rowan_key=%0d%0aSet-Cookie:x",
        "ROWAN_KEY=a",
        "; ".join(f"c{number}=v" for number in range(700)),
    ],
)
def test_a_bad_cookie_is_no_error_and_no_key(server, cookie):
    fields, _ = set_cookies(server, {"cookie": cookie})
    assert len(fields) == 1 and re.match("rowan_key=[0-9a-f]{32};", fields[0])
    assert set_cookies(server, {"cookie": cookie, "x-user-id": "u"})[0] == []


def test_models_outside_the_split_set_no_cookie(server):
    answer = infer(server, "xgboost_anomaly", ROWS)
    assert "set-cookie" not in answer.headers and "rowan-variant" not in answer.headers
    assert "rowan_variant" not in document(answer).get("parameters", {})


def test_refusals_set_no_cookie(server):
    answer = infer(server, SPLIT, ROWS[:, :5])
    assert answer.status == 400 and "set-cookie" not in answer.headers


# Refusals


def test_a_wrong_width_is_refused_naming_both(server):
    for key in KEYS[:6]:
        answer = infer(server, SPLIT, ROWS[:, :36], headers={"x-user-id": key})
        assert answer.status == 400 and "[-1,37]" in answer.error and "[3,36]" in answer.error


def test_keys_that_are_none_are_refused_by_their_name(server):
    answer = infer(server, SPLIT, ROWS, headers={"x-user-id": "u" * 257})
    assert answer.status == 400 and "'x-user-id' is 257 bytes long, at most 256" in answer.error
    check(infer(server, SPLIT, ROWS, headers={"x-user-id": "u" * 256}), "u" * 256)
    answer = infer(server, SPLIT, ROWS, parameters={"sticky_key": "u" * 257})
    assert answer.status == 400 and "'sticky_key' is 257 bytes long, at most 256" in answer.error
    answer = infer(server, SPLIT, ROWS, parameters={"sticky_key": 7})
    assert answer.status == 400 and "'sticky_key' must be a string" in answer.error
    text = json.dumps({"inputs": [tensor(ROWS)]})[:-1] + ', "parameters": {"sticky_key": "a", "sticky_key": "b"}}'
    answer = infer(server, SPLIT, text)
    assert answer.status == 400 and "'sticky_key'" in answer.error and "twice" in answer.error
    answer = infer(server, SPLIT, ROWS, outputs=[{"name": "leaf_indices"}])
    assert answer.status == 400 and "leaf_indices" in answer.error


# HTTP/2 and gRPC


def test_http2_says_the_same(server):
    for key in KEYS[:6]:
        command = ["curl", "-s", "-i", "--http2-prior-knowledge", "-H", f"x-user-id: {key}", "--data-binary", "@-"]
        url = f"http://127.0.0.1:{server.http_port}{infer_path(SPLIT)}"
        text = json.dumps({"inputs": [tensor(ROWS)]})
        shown = subprocess.run(command + [url], input=text, capture_output=True, text=True, check=True).stdout
        assert shown.startswith("HTTP/2 200") and "set-cookie" not in shown
        assert f"rowan-variant: {twin.assign(SPLIT, key, WEIGHTS)}" in shown
    command = ["curl", "-s", "-i", "--http2-prior-knowledge", "--data-binary", "@-", url]
    shown = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    assert re.search("set-cookie: rowan_key=[0-9a-f]{32}; Path=/", shown)


def grpc_inputs(rows=ROWS):
    given = triton_grpc.InferInput("features", list(rows.shape), "FP32")
    given.set_data_from_numpy(rows)
    return [given]


@pytest.mark.parametrize("way", ["cookie", "metadata", "parameter"])
def test_grpc_routes_by_the_same_keys(server, way):
    with triton_grpc.InferenceServerClient(server.grpc_url) as client:
        for key in KEYS[:12]:
            headers = {"cookie": {"cookie": f"rowan_key={key}"}, "metadata": {"x-user-id": key}}.get(way)
            parameters = {"sticky_key": key} if way == "parameter" else None
            result = client.infer(SPLIT, grpc_inputs(), headers=headers, parameters=parameters)
            variant = twin.assign(SPLIT, key, WEIGHTS)
            response = result.get_response()
            assert (response.model_name, response.model_version) == (SPLIT, "1")
            assert response.parameters["rowan_variant"].string_param == variant
            assert np.array_equal(result.as_numpy("probabilities"), expected(variant, ROWS))


def test_grpc_tells_the_variant_and_a_new_key_in_initial_metadata(server):
    request = triton_grpc._utils._get_inference_request(
        model_name=SPLIT, inputs=grpc_inputs(), model_version="", request_id="", outputs=None, sequence_id=0,
        sequence_start=False, sequence_end=False, priority=0, timeout=None, parameters=None,
    )
    with grpc.insecure_channel(server.grpc_url) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        response, made = stub.ModelInfer.with_call(request)
        metadata = dict(made.initial_metadata())
        key = re.match("rowan_key=([0-9a-f]{32});", metadata["set-cookie"]).group(1)
        assert metadata["rowan-variant"] == response.parameters["rowan_variant"].string_param
        assert metadata["rowan-variant"] == twin.assign(SPLIT, key, WEIGHTS)
        _, made = stub.ModelInfer.with_call(request, metadata=[("cookie", f"rowan_key={key}")])
        assert "set-cookie" not in dict(made.initial_metadata())


def test_a_stream_has_one_key_and_its_messages_may_have_their_own(server):
    answers = queue.Queue()
    with triton_grpc.InferenceServerClient(server.grpc_url) as client:
        client.start_stream(lambda result, error: answers.put((result, error)), headers={"x-user-id": "user-1"})
        for _ in range(5):
            client.async_stream_infer(SPLIT, grpc_inputs())
        for _ in range(5):
            result, error = answers.get(timeout=30)
            assert error is None
            variant = result.get_response().parameters["rowan_variant"].string_param
            assert variant == twin.assign(SPLIT, "user-1", WEIGHTS)
        client.stop_stream()
        client.start_stream(lambda result, error: answers.put((result, error)))
        for _ in range(8):
            client.async_stream_infer(SPLIT, grpc_inputs())
        responses = [answers.get(timeout=30)[0].get_response() for _ in range(8)]
        assert len({response.parameters["rowan_variant"].string_param for response in responses}) == 1
        for key in KEYS[:8]:
            client.async_stream_infer(SPLIT, grpc_inputs(), parameters={"sticky_key": key})
        for key in KEYS[:8]:
            variant = answers.get(timeout=30)[0].get_response().parameters["rowan_variant"].string_param
            assert variant == twin.assign(SPLIT, key, WEIGHTS)
        client.stop_stream()


def test_tritonclient_over_http_sends_keys_and_reads_answers(server):
    given = triton.InferInput("features", list(ROWS.shape), "FP32")
    given.set_data_from_numpy(ROWS)
    with triton.InferenceServerClient(f"127.0.0.1:{server.http_port}") as client:
        for key in KEYS[:8]:
            variant = twin.assign(SPLIT, key, WEIGHTS)
            for options in ({"headers": {"x-user-id": key}}, {"parameters": {"sticky_key": key}}):
                result = client.infer(SPLIT, [given], **options)
                assert result.get_response()["parameters"]["rowan_variant"] == variant
                assert np.array_equal(result.as_numpy("probabilities"), expected(variant, ROWS))


# Metrics


def test_a_split_and_its_variant_are_both_counted(server):
    key = KEYS[0]
    variant = MODELS[twin.assign(SPLIT, key, WEIGHTS)]

    def counts(samples):
        return [
            samples[f'nv_inference_request_success{{model="{SPLIT}",version="1"}}'],
            samples[f'nv_inference_request_success{{model="{variant}",version="1"}}'],
            samples[f'nv_inference_count{{model="{SPLIT}",version="1"}}'],
            sum(
                value
                for name, value in samples.items()
                if name.startswith(f'model_prediction_total{{model="{SPLIT}",routed="1"')
            ),
        ]

    before = counts(samples_of(server))
    infer(server, SPLIT, ROWS, headers={"x-user-id": key})
    after = counts(samples_of(server))
    assert [new - old for old, new in zip(before, after)] == [1, 1, 3, 3]
    phases = [name for name in samples_of(server) if name.startswith("rowan_request_phase_seconds_count")]
    assert any(f'model="{SPLIT}",version="1",routed="1",phase="total"' in name for name in phases)


def samples_of(server):
    text = call(server, "GET", "/metrics", port=server.metrics_port).body.decode()
    return {
        name: float(value)
        for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    }


# Variants that come and go


SPLIT_TEXT = """
traffic_split {{
  variant {{ name: "a" model: "first" weight: {a} }}
  variant {{ name: "b" model: "second" weight: {b} }}
  sticky {{ header: "x-user-id" }}
  {rest}
}}
"""


@pytest.fixture
def living(tmp_path):
    """A repository of two models that answer 1 and 2, and a split of them."""
    repository = tmp_path / "repository"
    repository.mkdir()
    for name, number in [("first", 1), ("second", 2)]:
        LivingModel(repository, name).write(1, answering(number))
    write_split(repository)
    return repository


def write_split(repository, a=70, b=30, rest=""):
    directory = repository / "both"
    directory.mkdir(exist_ok=True)
    staged = repository.parent / "staged.pbtxt"
    staged.write_text(SPLIT_TEXT.format(a=a, b=b, rest=rest))
    shutil.move(staged, directory / "rowan.pbtxt")


def ask(server, key):
    rows = np.zeros((1, FEATURES), np.float32)
    return infer(server, "both", rows, headers={"x-user-id": key})


def served(server, keys=KEYS):
    """The variant of each key, or the status of the refusal."""
    answers = [ask(server, key) for key in keys]
    return [answer.headers["rowan-variant"] if answer.status == 200 else answer.status for answer in answers]


def predicted(a=70, b=30, keys=KEYS):
    return [twin.assign("both", key, {"a": a, "b": b}) for key in keys]


def test_new_weights_move_a_tenth_and_nobody_in_the_other_direction(start_server, living):
    server = start_server("--model-control-mode=poll", repositories=(living,))
    keys = [f"k{number}" for number in range(400)]
    before = served(server, keys)
    assert before == predicted(keys=keys)
    write_split(living, a=60, b=40)
    wait_until(
        lambda: "share 0.6" in json.dumps(call(server, "GET", "/v2/models/both/config").json), "the weights changed"
    )
    after = served(server, keys)
    assert after == predicted(60, 40, keys)
    moved = [(one, other) for one, other in zip(before, after) if one != other]
    assert set(moved) == {("a", "b")}
    assert abs(len(moved) / len(keys) - 0.1) < 0.06


def test_the_share_of_a_variant_that_is_away_is_refused(start_server, living):
    server = start_server(
        "--model-control-mode=explicit", "--load-model=both", repositories=(living,)
    )
    assert served(server) == predicted()
    assert call(server, "POST", "/v2/repository/models/second/unload", "{}").status == 200
    assert served(server) == [503 if variant == "b" else "a" for variant in predicted()]
    key = next(key for key, variant in zip(KEYS, predicted()) if variant == "b")
    assert ask(server, key).error == "variant 'b' of model 'both' is not ready"
    assert call(server, "GET", "/v2/models/both/ready").status == 503
    entry = next(entry for entry in call(server, "GET", "/v2/models").json if entry["name"] == "both")
    assert entry["state"] == "UNAVAILABLE" and "variant 'b'" in entry["reason"]
    assert call(server, "POST", "/v2/repository/models/second/load", "{}").status == 200
    assert served(server) == predicted()
    assert call(server, "GET", "/v2/models/both/ready").status == 200


def test_the_share_of_a_variant_that_is_away_goes_to_the_others_if_that_is_wished(start_server, living):
    write_split(living, rest="on_unavailable: REDISTRIBUTE")
    server = start_server("--model-control-mode=explicit", "--load-model=both", repositories=(living,))
    assert call(server, "POST", "/v2/repository/models/second/unload", "{}").status == 200
    assert served(server) == ["a"] * len(KEYS)
    assert call(server, "GET", "/v2/models/both/ready").status == 200
    assert call(server, "POST", "/v2/repository/models/second/load", "{}").status == 200
    assert served(server) == predicted()
    assert call(server, "POST", "/v2/repository/models/first/unload", "{}").status == 200
    assert call(server, "POST", "/v2/repository/models/second/unload", "{}").status == 200
    assert ask(server, "u").status in (404, 503)


def test_a_reloaded_variant_answers_under_its_new_version(start_server, living):
    server = start_server("--model-control-mode=poll", repositories=(living,))
    key = next(key for key, variant in zip(KEYS, predicted()) if variant == "b")
    assert ask(server, key).json["model_version"] == "1"
    LivingModel(living, "third").write(1, answering(3))
    (living / "second" / "2").mkdir()
    shutil.copy(living / "third" / "1" / "model.json", living / "second" / "2" / "model.json")
    wait_until(lambda: ask(server, key).json["model_version"] == "2", "the new version answers")
    assert outputs_of(ask(server, key))["score"] == [3.0]
    assert served(server) == predicted()


# Shadows


def shadow_counts(server):
    return {
        result: samples_of(server).get(
            f'rowan_shadow_requests_total{{model="shadowed",variant="catboost",result="{result}"}}', 0
        )
        for result in ("copied", "compared", "dropped", "skipped", "unavailable", "failed")
    }


SHADOWED = """
traffic_split {
  variant { name: "xgboost" model: "xgboost_anomaly" weight: 1 }
  variant { name: "catboost" model: "catboost_anomaly" weight: 0 }
  sticky { header: "x-user-id" }
  shadow { variant: "catboost" %s }
}
"""


def shadowed_server(start_server, tmp_path, rest):
    (tmp_path / "shadowed").mkdir()
    (tmp_path / "shadowed" / "rowan.pbtxt").write_text(SHADOWED % rest)
    return start_server(repositories=(SAMPLES, tmp_path))


def test_a_shadow_is_compared_with_what_was_answered(start_server, tmp_path):
    server = shadowed_server(start_server, tmp_path, "")
    counts = [1, 2, 3, 50]
    batches = [rows_for("xgboost_anomaly", count, seed=count, special=False) for count in counts]
    for rows in batches:
        text = json.dumps({"inputs": [tensor(rows)]})
        if len(text) < 16_384:
            assert infer(server, "shadowed", text).headers["rowan-variant"] == "xgboost"
        assert infer_binary(server, "shadowed", rows).status == 200
    with triton_grpc.InferenceServerClient(server.grpc_url) as client:
        client.infer("shadowed", grpc_inputs(batches[2]))
    sent = sum(2 if len(json.dumps({"inputs": [tensor(rows)]})) < 16_384 else 1 for rows in batches) + 1
    wait_until(lambda: shadow_counts(server)["compared"] == sent, "all are compared")
    assert shadow_counts(server) == {**dict.fromkeys(shadow_counts(server), 0), "copied": sent, "compared": sent}
    rows = np.concatenate(
        [rows for rows in batches for _ in range(2 if len(json.dumps({"inputs": [tensor(rows)]})) < 16_384 else 1)]
        + [batches[2]]
    )
    own, other = (expected(variant, rows) for variant in ("xgboost", "catboost"))
    differences = np.sort(np.abs(own.astype(np.float64) - other).max(axis=1))
    agree = expected("xgboost", rows, "label") == expected("catboost", rows, "label")
    samples = samples_of(server)
    labels = 'model="shadowed",variant="catboost"'
    assert samples[f'rowan_shadow_rows_total{{{labels},agree="1"}}'] == agree.sum()
    assert samples[f'rowan_shadow_rows_total{{{labels},agree="0"}}'] == (~agree).sum()
    for quantile in (0.5, 0.9, 0.99):
        exact = differences[int(np.ceil(len(differences) * quantile)) - 1]
        assert exact <= samples[f'rowan_shadow_difference{{{labels},quantile="{quantile}"}}'] <= exact * 1.0601
    for role in ("primary", "shadow"):
        assert samples[f'rowan_shadow_cpu_seconds_total{{{labels},role="{role}"}}'] > 0
    experiment = call(server, "GET", "/v2/experiments/shadowed").json
    assert experiment["weights"] == [1, 0] and experiment["ready"] == [True, True]
    assert experiment["on_unavailable"] == "REFUSE"
    assert experiment["sticky"]["header"] == "x-user-id"
    shadow = experiment["shadow"]
    assert (shadow["variant"], shadow["sample_fraction"], shadow["max_queue"]) == ("catboost", 1, 1000)
    assert (shadow["rows"], shadow["agreeing_rows"]) == (len(rows), agree.sum())
    assert shadow["requests"]["compared"] == sent and shadow["agreement"] == pytest.approx(agree.mean())
    assert sum(flip["rows"] for flip in shadow["label_flips"]) == (~agree).sum()
    assert shadow["differences"]["max"] == pytest.approx(differences[-1])
    assert call(server, "GET", "/v2/experiments/anomaly").json["shadow"] is None
    assert 'nv_inference_request_success{model="catboost_anomaly",version="1"} 0' in call(
        server, "GET", "/metrics", port=server.metrics_port
    ).body.decode(), "copies are nobody's requests"


def test_a_shadow_gets_its_fraction_and_no_more_than_its_queue_holds(start_server, tmp_path):
    server = shadowed_server(start_server, tmp_path, "sample_fraction: 0.25")
    for _ in range(800):
        infer(server, "shadowed", ROWS)
    wait_until(lambda: shadow_counts(server)["compared"] == shadow_counts(server)["copied"], "all are compared")
    assert 130 < shadow_counts(server)["copied"] < 270


def test_what_is_long_or_worked_on_elsewhere_is_skipped(start_server, tmp_path):
    server = shadowed_server(start_server, tmp_path, "max_queue: 1")
    long_rows = rows_for("xgboost_anomaly", 300, seed=2, special=False)
    assert infer_binary(server, "shadowed", long_rows).status == 200
    large_rows = rows_for("xgboost_anomaly", 3_000, seed=2, special=False)
    assert infer_binary(server, "shadowed", large_rows).status == 200
    wait_until(lambda: shadow_counts(server)["skipped"] == 2, "both are skipped")
    assert shadow_counts(server)["copied"] == 0


def test_a_shadow_that_is_away_is_missed_by_nobody(start_server, living):
    write_split(living, a=1, b=0, rest='shadow { variant: "b" }')
    server = start_server("--model-control-mode=explicit", "--load-model=both", repositories=(living,))
    assert call(server, "POST", "/v2/repository/models/second/unload", "{}").status == 200
    assert served(server) == ["a"] * len(KEYS)
    labels = 'model="both",variant="b"'
    wait_until(
        lambda: samples_of(server).get(f'rowan_shadow_requests_total{{{labels},result="unavailable"}}') == len(KEYS),
        "all are counted",
    )
    assert call(server, "POST", "/v2/repository/models/second/load", "{}").status == 200
    assert served(server) == ["a"] * len(KEYS)
    wait_until(
        lambda: samples_of(server).get(f'rowan_shadow_requests_total{{{labels},result="compared"}}') == len(KEYS),
        "all are compared",
    )
    assert samples_of(server)[f'rowan_shadow_rows_total{{{labels},agree="1"}}'] == 0, "the models answer 1 and 2"


@pytest.mark.parametrize(
    ("options", "scheme", "is_secure"),
    [((), "https", False), (("--trusted-proxies", "127.0.0.1"), "https", True),
     (("--trusted-proxies", "127.0.0.1"), "http", False), (("--trusted-proxies", "192.0.2.1"), "https", False)],
)  # fmt: skip
def test_a_key_is_for_tls_only_where_a_trusted_proxy_says_https(start_server, options, scheme, is_secure):
    server = start_server(*options)
    answer = infer(server, SPLIT, [tensor(ROWS)], headers={"X-Forwarded-Proto": scheme})
    assert answer.status == 200
    assert ("Secure" in answer.headers["set-cookie"].split("; ")) == is_secure
