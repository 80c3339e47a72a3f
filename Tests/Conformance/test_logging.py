"""What a running server writes about itself, and that a log that cannot be written changes nothing for clients."""

import http.client
import json
import subprocess
import time

from raw_http import RawConnection, request
from server_process import ServerProcess, binary_path
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
