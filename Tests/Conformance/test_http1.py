"""HTTP/1.1 over a bare socket: persistence, pipelining, framing, and every ambiguity that must be refused."""

import json
import socket

import numpy as np
import pytest
from inference_client import infer_path, tensor
from raw_http import ConnectionClosed, RawConnection, request
from trainers import rows_for, trainer

MODEL = "bare_classifier"
LIVE = "/v2/health/live"


def body_of(rows, request_id="1"):
    return json.dumps({"id": request_id, "inputs": [tensor(rows)], "outputs": [{"name": "margin"}]}).encode()


def margins(response):
    assert response.status == 200, response.body
    return np.array(json.loads(response.body)["outputs"][0]["data"], dtype=np.float32)


@pytest.fixture
def connection(server):
    with RawConnection(server.http_port) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows():
    return rows_for(MODEL, 4, seed=51)


def chunked(body, sizes, extension=b"", trailers=b""):
    data, start = b"", 0
    for size in sizes:
        piece = body[start : start + size]
        start += size
        if piece:
            data += b"%x%s\r\n%s\r\n" % (len(piece), extension, piece)
    if start < len(body):
        data += b"%X\r\n%s\r\n" % (len(body) - start, body[start:])
    return data + b"0\r\n" + trailers + b"\r\n"


CHUNKED_HEAD = f"POST {infer_path(MODEL)} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()


def test_many_requests_on_one_connection(connection, rows):
    for count in range(50):
        assert connection.exchange(request("GET", LIVE)).status == 200
        response = connection.exchange(request("POST", infer_path(MODEL), body_of(rows, str(count))))
        assert json.loads(response.body)["id"] == str(count)


def test_pipelined_requests_are_answered_in_order(connection, rows):
    expected = trainer(MODEL).margin(rows)
    sent = b""
    for index in range(40):
        sent += request("POST", infer_path(MODEL), body_of(rows[index % 4 : index % 4 + 1], str(index)))
        sent += request("GET", LIVE) + request("GET", f"/nothing/{index}") + request("HEAD", "/v2")
    connection.send(sent)
    for index in range(40):
        response = connection.read_response()
        assert json.loads(response.body)["id"] == str(index)
        assert np.array_equal(margins(response), expected[index % 4 : index % 4 + 1])
        assert connection.read_response().status == 200
        assert connection.read_response().status == 404
        assert connection.read_response(head_only=True).status == 200


def test_more_pipelined_requests_than_may_wait(server):
    count = 5000
    with RawConnection(server.http_port, timeout=20) as connection:
        connection.send(request("GET", LIVE) * count)
        for _ in range(count):
            assert connection.read_response().status == 200


def test_a_request_may_arrive_byte_by_byte(connection, rows):
    data = request("POST", infer_path(MODEL), body_of(rows[:1]))
    for byte in data:
        connection.send(bytes([byte]))
    assert np.array_equal(margins(connection.read_response()), trainer(MODEL).margin(rows[:1]))


def test_a_request_may_be_cut_anywhere(connection, rows):
    data = request("POST", infer_path(MODEL), body_of(rows[:1]))
    for cut in range(1, len(data), 7):
        connection.send(data[:cut])
        connection.send(data[cut:])
        assert connection.read_response().status == 200


@pytest.mark.parametrize("sizes", [[10_000], [1] * 40, [7, 1, 300, 2], []])
def test_chunked_bodies(connection, rows, sizes):
    for extension, trailers in ((b"", b""), (b";a=b", b""), (b"", b"X-Sum: 1\r\nX-More: 2\r\n")):
        response = connection.exchange(CHUNKED_HEAD + chunked(body_of(rows), sizes, extension, trailers))
        assert np.array_equal(margins(response), trainer(MODEL).margin(rows))


def test_chunked_bodies_byte_by_byte(connection, rows):
    for byte in CHUNKED_HEAD + chunked(body_of(rows[:1]), [5, 6], b";x", b"T: 1\r\n"):
        connection.send(bytes([byte]))
    assert connection.read_response().status == 200


def test_expect_continue(connection, rows):
    body = body_of(rows)
    head = request("POST", infer_path(MODEL), None, "Expect: 100-continue", f"Content-Length: {len(body)}")
    assert connection.exchange(head).status == 100
    assert np.array_equal(margins(connection.exchange(body)), trainer(MODEL).margin(rows))
    assert connection.exchange(request("GET", LIVE)).status == 200


def test_expect_continue_when_the_body_comes_at_once(connection, rows):
    response = connection.exchange(request("POST", infer_path(MODEL), body_of(rows), "Expect: 100-continue"))
    if response.status == 100:
        response = connection.read_response()
    assert margins(response).shape == (4,)


def test_an_unknown_expectation_fails(connection):
    assert connection.exchange(request("GET", LIVE, None, "Expect: miracles")).status == 417


def test_connection_close(connection):
    response = connection.exchange(request("GET", LIVE, None, "Connection: close"))
    assert response.status == 200 and response.header("connection") == "close"
    assert connection.closed_by_server()


def test_connection_options_are_a_list_without_case(connection):
    assert connection.exchange(request("GET", LIVE, None, "Connection: foo, CLOSE")).header("connection") == "close"
    assert connection.closed_by_server()


def test_http_1_0_closes_unless_asked(server):
    with RawConnection(server.http_port) as connection:
        assert connection.exchange(request("GET", LIVE, version="HTTP/1.0", host=False)).status == 200
        assert connection.closed_by_server()
    with RawConnection(server.http_port) as connection:
        for _ in range(2):
            response = connection.exchange(request("GET", LIVE, None, "Connection: keep-alive", version="HTTP/1.0"))
            assert response.status == 200
            assert (response.header("connection") or "").lower() == "keep-alive"


def test_absolute_form(connection):
    assert connection.exchange(request("GET", f"http://elsewhere:8000{LIVE}")).status == 200
    assert connection.exchange(request("GET", f"HTTP://elsewhere{LIVE}?query")).status == 200


def test_asterisk_form_is_no_resource_here(connection):
    assert connection.exchange(request("OPTIONS", "*")).status in (200, 404, 405)


def test_names_ignore_case_and_values_their_outer_space(connection, rows):
    body = body_of(rows)
    data = (f"POST {infer_path(MODEL)} HTTP/1.1\r\nhOsT:\t x \r\ncontent-LENGTH: \t{len(body)} \t\r\n\r\n").encode()
    assert margins(connection.exchange(data + body)).shape == (4,)


def test_empty_lines_before_a_request_are_passed_over(connection):
    assert connection.exchange(b"\r\n\r\n" + request("GET", LIVE)).status == 200


def test_the_same_length_twice_is_one_length_or_refused(server, rows):
    body = body_of(rows)
    with RawConnection(server.http_port) as connection:
        response = connection.exchange(request("POST", infer_path(MODEL), body, f"Content-Length: {len(body)}"))
        assert response.status in (200, 400)


def test_a_client_that_closes_its_side_still_gets_its_answer(server, rows):
    with RawConnection(server.http_port) as connection:
        connection.send(request("POST", infer_path(MODEL), body_of(rows)))
        connection.socket.shutdown(socket.SHUT_WR)
        assert margins(connection.read_response()).shape == (4,)
        assert connection.closed_by_server()


GET_LINE = b"GET /v2/health/live HTTP/1.1\r\n"
POST_LINE = f"POST {infer_path(MODEL)} HTTP/1.1\r\n".encode()
HOST = b"Host: x\r\n"
SMUGGLED = request("GET", "/v2/models/smuggled")
FRAMING_FAULTS = {
    "length and chunked": POST_LINE + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and length": POST_LINE + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": POST_LINE + HOST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    "list of lengths": POST_LINE + HOST + b"Content-Length: 2, 3\r\n\r\n{}x",
    "signed length": POST_LINE + HOST + b"Content-Length: +2\r\n\r\n{}",
    "negative length": POST_LINE + HOST + b"Content-Length: -2\r\n\r\n{}",
    "hexadecimal length": POST_LINE + HOST + b"Content-Length: 0x2\r\n\r\n{}",
    "length with a space": POST_LINE + HOST + b"Content-Length: 1 2\r\n\r\n{}",
    "empty length": POST_LINE + HOST + b"Content-Length:\r\n\r\n{}",
    "length beyond 64 bits": POST_LINE + HOST + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "unknown coding": POST_LINE + HOST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "identity coding": POST_LINE + HOST + b"Transfer-Encoding: identity\r\n\r\n{}",
    "chunked not last": POST_LINE + HOST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunked twice": POST_LINE + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked in two fields": POST_LINE
    + HOST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "misspelt chunked": POST_LINE + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked with a control character": POST_LINE + HOST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "chunked in 1.0": POST_LINE.replace(b"1.1", b"1.0") + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "space before colon": GET_LINE + HOST + b"Content-Length : 0\r\n\r\n",
    "tab before colon": GET_LINE + HOST + b"X\t: 0\r\n\r\n",
    "folded line": GET_LINE + HOST + b"X: a\r\n b\r\n\r\n",
    "folded first line": GET_LINE + b" Host: x\r\n\r\n",
    "bare line feed": b"GET /v2/health/live HTTP/1.1\nHost: x\n\n",
    "bare line feed in a field": GET_LINE + HOST + b"X: a\nY: b\r\n\r\n",
    "bare return in a field": GET_LINE + HOST + b"X: a\rY: b\r\n\r\n",
    "bare return at the end": GET_LINE + HOST + b"X: a\r\r\n\r\n",
    "NUL in a value": GET_LINE + HOST + b"X: a\0b\r\n\r\n",
    "NUL in a name": GET_LINE + HOST + b"X\0: a\r\n\r\n",
    "control character in a value": GET_LINE + HOST + b"X: a\x01b\r\n\r\n",
    "no colon": GET_LINE + HOST + b"X\r\n\r\n",
    "empty name": GET_LINE + HOST + b": a\r\n\r\n",
    "brackets in a name": GET_LINE + HOST + b"X[]: a\r\n\r\n",
    "no host": GET_LINE + b"\r\n",
    "two hosts": GET_LINE + HOST + b"Host: y\r\n\r\n",
    "the same host twice": GET_LINE + HOST + HOST + b"\r\n",
    "host with a space": GET_LINE + b"Host: x y\r\n\r\n",
    "no version": b"GET /v2/health/live\r\n" + HOST + b"\r\n",
    "two spaces": b"GET  /v2/health/live HTTP/1.1\r\n" + HOST + b"\r\n",
    "tab as separator": b"GET\t/v2/health/live\tHTTP/1.1\r\n" + HOST + b"\r\n",
    "space behind the version": b"GET /v2/health/live HTTP/1.1 \r\n" + HOST + b"\r\n",
    "lower case version": b"GET /v2/health/live http/1.1\r\n" + HOST + b"\r\n",
    "three digits of version": b"GET /v2/health/live HTTP/1.10\r\n" + HOST + b"\r\n",
    "bad method": b"G(T /v2/health/live HTTP/1.1\r\n" + HOST + b"\r\n",
    "control character in the target": b"GET /v2/\x01 HTTP/1.1\r\n" + HOST + b"\r\n",
    "NUL in the target": b"GET /v2/health/live\0 HTTP/1.1\r\n" + HOST + b"\r\n",
    "no target": b"GET HTTP/1.1\r\n" + HOST + b"\r\n",
    "TLS hello": bytes.fromhex("16030100a5010000a10303") + bytes(range(64)),
    "bad chunk size": CHUNKED_HEAD + b"zz\r\n",
    "empty chunk size": CHUNKED_HEAD + b"\r\n\r\n",
    "signed chunk size": CHUNKED_HEAD + b"+2\r\n{}\r\n0\r\n\r\n",
    "prefixed chunk size": CHUNKED_HEAD + b"0x2\r\n{}\r\n0\r\n\r\n",
    "negative chunk size": CHUNKED_HEAD + b"-2\r\n{}\r\n0\r\n\r\n",
    "spaced chunk size": CHUNKED_HEAD + b" 2\r\n{}\r\n0\r\n\r\n",
    "17 digits of chunk size": CHUNKED_HEAD + b"00000000000000002\r\n{}\r\n0\r\n\r\n",
    "overflowing chunk size": CHUNKED_HEAD + b"10000000000000002\r\n{}\r\n0\r\n\r\n",
    "chunk longer than said": CHUNKED_HEAD + b"2\r\n{}x\r\n0\r\n\r\n",
    "chunk ended by a line feed": CHUNKED_HEAD + b"2\n{}\r\n0\r\n\r\n",
    "chunk data ended by a line feed": CHUNKED_HEAD + b"2\r\n{}\n0\r\n\r\n",
    "line feed in a chunk extension": CHUNKED_HEAD + b"2;a\nb\r\n{}\r\n0\r\n\r\n",
    "folded trailer": CHUNKED_HEAD + b"2\r\n{}\r\n0\r\nA: 1\r\n b\r\n\r\n",
}


@pytest.mark.parametrize("case", FRAMING_FAULTS)
def test_ambiguous_framing_is_refused_and_the_connection_closed(connection, case):
    connection.send(FRAMING_FAULTS[case] + SMUGGLED)
    try:
        response = connection.read_response()
    except ConnectionClosed as closed:
        assert closed.args[0] == b""
        return
    assert response.status in (400, 501, 505), response
    assert response.header("connection") == "close"
    assert "error" in json.loads(response.body)
    assert connection.closed_by_server(), "nothing behind a fault is answered"


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/0.9", "HTTP/3.1"])
def test_other_versions_are_refused(connection, version):
    assert connection.exchange(request("GET", LIVE, version=version)).status in (400, 505)
    assert connection.closed_by_server()


def test_http_1_x_of_a_higher_minor_is_read_as_1_1(connection):
    assert connection.exchange(request("GET", LIVE, version="HTTP/1.2")).status in (200, 505)


def test_a_fault_behind_a_good_request_leaves_its_answer(connection):
    connection.send(request("GET", LIVE) + b"\x00\r\n\r\n")
    assert connection.read_response().status == 200
    assert connection.read_response().status == 400
    assert connection.closed_by_server()


def test_a_body_on_get_is_read_past(connection):
    assert connection.exchange(request("GET", LIVE, b"GET /smuggled HTTP/1.1\r\n\r\n")).status == 200
    assert connection.exchange(request("GET", "/v2")).status == 200
    assert connection.buffer == b""


def test_a_body_behind_an_error_is_read_past(connection, rows):
    response = connection.exchange(request("POST", "/v2/models/nobody/infer", body_of(rows)))
    assert response.status == 404
    assert connection.exchange(request("GET", LIVE)).status == 200


def test_a_post_without_length_has_no_body(connection):
    assert connection.exchange(request("POST", "/v2/repository/index")).status == 200
    assert connection.exchange(request("POST", infer_path(MODEL))).status == 400
    assert connection.exchange(request("GET", LIVE)).status == 200


def test_an_upgrade_is_not_taken(connection):
    fields = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")
    assert connection.exchange(request("GET", LIVE, None, *fields)).status == 200


def test_head_and_body_of_an_answer_leave_in_one_write(connection):
    """Two writes would cost a client 40 ms now and then, by Nagle and delayed acknowledgement."""
    connection.send(request("GET", "/v2/models/xgboost_anomaly"))
    connection._receive()
    assert connection.read_response().status == 200 and connection.buffer == b""
