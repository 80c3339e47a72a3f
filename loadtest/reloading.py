"""Reloads a server's models under load, one step after the other: good versions, bad ones, unloads.

The model `living` answers by its version (`request_pool.variant_of`), so that the users can tell which one answered.
"""

import json
import os
import shutil
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from request_pool import SAMPLES, variant_of

TAKEN_SECONDS = 30


def call(port, path, body=None):
    """A POST with or without a body; status and what the JSON says."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=json.dumps(body or {}).encode())
    try:
        with urllib.request.urlopen(request, timeout=TAKEN_SECONDS) as response:
            content = response.read()
            return response.status, json.loads(content) if content else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or "null")


class LivingRepository:
    """The sample models and `living` in a folder; versions are made elsewhere and moved into place."""

    def __init__(self, folder, pool_folder):
        self.folder = folder
        self.pool_folder = pool_folder
        self.living = folder / "living"
        self.staging = folder.with_name(folder.name + "-staging")
        self.staging.mkdir(parents=True)
        shutil.copytree(SAMPLES, folder)
        shutil.copytree(SAMPLES / "isolation_forest", folder / "spare")
        configuration = folder / "spare" / "config.pbtxt"
        configuration.write_text(configuration.read_text().replace('"isolation_forest"', '"spare"'))
        self.living.mkdir()
        self.version = 0
        self.move_in(self.next_version())

    def delete(self):
        for folder in (self.folder, self.staging):
            shutil.rmtree(folder, ignore_errors=True)

    def next_version(self):
        self.version += 1
        while variant_of(self.version) is None:
            self.version += 1
        return self.version

    def next_bad_version(self):
        self.version += 1
        while variant_of(self.version) is not None:
            self.version += 1
        return self.version

    def move_in(self, version):
        variant = variant_of(version)
        content = Path(self.pool_folder / f"living-{variant or 'a'}.json").read_bytes()
        if variant is None:
            content = content[: len(content) // 2]
        staged = self.staging / str(version)
        staged.mkdir()
        (staged / "model.json").write_bytes(content)
        os.rename(staged, self.living / str(version))

    def versions(self):
        return sorted(int(path.name) for path in self.living.iterdir())

    def remove(self, version):
        shutil.rmtree(self.living / str(version))

    def remove_older(self):
        """All but the newest two."""
        for version in self.versions()[:-2]:
            self.remove(version)


class Reloader:
    """A thread that reloads; `steps` are (time, what, seconds until it was done, what was wrong or "")."""

    def __init__(self, name, server, repository, seconds_between):
        self.name = name
        self.server = server
        self.repository = repository
        self.seconds_between = seconds_between
        self.steps = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self):
        self._thread.start()

    def stop(self):
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(2 * TAKEN_SECONDS)

    def _run(self):
        number = 0
        while not self._ended.wait(self.seconds_between):
            what, act = self.actions()[number % len(self.actions())]
            number += 1
            began = time.time()
            try:
                wrong = act() or ""
            except OSError as error:
                wrong = repr(error)
            self.steps.append((began, what, time.time() - began, wrong))

    def states(self):
        _, index = call(self.server.port, "/v2/repository/index")
        return {(entry["name"], entry.get("version")): entry.get("state") for entry in index}

    def wait_for(self, version, state):
        deadline = time.monotonic() + TAKEN_SECONDS
        while time.monotonic() < deadline:
            found = self.states().get(("living", str(version)))
            if found == state:
                return None
            time.sleep(0.01)
        return f"version {version} is {found} instead of {state} after {TAKEN_SECONDS} s"


class FileReloader(Reloader):
    """Changes files; the server follows them (`--model-control-mode poll`)."""

    def actions(self):
        return [
            ("new version", self.add),
            ("version that cannot be read", self.add_a_bad_one),
            ("newest version deleted", self.delete_the_newest),
        ]

    def add(self):
        version = self.repository.next_version()
        self.repository.move_in(version)
        wrong = self.wait_for(version, "READY")
        self.repository.remove_older()
        return wrong

    def add_a_bad_one(self):
        current = self.repository.versions()[-1]
        version = self.repository.next_bad_version()
        self.repository.move_in(version)
        wrong = self.wait_for(version, "UNAVAILABLE") or self.wait_for(current, "READY")
        self.repository.remove(version)
        return wrong

    def delete_the_newest(self):
        versions = self.repository.versions()
        if len(versions) < 2:
            return self.add()
        self.repository.remove(versions[-1])
        return self.wait_for(versions[-2], "READY")


class CallingReloader(Reloader):
    """Loads and unloads over the API (`--model-control-mode explicit`)."""

    def actions(self):
        return [
            ("load of a new version", self.load),
            ("load of a version that cannot be read", self.load_a_bad_one),
            ("unload and load", self.unload_and_load),
        ]

    def load(self):
        version = self.repository.next_version()
        self.repository.move_in(version)
        status, answer = call(self.server.port, "/v2/repository/models/living/load")
        self.repository.remove_older()
        return f"status {status}: {answer}" if status != 200 else self.wait_for(version, "READY")

    def load_a_bad_one(self):
        current = self.repository.versions()[-1]
        version = self.repository.next_bad_version()
        self.repository.move_in(version)
        status, answer = call(self.server.port, "/v2/repository/models/living/load")
        self.repository.remove(version)
        return f"status {status} instead of 400: {answer}" if status != 400 else self.wait_for(current, "READY")

    def unload_and_load(self):
        for action in ("unload", "load"):
            status, answer = call(self.server.port, f"/v2/repository/models/spare/{action}")
            if status != 200:
                return f"{action}: status {status}: {answer}"
        return None
