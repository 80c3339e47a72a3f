"""Models whose answer is the number of their version, and the ways in which they come into a repository."""

import json
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import xgboost
from inference_client import call, infer_path, tensor
from raw_http import RawConnection, request

FEATURES = 4
ROWS = np.arange(FEATURES, dtype=np.float32).reshape(1, FEATURES)
WAIT_SECONDS = 20


def document(constant=0.0, trees=2, depth=2, rows=64, seed=0):
    """An XGBoost model file that answers `constant` for every row plus what its trees add."""
    generator = np.random.default_rng(seed)
    data = xgboost.DMatrix(generator.normal(size=(rows, FEATURES)), generator.normal(size=rows))
    parameters = {"max_depth": depth, "nthread": 1, "base_score": 0.5, "eta": 0.0 if trees == 2 else 0.3}
    model = json.loads(xgboost.train(parameters, data, trees).save_raw("json"))
    model["learner"]["learner_model_param"]["base_score"] = str(float(constant))
    return json.dumps(model).encode()


# With a learning rate of zero the trees add nothing.
TEMPLATE = json.loads(document())


def answering(number):
    """A model that answers `number`."""
    TEMPLATE["learner"]["learner_model_param"]["base_score"] = str(float(number))
    return json.dumps(TEMPLATE).encode()


class LivingModel:
    """A model's directory in a repository, changed while a server watches."""

    def __init__(self, repository, name="living"):
        self.name = name
        self.directory = repository / name
        self.directory.mkdir(parents=True)
        # Beside the repository, where others may stand as well.
        self.staging = Path(tempfile.mkdtemp(prefix=f"staging-{name}-", dir=repository.parent))

    def path(self, version):
        return self.directory / str(version)

    def write(self, version, content):
        self.path(version).mkdir(exist_ok=True)
        (self.path(version) / "model.json").write_bytes(content)

    def move_in(self, version, content):
        """Makes the version elsewhere and renames its directory into place."""
        staged = self.staging / str(version)
        staged.mkdir()
        (staged / "model.json").write_bytes(content)
        os.rename(staged, self.path(version))

    def remove(self, version):
        shutil.rmtree(self.path(version))


def wait_until(condition, what):
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError(f"not within {WAIT_SECONDS} s: {what}")


class Clients:
    """Threads that ask a model without end and keep what does not fit."""

    def __init__(self, server, name, is_permitted, threads=4):
        self.is_permitted = is_permitted
        body = json.dumps({"inputs": [tensor(ROWS)]}).encode()
        self.request = request("POST", infer_path(name), body)
        self.port = server.http_port
        self.answered = [0] * threads
        # Seconds that an answer has taken.
        self.longest = [0.0] * threads
        self.faults = []
        self.versions = set()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(index,)) for index in range(threads)]
        for thread in self._threads:
            thread.start()

    def _ask(self, index):
        with RawConnection(self.port, timeout=WAIT_SECONDS) as connection:
            while not self._stop.is_set():
                begin = time.monotonic()
                try:
                    response = connection.exchange(self.request)
                except Exception as error:
                    self.faults.append(repr(error))
                    return
                if response.status != 200:
                    self.faults.append(f"{response.status} {response.body}")
                    continue
                answer = json.loads(response.body)
                version = int(answer["model_version"])
                value = answer["outputs"][0]["data"][0]
                if value != version or not self.is_permitted(version):
                    self.faults.append(f"version {version} answered {value}")
                self.longest[index] = max(self.longest[index], time.monotonic() - begin)
                self.versions.add(version)
                self.answered[index] += 1

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(WAIT_SECONDS)
        return sum(self.answered)


def resident_bytes(server):
    with open(f"/proc/{server.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def states(server):
    """The index: name and version to state and reason."""
    index = call(server, "POST", "/v2/repository/index").json
    return {
        (entry["name"], int(entry["version"]) if "version" in entry else None): (
            entry.get("state"),
            entry.get("reason", ""),
        )
        for entry in index
    }
