"""Every command of the README is executed, in its order, and every command that shows an answer gets that answer.

A fenced block marked `console` is a session: lines that begin with `$ ` are commands, the lines behind each are what it
prints. `…` in the shown text stands for anything. `make` commands are not run from here: this suite is part of one.
"""

import re
import subprocess

import pytest
from server_process import ROOT

README = ROOT / "README.md"
FENCE = re.compile(r"^```(console|sh|bash|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands():
    """Pairs of a command and the text shown behind it."""
    for language, block in FENCE.findall(README.read_text()):
        current = None
        for line in block.replace("\\\n", "").splitlines():
            if language != "console":
                if line.strip() and not line.startswith("#"):
                    yield line, ""
            elif line.startswith("$ "):
                if current:
                    yield current[0], "\n".join(current[1])
                current = (line[2:], [])
            elif current:
                current[1].append(line)
        if current:
            yield current[0], "\n".join(current[1])


def test_the_readme_has_commands():
    listed = [command for command, _ in commands()]
    assert any(command.startswith("make serve") for command in listed)
    assert any(command.startswith("make test") for command in listed)
    assert any(command.startswith("curl") for command in listed)


def test_every_command_of_the_readme(server):
    failures = []
    for command, shown in commands():
        name = command.split()[0]
        if name == "make":
            target = command.split()[1]
            result = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, timeout=60)
        elif name in ("git", "cd", "sudo", "apt", "apt-get"):
            continue
        else:
            adapted = command.replace("localhost:8000", server.url).replace("127.0.0.1:8000", server.url)
            for host in ("localhost", "127.0.0.1"):
                adapted = adapted.replace(f"{host}:8002", f"127.0.0.1:{server.metrics_port}")
            adapted = adapted.replace(".build/release/rowan", '"$ROWAN_BINARY"')
            result = subprocess.run(
                ["bash", "-o", "pipefail", "-c", adapted], cwd=ROOT, capture_output=True, text=True, timeout=60
            )
            pattern = ".*".join(re.escape(part) for part in re.split("…", shown.strip()))
            if shown.strip() and not re.fullmatch(pattern, result.stdout.strip(), re.DOTALL):
                failures.append(f"{command}\nshown:\n{shown}\nprinted:\n{result.stdout}")
        if result.returncode != 0:
            failures.append(f"{command}\nended with {result.returncode}:\n{result.stderr}")
    if failures:
        pytest.fail("\n\n".join(failures))
