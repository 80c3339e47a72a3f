"""Users with sticky keys who never stop asking, by HTTP with cookies and by both of Triton's clients."""

import http.client
import json
import queue
import random
import threading
import time
from collections import namedtuple

import numpy as np
import tritonclient.grpc
import tritonclient.http

MODEL = "anomaly"
# The header and the metadata that name a user; with cookies the key stands in the cookie.
USER_HEADER = "x-user-id"
COOKIE = "rowan_key"

# One answer: when it was asked for, in seconds since 1970, by whom and how, who answered, what went wrong.
Answer = namedtuple("Answer", "time user client variant seconds row prediction_id fault")


class CookieClient:
    """What curl does: a JSON body, a Cookie field, a connection that stays open."""

    name = "HTTP with a cookie"

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)

    def ask(self, user, row):
        tensor = {"name": "features", "shape": [1, len(row)], "datatype": "FP32", "data": row.tolist()}
        body = json.dumps({"inputs": [tensor], "outputs": [{"name": "label"}]})
        self.connection.request("POST", f"/v2/models/{MODEL}/infer", body, {"Cookie": f"{COOKIE}={user}"})
        response = self.connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise ConnectionError(f"status {response.status}: {content[:200]!r}")
        parameters = json.loads(content)["parameters"]
        return response.headers["rowan-variant"], parameters.get("rowan_prediction_id")


class TritonHTTPClient:
    """tritonclient.http with binary tensors; the key is a header."""

    name = "tritonclient, HTTP"

    def __init__(self, server):
        self.client = tritonclient.http.InferenceServerClient(f"127.0.0.1:{server.port}")
        self.output = tritonclient.http.InferRequestedOutput("label", binary_data=True)

    def ask(self, user, row):
        given = tritonclient.http.InferInput("features", [1, len(row)], "FP32")
        given.set_data_from_numpy(row[None])
        answer = self.client.infer(MODEL, [given], headers={USER_HEADER: user}, outputs=[self.output])
        parameters = answer.get_response()["parameters"]
        return parameters["rowan_variant"], parameters.get("rowan_prediction_id")


class TritonGRPCClient:
    """tritonclient.grpc; the key is metadata."""

    name = "tritonclient, gRPC"

    def __init__(self, server):
        self.client = tritonclient.grpc.InferenceServerClient(f"127.0.0.1:{server.grpc_port}")
        self.output = tritonclient.grpc.InferRequestedOutput("label")

    def ask(self, user, row):
        given = tritonclient.grpc.InferInput("features", [1, len(row)], "FP32")
        given.set_data_from_numpy(row[None])
        answer = self.client.infer(MODEL, [given], headers={USER_HEADER: user}, outputs=[self.output])
        parameters = answer.get_response().parameters
        identity = parameters["rowan_prediction_id"].string_param if "rowan_prediction_id" in parameters else None
        return parameters["rowan_variant"].string_param, identity


CLIENTS = (CookieClient, TritonHTTPClient, TritonGRPCClient)


class Crowd:
    """Threads, one for each kind of client, that ask without a pause: for users who have to be asked for, else for
    some user by lot. What they ask about changes when somebody calls `shift`.
    """

    def __init__(self, server, users, rows, labels):
        self.server = server
        self.users = users
        self.rows = rows
        self.labels = labels
        self.shown = rows
        self.answers = []
        self.waiting = queue.SimpleQueue()
        self.ended = threading.Event()
        # A label is known some time behind its prediction.
        self.unlabelled = queue.SimpleQueue()
        self.outcomes = {}
        self.threads = [threading.Thread(target=self._live, args=(kind, number), daemon=True)
                        for number, kind in enumerate(CLIENTS)]  # fmt: skip
        self.threads.append(threading.Thread(target=self._label, daemon=True))

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(20)

    def _live(self, kind, seed):
        client, lot = kind(self.server), random.Random(seed)
        while not self.ended.is_set():
            try:
                user = self.waiting.get_nowait()
            except queue.Empty:
                user = lot.choice(self.users)
            row = lot.randrange(len(self.rows))
            began, variant, identity, fault = time.time(), None, None, None
            try:
                variant, identity = client.ask(user, self.shown[row])
            except Exception as error:  # whatever it is, it is a request that was not answered
                fault = f"{type(error).__name__}: {error}"
                client = kind(self.server)
            answer = Answer(began, user, client.name, variant, time.time() - began, row, identity, fault)
            self.answers.append(answer)
            if identity:
                self.unlabelled.put(answer)

    def census(self, users, seconds=120):
        """Asks for each of these users; who answers whom, by this time."""
        began, first = time.time(), len(self.answers)
        for user in users:
            self.waiting.put(user)
        missing = set(users)
        found = {}
        while missing:
            if time.time() > began + seconds:
                raise TimeoutError(f"{len(missing)} users were not answered within {seconds} s")
            time.sleep(0.05)
            last = len(self.answers)
            for answer in self.answers[first:last]:
                if answer.variant is not None:
                    found[answer.user] = answer.variant
                    missing.discard(answer.user)
            first = last
        return found

    def shift(self, column, factor):
        """From now on a feature is another one; with a factor of 1 it is what it was."""
        rows = self.rows.copy()
        rows[:, column] *= np.float32(factor)
        self.shown = rows

    def _label(self):
        """Brings labels of what was answered, a call every half second."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        while not self.ended.wait(0.5):
            items = []
            while len(items) < 5_000 and not self.unlabelled.empty():
                answer = self.unlabelled.get()
                items.append({"prediction_id": answer.prediction_id, "label": int(self.labels[answer.row])})
            if not items:
                continue
            body = json.dumps({"feedback": items})
            connection.request("POST", f"/v2/models/{MODEL}/feedback", body, {"Content-Type": "application/json"})
            outcome = json.loads(connection.getresponse().read())
            for name, count in outcome.items():
                self.outcomes[name] = self.outcomes.get(name, 0) + count
