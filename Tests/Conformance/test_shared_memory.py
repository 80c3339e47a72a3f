"""System shared memory: regions registered by tritonclient, tensors read from them and written into them."""

import functools
import itertools
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
import tritonclient.http as triton
import tritonclient.utils.shared_memory as shm
from inference_client import NUMPY_TYPES, call, infer_path, outputs_of, tensor
from living_models import wait_until
from server_process import ServerProcess
from trainers import FEATURE_NAMES, REPOSITORY, SAMPLES, rows_for, trainer
from tritonclient.utils import InferenceServerException

MODEL = "xgboost_anomaly"
WIDTH = 37
DISABLED = "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable."
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def shm_server(tmp_path_factory):
    repository = tmp_path_factory.mktemp("memory") / "repository"
    shutil.copytree(SAMPLES / MODEL, repository / "queued")
    (repository / "queued" / "config.pbtxt").write_text(
        'backend: "forest"\nmax_batch_size: 100000\n'
        "dynamic_batching { priority_levels: 2 default_priority_level: 1 }\n"
    )
    process = ServerProcess([SAMPLES, REPOSITORY, repository], "--allow-client-shm=true")
    yield process
    assert process.terminate() == 0, process.log


@pytest.fixture
def client(shm_server):
    with triton.InferenceServerClient(shm_server.url) as opened:
        yield opened
        opened.unregister_system_shared_memory()


@pytest.fixture
def memory():
    """Makes shared memory objects; they are removed at the end."""
    made = []

    def make(byte_size):
        key = f"rowan_test_{os.getpid()}_{next(NUMBERS)}"
        made.append(shm.create_shared_memory_region(key, key, byte_size))
        return made[-1], key

    yield make
    for handle in made:
        shm.destroy_shared_memory_region(handle)


def path_of(key):
    return Path("/dev/shm") / key


def array_of(handle, dtype, shape, offset=0):
    return np.array(shm.get_contents_as_numpy(handle, dtype, shape, offset))


def region_input(rows, region, offset=0, name="features", datatype="FP32", byte_size=None):
    given = triton.InferInput(name, list(rows.shape), datatype)
    given.set_shared_memory(region, rows.nbytes if byte_size is None else byte_size, offset)
    return given


def region_output(name, region, byte_size, offset=0):
    wanted = triton.InferRequestedOutput(name)
    wanted.set_shared_memory(region, byte_size, offset)
    return wanted


def register(server, name, body, headers=None, verb="register", kind="system"):
    path = f"/v2/{kind}sharedmemory" + (f"/region/{name}" if name else "") + f"/{verb}"
    return call(server, "POST", path, body if isinstance(body, (str, bytes)) else json.dumps(body), headers)


def descriptors(server):
    return sorted(os.readlink(entry) for entry in Path(f"/proc/{server.process.pid}/fd").iterdir() if entry.exists())


# Inference


@pytest.mark.parametrize("model", [MODEL, "queued"])
@pytest.mark.parametrize("count", [1, 7, 1_000, 20_000])
def test_rows_are_read_from_and_outputs_written_to_memory(client, memory, model, count):
    rows = rows_for(MODEL, count, seed=201)
    reference = trainer(MODEL)
    inputs, input_key = memory(rows.nbytes + 3)
    outputs, output_key = memory(16 * count + 8)
    client.register_system_shared_memory("in", input_key, rows.nbytes + 3)
    # Registered from within the object.
    client.register_system_shared_memory("out", output_key, 16 * count, offset=8)
    # At the region's end, at an odd place.
    shm.set_shared_memory_region(inputs, [np.frombuffer(rows.tobytes(), dtype=np.uint8)], 3)
    for _ in range(3):
        wanted = [
            region_output("margin", "out", 4 * count, 12 * count),
            region_output("probabilities", "out", 8 * count),
            triton.InferRequestedOutput("label"),
        ]
        result = client.infer(model, [region_input(rows, "in", 3)], outputs=wanted, request_id="a")
        assert np.array_equal(array_of(outputs, np.float32, (count,), 8 + 12 * count), reference.margin(rows))
        assert np.array_equal(array_of(outputs, np.float32, (count, 2), 8), reference.probabilities(rows))
        assert np.array_equal(result.as_numpy("label"), reference.label(rows))
        assert array_of(outputs, np.uint8, (8,)).tolist() == [0] * 8, "bytes before the region"
        assert result.get_output("margin") == {"name": "margin", "datatype": "FP32", "shape": [count]}
        assert result.get_output("probabilities") == {"name": "probabilities", "datatype": "FP32", "shape": [count, 2]}
        rows[:] = rows[::-1].copy()
        shm.set_shared_memory_region(inputs, [np.frombuffer(rows.tobytes(), dtype=np.uint8)], 3)
    # What was in memory of an earlier request is not used again.
    result = client.infer(model, [region_input(rows, "in", 3)])
    assert np.array_equal(result.as_numpy("margin"), reference.margin(rows))


@pytest.mark.parametrize("datatype", sorted(set(NUMPY_TYPES) - {"BOOL"}))
def test_every_numeric_datatype(client, memory, datatype):
    values = np.arange(40).reshape(4, 10).astype(NUMPY_TYPES[datatype])
    handle, key = memory(values.nbytes)
    shm.set_shared_memory_region(handle, [values])
    client.register_system_shared_memory("values", key, values.nbytes)
    result = client.infer("bare_classifier", [region_input(values, "values", datatype=datatype)])
    assert np.array_equal(result.as_numpy("margin"), trainer("bare_classifier").margin(values.astype(np.float32)))


def test_booleans_are_checked(client, memory):
    values = (np.arange(10).reshape(1, 10) % 2).astype(np.uint8)
    handle, key = memory(10)
    shm.set_shared_memory_region(handle, [values])
    client.register_system_shared_memory("flags", key, 10)
    result = client.infer("bare_classifier", [region_input(values, "flags", datatype="BOOL")])
    assert np.array_equal(result.as_numpy("margin"), trainer("bare_classifier").margin(values.astype(np.float32)))
    values[0, 3] = 2
    shm.set_shared_memory_region(handle, [values])
    with pytest.raises(InferenceServerException, match="holds the byte 2, expected 0 or 1"):
        client.infer("bare_classifier", [region_input(values, "flags", datatype="BOOL")])


def test_texts_are_refused(client, memory):
    _, key = memory(64)
    client.register_system_shared_memory("texts", key, 64)
    with pytest.raises(InferenceServerException, match="BYTES"):
        client.infer("bare_classifier", [region_input(np.zeros((1, 10)), "texts", datatype="BYTES", byte_size=64)])


def test_text_outputs_are_written_as_bytes_tensors(client, memory):
    rows = rows_for("text_labels", 9, seed=202)
    expected = list(trainer("text_labels").label(rows))
    handle, key = memory(4_096)
    client.register_system_shared_memory("texts", key, 4_096)
    given = triton.InferInput("features", [9, 10], "FP32")
    given.set_data_from_numpy(rows)
    size = sum(4 + len(text.encode()) for text in expected)
    client.infer("text_labels", [given], outputs=[region_output("label", "texts", size)])
    found = shm.get_contents_as_numpy(handle, np.object_, (9,))
    assert [text.decode() for text in found] == expected
    # How long the texts are is known only when they are.
    with pytest.raises(InferenceServerException) as raised:
        client.infer("text_labels", [given], outputs=[region_output("label", "texts", size - 1)])
    assert raised.value.status() == "500"
    assert raised.value.message() == (
        f"shared memory size specified with the request for output 'label' ({size - 1} bytes) should be at least "
        f"{size} bytes to hold the results"
    )


def test_tensors_in_memory_in_json_and_in_binary_make_one_request(client, memory):
    rows = rows_for("named_features", 9, seed=203, special=False)
    handle, key = memory(rows.nbytes)
    columns = np.ascontiguousarray(rows.T)
    shm.set_shared_memory_region(handle, [columns])
    client.register_system_shared_memory("columns", key, rows.nbytes)
    inputs = []
    for index, name in enumerate(FEATURE_NAMES):
        column = np.ascontiguousarray(rows[:, [index]])
        if index % 3 == 0:
            inputs.append(region_input(column, "columns", index * column.nbytes, name))
        else:
            given = triton.InferInput(name, [9, 1], "FP32")
            given.set_data_from_numpy(column, binary_data=index % 3 == 1)
            inputs.append(given)
    expected = trainer("named_features").margin(rows)
    for coding in (None, "gzip", "deflate"):
        result = client.infer(
            "named_features", inputs, request_compression_algorithm=coding, response_compression_algorithm=coding
        )
        assert np.array_equal(result.as_numpy("margin"), expected)


def test_a_large_body_may_name_a_region_too(client, memory):
    count = 20_000
    rows = rows_for(MODEL, count, seed=204)
    handle, key = memory(4 * count)
    client.register_system_shared_memory("out", key, 4 * count)
    for coding in (None, "gzip"):
        given = triton.InferInput("features", [count, WIDTH], "FP32")
        given.set_data_from_numpy(rows)
        wanted = [region_output("margin", "out", 4 * count)]
        client.infer(MODEL, [given], outputs=wanted, request_compression_algorithm=coding)
        assert np.array_equal(array_of(handle, np.float32, (count,)), trainer(MODEL).margin(rows))
        handle._mpsm_handle.buf[: 4 * count] = bytes(4 * count)


def test_explanations_are_written_to_memory(client, memory):
    rows = rows_for("explained", 5, seed=205, special=False)
    handle, key = memory(5 * 33 * 8)
    client.register_system_shared_memory("shares", key, 5 * 33 * 8)
    given = triton.InferInput("features", [5, 10], "FP32")
    given.set_data_from_numpy(rows)
    plain = client.infer("explained", [given], outputs=[triton.InferRequestedOutput("treeshap")]).as_numpy("treeshap")
    client.infer("explained", [given], outputs=[region_output("treeshap", "shares", 5 * 33 * 8)])
    assert np.array_equal(array_of(handle, np.float64, (5, 3, 11)), plain)
    assert np.allclose(plain, trainer("explained").contributions(rows), rtol=1e-4, atol=1e-5)


def test_no_rows(client, memory):
    _, key = memory(8)
    client.register_system_shared_memory("r", key, 8)
    rows = np.zeros((0, WIDTH), dtype=np.float32)
    result = client.infer(MODEL, [region_input(rows, "r")], outputs=[region_output("margin", "r", 0)])
    assert result.get_output("margin")["shape"] == [0]


def test_the_same_region_may_be_read_and_written(client, memory):
    rows = rows_for(MODEL, 3, seed=206)
    handle, key = memory(rows.nbytes)
    shm.set_shared_memory_region(handle, [rows])
    client.register_system_shared_memory("both", key, rows.nbytes)
    client.infer(MODEL, [region_input(rows, "both")], outputs=[region_output("margin", "both", 12)])
    assert np.array_equal(array_of(handle, np.float32, (3,)), trainer(MODEL).margin(rows))


# What is refused


def ask(server, given=None, wanted=None, shape=(1, WIDTH), datatype="FP32", model=MODEL, data=None):
    """A request whose input or output has these parameters."""
    one = {"name": "features", "shape": list(shape), "datatype": datatype}
    if given is None:
        one = tensor(np.zeros(shape))
    else:
        one["parameters"] = given
    if data is not None:
        one["data"] = data
    body = {"inputs": [one]}
    if wanted is not None:
        body["outputs"] = [{"name": "margin", "parameters": wanted}]
    return call(server, "POST", infer_path(model), json.dumps(body))


ROW_BYTES = 4 * WIDTH
INPUT_FAULTS = [
    ({"shared_memory_region": "nobody"}, 404, "Unable to find shared memory region: 'nobody'"),
    ({"shared_memory_region": ""}, 404, "Unable to find shared memory region: ''"),
    (
        {"shared_memory_region": "r", "shared_memory_offset": ROW_BYTES + 4, "shared_memory_byte_size": 0},
        400,
        "Invalid offset for shared memory region: 'r'",
    ),
    (
        {"shared_memory_region": "r", "shared_memory_offset": 2**64 - 1, "shared_memory_byte_size": ROW_BYTES},
        400,
        "Invalid offset for shared memory region: 'r'",
    ),
    (
        {"shared_memory_region": "r", "shared_memory_offset": 2**63, "shared_memory_byte_size": ROW_BYTES},
        400,
        "Invalid offset for shared memory region: 'r'",
    ),
    (
        {"shared_memory_region": "r", "shared_memory_offset": 1, "shared_memory_byte_size": 2**64 - 1},
        400,
        "Integer overflow detected: byte_size (18446744073709551615) + offset (1) exceeds maximum value "
        "(18446744073709551615) for region 'r'",
    ),
    (
        {"shared_memory_region": "r", "shared_memory_byte_size": 2**64 - 1},
        400,
        "Invalid offset + byte size for shared memory region: 'r'",
    ),
    (
        {"shared_memory_region": "r", "shared_memory_offset": 5, "shared_memory_byte_size": ROW_BYTES},
        400,
        "Invalid offset + byte size for shared memory region: 'r'",
    ),
    ({"shared_memory_region": "r", "shared_memory_byte_size": ROW_BYTES - 4}, 400, f"Expected {ROW_BYTES}, got 144"),
    ({"shared_memory_region": "r", "shared_memory_byte_size": ROW_BYTES + 4}, 400, f"Expected {ROW_BYTES}, got 152"),
    ({"shared_memory_region": "r"}, 400, f"Expected {ROW_BYTES}, got 0"),
    ({"shared_memory_region": 5, "shared_memory_byte_size": ROW_BYTES}, 400, "'shared_memory_region' must be a string"),
    ({"shared_memory_region": "r", "shared_memory_byte_size": -1}, 400, "Unable to parse 'shared_memory_byte_size'"),
    ({"shared_memory_region": "r", "shared_memory_byte_size": "148"}, 400, "byte_size must be an integer"),
    ({"shared_memory_region": "r", "shared_memory_byte_size": 148.5}, 400, "Unable to parse 'shared_memory_byte_size'"),
    (
        {"shared_memory_region": "r", "shared_memory_offset": 2**64, "shared_memory_byte_size": ROW_BYTES},
        400,
        "Unable to parse 'shared_memory_offset'",
    ),
    (
        {"shared_memory_byte_size": ROW_BYTES, "shared_memory_offset": 0},
        400,
        "'shared_memory_region' in 'parameters'. But no field is set",
    ),
    (
        {"shared_memory_region": "r", "shared_memory_byte_size": ROW_BYTES, "binary_data_size": 0},
        400,
        "But set 'binary_data_size' 'shared_memory_region'",
    ),
]


@pytest.mark.parametrize("parameters, status, sentence", INPUT_FAULTS)
def test_an_input_that_its_region_does_not_hold(shm_server, client, memory, parameters, status, sentence):
    _, key = memory(ROW_BYTES + 4)
    client.register_system_shared_memory("r", key, ROW_BYTES + 4)
    for model in (MODEL, "queued"):
        answer = ask(shm_server, parameters, model=model)
        assert answer.status == status and sentence in answer.error, answer.error


def test_data_and_region_exclude_each_other(shm_server, client, memory):
    _, key = memory(ROW_BYTES)
    client.register_system_shared_memory("r", key, ROW_BYTES)
    answer = ask(shm_server, {"shared_memory_region": "r", "shared_memory_byte_size": ROW_BYTES}, data=[0] * WIDTH)
    assert answer.status == 400 and answer.error.endswith("But set 'data' 'shared_memory_region'")
    repeated = (
        '{"inputs":[{"name":"features","shape":[1,37],"datatype":"FP32","parameters":{"shared_memory_region":"r",'
        '"shared_memory_region":"r","shared_memory_byte_size":148}}]}'
    )
    answer = call(shm_server, "POST", infer_path(MODEL), repeated)
    assert answer.status == 400 and "'shared_memory_region'" in answer.error


OUTPUT_FAULTS = [
    ({"shared_memory_region": "nobody", "shared_memory_byte_size": 4}, 404, "Unable to find shared memory region"),
    ({"shared_memory_region": "r", "shared_memory_offset": 8}, 400, "Invalid offset for shared memory region: 'r'"),
    (
        {"shared_memory_region": "r", "shared_memory_offset": 7, "shared_memory_byte_size": 4},
        400,
        "Invalid offset + byte size for shared memory region: 'r'",
    ),
    (
        {"shared_memory_region": "r", "shared_memory_byte_size": 3},
        500,
        "shared memory size specified with the request for output 'margin' (3 bytes) should be at least 4 bytes to "
        "hold the results",
    ),
    ({"shared_memory_region": "r"}, 500, "(0 bytes) should be at least 4 bytes to hold the results"),
    (
        {"shared_memory_region": "r", "shared_memory_byte_size": 4, "binary_data": True},
        400,
        "Output can't set both 'shared_memory_region' and 'binary_data'",
    ),
    (
        {"shared_memory_region": "r", "shared_memory_offset": 2**64 - 4, "shared_memory_byte_size": 4},
        400,
        "Invalid offset for shared memory region: 'r'",
    ),
]


@pytest.mark.parametrize("parameters, status, sentence", OUTPUT_FAULTS)
def test_an_output_that_its_region_does_not_hold(shm_server, client, memory, parameters, status, sentence):
    handle, key = memory(8)
    client.register_system_shared_memory("r", key, 8)
    for model in (MODEL, "queued"):
        answer = ask(shm_server, wanted=parameters, model=model)
        assert answer.status == status and sentence in answer.error, answer.error
    assert array_of(handle, np.uint8, (8,)).tolist() == [0] * 8


def test_unlisted_outputs_may_come_beside(shm_server, client, memory):
    """A region that is named by no tensor of the request is no concern of it."""
    assert ask(shm_server, wanted={"shared_memory_offset": 5}).status == 200
    answer = ask(shm_server, wanted={"shared_memory_region": None})
    assert answer.status == 400


# Registering


REGISTER_FAULTS = [
    ({}, 400, "Shared memory register request has no 'key' field"),
    ("", 400, "Shared memory register request has no 'key' field"),
    ({"key": "KEY"}, 400, "Shared memory register request has no 'byte_size' field"),
    ("[]", 400, "must be an object"),
    ("{", 400, "failed to parse the request JSON"),
    ({"key": 5, "byte_size": 1}, 400, "'key' must be a string"),
    ({"key": "KEY", "byte_size": "1"}, 400, "byte_size must be an integer"),
    ({"key": "KEY", "byte_size": -1}, 400, "byte_size"),
    ({"key": "KEY", "byte_size": 1.5}, 400, "byte_size"),
    ({"key": "KEY", "byte_size": 2**64}, 400, "byte_size"),
    ({"key": "KEY", "byte_size": 0}, 400, "failed to register shared memory region 'r': invalid args: byte_size is 0"),
    ({"key": "KEY", "byte_size": 65}, 400, "failed to register shared memory region 'r': invalid args"),
    ({"key": "KEY", "byte_size": 64, "offset": 1}, 400, "failed to register shared memory region 'r': invalid args"),
    ({"key": "KEY", "byte_size": 1, "offset": 64}, 400, "failed to register shared memory region 'r': invalid args"),
    ({"key": "KEY", "byte_size": 2**64 - 1, "offset": 2}, 400, "failed to register shared memory region 'r': invalid"),
    ({"key": "KEY", "byte_size": 2, "offset": 2**64 - 1}, 400, "failed to register shared memory region 'r': invalid"),
    ({"key": "KEY", "byte_size": 2**63, "offset": 2**63}, 400, "failed to register shared memory region 'r': invalid"),
    ({"key": "KEY", "byte_size": 2**40 + 1}, 400, "reach beyond 1099511627776"),
    ('{"key":"a","key":"b","byte_size":1}', 400, "'key'"),
    ({"key": "rowan_nobody", "byte_size": 1}, 500, "Unable to open shared memory region: 'rowan_nobody'"),
    ({"key": "", "byte_size": 1}, 400, "cannot register shared memory region 'r' - invalid shm key ''"),
    ({"key": "/", "byte_size": 1}, 400, "cannot register shared memory region 'r' - invalid shm key '/'"),
    ({"key": "//KEY", "byte_size": 1}, 400, "invalid shm key"),
    ({"key": "../shm/KEY", "byte_size": 1}, 400, "invalid shm key"),
    ({"key": "a/b", "byte_size": 1}, 400, "invalid shm key 'a/b'"),
    ({"key": "..", "byte_size": 1}, 400, "invalid shm key '..'"),
    ({"key": ".", "byte_size": 1}, 400, "invalid shm key '.'"),
    ({"key": "KEY\0", "byte_size": 1}, 400, "invalid shm key"),
    ({"key": "x" * 256, "byte_size": 1}, 400, "invalid shm key"),
    ({"key": "x" * 255, "byte_size": 1}, 500, "Unable to open shared memory region"),
    (
        {"key": "/triton_python_backend_shm_region_1", "byte_size": 1},
        400,
        "cannot register shared memory region 'r' with key '/triton_python_backend_shm_region_1' as the key contains "
        "the reserved prefix 'triton_python_backend_shm_region_'",
    ),
]


@pytest.mark.parametrize("body, status, sentence", REGISTER_FAULTS)
def test_what_is_not_registered(shm_server, client, memory, body, status, sentence):
    _, key = memory(64)
    text = (body if isinstance(body, str) else json.dumps(body)).replace("KEY", key)
    answer = register(shm_server, "r", text)
    assert answer.status == status and sentence.replace("KEY", key) in answer.error, answer.error
    assert client.get_system_shared_memory_status() == []


def test_what_stands_in_the_place_of_an_object(shm_server, client, tmp_path):
    """Pipes are not waited for, links are not followed, directories are none."""
    made = []
    try:
        for kind in ("pipe", "directory", "link"):
            made.append(path_of(f"rowan_test_{os.getpid()}_{kind}"))
            if kind == "pipe":
                os.mkfifo(made[-1])
            elif kind == "directory":
                made[-1].mkdir()
            else:
                (tmp_path / "secret").write_bytes(bytes(64))
                made[-1].symlink_to(tmp_path / "secret")
            answer = register(shm_server, "r", {"key": made[-1].name, "byte_size": 1})
            assert answer.status == 500 and "Unable to open shared memory region" in answer.error
    finally:
        for path in made:
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def test_status_lists_what_is_registered(shm_server, client, memory):
    _, key = memory(100)
    assert client.get_system_shared_memory_status() == []
    client.register_system_shared_memory("two 2 %ü", "/" + key, 60, offset=40)
    client.register_system_shared_memory("one", key, 100)
    one = {"name": "one", "key": key, "offset": 0, "byte_size": 100}
    two = {"name": "two 2 %ü", "key": "/" + key, "offset": 40, "byte_size": 60}
    assert client.get_system_shared_memory_status() == [one, two]
    assert client.get_system_shared_memory_status("one") == [one]
    assert client.get_system_shared_memory_status("two 2 %ü") == [two]
    with pytest.raises(InferenceServerException, match="Unable to find system shared memory region: 'three'") as raised:
        client.get_system_shared_memory_status("three")
    assert raised.value.status() == "404"
    with pytest.raises(InferenceServerException, match="shared memory region 'one' already in manager") as raised:
        client.register_system_shared_memory("one", key, 100)
    assert raised.value.status() == "400"
    client.unregister_system_shared_memory("one")
    assert client.get_system_shared_memory_status() == [two]
    client.unregister_system_shared_memory("one")
    client.unregister_system_shared_memory()
    assert client.get_system_shared_memory_status() == []
    assert register(shm_server, None, {"key": key, "byte_size": 1}).error == (
        "'region name' is necessary to register system shared memory region"
    )


def test_a_region_is_there_for_every_loop_at_once(shm_server, client, memory):
    rows = rows_for(MODEL, 1, seed=207)
    handle, key = memory(rows.nbytes)
    shm.set_shared_memory_region(handle, [rows])
    expected = trainer(MODEL).margin(rows).tolist()
    for turn in range(50):
        name = f"turn{turn}"
        client.register_system_shared_memory(name, key, rows.nbytes)
        for _ in range(4):
            # On a connection of its own, which any loop may have.
            answer = ask(shm_server, {"shared_memory_region": name, "shared_memory_byte_size": rows.nbytes})
            assert answer.status == 200 and outputs_of(answer)["margin"].tolist() == expected
        client.unregister_system_shared_memory(name)
        for _ in range(4):
            answer = ask(shm_server, {"shared_memory_region": name, "shared_memory_byte_size": rows.nbytes})
            assert answer.status == 404


def test_regions_are_limited_and_given_back(shm_server, client, memory):
    _, key = memory(64)
    before = descriptors(shm_server)
    for index in range(1_000):
        client.register_system_shared_memory(f"region{index}", key, 64)
    with pytest.raises(InferenceServerException, match="1000 regions are registered, and no more may be") as raised:
        client.register_system_shared_memory("more", key, 64)
    assert raised.value.status() == "400"
    assert len(client.get_system_shared_memory_status()) == 1_000
    assert sum(key in name for name in descriptors(shm_server)) == 1_000
    assert key not in Path(f"/proc/{shm_server.process.pid}/maps").read_text(), "nothing is mapped"
    client.unregister_system_shared_memory()
    assert not [name for name in descriptors(shm_server) if key in name]
    assert len(descriptors(shm_server)) <= len(before) + 2
    client.register_system_shared_memory("more", key, 64)


def test_names_are_limited(shm_server, client, memory):
    _, key = memory(64)
    assert register(shm_server, "n" * 255, {"key": key, "byte_size": 1}).status == 200
    answer = register(shm_server, "n" * 256, {"key": key, "byte_size": 1})
    assert answer.status == 400 and "the name has more than 255 bytes" in answer.error


# Owners that change their mind


@pytest.mark.parametrize("count", [1, 20_000])
def test_an_object_that_its_owner_shrinks_ends_no_server(shm_server, client, memory, count):
    rows = rows_for(MODEL, count, seed=208)
    inputs, input_key = memory(rows.nbytes)
    outputs, output_key = memory(4 * count)
    shm.set_shared_memory_region(inputs, [rows])
    client.register_system_shared_memory("in", input_key, rows.nbytes)
    client.register_system_shared_memory("out", output_key, 4 * count)
    wanted = [region_output("margin", "out", 4 * count)]
    smaller = "has become smaller since it was registered"
    for model in (MODEL, "queued"):
        os.truncate(path_of(output_key), 0)
        with pytest.raises(InferenceServerException, match="'out' " + smaller) as raised:
            client.infer(model, [region_input(rows, "in")], outputs=wanted)
        assert raised.value.status() == "400"
        assert path_of(output_key).stat().st_size == 0, "it does not grow again"
        os.truncate(path_of(input_key), rows.nbytes - 1)
        with pytest.raises(InferenceServerException, match="'in' " + smaller) as raised:
            client.infer(model, [region_input(rows, "in")])
        assert raised.value.status() == "400"
        os.truncate(path_of(input_key), rows.nbytes)
        os.truncate(path_of(output_key), 4 * count)
        rows[:] = 0
        shm.set_shared_memory_region(inputs, [rows])
        client.infer(model, [region_input(rows, "in")], outputs=wanted)
        found = np.fromfile(path_of(output_key), dtype=np.float32)
        assert np.array_equal(found, trainer(MODEL).margin(rows))


def test_an_object_may_be_removed_while_it_is_registered(client, memory):
    rows = rows_for(MODEL, 2, seed=209)
    handle = shm.create_shared_memory_region("gone", f"rowan_test_{os.getpid()}_gone", rows.nbytes)
    shm.set_shared_memory_region(handle, [rows])
    client.register_system_shared_memory("gone", handle._shm_key, rows.nbytes)
    shm.destroy_shared_memory_region(handle)
    result = client.infer(MODEL, [region_input(rows, "gone")])
    assert np.array_equal(result.as_numpy("margin"), trainer(MODEL).margin(rows))


@pytest.mark.parametrize("model", [MODEL, "queued"])
@pytest.mark.parametrize("count", [16, 5_000])
def test_unregistering_under_load(shm_server, memory, model, count):
    rows = rows_for(MODEL, count, seed=210)
    inputs, input_key = memory(rows.nbytes)
    outputs, output_key = memory(4 * 4 * count)
    shm.set_shared_memory_region(inputs, [rows])
    expected = trainer(MODEL).margin(rows)
    stop = threading.Event()
    unexpected, answered, refused = [], [], []

    def work(index):
        place = 4 * count * index
        with triton.InferenceServerClient(shm_server.url) as opened:
            while not stop.is_set():
                try:
                    wanted = [region_output("margin", "out", 4 * count, place)]
                    opened.infer(model, [region_input(rows, "in")], outputs=wanted)
                    found = np.frombuffer(outputs._mpsm_handle.buf, np.float32, count, place).copy()
                    answered.append(np.array_equal(found, expected))
                except InferenceServerException as fault:
                    if fault.status() == "404" and "Unable to find shared memory region" in fault.message():
                        refused.append(1)
                    else:
                        unexpected.append(fault)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    with triton.InferenceServerClient(shm_server.url) as opened:
        for _ in range(60 if count < 1_000 else 15):
            opened.register_system_shared_memory("in", input_key, rows.nbytes)
            opened.register_system_shared_memory("out", output_key, 4 * 4 * count)
            before = len(answered)
            while len(answered) < before + 4 and not unexpected:
                stop.wait(0.001)
            opened.unregister_system_shared_memory()
    stop.set()
    for thread in threads:
        thread.join()
    assert not unexpected
    assert len(answered) >= 60 and all(answered)
    # What a request holds is let go when its answer has left.
    keys = (input_key, output_key)
    wait_until(lambda: not any(key in name for name in descriptors(shm_server) for key in keys), "closed descriptors")


# Who may


def test_it_is_off_unless_asked_for(server, memory):
    _, key = memory(64)
    body = {"key": key, "byte_size": 64}
    for verb, name in [("register", "r"), ("unregister", "r"), ("unregister", None)]:
        for kind in ("system", "cuda"):
            answer = register(server, name, body, verb=verb, kind=kind)
            assert answer.status == 501 and answer.error == DISABLED
    assert call(server, "GET", "/v2/systemsharedmemory/status").json == []
    assert "system_shared_memory" not in call(server, "GET", "/v2").json["extensions"]
    answer = ask(server, {"shared_memory_region": "r", "shared_memory_byte_size": 64})
    assert answer.status == 404 and answer.error == "Unable to find shared memory region: 'r'"


def test_the_metadata_tells_that_it_is_on(shm_server):
    extensions = call(shm_server, "GET", "/v2").json["extensions"]
    assert "system_shared_memory" in extensions and "cuda_shared_memory" not in extensions


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "10.0.0.1"},
        {"Forwarded": "for=10.0.0.1"},
        {"Origin": "http://elsewhere.example"},
        {"Host": "elsewhere.example"},
    ],
)
def test_callers_from_elsewhere_change_nothing(shm_server, client, memory, headers):
    _, key = memory(64)
    client.register_system_shared_memory("mine", key, 64)
    for verb, name in [("register", "r"), ("unregister", "mine"), ("unregister", None)]:
        answer = register(shm_server, name, {"key": key, "byte_size": 64}, headers, verb)
        assert answer.status == 403 and "--admin-token-file" in answer.error
    assert [entry["name"] for entry in client.get_system_shared_memory_status()] == ["mine"]
    wait_until(lambda: "audit: a call was refused" in shm_server.log, "a line of the refusal")


def test_with_a_token_only_its_holders_change_regions(start_server, tmp_path, memory):
    _, key = memory(64)
    token = "0123456789abcdef"
    (tmp_path / "token").write_text(token)
    process = start_server("--allow-client-shm", "--admin-token-file", str(tmp_path / "token"))
    with triton.InferenceServerClient(process.url) as opened:
        with pytest.raises(InferenceServerException, match="needs the admin token") as raised:
            opened.register_system_shared_memory("r", key, 64)
        assert raised.value.status() == "403"
        headers = {"Authorization": f"Bearer {token}"}
        opened.register_system_shared_memory("r", key, 64, headers=headers)
        with pytest.raises(InferenceServerException):
            opened.unregister_system_shared_memory("r")
        opened.unregister_system_shared_memory("r", headers=headers)
    assert process.terminate() == 0
    audit = [line for line in process.lines if "audit" in line and "result=done" in line.replace('"', "")]
    assert len(audit) == 2 and all("by=token" in line.replace('"', "") for line in audit), process.log


def test_every_change_leaves_an_audit_line(shm_server, client, memory):
    _, key = memory(64)
    client.register_system_shared_memory("audited", key, 64)
    with pytest.raises(InferenceServerException):
        client.register_system_shared_memory("audited", key, 64)
    client.unregister_system_shared_memory("audited")

    def audited():
        return [line for line in shm_server.lines if "audit" in line and "audited" in line]

    wait_until(lambda: len(audited()) == 3, "three audit lines")
    lines = audited()
    assert "register system shared memory" in lines[0] and "done" in lines[0] and "local" in lines[0]
    assert "already in manager" in lines[1]
    assert "unregister system shared memory" in lines[2] and "done" in lines[2]


def test_the_memory_of_another_user_is_not_opened(monkeypatch, memory):
    """The server runs as somebody else where it can; where it cannot, an object that nobody may open does."""
    _, key = memory(64)
    os.chmod(path_of(key), 0o600 if os.geteuid() == 0 else 0)
    if os.geteuid() == 0:
        monkeypatch.setattr(
            "server_process.subprocess.Popen", functools.partial(subprocess.Popen, user=65_534, group=65_534)
        )
    process = ServerProcess([SAMPLES], "--allow-client-shm")
    answer = register(process, "r", {"key": key, "byte_size": 64})
    assert answer.status == 500
    assert answer.error == f"Unable to open shared memory region: '{key}': Permission denied"
    os.chmod(path_of(key), 0o666)
    answer = register(process, "r", {"key": key, "byte_size": 64})
    assert (answer.status == 200) == (os.geteuid() == 0 or os.access(path_of(key), os.W_OK))
    assert process.terminate() == 0


# CUDA


def test_cuda_memory_is_what_it_is_without_a_gpu(shm_server, client, memory):
    assert client.get_cuda_shared_memory_status() == []
    with pytest.raises(InferenceServerException, match="Unable to find cuda shared memory region: 'c'") as raised:
        client.get_cuda_shared_memory_status("c")
    assert raised.value.status() == "404"
    with pytest.raises(InferenceServerException) as raised:
        client.register_cuda_shared_memory("c", b"AAAA", 0, 64)
    assert raised.value.status() == "400"
    assert raised.value.message() == "failed to register CUDA shared memory region: 'c', GPUs not supported"
    _, key = memory(64)
    client.register_system_shared_memory("s", key, 64)
    with pytest.raises(InferenceServerException, match="registered as system shared memory, not CUDA shared memory"):
        client.get_cuda_shared_memory_status("s")
    assert client.get_cuda_shared_memory_status() == [], "a region of the system is none of CUDA's"
    client.unregister_cuda_shared_memory("s")
    client.unregister_cuda_shared_memory()
    assert [entry["name"] for entry in client.get_system_shared_memory_status()] == ["s"]
    assert register(shm_server, None, {}, kind="cuda").error == (
        "'region name' is necessary to register cuda shared memory region"
    )


@pytest.mark.parametrize("kind", ["system", "cuda"])
def test_methods_of_the_resources(shm_server, kind):
    base = f"/v2/{kind}sharedmemory"
    for path in (f"{base}/status", f"{base}/region/r/status"):
        assert call(shm_server, "POST", path, "{}").status == 405
    for path in (f"{base}/register", f"{base}/region/r/register", f"{base}/unregister", f"{base}/region/r/unregister"):
        assert call(shm_server, "GET", path).status == 405
    for path in (base, f"{base}/region/r", f"{base}/region//status", f"{base}/status/x", f"{base}/region/r/s/status"):
        assert call(shm_server, "GET", path).status == 404
