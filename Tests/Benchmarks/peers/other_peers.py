"""Libraries that evaluate other trainers' models, each called in the cheapest way that it offers.

As in `trainer_peers`. A random forest's answers are probabilities and an isolation forest's scores, computed from the
sums as their trainer does; the sums are what is timed.
"""

import ctypes

import numpy as np
from common_trees import onnx_model, trees_of
from table_models import load_sklearn
from trainer_peers import Unsupported, compiled, pieces


def as_answers(model, folder, sums):
    """What the trainer answers, from one sum per row."""
    if model.name == "random_forest":
        return np.stack([1 - sums, sums], axis=1)
    if model.name == "isolation_forest":
        forest = load_sklearn(folder)
        depth = 2.0 * (np.log(255) + np.euler_gamma) - 2.0 * 255 / 256
        return -(2.0 ** (-np.asarray(sums, dtype=np.float64) / (len(forest.estimators_) * depth)))
    return sums


def treelite_model(model, folder):
    import treelite

    if model.trainer == "xgboost":
        return treelite.frontend.load_xgboost_model(folder / model.file)
    if model.trainer == "lightgbm":
        return treelite.frontend.load_lightgbm_model(folder / model.file)
    if model.trainer == "sklearn":
        return treelite.sklearn.import_model(load_sklearn(folder))
    raise Unsupported("treelite reads no CatBoost models")


class OnnxRuntime:
    """One TreeEnsembleRegressor made from the trainer's trees."""

    def load(self, model, folder, rows):
        import onnxruntime

        path = folder / "peer.onnx"
        if not path.exists():
            trees, base, divisor = trees_of(model.trainer, folder, model.file)
            path.write_bytes(onnx_model(trees, base, divisor, rows.shape[1]))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.rows = rows
        return as_answers(model, folder, self.session.run(None, {"rows": rows})[0])

    def styles(self, size):
        # The session behind the Python object checks nothing a second time.
        run = self.session._sess.run
        inputs = [{"rows": piece} for piece in pieces(self.rows, size)]
        return [(lambda one: run(["margins"], one, None), inputs, size)]


class TreeliteGTIL:
    """What Triton's FIL backend runs on processors."""

    def load(self, model, folder, rows):
        import treelite

        self.gtil = treelite.gtil
        self.model = treelite_model(model, folder)
        self.rows = rows
        if model.trainer == "sklearn" and self.model.input_type == "float64":
            self.rows = rows.astype(np.float64)
        elif model.trainer == "lightgbm":
            self.rows = rows.astype(np.float64)
        found = self.predict(self.rows)
        if model.name == "isolation_forest":
            # Treelite gives the anomaly score.
            return -self.gtil.predict(self.model, self.rows, nthread=1)
        return found

    def predict(self, rows):
        return self.gtil.predict(self.model, rows, nthread=1, pred_margin=True)

    def styles(self, size):
        return [(self.predict, pieces(self.rows, size), size)]


TL2CGEN_DRIVER = """
#include "{header}"
void evaluate(const {number}* rows, long count, long features, int margins, {result}* results) {{
    union Entry entries[{features}];
    for (long row = 0; row < count; row++) {{
        for (long feature = 0; feature < features; feature++) {{
            {number} value = rows[row * features + feature];
            if (value != value) entries[feature].missing = -1; else entries[feature].fvalue = value;
        }}
        predict(entries, 1, results + row * margins);
    }}
}}
"""


class TL2cgen:
    """The generated C, compiled for this processor and called row by row from C."""

    def load(self, model, folder, rows):
        import tl2cgen

        source = folder / "tl2cgen"
        forest = treelite_model(model, folder)
        wide = forest.input_type == "float64"
        if not (source / "main.c").exists():
            tl2cgen.generate_c_code(forest, str(source), params={})
        number = "double" if wide else "float"
        result = "double" if forest.output_type == "float64" else "float"
        driver = source / "driver.c"
        driver.write_text(
            TL2CGEN_DRIVER.format(header="header.h", number=number, result=result, features=rows.shape[1])
        )
        command = ["gcc", "-O3", "-march=native", "-ffp-contract=off", "-fPIC", "-shared"]
        self.library = compiled(sorted(source.glob("*.c")), folder / "tl2cgen.so", command)
        self.rows = np.ascontiguousarray(rows, dtype=np.float64 if wide else np.float32)
        count, features = rows.shape
        margins = len(model_margins(model))
        self.results = np.zeros((count, margins), dtype=np.float64 if result == "double" else np.float32)
        self.arguments = (
            ctypes.c_void_p(self.rows.ctypes.data),
            ctypes.c_long(count),
            ctypes.c_long(features),
            ctypes.c_int(margins),
            ctypes.c_void_p(self.results.ctypes.data),
        )
        self.library.evaluate(*self.arguments)
        if model.name == "isolation_forest":
            # `predict` asked for margins gives the mean path length.
            return as_answers(model, folder, self.results.ravel().astype(np.float64) * 100)
        return self.results

    def styles(self, size):
        return [(lambda one: self.library.evaluate(*one), [self.arguments], len(self.rows))]


def model_margins(model):
    """The names of a model's outputs."""
    return range({"xgboost_classes": 10, "random_forest": 2}.get(model.name, 1))


class YDF:
    """A model of the library's own, filled with the trainer's trees; its own benchmark times it, by the wall clock."""

    def load(self, model, folder, rows):
        import ydf

        if model.name == "xgboost_classes":
            raise Unsupported("the conversion of trees is written for one output")
        trees, base, divisor = trees_of(model.trainer, folder, model.file)
        names = [f"f{index}" for index in range(rows.shape[1])]
        sample = {name: rows[:200, index] for index, name in enumerate(names)}
        sample["target"] = np.random.default_rng(1).standard_normal(200)
        settings = {"label": "target", "task": ydf.Task.REGRESSION, "num_trees": 1, "max_depth": 2, "num_threads": 1}
        if divisor > 1:
            # A random forest's own engines divide by the number of trees.
            learner, divisor = ydf.RandomForestLearner(compute_oob_performances=False, **settings), 1
        else:
            learner = ydf.GradientBoostedTreesLearner(validation_ratio=0.0, **settings)
        self.model = learner.train(sample, verbose=0)
        specification = list(self.model.data_spec().columns)
        places = {column.name: index for index, column in enumerate(specification)}
        self.columns = [places[name] for name in names]
        # The library's fastest engines want missing values to go where the column's mean goes; where no value is
        # missing, nothing else depends on it.
        self.means = None if model.missing_rows else [column.numerical.mean for column in specification]
        for _ in range(self.model.num_trees()):
            self.model.remove_tree(0)
        for tree in trees:
            self.model.add_tree(ydf.tree.Tree(root=self.node(ydf.tree, tree, 0, divisor)))
        if hasattr(self.model, "set_initial_predictions"):
            self.model.set_initial_predictions([float(base[0])])
        self.data = {name: rows[:, index] for index, name in enumerate(names)}
        return as_answers(model, folder, self.model.predict(self.data, num_threads=1))

    def node(self, kinds, tree, index, divisor):
        left, right = tree["left"][index], tree["right"][index]
        if left < 0:
            return kinds.Leaf(value=kinds.RegressionValue(num_examples=1, value=tree["value"][index] / divisor))
        column = self.columns[tree["feature"][index]]
        threshold = float(tree["threshold"][index])
        return kinds.NonLeaf(
            condition=kinds.NumericalHigherThanCondition(
                missing=self.means[column] >= threshold if self.means else not tree["missing_left"][index],
                score=0.0,
                attribute=column,
                threshold=threshold,
            ),
            pos_child=self.node(kinds, tree, right, divisor),
            neg_child=self.node(kinds, tree, left, divisor),
        )

    def styles(self, size):
        def measure(seconds):
            result = self.model.benchmark(
                self.data, benchmark_duration=seconds, warmup_duration=seconds / 4, batch_size=size, num_threads=1
            )
            return result.duration_per_example * 1e9

        return [measure]


class Daal4py:
    """The converted model of the library's model builders."""

    def load(self, model, folder, rows):
        import daal4py

        daal4py.daalinit(1)
        if model.trainer == "xgboost":
            import xgboost

            trained = xgboost.Booster(model_file=folder / model.file)
        elif model.trainer == "lightgbm":
            import lightgbm

            trained = lightgbm.Booster(model_file=folder / model.file)
        elif model.trainer == "catboost":
            import catboost

            trained = catboost.CatBoost().load_model(str(folder / model.file))
        else:
            raise Unsupported("converts XGBoost, LightGBM and CatBoost only")
        self.model = daal4py.mb.convert_model(trained)
        self.rows = rows
        found = np.asarray(self.model.predict_proba(rows), dtype=np.float64)
        if found.shape[1] == 2:
            return np.log(found[:, 1] / found[:, 0])
        # Probabilities of several classes determine margins but for one number per row.
        expected = model.margins(folder.parent)
        return np.log(found) + np.log(np.exp(expected).sum(axis=1, keepdims=True))

    def styles(self, size):
        return [(self.model.predict_proba, pieces(self.rows, size), size)]


class LLeaves:
    """LightGBM's models compiled by LLVM."""

    def load(self, model, folder, rows):
        if model.trainer != "lightgbm":
            raise Unsupported("reads LightGBM's models only")
        import lleaves

        self.model = lleaves.Model(model_file=str(folder / model.file))
        self.model.compile(cache=str(folder / "lleaves.o"), raw_score=True, fblocksize=34)
        self.rows = np.ascontiguousarray(rows, dtype=np.float64)
        return self.predict(self.rows)

    def predict(self, rows):
        return self.model.predict(rows, n_jobs=1)

    def styles(self, size):
        return [(self.predict, pieces(self.rows, size), size)]
