"""A Debian in a directory: what an image is built upon, and, once started, a machine with a systemd of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from server_process import ROOT

SUITE = "bookworm"
# Packages are fetched once for all runs.
CACHE = ROOT / ".build" / "debian-packages"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
# Shares the kernel's /proc with what runs inside, for as long as that runs.
ENTER = 'root=$1; user=$2; shift 2; mount -t proc proc "$root/proc"; exec chroot --userspec="$user" "$root" "$@"'


def run(*command, seconds=300, **options):
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds,
        env=ENVIRONMENT, **options,
    )  # fmt: skip
    return done.returncode, done.stdout


class DebianRoot:
    """The smallest Debian that apt-get works in; `remove` takes it off the disk."""

    def __init__(self, origin=None):
        self.path = Path(tempfile.mkdtemp(prefix="rowan-debian-", dir="/var/tmp"))
        self.path.chmod(0o755)
        if origin is not None:
            code, output = run("cp", "--archive", f"{origin.path}/.", self.path)
        else:
            CACHE.mkdir(parents=True, exist_ok=True)
            options = ("--variant=minbase", f"--cache-dir={CACHE}")
            code, output = run("debootstrap", *options, SUITE, self.path, seconds=600)
        assert code == 0, output[-2_000:]

    def command(self, *words, user="0:0"):
        """What runs a command inside, as a user."""
        return ["unshare", "--mount", "sh", "-ec", ENTER, "sh", str(self.path), user, *map(str, words)]

    def run(self, *words, user="0:0"):
        return run(*self.command(*words, user=user))

    def remove(self):
        shutil.rmtree(self.path)


class Machine:
    """A Debian that was started: systemd is its first process, and no network reaches it."""

    def __init__(self, root):
        self.output = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--boot",
             f"--machine=rowan-{os.getpid()}", f"--directory={root.path}"],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            self.wait("the machine starts", lambda: self.run("systemctl", "is-system-running")[1].strip() in READY)
        except AssertionError:
            self.stop()
            self.output.seek(0)
            raise AssertionError(self.output.read()[-2_000:]) from None

    @property
    def first(self):
        """The number by which the outer system knows the first process; nil before there is one."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return children.read_text().split()[0] if children.exists() and children.read_text() else None

    def run(self, *words):
        first = self.first
        return (1, "") if first is None else run("nsenter", "--target", first, "--all", *words)

    def expect(self, *words):
        """Runs a command that has to end well, and returns what it has printed."""
        code, output = self.run(*words)
        assert code == 0, f"{words}: {output}"
        return output.strip()

    def wait(self, what, condition, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline and self.process.poll() is None, f"not within {seconds} s: {what}"
            time.sleep(0.1)

    def stop(self):
        if self.first is not None:
            self.run("systemctl", "poweroff")
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


READY = ("running", "degraded")
