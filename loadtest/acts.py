"""What the demonstration does, act by act, and what each act must show."""

import json
import subprocess
import threading
import time
import urllib.request
from collections import Counter

import numpy as np
from checks import Check
from routed_repository import SPLIT, WINDOW_ROWS
from traffic_split_twin import assign

SHIFTED = "disk_await_seconds"
UNSHIFTED = "cpu_user_ratio"
SHIFT_FACTOR = 3.0
GUARDS = "max_error_rate: 0.01 max_anomaly_rate_ratio: 3 min_accuracy: 0.9"
WAIT_SECONDS = 60


class Watch:
    """Asks the server twice a second what it knows: shares, the rollout, drift, accuracy; (time, value) by name."""

    def __init__(self, server):
        self.server = server
        self.series = {}
        self.experiment = {}
        self.drift = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._ended.set()
        self._thread.join(20)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.port}{path}", timeout=20) as response:
            return json.loads(response.read())

    def _run(self):
        while not self._ended.wait(0.5):
            try:
                self.look()
            except OSError:
                continue

    def look(self):
        now = time.time()
        self.experiment = self.get(f"/v2/experiments/{SPLIT}")
        self.drift = self.get("/v2/models/xgboost_anomaly/drift")
        rollout = self.experiment["rollout"]
        self.note("rollout", now, rollout["share_percent"] if rollout else None)
        for variant in self.experiment["variants"]:
            self.note(f"share {variant['name']}", now, variant["share"])
        for name in (SHIFTED, UNSHIFTED):
            self.note(f"psi {name}", now, self.psi(name))
        for name in ("model_accuracy", "anomaly_rate"):
            self.note(name, now, self.gauge(name, "xgboost_anomaly"))

    def note(self, name, now, value):
        self.series.setdefault(name, []).append((now, value))

    def psi(self, feature):
        found = [each["psi"] for each in self.drift["features"] if each["name"] == feature]
        return found[0] if found and self.drift["level"] != "unknown" else None

    def gauge(self, name, model):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.metrics_port}/metrics", timeout=20) as response:
            page = response.read().decode()
        start = f'{name}{{model="{model}"}} '
        found = [float(line.removeprefix(start)) for line in page.splitlines() if line.startswith(start)]
        return found[0] if found else None


class Acts:
    """The acts in their order. Each prints what happened and adds what it must have shown to `checks`."""

    def __init__(self, repository, crowd, watch, events_path, hold_seconds):
        self.repository = repository
        self.crowd = crowd
        self.watch = watch
        self.events_path = events_path
        self.hold_seconds = hold_seconds
        self.checks = []
        self.marks = []

    def act(self, title, is_marked=True):
        if is_marked:
            self.marks.append((time.time(), title))
        print(f"\n{title}", flush=True)

    def say(self, text):
        print(f"  {text}", flush=True)

    def check(self, title, passed, detail):
        self.checks.append(Check(title, bool(passed), detail))
        self.say(f"{'as it must' if passed else 'FAILED'}: {title}: {detail}")

    def wait(self, condition, what, seconds=WAIT_SECONDS):
        end = time.time() + seconds
        while not (found := condition()):
            if time.time() > end:
                raise TimeoutError(f"within {seconds} s it was not seen that {what}")
            time.sleep(0.1)
        return found

    def events(self, kind):
        """The data of the events so far, by their type."""
        if not self.events_path.exists():
            return []
        lines = [json.loads(line) for line in self.events_path.read_text().splitlines()]
        return [line["data"] for line in lines if line["type"] == kind]

    def wait_for_shares(self, weights):
        whole = sum(weights.values())

        def holds():
            shares = {each["name"]: each["share"] for each in self.watch.experiment.get("variants", [])}
            return all(abs(shares.get(name, -1) - weight / whole) < 1e-9 for name, weight in weights.items())

        self.wait(holds, f"shares are {weights}")

    def run(self):
        first = self.split()
        self.move(first)
        self.shadow()
        self.roll_out()
        self.roll_back()
        self.drift()
        self.feedback()
        self.nothing_was_lost()

    def split(self):
        weights = {"xgboost": 70, "catboost": 30}
        self.act(f"{len(self.crowd.users):,} users behind one name, 70 to 30")
        self.curl()
        found = self.crowd.census(self.crowd.users)
        by_variant = Counter(found.values())
        part = by_variant["xgboost"] / len(found)
        deviation = 4 * (0.7 * 0.3 / len(found)) ** 0.5
        self.check(
            "seven of ten are answered by XGBoost", abs(part - 0.7) < deviation,
            f"{by_variant['xgboost']:,} of {len(found):,} users, {part:.2%}; within ± {deviation:.2%}")  # fmt: skip
        self.check_prediction(found, weights)
        return found

    def check_prediction(self, found, weights):
        wrong = sum(variant != assign(SPLIT, user, weights) for user, variant in found.items())
        self.check(
            "everybody is answered by whom the published hash names", wrong == 0,
            f"{len(found) - wrong:,} of {len(found):,} users, by three kinds of clients")  # fmt: skip

    def curl(self):
        """Somebody without a key gets a cookie, and with it the same variant again."""
        jar = self.events_path.parent / "cookies.txt"
        row = self.crowd.rows[0]
        tensor = {"name": "features", "shape": [1, len(row)], "datatype": "FP32", "data": np.nan_to_num(row).tolist()}
        url = f"http://127.0.0.1:{self.crowd.server.port}/v2/models/{SPLIT}/infer"
        command = ["curl", "--silent", "--show-error", "--cookie", jar, "--cookie-jar", jar, "--dump-header", "-"]
        command += ["--output", "/dev/null", "--data", json.dumps({"inputs": [tensor]}), url]
        variants = []
        for _ in range(3):
            head = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
            fields = dict(line.lower().split(": ", 1) for line in head.splitlines() if ": " in line)
            variants.append((fields["rowan-variant"], "set-cookie" in fields))
        sticky = [variants[0][1]] + [not each[1] and each[0] == variants[0][0] for each in variants[1:]]
        self.check("curl's cookie keeps it where it is", all(sticky), f"three times {variants[0][0]}, one Set-Cookie")

    def move(self, before):
        weights = {"xgboost": 60, "catboost": 40}
        self.act("weights become 60 to 40 under load")
        self.repository.write_split(weights)
        self.wait_for_shares(weights)
        found = self.crowd.census(self.crowd.users)
        moves = Counter((before[user], found[user]) for user in found if before[user] != found[user])
        there, back = moves["xgboost", "catboost"], moves["catboost", "xgboost"]
        deviation = 4 * (0.1 * 0.9 / len(found)) ** 0.5
        self.check(
            "one of ten moves, and nobody in the other direction",
            back == 0 and abs(there / len(found) - 0.1) < deviation,
            f"{there:,} users ({there / len(found):.2%}) from XGBoost to CatBoost, {back} back")  # fmt: skip
        self.check_prediction(found, weights)

    def shadow(self):
        self.act("CatBoost answers XGBoost's users a second time, for nobody")
        weights = {"xgboost": 60, "catboost": 40}
        self.repository.write_split(weights, 'shadow { variant: "catboost" sample_fraction: 1.0 max_queue: 1000 }')
        wanted = min(1_000, len(self.crowd.users) // 4)

        def compared():
            figures = self.watch.experiment.get("shadow")
            return figures if figures and figures["requests"]["compared"] >= wanted else None

        figures = self.wait(compared, f"{wanted} copies are compared")
        flips = sum(flip["rows"] for flip in figures["label_flips"])
        self.check(
            "the shadow agrees on nearly all labels", figures["agreement"] > 0.97,
            f"{figures['rows']:,} rows, {figures['agreement']:.2%} agree, {flips} labels differ, probabilities by at "
            f"most {figures['differences']['p99']:.3f} for 99 of 100")  # fmt: skip
        self.check(
            "no copy failed", figures["requests"]["failed"] == 0,
            f"{figures['requests']['copied']:,} copied, {figures['requests']['dropped']} dropped")  # fmt: skip

    def rollout_text(self, steps):
        samples = 200 if len(self.crowd.users) >= 10_000 else 100
        return (f'rollout {{ candidate: "candidate" steps: [{", ".join(map(str, steps))}] '
                f"hold_seconds: {self.hold_seconds} guard {{ {GUARDS} min_samples: {samples} }} }}")  # fmt: skip

    def follow(self, steps, phases):
        """Waits until a rollout with these steps has ended, and tells what it does."""
        told, began = set(), int(self.marks[-1][0])

        def ended():
            rollout = self.watch.experiment.get("rollout")
            if not rollout or rollout["steps"] != steps:
                return None
            for change in rollout["changes"]:
                told_once = (change["time"], change["phase"], change["share_percent"])
                if change["time"] >= began and told_once not in told:
                    told.add(told_once)
                    self.say(f"{change['share_percent']:>3} %  {change['phase']}: {change['reason']}")
            return rollout if rollout["phase"] in phases else None

        return self.wait(ended, f"the rollout is one of {phases}", WAIT_SECONDS + 5 * self.hold_seconds)

    WEIGHTS = {"xgboost": 60, "catboost": 40, "candidate": 0}

    def roll_out(self):
        self.act("a candidate is rolled out")
        steps = [10, 30, 50, 100]
        self.repository.write_split(self.WEIGHTS, self.rollout_text(steps))
        rollout = self.follow(steps, {"completed", "rolled_back"})
        shares = [change["share_percent"] for change in rollout["changes"]]
        self.check(
            "every step holds", rollout["phase"] == "completed" and shares == [10, 30, 50, 100, 100],
            " → ".join(f"{share} %" for share in shares[:4]))  # fmt: skip
        everybody = self.crowd.census(self.crowd.users[:500])
        self.check(
            "then it answers everybody", set(everybody.values()) == {"candidate"},
            f"{len(everybody)} of {len(everybody)} users")  # fmt: skip
        self.wait(lambda: len(self.events("rowan.rollout.changed")) >= 5, "each change has become an event")

    def roll_back(self):
        self.act("another rollout; at 30 % the candidate's model is replaced by one that cries wolf")
        steps = [10, 30, 60, 100]
        self.repository.write_split(self.WEIGHTS, self.rollout_text(steps))

        def at_thirty():
            rollout = self.watch.experiment.get("rollout")
            return rollout and rollout["steps"] == steps and rollout["share_percent"] == 30

        self.wait(at_thirty, "the candidate has 30 %", WAIT_SECONDS + 3 * self.hold_seconds)
        self.repository.spoil_candidate()
        spoiled = time.time()
        rollout = self.follow(steps, {"completed", "rolled_back"})
        last = rollout["changes"][-1]
        self.check(
            "the guard takes the candidate off", rollout["phase"] == "rolled_back" and rollout["share_percent"] == 0,
            f"{last['reason']}; {time.time() - spoiled:.1f} s behind the new file")  # fmt: skip
        nobody = self.crowd.census(self.crowd.users[:500])
        self.check(
            "then it answers nobody", "candidate" not in nobody.values(),
            ", ".join(f"{count} by {name}" for name, count in sorted(Counter(nobody.values()).items())))  # fmt: skip
        told = self.wait(
            lambda: [each for each in self.events("rowan.rollout.changed") if each["phase"] == "rolled_back"],
            "the event arrives")  # fmt: skip
        self.check("an event says why", told[-1]["reason"] == last["reason"], "rowan.rollout.changed")

    def drift(self):
        column = [each["name"] for each in self.watch.drift["features"]].index(SHIFTED)
        self.act(f"{SHIFTED} becomes {SHIFT_FACTOR:g} times what it was")

        def settled():
            return self.watch.drift["window"]["rows"] >= WINDOW_ROWS // 2 and (self.watch.psi(SHIFTED) or 1) < 0.1

        self.wait(settled, "nothing drifts yet")
        before = self.watch.psi(SHIFTED)
        told_before = len(self.events("rowan.drift.detected"))
        self.crowd.shift(column, SHIFT_FACTOR)
        self.wait(lambda: (self.watch.psi(SHIFTED) or 0) > 1.0, "its PSI is above 1")
        after, other = self.watch.psi(SHIFTED), self.watch.psi(UNSHIFTED)
        self.check(
            "its PSI rises, that of others does not", after > 0.3 > 0.1 > other,
            f"{before:.3f} → {after:.2f}; {UNSHIFTED} {other:.3f}")  # fmt: skip

        def told():
            events = self.events("rowan.drift.detected")[told_before:]
            crossings = [each for data in events for each in data["crossings"]]
            return [each for each in crossings if each.get("feature") == SHIFTED]

        crossing = self.wait(told, "an event tells it")[0]
        self.check(
            "an event names it", crossing["threshold"] in (0.1, 0.3),
            f"rowan.drift.detected: PSI {crossing['psi']:.2f} is above {crossing['threshold']}")  # fmt: skip
        self.crowd.shift(column, 1)
        self.say("and what it was again")
        self.wait(lambda: (self.watch.psi(SHIFTED) or 1) < 0.1, "its PSI falls again")
        self.check("its PSI falls again", True, f"{self.watch.psi(SHIFTED):.3f}")

    def feedback(self):
        self.act("what labels have said", is_marked=False)
        outcomes = self.crowd.outcomes
        wrong = sum(count for name, count in outcomes.items() if name != "accepted")
        self.check(
            "every label finds its prediction", outcomes.get("accepted", 0) > 0 and wrong == 0,
            f"{outcomes.get('accepted', 0):,} accepted, {wrong} not")  # fmt: skip
        self.watch.look()
        accuracy, rate = self.watch.gauge("model_accuracy", "xgboost_anomaly"), self.crowd.labels.mean()
        self.check(
            "accuracy is that of a model which is better than saying never", accuracy > 1 - rate,
            f"XGBoost {accuracy:.3f} of its latest labels; never would be {1 - rate:.3f}")  # fmt: skip
        for variant in self.watch.experiment["variants"]:
            if variant["labels"]:
                self.say(f"{variant['name']}: {variant['labels']:,} labels, accuracy {variant['accuracy']:.3f}, "
                         f"recall {variant['recall']:.2f}, anomalies {variant['anomaly_rate']:.2%}")  # fmt: skip

    def nothing_was_lost(self):
        self.act("and all the time", is_marked=False)
        faults = Counter(answer.fault for answer in self.crowd.answers if answer.fault)
        clients = Counter(answer.client for answer in self.crowd.answers)
        self.check(
            "every request was answered", not faults and len(clients) == 3,
            f"{len(self.crowd.answers):,} requests: "
            + ", ".join(f"{count:,} by {name}" for name, count in sorted(clients.items()))
            + "".join(f"; {count} × {fault}" for fault, count in faults.most_common(3)))  # fmt: skip
