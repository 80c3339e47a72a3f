"""XGBoost's fixtures of older versions, each answered by the version that wrote it.

    python xgboost_old_fixtures.py ../Tests/TreeEnsemblesTests/Fixtures

It is run once in an environment of each version: xgboost 1.7.6 with numpy below 2, xgboost-cpu 2.1.4 and 3.0.5. The
cases of the version in use are written anew, those of others are left alone.
"""

import shutil
import struct
import sys
import tempfile
from pathlib import Path

import numpy as np
import xgboost
from fixture_cases import SEED, training_data
from xgboost_fixtures import train_xgboost, write_xgboost

VERSION = tuple(int(part) for part in xgboost.__version__.split(".")[:2])
PREFIX = "version_%d_%d_" % VERSION
MARK = b"binf"


def old_binary(booster):
    """The old binary form, without the mark that only `save_raw` puts in front."""
    content = bytes(booster.save_raw(raw_format="deprecated"))
    assert content.startswith(MARK)
    return content[len(MARK) :]


def before_version_1(content, margin):
    """The same model as versions before 1.0 wrote it: no version, and the base score as a margin."""
    return struct.pack("<f", margin) + content[4:20] + bytes(8) + content[28:]


def main():
    root = Path(sys.argv[1])
    for folder in root.glob(f"xgboost_*/{PREFIX}*"):
        shutil.rmtree(folder)
    values, score = training_data(SEED + 21, 600, 6)
    values[np.random.default_rng(SEED + 22).random(values.shape) < 0.2] = np.nan
    binary = (score > 0.5).astype(np.float32)
    targets = np.stack([score, np.abs(score)], axis=1)

    # Versions between the oldest and the newest show what changed between them.
    few = {"binary", "best", "targets", "categories", "vector_leaves"}

    def write(case, parameters, labels, rounds, notes, data=values, old=True, mark=b"", best=None, **settings):
        if VERSION == (2, 1) and case not in few:
            return
        booster = train_xgboost({"max_depth": 3} | parameters, data, labels, rounds, **settings)
        if best is not None:
            booster.set_attr(best_iteration=str(best))
        content = mark + old_binary(booster) if old else None
        write_xgboost(root, PREFIX + case, booster, data, notes, ubjson=True, binary=content)

    write("binary", {"objective": "binary:logistic", "base_score": 0.37}, binary, 5, "As `save_model` writes it.")
    write(
        "best",
        {"objective": "reg:squarederror", "num_parallel_tree": 2, "subsample": 0.7},
        score,
        5,
        "Two trees a round; marked `binf` as `save_raw` does.",
        mark=MARK,
        best=2,
    )
    classes = np.digitize(score, [-0.5, 0.8])
    write("softprob", {"objective": "multi:softprob", "num_class": 3}, classes, 3, "Three classes.")
    write("dart", {"booster": "dart", "rate_drop": 0.5, "one_drop": 1}, score, 6, "Weighted trees.")
    write("poisson", {"objective": "count:poisson"}, np.round(np.exp(score / 2)), 4, "Base score of the version's own.")
    write("pruned", {"gamma": 20, "tree_method": "exact"}, score, 4, "Nodes deleted by pruning stay in the file.")
    write("no_trees", {"objective": "binary:logistic", "base_score": 0.25}, binary, 0, "A forest of no tree.")
    write("targets", {"objective": "reg:squarederror", "base_score": 0.5}, targets, 3, "Two targets, one tree each.")
    mixed = values.copy()
    mixed[:, 0] = np.random.default_rng(SEED + 23).integers(0, 40, len(values))
    write(
        "categories",
        {"objective": "binary:logistic", "tree_method": "hist", "max_cat_to_onehot": 2},
        (np.sin(mixed[:, 0]) > 0).astype(np.float32),
        3,
        "The binary form knows no categories.",
        data=mixed,
        old=False,
        feature_types=["c", "q", "q", "q", "q", "q"],
    )
    if VERSION >= (2, 0):
        write(
            "vector_leaves",
            {"multi_strategy": "multi_output_tree", "tree_method": "hist"},
            targets,
            3,
            "Values of leaves stand among `base_weights`.",
            old=False,
        )
    if VERSION < (2, 0):
        booster = train_xgboost({"objective": "binary:logistic", "base_score": 0.37}, values, binary, 4)
        content = before_version_1(old_binary(booster), -0.5322168)
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "xgboost.model"
            path.write_bytes(content)
            loaded = xgboost.Booster(model_file=str(path))
        write_xgboost(
            root,
            PREFIX + "before_1_0",
            loaded,
            values,
            "The form of versions before 1.0, made by hand; answers by the version that read it.",
            binary=content,
        )
        shutil.rmtree(root / "xgboost_json" / (PREFIX + "before_1_0"))


if __name__ == "__main__":
    main()
