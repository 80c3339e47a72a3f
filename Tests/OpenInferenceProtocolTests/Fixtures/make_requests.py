#!/usr/bin/env python3
"""Writes requests.txt: request bodies as clients build them, and the float32 rows that they mean.

Each line: name, kind of layout, number of features, header length (-1: none), body in hexadecimal, number of rows, rows
as little-endian float32 in hexadecimal. The rows are numpy's own astype(float32).
Written with tritonclient 2.73.0 and numpy 2.4. Run: python3 make_requests.py > requests.txt
"""
import json

import numpy as np
import tritonclient.http as client

rng = np.random.default_rng(20240229)
NAMES = ["cpu_user", "mem_used", "disk_io"]


def line(name, kind, features, header, body, rows):
    rows = np.ascontiguousarray(rows, dtype="<f4")
    text = body.hex() if isinstance(body, bytes) else body.encode().hex()
    print(name, kind, features, -1 if header is None else header, text, rows.shape[0], rows.tobytes().hex() or "-")


def triton(name, kind, array, datatype, binary, outputs=None, tensor="features", rows=None):
    tensor_input = client.InferInput(tensor, list(array.shape), datatype)
    tensor_input.set_data_from_numpy(array, binary_data=binary)
    body, size = client.InferenceServerClient.generate_request_body(
        [tensor_input], outputs=outputs, request_id="request-7")
    line(name, kind, array.shape[1], size, body, array.astype(np.float32) if rows is None else rows)


def columns(name, arrays, binary):
    inputs = []
    for key, (array, datatype) in arrays.items():
        column = client.InferInput(key, list(array.shape), datatype)
        column.set_data_from_numpy(array, binary_data=binary(key))
        inputs.append(column)
    body, size = client.InferenceServerClient.generate_request_body(inputs)
    rows = np.stack([arrays[key][0].reshape(-1).astype(np.float32) for key in NAMES], axis=1)
    line(name, "named", 3, size, body, rows)


def main():
    wide = rng.normal(size=(1, 37)).astype(np.float32)
    several = (rng.normal(size=(5, 37)) * 10.0 ** rng.integers(-6, 7, size=(5, 37))).astype(np.float32)
    holes = several.copy()
    holes[rng.random(holes.shape) < 0.2] = np.nan
    holes[0, 0], holes[1, 1] = np.inf, -np.inf
    binary_output = [client.InferRequestedOutput("probabilities", binary_data=True)]
    json_output = [client.InferRequestedOutput("probabilities", binary_data=False)]
    for shape, array in (("row", wide), ("rows", several), ("holes", holes)):
        triton(f"triton-json-{shape}", "forest", array, "FP32", False, json_output)
        triton(f"triton-binary-{shape}", "forest", array, "FP32", True, binary_output)
        triton(f"triton-fil-{shape}", "fil", array, "FP32", True, None, tensor="input__0")
        for nested in (False, True):
            data = array.tolist() if nested else array.reshape(-1).tolist()
            for separators in ((",", ":"), (", ", ": ")):
                body = json.dumps(
                    {"inputs": [{"name": "x", "shape": list(array.shape), "datatype": "FP32", "data": data}]},
                    separators=separators)
                line(f"json-{shape}-{nested}-{len(separators[0])}", "forest", 37, None, body, array)
        # The shortest texts, and the order of members of alphabetical writers.
        data = [float(str(v)) for v in array.reshape(-1)]
        body = json.dumps(
            {"inputs": [{"data": data, "datatype": "FP32", "name": "x", "shape": list(array.shape)}]}, sort_keys=True,
            indent=1)
        line(f"json-sorted-{shape}", "forest", 37, None, body, array)
    doubles = rng.normal(size=(3, 4)) * 1e3
    triton("triton-json-double", "forest", doubles, "FP64", False)
    triton("triton-binary-double", "forest", doubles, "FP64", True)
    halves = rng.normal(size=(3, 4)).astype(np.float16)
    halves[0] = [np.float16(6e-8), np.float16(65504), np.float16("nan"), np.float16("-inf")]
    triton("triton-binary-half", "forest", halves, "FP16", True)
    bodies = np.array([[1.5, -2.0, 3.140625, 1e30]], dtype=np.float32)
    upper = (bodies.view(np.uint32) >> 16).astype("<u2")
    head = json.dumps({"inputs": [{
        "name": "x", "shape": [1, 4], "datatype": "BF16", "parameters": {"binary_data_size": upper.nbytes}}]}).encode()
    values = (bodies.view(np.uint32) & 0xFFFF0000).view(np.float32)
    line("binary-bfloat", "forest", 4, len(head), head + upper.tobytes(), values)
    for dtype in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
        info = np.iinfo(dtype)
        integers = rng.integers(info.min, info.max, size=(4, 3), dtype=dtype, endpoint=True)
        integers[0] = [info.min, info.max, 1]
        for binary in (False, True):
            triton(f"triton-{dtype}-{binary}", "forest", integers, dtype.upper(), binary)
    flags = rng.random((4, 3)) < 0.5
    triton("triton-bool-json", "forest", flags, "BOOL", False)
    triton("triton-bool-binary", "forest", flags, "BOOL", True)
    triton("triton-empty-json", "forest", np.zeros((0, 3), np.float32), "FP32", False)
    arrays = {
        "disk_io": (rng.integers(0, 1000, size=(6, 1)), "INT64"),
        "cpu_user": (rng.normal(size=(6,)).astype(np.float32), "FP32"),
        "mem_used": (rng.normal(size=(6, 1)), "FP64"),
    }
    columns("columns-json", arrays, lambda key: False)
    columns("columns-binary", arrays, lambda key: True)
    columns("columns-mixed", arrays, lambda key: key == "mem_used")
    columns("columns-mixed-2", arrays, lambda key: key != "mem_used")


main()
