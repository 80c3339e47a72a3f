"""worker.py PEER BASE: one library in a process of its own, so that a crash or a thread pool of one harms no other.

Requests and answers are lines of JSON. `{"prepare": MODEL}` loads the model and answers the library's margins' greatest
relative difference from the trainer's; `{"time": SIZE, "seconds": S}` answers nanoseconds of processor time per row.
What cannot be done is answered as `{"why": …}`.
"""

import importlib
import itertools
import json
import os
import sys
import time
import traceback
from pathlib import Path

import numpy as np
from table_models import MODELS

PEERS = {
    "xgboost": "trainer_peers:XGBoost",
    "lightgbm": "trainer_peers:LightGBM",
    "catboost": "trainer_peers:CatBoost",
    "scikit-learn": "trainer_peers:ScikitLearn",
    "onnxruntime": "other_peers:OnnxRuntime",
    "treelite GTIL": "other_peers:TreeliteGTIL",
    "tl2cgen": "other_peers:TL2cgen",
    "YDF": "other_peers:YDF",
    "daal4py": "other_peers:Daal4py",
    "lleaves": "other_peers:LLeaves",
}
# Answers of libraries that compute in float32 what the trainer sums in float64 lie well within.
TOLERANCE = 1e-3


def relative_difference(found, expected):
    found = np.asarray(found, dtype=np.float64).reshape(expected.shape)
    return float(np.max(np.abs(found - expected) / np.maximum(1.0, np.abs(expected))))


def timed(style, seconds):
    """Nanoseconds of this process's processor time per row; calls go round over all rows until the time is over."""
    call, inputs, rows_per_input = style
    call(inputs[0])
    rows = 0
    end = time.perf_counter() + seconds
    begin = time.process_time_ns()
    for one in itertools.cycle(inputs):
        call(one)
        rows += rows_per_input
        if time.perf_counter() > end:
            break
    return (time.process_time_ns() - begin) / rows


class Worker:
    def __init__(self, name, base):
        self.base = base
        module, _, kind = PEERS[name].partition(":")
        self.peer = getattr(importlib.import_module(module), kind)()
        self.styles = {}

    def prepare(self, name):
        self.styles = {}
        model = next(model for model in MODELS if model.name == name)
        rows = model.rows(self.base)
        expected = model.margins(self.base)
        if model.explains and not hasattr(self.peer, "explain"):
            return {"why": "explains no rows, or none of this model"}
        self.explains = model.explains
        self.rows = rows
        found = self.peer.load(model, model.folder(self.base), rows)
        if model.explains:
            found = self.peer.explain(rows)
        difference = relative_difference(found, expected)
        if not difference < TOLERANCE:
            return {"why": f"answers differ from the trainer's by {difference:.1e}"}
        return {"difference": difference}

    def time(self, size, seconds):
        """The best of the library's call styles."""
        if size not in self.styles:
            self.styles[size] = self.styles_of(size)
        share = seconds / len(self.styles[size])
        return {
            "nanoseconds": min(
                style(share) if callable(style) else timed(style, share) for style in self.styles[size]
            )
        }

    def styles_of(self, size):
        if not self.explains:
            return self.peer.styles(size)
        pieces = [self.rows[first : first + size] for first in range(0, len(self.rows) - size + 1, size)]
        return [(self.peer.explain, pieces, size)]


def reason(error):
    kind = "" if type(error).__name__ == "Unsupported" else f"{type(error).__name__}: "
    return f"{kind}{error}".splitlines()[0][:160]


def main(name, base):
    # Libraries print to the standard output, which belongs to the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value):
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    worker = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if worker is None:
                worker = Worker(name, base)
            answer(
                worker.prepare(request["prepare"])
                if "prepare" in request
                else worker.time(request["time"], request["seconds"])
            )
        except Exception as error:  # whatever a library throws is its reason
            traceback.print_exc()
            answer({"why": reason(error)})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
