"""What the fixture scripts share: training data, rows that betray a wrong evaluation, and the folder of one case."""

import json
import platform

import numpy as np

SEED = 20261121
FLOAT32 = np.finfo(np.float32)
FLOAT64 = np.finfo(np.float64)
SPECIAL_VALUES = np.array(
    [0.0, -0.0, 1e-45, -1e-45, FLOAT32.tiny, -FLOAT32.tiny, 1e-35, 1e30, -1e30, FLOAT32.max, -FLOAT32.max],
    dtype=np.float32,
)
SPECIAL_DOUBLES = np.concatenate(
    [SPECIAL_VALUES.astype(np.float64), [5e-324, -5e-324, 1e-300, 0.1, 1e300, FLOAT64.max, -FLOAT64.max]]
)
INFINITIES = np.array([np.inf, -np.inf], dtype=np.float32)
SUFFIXES = {"float32": "f32", "float64": "f64", "int32": "i32", "int64": "i64"}


def training_data(seed, rows, features):
    """Features of several scales, as float32, and a noisy non-linear score of them."""
    generator = np.random.default_rng(seed)
    scales = 10.0 ** generator.integers(-3, 4, size=features)
    unit = generator.standard_normal((rows, features))
    score = unit[:, 0] + unit[:, 1] * unit[:, 2] + np.sin(2 * unit[:, 3]) + 0.3 * generator.standard_normal(rows)
    values = (unit * scales).astype(np.float32)
    values[:, -1] = np.round(unit[:, -1])
    return values, score


def hostile_rows(seed, ordinary, thresholds, nan, counts=(80, 48, 32)):
    """Rows that a wrong comparison, a wrong default or a lost sign would betray, in the precision of `ordinary`.

    `thresholds` holds one array per feature. Without `nan`, no row holds one. `counts` are the rows near thresholds,
    mixed with special values, and plain; one row of each special value follows.
    """
    generator = np.random.default_rng(seed)
    features = ordinary.shape[1]
    number = ordinary.dtype.type
    specials = [SPECIAL_VALUES if number is np.float32 else SPECIAL_DOUBLES, INFINITIES, [np.nan] if nan else []]
    specials = np.concatenate([np.asarray(part, dtype=number) for part in specials])
    near_count, mixed_count, plain_count = counts

    near = ordinary[generator.integers(0, len(ordinary), size=near_count)].copy()
    for row in near:
        for feature in range(features):
            if len(thresholds[feature]) and generator.random() < 0.7:
                threshold = number(generator.choice(thresholds[feature]))
                side = generator.integers(0, 3)
                row[feature] = threshold if side == 0 else np.nextafter(threshold, number(INFINITIES[side - 1]))

    mixed = ordinary[generator.integers(0, len(ordinary), size=mixed_count)].copy()
    hit = generator.random(mixed.shape) < 0.4
    mixed[hit] = generator.choice(specials, size=int(hit.sum()))

    uniform = np.repeat(specials[:, None], features, axis=1)
    plain = ordinary[generator.integers(0, len(ordinary), size=plain_count)]
    return np.ascontiguousarray(np.concatenate([plain, near, mixed, uniform]), dtype=number)


def write_case(folder, model_file, model_bytes, inputs, arrays, facts):
    folder.mkdir(parents=True)
    (folder / model_file).write_bytes(model_bytes)
    for name, array in {"inputs": inputs, **arrays}.items():
        array = np.ascontiguousarray(array)
        array.astype(array.dtype.newbyteorder("<")).tofile(folder / f"{name}.{SUFFIXES[array.dtype.name]}")
    margin = arrays["expected_margin"]
    description = {
        "format": folder.parent.name,
        "model_file": model_file,
        "rows": len(inputs),
        "features": inputs.shape[1],
        "input_dtype": inputs.dtype.name,
        "trees": arrays["expected_leaves"].shape[1],
        "margin_dtype": margin.dtype.name,
        "margins_per_row": margin.size // len(inputs),
        "arrays": {
            f"{name}.{SUFFIXES[array.dtype.name]}": list(np.shape(array)) for name, array in sorted(arrays.items())
        },
        "command": "python training/make_fixtures.py Tests/TreeEnsemblesTests/Fixtures",
        "python": platform.python_version(),
        **facts,
    }
    (folder / "fixture.json").write_text(json.dumps(description, indent=2) + "\n")
