"""Servers as child processes: started, waited for, watched through /proc, ended by signals."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGESIZE")
READY_PATH = "/v2/health/ready"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server's processes, pinned to a core if one is given."""

    def __init__(self, name, command, port, log_path, cpu=None, ready_path=READY_PATH, environment=None):
        self.name = name
        self.command = [str(word) for word in command]
        self.port = port
        self.log_path = Path(log_path)
        self.cpu = cpu
        self.ready_path = ready_path
        self.environment = environment
        self.process = None
        self.seconds_to_ready = None

    def start(self):
        pin = ["taskset", "-c", str(self.cpu)] if self.cpu is not None else []
        self.began = time.monotonic()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*pin, *self.command], stdout=log, stderr=log, env=self.environment, start_new_session=True
            )
        return self

    def wait_until_ready(self, seconds=15):
        while time.monotonic() < self.began + seconds:
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended at start:\n{self.log_path.read_text()}")
            if self.is_ready():
                self.seconds_to_ready = time.monotonic() - self.began
                return self
            time.sleep(0.005)
        self.kill()
        sys.exit(f"{self.name} does not answer:\n{self.log_path.read_text()}")

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.ready_path}", timeout=1):
                return True
        except OSError:
            return False

    def processes(self):
        """The server's process and all that descend from it."""
        found, unread = [], [self.process.pid]
        while unread:
            pid = unread.pop()
            found.append(pid)
            try:
                for children in Path(f"/proc/{pid}/task").glob("*/children"):
                    unread += map(int, children.read_text().split())
            except OSError:
                continue
        return found

    def cpu_microseconds(self):
        """User and system time of all processes; the kernel counts in ticks of 10 ms."""
        return sum(map(cpu_ticks, self.processes())) * 1e6 / TICKS_PER_SECOND

    def resident_bytes(self):
        return sum(map(resident_bytes, self.processes()))

    def terminate(self, seconds=20):
        """Sends SIGTERM; the exit code, or None of a server that had to be killed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        """Ends the server and what it has started, at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.terminate()


def cpu_ticks(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def resident_bytes(pid):
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def descriptor_count(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def rowan(binary, repositories, log_path, *options, name="rowan", cpu=None, port=None, metrics_port=-1, grpc_port=-1):
    """A server of ours on loopback, not yet started."""
    port = port or free_port()
    command = [binary, "serve", "--http-address", "127.0.0.1", "--http-port", port]
    command += ["--metrics-port", metrics_port, "--grpc-port", grpc_port]
    for repository in repositories:
        command += ["--model-repository", repository]
    server = Server(name, [*command, *options], port, log_path, cpu)
    server.metrics_port = metrics_port
    server.grpc_port = grpc_port
    return server


def processor_name():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))


def version_of(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    return (result.stdout + result.stderr).splitlines()[0].split(" - ")[0].strip()
