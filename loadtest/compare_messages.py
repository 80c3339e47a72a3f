"""Messages of gRPC for `compare-grpc` and `attack`, which need no library: fields with their numbers and lengths."""

import struct

from wrk_rounds import MODEL

CALL_PATH = "/inference.GRPCInferenceService/ModelInfer"


def varint(value):
    encoded = b""
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])


def part(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def infer_message(rows):
    """ModelInferRequest of grpc_service.proto with its prefix: one tensor with raw contents, one output."""
    shape = varint(len(rows)) + varint(len(rows[0]))
    tensor = part(1, b"features") + part(2, b"FP32") + part(3, shape)
    contents = b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows)
    message = part(1, MODEL.encode()) + part(5, tensor) + part(6, part(1, b"margin")) + part(7, contents)
    return struct.pack(">BI", 0, len(message)) + message


def raw_output(answer):
    """The floats of ModelInferResponse's field 6; None of what is no such message."""
    is_compressed, length = struct.unpack(">BI", answer[:5])
    if is_compressed or length != len(answer) - 5:
        return None
    position = 5

    def number():
        nonlocal position
        value, shift = 0, 0
        while True:
            byte = answer[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while position < len(answer):
        tag = number()
        length = number()
        content = answer[position : position + length]
        position += length
        if tag == 6 << 3 | 2:
            return list(struct.unpack(f"<{length // 4}f", content))
    return None
