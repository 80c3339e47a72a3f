"""The real binary as a child process: started on free ports, read until it is ready, stopped by signals."""

import http.client
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

CONFORMANCE = Path(__file__).resolve().parent
ROOT = CONFORMANCE.parent.parent
START_SECONDS = 30
GRPC_ADDRESS = re.compile(r"gRPC listening.*:(\d+)")
ADDRESS = re.compile(r"https?://[^/\s]*?:(\d+)(/metrics)?")


def binary_path():
    path = os.environ.get("ROWAN_BINARY")
    assert path, "set ROWAN_BINARY to the rowan binary under test"
    assert os.access(path, os.X_OK), f"ROWAN_BINARY is no executable: {path}"
    return path


class ServerProcess:
    """A server on `repositories`; ports are chosen by the system and taken from what it prints at start."""

    def __init__(self, repositories, *options, tls=None, greeting=b""):
        """`tls` is the context of a client that asks whether the server lives; None for a server in the clear.

        `greeting` is what a connection has to begin with, for servers behind proxies that say whose it is.
        """
        self._tls = tls
        self._greeting = greeting
        command = [
            binary_path(),
            "serve",
            "--http-address",
            "127.0.0.1",
            "--http-port",
            "0",
            "--metrics-address",
            "127.0.0.1",
            "--metrics-port",
            "0",
            "--grpc-port",
            "0",
        ]
        for repository in repositories:
            command += ["--model-repository", str(repository)]
        self.process = subprocess.Popen(
            command + list(options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        self.lines = []
        self._ports = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._wait_until_ready()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            # Other lines may name other servers.
            if "listening" not in line:
                continue
            for port in GRPC_ADDRESS.findall(line):
                self._ports.setdefault("grpc", int(port))
            for port, metrics in ADDRESS.findall(line):
                kind = "metrics" if metrics or "metrics" in line.lower() else "http"
                self._ports.setdefault(kind, int(port))

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the server ended at start:\n{self.log}"
            if len(self._ports) == 3 and self.get_status("/v2/health/live") == 200:
                return
            time.sleep(0.01)
        self.kill()
        raise AssertionError(f"the server printed no three addresses or is not live:\n{self.log}")

    @property
    def log(self):
        return "\n".join(self.lines)

    @property
    def http_port(self):
        return self._ports["http"]

    @property
    def metrics_port(self):
        return self._ports["metrics"]

    @property
    def grpc_url(self):
        return f"127.0.0.1:{self._ports['grpc']}"

    @property
    def url(self):
        return f"127.0.0.1:{self.http_port}"

    def get_status(self, path):
        if self._tls:
            connection = http.client.HTTPSConnection("localhost", self.http_port, timeout=5, context=self._tls)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=5)
        try:
            if self._greeting:
                connection.connect()
                connection.sock.sendall(self._greeting)
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def terminate(self, seconds=20):
        """Sends SIGTERM and returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds=20):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not end within {seconds} s:\n{self.log}") from None
        self._reader.join(5)
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
