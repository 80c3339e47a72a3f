"""Line charts over time as SVG, without a library: they stand in the page itself and need nothing to be shown."""

import math
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 860, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 14, 44, 34
# Distinguishable for colour-blind readers (Okabe and Ito).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
MARK_COLOURS = {"good": "#9aa5b1", "bad": "#c0392b"}
FONT = "font-family='system-ui, sans-serif' font-size='12'"


@dataclass
class Chart:
    """`series` maps names to points (seconds, value); `marks` are (seconds, text, kind "good" or "bad").

    With `ticks`, pairs of a position and a text, the horizontal axis is not one of seconds.
    """

    name: str
    title: str
    unit: str
    series: dict
    seconds: float
    marks: list = field(default_factory=list)
    logarithmic: bool = False
    ticks: list = field(default_factory=list)

    def svg(self):
        low, high, ticks = self.vertical()
        parts = [
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='img' {FONT} fill='#3a4450'>",
            f"<title>{escape(self.title)}</title>",
            f"<rect width='{WIDTH}' height='{HEIGHT}' fill='#ffffff'/>",
            f"<text x='{LEFT}' y='16' font-weight='600'>{escape(self.title)}</text>",
        ]
        parts += self.grid(ticks, low, high)
        parts += self.mark_lines()
        parts += self.legend()
        for (_, points), colour in zip(self.series.items(), COLOURS * 3):
            parts += self.line(points, colour, low, high)
        return "\n".join([*parts, "</svg>"]) + "\n"

    def vertical(self):
        values = [value for points in self.series.values() for _, value in points if value is not None]
        values = values or [0.0]
        if self.logarithmic:
            positive = [value for value in values if value > 0] or [1.0]
            low = 10.0 ** math.floor(math.log10(min(positive)))
            high = 10.0 ** math.ceil(math.log10(max(positive)) + 1e-9)
            if high <= low:
                high = low * 10
            decades = round(math.log10(high / low))
            return low, high, [low * 10.0**step for step in range(decades + 1)]
        ticks = linear_ticks(max(max(values), 1e-9))
        return 0.0, ticks[-1], ticks

    def x(self, seconds):
        return LEFT + (WIDTH - LEFT - RIGHT) * seconds / max(self.seconds, 1e-9)

    def y(self, value, low, high):
        if self.logarithmic:
            share = math.log10(max(value, low) / low) / math.log10(high / low)
        else:
            share = (value - low) / (high - low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(share, 1.0)

    def grid(self, ticks, low, high):
        for tick in ticks:
            y = self.y(tick, low, high)
            yield f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}' stroke='#e3e7eb'/>"
            yield f"<text x='{LEFT - 6}' y='{y + 4:.1f}' text-anchor='end'>{figure(tick)}</text>"
        yield f"<text x='{WIDTH - RIGHT}' y='16' text-anchor='end'>{escape(self.unit)}</text>"
        seconds = [(tick, f"{figure(tick)} s") for tick in linear_ticks(self.seconds, 8) if tick <= self.seconds]
        for position, text in self.ticks or seconds:
            anchor = "end" if position >= self.seconds else "middle"
            yield (
                f"<text x='{self.x(position):.1f}' y='{HEIGHT - BOTTOM + 18}' text-anchor='{anchor}'>"
                f"{escape(text)}</text>"
            )

    def mark_lines(self):
        """What is bad crosses the chart, what is good stands at its foot."""
        for seconds, text, kind in self.marks:
            x = f"{self.x(seconds):.1f}"
            top = TOP if kind == "bad" else HEIGHT - BOTTOM - 8
            yield (
                f"<line x1='{x}' x2='{x}' y1='{top}' y2='{HEIGHT - BOTTOM}' stroke='{MARK_COLOURS[kind]}'>"
                f"<title>{seconds:.1f} s: {escape(text)}</title></line>"
            )

    def legend(self):
        x = LEFT
        for name, colour in zip(self.series, COLOURS * 3):
            yield f"<line x1='{x}' x2='{x + 16}' y1='30' y2='30' stroke='{colour}' stroke-width='2.5'/>"
            yield f"<text x='{x + 21}' y='34'>{escape(name)}</text>"
            x += 36 + 7 * len(name)

    def line(self, points, colour, low, high):
        """A line is broken where a value is missing."""
        pieces, piece = [], []
        for seconds, value in points:
            if value is None:
                pieces.append(piece)
                piece = []
            else:
                piece.append(f"{self.x(seconds):.1f},{self.y(value, low, high):.1f}")
        for places in [*pieces, piece]:
            if places:
                yield (
                    f"<polyline points='{' '.join(places)}' fill='none' stroke='{colour}' stroke-width='1.8' "
                    "stroke-linejoin='round' stroke-linecap='round'/>"
                )


def linear_ticks(highest, at_most=5):
    """Round numbers from zero to the first that is not below `highest`."""
    raw = highest / at_most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    return [step * index for index in range(math.ceil(highest / step - 1e-9) + 1)]


def figure(value):
    """A number as short as its size allows."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
