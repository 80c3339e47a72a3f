"""Predictions that are kept, labels that are joined with them, experiments and rollouts, on the real server."""

import json
import shutil
import subprocess
import time

import grpc
import numpy as np
import pytest
import tritonclient.grpc as triton_grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc
from inference_client import call, infer, infer_binary, tensor
from living_models import wait_until
from server_process import ROOT, binary_path
from sklearn import metrics as scores
from test_metrics import scrape, value
from trainers import SAMPLES, rows_for, trainer

MODEL = "xgboost_anomaly"
ROWS = rows_for(MODEL, 200, seed=9, special=False)
LABELS = trainer(MODEL).label(ROWS)
PROBABILITIES = trainer(MODEL).probabilities(ROWS)[:, 1]


def repository(tmp_path, monitoring="keep_predictions: 2000", split=None, models=(MODEL, "catboost_anomaly")):
    """The sample models with their predictions kept, and a split of them."""
    folder = tmp_path / "models"
    for name in models:
        shutil.copytree(SAMPLES / name, folder / name)
        # Without rules of their own: what counts as an anomaly is the label here.
        lines = (SAMPLES / name / "rowan.pbtxt").read_text().splitlines()
        kept = [line for line in lines if not line.startswith(("anomaly", "explanation"))]
        (folder / name / "rowan.pbtxt").write_text("\n".join(kept) + f"\nmonitoring {{ {monitoring} }}\n")
    if split:
        (folder / "anomaly").mkdir()
        features = [line for line in (SAMPLES / "anomaly/rowan.pbtxt").read_text().splitlines() if "features {" in line]
        (folder / "anomaly" / "rowan.pbtxt").write_text(split + "\n" + "\n".join(features) + "\n")
    return folder


def split_text(weights=(70, 30), rollout=""):
    return (
        f'traffic_split {{ variant {{ name: "xgboost" model: "xgboost_anomaly" weight: {weights[0]} }} '
        f'variant {{ name: "catboost" model: "catboost_anomaly" weight: {weights[1]} }} '
        f'sticky {{ header: "x-user-id" }} {rollout} }}'
    )


def prediction(server, rows=ROWS[:1], model=MODEL, **members):
    """The identity of a request's predictions."""
    answer = infer(server, model, rows, **members)
    assert answer.status == 200, answer.body
    return answer.json["parameters"]["rowan_prediction_id"]


def feedback(server, items, model=MODEL, headers=None):
    body = json.dumps({"feedback": items})
    return call(server, "POST", f"/v2/models/{model}/feedback", body=body, headers=headers)


def outcome(accepted=0, unknown=0, late=0, duplicate=0):
    return {"accepted": accepted, "unknown": unknown, "late": late, "duplicate": duplicate}


# Predictions and labels


def test_labels_are_joined_whatever_way_the_request_came(start_server, tmp_path):
    server = start_server(repositories=[repository(tmp_path, "keep_predictions: 20000")])
    ids = [prediction(server), prediction(server, ROWS[:3])]
    binary = infer_binary(server, MODEL, ROWS[:2])
    head = json.loads(binary.body[: int(binary.headers["inference-header-content-length"])])
    ids.append(head["parameters"]["rowan_prediction_id"])
    client = triton_grpc.InferenceServerClient(server.grpc_url)
    given = triton_grpc.InferInput("features", [2, 37], "FP32")
    given.set_data_from_numpy(ROWS[:2])
    answer = client.infer(MODEL, [given], request_id="by-grpc").get_response()
    ids.append(answer.parameters["rowan_prediction_id"].string_param)
    large = infer(server, MODEL, np.tile(ROWS, (5, 1)), id="large")
    ids.append(large.json["parameters"]["rowan_prediction_id"])
    assert len(set(ids)) == len(ids)
    items = [{"prediction_id": identity, "label": 1} for identity in ids]
    items += [{"prediction_id": ids[1], "row": 2, "label": 0}, {"request_id": "by-grpc", "row": 1, "label": 0}]
    items += [{"request_id": "large", "row": 999, "label": 0, "time": "2026-11-30T10:00:00Z"}]
    assert feedback(server, items).json == outcome(accepted=8)
    assert feedback(server, items).json == outcome(duplicate=8)
    wrong = [
        {"prediction_id": "00000000-0", "label": 1},
        {"prediction_id": ids[0], "row": 1, "label": 1},
        {"prediction_id": "nonsense", "label": 1},
        {"request_id": "never", "label": 1},
        {"request_id": "large", "row": 998, "label": "dog"},
    ]
    assert feedback(server, wrong).json == outcome(unknown=5)
    wait_until(lambda: value(scrape(server), "rowan_feedback_total", model=MODEL, outcome="accepted") == 8, "figures")
    families = scrape(server)
    assert value(families, "rowan_feedback_total", model=MODEL, outcome="unknown") == 5
    assert value(families, "rowan_feedback_total", model=MODEL, outcome="duplicate") == 8


def test_an_answer_of_a_model_that_is_not_monitored_says_nothing(server):
    assert "rowan_prediction_id" not in infer(server, MODEL, ROWS[:1]).json.get("parameters", {})
    answer = feedback(server, [{"request_id": "a", "label": 1}])
    assert answer.status == 404 and "monitoring" in answer.error


def test_accuracy_is_that_of_scikit_learn(start_server, tmp_path):
    server = start_server(repositories=[repository(tmp_path, "keep_predictions: 2000 window_predictions: 150")])
    identity = prediction(server, ROWS)
    truth = np.where(np.random.default_rng(3).random(len(ROWS)) < 0.8, LABELS, 1 - LABELS)
    items = [{"prediction_id": identity, "row": row, "label": int(label)} for row, label in enumerate(truth)]
    assert feedback(server, items).json == outcome(accepted=len(ROWS))
    expected = scores.accuracy_score(truth[-150:], LABELS[-150:])
    wait_until(lambda: scrape(server)["model_accuracy"].samples, "accuracy is shown")
    families = scrape(server)
    assert value(families, "model_accuracy", model=MODEL) == pytest.approx(expected, abs=1e-12)
    negatives = truth[-150:] == 0
    rate = (LABELS[-150:][negatives] != 0).mean()
    assert value(families, "false_positive_rate", model=MODEL) == pytest.approx(rate, abs=1e-12)
    assert value(families, "anomaly_rate", model=MODEL) == pytest.approx(LABELS[-150:].mean(), abs=1e-12)


def test_predictions_outlive_the_process_and_late_labels_are_told(start_server, tmp_path):
    data = tmp_path / "data"
    folder = repository(tmp_path, "keep_predictions: 1000")
    server = start_server("--data-directory", str(data), repositories=[folder])
    early = prediction(server, id="early")
    time.sleep(0.3)
    assert server.terminate() == 0
    server = start_server("--data-directory", str(data), repositories=[folder])
    assert feedback(server, [{"prediction_id": early, "label": 1}]).json == outcome(accepted=1)
    assert feedback(server, [{"request_id": "early", "label": 1}]).json == outcome(duplicate=1)
    for _ in range(6):
        infer(server, MODEL, ROWS)
    assert feedback(server, [{"prediction_id": early, "label": 1}]).json == outcome(late=1)
    second = subprocess.run(
        [binary_path(), "serve", "--http-port", "0", "--grpc-port", "-1", "--metrics-port", "-1", "--data-directory",
         str(data), "--model-repository", str(folder)], capture_output=True, text=True, timeout=30)  # fmt: skip
    assert second.returncode == 1 and "in use by another process" in second.stderr


def test_feedback_is_taken_from_those_who_may_change_the_server(start_server, tmp_path):
    token = tmp_path / "token"
    token.write_text("secret-token-of-24-letters\n")
    folder = repository(tmp_path)
    server = start_server("--admin-token-file", str(token), repositories=[folder])
    identity = prediction(server)
    items = [{"prediction_id": identity, "label": 1}]
    assert feedback(server, items).status == 403
    assert feedback(server, items, headers={"Authorization": "Bearer wrong"}).status == 403
    assert feedback(server, items, headers={"Authorization": "Bearer secret-token-of-24-letters"}).status == 200
    wait_until(lambda: any("audit" in line and "accepted=1" in line for line in server.lines), "an audit line")
    labels = tmp_path / "labels.csv"
    labels.write_text(f"prediction_id,row,label\n{identity},0,1\n{prediction(server)},0,0\n")
    command = [binary_path(), "feedback", "import", str(labels), "--model", MODEL, "--url", f"http://{server.url}"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert refused.returncode == 1 and "403" in refused.stderr
    done = subprocess.run(command + ["--token-file", str(token), "--json"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == outcome(accepted=1, duplicate=1)


def test_feedback_comes_by_grpc(start_server, tmp_path):
    server = start_server(repositories=[repository(tmp_path)])
    identity = prediction(server, ROWS[:2])
    definitions = ROOT / "Sources/OpenInferenceProtocol/Protobuf/Definitions"
    target = tmp_path / "feedback.bin"
    arguments = ["protoc", f"-I{definitions}", f"--descriptor_set_out={target}", "rowan/v1/feedback.proto"]
    assert protoc.main(arguments) == 0
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes()).file:
        pool.Add(file)
    types = {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"rowan.v1.{name}"))
        for name in ("FeedbackRequest", "FeedbackResponse")
    }
    request = types["FeedbackRequest"](model_name=MODEL)
    request.feedback.add(prediction_id=identity, row=1, label_number=0)
    request.feedback.add(prediction_id=identity, label_text="1")
    request.feedback.add(request_id="never", label_number=1)
    with grpc.insecure_channel(server.grpc_url) as channel:
        submit = channel.unary_unary(
            "/rowan.v1.Feedback/Submit", request_serializer=types["FeedbackRequest"].SerializeToString,
            response_deserializer=types["FeedbackResponse"].FromString)  # fmt: skip
        answer = submit(request, timeout=10)
        assert (answer.accepted, answer.unknown) == (2, 1)
        with pytest.raises(grpc.RpcError) as caught:
            submit(types["FeedbackRequest"](model_name="nobody"), timeout=10)
        assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_labels_are_imported_while_the_server_does_not_run(start_server, tmp_path):
    data, labels = tmp_path / "data", tmp_path / "labels.csv"
    folder = repository(tmp_path, "keep_predictions: 2000", split=split_text())
    server = start_server("--data-directory", str(data), repositories=[folder])
    found = ask(server, [f"user-{number}" for number in range(60)])
    items = [f"{identity},0,{number % 2}\n" for identity, _, number in found.values()]
    labels.write_text("prediction_id,row,label\n" + "".join(items) + items[0])

    def load(model, *options):
        command = [binary_path(), "feedback", "import", str(labels), "--model", model, "--data-directory", str(data)]
        command += ["--model-repository", str(folder), *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=30)

    busy = load("anomaly")
    assert busy.returncode == 1 and "in use by another process" in busy.stderr
    assert server.terminate() == 0
    mine = sum(variant == "xgboost" for _, variant, _ in found.values())
    done = load(MODEL, "--json")
    assert done.returncode == 0, done.stderr
    first_is_mine = list(found.values())[0][1] == "xgboost"
    assert json.loads(done.stdout) == outcome(accepted=mine, unknown=60 - mine + (not first_is_mine),
                                              duplicate=int(first_is_mine))  # fmt: skip
    rest = load("anomaly")
    assert rest.returncode == 0, rest.stderr
    assert rest.stdout == f"61 labels for anomaly: {60 - mine} accepted, 0 unknown, 0 late, {mine + 1} duplicate\n"
    for model, words in [("nobody", "there is no model 'nobody'"), ("isolation_forest", "there is no model")]:
        refused = load(model)
        assert refused.returncode == 1 and words in refused.stderr
    server = start_server("--data-directory", str(data), repositories=[folder])
    by_name = {variant["name"]: variant for variant in experiment(server)["variants"]}
    assert by_name["xgboost"]["labels"] == mine and by_name["catboost"]["labels"] == 60 - mine


def test_a_rule_says_which_rows_are_anomalous(start_server, tmp_path):
    """By HTTP and gRPC, in batches, shared queues and large requests; the expected values are the trainers' own."""
    threshold = float(np.float32(np.quantile(PROBABILITIES, 0.8)))
    rule = f'anomaly {{ output: "probabilities" class_index: 1 threshold: {threshold!r} }}'
    firing = int((PROBABILITIES > np.float32(threshold)).sum())
    assert 20 < firing < LABELS.sum()
    folder = repository(tmp_path, "keep_predictions: 20000", models=(MODEL, "isolation_forest"))
    with open(folder / MODEL / "rowan.pbtxt", "a") as file:
        file.write(rule + "\n")
    shutil.copytree(folder / MODEL, folder / "queued")
    configuration = (folder / MODEL / "config.pbtxt").read_text().replace(MODEL, "queued")
    queue = "dynamic_batching { max_queue_delay_microseconds: 1000 }"
    (folder / "queued" / "config.pbtxt").write_text(configuration.replace("dynamic_batching { }", queue))
    with open(folder / "isolation_forest" / "rowan.pbtxt", "a") as file:
        file.write('anomaly { output: "score" threshold: 0.47 }\n')
    server = start_server(repositories=[folder])

    def counted(model):
        families = scrape(server)
        return [value(families, "model_prediction_total", model=model, result=result) for result in ("1", "0")]

    # Nobody asks for the probabilities: they are computed all the same.
    assert infer(server, MODEL, ROWS, outputs=[{"name": "label"}]).status == 200
    assert counted(MODEL) == [firing, len(ROWS) - firing]
    client = triton_grpc.InferenceServerClient(server.grpc_url)
    given = triton_grpc.InferInput("features", [len(ROWS), 37], "FP32")
    given.set_data_from_numpy(ROWS)
    client.infer(MODEL, [given])
    assert counted(MODEL) == [2 * firing, 2 * (len(ROWS) - firing)]
    assert infer_binary(server, MODEL, np.tile(ROWS, (10, 1))).status == 200
    assert counted(MODEL) == [12 * firing, 12 * (len(ROWS) - firing)]
    assert infer(server, "queued", ROWS, outputs=[{"name": "margin"}]).status == 200
    assert counted("queued") == [firing, len(ROWS) - firing]
    wait_until(lambda: scrape(server)["anomaly_rate"].samples, "the rate is shown")
    wait_until(
        lambda: value(scrape(server), "anomaly_rate", model="queued") == pytest.approx(firing / len(ROWS)), "a rate"
    )
    # A model that names no class: what its rule calls an anomaly is what labels are compared with.
    answer = infer(server, "isolation_forest", ROWS[:100])
    identity = answer.json["parameters"]["rowan_prediction_id"]
    fires = np.asarray(trainer("isolation_forest").score(ROWS[:100])).ravel() > np.float32(0.47)
    assert 20 < fires.sum() < 80
    truth = np.where(np.arange(100) < 90, fires, ~fires)
    items = [{"prediction_id": identity, "row": row, "label": int(label)} for row, label in enumerate(truth)]
    assert feedback(server, items, model="isolation_forest").json == outcome(accepted=100)
    wait_until(lambda: scrape(server)["model_accuracy"].samples, "accuracy is shown")
    assert value(scrape(server), "model_accuracy", model="isolation_forest") == pytest.approx(0.9)
    assert counted("isolation_forest") == [fires.sum(), 100 - fires.sum()]


# Experiments


def ask(server, users, rows=ROWS, model="anomaly"):
    """One request for each user, with the rows in turn; the identities by user."""
    found = {}
    for number, user in enumerate(users):
        answer = infer(server, model, rows[number % len(rows)][None], headers={"x-user-id": user})
        assert answer.status == 200, answer.body
        found[user] = (answer.json["parameters"]["rowan_prediction_id"], answer.headers["rowan-variant"], number)
    return found


def experiment(server, split="anomaly"):
    answer = call(server, "GET", f"/v2/experiments/{split}")
    assert answer.status == 200, answer.body
    return answer.json


def test_an_experiment_counts_keys_and_labels_by_variant(start_server, tmp_path):
    data = tmp_path / "data"
    folder = repository(tmp_path, split=split_text())
    server = start_server("--data-directory", str(data), repositories=[folder])
    users = [f"user-{number}" for number in range(150)]
    found = ask(server, users)
    ask(server, users[:20])
    items = [{"prediction_id": identity, "label": number % 2} for identity, _, number in found.values()]
    assert feedback(server, items, model="anomaly").json == outcome(accepted=150)
    assert call(server, "GET", "/v2/experiments").json == {
        "experiments": [{"name": "anomaly", "variants": ["xgboost", "catboost"], "rollout_phase": None}]
    }

    def check(document):
        by_name = {variant["name"]: variant for variant in document["variants"]}
        for name, variant in by_name.items():
            mine = [entry for entry in found.values() if entry[1] == name]
            model = {"xgboost": "xgboost_anomaly", "catboost": "catboost_anomaly"}[name]
            width = 37 if name == "xgboost" else 36
            predicted = trainer(model).label(np.array([ROWS[entry[2] % len(ROWS)][:width] for entry in mine]))
            truth = np.array([entry[2] % 2 for entry in mine])
            assert variant["keys"] == variant["labels"] == len(mine)
            assert variant["accuracy"] == pytest.approx(scores.accuracy_score(truth, predicted))
            assert variant["precision"] == pytest.approx(scores.precision_score(truth, predicted, zero_division=0))
            assert variant["recall"] == pytest.approx(scores.recall_score(truth, predicted, zero_division=0))
        assert sum(variant["rows"] for variant in by_name.values()) == 170
        assert by_name["xgboost"]["share"] == pytest.approx(0.7)
        assert not document["sample_ratio"]["is_mismatch"]
        assert {metric["name"] for metric in document["metrics"]} == {"anomaly_rate", "accuracy"}

    check(experiment(server))
    assert call(server, "GET", "/v2/experiments/nobody").status == 404
    plot = tmp_path / "plot.svg"
    shown = subprocess.run(
        [binary_path(), "experiment", "anomaly", "--url", server.url, "--svg", str(plot)], capture_output=True,
        text=True, timeout=30)  # fmt: skip
    assert shown.returncode == 0 and "verdict" in shown.stdout, shown.stderr
    assert plot.read_text().startswith("<svg ")
    assert server.terminate() == 0
    # What is kept of predictions makes the experiment anew.
    check(experiment(start_server("--data-directory", str(data), repositories=[folder])))


ROLLOUT = 'rollout {{ candidate: "catboost" steps: [10, 50, 100] hold_seconds: {hold} guard {{ {guard} }} }}'


def test_a_good_candidate_goes_all_the_way_and_stays_there(start_server, tmp_path):
    data = tmp_path / "data"
    split = split_text((100, 0), ROLLOUT.format(hold=1, guard="max_error_rate: 0.1 min_samples: 5"))
    folder = repository(tmp_path, split=split)
    server = start_server("--data-directory", str(data), repositories=[folder])
    assert experiment(server)["rollout"]["share_percent"] == 10
    shares = set()

    def completed():
        ask(server, [f"user-{number}" for number in range(60)])
        rollout = experiment(server)["rollout"]
        shares.add(rollout["share_percent"])
        return rollout["phase"] == "completed"

    wait_until(completed, "the rollout is completed")
    assert shares == {10, 50, 100}
    assert {variant for _, variant, _ in ask(server, [f"u{n}" for n in range(30)]).values()} == {"catboost"}
    assert server.terminate() == 0
    server = start_server("--data-directory", str(data), repositories=[folder])
    assert experiment(server)["rollout"]["phase"] == "completed"
    assert {variant for _, variant, _ in ask(server, [f"u{n}" for n in range(30)]).values()} == {"catboost"}
    refused = call(server, "POST", "/v2/experiments/anomaly/rollout", body='{"action": "pause"}')
    assert refused.status == 400 and "has ended" in refused.error


def test_a_candidate_that_turns_bad_is_taken_off_at_once(start_server, tmp_path):
    split = split_text((100, 0), ROLLOUT.format(hold=600, guard="min_accuracy: 0.9 min_samples: 20"))
    server = start_server(repositories=[repository(tmp_path, split=split)])
    found = ask(server, [f"user-{number}" for number in range(600)])
    mine = [entry for entry in found.values() if entry[1] == "catboost"]
    assert 30 < len(mine) < 100
    labels = {identity: 1 - int(trainer("catboost_anomaly").label(ROWS[number % len(ROWS)][None, :36])[0])
              for identity, _, number in mine}  # fmt: skip
    items = [{"prediction_id": identity, "label": label} for identity, label in labels.items()]
    assert feedback(server, items, model="anomaly").json == outcome(accepted=len(mine))
    wait_until(lambda: experiment(server)["rollout"]["phase"] == "rolled_back", "the rollout is rolled back")
    rollout = experiment(server)["rollout"]
    assert rollout["share_percent"] == 0
    assert rollout["changes"][-1]["reason"] == "at 10 %: accuracy 0 is below 0.9"
    assert {variant for _, variant, _ in ask(server, [f"u{n}" for n in range(60)]).values()} == {"xgboost"}
    wait_until(lambda: any("rolled_back" in line and "accuracy" in line for line in server.lines), "a line")


def test_a_rollout_is_led_by_hand(start_server, tmp_path):
    token = tmp_path / "token"
    token.write_text("secret-token-of-24-letters\n")
    split = split_text((100, 0), ROLLOUT.format(hold=600, guard="min_samples: 5"))
    server = start_server("--admin-token-file", str(token), repositories=[repository(tmp_path, split=split)])
    assert call(server, "POST", "/v2/experiments/anomaly/rollout", body='{"action": "abort"}').status == 403
    for action, phase, share in [
        ("pause", "paused", 10), ("resume", "running", 10), ("promote", "promoted", 100),
    ]:  # fmt: skip
        done = subprocess.run(
            [binary_path(), "rollout", "anomaly", action, "--url", server.url, "--token-file", str(token)],
            capture_output=True, text=True, timeout=30)  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"anomaly: {phase} at {share} %\n"
    served = {variant for _, variant, _ in ask(server, [f"u{n}" for n in range(30)]).values()}
    assert served == {"catboost"}
    wait_until(lambda: sum("audit" in line and "rollout" in line for line in server.lines) >= 4, "audit lines")
    headers = {"Authorization": "Bearer secret-token-of-24-letters"}
    for body in ["", "{}", '{"action": "stop"}', '{"action": "pause", "now": true}', "[" * 100]:
        answer = call(server, "POST", "/v2/experiments/anomaly/rollout", body=body, headers=headers)
        assert answer.status == 400, body


# State


def test_state_is_backed_up_beside_a_server_and_restored_into_another(start_server, tmp_path):
    split = split_text((100, 0), ROLLOUT.format(hold=600, guard="min_samples: 5"))
    folder = repository(tmp_path, split=split)
    first, second, file = tmp_path / "first", tmp_path / "second", tmp_path / "backup.db"
    server = start_server("--data-directory", str(first), repositories=[folder])
    assert call(server, "POST", "/v2/experiments/anomaly/rollout", body='{"action": "promote"}').status == 200

    def state(*words):
        return subprocess.run([binary_path(), "state", *words], capture_output=True, text=True, timeout=30)

    assert state("backup", str(file), "--data-directory", str(first)).returncode == 0
    busy = state("restore", str(file), "--data-directory", str(first))
    assert busy.returncode == 1 and "in use by another process" in busy.stderr
    restored = state("restore", str(file), "--data-directory", str(second), "--json")
    assert restored.returncode == 0 and json.loads(restored.stdout)["rows"] == 1, restored.stderr
    other = start_server("--data-directory", str(second), repositories=[folder])
    assert experiment(other)["rollout"]["phase"] == "promoted"
