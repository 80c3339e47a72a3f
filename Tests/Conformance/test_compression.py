"""gzip and deflate, both ways, and what is refused."""

import gzip
import json
import zlib

import numpy as np
import pytest
from inference_client import binary_body, call, infer_path, outputs_of, tensor
from trainers import rows_for, trainer

MODEL = "bare_classifier"
COMPRESS = {"gzip": gzip.compress, "deflate": zlib.compress, "identity": bytes}
DECOMPRESS = {"gzip": gzip.decompress, "deflate": zlib.decompress}


@pytest.fixture(scope="module")
def rows():
    return rows_for(MODEL, 2000, seed=41)


@pytest.fixture(scope="module")
def body(rows):
    return json.dumps({"inputs": [tensor(rows)]}).encode()


def check(answer, rows):
    coding = answer.headers.get("content-encoding", "identity")
    if coding != "identity":
        answer.body = DECOMPRESS[coding](answer.body)
    assert np.array_equal(outputs_of(answer)["margin"], trainer(MODEL).margin(rows))
    return coding


@pytest.mark.parametrize("coding", COMPRESS)
def test_compressed_json_request(server, rows, body, coding):
    answer = call(server, "POST", infer_path(MODEL), COMPRESS[coding](body), {"Content-Encoding": coding})
    assert check(answer, rows) == "identity"


@pytest.mark.parametrize("coding", COMPRESS)
def test_compressed_binary_request_counts_its_json_part_uncompressed(server, rows, coding):
    content, fields = binary_body([("x", "FP32", rows)], parameters={"binary_data_output": True})
    answer = call(server, "POST", infer_path(MODEL), COMPRESS[coding](content), fields | {"Content-Encoding": coding})
    check(answer, rows)


@pytest.mark.parametrize(
    "accepted, expected",
    [
        ("gzip", "gzip"),
        ("deflate", "deflate"),
        ("gzip, deflate", "gzip"),
        ("deflate, gzip", "deflate"),
        ("gzip;q=0.5, deflate;q=0.8", "deflate"),
        ("gzip;q=0", "identity"),
        ("br", "identity"),
        ("*", "identity"),
        ("identity", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("gzip;q=abc", "identity"),
        ("gzip, deflate, br", "gzip"),
        ("", "identity"),
    ],
)
def test_the_response_coding_follows_accept_encoding(server, rows, body, accepted, expected):
    answer = call(server, "POST", infer_path(MODEL), body, {"Accept-Encoding": accepted})
    assert check(answer, rows) == expected


def test_binary_response_compressed(server, rows):
    content, fields = binary_body([("x", "FP32", rows)], parameters={"binary_data_output": True})
    answer = call(server, "POST", infer_path(MODEL), content, fields | {"Accept-Encoding": "gzip"})
    assert check(answer, rows) == "gzip"


@pytest.mark.parametrize(
    "path", ["/v2", "/v2/models/xgboost_anomaly", "/v2/models/xgboost_anomaly/config", "/v2/models/no"]
)
def test_only_inference_is_compressed(server, path):
    answer = call(server, "GET", path, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert "content-encoding" not in answer.headers
    assert answer.json


def test_errors_are_not_compressed(server):
    answer = call(server, "POST", infer_path(MODEL), b"{" + b" " * 10_000, {"Accept-Encoding": "gzip"})
    assert answer.status == 400 and answer.error


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, deflate"])
def test_other_request_codings_are_not_supported(server, body, coding):
    answer = call(server, "POST", infer_path(MODEL), body, {"Content-Encoding": coding})
    assert answer.status == 501
    assert {name.strip() for name in answer.headers["accept-encoding"].split(",")} == {"gzip", "deflate"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data[:3],
        lambda data: data[:40] + bytes([data[40] ^ 255]) + data[41:],
        lambda data: data[:-8] + b"\0" * 8,
        lambda data: b"plain text",
        lambda data: data + b"more",
    ],
    ids=["one byte short", "half", "empty", "head only", "flipped", "wrong checksum", "plain", "more behind"],
)
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_damaged_bodies_are_refused(server, body, coding, damage):
    answer = call(server, "POST", infer_path(MODEL), damage(COMPRESS[coding](body)), {"Content-Encoding": coding})
    assert answer.status == 400, answer.body[:200]


def test_a_bomb_is_refused(server):
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join([bomb.compress(b" " * (1 << 20)) for _ in range(80)] + [bomb.flush()])
    assert len(data) < 200_000
    answer = call(server, "POST", infer_path(MODEL), data, {"Content-Encoding": "gzip"})
    assert answer.status in (400, 413)
    assert call(server, "GET", "/v2/health/live").status == 200
