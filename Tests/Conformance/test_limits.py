"""Limits of what one client may send, hold or draw out."""

import json
import os
import resource
import shutil
import socket
import struct
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hyperframe.frame import SettingsFrame
from inference_client import call, infer_path, tensor
from raw_http import ConnectionClosed, RawConnection, request
from raw_http2 import RawHTTP2
from trainers import REPOSITORY, model_file, rows_for, trainer

MODEL = "bare_classifier"
LIVE = "/v2/health/live"


def refused(server, data, statuses):
    """The status of the refusal of `data`, after which the connection closes."""
    with RawConnection(server.http_port) as connection:
        try:
            connection.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            response = connection.read_response()
        except ConnectionClosed:
            pytest.fail("closed without an answer")
        assert response.status in statuses, response
        assert response.header("connection") == "close"
        assert connection.closed_by_server()
    assert call(server, "GET", LIVE).status == 200


def test_a_long_request_line(server):
    assert call(server, "GET", LIVE + "?" + "a" * 7000).status == 200
    refused(server, request("GET", LIVE + "?" + "a" * 100_000), (400, 414))
    refused(server, b"G" * 100_000, (400, 414))


def test_long_and_many_fields(server):
    assert call(server, "GET", LIVE, headers={"Cookie": "a" * 16_000}).status == 200
    assert call(server, "GET", LIVE, headers={f"X-{index}": "1" for index in range(60)}).status == 200
    refused(server, request("GET", LIVE, None, "X: " + "a" * 200_000), (400, 431))
    refused(server, request("GET", LIVE, None, *[f"X-{index}: 1" for index in range(5000)]), (400, 431))


def test_a_body_that_is_announced_too_large(server):
    head = request("POST", infer_path(MODEL), None, f"Content-Length: {(64 << 20) + 1}")
    refused(server, head, (400, 413))
    refused(server, head.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"), (400, 413))


def test_the_size_of_a_body_is_an_option(start_server):
    server = start_server("--http-max-input-size", "10000")
    assert call(server, "POST", infer_path("xgboost_anomaly"), b" " * 10_000).status == 400
    refused(server, request("POST", infer_path("xgboost_anomaly"), None, "Content-Length: 10001"), (400, 413))
    head = request("POST", infer_path("xgboost_anomaly"), None, "Transfer-Encoding: chunked")
    refused(server, head + b"2711\r\n" + b" " * 10_001, (400, 413))


def test_many_small_chunks(server):
    head = request("POST", infer_path(MODEL), None, "Transfer-Encoding: chunked")
    refused(server, head + b"1\r\n \r\n" * 65_537, (400, 413))


def test_a_nested_body_does_not_end_the_process(server):
    for opening in (b"[", b'{"a":', b'{"inputs":['):
        answer = call(server, "POST", infer_path(MODEL), opening * 1_000_000)
        assert answer.status == 400 and answer.error


def test_a_huge_shape_reserves_no_memory(server):
    for shape in ([1 << 40, 10], [(1 << 62) // 10, 10], [1 << 31, 1 << 31]):
        body = json.dumps({"inputs": [{"name": "x", "shape": shape, "datatype": "FP32", "data": []}]})
        assert call(server, "POST", infer_path(MODEL), body).status == 400


def test_a_long_model_name(server):
    answer = call(server, "GET", "/v2/models/" + "m" * 4000)
    assert answer.status == 404 and answer.error


def test_long_identifiers_are_echoed_or_refused(server):
    body = json.dumps({"id": "i" * 100_000, "inputs": [tensor(np.zeros((1, 10)))]})
    answer = call(server, "POST", infer_path(MODEL), body)
    assert answer.status == 400 or answer.json["id"] == "i" * 100_000


def test_slow_clients_are_cut_and_quick_ones_served_meanwhile(server):
    """One client sends its head a byte at a time, one its body; both are cut, and nobody else notices."""
    body = json.dumps({"inputs": [tensor(np.zeros((1, 10)))]}).encode()
    whole = request("POST", infer_path(MODEL), body + b" " * 1000)
    cut_after = {}

    def drip(name, at_once):
        start = time.monotonic()
        with RawConnection(server.http_port, timeout=1) as connection:
            connection.send(whole[:at_once])
            for byte in whole[at_once:]:
                try:
                    connection.send(bytes([byte]))
                    connection._receive()
                except TimeoutError:
                    pass
                except (ConnectionClosed, BrokenPipeError, ConnectionResetError):
                    break
                if b" 408 " in connection.buffer or time.monotonic() - start > 45:
                    break
        cut_after[name] = time.monotonic() - start

    threads = [threading.Thread(target=drip, args=arguments) for arguments in (("head", 0), ("body", 150))]
    for thread in threads:
        thread.start()
    rows = rows_for(MODEL, 2, seed=61)
    slowest = 0.0
    while any(thread.is_alive() for thread in threads):
        start = time.monotonic()
        answer = call(server, "POST", infer_path(MODEL), json.dumps({"inputs": [tensor(rows)]}))
        slowest = max(slowest, time.monotonic() - start)
        assert answer.status == 200
        time.sleep(0.05)
    assert all(seconds < 40 for seconds in cut_after.values()), cut_after
    assert slowest < 2, "the quick client waited for the slow ones"


UNREAD_LIMIT = 32 << 20


def resident_bytes(server):
    with open(f"/proc/{server.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def ask_over_http2(port):
    """Asks for 100 long answers on a connection whose windows stay closed."""
    connection = RawHTTP2(port, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 0})
    block = connection.plain(
        [(":method", "GET"), (":scheme", "http"), (":path", "/v2/openapi.json"), (":authority", "localhost")]
    )
    streams = [connection.new_stream() for _ in range(100)]
    connection.send_quietly(b"".join(connection.headers(stream, block) for stream in streams))
    return connection.socket


def ask_over_http1(port):
    """Asks for as much on a connection whose buffers are small."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.connect(("127.0.0.1", port))
    connection.sendall(request("GET", "/v2/openapi.json") * 100)
    return connection


@pytest.mark.parametrize(("ask", "count"), [(ask_over_http2, 300), (ask_over_http1, 1_000)])
def test_many_clients_that_never_read_hold_a_bounded_amount_and_nobody_else_notices(start_server, ask, count):
    options = ["--threads", "2", "--max-unread-answer-bytes", str(UNREAD_LIMIT)]
    server = start_server(*options, repositories=[REPOSITORY])
    rows = json.dumps({"inputs": [tensor(rows_for(MODEL, 2, seed=62))]})
    for _ in range(50):
        assert call(server, "POST", infer_path(MODEL), rows).status == 200
    before, most, slowest, deaf = resident_bytes(server), 0, 0.0, []
    try:
        with RawConnection(server.http_port) as other:
            for _ in range(count):
                deaf.append(ask(server.http_port))
                start = time.monotonic()
                asked = request("POST", infer_path(MODEL), rows.encode())
                assert other.exchange(asked).status == 200
                slowest = max(slowest, time.monotonic() - start)
                most = max(most, resident_bytes(server))
        text = call(server, "GET", "/metrics", port=server.metrics_port).body.decode()
    finally:
        for connection in deaf:
            connection.close()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert int(figures['rowan_connections_closed_total{reason="unread"}']) > 0
    assert int(figures["rowan_unread_answer_bytes"]) <= UNREAD_LIMIT
    assert "did not take their answers" in server.log
    # Buffers grow by doubling, and each connection has some kilobytes of its own.
    assert most - before < 3 * UNREAD_LIMIT, f"{(most - before) >> 20} MiB"
    assert slowest < 1, "another client waited for those that do not read"
    print(f"{(most - before) / 1e6:.1f} MB more at the most, slowest answer {slowest * 1e3:.1f} ms")


def test_a_client_that_does_not_read_stops_being_served(server):
    """Answers are not piled up without end for it; the server stays responsive."""
    with socket.create_connection(("127.0.0.1", server.http_port)) as deaf:
        deaf.setblocking(False)
        sent, data = 0, request("GET", "/v2/models/xgboost_anomaly/config") * 100
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline and sent < 256 << 20:
            try:
                # A send may take only a part: the next one goes on where it ended, so that requests stay whole.
                sent += deaf.send(data[sent % len(data) :])
            except BlockingIOError:
                time.sleep(0.01)
        assert sent < 64 << 20, "the server went on reading"
        assert call(server, "GET", LIVE).status == 200


def test_many_idle_connections(server):
    idle = [socket.create_connection(("127.0.0.1", server.http_port)) for _ in range(800)]
    try:
        rows = rows_for(MODEL, 2, seed=62)
        answer = call(server, "POST", infer_path(MODEL), json.dumps({"inputs": [tensor(rows)]}))
        assert np.array_equal(
            np.array(answer.json["outputs"][2]["data"], dtype=np.float32), trainer(MODEL).margin(rows)
        )
    finally:
        for connection in idle:
            connection.close()


CONNECTION_LIMIT = 16_384


def test_the_limit_of_connections_is_the_server_s(start_server):
    """As many clients as may be are served at once, by whatever loop; the next ones wait until somebody leaves."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = CONNECTION_LIMIT + 500
    assert hard >= needed, f"this test opens {needed} descriptors: raise the limit (ulimit -Hn)"
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = start_server("--threads", "2")
    alive = request("GET", LIVE)
    clients = []
    try:
        for index in range(CONNECTION_LIMIT):
            # Half of the clients come from another address: one alone has too few ports on some machines.
            source = (f"127.0.0.{1 + index % 2}", 0)
            clients.append(socket.create_connection(("127.0.0.1", server.http_port), 10, source_address=source))
            if index % 64 == 0 or index > CONNECTION_LIMIT - 64:
                clients[-1].sendall(alive)
                assert clients[-1].recv(4096).startswith(b"HTTP/1.1 200 ")
        waiting = [RawConnection(server.http_port, timeout=1) for _ in range(8)]
        clients += [connection.socket for connection in waiting]
        for connection in waiting:
            connection.send(alive)
        for connection in waiting:
            with pytest.raises(TimeoutError):
                connection.read_response()
        for index, connection in enumerate(waiting):
            clients[index].close()
            connection.socket.settimeout(10)
            connection.buffer = b""
        for connection in waiting:
            assert connection.read_response().status == 200
        text = call(server, "GET", "/metrics", port=server.metrics_port).body.decode()
        assert f"\nrowan_connections {CONNECTION_LIMIT}\n" in text
        assert "as many connections are open as may be" in server.log
    finally:
        for connection in clients:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def compute_seconds(server):
    """Processor time of the threads that work on large requests, by the kernel's account."""
    nanoseconds = 0
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        if (task / "comm").read_text().startswith("rowan-compute"):
            nanoseconds += int((task / "schedstat").read_text().split()[0])
    return nanoseconds / 1e9


def settled_compute_seconds(server):
    """The same, once the models have measured themselves, which they do on these threads after the start."""
    last = 0
    while (now := compute_seconds(server)) != last or now == 0:
        last = now
        time.sleep(0.2)
    return now


def test_defaults_that_make_a_small_body_large_leave_the_loop(start_server, tmp_path):
    """One column of 25,000 rows in 50 KB is 250,000 features: work for a thread of the pool, not for a loop."""
    model = trainer(MODEL)
    (tmp_path / "m" / "1").mkdir(parents=True)
    shutil.copy(model_file(MODEL), tmp_path / "m" / "1")
    features = ['features { name: "given" }'] + [
        f'features {{ name: "f{index}" default: {index / 4} }}' for index in range(1, 10)
    ]
    (tmp_path / "m" / "rowan.pbtxt").write_text("\n".join(features))
    server = start_server(repositories=[tmp_path])

    def column(count):
        body = json.dumps({"inputs": [{"name": "given", "shape": [count], "datatype": "INT8", "data": [1] * count}]})
        answer = call(server, "POST", infer_path("m"), body.replace(" ", ""))
        assert answer.status == 200, answer.body
        margins = next(output["data"] for output in answer.json["outputs"] if output["name"] == "margin")
        row = np.array([[1] + [index / 4 for index in range(1, 10)]], dtype=np.float32)
        assert np.array_equal(np.array(margins, dtype=np.float32), np.repeat(model.margin(row), count))

    before = settled_compute_seconds(server)
    column(13_107)
    assert compute_seconds(server) == before, "what the loop can do at once it does itself"
    column(25_000)
    assert compute_seconds(server) > before


def test_connections_that_are_reset_leave_nothing(server):
    descriptors = f"/proc/{server.process.pid}/fd"
    before = len(os.listdir(descriptors))
    for index in range(300):
        with socket.create_connection(("127.0.0.1", server.http_port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.send(request("POST", infer_path(MODEL), b"{" * 100)[: 20 + index])
    deadline = time.monotonic() + 5
    while len(os.listdir(descriptors)) > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(os.listdir(descriptors)) <= before
