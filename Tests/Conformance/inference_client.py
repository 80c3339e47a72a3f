"""The protocol by hand over Python's http.client: JSON and binary requests, and strict readers of both answers."""

import http.client
import json

import numpy as np

NUMPY_TYPES = {
    "BOOL": np.bool_,
    "UINT8": np.uint8,
    "UINT16": np.uint16,
    "UINT32": np.uint32,
    "UINT64": np.uint64,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
}


def refuse_constant(text):
    raise AssertionError(f"{text} is not JSON")


def strict_json(data):
    """Parses JSON as RFC 8259 has it: Python's reader would take NaN."""
    return json.loads(data, parse_constant=refuse_constant)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return strict_json(self.body)

    @property
    def error(self):
        assert self.status >= 400, self.body
        assert self.headers.get("content-type") == "application/json"
        content = self.json
        assert list(content) == ["error"] and isinstance(content["error"], str) and content["error"]
        return content["error"]


def call(server, method, path, body=None, headers=None, port=None):
    """One request on a connection of its own. `headers` go out as given; nothing is added but Host and the length."""
    connection = http.client.HTTPConnection("127.0.0.1", port or server.http_port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        fields = {key.lower(): value for key, value in response.getheaders()}
        return Answer(response.status, fields, response.read())
    finally:
        connection.close()


def infer_path(model, version=None):
    return f"/v2/models/{model}" + (f"/versions/{version}" if version else "") + "/infer"


def tensor(rows, name="features", datatype="FP32", nested=False, shape=None):
    """A JSON tensor of a numpy array, NaN and infinities as Python writes them."""
    rows = np.asarray(rows)
    return {
        "name": name,
        "shape": list(rows.shape if shape is None else shape),
        "datatype": datatype,
        "data": rows.tolist() if nested else rows.reshape(-1).tolist(),
    }


def infer(server, model, inputs, version=None, headers=None, **members):
    """Posts a JSON request; `inputs` is a list of tensors, or rows for one tensor called `features`."""
    if isinstance(inputs, np.ndarray):
        inputs = [tensor(inputs)]
    body = inputs if isinstance(inputs, (bytes, str)) else json.dumps({"inputs": inputs, **members})
    return call(server, "POST", infer_path(model, version), body, headers)


def binary_body(tensors, **members):
    """A request body with every tensor in binary, and its Inference-Header-Content-Length."""
    inputs, blobs = [], []
    for name, datatype, array in tensors:
        blob = np.ascontiguousarray(array).tobytes()
        inputs.append(
            {
                "name": name,
                "shape": list(array.shape),
                "datatype": datatype,
                "parameters": {"binary_data_size": len(blob)},
            }
        )
        blobs.append(blob)
    head = json.dumps({"inputs": inputs, **members}).encode()
    return head + b"".join(blobs), {"Inference-Header-Content-Length": str(len(head))}


def infer_binary(server, model, rows, name="features", datatype="FP32", version=None, headers=None, **members):
    """Binary in; binary out unless `members` say otherwise."""
    members.setdefault("parameters", {"binary_data_output": True})
    body, fields = binary_body([(name, datatype, rows)], **members)
    return call(server, "POST", infer_path(model, version), body, {**fields, **(headers or {})})


def outputs_of(answer):
    """The answer's outputs by name as numpy arrays, from JSON and binary tensors alike."""
    assert answer.status == 200, answer.body
    length = answer.headers.get("inference-header-content-length")
    head = answer.body if length is None else answer.body[: int(length)]
    assert answer.headers["content-type"] == ("application/json" if length is None else "application/octet-stream")
    rest = answer.body[len(head) :]
    arrays = {}
    for output in strict_json(head)["outputs"]:
        size = output.get("parameters", {}).get("binary_data_size")
        assert ("data" in output) == (size is None)
        if size is None:
            data = output["data"]
            if output["datatype"] == "BYTES":
                array = np.array(data, dtype=object)
            else:
                data = [np.nan if value is None else value for value in data]
                array = np.array(data, dtype=NUMPY_TYPES[output["datatype"]])
        else:
            blob, rest = rest[:size], rest[size:]
            assert len(blob) == size
            array = (
                byte_strings(blob)
                if output["datatype"] == "BYTES"
                else np.frombuffer(blob, dtype=NUMPY_TYPES[output["datatype"]])
            )
        arrays[output["name"]] = array.reshape(output["shape"])
    assert rest == b"", "bytes after the last tensor"
    return arrays


def byte_strings(blob):
    values = []
    while blob:
        length = int.from_bytes(blob[:4], "little")
        values.append(blob[4 : 4 + length].decode())
        blob = blob[4 + length :]
    return np.array(values, dtype=object)
