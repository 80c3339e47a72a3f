"""HTTP/2 over a bare socket: frames by hyperframe, fields by hpack, and no state machine before the server."""

import select
import socket
import struct
from dataclasses import dataclass, field

import hpack
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED = range(6)
FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR, ENHANCE_YOUR_CALM = range(6, 12)


@dataclass
class Answer:
    status: int = 0
    fields: dict = field(default_factory=dict)
    trailers: dict = field(default_factory=dict)
    body: bytes = b""
    ended: bool = False
    reset: int | None = None


class RawHTTP2:
    """A connection that reads and keeps all frames. Windows are given back at once unless `reads` is false."""

    def __init__(self, port, timeout=10, settings=None, begins=True, window=1 << 24):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.timeout = timeout
        self.encoder = hpack.Encoder()
        self.decoder = hpack.Decoder()
        self.buffer = b""
        self.frames = []
        self.answers = {}
        self.settings = {}
        self.go_aways = []
        self.closed = False
        self.gives_window = True
        self._next = 1
        if begins:
            wanted = {SettingsFrame.INITIAL_WINDOW_SIZE: window} if settings is None else settings
            self.send(PREFACE + SettingsFrame(0, settings=wanted).serialize())
            if settings is None:
                self.send(WindowUpdateFrame(0, window_increment=window).serialize())
            self.until(lambda: self.settings)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # Sending

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.serialize())

    def send_quietly(self, data):
        """For data behind which the server may have closed already."""
        try:
            self.send(data)
        except (BrokenPipeError, ConnectionResetError):
            self.closed = True

    def new_stream(self):
        self._next += 2
        return self._next - 2

    def block(self, *fields, method="GET", path="/v2/health/live"):
        """Compressed fields of a request; `fields` come behind the pseudo-fields."""
        pseudo = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost")]
        return self.encoder.encode(pseudo + list(fields))

    def plain(self, fields):
        """Fields without compression, whatever stands in them."""
        data = b""
        for name, value in fields:
            name, value = name.encode("latin-1"), value.encode("latin-1")
            assert len(name) < 127 and len(value) < 127
            data += b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value
        return data

    def headers(self, stream, block, end_stream=True, end_headers=True):
        flags = [name for name, on in (("END_STREAM", end_stream), ("END_HEADERS", end_headers)) if on]
        return HeadersFrame(stream, data=block, flags=flags).serialize()

    def request(self, method, path, body=None, fields=(), stream=None):
        """Sends a request and returns its stream."""
        stream = stream or self.new_stream()
        data = self.headers(stream, self.block(*fields, method=method, path=path), end_stream=body is None)
        if body is not None:
            pieces = [body[start : start + 16_384] for start in range(0, len(body), 16_384)] or [b""]
            for index, piece in enumerate(pieces):
                flags = ["END_STREAM"] if index == len(pieces) - 1 else []
                data += DataFrame(stream, data=piece, flags=flags).serialize()
        self.send(data)
        return stream

    def exchange(self, method, path, body=None, fields=()):
        return self.answer(self.request(method, path, body, fields))

    def call(self, method, message, fields=()):
        """Makes a call of gRPC with one message and returns its answer."""
        body = struct.pack(">BI", 0, len(message)) + message
        fields = [("content-type", "application/grpc"), ("te", "trailers"), *fields]
        path = f"/inference.GRPCInferenceService/{method}"
        if len(body) < 60_000:
            return self.exchange("POST", path, body, fields)
        stream = self.new_stream()
        self.send(self.headers(stream, self.block(*fields, method="POST", path=path), end_stream=False))
        self.send_body(stream, body, end_stream=True)
        return self.answer(stream)

    def send_body(self, stream, body, end_stream=False):
        """Sends a body as fast as the server gives leave for."""
        initial = self.settings[SettingsFrame.INITIAL_WINDOW_SIZE]
        sent = 0
        for start in range(0, len(body), 16_384):
            piece = body[start : start + 16_384]
            assert self.until(lambda: initial + self.given(stream) - sent >= len(piece)), "no leave to go on"
            sent += len(piece)
            flags = ["END_STREAM"] if end_stream and start + len(piece) == len(body) else []
            self.send(DataFrame(stream, data=piece, flags=flags))

    def given(self, stream):
        """Bytes that the server has given leave for, beyond those at first."""
        updates = [frame for frame in self.frames if isinstance(frame, WindowUpdateFrame)]
        return sum(frame.window_increment for frame in updates if frame.stream_id == stream)

    # Receiving

    def receive(self, seconds=None):
        """Reads once; false if nothing came in time."""
        ready, _, _ = select.select([self.socket], [], [], self.timeout if seconds is None else seconds)
        if not ready:
            return False
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionResetError:
            data = b""
        if not data:
            self.closed = True
            return True
        self.buffer += data
        while len(self.buffer) >= 9:
            frame, length = Frame.parse_frame_header(memoryview(self.buffer[:9]))
            if len(self.buffer) < 9 + length:
                break
            frame.parse_body(memoryview(self.buffer[9 : 9 + length]))
            self.buffer = self.buffer[9 + length :]
            self._take(frame)
        return True

    def _take(self, frame):
        self.frames.append(frame)
        if isinstance(frame, SettingsFrame):
            if "ACK" not in frame.flags:
                self.settings = dict(frame.settings) or {0: 0}
                self.send_quietly(SettingsFrame(0, flags=["ACK"]).serialize())
        elif isinstance(frame, GoAwayFrame):
            self.go_aways.append((frame.last_stream_id, frame.error_code))
        elif isinstance(frame, RstStreamFrame):
            self.answers.setdefault(frame.stream_id, Answer()).reset = frame.error_code
        elif isinstance(frame, HeadersFrame):
            answer = self.answers.setdefault(frame.stream_id, Answer())
            assert "END_HEADERS" in frame.flags, "answers' heads are short"
            fields = dict(self.decoder.decode(frame.data))
            if ":status" in fields:
                status = int(fields.pop(":status"))
                if status >= 200:
                    answer.status, answer.fields = status, fields
            else:
                answer.trailers = fields
            answer.ended = "END_STREAM" in frame.flags
        elif isinstance(frame, DataFrame):
            answer = self.answers[frame.stream_id]
            answer.body += frame.data
            answer.ended = "END_STREAM" in frame.flags
            if frame.data and self.gives_window:
                update = WindowUpdateFrame(0, window_increment=len(frame.data)).serialize()
                if not answer.ended:
                    update += WindowUpdateFrame(frame.stream_id, window_increment=len(frame.data)).serialize()
                self.send_quietly(update)
        else:
            assert isinstance(frame, (PingFrame, WindowUpdateFrame, ContinuationFrame)), frame

    def until(self, condition):
        """Reads until the condition holds, or the server has closed, or nothing comes."""
        while not condition() and not self.closed:
            if not self.receive():
                return False
        return bool(condition())

    def answer(self, stream):
        """The whole answer on a stream, or its reset."""
        answer = self.answers.setdefault(stream, Answer())
        assert self.until(lambda: answer.ended or answer.reset is not None), (self.closed, self.go_aways, answer)
        return answer

    def body(self, stream):
        """What has arrived of an answer's body."""
        return self.answers[stream].body if stream in self.answers else b""

    def error(self):
        """The code by which the server has ended the connection, which must be closed then."""
        self.until(lambda: False)
        assert self.closed, "the connection goes on"
        assert self.go_aways, "closed without GOAWAY"
        return self.go_aways[-1][1]

    def is_alive(self):
        return self.exchange("GET", "/v2/health/live").status == 200
