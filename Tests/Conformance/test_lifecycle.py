"""Starting, draining and ending: no request that was sent whole stays without its answer."""

import json
import signal
import socket
import subprocess
import threading
import time

import numpy as np
import pytest
from inference_client import call, infer_path, tensor
from object_store import free_port
from raw_http import ConnectionClosed, RawConnection, request
from server_process import ServerProcess, binary_path
from trainers import BROKEN_REPOSITORY, REPOSITORY, SAMPLES, model_file, rows_for, trainer

MODEL = "xgboost_anomaly"


def run(*arguments, seconds=20):
    return subprocess.run([binary_path(), *arguments], capture_output=True, text=True, timeout=seconds)


def test_start_prints_addresses_models_and_a_command_that_answers(start_server):
    server = start_server()
    for name in ("xgboost_anomaly", "catboost_anomaly", "isolation_forest"):
        assert name in server.log
    command = next(line[line.index("curl ") :] for line in server.lines if "curl " in line)
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20)
    assert result.returncode == 0, result.stderr
    assert "outputs" in json.loads(result.stdout)


def test_who_has_read_ready_may_scrape_at_once():
    for _ in range(10):
        http_port, metrics_port = free_port(), free_port()
        options = ["--http-address", "127.0.0.1", "--http-port", http_port, "--metrics-port", metrics_port]
        command = [binary_path(), "serve", "--model-repository", SAMPLES, *options, "--grpc-port", "-1"]
        with subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                wait_until_ready(http_port, time.monotonic() + 20)
                socket.create_connection(("127.0.0.1", metrics_port), timeout=5).close()
            finally:
                process.kill()


def wait_until_ready(port, deadline):
    """Asks without a pause, so that the first moment of readiness is met."""
    while time.monotonic() < deadline:
        try:
            with RawConnection(port) as connection:
                if connection.exchange(request("GET", "/v2/health/ready")).status == 200:
                    return
        except OSError:
            continue
    raise AssertionError("the server was not ready in time")


def test_sigterm_ends_an_idle_server_at_once(start_server):
    server = start_server()
    with RawConnection(server.http_port) as idle, RawConnection(server.http_port) as fresh:
        assert idle.exchange(request("GET", "/v2/health/ready")).status == 200
        start = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - start < 3, "idle keep-alive connections must not hold the end"
        assert idle.closed_by_server() and fresh.closed_by_server()


def test_sigint_does_the_same(start_server):
    server = start_server()
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == 0


def test_every_request_sent_whole_is_answered_under_load(start_server):
    server = start_server("--threads", "2")
    rows = rows_for(MODEL, 1, seed=71)
    data = request("POST", infer_path(MODEL), json.dumps({"inputs": [tensor(rows)]}).encode())
    expected = trainer(MODEL).margin(rows)[0]
    lost, answered = [], []
    stop = threading.Event()

    def keep_asking(fresh_connections):
        connection = None
        while not stop.is_set():
            try:
                connection = connection or RawConnection(server.http_port, timeout=10)
            except OSError:
                return
            try:
                connection.send(data)
            except OSError:
                connection = None
                continue
            try:
                response = connection.read_response()
            except ConnectionClosed as closed:
                # A kept-alive connection may close while a request is on its way; on a fresh one it was accepted.
                if fresh_connections or closed.args[0]:
                    lost.append(closed.args[0])
                connection = None
                continue
            margin = next(output for output in json.loads(response.body)["outputs"] if output["name"] == "margin")
            assert np.float32(margin["data"][0]) == expected
            answered.append(1)
            if fresh_connections or response.header("connection") == "close":
                connection.close()
                connection = None

    threads = [threading.Thread(target=keep_asking, args=(index % 2 == 0,)) for index in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    server.process.send_signal(signal.SIGTERM)
    code = server.wait()
    stop.set()
    for thread in threads:
        thread.join(20)
    assert code == 0
    assert len(answered) > 100
    assert not lost, f"{len(lost)} requests on accepted connections were lost, {len(answered)} answered"


def test_a_request_in_flight_is_awaited(start_server):
    server = start_server()
    body = json.dumps({"inputs": [tensor(rows_for(MODEL, 1, seed=72))]}).encode()
    data = request("POST", infer_path(MODEL), body)
    with RawConnection(server.http_port) as connection:
        connection.send(data[:-10])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert server.process.poll() is None, "a request that has begun is awaited"
        connection.send(data[-10:])
        response = connection.read_response()
        assert response.status == 200 and response.header("connection") == "close"
    assert server.wait() == 0


def test_readiness_turns_false_during_the_drain_delay(start_server):
    server = start_server("--drain-delay-secs", "2")
    with RawConnection(server.http_port) as open_before:
        assert open_before.exchange(request("GET", "/v2/health/ready")).status == 200
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert call(server, "GET", "/v2/health/ready").status in (400, 503), "listeners go on accepting"
        body = json.dumps({"inputs": [tensor(rows_for(MODEL, 1, seed=73))]})
        assert call(server, "POST", infer_path(MODEL), body).status == 200
    assert server.wait() == 0


def test_a_second_signal_ends_at_once(start_server):
    server = start_server("--drain-delay-secs", "30")
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    start = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.wait()
    assert time.monotonic() - start < 2


def test_a_signal_to_process_and_group_is_one_signal(start_server):
    server = start_server("--exit-timeout-secs", "0")
    server.process.send_signal(signal.SIGTERM)
    server.process.send_signal(signal.SIGTERM)
    assert server.wait() == 0, server.log


def test_the_exit_timeout_ends_what_does_not_end(start_server):
    server = start_server("--exit-timeout-secs", "1")
    with RawConnection(server.http_port) as connection:
        connection.send(request("POST", infer_path(MODEL), None, "Content-Length: 100"))
        time.sleep(0.2)
        start = time.monotonic()
        server.terminate()
        assert time.monotonic() - start < 4


def test_a_port_in_use(server):
    result = run(
        "serve",
        "--model-repository",
        str(SAMPLES),
        "--http-address",
        "127.0.0.1",
        "--http-port",
        str(server.http_port),
        "--metrics-port",
        "0",
    )
    assert result.returncode == 1
    assert str(server.http_port) in result.stderr + result.stdout


def test_no_repository():
    result = run("serve", "--model-repository", "/nonexistent/repository", "--http-port", "0", "--metrics-port", "0")
    assert result.returncode == 1
    assert "/nonexistent/repository" in result.stderr + result.stdout


def test_a_model_that_fails_ends_the_start_by_default():
    result = run("serve", "--model-repository", str(BROKEN_REPOSITORY), "--http-port", "0", "--metrics-port", "0")
    assert result.returncode == 1
    assert str(BROKEN_REPOSITORY) in result.stderr, "the file at fault is named"
    assert "--exit-on-error=false" in result.stderr, "and the remedy"


def test_check_lists_models_and_faults(server):
    result = run("check", str(REPOSITORY))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "bare_classifier" in result.stdout
    result = run("check", str(BROKEN_REPOSITORY))
    assert result.returncode == 1
    for name in ("truncated", "empty_file", "not_a_model", "unknown_field", "sound"):
        assert name in result.stdout + result.stderr
    assert "config.pbtxt:3" in result.stdout + result.stderr, "a fault is given with file and line"


def test_one_model_by_name_and_path():
    server = ServerProcess([], "--model", f"mounted={model_file(MODEL)}")
    try:
        rows = rows_for(MODEL, 3, seed=74)
        answer = call(server, "POST", infer_path("mounted"), json.dumps({"inputs": [tensor(rows)]}))
        margin = next(output for output in answer.json["outputs"] if output["name"] == "margin")
        assert np.array_equal(np.array(margin["data"], dtype=np.float32), trainer(MODEL).margin(rows))
    finally:
        assert server.terminate() == 0


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["serve", "--http-prot", "1"], "--http-port"),
        (["serve", "--model-control-mode", "always"], "explicit"),
        (["sreve"], "serve"),
    ],
)
def test_usage_faults(arguments, word):
    result = run(*arguments)
    assert result.returncode in (1, 2)
    assert word in result.stderr + result.stdout


def test_a_disconnected_client_does_no_harm(server):
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", server.http_port)) as connection:
            connection.sendall(request("GET", "/v2/models/xgboost_anomaly/config") * 20)
    assert call(server, "GET", "/v2/health/live").status == 200
