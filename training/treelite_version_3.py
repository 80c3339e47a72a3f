"""Writes checkpoints of Treelite 3.9 into a folder; run by treelite_fixtures.py with a Python that has it."""

import sys
from pathlib import Path

import numpy as np
import treelite


def build(generator, values, trees, number, transform, classes=1, vector=False, average=False, categories=False):
    builder = treelite.ModelBuilder(
        num_feature=values.shape[1],
        num_class=classes,
        average_tree_output=average,
        threshold_type=number,
        leaf_output_type=number,
        pred_transform=transform,
        sigmoid_alpha=1.3 if transform == "sigmoid" else 1.0,
        global_bias=0.0 if average else 0.3,
    )
    for _ in range(trees):
        tree = treelite.ModelBuilder.Tree(threshold_type=number, leaf_output_type=number)
        for node in range(15):
            if node >= 7:
                value = generator.random(classes).tolist() if vector else float(np.float32(generator.normal()))
                tree[node].set_leaf_node(value, leaf_value_type=number)
                continue
            feature = int(generator.integers(0, values.shape[1]))
            default_left = bool(generator.random() < 0.5)
            children = {"left_child_key": 2 * node + 1, "right_child_key": 2 * node + 2}
            if categories and feature == 2:
                members = sorted(int(one) for one in set(generator.integers(0, 40, size=6)))
                tree[node].set_categorical_test_node(feature, members, default_left, **children)
                continue
            tree[node].set_numerical_test_node(
                feature,
                str(generator.choice(["<", "<=", ">", ">="])),
                float(generator.choice(values[:, feature])),
                default_left,
                threshold_type=number,
                **children,
            )
        tree[0].set_root()
        builder.append(tree)
    return builder.commit()


def main():
    folder = Path(sys.argv[1])
    values = np.load(folder / "values.npy")
    generator = np.random.default_rng(20261121)
    models = {
        "binary_missing": build(generator, values, 4, "float32", "sigmoid"),
        "doubles": build(generator, values, 4, "float64", "identity"),
        "classes": build(generator, values, 6, "float32", "softmax", classes=3),
        "vectors": build(
            generator, values, 4, "float64", "identity_multiclass", classes=3, vector=True, average=True
        ),
        "categories": build(generator, values, 4, "float32", "exponential", categories=True),
    }
    for name, model in models.items():
        model.serialize(str(folder / f"{name}.tl"))


if __name__ == "__main__":
    main()
