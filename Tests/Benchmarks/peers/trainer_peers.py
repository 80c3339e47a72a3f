"""The libraries that train the models of the table, each called in the cheapest ways that it offers.

A peer's `load` answers the margins of all rows; `styles` returns ways to call it with a number of rows: a function, its
inputs (prepared beforehand) and the rows of each, or a function of a time that returns nanoseconds per row.
"""

import ctypes
import json
import os
import signal
import subprocess

import numpy as np
from table_models import load_sklearn, sklearn_answers


class Unsupported(Exception):
    """The library does not read this model."""


def pieces(rows, size):
    return [rows[first : first + size] for first in range(0, len(rows) - size + 1, size)]


def compiled(sources, target, command):
    """Compiles a shared library unless it is there; a compiler that takes too long is a reason not to run."""
    failure = target.with_suffix(".failed")
    if failure.exists():
        raise Unsupported(failure.read_text())
    if not target.exists():
        # A group of its own, so that the compiler's own processes end with it.
        compiler = subprocess.Popen(
            [*command, "-o", target, *sources], stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            _, messages = compiler.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            os.killpg(compiler.pid, signal.SIGKILL)
            compiler.wait()
            failure.write_text(f"{command[0]} takes more than 120 s")
            raise Unsupported(failure.read_text()) from None
        if compiler.returncode != 0:
            first = next((line for line in messages.splitlines() if "error" in line), "no reason given")
            raise Unsupported(f"{command[0]}: {first}")
    return ctypes.CDLL(str(target))


class XGBoost:
    """The C API's prediction in place, without Python's checks around it."""

    def load(self, model, folder, rows):
        if model.trainer != "xgboost":
            raise Unsupported("reads XGBoost's models only")
        import xgboost
        from xgboost.core import _LIB

        self.library = _LIB
        self.booster = xgboost.Booster(model_file=folder / model.file)
        self.booster.set_param({"nthread": 1})
        self.rows = rows
        self.configuration = json.dumps(
            {
                "type": 1,
                "training": False,
                "iteration_begin": 0,
                "iteration_end": 0,
                "missing": float("nan"),
                "strict_shape": False,
                "cache_id": 0,
            }
        ).encode()
        return self.booster.inplace_predict(rows, predict_type="margin")

    def explain(self, rows):
        import xgboost

        return self.booster.predict(xgboost.DMatrix(rows, nthread=1), pred_contribs=True)

    def styles(self, size):
        shape = ctypes.POINTER(ctypes.c_uint64)()
        dimensions = ctypes.c_uint64()
        result = ctypes.POINTER(ctypes.c_float)()
        handle, configuration = self.booster.handle, self.configuration
        predict = self.library.XGBoosterPredictFromDense

        def call(array):
            code = predict(
                handle, array, configuration, None, ctypes.byref(shape), ctypes.byref(dimensions), ctypes.byref(result)
            )
            if code != 0:
                raise RuntimeError("XGBoosterPredictFromDense failed")

        inputs = [
            json.dumps(
                {
                    "data": [piece.ctypes.data, True],
                    "shape": list(piece.shape),
                    "strides": None,
                    "typestr": "<f4",
                    "version": 3,
                }
            ).encode()
            for piece in pieces(self.rows, size)
        ]
        return [(call, inputs, size)]


class LightGBM:
    """The C API: its single-row fast functions for one row, its matrix call for more."""

    def load(self, model, folder, rows):
        if model.trainer != "lightgbm":
            raise Unsupported("reads LightGBM's models only")
        import lightgbm
        from lightgbm.basic import _LIB

        self.library = _LIB
        self.booster = lightgbm.Booster(model_file=folder / model.file)
        self.rows = np.ascontiguousarray(rows, dtype=np.float64)
        return self.booster.predict(self.rows, raw_score=True, num_threads=1)

    def explain(self, rows):
        return self.booster.predict(rows.astype(np.float64), pred_contrib=True, num_threads=1)

    def styles(self, size):
        handle = self.booster._handle
        columns = ctypes.c_int32(self.rows.shape[1])
        length = ctypes.c_int64()
        result = np.zeros(size, dtype=np.float64)
        pointer = result.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
        inputs = [ctypes.c_void_p(piece.ctypes.data) for piece in pieces(self.rows, size)]
        float64, raw_score, row_major = ctypes.c_int(1), ctypes.c_int(1), ctypes.c_int(1)
        if size == 1:
            fast = ctypes.c_void_p()
            self.library.LGBM_BoosterPredictForMatSingleRowFastInit(
                handle,
                raw_score,
                ctypes.c_int(0),
                ctypes.c_int(-1),
                float64,
                columns,
                ctypes.c_char_p(b"num_threads=1"),
                ctypes.byref(fast),
            )
            predict = self.library.LGBM_BoosterPredictForMatSingleRowFast
            return [(lambda one: predict(fast, one, ctypes.byref(length), pointer), inputs, 1)]
        predict = self.library.LGBM_BoosterPredictForMat

        def call(one):
            predict(
                handle,
                one,
                float64,
                ctypes.c_int32(size),
                columns,
                row_major,
                raw_score,
                ctypes.c_int(0),
                ctypes.c_int(-1),
                ctypes.c_char_p(b"num_threads=1"),
                ctypes.byref(length),
                pointer,
            )

        return [(call, inputs, size)]


CATBOOST_DRIVER = """
#include "model.cpp"
extern "C" void evaluate(const float* rows, long count, long features, double* margins) {
    std::vector<float> row(features);
    for (long index = 0; index < count; index++) {
        row.assign(rows + index * features, rows + (index + 1) * features);
        margins[index] = ApplyCatboostModel(row);
    }
}
"""


class CatBoost:
    """From raw rows, from a pool that was quantised beforehand, and as exported and compiled C++."""

    def load(self, model, folder, rows):
        if model.trainer != "catboost":
            raise Unsupported("reads CatBoost's models only")
        import catboost

        self.catboost = catboost
        self.model = catboost.CatBoost().load_model(str(folder / model.file))
        self.borders = folder / "borders.tsv"
        self.rows = rows
        driver = folder / "driver.cpp"
        driver.write_text(CATBOOST_DRIVER)
        self.exported = compiled(
            [driver], folder / "exported.so", ["g++", "-O3", "-march=native", "-ffp-contract=off", "-fPIC", "-shared"]
        )
        return self.predict(rows)

    def predict(self, rows):
        return self.model.predict(rows, prediction_type="RawFormulaVal", thread_count=1)

    def explain(self, rows):
        return self.model.get_feature_importance(self.catboost.Pool(rows), type="ShapValues", thread_count=1)

    def styles(self, size):
        inputs = pieces(self.rows, size)
        # The exported function writes behind Python's back: the array has to outlive the calls.
        self.margins = np.zeros(len(self.rows))
        count, features = self.rows.shape
        arguments = (
            ctypes.c_void_p(self.rows.ctypes.data),
            ctypes.c_long(count),
            ctypes.c_long(features),
            ctypes.c_void_p(self.margins.ctypes.data),
        )
        styles = [
            (self.predict, inputs, size),
            (lambda one: self.exported.evaluate(*one), [arguments], count),
        ]
        if size > 1:
            quantised = [self.catboost.Pool(piece, label=np.zeros(len(piece))) for piece in inputs]
            for pool in quantised:
                pool.quantize(input_borders=str(self.borders))
            styles.append((self.predict, quantised, size))
        return styles


class ScikitLearn:
    """The estimator's own call: decision function, score or probabilities."""

    def load(self, model, folder, rows):
        if model.trainer != "sklearn":
            raise Unsupported("runs its own models only")
        self.model = load_sklearn(folder)
        self.rows = rows
        return sklearn_answers(self.model, rows)

    def styles(self, size):
        return [(lambda piece: sklearn_answers(self.model, piece), pieces(self.rows, size), size)]
