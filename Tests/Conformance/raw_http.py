"""HTTP/1.1 over a bare socket: sends exactly the bytes given and reads answers strictly."""

import re
import socket
from dataclasses import dataclass, field

STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) [\x20-\x7e]*\Z")
FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\xff](?:[\x20-\xff]*[\x21-\xff])?)?[ \t]*\Z")


class ConnectionClosed(Exception):
    """The server closed the connection before an answer was whole."""


@dataclass
class Response:
    status: int
    fields: list = field(default_factory=list)
    body: bytes = b""

    def header(self, name):
        values = [value for key, value in self.fields if key == name.lower()]
        assert len(values) <= 1, f"{name} occurs {len(values)} times"
        return values[0] if values else None


class RawConnection:
    def __init__(self, port, timeout=5):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def _receive(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            raise ConnectionClosed(self.buffer)
        self.buffer += data

    def _take(self, count):
        while len(self.buffer) < count:
            self._receive()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def _take_line(self):
        while b"\r\n" not in self.buffer:
            self._receive()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        assert b"\n" not in line and b"\r" not in line, f"a bare line end in {line!r}"
        return line

    def read_response(self, head_only=False):
        """One whole answer; `head_only` after a HEAD request."""
        line = self._take_line()
        match = STATUS_LINE.match(line)
        assert match, f"not a status line: {line!r}"
        response = Response(int(match[1]))
        while line := self._take_line():
            match = FIELD_LINE.match(line)
            assert match, f"not a header field: {line!r}"
            response.fields.append((match[1].decode().lower(), (match[2] or b"").decode("latin-1")))
        if head_only or response.status < 200 or response.status in (204, 304):
            return response
        if response.header("transfer-encoding") == "chunked":
            assert response.header("content-length") is None
            while size := int(self._take_line().split(b";")[0], 16):
                response.body += self._take(size)
                assert self._take(2) == b"\r\n"
            assert self._take_line() == b"", "trailers were not expected"
        else:
            length = response.header("content-length")
            assert length is not None and length.isdigit(), f"no length of the body: {response.fields}"
            response.body = self._take(int(length))
        return response

    def exchange(self, data, head_only=False):
        self.send(data)
        return self.read_response(head_only)

    def closed_by_server(self, seconds=5):
        """Whether the server closes within the time, without sending anything more."""
        self.socket.settimeout(seconds)
        try:
            self._receive()
        except ConnectionClosed:
            return self.buffer == b""
        except TimeoutError:
            return False
        return False


def request(method, target, body=None, *fields, host=True, version="HTTP/1.1"):
    """The bytes of a request; `fields` are whole lines without their line end."""
    lines = [f"{method} {target} {version}"]
    if host:
        lines.append("Host: localhost")
    lines += fields
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")
