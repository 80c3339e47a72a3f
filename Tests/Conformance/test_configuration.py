"""The file of --config: options as fields, what wins, and what `rowan config show` says."""

import http.client
import json
import os
import subprocess

from server_process import binary_path
from trainers import SAMPLES


def show(*words, environment=None):
    variables = {**os.environ, **(environment or {})}
    return subprocess.run(
        [binary_path(), "config", "show", "--json", *words], env=variables, capture_output=True, text=True, timeout=30)


def test_options_of_the_file_hold_unless_somebody_else_says_otherwise(start_server, tmp_path):
    path = tmp_path / "rowan.conf"
    path.write_text('access_log: true\nlog_format: "json"\nhttp_max_input_size: 100000\n')
    server = start_server("--config", str(path), "--http-max-input-size", "2048")
    assert server.get_status("/v2/health/ready") == 200
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=5)
    connection.request("POST", "/v2/models/xgboost_anomaly/infer", body=b"x" * 3000)
    assert connection.getresponse().status == 413
    connection.close()
    assert server.terminate() == 0
    requests = [json.loads(line) for line in server.lines if "/v2/health/ready" in line]
    assert requests, server.log


def test_what_holds_is_shown_with_its_origin(tmp_path):
    path = tmp_path / "rowan.conf"
    path.write_text('http_port: 7000\n\nthreads: 3\nstate_url: "postgresql://u:secret@h/d"\n')
    done = show("--config", str(path), "--grpc-port", "0", "--model-repository", str(SAMPLES),
                environment={"ROWAN_THREADS": "2"})
    assert done.returncode == 0, done.stderr
    found = {each["option"]: each for each in json.loads(done.stdout)["options"]}
    assert found["--http-port"] == {
        "option": "--http-port", "value": "7000", "origin": "file", "file": str(path), "line": 1}
    assert found["--threads"] == {
        "option": "--threads", "value": "2", "origin": "variable", "variable": "ROWAN_THREADS"}
    assert found["--grpc-port"] == {"option": "--grpc-port", "value": "0", "origin": "flag"}
    assert found["--metrics-port"] == {"option": "--metrics-port", "value": "8002", "origin": "default"}
    assert "secret@" not in done.stdout


def test_a_fault_names_file_and_place(tmp_path):
    path = tmp_path / "rowan.conf"
    path.write_text("\n  http_prt: 1\n")
    done = show("--config", str(path))
    assert done.returncode == 1
    assert done.stderr == (
        f"rowan: --config {path}: 2:3: rowan.ServerConfiguration has no field 'http_prt'; did you mean 'http_port'?\n")
