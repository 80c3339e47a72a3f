#!/usr/bin/env python3
"""Writes responses.txt: answers to inference as protobuf writes them.

Each line: name, message with its prefix in hexadecimal. The values are those of MessageTemplateTests.
Written with tritonclient 2.73.0 and protobuf 6.33. Run: python3 make_responses.py > responses.txt
"""
import struct

import numpy as np
from tritonclient.grpc import service_pb2

VALUES = {
    "label": ("BYTES", [], ["normal", 'an"omaly', "normal"]),
    "probabilities": ("FP32", [2], [0.5, 0.25, 0.98, 0.02, float("nan"), float("inf")]),
    "margin": ("FP64", [], [-1.5, 0.1, 1e300]),
    "count": ("INT64", [1], [-(1 << 63), 0, 42]),
    "leaf_indices": ("INT32", [2], [-2, -1, 0, 1, 2, 3]),
}
TYPES = {"FP32": "<f4", "FP64": "<f8", "INT64": "<i8", "INT32": "<i4"}


def text_tensor(texts):
    return b"".join(struct.pack("<I", len(text.encode())) + text.encode() for text in texts)


def raw(datatype, values):
    return text_tensor(values) if datatype == "BYTES" else np.array(values, TYPES[datatype]).tobytes()


def line(name, message):
    content = message.SerializeToString(deterministic=True)
    print(name, (struct.pack(">BI", 0, len(content)) + content).hex())


def response(names, rows, id_="", classes=None, region=None):
    """The answer for the first rows; an output as texts of classes, or in a region."""
    result = service_pb2.ModelInferResponse(model_name="m", model_version="1", id=id_)
    for name in names:
        datatype, dims, values = VALUES[name]
        width = int(np.prod(dims, dtype=int))
        output = result.outputs.add(name=name, datatype=datatype, shape=[rows] + dims)
        if name == region:
            result.raw_output_contents.append(b"")
        elif name == classes:
            output.datatype = "BYTES"
            output.shape[:] = [rows, 1]
            result.raw_output_contents.append(text_tensor(["0.500000:0:a", "0.980000:0:a"][:rows]))
        else:
            result.raw_output_contents.append(raw(datatype, values[: rows * width]))
    return result


ALL = list(VALUES)
line("all", response(ALL, 3, id_="request-7"))
line("anonymous", response(ALL, 2))
line("one", response(["probabilities"], 1, id_="ä\"1"))
line("no-rows", response(["margin", "leaf_indices"], 0))
line("classes", response(["probabilities", "margin"], 2, classes="probabilities"))
line("region", response(["probabilities", "margin"], 2, region="margin"))
line("streamed", service_pb2.ModelStreamInferResponse(infer_response=response(ALL, 3, id_="request-7")))
line("failure", service_pb2.ModelStreamInferResponse(
    error_message="no ä", infer_response=service_pb2.ModelInferResponse(id="request-7")))
line("failure-odd", service_pb2.ModelStreamInferResponse(
    error_message="no", infer_response=service_pb2.ModelInferResponse(id='a"\n')))
final = response(["margin"], 1)
final.parameters["triton_final_response"].bool_param = True
line("final", service_pb2.ModelStreamInferResponse(infer_response=final))
line("failure-anonymous", service_pb2.ModelStreamInferResponse(
    error_message="no", infer_response=service_pb2.ModelInferResponse()))
