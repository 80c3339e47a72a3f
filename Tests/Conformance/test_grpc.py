"""gRPC: tritonclient's clients, stubs of its definitions, the health check and reflection by gRPC's own packages."""

import asyncio
import inspect
import json
import queue
import shutil
import struct
import threading
import time
import zlib

import grpc
import grpc.aio
import numpy as np
import pytest
import tritonclient.grpc as triton
import tritonclient.grpc.aio as triton_aio
import tritonclient.utils.shared_memory as shm
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from google.protobuf.descriptor_pool import DescriptorPool
from inference_client import NUMPY_TYPES, call, infer_path
from living_models import LivingModel, answering, resident_bytes, wait_until
from raw_http2 import RawHTTP2
from test_metrics import scrape, value
from trainers import FEATURE_NAMES, REPOSITORY, SAMPLES, rows_for, trainer
from tritonclient.grpc import service_pb2, service_pb2_grpc
from tritonclient.utils import InferenceServerException

MODEL = "xgboost_anomaly"
WIDTH = 37
ROWS = rows_for(MODEL, 4, seed=301)
DISABLED = "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable."
NO_CONTROL = "explicit model load / unload is not allowed if polling is enabled"


def inputs_of(rows, name="features", datatype="FP32"):
    given = triton.InferInput(name, list(rows.shape), datatype)
    given.set_data_from_numpy(rows)
    return [given]


def check(result, rows, model=MODEL):
    reference = trainer(model)
    assert np.array_equal(result.as_numpy("margin"), reference.margin(rows))
    assert np.array_equal(result.as_numpy("probabilities"), reference.probabilities(rows))
    assert np.array_equal(result.as_numpy("label"), reference.label(rows))
    return True


@pytest.fixture
def client(server):
    with triton.InferenceServerClient(server.grpc_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def channel(server):
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(server.grpc_url, options=options) as opened:
        yield opened


@pytest.fixture(scope="module")
def stub(channel):
    return service_pb2_grpc.GRPCInferenceServiceStub(channel)


def status_of(code, call, *arguments, **named):
    """The details of a call that ends with a status."""
    with pytest.raises(grpc.RpcError) as raised:
        call(*arguments, **named)
    assert raised.value.code() == code, raised.value
    return raised.value.details()


# Every method of tritonclient's clients


WORKING = {
    "is_server_live": [((), bool)],
    "is_server_ready": [((), bool)],
    "is_model_ready": [((MODEL,), bool), ((MODEL, "1"), bool)],
    "get_server_metadata": [((), lambda found: found.name == "rowan" and "statistics" in found.extensions)],
    "get_model_metadata": [
        ((MODEL,), lambda found: list(found.versions) == ["1"] and found.inputs[0].shape == [-1, WIDTH])
    ],
    "get_model_config": [((MODEL, "1"), lambda found: found.config.name == MODEL and found.config.backend == "forest")],
    "get_model_repository_index": [((), lambda found: MODEL in {entry.name for entry in found.models})],
    "get_system_shared_memory_status": [((), lambda found: not found.regions)],
    "get_cuda_shared_memory_status": [((), lambda found: not found.regions)],
    "get_inference_statistics": [
        ((MODEL,), lambda found: found.model_stats[0].name == MODEL),
        ((), lambda found: MODEL in {entry.name for entry in found.model_stats}),
    ],
    "get_trace_settings": [((), lambda found: list(found.settings["trace_level"].value) == ["OFF"])],
    "update_trace_settings": [((None, {}), lambda found: list(found.settings["trace_level"].value) == ["OFF"])],
    "get_log_settings": [((), lambda found: found.settings["log_info"].bool_param is True)],
    "update_log_settings": [
        (({"log_verbose_level": 0},), lambda found: found.settings["log_verbose_level"].uint32_param == 0)
    ],
    "infer": [((MODEL, inputs_of(ROWS)), lambda result: check(result, ROWS))],
}

REFUSED = {
    "load_model": ((MODEL,), "StatusCode.UNAVAILABLE", NO_CONTROL),
    "unload_model": ((MODEL,), "StatusCode.UNAVAILABLE", NO_CONTROL),
    "register_system_shared_memory": (("r", "key", 64), "StatusCode.UNIMPLEMENTED", DISABLED),
    "unregister_system_shared_memory": ((), "StatusCode.UNIMPLEMENTED", DISABLED),
    "register_cuda_shared_memory": (("r", b"AAAA", 0, 64), "StatusCode.UNIMPLEMENTED", DISABLED),
    "unregister_cuda_shared_memory": ((), "StatusCode.UNIMPLEMENTED", DISABLED),
}

ELSEWHERE = {"close", "async_infer", "start_stream", "stop_stream", "async_stream_infer", "stream_infer"}


@pytest.mark.parametrize("kind", [triton.InferenceServerClient, triton_aio.InferenceServerClient])
def test_every_method_is_known(kind):
    methods = {name for name, member in inspect.getmembers(kind, callable) if not name.startswith("_")}
    methods -= {"register_plugin", "unregister_plugin", "plugin"}
    assert methods <= {*WORKING, *REFUSED, *ELSEWHERE}
    assert {*WORKING, *REFUSED} <= methods


@pytest.mark.parametrize("name", WORKING)
def test_a_method_works(client, name):
    for arguments, is_right in WORKING[name]:
        assert is_right(getattr(client, name)(*arguments))


@pytest.mark.parametrize("name", REFUSED)
def test_a_method_is_refused_with_a_sentence(client, name):
    arguments, status, sentence = REFUSED[name]
    with pytest.raises(InferenceServerException) as raised:
        getattr(client, name)(*arguments)
    assert (raised.value.status(), raised.value.message()) == (status, sentence)


def test_the_asyncio_client_is_told_the_same(server):
    async def session():
        async with triton_aio.InferenceServerClient(server.grpc_url) as opened:
            for name, calls in WORKING.items():
                for arguments, is_right in calls:
                    assert is_right(await getattr(opened, name)(*arguments)), name
            for name, (arguments, status, sentence) in REFUSED.items():
                with pytest.raises(InferenceServerException) as raised:
                    await getattr(opened, name)(*arguments)
                assert (raised.value.status(), raised.value.message()) == (status, sentence), name

    asyncio.run(session())


# What HTTP answers, too


def as_json(client, name, *arguments):
    return getattr(client, name)(*arguments, as_json=True)


def test_what_both_protocols_tell_is_the_same(server, client):
    def http(path, method="GET"):
        return call(server, method, path).json

    metadata = as_json(client, "get_model_metadata", MODEL)
    plain = http(f"/v2/models/{MODEL}")
    assert metadata["name"] == plain["name"] and metadata["platform"] == plain["platform"]
    assert [tensor["shape"] for tensor in metadata["outputs"]] == [
        [str(dimension) for dimension in tensor["shape"]] for tensor in plain["outputs"]
    ]
    configuration = as_json(client, "get_model_config", MODEL)["config"]
    plain = http(f"/v2/models/{MODEL}/config")
    assert configuration["max_batch_size"] == plain["max_batch_size"]
    assert configuration["backend"] == plain["backend"]
    assert {key: value.get("string_value", "") for key, value in configuration["parameters"].items()} == {
        key: value["string_value"] for key, value in plain["parameters"].items()
    }
    index = as_json(client, "get_model_repository_index")["models"]
    assert index == http("/v2/repository/index", "POST")
    assert as_json(client, "get_server_metadata") == http("/v2")
    check(client.infer(MODEL, inputs_of(ROWS)), ROWS)
    statistics = as_json(client, "get_inference_statistics", MODEL, "1")["model_stats"][0]
    plain = http(f"/v2/models/{MODEL}/versions/1/stats")["model_stats"][0]
    assert int(statistics["inference_stats"]["success"]["count"]) == plain["inference_stats"]["success"]["count"]
    assert len(statistics["batch_stats"]) == len(plain["batch_stats"])


# Inference


@pytest.mark.parametrize("datatype", NUMPY_TYPES)
def test_every_datatype(client, datatype):
    rows = np.arange(4 * WIDTH).reshape(4, WIDTH) % (2 if datatype == "BOOL" else 100)
    rows = rows.astype(NUMPY_TYPES[datatype])
    check(client.infer(MODEL, inputs_of(rows, datatype=datatype)), rows.astype(np.float32))


CONTENTS = {
    "BOOL": "bool_contents", "INT8": "int_contents", "INT16": "int_contents", "INT32": "int_contents",
    "INT64": "int64_contents", "UINT8": "uint_contents", "UINT16": "uint_contents", "UINT32": "uint_contents",
    "UINT64": "uint64_contents", "FP32": "fp32_contents", "FP64": "fp64_contents",
}


def message(rows, datatype="FP32", model=MODEL, typed=True, **fields):
    """A request with typed contents, or with raw ones."""
    request = service_pb2.ModelInferRequest(model_name=model, **fields)
    given = request.inputs.add(name="features", datatype=datatype, shape=list(rows.shape))
    if typed:
        getattr(given.contents, CONTENTS[datatype]).extend(rows.reshape(-1).tolist())
    else:
        request.raw_input_contents.append(rows.tobytes())
    return request


def output(response, name, dtype=np.float32):
    index = [entry.name for entry in response.outputs].index(name)
    return np.frombuffer(response.raw_output_contents[index], dtype).reshape(list(response.outputs[index].shape))


@pytest.mark.parametrize("datatype", CONTENTS)
def test_typed_contents(stub, datatype):
    rows = (np.arange(3 * WIDTH).reshape(3, WIDTH) % (2 if datatype == "BOOL" else 100)).astype(NUMPY_TYPES[datatype])
    response = stub.ModelInfer(message(rows, datatype, id="7"))
    assert (response.id, response.model_name, response.model_version) == ("7", MODEL, "1")
    assert np.array_equal(output(response, "margin"), trainer(MODEL).margin(rows.astype(np.float32)))
    assert len(response.raw_output_contents) == len(response.outputs)
    assert not any(entry.HasField("contents") for entry in response.outputs)


def test_outputs_versions_and_identities(client, stub):
    wanted = [triton.InferRequestedOutput("margin"), triton.InferRequestedOutput("probabilities", class_count=1)]
    result = client.infer(MODEL, inputs_of(ROWS), model_version="1", outputs=wanted, request_id='odd "ä" \\ id')
    assert result.get_response().id == 'odd "ä" \\ id'
    assert result.as_numpy("label") is None
    assert np.array_equal(result.as_numpy("margin"), trainer(MODEL).margin(ROWS))
    classes = result.as_numpy("probabilities")
    for text, row in zip(classes.reshape(-1), trainer(MODEL).probabilities(ROWS)):
        assert text.decode().startswith(f"{row.max():.6f}:{row.argmax()}")
    text_labels = client.infer("text_labels", inputs_of(rows_for("text_labels", 3, seed=5)))
    assert text_labels.as_numpy("label").dtype == np.object_
    versions = client.get_model_metadata("all_versions").versions
    assert len(versions) > 1
    for version in versions:
        rows = rows_for("all_versions", 2, seed=3)
        result = client.infer("all_versions", inputs_of(rows), model_version=version)
        assert result.get_response().model_version == version


def test_columns_by_name(client):
    rows = rows_for("named_features", 6, seed=11)
    columns = [inputs_of(rows[:, [index]], name)[0] for index, name in enumerate(FEATURE_NAMES)]
    result = client.infer("named_features", columns[::-1])
    assert np.array_equal(result.as_numpy("margin"), trainer("named_features").margin(rows))


def test_parameters(client):
    parameters = {"tenant": "a", "flag": True, "count": 3, "rate": 0.5}
    check(client.infer(MODEL, inputs_of(ROWS), priority=1, timeout=5000000, parameters=parameters), ROWS)
    for sequence in (7, "a sequence"):
        check(client.infer(MODEL, inputs_of(ROWS), sequence_id=sequence, sequence_start=True, sequence_end=True), ROWS)


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_compressed_requests(client, algorithm):
    check(client.infer(MODEL, inputs_of(ROWS), compression_algorithm=algorithm), ROWS)
    many = np.tile(ROWS, (3000, 1))
    check(client.infer(MODEL, inputs_of(many), compression_algorithm=algorithm), many)


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_large_messages_are_inflated_beside_the_loop(start_server, algorithm):
    """While a message of 48 MiB is inflated and answered, a single loop goes on to answer others."""
    server = start_server("--threads", "1")
    generator = np.random.default_rng(41)
    rows = generator.normal(size=(340_000, WIDTH)).astype(np.float32)
    given = inputs_of(rows)
    url = server.grpc_url
    with triton.InferenceServerClient(url) as opened, triton.InferenceServerClient(url) as other:
        answers = Answers()
        margin = [triton.InferRequestedOutput("margin")]
        opened.async_infer(MODEL, given, answers, compression_algorithm=algorithm, outputs=margin)
        longest = 0.0
        while answers.queue.empty():
            begin = time.monotonic()
            check(other.infer(MODEL, inputs_of(ROWS)), ROWS)
            longest = max(longest, time.monotonic() - begin)
        result, error = answers.next()
        assert error is None
        assert np.array_equal(result.as_numpy("margin"), trainer(MODEL).margin(rows))
        # Inflating takes a quarter of a second; the client's own deflating, which takes longer, is its own affair.
        assert other.get_inference_statistics(MODEL).model_stats[0].inference_stats.success.count >= 2
        assert longest < 5


def test_compressed_calls_other_than_inference(stub):
    request = service_pb2.ModelConfigRequest(name=MODEL)
    assert stub.ModelConfig(request, compression=grpc.Compression.Gzip).config.name == MODEL
    # A message that is long, and becomes longer, goes by the pool and is refused for what it says.
    padded = service_pb2.RepositoryModelLoadRequest(model_name=MODEL)
    padded.parameters["config"].string_param = "x" * 2_000_000
    unavailable = status_of(
        grpc.StatusCode.UNAVAILABLE, stub.RepositoryModelLoad, padded, compression=grpc.Compression.Gzip)
    assert unavailable == NO_CONTROL


def test_compressed_messages_of_streams(stub):
    """Short and long ones in turn; answers come in the order of the messages."""
    many = np.tile(ROWS, (3_000, 1))
    parts = [ROWS, many, ROWS[:1], many[:6_000], ROWS]
    found = stub.ModelStreamInfer(iter([message(rows) for rows in parts]), compression=grpc.Compression.Gzip)
    for answer, rows in zip(found, parts, strict=True):
        assert answer.error_message == ""
        assert np.array_equal(output(answer.infer_response, "margin"), trainer(MODEL).margin(rows))


def test_damaged_messages_end_their_call(server):
    path = "/inference.GRPCInferenceService/ModelInfer"
    with RawHTTP2(server.http_port) as connection:
        for length in (100, 300_000):
            body = struct.pack(">BI", 1, length) + b"x" * length
            kind = [("content-type", "application/grpc"), ("grpc-encoding", "gzip")]
            answer = connection.exchange("POST", path, body, kind)
            fields = answer.fields | answer.trailers
            assert (fields["grpc-status"], fields["grpc-message"]) == ("13", "the compressed request body is damaged")


ANSWER_CODINGS = [
    ("none", "identity,deflate,gzip", None),
    ("low", "identity,deflate,gzip", "gzip"),
    ("medium", "identity,deflate,gzip", "deflate"),
    ("high", "identity, gzip", "gzip"),
    ("high", "identity", None),
    ("high", None, None),
]


@pytest.mark.parametrize("level, accepted, expected", ANSWER_CODINGS)
def test_answers_are_compressed_where_option_and_caller_agree(start_server, level, accepted, expected):
    server = start_server("--grpc-infer-response-compression-level", level)
    fields = [("grpc-accept-encoding", accepted)] if accepted else []
    with RawHTTP2(server.http_port) as connection:
        for rows in (ROWS, np.tile(ROWS, (100, 1)), np.tile(ROWS, (5_000, 1))):
            answer = connection.call("ModelInfer", message(rows).SerializeToString(), fields)
            assert answer.trailers["grpc-status"] == "0"
            is_compressed, length = struct.unpack(">BI", answer.body[:5])
            content = answer.body[5:]
            assert length == len(content)
            # Short answers stay plain.
            wanted = expected if len(rows) > 4 else None
            assert answer.fields.get("grpc-encoding") == wanted and is_compressed == (wanted is not None)
            if is_compressed:
                content = zlib.decompress(content, 15 + (16 if wanted == "gzip" else 0))
            response = service_pb2.ModelInferResponse.FromString(content)
            assert np.array_equal(output(response, "margin"), trainer(MODEL).margin(rows))


def test_clients_read_compressed_answers(start_server):
    server = start_server("--grpc-infer-response-compression-level", "high")
    many = np.tile(ROWS, (3_000, 1))
    answers = Answers()
    with triton.InferenceServerClient(server.grpc_url) as opened:
        check(opened.infer(MODEL, inputs_of(ROWS)), ROWS)
        check(opened.infer(MODEL, inputs_of(many)), many)
        opened.start_stream(answers)
        for rows in (ROWS, many, ROWS):
            opened.async_stream_infer(MODEL, inputs_of(rows))
            result, error = answers.next()
            assert error is None
            check(result, rows)
        opened.stop_stream()


def test_large_requests(client):
    rows = np.tile(rows_for(MODEL, 1000, seed=8), (50, 1))
    assert rows.nbytes > 4 << 20
    check(client.infer(MODEL, inputs_of(rows)), rows)


def test_many_calls_on_one_channel(server):
    async def session():
        async with triton_aio.InferenceServerClient(server.grpc_url) as opened:
            parts = [rows_for(MODEL, 1 + index % 3, seed=index) for index in range(400)]
            results = await asyncio.gather(*(opened.infer(MODEL, inputs_of(rows)) for rows in parts))
            for result, rows in zip(results, parts):
                assert np.array_equal(result.as_numpy("margin"), trainer(MODEL).margin(rows))

    asyncio.run(session())


def test_gRPC_is_answered_on_the_port_of_http_too(server):
    with triton.InferenceServerClient(server.url) as opened:
        check(opened.infer(MODEL, inputs_of(ROWS)), ROWS)


# Refusals


def test_refusals_have_gRPC_codes_and_Tritons_words(stub):
    invalid = grpc.StatusCode.INVALID_ARGUMENT
    unknown = status_of(grpc.StatusCode.NOT_FOUND, stub.ModelInfer, message(ROWS, model="nobody"))
    assert unknown.startswith("Request for unknown model: 'nobody'")
    status_of(grpc.StatusCode.NOT_FOUND, stub.ModelInfer, message(ROWS, model_version="9"))
    assert "version string 'x'" in status_of(invalid, stub.ModelInfer, message(ROWS, model_version="x"))
    for name in ("ModelReady", "ModelMetadata", "ModelConfig"):
        request = getattr(service_pb2, f"{name}Request")(name="nobody")
        status_of(grpc.StatusCode.NOT_FOUND, getattr(stub, name), request)
    request = service_pb2.ModelStatisticsRequest(name="nobody")
    assert status_of(invalid, stub.ModelStatistics, request) == "requested model 'nobody' is not available"

    both = message(ROWS)
    both.raw_input_contents.append(ROWS.tobytes())
    assert "contents field must not be specified when using raw_input_contents for 'features'" in status_of(
        invalid, stub.ModelInfer, both
    )
    short = message(ROWS, typed=False)
    short.raw_input_contents[0] = ROWS.tobytes()[:-4]
    assert "input byte size mismatch for input 'features'" in status_of(invalid, stub.ModelInfer, short)
    del short.raw_input_contents[:]
    assert "unable to find data for input tensor 'features'" in status_of(invalid, stub.ModelInfer, short)
    wrong = message(ROWS)
    wrong.inputs[0].datatype = "INT32"
    assert "unexpected explicit tensor data" in status_of(invalid, stub.ModelInfer, wrong)
    reserved = message(ROWS)
    reserved.parameters["triton_x"].bool_param = True
    assert "reserved for Triton" in status_of(invalid, stub.ModelInfer, reserved)
    # As odd as names come: what is no visible ASCII travels percent-encoded.
    odd = "ä%\n" + "x" * 20000
    assert status_of(grpc.StatusCode.NOT_FOUND, stub.ModelInfer, message(ROWS, model=odd)).startswith(
        "Request for unknown model: 'ä%\n"
    )


def test_a_backslash_in_a_name_is_only_that(channel):
    """Names in messages are no JSON: what looks like an escape, even at the end of a message, stands for itself."""

    def field(number, content):
        return bytes([number << 3 | 2, len(content)]) + content

    # The name comes last, so that whoever takes `\\u` for an escape reads behind the message.
    tensor = field(2, b"FP32") + field(3, b"\x01\x05") + field(1, rb"cem\uspe")
    ask = channel.unary_unary(
        "/inference.GRPCInferenceService/ModelInfer", lambda given: given, lambda given: given
    )
    request = field(1, MODEL.encode()) + field(7, bytes(20)) + field(5, tensor)
    detail = status_of(grpc.StatusCode.INVALID_ARGUMENT, ask, request, timeout=10)
    assert rb"cem\uspe".decode() in detail


def test_bytes_that_are_no_message(channel):
    def raw(path, content, **options):
        return channel.unary_unary(path, lambda given: given, lambda given: given)(content, timeout=10, **options)

    path = "/inference.GRPCInferenceService/ModelInfer"
    detail = status_of(grpc.StatusCode.INTERNAL, raw, path, b"\x0a\x05ab")
    assert detail == "failed to parse the request: field 'model_name' of ModelInferRequest ends behind the message"
    assert "no UTF-8" in status_of(grpc.StatusCode.INTERNAL, raw, path, b"\x0a\x01\xff")
    for unknown in ("/inference.GRPCInferenceService/Nothing", "/nothing/ModelInfer", "/"):
        assert status_of(grpc.StatusCode.UNIMPLEMENTED, raw, unknown, b"") == ""
    stream = channel.stream_unary(path, lambda given: given, lambda given: given)
    good = message(ROWS).SerializeToString()
    assert "more than one" in status_of(grpc.StatusCode.INTERNAL, stream, iter([good, good]))
    assert "no request message" in status_of(grpc.StatusCode.INTERNAL, stream, iter([]))


def test_messages_end_at_the_limit(start_server):
    server = start_server("--http-max-input-size", "100000")
    with triton.InferenceServerClient(server.grpc_url) as opened:
        check(opened.infer(MODEL, inputs_of(ROWS)), ROWS)
        for algorithm in (None, "gzip"):
            with pytest.raises(InferenceServerException) as raised:
                opened.infer(MODEL, inputs_of(np.zeros((1000, WIDTH), np.float32)), compression_algorithm=algorithm)
            assert raised.value.status() == "StatusCode.RESOURCE_EXHAUSTED"
            assert "larger than max" in raised.value.message() or "too long" in raised.value.message()
        check(opened.infer(MODEL, inputs_of(ROWS)), ROWS)


# Streams


class Answers:
    """What a stream's callback hears."""

    def __init__(self):
        self.queue = queue.Queue()

    def __call__(self, result, error):
        self.queue.put((result, error))

    def next(self):
        return self.queue.get(timeout=20)


def test_a_stream_answers_in_order_with_errors_in_between(server):
    answers = Answers()
    with triton.InferenceServerClient(server.grpc_url) as opened:
        opened.start_stream(answers)
        parts = [rows_for(MODEL, 1 + index % 5, seed=index) for index in range(300)]
        for index, rows in enumerate(parts):
            name = "nobody" if index % 7 == 3 else MODEL
            opened.async_stream_infer(name, inputs_of(rows), request_id=str(index))
        for index, rows in enumerate(parts):
            result, error = answers.next()
            if index % 7 == 3:
                assert "Request for unknown model: 'nobody'" in error.message()
            else:
                assert result.get_response().id == str(index)
                assert np.array_equal(result.as_numpy("margin"), trainer(MODEL).margin(rows))
        opened.stop_stream()


def test_a_stream_of_large_messages(server):
    answers = Answers()
    rows = np.tile(rows_for(MODEL, 500, seed=2), (10, 1))
    with triton.InferenceServerClient(server.grpc_url) as opened:
        opened.start_stream(answers, compression_algorithm=None)
        for _ in range(10):
            opened.async_stream_infer(MODEL, inputs_of(rows))
        for _ in range(10):
            result, error = answers.next()
            assert error is None
            check(result, rows)
        opened.stop_stream()


def test_a_stream_tells_of_final_answers_where_asked(stub):
    plain, asked = message(ROWS, id="1"), message(ROWS, id="2")
    asked.parameters["triton_enable_empty_final_response"].bool_param = True
    first, second = list(stub.ModelStreamInfer(iter([plain, asked])))
    assert "triton_final_response" not in first.infer_response.parameters
    assert second.infer_response.parameters["triton_final_response"].bool_param is True
    assert list(stub.ModelStreamInfer(iter([]))) == []


def test_a_stream_may_end_with_the_first_error(stub):
    requests = [message(ROWS), message(ROWS, model="nobody"), message(ROWS)]
    found = stub.ModelStreamInfer(iter(requests), metadata=(("triton_grpc_error", "true"),))
    assert np.array_equal(output(next(found).infer_response, "margin"), trainer(MODEL).margin(ROWS))
    assert status_of(grpc.StatusCode.NOT_FOUND, next, found).startswith("Request for unknown model: 'nobody'")


def test_streams_of_the_asyncio_client(server):
    async def session():
        async def requests():
            for index in range(50):
                yield {"model_name": MODEL, "inputs": inputs_of(ROWS), "request_id": str(index)}

        async with triton_aio.InferenceServerClient(server.grpc_url) as opened:
            index = 0
            async for result, error in opened.stream_infer(requests()):
                assert error is None and result.get_response().id == str(index)
                index += 1
            assert index == 50

    asyncio.run(session())


def test_a_stream_that_is_cancelled_leaves_nothing(server, stub):
    for _ in range(20):
        pending = threading.Event()

        def requests():
            yield message(ROWS)
            pending.wait(20)

        found = stub.ModelStreamInfer(requests())
        next(found)
        found.cancel()
        pending.set()
    check(triton.InferenceServerClient(server.grpc_url).infer(MODEL, inputs_of(ROWS)), ROWS)


# Time


@pytest.fixture
def slow_server(start_server, tmp_path):
    repository = tmp_path / "repository"
    shutil.copytree(SAMPLES / MODEL, repository / "slow")
    (repository / "slow" / "config.pbtxt").write_text(
        'backend: "forest"\nmax_batch_size: 1000\ndynamic_batching { max_queue_delay_microseconds: 2000000 }\n'
    )
    return start_server(repositories=(repository,))


def canceled(server, model="slow"):
    with triton.InferenceServerClient(server.grpc_url) as opened:
        return opened.get_inference_statistics(model).model_stats[0].inference_stats.fail.count


def test_deadlines_take_requests_back_from_their_queue(slow_server):
    with grpc.insecure_channel(slow_server.grpc_url) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        begin = time.monotonic()
        status_of(grpc.StatusCode.DEADLINE_EXCEEDED, stub.ModelInfer, message(ROWS, model="slow"), timeout=0.3)
        assert time.monotonic() - begin < 1.5
        wait_until(lambda: canceled(slow_server) == 1, "the request is counted")
        # Who has longer is answered by the same queue.
        response = stub.ModelInfer(message(ROWS, model="slow"), timeout=20)
        assert np.array_equal(output(response, "margin"), trainer(MODEL).margin(ROWS))


PENDING = "nv_inference_pending_request_count"


@pytest.fixture
def slow_pool(start_server, tmp_path):
    """A server, and a request that its threads for long work are busy with for half a second or more."""
    # Without what is watched of the model: it has other outputs here.
    unwatched = shutil.ignore_patterns("rowan.pbtxt")
    shutil.copytree(SAMPLES / MODEL, tmp_path / "repository" / "explained", ignore=unwatched)
    (tmp_path / "repository" / "explained" / "config.pbtxt").write_text(
        'backend: "forest"\nmax_batch_size: 1000000\n'
        'output [ { name: "margin" data_type: TYPE_FP32 dims: [ 1 ] },\n'
        f'  {{ name: "treeshap" data_type: TYPE_FP32 dims: [ {WIDTH + 1} ] }} ]\n'
    )
    server = start_server("--threads", "1", repositories=(tmp_path / "repository",))
    rows = np.tile(rows_for(MODEL, 1000, seed=8), (400, 1))
    request = message(rows, model="explained", typed=False)
    request.outputs.add(name="treeshap")
    return server, request


def test_the_time_of_a_call_is_over_in_the_pool(slow_pool):
    """gRPC's clients end their calls by themselves; this one waits for what it is told."""
    server, request = slow_pool
    with RawHTTP2(server.http_port, timeout=20) as connection:
        answer = connection.call("ModelInfer", request.SerializeToString(), [("grpc-timeout", "100m")])
        fields = answer.fields | answer.trailers
        assert (fields["grpc-status"], fields["grpc-message"]) == ("4", "Deadline Exceeded")
        # The pool gives it up, too, and who has longer is answered.
        wait_until(lambda: canceled(server, "explained") == 1, "the request is counted")
        patient = message(ROWS, model="explained", typed=False).SerializeToString()
        assert connection.call("ModelInfer", patient, [("grpc-timeout", "20S")]).trailers["grpc-status"] == "0"


def test_cancelled_calls_leave_the_pool(slow_pool):
    server, request = slow_pool
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(server.grpc_url, options=options) as channel:
        pending = service_pb2_grpc.GRPCInferenceServiceStub(channel).ModelInfer.future(request)
        wait_until(lambda: value(scrape(server), PENDING, model="explained") == 1, "the request has come")
        pending.cancel()
        wait_until(lambda: canceled(server, "explained") == 1, "the request is counted")


def test_cancelled_calls_leave_their_queue(slow_server):
    with grpc.insecure_channel(slow_server.grpc_url) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        pending = [stub.ModelInfer.future(message(ROWS, model="slow")) for _ in range(5)]
        time.sleep(0.2)
        for one in pending:
            one.cancel()
        wait_until(lambda: canceled(slow_server) == 5, "the requests are counted")


# Health and reflection


def test_health(server, channel):
    stub = health_pb2_grpc.HealthStub(channel)
    serving = health_pb2.HealthCheckResponse.SERVING
    for service in ("", "inference.GRPCInferenceService", "grpc.health.v1.Health"):
        assert stub.Check(health_pb2.HealthCheckRequest(service=service)).status == serving
    status_of(grpc.StatusCode.NOT_FOUND, stub.Check, health_pb2.HealthCheckRequest(service="nobody"))
    watched = stub.Watch(health_pb2.HealthCheckRequest())
    assert next(watched).status == serving
    watched.cancel()
    unknown = stub.Watch(health_pb2.HealthCheckRequest(service="nobody"))
    assert next(unknown).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    unknown.cancel()


def test_watching_tells_of_the_end(start_server):
    server = start_server()
    with grpc.insecure_channel(server.grpc_url) as channel:
        watched = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert next(watched).status == health_pb2.HealthCheckResponse.SERVING
        stopping = threading.Thread(target=server.terminate)
        stopping.start()
        assert next(watched).status == health_pb2.HealthCheckResponse.NOT_SERVING
        assert status_of(grpc.StatusCode.UNAVAILABLE, next, watched) == "Server exiting"
        stopping.join()
        assert server.process.returncode == 0


def test_reflection(channel):
    database = ProtoReflectionDescriptorDatabase(channel)
    assert set(database.get_services()) == {
        "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
        "inference.GRPCInferenceService", "rowan.v1.Feedback",
    }
    pool = DescriptorPool(database)
    service = pool.FindServiceByName("inference.GRPCInferenceService")
    assert len(service.methods) == 20
    found = pool.FindMessageTypeByName("inference.ModelInferRequest")
    expected = service_pb2.ModelInferRequest.DESCRIPTOR
    assert {field.name: field.number for field in found.fields} == {
        field.name: field.number for field in expected.fields
    }
    with pytest.raises(KeyError):
        database.FindFileByName("nothing.proto")


# What changes the server


def test_models_are_loaded_and_unloaded(start_server, tmp_path):
    model = LivingModel(tmp_path)
    model.write(1, answering(1))
    server = start_server("--model-control-mode=explicit", repositories=(tmp_path,))
    with triton.InferenceServerClient(server.grpc_url) as opened:
        index = {entry.name: entry.state for entry in opened.get_model_repository_index().models}
        assert index == {"living": ""}
        opened.load_model("living")
        assert opened.is_model_ready("living")
        configuration = {"backend": "forest", "max_batch_size": 3}
        opened.load_model("living", config=json.dumps(configuration))
        assert opened.get_model_config("living").config.max_batch_size == 3
        with pytest.raises(InferenceServerException) as raised:
            opened.load_model("living", files={"file:1/model.json": b"{}"})
        assert raised.value.status() == "StatusCode.INVALID_ARGUMENT"
        opened.unload_model("living")
        wait_until(lambda: not ready(opened, "living"), "the model is gone")
        with pytest.raises(InferenceServerException) as raised:
            opened.load_model("nobody")
        assert raised.value.status() == "StatusCode.INTERNAL"
        assert "failed to poll from model repository" in raised.value.message()
    assert any("audit" in line and "load" in line for line in server.lines)


def ready(opened, name):
    try:
        return opened.is_model_ready(name)
    except InferenceServerException:
        return False


def test_changes_need_the_token_where_there_is_one(start_server, tmp_path):
    token = tmp_path / "token"
    token.write_text("a-token-of-sufficient-length-123456\n")
    server = start_server("--admin-token-file", str(token))
    with triton.InferenceServerClient(server.grpc_url) as opened:
        assert opened.get_log_settings().settings["log_info"].bool_param
        with pytest.raises(InferenceServerException) as raised:
            opened.update_log_settings({"log_info": False})
        assert raised.value.status() == "StatusCode.PERMISSION_DENIED"
        headers = {"authorization": "Bearer a-token-of-sufficient-length-123456"}
        changed = opened.update_log_settings({"log_verbose_level": 2}, headers=headers)
        assert changed.settings["log_verbose_level"].uint32_param == 2
        with pytest.raises(InferenceServerException) as raised:
            opened.update_log_settings({"nothing": 2}, headers=headers)
        assert raised.value.status() == "StatusCode.INVALID_ARGUMENT"


def test_shared_memory(start_server):
    server = start_server("--allow-client-shm=true")
    rows = rows_for(MODEL, 5, seed=17)
    key = f"rowan_grpc_{server.process.pid}"
    handle = shm.create_shared_memory_region(key, key, rows.nbytes + 4 * len(rows))
    try:
        shm.set_shared_memory_region(handle, [rows])
        with triton.InferenceServerClient(server.grpc_url) as opened:
            opened.register_system_shared_memory("region", key, rows.nbytes + 4 * len(rows))
            status = opened.get_system_shared_memory_status("region").regions["region"]
            assert (status.name, status.key, status.offset, status.byte_size) == ("region", key, 0, rows.nbytes + 20)
            given = triton.InferInput("features", list(rows.shape), "FP32")
            given.set_shared_memory("region", rows.nbytes)
            wanted = triton.InferRequestedOutput("margin")
            wanted.set_shared_memory("region", 4 * len(rows), rows.nbytes)
            result = opened.infer(MODEL, [given], outputs=[wanted, triton.InferRequestedOutput("label")])
            margin = shm.get_contents_as_numpy(handle, np.float32, [len(rows)], rows.nbytes)
            assert np.array_equal(margin, trainer(MODEL).margin(rows))
            assert np.array_equal(result.as_numpy("label"), trainer(MODEL).label(rows))
            with pytest.raises(InferenceServerException) as raised:
                opened.register_system_shared_memory("region", key, 4)
            assert raised.value.status() == "StatusCode.ALREADY_EXISTS"
            opened.unregister_system_shared_memory("region")
            with pytest.raises(InferenceServerException) as raised:
                opened.get_system_shared_memory_status("region")
            assert raised.value.status() == "StatusCode.NOT_FOUND"
    finally:
        shm.destroy_shared_memory_region(handle)


# The end


def test_no_call_is_lost_when_the_server_ends(start_server):
    server = start_server()
    failures, count = [], [0]
    begun = threading.Event()

    def drive():
        with triton.InferenceServerClient(server.grpc_url) as opened:
            while True:
                try:
                    check(opened.infer(MODEL, inputs_of(ROWS)), ROWS)
                    count[0] += 1
                    begun.set()
                except InferenceServerException as error:
                    # The port is closed, or the call never began.
                    failures.append(error.status())
                    return

    threads = [threading.Thread(target=drive) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(20)
    time.sleep(0.3)
    assert server.terminate() == 0
    for thread in threads:
        thread.join(20)
    assert count[0] > 0 and set(failures) == {"StatusCode.UNAVAILABLE"}


def test_calls_that_cannot_be_read_leave_nothing_behind(start_server):
    server = start_server("--threads", "1")

    def ask(count):
        with RawHTTP2(server.http_port) as connection:
            for _ in range(count):
                # A field of bytes whose length is cut off.
                body = b"\0\0\0\0\2\x0a\xff"
                answer = connection.exchange(
                    "POST", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", body,
                    [("content-type", "application/grpc"), ("te", "trailers")])  # fmt: skip
                assert answer.trailers["grpc-status"] not in ("0", None)

    ask(500)
    before = resident_bytes(server)
    for _ in range(10):
        ask(500)
    assert resident_bytes(server) < before + (4 << 20)
