"""What deploy/ ships: the unit, the image, manifests and the package, each judged by the field's own tools."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from debian_root import DebianRoot, Machine
from inference_client import infer
from living_models import ROWS, LivingModel, answering
from server_process import ROOT, binary_path

DEPLOY = ROOT / "deploy"


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, **options)
    return done.returncode, done.stdout + done.stderr


def tool(name):
    """A program of the virtual environment or of the system."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin")
    assert found, f"{name} is not installed"
    return found


def test_the_image_is_described_as_the_linter_wants_it():
    assert run(tool("hadolint"), "--failure-threshold=style", DEPLOY / "Dockerfile") == (0, "")
    text = (DEPLOY / "Dockerfile").read_text()
    assert "USER 65532" in text and text.count("FROM ") == 2


def test_kubernetes_knows_the_manifests():
    code, output = run(tool("kubernetes-validate"), "--strict", DEPLOY / "kubernetes/rowan.yaml")
    assert code == 0, output
    for kind in ("deployment", "poddisruptionbudget", "horizontalpodautoscaler", "service", "ingress"):
        assert f"passed for resource {kind}/rowan" in output


def test_kserve_and_the_operator_of_prometheus_know_their_manifests(tmp_path):
    python = os.environ.get("KSERVE_PYTHON", ROOT / ".build/kserve-venv/bin/python")
    script = Path(__file__).parent / "custom_manifests.py"
    monitor = DEPLOY / "kubernetes/service-monitor.yaml"
    manifests = [*sorted((DEPLOY / "kserve").glob("*.yaml")), monitor]
    assert len(manifests) == 3
    assert run(python, script, *manifests) == (0, "\n")
    # What they would not know is found.
    for manifest, right, wrong in (
        (manifests[0], "storageUri", "storageUrl"), (monitor, "interval:", "intervall:"), (monitor, "15s", "15x"),
    ):
        changed = tmp_path / manifest.name
        changed.write_text(manifest.read_text().replace(right, wrong))
        assert run(python, script, changed)[0] == 1, wrong


def test_the_monitor_finds_the_service():
    monitor = yaml.safe_load((DEPLOY / "kubernetes/service-monitor.yaml").read_text())
    manifests = yaml.safe_load_all((DEPLOY / "kubernetes/rowan.yaml").read_text())
    (service,) = [manifest for manifest in manifests if manifest["kind"] == "Service"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["spec"]["endpoints"][0]["port"] in [port["name"] for port in service["spec"]["ports"]]


def test_options_in_manifests_exist(tmp_path):
    """Each `--option` of a manifest is one that the binary takes."""
    _, known = run(binary_path(), "serve", "--help")
    for path in (DEPLOY / "kubernetes/rowan.yaml", *sorted((DEPLOY / "kserve").glob("*.yaml"))):
        for line in path.read_text().splitlines():
            word = line.strip().removeprefix("- ").strip('"').split("=")[0]
            if word.startswith("--") and word != "---":
                assert word in known, f"{path.name}: {word}"


def test_the_unit_exposes_little():
    code, output = run("systemd-analyze", "security", "--offline=yes", "--threshold=20", DEPLOY / "rowan.service")
    assert code == 0, output.splitlines()[-1]


class Supervisor:
    """What systemd is to a service of Type=notify: a socket for its news."""

    def __init__(self, folder, abstract):
        self.name = f"\0rowan-test-{os.getpid()}-{time.monotonic_ns()}" if abstract else str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.name)
        self.socket.settimeout(20)

    @property
    def variable(self):
        return self.name.replace("\0", "@")

    def news(self):
        return self.socket.recv(4096).decode()


@pytest.mark.parametrize("abstract", [False, True])
def test_the_supervisor_hears_of_the_server(tmp_path, abstract):
    repository = tmp_path / "repository"
    repository.mkdir()
    LivingModel(repository).write(1, answering(1))
    supervisor = Supervisor(tmp_path, abstract)
    environment = {**os.environ, "NOTIFY_SOCKET": supervisor.variable, "WATCHDOG_USEC": "5000000"}
    command = [binary_path(), "serve", "--http-port=0", "--metrics-port=-1", "--grpc-port=-1"]
    process = subprocess.Popen(
        [*command, "--model-repository", str(repository)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        assert supervisor.news() == "READY=1"
        for _ in range(3):
            started = time.monotonic()
            assert supervisor.news() == "WATCHDOG=1"
            assert time.monotonic() - started < 2.5, "twice within the watchdog's time"
        process.terminate()
        while (news := supervisor.news()) == "WATCHDOG=1":
            pass
        assert news == "STOPPING=1"
        assert process.wait(20) == 0
    finally:
        process.kill()


def test_a_watchdog_of_another_process_hears_nothing(tmp_path):
    repository = tmp_path / "repository"
    repository.mkdir()
    LivingModel(repository).write(1, answering(1))
    supervisor = Supervisor(tmp_path, False)
    environment = {**os.environ, "NOTIFY_SOCKET": supervisor.variable, "WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "1"}
    process = subprocess.Popen(
        [binary_path(), "serve", "--http-port=0", "--metrics-port=-1", "--grpc-port=-1", "--model-repository",
         str(repository)],
        env=environment, stderr=subprocess.DEVNULL,
    )
    try:
        assert supervisor.news() == "READY=1"
        supervisor.socket.settimeout(3)
        with pytest.raises(TimeoutError):
            supervisor.news()
    finally:
        process.kill()


# The package


@pytest.fixture(scope="session")
def shipped():
    """The binary under test, where it is one that can be shipped."""
    if "libswiftCore" in run("ldd", binary_path())[1]:
        pytest.skip("this binary needs the toolchain's libraries; what is shipped has them inside")
    return binary_path()


@pytest.fixture(scope="module")
def packages(shipped, tmp_path_factory):
    """Two versions of the package."""
    folder = tmp_path_factory.mktemp("package")
    made = []
    for version in ("0.1.0", "0.1.1"):
        made.append(folder / f"rowan_{version}.deb")
        code, output = run(DEPLOY / "package", shipped, version, made[-1])
        assert code == 0, output
    return made


def test_the_package_is_as_debian_wants_it(packages, shipped):
    assert packages[0].stat().st_size <= 30 << 20
    code, output = run(tool("lintian"), "--allow-root", "--fail-on", "error", packages[0])
    assert code == 0, output
    assert "E: " not in output
    _, depends = run("dpkg-deb", "--field", packages[0], "Depends")
    _, needed = run("ldd", shipped)
    for library, package in (("libjemalloc", "libjemalloc2"), ("libstdc++", "libstdc++6"), ("libgcc_s", "libgcc-s1")):
        assert (library in needed) == (package in depends), f"{package}: {needed}"


def test_two_builds_make_the_same_package(packages, shipped, tmp_path):
    again = tmp_path / "again.deb"
    code, output = run(DEPLOY / "package", shipped, "0.1.0", again)
    assert code == 0, output
    assert again.read_bytes() == packages[0].read_bytes()


@pytest.fixture(scope="module")
def debian():
    """The smallest Debian, for copies."""
    if os.getuid() != 0:
        pytest.skip("only root can make a Debian in a directory")
    root = DebianRoot()
    yield root
    root.remove()


@pytest.fixture
def root(debian):
    copy = DebianRoot(debian)
    yield copy
    copy.remove()


def stages():
    """The stages of the image: what each is made from, and its instructions as pairs of a word and the rest."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    for stage in re.split(r"(?m)^FROM ", text)[1:]:
        lines = [line for line in stage.splitlines() if line.strip() and not line.startswith("#")]
        yield lines[0], [tuple(line.split(None, 1)) for line in lines[1:]]


def test_the_image_is_made_and_runs_step_by_step(shipped, root, tmp_path):
    """What an image builder does, in a directory. The stage of the toolchain leaves the binary under test: that image
    cannot be had as packages."""
    (_, build), (base, final) = stages()
    assert base == "debian:12-slim"
    for word, rest in build:
        for source in rest.split()[:-1] if word == "COPY" else ():
            assert (ROOT / source).exists(), source
    said = {}
    for word, rest in final:
        said[word] = rest
        if word == "RUN":
            code, output = root.run("sh", "-c", rest)
            assert code == 0, output
        elif word == "COPY" and not rest.startswith("--from=build "):
            source, target = rest.split()
            shutil.copytree(ROOT / source, root.path / target.lstrip("/"))
        elif word == "COPY":
            assert rest.split() == ["--from=build", "/rowan", "/usr/bin/rowan"]
            assert run("strip", "--strip-unneeded", f"--output-file={root.path}/usr/bin/rowan", shipped)[0] == 0
    LivingModel(root.path / "models").write(1, answering(1))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = json.loads(said["ENTRYPOINT"]) + json.loads(said["CMD"])
    options = [f"--http-port={port}", "--metrics-port=-1", "--grpc-port=-1", "--api-keys-file=/var/lib/rowan/keys"]
    made = root.run("rowan", "key", "add", "--api-keys-file=/var/lib/rowan/keys", user=said["USER"])
    assert made[0] == 0, made[1]
    process = subprocess.Popen(root.command(*command, *options, user=said["USER"]), stderr=subprocess.PIPE, text=True)
    try:
        assert any(" ready " in line and "models=1" in line for line in process.stderr)
        assert any("knowledge is ready documents=90" in line for line in process.stderr), "with what is copied besides"
        address = SimpleNamespace(http_port=port)
        assert infer(address, "living", ROWS).status == 401
        assert infer(address, "living", ROWS, headers={"x-api-key": made[1].strip()}).status == 200
        assert os.stat(f"/proc/{process.pid}/environ").st_uid == 0, "it holds keys, and leaves no core"
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()


def test_the_package_is_installed_started_watched_upgraded_and_removed(packages, root):
    """On a machine of its own, by the systemd that is there, as its unit says."""
    for package in packages:
        shutil.copy(package, root.path / "root" / package.name)
    code, output = root.run(
        "sh", "-ec",
        "apt-get update -qq && apt-get install -qq --no-install-recommends systemd systemd-sysv dbus curl libssl3",
    )  # fmt: skip
    assert code == 0, output[-2_000:]
    code, output = root.run("apt-get", "install", "-qq", "--no-install-recommends", f"/root/{packages[0].name}")
    assert code == 0, f"what it depends on is there: {output[-2_000:]}"
    LivingModel(root.path / "var/lib/rowan/models").write(1, answering(1))
    assert root.run("chown", "-R", "rowan:", "/var/lib/rowan/models")[0] == 0
    machine = Machine(root)
    try:
        lives_through(machine, packages)
    finally:
        machine.stop()


def lives_through(machine, packages):
    def status(path, *options):
        words = ("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *options, f"localhost:8000{path}")
        return machine.run(*words)[1]

    def property_of(name):
        return machine.expect("systemctl", "show", "--value", f"--property={name}", "rowan")

    # `start` returns when the server has said that it is ready.
    machine.expect("systemctl", "start", "rowan")
    assert status("/v2/models/living/ready") == "200"
    facts = machine.expect("cat", f"/proc/{property_of('MainPID')}/status")
    assert re.search(r"(?m)^CapEff:\s+0+$", facts) and re.search(r"(?m)^NoNewPrivs:\s+1$", facts)
    assert re.search(r"(?m)^Seccomp:\s+2$", facts) and not re.search(r"(?m)^Uid:\s+0", facts)

    key = machine.expect("rowan", "key", "add", "--api-keys-file", "/etc/rowan/keys.json", "--id", "test")
    machine.expect("chown", "rowan", "/etc/rowan/keys.json")
    change = """
        echo ROWAN_API_KEYS_FILE=/etc/rowan/keys.json >> /etc/default/rowan
        mkdir /etc/systemd/system/rowan.service.d
        printf '[Service]\\nWatchdogSec=3\\n' > /etc/systemd/system/rowan.service.d/watchdog.conf
        systemctl daemon-reload
        systemctl restart rowan"""
    machine.expect("sh", "-ec", change)
    body = json.dumps({"inputs": [{"name": "features", "shape": [1, 4], "datatype": "FP32", "data": [0, 1, 2, 3]}]})
    assert status("/v2/models/living/infer", "-d", body) == "401"
    assert status("/v2/models/living/infer", "-d", body, "-H", f"x-api-key: {key}") == "200"

    # A server that hangs is started anew, and not before.
    time.sleep(4)
    assert property_of("NRestarts") == "0"
    machine.expect("systemctl", "kill", "--signal=STOP", "--kill-whom=main", "rowan")
    machine.wait("the watchdog", lambda: property_of("NRestarts") == "1" and property_of("ActiveState") == "active")
    assert status("/v2/health/ready") == "200"

    before = property_of("MainPID")
    machine.expect("dpkg", "--install", f"/root/{packages[1].name}")
    machine.wait("the upgraded server", lambda: status("/v2/health/ready") == "200")
    assert property_of("MainPID") != before, "an upgrade starts what was running anew"
    assert "keys.json" in machine.expect("cat", "/etc/default/rowan"), "what an operator has changed stays"
    assert status("/v2/models/living/infer", "-d", body, "-H", f"x-api-key: {key}") == "200"

    machine.expect("systemctl", "stop", "rowan")
    assert (property_of("Result"), property_of("ExecMainStatus")) == ("success", "0")
    machine.expect("systemctl", "enable", "--now", "rowan")
    machine.expect("dpkg", "--remove", "rowan")
    assert machine.run("systemctl", "is-active", "rowan")[1].strip() == "inactive"
    machine.expect("sh", "-ec", "test ! -e /usr/bin/rowan; test -e /etc/default/rowan; ls /var/lib/rowan/models/living")
    machine.expect("dpkg", "--purge", "rowan")
    machine.expect("sh", "-ec", "test ! -e /etc/default/rowan; ls /etc/rowan/keys.json")
    links = machine.expect("ls", "/etc/systemd/system/multi-user.target.wants")
    assert "rowan" not in links, "nothing is started that is not there"
