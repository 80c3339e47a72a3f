"""Three servers behind haproxy that are killed and restarted while users go on.

Two entrances lead to the same servers. One retries only what could not be connected, as haproxy does by default: a
request that is in flight on a server when it is killed fails, and nothing else may. The other one also sends a request
again whose connection ended before an answer began: an inference changes nothing, so doing it twice does no harm, and
then nothing may fail at all. For that haproxy holds each request whole until its answer begins.
"""

import random
import re
import socket
import threading
import time
from datetime import datetime, timezone

from checks import Check, Exchange, Outage, in_flight, losses_are_in_flight, nothing_failed
from request_pool import SAMPLES
from server_processes import Server, free_port
from stages import SAMPLE_MODELS, OwnTimes, Stage

SERVER_COUNT = 3
# Readiness turns false and connections are still accepted, until the proxy has seen it.
DRAIN_OPTIONS = ["--drain-delay-secs", "1"]
ENTRANCES = ("connect", "answer")

CONFIGURATION = """
global
  nbthread 1
  stats socket {folder}/haproxy.sock level admin
  log stdout format raw local0
  # A request that shall be sent again has to fit: the largest of the users has half of it.
  tune.bufsize 1048576
defaults
  mode http
  log global
  log-format "ROWAN %tr %Ta %ft %b %s %ST %ts %rc"
  timeout client 60s
  timeout connect 1s
  timeout server 30s
  timeout queue 5s
  timeout check 2s
  balance random
  retries 3
  # Each further attempt goes to another server.
  option redispatch 1
  option httpchk GET /v2/health/ready
  http-check expect status 200
  default-server inter 100ms fastinter 50ms downinter 100ms fall 1 rise 1
  # A server that refuses a connection is gone before its next check.
  default-server observe layer4 error-limit 1 on-error mark-down
frontend connect
  bind 127.0.0.1:{connect}
  # haproxy answers 502 and logs a lost request only if it is the first of its connection; with a later one it closes
  # the connection and says nothing, so that the client may send it again.
  option httpclose
  default_backend connect
backend connect
  retry-on conn-failure
{servers}
frontend answer
  bind 127.0.0.1:{answer}
  option http-buffer-request
  default_backend answer
backend answer
  retry-on conn-failure empty-response
  # What changes a server's state is not sent twice.
  http-request disable-l7-retry if {{ path_beg /v2/repository }}
{servers}
"""

LOG_LINE = re.compile(r"ROWAN (\S+) (-?\d+) (\S+) (\S+) (\S+) (-?\d+) (\S\S) \+?(\d+)")


def exchange_of(line):
    """A line of haproxy's log; its entrance and the exchange."""
    found = LOG_LINE.search(line)
    if not found:
        return None
    date, took, entrance, _, server, status, state, retries = found.groups()
    began = datetime.strptime(date, "%d/%b/%Y:%H:%M:%S.%f").replace(tzinfo=timezone.utc).timestamp()
    # "--": neither side ended early. A client that ends early is the end of the run.
    failed = state[0] not in "-cC" or int(status) in (-1, 502, 503, 504)
    return entrance, Exchange(began, began + int(took) / 1000, server, failed, int(retries))


class Chaos(threading.Thread):
    """Kills one server at random and restarts it, then ends one with SIGTERM and restarts it, and so on."""

    def __init__(self, stage, seconds_between):
        super().__init__()
        self.stage = stage
        self.seconds_between = seconds_between
        self.outages = []
        self.restarts = []
        self.faults = []
        self.ended = threading.Event()

    def run(self):
        kill = True
        while not self.ended.wait(self.seconds_between):
            server = random.choice(self.stage.servers)
            self.kill(server) if kill else self.restart(server)
            kill = not kill

    def kill(self, server):
        self.stage.observer.forget(server.name)
        before = time.time()
        server.kill()
        after = time.time()
        self.ended.wait(min(1.0, self.seconds_between / 2))
        self.outages.append(Outage(server.name, (before, after), self.bring_back(server)))

    def restart(self, server):
        self.stage.observer.forget(server.name)
        began = time.time()
        code = server.terminate()
        if code != 0:
            self.faults.append(f"{server.name} ended with {code}")
        self.restarts.append((began, server.name, self.bring_back(server)))

    def bring_back(self, server):
        """Starts the server; the time at which the proxy has it again."""
        server.start()
        server.wait_until_ready(60)
        server.own_times = OwnTimes(server)
        self.stage.observer.watch(server.name, server.process.pid)
        if not self.stage.wait_for_proxy():
            self.faults.append(f"haproxy does not see {server.name} again")
        return time.time()


class ChaosStage(Stage):
    may_lose_requests = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.proxy = None
        self.chaos = None

    def start(self):
        for number in range(SERVER_COUNT):
            self.add_server(f"rowan{number + 1}", SAMPLES, *DRAIN_OPTIONS)
        self.proxy = self.start_proxy()
        self.observer.watch("haproxy", self.proxy.process.pid)
        if not self.wait_for_proxy():
            raise SystemExit("haproxy sees no servers:\n" + self.proxy.log_path.read_text())
        self.chaos = Chaos(self, min(3.0, self.seconds / 10))
        return [
            {"name": name, "url": f"http://127.0.0.1:{port}", "models": SAMPLE_MODELS}
            for name, port in self.ports.items()
        ]

    def start_proxy(self):
        self.ports = {name: free_port() for name in ENTRANCES}
        servers = "\n".join(f"  server {one.name} 127.0.0.1:{one.port} check" for one in self.servers)
        path = self.folder / "haproxy.cfg"
        path.write_text(CONFIGURATION.format(folder=self.folder, servers=servers, **self.ports))
        log = self.folder / "haproxy.log"
        # The log's times are those of the zone.
        server = Server("haproxy", ["env", "TZ=UTC", "haproxy", "-db", "-f", path], self.ports["answer"], log)
        return server.start().wait_until_ready(30)

    def wait_for_proxy(self, seconds=30):
        """Waits until both entrances see every server that runs."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            states = self.proxy_states()
            if len(states) == SERVER_COUNT * len(ENTRANCES) and all(state == "UP" for state in states):
                return True
            time.sleep(0.02)
        return False

    def proxy_states(self):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.folder / "haproxy.sock"))
            connection.sendall(b"show stat\n")
            page = b""
            while piece := connection.recv(1 << 16):
                page += piece
        lines = page.decode().lstrip("# ").splitlines()
        columns = lines[0].split(",")
        rows = [dict(zip(columns, line.split(","))) for line in lines[1:] if line]
        return [row["status"] for row in rows if row["svname"].startswith("rowan")]

    def begin(self):
        self.began = time.time()
        self.chaos.start()

    def settle(self):
        self.chaos.ended.set()
        self.chaos.join(120)
        self.exchanges = {name: [] for name in ENTRANCES}
        for line in self.proxy.log_path.read_text().splitlines():
            if found := exchange_of(line):
                self.exchanges[found[0]].append(found[1])
        super().settle()
        self.tables.insert(0, self.outage_table())

    def outage_table(self):
        rows = []
        for outage in self.chaos.outages:
            lost = {
                name: sum(in_flight(one, outage) and one.failed for one in self.exchanges[name]) for name in ENTRANCES
            }
            rescued = sum(
                one.retries > 0 and not one.failed and one.began <= outage.killed[1] and one.ended >= outage.killed[0]
                for one in self.exchanges["answer"]
            )
            began = outage.killed[0] - self.began
            away = outage.ready - outage.killed[0]
            rows.append(
                [f"{began:.1f}", outage.server, str(lost["connect"]), str(lost["answer"]), str(rescued), f"{away:.1f}"]
            )
        header = [
            "second",
            "killed",
            "lost, retries of connecting only",
            "lost, retries until an answer begins",
            "of the latter sent again and answered",
            "away for s",
        ]
        return "What every kill −9 cost", header, rows

    def end(self):
        self.observer.forget("haproxy")
        self.proxy.kill()
        super().end()

    def abandon(self):
        if self.chaos and self.chaos.is_alive():
            self.chaos.ended.set()
            self.chaos.join(120)
        super().abandon()
        if self.proxy:
            self.proxy.stop()

    def checks(self, run):
        yield Check(
            "servers were killed and restarted",
            bool(self.chaos.outages) and bool(self.chaos.restarts) and not self.chaos.faults,
            f"{len(self.chaos.outages)} times kill −9, {len(self.chaos.restarts)} times SIGTERM; "
            + ("; ".join(self.chaos.faults) or "SIGTERM always ended with 0"),
        )
        everything = [one for exchanges in self.exchanges.values() for one in exchanges]
        yield losses_are_in_flight(everything, self.chaos.outages)
        lost = sum(one.failed for one in self.exchanges["answer"])
        yield nothing_failed(
            "with retries until an answer begins nothing is lost",
            len(self.exchanges["answer"]),
            {"lost by the proxy": lost} if lost else {},
        )
        lost = sum(one.failed for one in everything)
        yield Check(
            "the users saw no more failures than the proxy",
            run.failure_count <= lost,
            f"{run.failure_count} of {run.request_count:,}, the proxy counts {lost}",
        )
        yield from (check for check in super().checks(run) if "flat" not in check.title)

    def marks(self):
        for outage in self.chaos.outages:
            yield outage.killed[0], f"kill −9 {outage.server}", "bad"
        for began, name, _ in self.chaos.restarts:
            yield began, f"SIGTERM {name}", "good"
