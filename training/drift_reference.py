"""Describes a sample as `rowan drift reference` does: quantile bins of every feature and output, as reference.json.

Its format and how edges are chosen stand in the documentation of Rowan's module ModelMonitoring, article
DriftReferenceFile. Both programs give the same file for the same numbers.
"""

import json

import numpy as np

BINS = 10


def edges_of(present, bins=BINS):
    """Edges between bins: quantiles, or every value but the least where there are few."""
    distinct = np.unique(present)
    if len(distinct) <= bins:
        candidates = distinct
    else:
        candidates = np.sort(present)[[index * len(present) // bins for index in range(1, bins)]]
    candidates = np.unique(candidates)
    return candidates[(candidates > distinct[0]) & np.isfinite(candidates)] if len(distinct) else candidates


def variable(name, values, element=None, bins=BINS):
    """One feature, or one element of an output."""
    values = np.asarray(values, dtype=np.float64)
    present = values[~np.isnan(values)]
    edges = edges_of(present, bins)
    counts = np.bincount(np.searchsorted(edges, present, side="right"), minlength=len(edges) + 1)
    described = {"name": name}
    if element is not None:
        described["element"] = element
    described["missing"] = int(len(values) - len(present))
    finite = present[np.isfinite(present)]
    if len(finite):
        described |= {"min": float(finite.min()), "max": float(finite.max())}
    return described | {"edges": edges.tolist(), "counts": counts.tolist()}


def reference(values, feature_names, outputs, anomaly_rate):
    """A whole reference.

    `values` are rows × features as the model sees them; `outputs` are (name, element, values of all rows).
    """
    return {
        "rowan_drift_reference": 1,
        "rows": len(values),
        "anomaly_rate": anomaly_rate,
        "features": [variable(name, values[:, column]) for column, name in enumerate(feature_names)],
        "outputs": [variable(name, output, element) for name, element, output in outputs],
    }


def write(path, described):
    """A line for each variable, so that versions can be compared."""
    lists = {key: described[key] for key in ("features", "outputs")}
    head = {key: value for key, value in described.items() if key not in lists}
    text = json.dumps(head)[:-1]
    for key, variables in lists.items():
        text += f',\n"{key}": [\n' + ",\n".join(json.dumps(one) for one in variables) + "\n]"
    path.write_text(text + "}\n")
