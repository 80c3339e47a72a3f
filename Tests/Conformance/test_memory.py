"""What a model takes while it is read: the file, and not more than three times the forest that is made of it."""

import json
import os
import subprocess

from server_process import ROOT, binary_path

# A node of the finished forest: feature, value, two children, the missing side, a leaf's number and a cover.
NODE_BYTES = 4 + 8 + 4 + 4 + 1 + 4 + 8


PER_NODE = [
    "base_weights",
    "default_left",
    "left_children",
    "loss_changes",
    "parents",
    "right_children",
    "split_conditions",
    "split_indices",
    "split_type",
    "sum_hessian",
]
LINKS = ("left_children", "right_children", "parents")


def deepened(tree):
    """The tree with a copy of itself in place of each leaf, which is too deep for any engine but the walk."""
    deep = {name: list(tree[name]) for name in PER_NODE}
    for leaf in [node for node, child in enumerate(tree["left_children"]) if child < 0]:
        # The copy's root takes the leaf's place, its other nodes stand behind all others.
        offset = len(deep["parents"]) - 1
        for name in PER_NODE:
            moved = [link + offset if name in LINKS and link > 0 else link for link in tree[name]]
            if name == "parents":
                moved = [leaf if link == 0 else link for link in moved]
            elif name in LINKS:
                deep[name][leaf] = moved[0]
            else:
                deep[name][leaf] = tree[name][0]
            deep[name] += moved[1:]
    return tree | deep | {"tree_param": tree["tree_param"] | {"num_nodes": str(len(deep["parents"]))}}


def repeated(count):
    """A model of the sample's trees, deepened and repeated, and the number of its nodes."""
    model = json.loads((ROOT / "model_repository/xgboost_anomaly/1/model.json").read_text())
    booster = model["learner"]["gradient_booster"]["model"]
    booster["trees"] = [deepened(tree) for tree in booster["trees"][:20]] * count
    trees = len(booster["trees"])
    booster["tree_info"] = [0] * trees
    booster["iteration_indptr"] = list(range(trees + 1))
    booster["gbtree_model_param"]["num_trees"] = str(trees)
    model["learner"]["attributes"].pop("best_iteration", None)
    return json.dumps(model), sum(len(tree["left_children"]) for tree in booster["trees"])


def peak_of_check(repository):
    with open(os.devnull, "w") as nothing:
        process = subprocess.Popen([binary_path(), "check", str(repository)], stdout=nothing)
        _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return usage.ru_maxrss * 1024


def test_an_xgboost_model_takes_its_file_and_three_times_its_forest_at_most(tmp_path):
    sizes = []
    for count in (1, 20):
        text, nodes = repeated(count)
        folder = tmp_path / str(count) / "model" / "1"
        folder.mkdir(parents=True)
        (folder / "model.json").write_text(text)
        sizes.append((peak_of_check(tmp_path / str(count)), len(text), nodes * NODE_BYTES))
    (small_peak, _, _), (peak, file_bytes, forest_bytes) = sizes
    taken = peak - small_peak
    assert taken <= file_bytes + 3 * forest_bytes, f"{taken} bytes for {file_bytes} and a forest of {forest_bytes}"
    print(f"{(taken - file_bytes) / forest_bytes:.2f} times the forest")
