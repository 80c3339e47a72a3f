"""Every endpoint that is not inference: health, metadata, configuration, listing, routing."""

import json

import pytest
from inference_client import call, strict_json
from raw_http import RawConnection, request
from trainers import BROKEN_REPOSITORY

GET_PATHS = [
    "/v2/health/live",
    "/v2/health/ready",
    "/v2",
    "/v2/models",
    "/v2/models/xgboost_anomaly",
    "/v2/models/xgboost_anomaly/versions/1",
    "/v2/models/xgboost_anomaly/ready",
    "/v2/models/xgboost_anomaly/versions/1/ready",
    "/v2/models/xgboost_anomaly/config",
    "/v2/models/xgboost_anomaly/versions/1/config",
]
POST_PATHS = [
    "/v2/models/xgboost_anomaly/infer",
    "/v2/models/xgboost_anomaly/versions/1/infer",
    "/v2/repository/index",
]


def get(server, path):
    answer = call(server, "GET", path)
    assert answer.status == 200, answer.body
    return answer.json


@pytest.mark.parametrize("path", ["/v2/health/live", "/v2/health/ready"])
def test_health_answers_triton_by_status_and_kserve_by_body(server, path):
    body = get(server, path)
    assert body["live"] is True and body["ready"] is True


def test_server_metadata(server):
    body = get(server, "/v2")
    assert isinstance(body["name"], str) and isinstance(body["version"], str)
    wanted = {"model_configuration", "binary_tensor_data", "classification", "statistics", "trace", "logging"}
    assert wanted <= set(body["extensions"])
    assert not {"system_shared_memory", "sequence"} & set(body["extensions"])


def test_models_are_listed_with_their_state(server):
    models = get(server, "/v2/models")
    listed = models["models"] if isinstance(models, dict) else models
    names = {entry["name"] for entry in listed}
    assert {"xgboost_anomaly", "catboost_anomaly", "isolation_forest", "bare_classifier"} <= names


def test_metadata_of_a_sample_model(server):
    assert get(server, "/v2/models/xgboost_anomaly") == {
        "name": "xgboost_anomaly",
        "versions": ["1"],
        "platform": "forest",
        "inputs": [{"name": "features", "datatype": "FP32", "shape": [-1, 37]}],
        "outputs": [
            {"name": "label", "datatype": "INT64", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP32", "shape": [-1, 2]},
            {"name": "margin", "datatype": "FP32", "shape": [-1]},
        ],
    }


def test_metadata_of_a_fil_model_advertises_what_triton_advertises(server):
    body = get(server, "/v2/models/fil_binary")
    assert body["platform"] == "fil"
    assert body["inputs"] == [{"name": "input__0", "datatype": "FP32", "shape": [-1, 10]}]
    assert body["outputs"] == [{"name": "output__0", "datatype": "FP32", "shape": [-1, 1]}]


@pytest.mark.parametrize(
    "name, outputs",
    [
        ("bare_classifier", {"label": [-1], "probabilities": [-1, 2], "margin": [-1]}),
        ("bare_multiclass", {"label": [-1], "probabilities": [-1, 3], "margin": [-1, 3]}),
        ("bare_regressor", {"score": [-1], "margin": [-1]}),
        ("bare_catboost", {"score": [-1], "margin": [-1]}),
        ("bare_isolation", {"score": [-1], "margin": [-1]}),
    ],
)
def test_a_directory_with_only_a_model_file_is_understood(server, name, outputs):
    body = get(server, f"/v2/models/{name}")
    assert {output["name"]: output["shape"] for output in body["outputs"]} == outputs
    assert [tensor["shape"] for tensor in body["inputs"]] == [[-1, 10]]


def test_versions(server):
    assert get(server, "/v2/models/versions")["versions"] == ["2"], "only the highest serves by default"
    assert get(server, "/v2/models/all_versions")["versions"] == ["1", "3"]
    assert get(server, "/v2/models/all_versions/versions/1")["versions"] == ["1"]
    assert call(server, "GET", "/v2/models/versions/versions/1").status == 404


def test_configuration(server):
    body = get(server, "/v2/models/xgboost_anomaly/config")
    assert body["name"] == "xgboost_anomaly"
    assert body["backend"] == "forest"
    assert body["max_batch_size"] == 1000000
    assert [(entry["name"], entry["data_type"], entry["dims"]) for entry in body["input"]] == [
        ("features", "TYPE_FP32", [37])
    ]
    assert [entry["name"] for entry in body["output"]] == ["label", "probabilities", "margin"]
    assert body["version_policy"] == {"latest": {"num_versions": 1}}
    assert "dynamic_batching" in body
    engine = body["parameters"]["rowan.engine"]
    assert isinstance(engine["string_value"], str) and engine["string_value"]
    assert body["parameters"]["rowan.isa"]["string_value"]


def test_configuration_of_a_fil_model_keeps_its_parameters(server):
    body = get(server, "/v2/models/fil_threshold/config")
    assert body["backend"] == "fil"
    assert body["parameters"]["threshold"] == {"string_value": "0.9"}
    assert body["parameters"]["storage_type"] == {"string_value": "AUTO"}


@pytest.mark.parametrize("body", [None, b"", b"{}"])
def test_repository_index(server, body):
    answer = call(server, "POST", "/v2/repository/index", body)
    assert answer.status == 200, answer.body
    entries = {(entry["name"], entry.get("version")): entry for entry in answer.json}
    assert entries["xgboost_anomaly", "1"]["state"] == "READY"
    assert ("all_versions", "1") in entries and ("all_versions", "3") in entries


def test_repository_index_of_the_ready(broken_server):
    answer = call(broken_server, "POST", "/v2/repository/index", json.dumps({"ready": True}))
    assert [entry["name"] for entry in answer.json] == ["sound"]


def test_model_ready(server):
    for path in ("/v2/models/xgboost_anomaly/ready", "/v2/models/xgboost_anomaly/versions/1/ready"):
        body = get(server, path)
        assert body["name"] == "xgboost_anomaly" and body["ready"] is True


@pytest.mark.parametrize(
    "path",
    [
        "/v2/models/nobody",
        "/v2/models/nobody/ready",
        "/v2/models/nobody/config",
        "/v2/models/xgboost_anomaly/versions/7",
        "/v2/models/xgboost_anomaly/versions/7/ready",
        "/v2/models/xgboost_anomaly/versions/7/config",
    ],
)
def test_unknown_models_and_versions_are_not_found(server, path):
    answer = call(server, "GET", path)
    assert answer.status == 404
    assert answer.error.startswith("Request for unknown model: ")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v2/health",
        "/v2/health/live/",
        "/v2/models/xgboost_anomaly/versions/x",
        "/v2/models/xgboost_anomaly/versions//ready",
        "/v2/models//ready",
        "/v2/models/xgboost_anomaly/nothing",
        "/v3/models",
        "/v2/models/../models",
        "/metrics",
    ],
)
def test_unknown_paths_are_not_found(server, path):
    answer = call(server, "GET", path)
    assert answer.status == 404
    assert answer.error


def test_a_version_beyond_64_bits_is_refused(server):
    assert call(server, "GET", "/v2/models/xgboost_anomaly/versions/99999999999999999999").status in (400, 404)


def test_a_query_is_ignored(server):
    assert call(server, "GET", "/v2/health/live?probe=1").status == 200
    assert call(server, "GET", "/v2/models/xgboost_anomaly?a=b/c").json["name"] == "xgboost_anomaly"


@pytest.mark.parametrize("path", GET_PATHS)
def test_head_answers_like_get_without_a_body(server, path):
    expected = call(server, "GET", path)
    with RawConnection(server.http_port) as connection:
        response = connection.exchange(request("HEAD", path), head_only=True)
        assert response.status == 200
        assert response.header("content-length") == str(len(expected.body))
        following = connection.exchange(request("GET", path))
        assert following.status == 200 and following.body == expected.body


@pytest.mark.parametrize("path", GET_PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_other_methods_on_readable_resources_name_those_allowed(server, path, method):
    answer = call(server, method, path)
    assert answer.status == 405
    assert answer.error
    assert {name.strip() for name in answer.headers["allow"].split(",")} == {"GET", "HEAD"}


@pytest.mark.parametrize("path", POST_PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_on_actions_name_post(server, path, method):
    answer = call(server, method, path)
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"


def test_a_broken_model_is_listed_with_its_reason_and_the_others_serve(broken_server):
    index = call(broken_server, "POST", "/v2/repository/index").json
    states = {entry["name"]: entry for entry in index}
    assert states["sound"]["state"] == "READY"
    for name in ("truncated", "empty_file", "not_a_model", "unknown_field"):
        assert states[name]["state"] == "UNAVAILABLE"
        assert states[name]["reason"]
        assert call(broken_server, "GET", f"/v2/models/{name}/ready").status in (404, 503)
    assert "max_batch_size" in states["unknown_field"]["reason"], "the nearest known name is given"
    assert "model.json" in states["truncated"]["reason"], "the file is named"
    assert call(broken_server, "GET", "/v2/health/ready").status == 200


def test_strict_readiness_is_false_while_a_model_is_broken(start_server):
    server = start_server("--exit-on-error=false", repositories=[BROKEN_REPOSITORY])
    assert call(server, "GET", "/v2/health/live").status == 200
    assert call(server, "GET", "/v2/health/ready").status == 400
    assert call(server, "GET", "/v2/models/sound/ready").status == 200


@pytest.mark.parametrize("path", GET_PATHS + ["/v2/models/nobody", "/nothing"])
def test_every_body_is_strict_json(server, path):
    strict_json(call(server, "GET", path).body)
