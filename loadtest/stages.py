"""What the users of a load test meet: which servers run, what happens to them, and what must hold at the end."""

import statistics
import urllib.request
from collections import Counter

from checks import Check, descriptors_are_flat, nothing_failed, resident_is_flat
from reloading import CallingReloader, FileReloader, LivingRepository
from request_pool import SAMPLES
from server_processes import free_port, rowan

SAMPLE_MODELS = [path.name for path in sorted(SAMPLES.iterdir())]
# A line of the log at this level is a fault of the server.
ERROR_MARK = " ERROR "


class OwnTimes:
    """What a server says of its own times: microseconds per answered inference between two looks at its metrics."""

    def __init__(self, server):
        self.server = server
        self.before = self.counters()

    def counters(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.metrics_port}/metrics", timeout=10) as response:
            page = response.read().decode()
        found = {}
        for line in page.splitlines():
            name, _, rest = line.partition("{")
            if name in ("nv_inference_request_success", "nv_inference_request_duration_us"):
                found[name] = found.get(name, 0.0) + float(rest.rpartition(" ")[2])
        return found

    def row(self):
        after = self.counters()
        requests, micros = (
            after[name] - self.before[name]
            for name in ("nv_inference_request_success", "nv_inference_request_duration_us")
        )
        return [self.server.name, f"{requests:,.0f}", f"{micros / requests:,.0f}" if requests > 0 else "–"]


class Stage:
    """One server on the sample models."""

    # Whether requests may fail of what is done to the servers.
    may_lose_requests = False

    def __init__(self, arguments, folder, observer, pool_folder):
        self.binary = arguments.binary
        self.repository = arguments.model_repository.resolve()
        self.folder = folder
        self.observer = observer
        self.pool_folder = pool_folder
        self.seconds = arguments.seconds
        self.servers = []
        self.end_codes = {}
        self.tables = []

    def start(self):
        self.add_server("rowan", self.repository)
        return self.targets(SAMPLE_MODELS)

    def add_server(self, name, repository, *options):
        server = rowan(
            self.binary, [repository], self.folder / f"{name}.log", *options, name=name, metrics_port=free_port()
        )
        self.servers.append(server.start())
        server.wait_until_ready(60)
        server.own_times = OwnTimes(server)
        self.observer.watch(name, server.process.pid)
        return server

    def targets(self, models):
        return [
            {"name": server.name, "url": f"http://127.0.0.1:{server.port}", "models": models} for server in self.servers
        ]

    def begin(self):
        """The users are about to come."""

    def settle(self):
        """The users have gone, the servers are still there."""
        rows = [server.own_times.row() for server in self.servers]
        title = "What the servers say themselves"
        self.tables.append((title, ["server", "inferences answered", "mean µs from first byte read to answer"], rows))

    def end(self):
        for server in self.servers:
            self.observer.forget(server.name)
            if server.process.poll() is not None:
                self.end_codes[server.name] = f"ended by itself with {server.process.returncode}"
            else:
                self.end_codes[server.name] = server.terminate()

    def abandon(self):
        """Ends what still runs, whatever has happened."""
        for server in self.servers:
            server.stop()

    def checks(self, run):
        for server in self.servers:
            samples = self.observer.samples[server.name]
            yield resident_is_flat(server.name, [(time, resident) for time, _, resident, _ in samples], run.began)
            yield descriptors_are_flat(server.name, [(time, count) for time, _, _, count in samples], run.began)
        bad = {name: code for name, code in self.end_codes.items() if code != 0}
        yield Check("every server ended with 0 on SIGTERM", not bad, str(bad or "all did"))
        errors = [
            line
            for server in self.servers
            for line in server.log_path.read_text().splitlines()
            if ERROR_MARK in line and not self.is_expected(line)
        ]
        yield Check("no server logged an error", not errors, errors[0] if errors else "none did")

    def is_expected(self, line):
        """Whether an error in a server's log is one that the stage has caused on purpose."""
        return False

    def marks(self):
        """What happened: (time, text, kind "good" or "bad")."""
        return []


class ReloadingStage(Stage):
    """Two servers, one that follows its files and one that is told; models are reloaded from beginning to end."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.reloaders = []

    def start(self):
        between = min(5.0, self.seconds / 12)
        for name, mode, kind in (("poll", "poll", FileReloader), ("explicit", "explicit", CallingReloader)):
            repository = LivingRepository(self.folder / f"repository-{name}", self.pool_folder)
            options = ["--model-control-mode", mode, "--repository-poll-secs", "1"]
            # While a model that was unloaded is loaded again, a strict server is not ready, as Triton is not.
            options += ["--load-model", "*", "--strict-readiness=false"] if mode == "explicit" else []
            server = self.add_server(name, repository.folder, *options)
            self.reloaders.append(kind(name, server, repository, between))
        return self.targets([*SAMPLE_MODELS, "living"])

    def begin(self):
        for reloader in self.reloaders:
            reloader.start()

    def settle(self):
        for reloader in self.reloaders:
            reloader.stop()
        super().settle()
        rows = []
        for reloader in self.reloaders:
            for what in dict.fromkeys(what for _, what, _, _ in reloader.steps):
                took = [seconds for _, step, seconds, _ in reloader.steps if step == what]
                rows.append([reloader.name, what, str(len(took)), f"{statistics.median(took):.2f}", f"{max(took):.2f}"])
        self.tables.append(("Reloads", ["server", "what", "times", "median s", "longest s"], rows))

    def checks(self, run):
        for reloader in self.reloaders:
            wrong = Counter(f"{what}: {wrong}" for _, what, _, wrong in reloader.steps if wrong)
            yield nothing_failed(f"{reloader.name}: every reload did what it had to", len(reloader.steps), wrong)
        yield from super().checks(run)

    def abandon(self):
        for reloader in self.reloaders:
            reloader.stop()
        super().abandon()
        for reloader in self.reloaders:
            reloader.repository.delete()

    def is_expected(self, line):
        return "living" in line

    def marks(self):
        for reloader in self.reloaders:
            for time, what, _, wrong in reloader.steps:
                yield time, f"{reloader.name}: {what}{': ' + wrong if wrong else ''}", "bad" if wrong else "good"
