#!/usr/bin/env python3
"""Writes messages.txt: requests for inference as messages of gRPC, and the float32 rows that protobuf reads from them.

Each line: name, kind of layout, number of features, message in hexadecimal, number of rows, rows as little-endian
float32 in hexadecimal. Every message was read back with protobuf's own reader, and the rows are numpy's astype(float32)
of what it found. Written with tritonclient 2.73.0, protobuf 6.33 and numpy 2.4.
Run: python3 make_messages.py > messages.txt
"""
import random

import numpy as np
import tritonclient.grpc as client
from tritonclient.grpc import service_pb2
from tritonclient.grpc._utils import _get_inference_request

NAMES = ["cpu_user", "mem_used", "disk_io"]
numbers = np.random.default_rng(20261130)
dice = random.Random(20261130)

FIELDS = {
    "BOOL": ("bool_contents", 1, "varint"), "INT8": ("int_contents", 2, "varint"),
    "INT16": ("int_contents", 2, "varint"), "INT32": ("int_contents", 2, "varint"),
    "INT64": ("int64_contents", 3, "varint"), "UINT8": ("uint_contents", 4, "varint"),
    "UINT16": ("uint_contents", 4, "varint"), "UINT32": ("uint_contents", 4, "varint"),
    "UINT64": ("uint64_contents", 5, "varint"), "FP32": ("fp32_contents", 6, "fixed"),
    "FP64": ("fp64_contents", 7, "fixed"),
}
TYPES = {
    "BOOL": np.bool_, "INT8": np.int8, "INT16": np.int16, "INT32": np.int32, "INT64": np.int64, "UINT8": np.uint8,
    "UINT16": np.uint16, "UINT32": np.uint32, "UINT64": np.uint64, "FP16": np.float16, "FP32": np.float32,
    "FP64": np.float64,
}


def array(datatype, shape):
    kind = TYPES[datatype]
    if datatype == "BOOL":
        return numbers.integers(0, 2, shape).astype(kind)
    if np.issubdtype(kind, np.integer):
        bounds = np.iinfo(kind)
        return numbers.integers(bounds.min, bounds.max, shape, dtype=kind, endpoint=True)
    return (numbers.standard_normal(shape) * 100).astype(kind)


def varint(value):
    value &= (1 << 64) - 1
    result = bytearray()
    while value >= 0x80:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(result) + bytes([value])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def element(datatype, value):
    """One element as it stands on the wire, and its wire type."""
    if FIELDS[datatype][2] == "varint":
        return varint(int(value)), 0
    return value.tobytes(), 5 if datatype == "FP32" else 1


def contents(datatype, values):
    """The elements in messages and runs of random length."""
    number = FIELDS[datatype][1]
    messages = [b""]
    position = 0
    while position < len(values):
        step = dice.choice([1, 1, 2, 5, len(values)])
        part = values[position : position + step]
        position += step
        if len(part) == 1 and dice.random() < 0.7:
            content, wire = element(datatype, part[0])
            messages[-1] += varint(number << 3 | wire) + content
        else:
            messages[-1] += field(number, b"".join(element(datatype, value)[0] for value in part))
        if dice.random() < 0.3:
            messages.append(b"")
    return messages


def unknown():
    """A field that the definitions do not have."""
    number = dice.choice([9, 15, 100, 5000, (1 << 29) - 1])
    return dice.choice([
        varint(number << 3) + varint(dice.getrandbits(64)),
        varint(number << 3 | 1) + dice.randbytes(8),
        field(number, dice.randbytes(dice.randrange(20))),
        varint(number << 3 | 5) + dice.randbytes(4),
    ])


def shape(dimensions):
    if dice.random() < 0.5:
        return field(3, b"".join(varint(dimension) for dimension in dimensions))
    return b"".join(varint(3 << 3) + varint(dimension) for dimension in dimensions)


def tensor(name, datatype, values, typed):
    """An input with its parts in random order, an earlier name that does not count, and its raw bytes."""
    parts = [field(2, datatype.encode()), shape(values.shape), field(1, b"not this") + field(1, name.encode())]
    if typed:
        parts += [field(5, message) for message in contents(datatype, values.reshape(-1))]
        order = list(range(3))
        dice.shuffle(order)
        parts = [parts[index] for index in order] + parts[3:]
    else:
        dice.shuffle(parts)
    if dice.random() < 0.4:
        parts.insert(dice.randrange(len(parts) + 1), unknown())
    return b"".join(parts), None if typed else values.tobytes()


def read(message):
    """The rows that protobuf's reader finds, and what it says of them."""
    request = service_pb2.ModelInferRequest.FromString(message)
    columns = {}
    for index, item in enumerate(request.inputs):
        if item.HasField("contents"):
            values = np.array(getattr(item.contents, FIELDS[item.datatype][0]))
            values = values.astype(TYPES[item.datatype])
        else:
            values = np.frombuffer(request.raw_input_contents[index], TYPES[item.datatype])
        columns[item.name] = values.reshape(list(item.shape))
    if len(columns) == 1 and next(iter(columns.values())).shape[-1] != 1:
        return next(iter(columns.values())).astype("<f4")
    return np.stack([columns[name].reshape(-1).astype("<f4") for name in NAMES], axis=1)


def line(name, kind, features, message):
    rows = read(message)
    print(name, kind, features, message.hex(), rows.shape[0], rows.tobytes().hex() or "-")


def triton(name, kind, datatype, shape, tensor="features"):
    values = array(datatype, shape)
    item = client.InferInput(tensor, list(values.shape), datatype)
    item.set_data_from_numpy(values)
    request = _get_inference_request(
        model_name="m", inputs=[item], model_version="", request_id="request-7", outputs=None, sequence_id=0,
        sequence_start=False, sequence_end=False, priority=0, timeout=None, parameters=None)
    line(name, kind, shape[1], request.SerializeToString())


for datatype in TYPES:
    triton(f"triton-{datatype}", "forest", datatype, (2, 3))
triton("triton-fil", "fil", "FP32", (5, 37), tensor="input__0")
triton("triton-wide", "forest", "FP32", (3, 200))
triton("triton-empty", "forest", "FP32", (0, 3))
for datatype in FIELDS:
    for round_ in range(8):
        values = array(datatype, (dice.randrange(0, 4), 3))
        content, _ = tensor("features", datatype, values, typed=True)
        message = field(1, b"m") + field(5, content) + (unknown() if round_ % 2 else b"")
        line(f"typed-{datatype}-{round_}", "forest", 3, message)
for round_ in range(60):
    rows = dice.randrange(1, 5)
    typed = round_ % 2 == 0
    inputs, raw = [], []
    for name in NAMES:
        datatype = dice.choice(sorted(FIELDS) if typed else sorted(TYPES))
        values = array(datatype, dice.choice([(rows,), (rows, 1)]))
        content, data = tensor(name, datatype, values, typed)
        inputs.append(field(5, content))
        if data is not None:
            raw.append(field(7, data))
    parts = [field(1, b"m"), b"".join(inputs), b"".join(raw), field(3, b"id")]
    dice.shuffle(parts)
    line(f"columns-{round_}", "named", 3, b"".join(parts))
