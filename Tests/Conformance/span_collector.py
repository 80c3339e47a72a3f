"""A receiver of spans: an HTTP server that reads OTLP by OpenTelemetry's own protobuf definitions."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


def attributes(pairs):
    """Attributes as a dictionary; each name occurs once."""
    values = {}
    for pair in pairs:
        assert pair.key not in values, f"{pair.key} is given twice"
        kind = pair.value.WhichOneof("value")
        assert kind is not None, f"{pair.key} has no value"
        values[pair.key] = getattr(pair.value, kind)
    return values


class Export:
    """One request to the receiver."""

    def __init__(self, headers, message):
        self.headers = headers
        self.message = message
        self.time = time.monotonic()

    @property
    def spans(self):
        return [
            span
            for resource in self.message.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class SpanCollector:
    """Answers 200, or what `answers` holds next: a status with fields, or a message, or a number of seconds to wait."""

    def __init__(self, port=0):
        self.exports = []
        self.answers = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                assert self.path == "/v1/traces"
                message = ExportTraceServiceRequest.FromString(body)
                # What the definitions do not know would be kept as unknown fields.
                message.DiscardUnknownFields()
                assert message.SerializeToString(deterministic=True) == ExportTraceServiceRequest.FromString(
                    body
                ).SerializeToString(deterministic=True), "fields that the definitions do not know"
                collector.exports.append(Export(self.headers, message))
                answer = collector.answers.pop(0) if collector.answers else (200, {})
                if isinstance(answer, (int, float)):
                    time.sleep(answer)
                    answer = (200, {})
                content = b""
                if isinstance(answer, ExportTraceServiceResponse):
                    content, answer = answer.SerializeToString(), (200, {})
                status, fields = answer
                try:
                    self.send_response(status)
                    for name, value in fields.items():
                        self.send_header(name, value)
                    self.send_header("Content-Type", "application/x-protobuf")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    pass  # The sender has given up.

            def log_message(self, *_):
                pass

        ThreadingHTTPServer.daemon_threads = True
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1/traces"

    @property
    def spans(self):
        return [span for export in list(self.exports) for span in export.spans]

    def wait_for(self, condition, seconds=10):
        """Waits until a condition on the collector holds."""
        deadline = time.monotonic() + seconds
        while not condition(self):
            assert time.monotonic() < deadline, f"{len(self.exports)} exports with {len(self.spans)} spans"
            time.sleep(0.01)

    def wait_for_spans(self, count):
        self.wait_for(lambda collector: len(collector.spans) >= count)
        return self.spans

    def close(self):
        self.server.shutdown()
        self.server.server_close()
