"""Writes the model repositories of Tests/Conformance: small models of every kind that a client can tell apart.

    python make_conformance_repository.py ../Tests/Conformance

`repository/` holds models that serve, `broken_repository/` one that serves beside several that must not. The clients'
tests take every expected number from the trainers' own libraries, so nothing but models is written here.
"""

import json
import shutil
import sys
from pathlib import Path

import catboost
import numpy as np
import skl2onnx
import xgboost
from fixture_cases import SEED, training_data
from sklearn.ensemble import IsolationForest
from xgboost_fixtures import train_xgboost

FEATURES = 10
FEATURE_NAMES = [
    "cpu",
    "memory",
    "disk io",
    "net/rx",
    'latency "p99"',
    "température",
    "errors",
    "load",
    "iowait",
    "swap",
]
BINARY = {"objective": "binary:logistic"}
FIL_INPUT = f'input [ {{ name: "input__0" data_type: TYPE_FP32 dims: [ {FEATURES} ] }} ]\n'


def fil_output(size):
    return f'output [ {{ name: "output__0" data_type: TYPE_FP32 dims: [ {size} ] }} ]\n'


def parameters(**values):
    return "".join(
        f'parameters [ {{ key: "{key}" value: {{ string_value: "{value}" }} }} ]\n' for key, value in values.items()
    )


class Repository:
    def __init__(self, root):
        self.root = root
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)

    def add(self, name, model_file, model, config=None, names=None, version=1):
        """`model` saves itself to a path, or is bytes; `config` follows the name line of config.pbtxt."""
        directory = self.root / name / str(version)
        directory.mkdir(parents=True)
        path = directory / model_file
        if isinstance(model, bytes):
            path.write_bytes(model)
        else:
            model.save_model(str(path))
        if config is not None:
            (self.root / name / "config.pbtxt").write_text(f'name: "{name}"\n' + config)
        if names is not None:
            (self.root / name / "rowan.pbtxt").write_text(names)

    def add_fil(
        self, name, model, model_file="xgboost.json", model_type="xgboost_json", size=1, batch=4096, extra="", **options
    ):
        self.add(
            name,
            model_file,
            model,
            f'backend: "fil"\nmax_batch_size: {batch}\n'
            + FIL_INPUT
            + fil_output(size)
            + parameters(model_type=model_type, **options)
            + extra,
        )

    def add_forest(self, name, model_file, model, outputs, batch=4096, extra="", names=None, version=1):
        rows = ",\n".join(
            f'  {{ name: "{output}" data_type: {kind} dims: [ {size} ] }}' for output, kind, size in outputs
        )
        self.add(
            name,
            model_file,
            model,
            f'backend: "forest"\nmax_batch_size: {batch}\n'
            f'input [ {{ name: "features" data_type: TYPE_FP32 dims: [ {FEATURES} ] }} ]\noutput [\n{rows}\n]\n'
            + extra,
            names,
            version,
        )


def named_features():
    """The first feature must be given, all others have a default."""
    lines = []
    for position, name in enumerate(FEATURE_NAMES):
        escaped = name.replace('"', '\\"')
        lines.append(f'features {{ name: "{escaped}"' + (f" default: {position / 4}" if position else "") + " }")
    return "\n".join(lines) + "\n"


def main():
    root = Path(sys.argv[1])
    values, score = training_data(SEED + 20, 900, FEATURES)
    binary = (score > 0.5).astype(np.float32)
    classes = np.digitize(score, [-0.5, 0.8])
    positive = np.exp(np.clip(score, -2, 2))
    holes = values.copy()
    holes[np.random.default_rng(SEED + 21).random(holes.shape) < 0.2] = np.nan

    logistic = train_xgboost(BINARY, holes, binary, 10)
    multiclass = train_xgboost({"objective": "multi:softprob", "num_class": 3}, values, classes, 5)
    regression = train_xgboost({"objective": "reg:squarederror"}, values, score, 8)
    poisson = train_xgboost({"objective": "count:poisson"}, values, np.round(positive), 6)
    half = len(values) // 2
    early = train_xgboost(
        BINARY | {"eta": 0.9},
        values[:half],
        binary[:half],
        40,
        evals=[(xgboost.DMatrix(values[half:], label=binary[half:]), "holdout")],
        early_stopping_rounds=6,
    )

    # The exponential of its margin exceeds float32 on some rows and is finite on others.
    overflow = json.loads(poisson.save_raw("json"))
    overflow["learner"]["learner_model_param"]["base_score"] = "[3E38]"
    overflow = json.dumps(overflow).encode()

    good = Repository(root / "repository")
    good.add_fil("fil_binary", logistic, is_classifier="true")
    good.add_fil(
        "fil_threshold",
        logistic,
        output_class="true",
        threshold="0.9",
        algo="ALGO_AUTO",
        storage_type="AUTO",
        blocks_per_sm="0",
        threads_per_tree="1",
        layout="depth_first",
        chunk_size="1",
        extra="instance_group [ { count: 1 kind: KIND_CPU } ]\n",
    )
    good.add_fil("fil_probability", logistic, is_classifier="true", predict_proba="true", threshold="0.5")
    good.add_fil("fil_probabilities", logistic, size=2, is_classifier="true", predict_proba="true", threshold="0.5")
    good.add_fil("fil_multiclass", multiclass, is_classifier="true", threshold="0.5")
    good.add_fil("fil_multiclass_probabilities", multiclass, size=3, is_classifier="true", predict_proba="true")
    good.add_fil("fil_regression", regression, "xgboost.ubj", "xgboost_ubj", is_classifier="false")
    good.add_fil("fil_early_stopped", early, is_classifier="true", predict_proba="true")
    good.add_fil("fil_small_batch", logistic, is_classifier="true", batch=8)
    good.add_fil("fil_overflow", overflow, is_classifier="false")

    good.add_fil(
        "fil_explained",
        logistic,
        is_classifier="true",
        predict_proba="true",
        extra=f'output [ {{ name: "treeshap_output" data_type: TYPE_FP32 dims: [ {FEATURES + 1} ] }} ]\n',
    )
    good.add_forest(
        "explained",
        "model.json",
        multiclass,
        [("margin", "TYPE_FP32", 3), ("treeshap", "TYPE_FP64", f"3, {FEATURES + 1}")],
    )

    good.add("bare_classifier", "model.json", logistic)
    good.add("bare_regressor", "model.ubj", regression)
    good.add("bare_multiclass", "model.json", multiclass)

    label, margin = ("label", "TYPE_INT64", 1), ("margin", "TYPE_FP32", 1)
    good.add_forest("named_features", "model.json", logistic, [label, margin], names=named_features())
    good.add_forest("early_stopped", "model.json", early, [label, ("probabilities", "TYPE_FP32", 2), margin])
    good.add_forest("poisson", "model.json", poisson, [("score", "TYPE_FP32", 1), margin])
    good.add_forest(
        "leaves",
        "model.json",
        multiclass,
        [label, ("probabilities", "TYPE_FP32", 3), ("margin", "TYPE_FP32", 3), ("leaf_indices", "TYPE_INT32", 15)],
    )
    good.add_forest("versions", "model.json", logistic, [margin])
    good.add_forest("versions", "model.json", early, [margin], version=2)
    good.add_forest("all_versions", "model.json", logistic, [margin])
    good.add_forest("all_versions", "model.json", early, [margin], version=3, extra="version_policy: { all { } }\n")

    text = catboost.CatBoostClassifier(
        iterations=6, depth=4, random_seed=1, thread_count=1, verbose=False, allow_writing_files=False
    )
    text.fit(values, np.where(binary == 1, "anomaly", "normal"))
    good.add_forest(
        "text_labels",
        "model.cbm",
        text,
        [("label", "TYPE_STRING", 1), ("probabilities", "TYPE_FP64", 2), ("margin", "TYPE_FP64", 1)],
    )
    boosted = catboost.CatBoostRegressor(
        iterations=6, depth=4, random_seed=1, thread_count=1, verbose=False, allow_writing_files=False
    )
    boosted.fit(holes, score)
    good.add("bare_catboost", "model.cbm", boosted)

    forest = IsolationForest(n_estimators=8, max_samples=32, random_state=1, n_jobs=1).fit(values)
    exported = skl2onnx.to_onnx(
        forest,
        values[:1],
        target_opset={"": 15, "ai.onnx.ml": 3},
        options={id(forest): {"score_samples": True}},
        name="isolation",
    )
    good.add("bare_isolation", "model.onnx", exported.SerializeToString())

    broken = Repository(root / "broken_repository")
    broken.add("sound", "model.json", logistic)
    content = bytes(logistic.save_raw("json"))
    broken.add("truncated", "model.json", content[: len(content) // 2])
    broken.add("empty_file", "model.json", b"")
    broken.add("not_a_model", "model.cbm", b"CBM1 but nothing of the kind")
    broken.add("unknown_field", "model.json", logistic, 'backend: "forest"\nmax_batch_sise: 8\n')


if __name__ == "__main__":
    main()
