"""What `compare` and `compare-peers` share: requests of the sample model, and rounds of wrk against a server."""

import json
import random
import re
import statistics
import struct
import subprocess
import sys

from server_processes import ROOT

MODEL = "xgboost_anomaly"
MODEL_FILE = ROOT / "model_repository" / MODEL / "1" / "model.json"
INFER_PATH = f"/v2/models/{MODEL}/infer"

WRK_SCRIPT = """
local file = assert(io.open("{body}", "rb"))
wrk.method = "{method}"
wrk.body = file:read("*a")
file:close()
if #wrk.body == 0 then wrk.body = nil end
{headers}
function done(summary, latency, requests)
    io.write(string.format(
        "RESULT %d %d %d %f %f\\n", summary.requests, summary.duration,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
        + summary.errors.timeout, latency:percentile(50), latency:percentile(99)))
end
"""


class Scenario:
    def __init__(self, title, connections, method="GET", path=INFER_PATH, body=b"", headers=None, rows=None):
        self.title = title
        self.connections = connections
        self.method = method
        self.path = path
        self.body = body
        self.headers = headers or {}
        self.rows = rows


def telemetry_rows(count):
    """Rows near the model's own thresholds, so that they spread over the trees."""
    generator = random.Random(37)
    model = json.loads(MODEL_FILE.read_text())["learner"]
    features = int(model["learner_model_param"]["num_feature"])
    thresholds = [[0.0] for _ in range(features)]
    for tree in model["gradient_booster"]["model"]["trees"]:
        for left, feature, threshold in zip(tree["left_children"], tree["split_indices"], tree["split_conditions"]):
            if left != -1:
                thresholds[feature].append(threshold)
    return [
        [float(f"{generator.choice(values) * generator.uniform(0.8, 1.25):.7g}") for values in thresholds]
        for _ in range(count)
    ]


def json_request(rows, **members):
    """A request as compact JSON; `members` are added to its top level."""
    tensor = {"name": "features", "shape": [len(rows), len(rows[0])], "datatype": "FP32"}
    tensor["data"] = [value for row in rows for value in row]
    body = json.dumps({"inputs": [tensor]} | members, separators=(",", ":")).encode()
    return body, {"Content-Type": "application/json"}


def binary_request(rows, **members):
    """A request whose rows follow its JSON as bytes, and whose answer comes so, too."""
    blob = b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows)
    tensor = {"name": "features", "shape": [len(rows), len(rows[0])], "datatype": "FP32"}
    tensor["parameters"] = {"binary_data_size": len(blob)}
    members = members or {"parameters": {"binary_data_output": True}}
    head = json.dumps({"inputs": [tensor]} | members, separators=(",", ":")).encode()
    return head + blob, {
        "Content-Type": "application/octet-stream",
        "Inference-Header-Content-Length": str(len(head)),
    }


def run_wrk(server, scenario, path, seconds, cpu, directory):
    body = directory / "request"
    body.write_bytes(scenario.body)
    headers = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in scenario.headers.items())
    script = directory / "request.lua"
    script.write_text(WRK_SCRIPT.format(body=body, method=scenario.method, headers=headers))
    command = ["taskset", "-c", cpu, "wrk", "--threads", 1, "--connections", scenario.connections, "--latency"]
    command += ["--duration", f"{seconds}s", "--timeout", "10s", "--script", script]
    command += [f"http://127.0.0.1:{server.port}{path}"]
    output = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    requests, duration, errors, p50, p99 = re.search(r"RESULT (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)", output).groups()
    if int(errors):
        sys.exit(f"{server.name}, {scenario.title}: {errors} of {requests} requests failed\n{output}")
    return int(requests), int(duration) / 1e6, float(p50), float(p99)


def measure(server, scenario, path, arguments, directory):
    """One round behind one second of warm-up: CPU µs per request, requests per second, latencies in µs."""
    run_wrk(server, scenario, path, 1, arguments.generator_cpu, directory)
    before = server.cpu_microseconds()
    requests, seconds, p50, p99 = run_wrk(server, scenario, path, arguments.seconds, arguments.generator_cpu, directory)
    if not requests:
        sys.exit(f"{server.name}, {scenario.title}: no request was answered in {arguments.seconds} s")
    return {
        "cpu": (server.cpu_microseconds() - before) / requests,
        "rate": requests / seconds,
        "p50": p50,
        "p99": p99,
    }


def median(rounds, figure):
    return statistics.median(found[figure] for found in rounds)
