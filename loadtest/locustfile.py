"""Users that send rows to models and compare every answer, bit for bit, with what the model's trainer answers.

Started by `loadtest/run`, which writes the plan that LOADTEST_PLAN names. Every request becomes a line of a CSV file:
start, name, milliseconds, bytes, target, what was wrong.
"""

import array
import csv
import itertools
import json
import os
import pickle
import random
import time
from pathlib import Path

from locust import FastHttpUser, between, events, task
from request_pool import variant_of

PLAN = json.loads(Path(os.environ["LOADTEST_PLAN"]).read_text())
POOL = pickle.loads(Path(PLAN["pool"]).read_bytes())
ARRAY_TYPES = {"FP32": "f", "FP64": "d"}
ONE_ROW = {"name": "features", "shape": [1, 37], "datatype": "FP32"}
INFER = "/v2/models/xgboost_anomaly/infer"
# What is wrong on purpose: name, path, body, headers, the status that it must get.
FAULTS = [
    ("broken JSON", INFER, '{"inputs":[{', {}, 400),
    ("too few values", INFER, json.dumps({"inputs": [ONE_ROW | {"data": [1, 2, 3]}]}), {}, 400),
    ("wrong shape", INFER, json.dumps({"inputs": [ONE_ROW | {"shape": [1, 2], "data": [1, 2]}]}), {}, 400),
    ("unknown datatype", INFER, json.dumps({"inputs": [ONE_ROW | {"datatype": "FP99", "data": [0] * 37}]}), {}, 400),
    ("head longer than body", INFER, "short", {"Inference-Header-Content-Length": "5000"}, 400),
    ("unknown model", "/v2/models/absent/infer", '{"inputs":[]}', {}, 404),
    ("unknown version", "/v2/models/xgboost_anomaly/versions/99/infer", '{"inputs":[]}', {}, 404),
    ("unknown path", "/v2/nowhere", "{}", {}, 404),
]


def by_model_and_rows():
    """Requests by model and number of rows, without the sizes that the plan does not have."""
    found = {}
    for request in POOL:
        if str(request["rows"]) in PLAN["weight_by_rows"]:
            found.setdefault((request["model"], request["rows"]), []).append(request)
    return found


REQUESTS = by_model_and_rows()
SIZES = [int(rows) for rows in PLAN["weight_by_rows"]]
WEIGHTS = list(PLAN["weight_by_rows"].values())
TARGETS = itertools.cycle(PLAN["targets"])


def margins_of(request, response):
    """The answer's margins as bytes, and the version that answered."""
    content = response.content
    if request["form"] == "json":
        answer = json.loads(content)
        data = answer["outputs"][0]["data"]
        return array.array(ARRAY_TYPES[request["datatype"]], data).tobytes(), int(answer["model_version"])
    length = int(response.headers["Inference-Header-Content-Length"])
    return content[length:], int(json.loads(content[:length])["model_version"])


def fault_of(request, response):
    """What is wrong with an answer, or None."""
    if response.status_code != 200:
        return f"status {response.status_code}: {response.text[:200] if response.content else response.error}"
    margins, version = margins_of(request, response)
    variant = variant_of(version) if request["model"] == "living" else ""
    if variant not in request["expected"]:
        return f"answered by version {version}, which cannot be loaded"
    if margins != request["expected"][variant]:
        return "margins differ from the trainer's"
    return None


class Operator(FastHttpUser):
    """A service that sends its rows: mostly single ones, sometimes many."""

    host = "http://127.0.0.1"
    wait_time = between(*PLAN["wait_seconds"])
    network_timeout = 60

    def on_start(self):
        self.target = next(TARGETS)

    @task(PLAN["inference_weight"])
    def infer(self):
        model = random.choice(self.target["models"])
        rows = random.choices(SIZES, WEIGHTS)[0]
        request = random.choice(REQUESTS[model, rows])
        name = f"{model}, {rows:,} row{'s' * (rows > 1)}, {request['form']}"
        with self.client.post(
            f"{self.target['url']}/v2/models/{model}/infer",
            data=request["body"],
            headers=request["headers"],
            name=name,
            context={"target": self.target["name"]},
            catch_response=True,
        ) as response:
            try:
                fault = fault_of(request, response)
            except (KeyError, ValueError, TypeError, IndexError) as error:
                fault = f"unreadable answer: {error!r}"
            if fault:
                response.failure(fault)

    @task(PLAN["fault_weight"])
    def send_a_fault(self):
        name, path, body, headers, status = random.choice(FAULTS)
        with self.client.post(
            self.target["url"] + path,
            data=body.encode(),
            headers=headers,
            name=f"refused: {name}",
            context={"target": self.target["name"]},
            catch_response=True,
        ) as response:
            if response.status_code != status:
                response.failure(f"status {response.status_code} instead of {status}")
            elif not is_error(response.text):
                response.failure(f"no error text: {response.text[:100]}")
            else:
                response.success()

    @task(PLAN["ready_weight"])
    def ready(self):
        self.client.get(self.target["url"] + "/v2/health/ready", name="ready", context={"target": self.target["name"]})


def is_error(text):
    try:
        answer = json.loads(text)
    except ValueError:
        return False
    return list(answer) == ["error"] and bool(answer["error"])


class RequestLog:
    """Writes a line for each request, and one for each second with the number of users."""

    def __init__(self, environment):
        self.environment = environment
        self.file = open(PLAN["requests"], "w", newline="", buffering=1 << 16)
        self.writer = csv.writer(self.file)
        self.second = 0

    def add(self, name, response_time, response_length, exception, start_time, context, **_):
        wrong = "" if exception is None else str(exception).replace("\n", " ")[:300] or repr(exception)
        self.writer.writerow(
            [f"{start_time:.4f}", name, f"{response_time:.3f}", response_length or 0, context.get("target", ""), wrong]
        )
        if int(time.time()) != self.second:
            self.second = int(time.time())
            self.writer.writerow([f"{time.time():.4f}", "users", self.environment.runner.user_count, 0, "", ""])

    def close(self, **_):
        self.file.close()


@events.init.add_listener
def on_init(environment, **_):
    log = RequestLog(environment)
    events.request.add_listener(log.add)
    events.quit.add_listener(log.close)
