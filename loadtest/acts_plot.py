"""One picture of the demonstration: who answered, the rollout, drift, accuracy and latency over the same seconds."""

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as pyplot  # noqa: E402
from acts import SHIFTED, UNSHIFTED  # noqa: E402
from charts import COLOURS  # noqa: E402

BIN_SECONDS = 0.5
VARIANTS = ("xgboost", "catboost", "candidate")


def draw(crowd, watch, marks, folder):
    """Writes demonstration.svg and demonstration.png."""
    began = marks[0][0]
    answers = [answer for answer in crowd.answers if answer.time >= began]
    seconds = max(answer.time for answer in answers) - began
    bins = np.arange(0, seconds, BIN_SECONDS)
    number = np.array([int((answer.time - began) / BIN_SECONDS) for answer in answers])
    figure, panels = pyplot.subplots(5, 1, figsize=(11, 12), sharex=True, height_ratios=[3, 2, 2, 2, 2])
    answered(panels[0], answers, number, bins, watch, began)
    stepped(panels[1], "rollout", watch, began)
    drifted(panels[2], watch, began)
    judged(panels[3], watch, began)
    timed(panels[4], answers, number, bins)
    for panel in panels:
        panel.grid(color="#e3e7eb")
        panel.set_axisbelow(True)
        panel.spines[["top", "right"]].set_visible(False)
        for time, _ in marks:
            panel.axvline(time - began, color="#9aa5b1", linewidth=0.8)
        if panel.get_yscale() == "log":
            panel.yaxis.set_major_formatter("{x:g}")
            panel.yaxis.set_minor_formatter("")
        panel.legend(loc="center left", bbox_to_anchor=(1.07, 0.5), frameon=False, fontsize=9)
    figure.align_ylabels(panels)
    for index, (time, _) in enumerate(marks):
        place = (time - began, 1.02)
        panels[0].annotate(str(index + 1), place, xycoords=("data", "axes fraction"), fontsize=10, weight="bold")
    panels[-1].set_xlabel("seconds")
    panels[-1].set_xlim(0, seconds)
    titles = [f"{index + 1}  {title}" for index, (_, title) in enumerate(marks)]
    figure.text(0.08, 0.005, "\n".join(titles), fontsize=9, va="bottom", color="#3a4450")
    figure.suptitle(f"{len(answers):,} requests of {len(crowd.users):,} users in {seconds:.0f} seconds", weight="bold")
    figure.subplots_adjust(left=0.08, right=0.78, top=0.94, bottom=0.05 + 0.013 * len(marks), hspace=0.22)
    for kind in ("svg", "png"):
        figure.savefig(folder / f"demonstration.{kind}", dpi=110)
    pyplot.close(figure)


def answered(panel, answers, number, bins, watch, began):
    """Parts of each half second, and the shares that were to be."""
    variant = np.array([VARIANTS.index(answer.variant) if answer.variant in VARIANTS else -1 for answer in answers])
    total = np.maximum(np.bincount(number, minlength=len(bins))[: len(bins)], 1)
    for index, name in enumerate(VARIANTS):
        part = np.bincount(number[variant == index], minlength=len(bins))[: len(bins)] / total
        panel.plot(bins + BIN_SECONDS / 2, part, color=COLOURS[index], linewidth=1.4, label=f"{name}, answers")
        times, shares = points(watch, f"share {name}", began)
        style = {"color": COLOURS[index], "linewidth": 1, "linestyle": ":"}
        panel.step(times, shares, where="post", label=f"{name}, share", **style)
    panel.set_ylim(-0.02, 1.02)
    panel.set_ylabel("part of the answers")


def stepped(panel, name, watch, began):
    times, shares = points(watch, name, began)
    panel.step(times, shares, where="post", color=COLOURS[2], label="candidate's share")
    panel.set_ylim(-4, 104)
    panel.set_ylabel("rollout, %")


def drifted(panel, watch, began):
    for index, name in enumerate((SHIFTED, UNSHIFTED)):
        panel.plot(*points(watch, f"psi {name}", began), color=COLOURS[index + 3], label=name)
    panel.axhline(0.1, color="#e69f00", linewidth=0.8, linestyle="--", label="warning, 0.1")
    panel.axhline(0.3, color="#c0392b", linewidth=0.8, linestyle="--", label="alert, 0.3")
    panel.set_yscale("log")
    panel.set_ylabel("PSI")


def judged(panel, watch, began):
    panel.plot(*points(watch, "model_accuracy", began), color=COLOURS[0], label="accuracy, XGBoost")
    panel.set_ylabel("accuracy")
    right = panel.twinx()
    right.plot(*points(watch, "anomaly_rate", began), color=COLOURS[1], linewidth=1)
    right.tick_params(axis="y", labelcolor=COLOURS[1])
    right.spines[["top"]].set_visible(False)
    panel.plot([], [], color=COLOURS[1], linewidth=1, label="anomaly rate (right)")


def timed(panel, answers, number, bins):
    milliseconds = np.array([answer.seconds * 1000 for answer in answers])
    for percentile, colour in ((50, COLOURS[5]), (99, COLOURS[3])):
        found = [np.percentile(milliseconds[number == index], percentile) if (number == index).any() else np.nan
                 for index in range(len(bins))]  # fmt: skip
        panel.plot(bins + BIN_SECONDS / 2, found, color=colour, label=f"p{percentile}, seen by clients")
    panel.set_ylim(bottom=0)
    panel.set_ylabel("milliseconds")


def points(watch, name, began):
    """Times and values; a value that was not there breaks the line."""
    found = watch.series.get(name, [])
    return [time - began for time, _ in found], [np.nan if value is None else value for _, value in found]
