"""The inference servers that `compare-peers` sets Rowan beside: how each is installed, started and asked.

All serve the same model file, each as its makers mean it for one core: one process, one thread of the library.
"""

import json
import math
import os
import platform
import shutil
import struct
import subprocess
import sys

from server_processes import ROOT, Server, free_port, rowan
from wrk_rounds import MODEL, MODEL_FILE

PEERS = ROOT / "loadtest/peers"
BUILD = ROOT / ".build"
TRITON_WHEEL = "nvidia-pytriton==0.7.0"
MLSERVER_RUNTIME = "mlserver-xgboost==1.7.1"
# The Python backend's process has to be of the interpreter's version; the wheel brings one for each.
PYTHON_VERSION = ".".join(platform.python_version_tuple()[:2])

TRITON_CONFIGURATION = f"""
name: "{MODEL}"
backend: "{{backend}}"
max_batch_size: 1000000
input [ {{{{ name: "features" data_type: TYPE_FP32 dims: [ 37 ] }}}} ]
output [ {{{{ name: "margin" data_type: TYPE_FP32 dims: [ 1 ] }}}} ]
instance_group [ {{{{ kind: KIND_CPU count: 1 }}}} ]
"""


class NotRun(Exception):
    """Why a peer is not compared."""


def one_thread():
    """No library makes threads of its own, and none is told which kernels to use."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENBLAS_", "ROWAN_"))}
    return kept | {"OMP_NUM_THREADS": "1", "PEER_MODEL": str(MODEL_FILE)}


def install(name, *without_dependencies):
    """An environment of the peer's own; packages given besides come without what they ask for."""
    environment = BUILD / f"peer-{name}-venv"
    requirements = PEERS / f"requirements-{name}.txt"
    command = [ROOT / ".ci/python-environment", environment.name, requirements]
    # The script answers quickly when the environment holds what it should.
    if subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode != 0:
        raise NotRun(f"{requirements.name} cannot be installed for Python {PYTHON_VERSION}")
    done = environment / "further-packages"
    wanted = "\n".join(without_dependencies)
    if wanted and (not done.exists() or done.read_text() != wanted):
        pip = [environment / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        if subprocess.run([*pip, *without_dependencies], stdout=sys.stderr).returncode != 0:
            raise NotRun(f"{wanted} cannot be installed for Python {PYTHON_VERSION}")
        done.write_text(wanted)
    return environment


class Peer:
    """`output` is the tensor to ask for, or None where the server knows one only; it is a margin or a probability."""

    title = ""
    output = "margin"
    answers = "margin"
    has_binary = True

    def __init__(self, arguments, directory):
        self.arguments = arguments
        self.directory = directory
        self.port = free_port()

    def server(self, command, environment=None):
        log = self.directory / f"{self.title.replace(' ', '-')}.log"
        return Server(self.title, command, self.port, log, self.arguments.server_cpu, environment=environment)

    def members(self, binary):
        """What a request has besides its input."""
        if self.output is None:
            return {}
        return {"outputs": [{"name": self.output} | ({"parameters": {"binary_data": True}} if binary else {})]}

    def values(self, body, headers):
        """The numbers of an answer, JSON or binary."""
        length = headers.get("Inference-Header-Content-Length")
        if length is None:
            return json.loads(body)["outputs"][0]["data"]
        blob = body[int(length) :]
        return list(struct.unpack(f"<{len(blob) // 4}f", blob))


class Rowan(Peer):
    title = "Rowan"

    def start(self):
        server = rowan(
            self.arguments.binary,
            [],
            self.directory / "rowan.log",
            "--model",
            f"{MODEL}={MODEL_FILE}",
            "--threads",
            "1",
            name=self.title,
            cpu=self.arguments.server_cpu,
            port=self.port,
        )
        return server.start()


class Triton(Peer):
    """The server binary of the pytriton wheel, with a backend of its own folder."""

    # Where it answers gRPC, too; nowhere unless somebody asks.
    grpc_port = None

    def launch(self, backend, backends, environment):
        wheel = self.package / "pytriton/tritonserver"
        model = self.directory / f"repository-{backend}" / MODEL
        (model / "1").mkdir(parents=True)
        (model / "config.pbtxt").write_text(TRITON_CONFIGURATION.format(backend=backend))
        self.fill(model / "1")
        command = [wheel / "bin/tritonserver", "--model-repository", model.parent, "--backend-directory", backends]
        command += ["--http-address", "127.0.0.1", "--http-port", self.port]
        if self.grpc_port is None:
            command += ["--allow-grpc=false"]
        else:
            command += ["--grpc-address", "127.0.0.1", "--grpc-port", self.grpc_port]
        command += ["--allow-metrics=false", "--http-thread-count", self.arguments.triton_threads]
        return self.server(command, environment).start()

    def prepare(self):
        self.environment_folder = install("triton", TRITON_WHEEL)
        self.package = next((self.environment_folder / "lib").glob("python*")) / "site-packages"
        self.backends = self.directory / f"backends-{type(self).__name__}"

    def version(self):
        return f"Triton (server of {TRITON_WHEEL.replace('==', ' ')})"


class TritonNative(Triton):
    title = "Triton, native backend"

    def start(self):
        self.prepare()
        target = self.backends / "peer_forest" / "libtriton_peer_forest.so"
        target.parent.mkdir(parents=True)
        command = ["gcc", "-O3", "-march=native", "-ffp-contract=off", "-fPIC", "-shared", "-o", target]
        if subprocess.run([*command, PEERS / "forest_backend.c"]).returncode != 0:
            raise NotRun("its backend cannot be compiled")
        return self.launch("peer_forest", self.backends, one_thread())

    def fill(self, folder):
        (folder / "forest.bin").write_bytes(flat_forest(json.loads(MODEL_FILE.read_text())))


class TritonPython(Triton):
    title = "Triton, Python backend"

    def start(self):
        self.prepare()
        wheel = self.package / "pytriton/tritonserver"
        stub = wheel / "python_backend_stubs" / PYTHON_VERSION / "triton_python_backend_stub"
        if not stub.exists():
            raise NotRun(f"the wheel has no Python backend for Python {PYTHON_VERSION}")
        shutil.copytree(wheel / "backends", self.backends)
        shutil.copy(stub, self.backends / "python")
        # The stub finds its libraries beside the wheel.
        libraries = self.package / "nvidia_pytriton.libs"
        environment = one_thread() | {"PEER_PACKAGES": str(self.package), "LD_LIBRARY_PATH": str(libraries)}
        return self.launch("python", self.backends, environment)

    def fill(self, folder):
        shutil.copy(PEERS / "triton_model.py", folder / "model.py")


class FastAPI(Peer):
    title = "FastAPI + xgboost"
    has_binary = False
    output = None

    def start(self):
        environment = install("fastapi")
        command = [environment / "bin/uvicorn", "--app-dir", PEERS, "fastapi_app:app", "--host", "127.0.0.1"]
        command += ["--port", self.port, "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
        return self.server([*command, "--log-level", "warning"], one_thread()).start()


class MLServer(Peer):
    title = "MLServer"
    has_binary = False
    # Its runtime answers labels or the probabilities of both classes, never margins.
    output = "predict_proba"
    answers = "probability"

    def values(self, body, headers):
        return super().values(body, headers)[1::2]

    def start(self):
        environment = install("mlserver", MLSERVER_RUNTIME)
        folder = self.directory / "mlserver"
        folder.mkdir()
        settings = {"host": "127.0.0.1", "http_port": self.port, "grpc_port": free_port(), "debug": False}
        settings |= {"metrics_port": free_port(), "parallel_workers": 0}
        (folder / "settings.json").write_text(json.dumps(settings))
        model = {"name": MODEL, "implementation": "mlserver_xgboost.XGBoostModel"}
        model["parameters"] = {"uri": str(MODEL_FILE), "version": "1"}
        (folder / "model-settings.json").write_text(json.dumps(model))
        return self.server([environment / "bin/mlserver", "start", folder], one_thread()).start()


def flat_forest(document):
    """XGBoost's JSON as `forest_backend.c` reads it: trees whose branches all have the depth of the deepest one."""
    learner = document["learner"]
    trees = learner["gradient_booster"]["model"]["trees"]
    score = json.loads(learner["learner_model_param"]["base_score"])
    score = score[0] if isinstance(score, list) else score
    depth = max(depth_of(tree) for tree in trees)
    nodes, leaves = bytearray(), bytearray()
    for tree in trees:
        level = [0]
        for _ in range(depth):
            below = []
            for index in level:
                left = tree["left_children"][index]
                if left == -1:
                    # A leaf stands for both of its ways.
                    nodes += struct.pack("<HHf", 0, 1, 0.0)
                    below += [index, index]
                else:
                    feature, threshold = tree["split_indices"][index], tree["split_conditions"][index]
                    nodes += struct.pack("<HHf", feature, tree["default_left"][index], threshold)
                    below += [left, tree["right_children"][index]]
            level = below
        leaves += struct.pack(f"<{len(level)}f", *(tree["split_conditions"][index] for index in level))
    features = int(learner["learner_model_param"]["num_feature"])
    return struct.pack("<iiif", len(trees), depth, features, math.log(score / (1 - score))) + nodes + leaves


def depth_of(tree, index=0):
    left = tree["left_children"][index]
    return 0 if left == -1 else 1 + max(depth_of(tree, left), depth_of(tree, tree["right_children"][index]))


ALL_PEERS = (Rowan, TritonNative, TritonPython, FastAPI, MLServer)
