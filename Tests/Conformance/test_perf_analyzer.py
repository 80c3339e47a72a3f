"""Triton's perf_analyzer, the binary of an old wheel of tritonclient: C++ clients of HTTP/1.1 and gRPC."""

import csv
import os
import subprocess

import pytest
from server_process import ROOT

FOLDER = ROOT / ".build/perf-analyzer-venv"
MODEL = "xgboost_anomaly"


def analyse(*options):
    program = FOLDER / "bin/perf_analyzer"
    assert os.access(program, os.X_OK), f"install Tests/Conformance/perf-analyzer-requirements.txt into {FOLDER}"
    libraries = next(FOLDER.glob("lib/python*/site-packages/nvidia/cuda_runtime/lib"))
    environment = os.environ | {"LD_LIBRARY_PATH": str(libraries)}
    result = subprocess.run(
        [program, *map(str, options)], capture_output=True, text=True, timeout=120, env=environment)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout


KINDS = {
    "calls": ("grpc", []),
    "calls without waiting": ("grpc", ["--async"]),
    "streams": ("grpc", ["--streaming"]),
    "compressed calls": ("grpc", ["--grpc-compression-algorithm", "gzip"]),
    "HTTP": ("http", []),
    "HTTP without waiting": ("http", ["--async"]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_perf_analyzer_measures(server, tmp_path, kind):
    protocol, more = KINDS[kind]
    url = server.grpc_url if protocol == "grpc" else server.url
    report = tmp_path / "report.csv"
    options = ["-m", MODEL, "-u", url, "-i", protocol, "-b", 8, "--concurrency-range", 3, "--request-count", 300]
    analyse(*options, "--percentile", 99, "-f", report, *more)
    with open(report) as file:
        (line,) = csv.DictReader(file)
    assert int(line["Concurrency"]) == 3 and float(line["Inferences/Second"]) > 0
    # The server's own view, which is taken from its statistics before and after.
    assert float(line["Server Compute Infer"]) > 0
