"""Small line plots as SVG text, in the colour of the text around them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 28, 36
TICKS = 5  # at most about so many

Numbers = NDArray[np.float64]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """Points in order, ``float64[n]`` each; broken where ``y`` is nan. ``low`` and ``high`` bound a shade around it."""

    x: Numbers
    y: Numbers
    low: Numbers | None = None
    high: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn: ``shades`` are stretches of x behind the lines; ``y`` is its range, None for that of the lines."""

    title: str
    x_name: str
    y_name: str
    lines: tuple[Line, ...]
    shades: tuple[Range, ...] = ()
    y: Range | None = None


def drawn(plot: Plot) -> str:
    """Return the SVG."""
    across, up = _range([line.x for line in plot.lines]), plot.y or _y_range(plot.lines)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(plot.title)}" font-family="sans-serif" font-size="11" fill="currentColor">'
    )
    parts = [
        head,
        f'<text x="{LEFT}" y="16" font-size="13">{escape(plot.title)}</text>',
        *(_shade(span, across) for span in plot.shades),
        *_axes(plot, across, up),
        *(_band(line, across, up) for line in plot.lines if line.low is not None),
        *(_path(run, across, up) for line in plot.lines for run in _runs(line)),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part)


def _range(arrays: list[Numbers]) -> Range:
    known = np.concatenate([array[np.isfinite(array)] for array in arrays] or [np.empty(0)])
    if not known.size:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _y_range(lines: tuple[Line, ...]) -> Range:
    edges = [part for line in lines for part in (line.y, line.low, line.high) if part is not None]
    low, high = _range(edges)
    margin = 0.05 * (high - low)
    return low - margin, high + margin


def _x(value: float, across: Range) -> float:
    return LEFT + (value - across[0]) / (across[1] - across[0]) * (WIDTH - LEFT - RIGHT)


def _y(value: float, up: Range) -> float:
    share = min(max((value - up[0]) / (up[1] - up[0]), 0.0), 1.0)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _shade(span: Range, across: Range) -> str:
    begin, end = _x(span[0], across), _x(span[1], across)
    width = max(end - begin, 1.0)
    return f'<rect x="{begin:.1f}" y="{TOP}" width="{width:.1f}" height="{HEIGHT - TOP - BOTTOM}" fill-opacity="0.08"/>'


def _axes(plot: Plot, across: Range, up: Range) -> list[str]:
    parts = []
    for value in _ticks(across):
        at = _x(value, across)
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - 20}" text-anchor="middle">{value:g}</text>')
    for value in _ticks(up):
        at = _y(value, up)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="currentColor" '
            'stroke-opacity="0.15"/>'
        )
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{value:g}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 4}" text-anchor="middle">{escape(plot.x_name)}</text>')
    turned = f'transform="rotate(-90 12 {middle:g})"'
    parts.append(f'<text x="12" y="{middle:g}" text-anchor="middle" {turned}>{escape(plot.y_name)}</text>')
    return parts


def _ticks(between: Range) -> list[float]:
    """Return round numbers within a range: steps of 1, 2 or 5 times a power of ten."""
    low, high = between
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * unit for unit in (1, 2, 5, 10) if power * unit >= rough)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _runs(line: Line) -> list[tuple[Numbers, Numbers]]:
    """Return the stretches without a gap."""
    known = np.isfinite(line.y) & np.isfinite(line.x)
    cuts = np.flatnonzero(np.diff(known.astype(np.int8))) + 1
    runs = zip(np.split(line.x, cuts), np.split(line.y, cuts), np.split(known, cuts), strict=True)
    return [(x, y) for x, y, there in runs if there.size and there[0]]


def _path(run: tuple[Numbers, Numbers], across: Range, up: Range) -> str:
    points = " ".join(f"{_x(x, across):.1f},{_y(y, up):.1f}" for x, y in zip(*run, strict=True))
    if len(run[0]) == 1:
        x, y = points.split(",")
        return f'<circle cx="{x}" cy="{y}" r="2"/>'
    return f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/>'


def _band(line: Line, across: Range, up: Range) -> str:
    if line.low is None or line.high is None:
        return ""
    there = np.isfinite(line.low) & np.isfinite(line.high)
    over = [f"{_x(x, across):.1f},{_y(y, up):.1f}" for x, y in zip(line.x[there], line.high[there], strict=True)]
    under = [f"{_x(x, across):.1f},{_y(y, up):.1f}" for x, y in zip(line.x[there], line.low[there], strict=True)]
    return f'<polygon points="{" ".join([*over, *under[::-1]])}" fill-opacity="0.15"/>'
