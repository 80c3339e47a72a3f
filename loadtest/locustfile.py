"""Users that post telemetry to every sample model, as JSON, and check what comes back.

make load                              # 10 users, 2 more per second, 60 s
locust --locustfile loadtest/locustfile.py --headless --users 10 --spawn-rate 2 --run-time 60s --host http://…
"""

import sys
from pathlib import Path

from locust import FastHttpUser, between, task

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
from telemetry import make_telemetry  # noqa: E402

ROWS = make_telemetry(2000, seed=1)[0]
CATBOOST_FEATURES = 36


class Operator(FastHttpUser):
    """One service that sends its rows: mostly single ones, sometimes a batch."""

    wait_time = between(0.01, 0.1)

    def on_start(self):
        self.next_row = id(self) % len(ROWS)

    def rows(self, count, features=ROWS.shape[1]):
        first = self.next_row
        self.next_row = (first + count) % (len(ROWS) - count)
        return ROWS[first : first + count, :features]

    def infer(self, model, rows, outputs):
        tensor = {"name": "features", "shape": list(rows.shape), "datatype": "FP32", "data": rows.ravel().tolist()}
        name = f"{model}, {len(rows)} rows" if len(rows) > 1 else f"{model}, 1 row"
        with self.client.post(
            f"/v2/models/{model}/infer", json={"inputs": [tensor]}, name=name, catch_response=True
        ) as response:
            if response.status_code != 200:
                response.failure(f"status {response.status_code}: {response.text}")
                return
            found = {output["name"]: output for output in response.json()["outputs"]}
            if found.keys() != outputs or any(output["shape"][0] != len(rows) for output in found.values()):
                response.failure(f"unexpected outputs: {response.text[:200]}")

    @task(8)
    def xgboost(self):
        self.infer("xgboost_anomaly", self.rows(1), {"label", "probabilities", "margin"})

    @task(8)
    def catboost(self):
        self.infer("catboost_anomaly", self.rows(1, CATBOOST_FEATURES), {"label", "probabilities", "margin"})

    @task(4)
    def isolation_forest(self):
        self.infer("isolation_forest", self.rows(1), {"score", "margin"})

    @task(2)
    def batch(self):
        self.infer("xgboost_anomaly", self.rows(64), {"label", "probabilities", "margin"})

    @task(1)
    def ready(self):
        self.client.get("/v2/health/ready")
