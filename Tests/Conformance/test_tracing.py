"""Traces: the settings by tritonclient, Triton's trace file, and spans read by OpenTelemetry's own definitions."""

import json
import queue
import re
import secrets
import socket
import subprocess
import time

import numpy as np
import pytest
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton
from inference_client import call, infer_path, tensor
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from prometheus_client.parser import text_string_to_metric_families
from server_process import binary_path
from span_collector import SpanCollector, attributes
from tritonclient.utils import InferenceServerException
from trainers import SAMPLES

MODEL = "xgboost_anomaly"
ROWS = np.arange(2 * 37, dtype=np.float32).reshape(2, 37)
INSTANTS = [
    "HTTP_RECV_START",
    "HTTP_RECV_END",
    "REQUEST_START",
    "QUEUE_START",
    "COMPUTE_START",
    "COMPUTE_INPUT_END",
    "COMPUTE_OUTPUT_START",
    "COMPUTE_END",
    "INFER_RESPONSE_COMPLETE",
    "REQUEST_END",
    "HTTP_SEND_START",
    "HTTP_SEND_END",
]


def infer(server, headers=None, request_id="a-request", model=MODEL, rows=ROWS):
    body = {"id": request_id, "inputs": [tensor(rows)]}
    return call(server, "POST", infer_path(model), json.dumps(body), headers or {})


def counter(server, name, **labels):
    page = call(server, "GET", "/metrics", port=server.metrics_port).body.decode()
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    raise AssertionError(f"{name} {labels} is not on the page")


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# Settings


@pytest.fixture
def traced_server(start_server, tmp_path):
    """Traces every request into a file."""
    options = ["level=TIMESTAMPS", "rate=1", f"triton,file={tmp_path}/trace.json"]
    return start_server(*[word for option in options for word in ("--trace-config", option)])


def test_settings_are_those_that_tritons_own_test_expects(traced_server, tmp_path):
    """The steps of Triton's qa/L0_trace/trace_endpoint_test.py, test_http_clear_settings."""
    client = triton.InferenceServerClient(traced_server.url)
    initial = {
        "trace_file": f"{tmp_path}/trace.json",
        "trace_level": ["TIMESTAMPS"],
        "trace_rate": "1",
        "trace_count": "-1",
        "log_frequency": "0",
        "trace_mode": "triton",
    }
    assert client.get_trace_settings() == initial
    assert client.get_trace_settings(MODEL) == initial
    client.update_trace_settings(MODEL, {"trace_rate": "12", "log_frequency": "34"})
    client.update_trace_settings(settings={"trace_rate": "56", "trace_count": "78", "trace_level": ["OFF"]})
    cleared = client.update_trace_settings(settings={"trace_rate": None, "trace_count": None})
    assert cleared == initial | {"trace_level": ["OFF"]}
    expected = initial | {"trace_level": ["OFF"], "trace_rate": "12", "log_frequency": "34"}
    assert client.get_trace_settings(MODEL) == expected
    cleared = client.update_trace_settings(MODEL, {"trace_rate": None, "trace_level": None})
    assert cleared == initial | {"trace_level": ["OFF"], "log_frequency": "34"}
    with pytest.raises(InferenceServerException, match="can not be updated through network protocol") as raised:
        client.update_trace_settings(MODEL, {"trace_file": "model.log"})
    assert raised.value.status() == "501"
    with pytest.raises(InferenceServerException, match="Request for unknown model : does-not-exist") as raised:
        client.get_trace_settings("does-not-exist")
    assert raised.value.status() == "400"
    assert client.get_trace_settings("catboost_anomaly") == initial | {"trace_level": ["OFF"]}
    assert {"trace", "logging"} <= set(client.get_server_metadata()["extensions"])


@pytest.mark.parametrize("path", ["/v2/trace/setting", f"/v2/models/{MODEL}/trace/setting", "/v2/logging"])
def test_everybody_reads_settings_and_few_change_them(traced_server, path):
    before = call(traced_server, "GET", path)
    assert before.status == 200
    proxied = {"X-Forwarded-For": "192.0.2.1"}
    assert call(traced_server, "GET", path, headers=proxied).json == before.json
    change = json.dumps({"trace_rate": "5"} if "trace" in path else {"log_info": False})
    refused = call(traced_server, "POST", path, change, proxied)
    assert refused.status == 403 and "admin-token-file" in refused.error
    assert call(traced_server, "GET", path).json == before.json
    assert call(traced_server, "POST", path, change).status == 200
    assert call(traced_server, "POST", path, "").status == 200
    assert call(traced_server, "DELETE", path).status == 405
    wait_until(lambda: "audit client=127.0.0.1" in traced_server.log)
    assert "audit: a call was refused" in traced_server.log


def test_bodies_that_are_no_settings_are_refused(traced_server):
    for path in ("/v2/trace/setting", "/v2/logging"):
        for body in ("[]", "{", '{"a":1}', '{"trace_rate":{}}', '{"x":1,"x":2}', "null", '{"log_info":1.5}', "\xff"):
            answer = call(traced_server, "POST", path, body.encode("latin-1"))
            assert answer.status == 400 and answer.error, (path, body)
        assert call(traced_server, "POST", path, '{"a":"' + "x" * 20_000 + '"}').status == 400


def test_without_a_file_nothing_can_be_switched_on(server):
    client = triton.InferenceServerClient(server.url)
    assert client.get_trace_settings()["trace_level"] == ["OFF"]
    with pytest.raises(InferenceServerException, match="trace file name is not given"):
        client.update_trace_settings(settings={"trace_level": ["TIMESTAMPS"]})


@pytest.mark.parametrize(
    "options, code, sentence",
    [
        (["level=TIMESTAMPS"], 1, "needs a place for traces"),
        (["mode=zipkin"], 1, "triton or opentelemetry"),
        (["level=TENSORS"], 1, "tensors are not"),
        (["rate=x"], 1, "a whole number"),
        (["opentelemetry,url=collector"], 1, "http://"),
        (["opentelemetry,bsp_max_queue_size=5"], 1, "bsp_max_export_batch_size"),
        (["nothing"], 1, "SETTING=VALUE"),
        (["triton,file=/proc/none/trace.json"], 1, "/proc/none/trace.json: No such file or directory: make its"),
    ],
)
def test_options_that_cannot_be_used_end_the_start(options, code, sentence):
    command = [binary_path(), "serve", "--model-repository", str(SAMPLES), "--http-port", "0"]
    command += [word for option in options for word in ("--trace-config", option)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert ended.returncode == code and sentence in ended.stderr, ended.stderr


# Triton's trace file


def traces_of(path):
    """The traces of a file by their id, read as Triton's qa/common/trace_summary.py reads them."""
    traces = {}
    for element in json.loads(path.read_text()):
        trace = traces.setdefault(element["id"], {"timestamps": []})
        trace["timestamps"] += element.pop("timestamps", [])
        trace.update(element)
    return traces


def test_each_request_has_its_instants_in_their_order(traced_server, tmp_path):
    for number in range(3):
        answer = infer(traced_server, request_id=f"id {number}")
        # Numbers of a file's traces mean nothing elsewhere.
        assert answer.status == 200 and "traceparent" not in answer.headers
    large = np.zeros((8_000, 37), np.float32)
    assert infer(traced_server, rows=large).status == 200
    refused = call(traced_server, "POST", infer_path(MODEL), "{}")
    assert refused.status == 400
    assert call(traced_server, "GET", f"/v2/models/{MODEL}").status == 200
    assert traced_server.terminate() == 0
    traces = traces_of(tmp_path / "trace.json")
    assert sorted(traces) == [1, 2, 3, 4, 5]
    whole = [trace for trace in traces.values() if "model_name" in trace]
    assert len(whole) == 4
    for trace in whole:
        assert trace["model_name"] == MODEL and trace["model_version"] == 1
        assert [instant["name"] for instant in trace["timestamps"]] == INSTANTS
        times = [instant["ns"] for instant in trace["timestamps"]]
        assert times == sorted(times)
    # Traces of several loops stand in the order in which they were collected.
    assert {trace.get("request_id") for trace in whole} == {"id 0", "id 1", "id 2", "a-request"}
    (cut,) = [trace for trace in traces.values() if "model_name" not in trace]
    assert [instant["name"] for instant in cut["timestamps"]] == INSTANTS[:2]


def test_each_message_of_a_stream_is_traced(traced_server, tmp_path):
    given = triton_grpc.InferInput("features", list(ROWS.shape), "FP32")
    given.set_data_from_numpy(ROWS)
    answers = queue.Queue()
    with triton_grpc.InferenceServerClient(traced_server.grpc_url) as client:
        # Some are short, and some go by the pool.
        client.start_stream(lambda result, error: answers.put(error), compression_algorithm="gzip")
        many = triton_grpc.InferInput("features", [8_000, 37], "FP32")
        many.set_data_from_numpy(np.zeros((8_000, 37), np.float32))
        for number, tensor_given in enumerate((given, many, given)):
            client.async_stream_infer(MODEL, [tensor_given], request_id=f"message {number}")
        client.async_stream_infer("nobody", [given])
        assert [answers.get(timeout=10) is None for _ in range(4)] == [True, True, True, False]
        client.stop_stream()
    assert traced_server.terminate() == 0
    traces = traces_of(tmp_path / "trace.json")
    # Who asks for a model that is not there has none to be traced by.
    assert sorted(trace["request_id"] for trace in traces.values()) == [f"message {number}" for number in range(3)]
    for trace in traces.values():
        assert [instant["name"] for instant in trace["timestamps"]] == INSTANTS


def test_a_body_that_comes_in_parts_is_received_from_its_first_byte_on(traced_server, tmp_path):
    body = json.dumps({"inputs": [tensor(ROWS)]}).encode()
    head = f"POST {infer_path(MODEL)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", traced_server.http_port)) as connection:
        for part in (head[:20], head[20:], body[:100], body[100:]):
            connection.sendall(part)
            time.sleep(0.05)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    assert traced_server.terminate() == 0
    (trace,) = traces_of(tmp_path / "trace.json").values()
    times = {instant["name"]: instant["ns"] for instant in trace["timestamps"]}
    assert 0.14e9 < times["HTTP_RECV_END"] - times["HTTP_RECV_START"] < 5e9
    assert times["REQUEST_END"] - times["HTTP_RECV_END"] < 0.05e9


def test_files_by_frequency_count_and_rate(traced_server, tmp_path):
    client = triton.InferenceServerClient(traced_server.url)
    client.update_trace_settings(settings={"log_frequency": "2"})
    for _ in range(5):
        infer(traced_server)
    wait_until(lambda: (tmp_path / "trace.json.1").exists() and counter(traced_server, "rowan_traces_total") == 5)
    assert len(traces_of(tmp_path / "trace.json.0")) == 2
    # A change writes what was gathered; a number of traces has a file of its own when it is complete.
    client.update_trace_settings(settings={"log_frequency": "0", "trace_count": "3", "trace_rate": "1"})
    for _ in range(5):
        infer(traced_server)
    assert client.get_trace_settings()["trace_count"] == "0"
    wait_until(lambda: counter(traced_server, "rowan_traces_written_total") == 8)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["trace.json.0", "trace.json.1", "trace.json.2", "trace.json.3"]
    assert sorted(len(traces_of(tmp_path / name)) for name in files) == [1, 2, 2, 3]
    assert not (tmp_path / "trace.json").exists()
    assert traced_server.terminate() == 0


def test_a_model_has_a_rate_of_its_own(start_server, tmp_path):
    older = ["--trace-file", f"{tmp_path}/t", "--trace-rate", "1", "--trace-level", "OFF"]
    server = start_server("--threads", "1", *older)
    client = triton.InferenceServerClient(server.url)
    client.update_trace_settings(MODEL, {"trace_level": ["TIMESTAMPS"], "trace_rate": "3"})
    other = np.zeros((1, 36), np.float32)
    for _ in range(7):
        assert infer(server).status == 200
        assert infer(server, model="catboost_anomaly", rows=other).status == 200
    assert server.terminate() == 0
    traces = traces_of(tmp_path / "t")
    assert {trace["model_name"] for trace in traces.values()} == {MODEL} and len(traces) == 2


def test_a_file_that_cannot_be_written_any_more_is_said_and_counted(start_server, tmp_path):
    options = ["level=TIMESTAMPS", "rate=1", f"triton,file={tmp_path}/traces/trace.json"]
    (tmp_path / "traces").mkdir()
    server = start_server(*[word for option in options for word in ("--trace-config", option)])
    (tmp_path / "traces").rmdir()
    assert infer(server).status == 200
    wait_until(lambda: counter(server, "rowan_traces_dropped_total", reason="file") == 1)
    wait_until(lambda: "traces are lost: their file cannot be written" in server.log)
    client = triton.InferenceServerClient(server.url)
    assert client.update_trace_settings(settings={"trace_level": ["OFF"]})["trace_level"] == ["OFF"]
    with pytest.raises(InferenceServerException, match="trace file cannot be written: No such file") as raised:
        client.update_trace_settings(settings={"trace_level": ["TIMESTAMPS"]})
    assert raised.value.status() == "503"
    assert client.get_trace_settings()["trace_level"] == ["OFF"]
    (tmp_path / "traces").mkdir()
    assert client.update_trace_settings(settings={"trace_level": ["TIMESTAMPS"]})["trace_level"] == ["TIMESTAMPS"]
    assert server.terminate() == 0


# OpenTelemetry


@pytest.fixture
def collector():
    opened = SpanCollector()
    yield opened
    opened.close()


@pytest.fixture
def telemetry_server(start_server):
    """Starts servers that send spans."""

    def start(url, *more, rate=1, delay=20, options=()):
        settings = ["mode=opentelemetry", "level=TIMESTAMPS", f"rate={rate}"]
        settings += [f"opentelemetry,bsp_schedule_delay={delay}"]
        if url:
            settings.append(f"opentelemetry,url={url}")
        words = [word for setting in settings + list(more) for word in ("--trace-config", setting)]
        return start_server(*words, *options)

    return start


def traceparent(sampled=True):
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return trace, span, f"00-{trace}-{span}-0{int(sampled)}"


def test_spans_join_the_callers_trace(collector, telemetry_server):
    server = telemetry_server(collector.url, "opentelemetry,resource=service.name=scores")
    trace, span, field = traceparent()
    headers = {"traceparent": field, "tracestate": "congo=t61rcWkgMzE, rojo=1", "User-Agent": "a client"}
    before = time.time_ns()
    answer = infer(server, headers)
    after = time.time_ns()
    spans = {each.name: each for each in collector.wait_for_spans(3)}
    assert set(spans) == {"POST /v2/models/{model}/infer", "queue", "compute"}
    request = spans["POST /v2/models/{model}/infer"]
    assert request.trace_id.hex() == trace and request.parent_span_id.hex() == span
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", answer.headers["traceparent"])
    assert answer.headers["traceparent"] == f"00-{trace}-{request.span_id.hex()}-01"
    assert request.kind == Span.SPAN_KIND_SERVER and request.status.code == Status.STATUS_CODE_UNSET
    # Bits 8 and 9: the parent is another process's.
    assert request.flags == 0x301
    identities = {each.span_id for each in spans.values()}
    assert len(identities) == 3 and bytes(8) not in identities
    for name in ("queue", "compute"):
        child = spans[name]
        assert child.trace_id == request.trace_id and child.parent_span_id == request.span_id
        assert child.kind == Span.SPAN_KIND_INTERNAL and child.flags == 0x101
    assert {each.trace_state for each in spans.values()} == {"congo=t61rcWkgMzE,rojo=1"}
    times = [
        before,
        request.start_time_unix_nano,
        spans["queue"].start_time_unix_nano,
        spans["queue"].end_time_unix_nano,
        spans["compute"].end_time_unix_nano,
        request.end_time_unix_nano,
    ]
    # The wall clock is read when spans are sent, and may be a little off what it was then.
    assert times == sorted(times) and request.end_time_unix_nano < after + 50_000_000
    assert spans["queue"].end_time_unix_nano == spans["compute"].start_time_unix_nano
    facts = attributes(request.attributes)
    port = facts.pop("client.port")
    assert 0 < port < 65536 and facts.pop("http.request.body.size") > 300
    assert facts == {
        "http.request.method": "POST",
        "http.route": "/v2/models/{model}/infer",
        "url.path": infer_path(MODEL),
        "url.scheme": "http",
        "network.protocol.name": "http",
        "network.protocol.version": "1.1",
        "client.address": "127.0.0.1",
        "user_agent.original": "a client",
        "rowan.model.name": MODEL,
        "rowan.model.version": 1,
        "rowan.request.id": "a-request",
        "rowan.request.rows": 2,
        "http.response.status_code": 200,
        "http.response.body.size": len(answer.body),
    }
    assert attributes(spans["compute"].attributes) == {
        "rowan.model.name": MODEL,
        "rowan.model.version": 1,
        "rowan.request.rows": 2,
        "rowan.batch.rows": 2,
    }
    (export,) = collector.exports
    assert export.headers["content-type"] == "application/x-protobuf"
    (resource,) = export.message.resource_spans
    assert attributes(resource.resource.attributes) == {"service.name": "scores"}
    (scope,) = resource.scope_spans
    assert scope.scope.name == "rowan" and scope.scope.version
    assert scope.schema_url == resource.schema_url == "https://opentelemetry.io/schemas/1.37.0"
    wait_until(lambda: counter(server, "rowan_trace_spans_sent_total") == 3)
    assert counter(server, "rowan_traces_total") == 1


def test_the_callers_decision_and_malformed_fields(collector, telemetry_server):
    server = telemetry_server(collector.url, rate=0)
    assert "traceparent" not in infer(server).headers
    assert "traceparent" not in infer(server, {"traceparent": traceparent(sampled=False)[2]}).headers
    assert infer(server, {"traceparent": traceparent()[2]}).headers["traceparent"]
    client = triton.InferenceServerClient(server.url)
    client.update_trace_settings(settings={"trace_rate": "1"})
    trace, _, field = traceparent()
    for malformed in (field.upper(), field + "-", "ff" + field[2:], f"00-{'0' * 32}-{'1' * 16}-01", "x"):
        began = infer(server, {"traceparent": malformed}).headers["traceparent"]
        assert trace not in began
    body = json.dumps({"inputs": [tensor(ROWS)]}).encode()
    head = f"POST {infer_path(MODEL)} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
    twice = f"traceparent: {field}\r\nTraceparent: {field}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.http_port)) as connection:
        connection.sendall((head + twice).encode() + body)
        answer = connection.recv(65536).decode()
    assert "traceparent: 00-" in answer and trace not in answer
    # A state that is malformed is dropped, the trace is gone on with.
    trace, _, field = traceparent()
    assert trace in infer(server, {"traceparent": field, "tracestate": "a=1,b"}).headers["traceparent"]
    spans = collector.wait_for_spans(8 * 3)
    assert all(span.trace_state == "" for span in spans)
    roots = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    assert len(roots) == 8 and sum(span.parent_span_id == b"" for span in roots) == 6


def test_refusals_are_spans_without_children(collector, telemetry_server):
    server = telemetry_server(collector.url)
    answer = call(server, "POST", infer_path(MODEL), "{}")
    assert answer.status == 400 and "traceparent" in answer.headers
    (span,) = collector.wait_for_spans(1)
    facts = attributes(span.attributes)
    # A client's fault is no error of the server's span.
    assert facts["http.response.status_code"] == 400 and span.status.code == Status.STATUS_CODE_UNSET
    assert "error.type" not in facts and facts["http.response.body.size"] == len(answer.body)
    # Nobody has a model of that name, so no model's setting says that it is traced.
    assert "traceparent" not in infer(server, model="none").headers


def test_large_and_queued_requests_are_traced(collector, telemetry_server, tmp_path):
    folder = tmp_path / "repository" / "queued"
    folder.mkdir(parents=True)
    (folder / "1").symlink_to(SAMPLES / MODEL / "1")
    (folder / "config.pbtxt").write_text(
        'backend: "forest"\nmax_batch_size: 4096\ndynamic_batching { max_queue_delay_microseconds: 30000 }\n'
    )
    server = telemetry_server(collector.url, options=["--model-repository", str(folder.parent)])
    assert infer(server, model="queued").headers["traceparent"]
    spans = {span.name: span for span in collector.wait_for_spans(3)}
    waited = spans["queue"].end_time_unix_nano - spans["queue"].start_time_unix_nano
    assert 25_000_000 < waited < 2_000_000_000
    assert infer(server, rows=np.zeros((8_000, 37), np.float32)).headers["traceparent"]
    spans = collector.wait_for_spans(6)[3:]
    compute = next(span for span in spans if span.name == "compute")
    assert attributes(compute.attributes)["rowan.batch.rows"] == 8_000
    assert compute.end_time_unix_nano > compute.start_time_unix_nano


def test_variables_of_opentelemetry(collector, start_server, monkeypatch):
    for name, value in {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}",
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20secret,x-tenant=a",
        "OTEL_SERVICE_NAME": "scores",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test,service.name=other",
        "OTEL_TRACES_SAMPLER": "parentbased_always_on",
        "OTEL_BSP_SCHEDULE_DELAY": "20",
    }.items():
        monkeypatch.setenv(name, value)
    server = start_server("--trace-config", "mode=opentelemetry", "--trace-config", "level=TIMESTAMPS")
    infer(server)
    collector.wait_for_spans(3)
    (export,) = collector.exports
    assert export.headers["authorization"] == "Bearer secret" and export.headers["x-tenant"] == "a"
    resource = attributes(export.message.resource_spans[0].resource.attributes)
    assert resource == {"service.name": "scores", "deployment.environment.name": "test"}
    assert server.terminate() == 0
    assert "secret" not in server.log


def test_a_receiver_that_is_not_there_harms_nobody(telemetry_server):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = telemetry_server(f"http://127.0.0.1:{port}/v1/traces")
    for _ in range(20):
        assert infer(server).status == 200
    wait_until(lambda: "spans cannot be sent" in server.log)
    collector = SpanCollector(port)
    try:
        collector.wait_for_spans(60)
        wait_until(lambda: "spans are sent again" in server.log)
        assert counter(server, "rowan_trace_spans_sent_total") == 60
    finally:
        collector.close()
    assert server.log.count("spans cannot be sent") == 1


def test_a_receiver_that_never_answers_harms_nobody(collector, telemetry_server):
    collector.answers = [60] * 100
    more = ["opentelemetry,bsp_max_queue_size=30", "opentelemetry,bsp_max_export_batch_size=30"]
    server = telemetry_server(collector.url, *more, options=["--exit-timeout-secs", "3"])
    infer(server)
    collector.wait_for(lambda opened: opened.exports)
    connection = triton.InferenceServerClient(server.url)
    began = time.monotonic()
    data = triton.InferInput("features", ROWS.shape, "FP32")
    data.set_data_from_numpy(ROWS)
    for _ in range(1_500):
        connection.infer(MODEL, [data])
    assert time.monotonic() - began < 30
    # The ring of a loop is full, and what was sent waits for its answer.
    assert counter(server, "rowan_traces_dropped_total", reason="queue_full") > 0
    connection.close()
    began = time.monotonic()
    assert server.terminate() == 0
    assert time.monotonic() - began < 8


def test_a_receiver_that_asks_for_a_pause_gets_it(collector, telemetry_server):
    collector.answers = [(429, {"Retry-After": "3"}), (503, {})]
    server = telemetry_server(collector.url)
    infer(server)
    collector.wait_for(lambda opened: len(opened.exports) == 3, seconds=20)
    first, second, third = collector.exports
    assert 2.9 < second.time - first.time < 6 and 0.9 < third.time - second.time < 6
    # The same spans, though their server has meanwhile answered others.
    assert [span.trace_id for span in first.spans] == [span.trace_id for span in third.spans]
    wait_until(lambda: counter(server, "rowan_trace_spans_sent_total") == 3)


def test_spans_that_are_refused_or_rejected_are_counted(collector, telemetry_server):
    partial = ExportTraceServiceResponse()
    partial.partial_success.rejected_spans = 2
    partial.partial_success.error_message = "two are too old"
    collector.answers = [(400, {}), partial]
    server = telemetry_server(collector.url)
    infer(server)
    wait_until(lambda: counter(server, "rowan_traces_dropped_total", reason="refused") == 3)
    infer(server)
    wait_until(lambda: counter(server, "rowan_traces_dropped_total", reason="rejected") == 2)
    assert counter(server, "rowan_trace_spans_sent_total") == 1 and len(collector.exports) == 2
    wait_until(lambda: "spans are lost: their receiver does not want them" in server.log)
    assert server.log.count("spans are lost") == 1


def test_the_end_sends_what_waits(collector, telemetry_server):
    server = telemetry_server(collector.url, delay=60_000)
    for _ in range(200):
        infer(server)
    began = time.monotonic()
    assert server.terminate() == 0
    assert time.monotonic() - began < 5
    assert len(collector.spans) == 600 and len(collector.exports) == 2
    assert len({span.span_id for span in collector.spans}) == 600


def test_the_access_log_names_the_trace(start_server, collector, telemetry_server):
    server = telemetry_server(collector.url, options=["--access-log", "--log-format", "json"])
    trace, _, field = traceparent()
    infer(server, {"traceparent": field})
    wait_until(lambda: any('"trace"' in line for line in server.lines))
    (line,) = [json.loads(line) for line in server.lines if '"trace"' in line]
    assert line["trace"] == trace and line["id"] == "a-request" and line["status"] == 200
