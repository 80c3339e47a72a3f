"""HTTP/2 on the port of HTTP/1.1: the same answers, the rules of RFC 9113 frame by frame, real clients, and floods."""

import asyncio
import json
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time

import httpx
import numpy as np
import pytest
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)
from inference_client import call, infer_path, tensor
from raw_http2 import (
    CANCEL,
    COMPRESSION_ERROR,
    ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR,
    FRAME_SIZE_ERROR,
    NO_ERROR,
    PREFACE,
    PROTOCOL_ERROR,
    REFUSED_STREAM,
    STREAM_CLOSED,
    RawHTTP2,
)
from trainers import rows_for, trainer

MODEL = "bare_classifier"
LIVE = "/v2/health/live"


@pytest.fixture
def connection(server):
    with RawHTTP2(server.http_port) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows():
    return rows_for(MODEL, 4, seed=61)


def body_of(rows, request_id="1"):
    return json.dumps({"id": request_id, "inputs": [tensor(rows)], "outputs": [{"name": "margin"}]}).encode()


def margins(body):
    return np.array(json.loads(body)["outputs"][0]["data"], dtype=np.float32)


def open_post(connection, stream, *fields, path=None):
    """The head of an inference whose body will follow."""
    block = connection.block(*fields, method="POST", path=path or infer_path(MODEL))
    return connection.headers(stream, block, end_stream=False)


def raw_frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


# The same answers


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", LIVE),
        ("GET", "/v2/health/ready"),
        ("GET", "/v2"),
        ("GET", f"/v2/models/{MODEL}"),
        ("GET", f"/v2/models/{MODEL}/config"),
        ("GET", f"/v2/models/{MODEL}/ready?x=1"),
        ("GET", "/v2/models/nothing"),
        ("GET", "/nothing"),
        ("POST", "/v2/repository/index"),
        ("DELETE", LIVE),
        ("PATCH", "/v2"),
        ("GET", "/v2/logging"),
    ],
)
def test_resources_answer_as_over_http1(server, connection, method, path):
    expected = call(server, method, path)
    answer = connection.exchange(method, path)
    assert (answer.status, answer.body) == (expected.status, expected.body)
    for name in ("content-type", "content-length", "allow"):
        assert answer.fields.get(name) == expected.headers.get(name), name
    assert all(name == name.lower() for name in answer.fields)
    assert not {"connection", "transfer-encoding", "keep-alive"} & set(answer.fields)


def test_head_has_the_fields_and_no_body(server, connection):
    answer = connection.exchange("HEAD", "/v2")
    assert answer.status == 200 and answer.body == b""
    assert int(answer.fields["content-length"]) == len(call(server, "GET", "/v2").body)


def test_inference_in_every_order_of_streams(connection, rows):
    expected = trainer(MODEL).margin(rows)
    streams = [
        connection.request("POST", infer_path(MODEL), body_of(rows[index % 4 : index % 4 + 1], str(index)))
        for index in range(100)
    ]
    for index, stream in reversed(list(enumerate(streams))):
        answer = connection.answer(stream)
        assert answer.status == 200, answer.body
        assert json.loads(answer.body)["id"] == str(index)
        assert np.array_equal(margins(answer.body), expected[index % 4 : index % 4 + 1])


def test_bodies_that_come_in_turns(connection, rows):
    bodies = [body_of(rows, str(index)) for index in range(8)]
    streams = [connection.new_stream() for _ in bodies]
    fields = [("content-type", "application/json")]
    for stream in streams:
        connection.send(open_post(connection, stream, *fields))
    for start in range(0, max(map(len, bodies)), 50):
        for stream, body in zip(streams, bodies):
            if start < len(body):
                flags = ["END_STREAM"] if start + 50 >= len(body) else []
                connection.send(DataFrame(stream, data=body[start : start + 50], flags=flags).serialize())
    for index, stream in enumerate(streams):
        assert json.loads(connection.answer(stream).body)["id"] == str(index)


def test_a_long_body_and_a_long_answer(connection):
    rows = rows_for(MODEL, 20_000, seed=62)
    data = rows.astype("<f4").tobytes()
    header = json.dumps(
        {
            "inputs": [
                {
                    "name": "features",
                    "shape": list(rows.shape),
                    "datatype": "FP32",
                    "parameters": {"binary_data_size": len(data)},
                }
            ],
            "outputs": [{"name": "margin"}],
        }
    ).encode()
    stream = connection.new_stream()
    fields = [("inference-header-content-length", str(len(header))), ("content-length", str(len(header) + len(data)))]
    connection.send(open_post(connection, stream, *fields))
    body, sent, seen = header + data, 0, 0
    windows = {0: 65_535, stream: connection.settings[SettingsFrame.INITIAL_WINDOW_SIZE]}
    while sent < len(body):
        for frame in connection.frames[seen:]:
            if isinstance(frame, WindowUpdateFrame) and frame.stream_id in windows:
                windows[frame.stream_id] += frame.window_increment
        seen = len(connection.frames)
        size = min(16_384, len(body) - sent, *windows.values())
        if size == 0:
            assert connection.receive(), "the server gives no leave to go on"
            continue
        flags = ["END_STREAM"] if sent + size == len(body) else []
        connection.send(DataFrame(stream, data=body[sent : sent + size], flags=flags).serialize())
        sent += size
        windows = {key: value - size for key, value in windows.items()}
    answer = connection.answer(stream)
    assert answer.status == 200, answer.body
    assert np.array_equal(margins(answer.body), trainer(MODEL).margin(rows))


def test_a_body_beyond_the_limit(start_server):
    server = start_server("--http-max-input-size", "2000")
    with RawHTTP2(server.http_port) as connection:
        told = connection.exchange("POST", infer_path("xgboost_anomaly"), None, [("content-length", "2001")])
        assert told.status == 413 or told.reset == PROTOCOL_ERROR
        stream = connection.request("POST", infer_path("xgboost_anomaly"), b"x" * 2001)
        answer = connection.answer(stream)
        assert answer.status == 413 and json.loads(answer.body)["error"]
        assert connection.is_alive()
        assert connection.exchange("POST", infer_path("xgboost_anomaly"), b"x" * 2000).status == 400


def test_a_request_that_waits_to_be_told_to_go_on(connection, rows):
    stream = connection.new_stream()
    block = connection.block(("expect", "100-continue"), method="POST", path=infer_path(MODEL))
    connection.send(connection.headers(stream, block, end_stream=False))
    assert connection.until(lambda: stream in connection.answers)
    connection.send(DataFrame(stream, data=body_of(rows), flags=["END_STREAM"]).serialize())
    assert connection.answer(stream).status == 200


def test_compressed_bodies_and_answers(connection, rows):
    import gzip

    fields = [("content-encoding", "gzip"), ("accept-encoding", "gzip")]
    many = rows_for(MODEL, 200, seed=63)
    answer = connection.exchange("POST", infer_path(MODEL), gzip.compress(body_of(many)), fields)
    assert answer.fields["content-encoding"] == "gzip"
    assert np.array_equal(margins(gzip.decompress(answer.body)), trainer(MODEL).margin(many))


def test_trailers_of_a_request_are_dropped(connection, rows):
    stream = connection.new_stream()
    connection.send(
        open_post(connection, stream)
        + DataFrame(stream, data=body_of(rows)).serialize()
        + connection.headers(stream, connection.encoder.encode([("x-checksum", "1")]))
    )
    assert connection.answer(stream).status == 200


def test_the_metrics_port_speaks_it_too(server):
    with RawHTTP2(server.metrics_port) as connection:
        answer = connection.exchange("GET", "/metrics")
        assert answer.status == 200 and b"nv_inference_request_success" in answer.body


def test_calls_that_change_something_ask_for_their_host(start_server):
    server = start_server("--model-control-mode=explicit")
    path = "/v2/repository/models/xgboost_anomaly/load"
    with RawHTTP2(server.http_port) as connection:
        assert connection.exchange("POST", path, b"").status == 200
        stream = connection.new_stream()
        fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "rebound.example")]
        connection.send(connection.headers(stream, connection.encoder.encode(fields)))
        assert connection.answer(stream).status == 403
        assert connection.exchange("POST", path, b"", [("x-forwarded-for", "10.0.0.1")]).status == 403


# The rules of frames: each breach ends the connection with the code that RFC 9113 names.


def window_overflow(c):
    return WindowUpdateFrame(0, window_increment=(1 << 31) - 1).serialize()


def headers_then_ping(c):
    return c.headers(1, c.block(), end_headers=False) + PingFrame(0, opaque_data=b"12345678").serialize()


def headers_then_foreign_continuation(c):
    continuation = ContinuationFrame(3, data=b"", flags=["END_HEADERS"])
    return c.headers(1, c.block(), end_headers=False) + continuation.serialize()


CONNECTION_ERRORS = {
    "data on stream 0": (lambda c: raw_frame(0, 1, 0, b"x"), PROTOCOL_ERROR),
    "data on an idle stream": (lambda c: raw_frame(0, 1, 5, b"x"), PROTOCOL_ERROR),
    "padding longer than data": (
        lambda c: c.headers(1, c.block(method="POST"), end_stream=False) + raw_frame(0, 0x9, 1, b"\x05abc"),
        PROTOCOL_ERROR,
    ),
    "headers on stream 0": (lambda c: raw_frame(1, 5, 0, c.block()), PROTOCOL_ERROR),
    "an even stream": (lambda c: raw_frame(1, 5, 2, c.block()), PROTOCOL_ERROR),
    "headers on a stream that ended": (
        lambda c: c.headers(1, c.block(method="POST"), end_stream=False)
        + raw_frame(0, 1, 1, b"{}")
        + c.headers(1, c.block()),
        {STREAM_CLOSED, PROTOCOL_ERROR},
    ),
    "fields that cannot be decompressed": (lambda c: raw_frame(1, 5, 1, b"\xff" * 6), COMPRESSION_ERROR),
    "an index that nothing stands at": (lambda c: raw_frame(1, 5, 1, b"\xfe"), COMPRESSION_ERROR),
    "a table beyond what is permitted": (lambda c: raw_frame(1, 5, 1, b"\x3f\xe1\xff\x03"), COMPRESSION_ERROR),
    "headers with padding beyond the frame": (lambda c: raw_frame(1, 0xD, 1, b"\x20\x88"), PROTOCOL_ERROR),
    "another frame among continuations": (headers_then_ping, PROTOCOL_ERROR),
    "a continuation of another stream": (headers_then_foreign_continuation, PROTOCOL_ERROR),
    "a continuation of nothing": (lambda c: raw_frame(9, 4, 1, b""), PROTOCOL_ERROR),
    "priority on stream 0": (lambda c: raw_frame(2, 0, 0, b"\0\0\0\x01\x01"), PROTOCOL_ERROR),
    "priority of another length": (lambda c: raw_frame(2, 0, 1, b"\0\0\0\x01"), FRAME_SIZE_ERROR),
    "reset of stream 0": (lambda c: raw_frame(3, 0, 0, b"\0\0\0\x08"), PROTOCOL_ERROR),
    "reset of an idle stream": (lambda c: raw_frame(3, 0, 7, b"\0\0\0\x08"), PROTOCOL_ERROR),
    "a reset of another length": (lambda c: c.headers(1, c.block()) + raw_frame(3, 0, 1, b"\0\0\0"), FRAME_SIZE_ERROR),
    "settings of a stream": (lambda c: raw_frame(4, 0, 1, b""), PROTOCOL_ERROR),
    "an acknowledgement that says more": (lambda c: raw_frame(4, 1, 0, b"\0\x03\0\0\0\x01"), FRAME_SIZE_ERROR),
    "settings of another length": (lambda c: raw_frame(4, 0, 0, b"\0\x03\0\0\0"), FRAME_SIZE_ERROR),
    "a setting for push that is neither 0 nor 1": (lambda c: raw_frame(4, 0, 0, b"\0\x02\0\0\0\x02"), PROTOCOL_ERROR),
    "a window setting with 32 bits": (lambda c: raw_frame(4, 0, 0, b"\0\x04\x80\0\0\0"), FLOW_CONTROL_ERROR),
    "frames smaller than permitted": (lambda c: raw_frame(4, 0, 0, b"\0\x05\0\0\0\x01"), PROTOCOL_ERROR),
    "frames larger than possible": (lambda c: raw_frame(4, 0, 0, b"\0\x05\x01\0\0\0"), PROTOCOL_ERROR),
    "a promise by a client": (lambda c: raw_frame(5, 4, 1, b"\0\0\0\x02" + c.block()), PROTOCOL_ERROR),
    "a ping of another length": (lambda c: raw_frame(6, 0, 0, b"1234567"), FRAME_SIZE_ERROR),
    "a ping of a stream": (lambda c: raw_frame(6, 0, 1, b"12345678"), PROTOCOL_ERROR),
    "a good-bye of a stream": (lambda c: raw_frame(7, 0, 1, b"\0" * 8), PROTOCOL_ERROR),
    "a window update of nothing": (lambda c: raw_frame(8, 0, 0, b"\0\0\0\0"), PROTOCOL_ERROR),
    "a window update of another length": (lambda c: raw_frame(8, 0, 0, b"\0\0\x01"), FRAME_SIZE_ERROR),
    "a window update of an idle stream": (lambda c: raw_frame(8, 0, 9, b"\0\0\0\x01"), PROTOCOL_ERROR),
    "a window that overflows": (window_overflow, FLOW_CONTROL_ERROR),
    "a frame that is too long": (lambda c: raw_frame(0, 0, 1, b"x" * 16_385), FRAME_SIZE_ERROR),
    "headers that are too long": (lambda c: raw_frame(1, 4, 1, b"x" * 16_385), FRAME_SIZE_ERROR),
}


@pytest.mark.parametrize("name", CONNECTION_ERRORS)
def test_breaches_that_end_the_connection(server, name):
    data, codes = CONNECTION_ERRORS[name]
    with RawHTTP2(server.http_port) as connection:
        connection.send_quietly(data(connection))
        assert connection.error() in (codes if isinstance(codes, set) else {codes})
    assert call(server, "GET", LIVE).status == 200


def test_a_stream_number_that_goes_back_begins_nothing(connection):
    """It may be one that was reset while its trailers were under way, which is no fault."""
    connection.send(connection.headers(5, connection.block()) + connection.headers(3, connection.block()))
    connection._next = 7
    assert connection.answer(5).status == 200 and connection.is_alive()
    assert 3 not in connection.answers


def test_a_preface_that_is_none(server):
    with RawHTTP2(server.http_port, begins=False) as connection:
        connection.send(PREFACE[:-2] + b"xx")
        connection.until(lambda: False)
        assert connection.closed


def test_a_preface_without_settings(server):
    with RawHTTP2(server.http_port, begins=False) as connection:
        connection.send(PREFACE + PingFrame(0, opaque_data=b"12345678").serialize())
        assert connection.error() == PROTOCOL_ERROR


def test_a_window_of_a_stream_that_overflows_ends_the_stream(connection, rows):
    stream = connection.new_stream()
    connection.send(
        open_post(connection, stream)
        + WindowUpdateFrame(stream, window_increment=(1 << 31) - 1).serialize()
    )
    assert connection.answer(stream).reset == FLOW_CONTROL_ERROR
    assert connection.is_alive()


def test_a_window_update_of_nothing_ends_the_stream(connection):
    stream = connection.new_stream()
    connection.send(
        connection.headers(stream, connection.block(method="POST"), end_stream=False)
        + raw_frame(8, 0, stream, b"\0\0\0\0")
    )
    connection.until(lambda: connection.go_aways or stream in connection.answers)
    assert connection.go_aways or connection.answers[stream].reset == PROTOCOL_ERROR


def test_more_data_than_the_window_has_room_for(server):
    with RawHTTP2(server.http_port) as connection:
        oldest, stream = connection.new_stream(), connection.new_stream()
        connection.send(open_post(connection, oldest) + open_post(connection, stream))
        window = connection.settings[SettingsFrame.INITIAL_WINDOW_SIZE]
        # Beyond 16 MiB of bodies that are arriving only the oldest of them gets leave to go on.
        connection.send_body(oldest, bytes(17 << 20))
        piece = DataFrame(stream, data=bytes(16_384)).serialize()
        connection.send_quietly(piece * (window // 16_384 + 1))
        connection.until(lambda: connection.go_aways or stream in connection.answers)
        assert connection.go_aways or connection.answers[stream].reset == FLOW_CONTROL_ERROR


def test_what_is_not_known_is_ignored(connection):
    connection.send(
        raw_frame(0xFA, 0xFF, 0, b"grease")
        + raw_frame(0xFA, 0, 77, b"")
        + raw_frame(4, 0, 0, b"\x7a\x7a\0\0\0\x01")
        + raw_frame(6, 0xFE, 0, b"87654321")
        + PriorityFrame(1, depends_on=3, stream_weight=5).serialize()
    )
    assert connection.is_alive()
    pongs = [frame for frame in connection.frames if isinstance(frame, PingFrame) and "ACK" in frame.flags]
    assert [frame.opaque_data for frame in pongs] == [b"87654321"]


def test_frames_behind_a_reset_are_ignored(connection, rows):
    stream = connection.new_stream()
    connection.send(
        open_post(connection, stream)
        + RstStreamFrame(stream, error_code=CANCEL).serialize()
        + WindowUpdateFrame(stream, window_increment=5).serialize()
        + PriorityFrame(stream, depends_on=0, stream_weight=5).serialize()
    )
    assert connection.is_alive()


# The rules of requests: each breach ends its stream alone.

GOOD = [(":method", "GET"), (":scheme", "http"), (":path", LIVE), (":authority", "localhost")]


def without(name):
    return [field for field in GOOD if field[0] != name]


MALFORMED = {
    "a name in upper case": GOOD + [("X-Upper", "1")],
    "an empty name": GOOD + [("", "1")],
    "a colon in a name": GOOD + [("x:y", "1")],
    "a blank in a name": GOOD + [("x y", "1")],
    "a line end in a value": GOOD + [("x", "a\r\nb: c")],
    "a zero byte in a value": GOOD + [("x", "a\0b")],
    "a value that begins with a blank": GOOD + [("x", " a")],
    "a pseudo-field behind a field": GOOD[:3] + [("x", "1"), GOOD[3]],
    "an unknown pseudo-field": GOOD + [(":nothing", "1")],
    "a pseudo-field of answers": GOOD + [(":status", "200")],
    "two methods": [GOOD[0]] + GOOD,
    "two paths": [GOOD[2]] + GOOD,
    "no method": without(":method"),
    "no scheme": without(":scheme"),
    "no path": without(":path"),
    "an empty path": without(":path") + [(":path", "")],
    "a path that is none": without(":path") + [(":path", "v2")],
    "connection": GOOD + [("connection", "close")],
    "keep-alive": GOOD + [("keep-alive", "timeout=5")],
    "proxy-connection": GOOD + [("proxy-connection", "keep-alive")],
    "transfer-encoding": GOOD + [("transfer-encoding", "chunked")],
    "upgrade": GOOD + [("upgrade", "h2c")],
    "te": GOOD + [("te", "gzip")],
    "a length without a body": GOOD + [("content-length", "5")],
    "two lengths": GOOD + [("content-length", "0"), ("content-length", "1")],
    "a length that is no number": GOOD + [("content-length", "x")],
    "two hosts": GOOD + [("host", "other")],
    "a tunnel": [(":method", "CONNECT"), (":authority", "localhost:80")],
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_requests_end_their_stream(server, name):
    with RawHTTP2(server.http_port) as connection:
        stream = connection.new_stream()
        connection.send(connection.headers(stream, connection.plain(MALFORMED[name])))
        answer = connection.answer(stream)
        assert answer.reset == PROTOCOL_ERROR or answer.status in (400, 501), answer
        assert connection.is_alive()


def test_te_trailers_is_well_formed(connection):
    assert connection.exchange("GET", LIVE, fields=[("te", "trailers")]).status == 200


@pytest.mark.parametrize("sent, told", [(4, 5), (6, 5), (0, 5)])
def test_a_length_that_is_not_the_body_s(connection, sent, told):
    answer = connection.exchange("POST", infer_path(MODEL), b"x" * sent, [("content-length", str(told))])
    assert answer.reset == PROTOCOL_ERROR
    assert connection.is_alive()


def test_pseudo_fields_in_trailers(connection):
    stream = connection.new_stream()
    connection.send(
        open_post(connection, stream)
        + DataFrame(stream, data=b"{}").serialize()
        + connection.headers(stream, connection.plain([(":path", "/")]))
    )
    assert connection.answer(stream).reset == PROTOCOL_ERROR
    assert connection.is_alive()


def test_a_head_that_is_too_long(connection):
    fields = [(f"x-{index}", "a" * 3_000) for index in range(12)]
    block = connection.block(*fields)
    stream = connection.new_stream()
    pieces = [block[start : start + 16_384] for start in range(0, len(block), 16_384)]
    data = connection.headers(stream, pieces[0], end_headers=len(pieces) == 1)
    for index, piece in enumerate(pieces[1:]):
        flags = ["END_HEADERS"] if index == len(pieces) - 2 else []
        data += ContinuationFrame(stream, data=piece, flags=flags).serialize()
    connection.send(data)
    assert connection.answer(stream).status == 431
    assert connection.is_alive()
    assert connection.exchange("GET", LIVE, fields=[(f"x-{index}", "1") for index in range(100)]).status == 431


# Windows


def test_an_answer_waits_for_leave_and_goes_on_with_it(server):
    with RawHTTP2(server.http_port, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 0}) as connection:
        expected = call(server, "GET", "/v2").body
        connection.gives_window = False
        stream = connection.request("GET", "/v2")
        for index in range(1, 11):
            connection.send(WindowUpdateFrame(stream, window_increment=1).serialize())
            assert connection.until(lambda: len(connection.body(stream)) == index)
        connection.send(SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 100_000}).serialize())
        assert connection.answer(stream).body == expected


def test_streams_that_cannot_be_answered_do_not_hold_up_others(server, rows):
    with RawHTTP2(server.http_port, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 0}) as connection:
        held = [connection.request("GET", "/v2") for _ in range(50)]
        free = connection.request("POST", infer_path(MODEL), body_of(rows))
        connection.send(WindowUpdateFrame(free, window_increment=1 << 20).serialize())
        assert connection.answer(free).status == 200
        assert not any(connection.answers[stream].ended for stream in held)


# Floods


def flood(server, frames_of, limit, batch=50):
    """Sends frames until the server ends the connection; the number that it took."""
    with RawHTTP2(server.http_port, timeout=5) as connection:
        sent = 0
        while sent < limit and not connection.closed and not connection.go_aways:
            connection.send_quietly(b"".join(frames_of(connection) for _ in range(batch)))
            sent += batch
            while connection.receive(0):
                if connection.closed:
                    break
        connection.until(lambda: connection.go_aways)
        return sent, [code for _, code in connection.go_aways]


def rapid_reset(connection):
    stream = connection.new_stream()
    return open_post(connection, stream) + RstStreamFrame(stream, error_code=CANCEL).serialize()


def rapid_reset_of_the_answered(connection):
    stream = connection.new_stream()
    reset = RstStreamFrame(stream, error_code=NO_ERROR).serialize()
    return connection.headers(stream, connection.block()) + reset


FLOODS = {
    "rapid reset": (rapid_reset, 20_000),
    "rapid reset of what is answered at once": (rapid_reset_of_the_answered, 20_000),
    "settings": (lambda c: SettingsFrame(0, settings={}).serialize(), 100_000),
    "ping": (lambda c: PingFrame(0, opaque_data=b"12345678").serialize(), 200_000),
    "window updates": (lambda c: WindowUpdateFrame(0, window_increment=1).serialize(), 400_000),
    "priority": (lambda c: PriorityFrame(1, depends_on=3, stream_weight=5).serialize(), 400_000),
}


@pytest.mark.parametrize("name", FLOODS)
def test_floods_are_cut(server, name):
    frames_of, limit = FLOODS[name]
    sent, codes = flood(server, frames_of, limit)
    assert sent < limit, "the flood was not cut"
    assert codes == [ENHANCE_YOUR_CALM]
    assert call(server, "GET", LIVE).status == 200


def test_empty_data_is_cut(server):
    with RawHTTP2(server.http_port, timeout=5) as connection:
        stream = connection.new_stream()
        connection.send(open_post(connection, stream))
        for _ in range(400):
            connection.send_quietly(DataFrame(stream, data=b"").serialize() * 50)
        connection.until(lambda: connection.go_aways)
        assert [code for _, code in connection.go_aways] == [ENHANCE_YOUR_CALM]


def test_continuations_without_end_are_cut(server):
    with RawHTTP2(server.http_port, timeout=5) as connection:
        connection.send(connection.headers(1, connection.block(), end_headers=False))
        for _ in range(100):
            connection.send_quietly(ContinuationFrame(1, data=b"").serialize())
        connection.until(lambda: False)
        assert connection.closed
    assert call(server, "GET", LIVE).status == 200


def test_a_bomb_of_compressed_fields_is_cut(server):
    with RawHTTP2(server.http_port, timeout=5) as connection:
        block = connection.plain(GOOD) + b"\x40\x01x\x7f\xa1\x16" + b"a" * (127 + 0x21 + 22 * 128)
        block += b"\xbe" * 10_000
        connection.send_quietly(connection.headers(1, block))
        connection.until(lambda: connection.go_aways or 1 in connection.answers)
        assert connection.go_aways or connection.answers[1].status == 431
    assert call(server, "GET", LIVE).status == 200


def test_more_streams_than_may_be_open(start_server):
    server = start_server("--http2-max-concurrent-streams", "5")
    with RawHTTP2(server.http_port) as connection:
        assert connection.settings[SettingsFrame.MAX_CONCURRENT_STREAMS] == 5
        connection.send(PingFrame(0, opaque_data=b"12345678").serialize())
        assert connection.until(lambda: any(isinstance(frame, PingFrame) for frame in connection.frames))
        streams = [connection.new_stream() for _ in range(6)]
        connection.send(
            b"".join(open_post(connection, stream) for stream in streams)
        )
        # Whoever has acknowledged the limit breaks the protocol beyond it.
        assert connection.error() == PROTOCOL_ERROR
    with RawHTTP2(server.http_port, begins=False) as connection:
        streams = [connection.new_stream() for _ in range(6)]
        connection.send(
            PREFACE
            + SettingsFrame(0, settings={}).serialize()
            + b"".join(open_post(connection, stream) for stream in streams)
        )
        assert connection.answer(streams[-1]).reset == REFUSED_STREAM


def resident_bytes(server):
    with open(f"/proc/{server.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_attacks_leave_memory_flat_and_others_served(start_server, rows):
    server = start_server()
    path = infer_path("xgboost_anomaly")
    before = resident_bytes(server)
    stop = threading.Event()
    times = []

    def serve_others():
        with RawHTTP2(server.http_port) as other:
            while not stop.is_set():
                start = time.perf_counter()
                assert other.exchange("GET", LIVE).status == 200
                times.append(time.perf_counter() - start)
                time.sleep(0.002)

    thread = threading.Thread(target=serve_others)
    thread.start()
    try:
        for _ in range(3):
            flood(server, rapid_reset, 5_000)
        # Answers that nobody reads, bodies that never end.
        held = []
        for _ in range(20):
            connection = RawHTTP2(server.http_port, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 0})
            for _ in range(50):
                connection.request("GET", "/v2/openapi.json")
            for _ in range(50):
                stream = connection.new_stream()
                connection.send(
                    open_post(connection, stream, path=path)
                    + DataFrame(stream, data=b"x" * 1_000).serialize()
                )
            held.append(connection)
        assert call(server, "GET", LIVE).status == 200
        grown = resident_bytes(server) - before
        for connection in held:
            connection.socket.close()
    finally:
        stop.set()
        thread.join()
    assert grown < 20 * 16 << 20, f"{grown} bytes"
    assert times and sorted(times)[len(times) * 99 // 100] < 0.5


# The end


def test_sigterm_answers_what_is_under_way(start_server):
    server = start_server()
    with RawHTTP2(server.http_port) as connection:
        stream = connection.new_stream()
        path = infer_path("xgboost_anomaly")
        connection.send(open_post(connection, stream, path=path))
        assert connection.is_alive()
        server.process.send_signal(signal.SIGTERM)
        assert connection.until(lambda: connection.go_aways)
        assert connection.go_aways == [((1 << 31) - 1, NO_ERROR)]
        # A request that was under way when the server said so.
        late = connection.request("GET", "/v2")
        assert connection.answer(late).status == 200
        connection.send(DataFrame(stream, data=b"{}", flags=["END_STREAM"]).serialize())
        assert connection.answer(stream).status == 400
        connection.until(lambda: False)
        assert connection.closed and connection.go_aways[-1] == (late, NO_ERROR)
    assert server.wait() == 0


# Real clients


def test_httpx(server, rows):
    with httpx.Client(http2=True, http1=False, base_url=f"http://{server.url}") as client:
        answer = client.post(infer_path(MODEL), content=body_of(rows))
        assert answer.http_version == "HTTP/2" and answer.status_code == 200
        assert np.array_equal(margins(answer.content), trainer(MODEL).margin(rows))
        assert client.get("/nothing").status_code == 404


def test_httpx_with_many_requests_at_a_time(server, rows):
    async def run():
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(
            http2=True, http1=False, base_url=f"http://{server.url}", limits=limits, timeout=30
        ) as client:
            posts = [client.post(infer_path(MODEL), content=body_of(rows, str(index))) for index in range(200)]
            return await asyncio.gather(*posts)

    for index, answer in enumerate(asyncio.run(run())):
        assert answer.json()["id"] == str(index)


def run_client(*command):
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stderr + finished.stdout
    return finished.stdout


def test_curl(server, rows, tmp_path):
    (tmp_path / "body.json").write_bytes(body_of(rows))
    url = f"http://{server.url}"
    for option in ("--http2-prior-knowledge",):
        out = run_client(
            "curl", "-sS", option, "-w", "\n%{http_version} %{http_code}", "--data-binary",
            f"@{tmp_path}/body.json", url + infer_path(MODEL),
        )
        body, version = out.rsplit("\n", 1)
        assert version == "2 200"
        assert np.array_equal(margins(body), trainer(MODEL).margin(rows))


def test_curl_that_asks_for_an_upgrade_stays_with_http1(server):
    out = run_client("curl", "-sS", "--http2", "-w", "%{http_version} %{http_code}", f"http://{server.url}{LIVE}")
    assert out.endswith("1.1 200")


def test_nghttp(server):
    out = run_client("nghttp", "-nv", f"http://{server.url}/v2", f"http://{server.url}{LIVE}")
    assert out.count(":status: 200") == 2


def test_h2load(server, rows, tmp_path):
    (tmp_path / "body.json").write_bytes(body_of(rows))
    out = run_client(
        "h2load", "-n", "20000", "-c", "8", "-m", "100", "-d", f"{tmp_path}/body.json",
        f"http://{server.url}{infer_path(MODEL)}",
    )
    assert re.search(r"20000 done, 20000 succeeded, 0 failed, 0 errored, 0 timeout", out), out
    assert re.search(r"status codes: 20000 2xx", out), out


def test_a_body_that_was_cut_off_is_in_no_other_request(start_server):
    """A stream's object serves further requests, of other clients, too."""
    server = start_server("--threads", "1")
    text = json.dumps({"inputs": [tensor(np.zeros((1, 37), np.float32))]}).encode()
    path = infer_path("xgboost_anomaly")
    for cut in range(0, len(text), 7):
        with RawHTTP2(server.http_port) as lost:
            stream = lost.new_stream()
            head = lost.block(method="POST", path=path)
            lost.send(lost.headers(stream, head, end_stream=False) + DataFrame(stream, data=text[:cut]).serialize())
            assert lost.exchange("GET", "/v2/health/live").status == 200
            # Closing resets the connection.
            lost.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with RawHTTP2(server.http_port) as other:
            assert other.exchange("POST", path, text).status == 200
    assert server.terminate() == 0
