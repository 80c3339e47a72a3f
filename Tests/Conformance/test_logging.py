"""What a running server writes about itself, and that a log that cannot be written changes nothing for clients."""

import http.client
import json
import re
import subprocess
import time

import numpy as np
import pytest
import tritonclient.http as triton
from inference_client import infer, tensor
from raw_http import RawConnection, request
from raw_http2 import RawHTTP2
from server_process import ServerProcess, binary_path
from tritonclient.utils import InferenceServerException
from trainers import SAMPLES


def json_lines(server):
    """The log's lines; the request to paste at the start is for people and stands alone."""
    return [json.loads(line) for line in server.lines if line.startswith("{")]


def test_the_json_log_has_one_object_per_line(start_server):
    server = start_server("--log-format", "json")
    server.terminate()
    events = json_lines(server)
    assert len(events) >= 6
    assert all({"time", "level", "event"} <= set(event) for event in events), events[0]
    assert {event["model"] for event in events if event["event"] == "model ready"} == {
        "xgboost_anomaly",
        "catboost_anomaly",
        "isolation_forest",
        "anomaly",
    }


def test_requests_leave_a_line_only_if_asked(start_server):
    for option, expected in (("--access-log", 3), ("--access-log=false", 0)):
        server = start_server(option, "--log-format", "json")
        with RawConnection(server.http_port) as connection:
            assert connection.exchange(request("GET", "/v2/models/xgboost_anomaly")).status == 200
            assert connection.exchange(request("GET", "/v2/nothing-here")).status == 404
            assert connection.exchange(request("POST", "/v2/models/xgboost_anomaly/infer", b"{}")).status == 400
        server.terminate()
        lines = [event for event in json_lines(server) if event["event"] == "request"]
        paths = ("/v2/models/xgboost_anomaly", "/v2/nothing-here", "/v2/models/xgboost_anomaly/infer")
        lines = [line for line in lines if line["path"] in paths]
        assert len(lines) == expected
        assert [line["status"] for line in lines] == [200, 404, 400][:expected]


def test_lines_of_calls_have_their_status(start_server):
    server = start_server("--access-log", "--log-format", "json")
    path = "/inference.GRPCInferenceService/"
    with RawHTTP2(server.http_port) as connection:
        connection.call("ServerLive", b"")
        connection.call("ModelReady", b"\x0a\x06nobody")
        stream = connection.request("POST", path + "ModelStreamInfer", b"", [("content-type", "application/grpc")])
        connection.answer(stream)
        assert connection.exchange("GET", "/v2").status == 200
    server.terminate()
    lines = {line["path"]: line for line in json_lines(server) if line["event"] == "request"}
    found = {name.removeprefix(path): (line["status"], line.get("grpc_status")) for name, line in lines.items()}
    expected = {"ServerLive": (200, 0), "ModelReady": (200, 5), "ModelStreamInfer": (200, 0), "/v2": (200, None)}
    assert expected.items() <= found.items()


def test_log_settings_are_read_and_obeyed_while_the_server_runs(start_server):
    """The keys and kinds are those of Triton's `HandleLogging`; `rowan_access_log` is ours."""
    server = start_server("--log-format", "json", "--threads", "2")
    client = triton.InferenceServerClient(server.url)
    initial = {
        "log_file": "",
        "log_info": True,
        "log_warning": True,
        "log_error": True,
        "log_verbose_level": 0,
        "log_format": "default",
        "rowan_access_log": False,
    }
    assert client.get_log_settings() == initial
    changed = {"log_info": False, "log_verbose_level": 2, "log_format": "ISO8601", "rowan_access_log": True}
    assert client.update_log_settings(changed) == initial | changed
    assert client.update_log_settings({"log_warning": None}) == initial | changed
    # Each loop obeys: connections spread over both.
    for number in range(8):
        with RawConnection(server.http_port) as connection:
            assert connection.exchange(request("GET", f"/v2/nothing/{number}")).status == 404
    client.update_log_settings({"rowan_access_log": False})
    with RawConnection(server.http_port) as connection:
        assert connection.exchange(request("GET", "/v2/nothing/last")).status == 404
    for settings, status in [
        ({"log_file": "x"}, "501"),
        ({"log_format": "x"}, "503"),
        ({"log_verbose_level": -1}, "400"),
        ({"log_info": "no"}, "400"),
        ({"log_infos": True}, "400"),
    ]:
        with pytest.raises(InferenceServerException) as raised:
            client.update_log_settings(settings)
        assert raised.value.status() == status
    assert client.get_log_settings() == initial | changed | {"rowan_access_log": False}
    assert server.terminate() == 0
    events = json_lines(server)
    requests = [event for event in events if event["event"] == "request" and "nothing" in event["path"]]
    # The last one has its line because of the verbose level alone.
    assert [event["path"] for event in requests if event["level"] == "debug"] == ["/v2/nothing/last"]
    paths = [event["path"] for event in requests if event["level"] == "info"]
    assert sorted(paths) == sorted(f"/v2/nothing/{number}" for number in range(8))
    # Whole seconds since the change; info is off, so that the end is not told.
    times = [event["time"] for event in events if event["event"] in ("request", "audit")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time) for time in times), times
    assert not any(event["event"].startswith("ended") for event in events)
    audits = [event for event in events if event["event"] == "audit"]
    assert len(audits) == 8 and audits[0]["call"] == "log settings" and audits[0]["by"] == "local"


def test_levels_of_the_command_line(start_server):
    """Triton's switches of single levels, beside --log-level."""
    server = start_server("--log-level", "warning", "--log-verbose", "1", "--log-error=false", "--log-info")
    settings = triton.InferenceServerClient(server.url).get_log_settings()
    assert [settings[f"log_{level}"] for level in ("info", "warning", "error")] == [True, True, False]
    assert settings["log_verbose_level"] == 1
    rows = np.zeros((2, 37), np.float32)
    assert infer(server, "xgboost_anomaly", [tensor(rows)], id="a-request").status == 200
    assert server.terminate() == 0
    line = next(line for line in server.lines if " DEBUG request " in line and "path=/v2/models" in line)
    assert " status=200 " in line and line.rstrip().endswith(" id=a-request model=xgboost_anomaly version=1 rows=2")


def test_a_full_disk_for_the_log_stops_nobody():
    probe = ServerProcess([SAMPLES])
    port = probe.http_port
    probe.terminate()
    command = [binary_path(), "serve", "--model-repository", str(SAMPLES), "--http-address", "127.0.0.1"]
    command += ["--http-port", str(port), "--metrics-port", "-1", "--grpc-port", "-1", "--access-log"]
    with open("/dev/full", "w") as full:
        server = subprocess.Popen(command, stdout=full, stderr=full)
    try:
        deadline = time.monotonic() + 20
        answered = 0
        while answered < 200:
            assert server.poll() is None and time.monotonic() < deadline
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/v2/health/ready")
                status = connection.getresponse().status
                # Until all loops run the server says that it is not ready.
                assert status == 200 or (answered == 0 and status == 503)
                answered += status == 200
            except ConnectionRefusedError:
                time.sleep(0.01)
            finally:
                connection.close()
    finally:
        server.terminate()
    assert server.wait(20) == 0
