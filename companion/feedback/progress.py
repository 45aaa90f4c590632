"""How a protocol went over weeks, with intervals over sessions. No word on what it does to anyone."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from companion.feedback import figures
from companion.feedback.figures import Interval
from companion.feedback.kept import BLOCK
from companion.feedback.svg import Line, Plot, drawn
from index import trainings
from index.store import Store
from index.trainings import Training

WEEK_SECONDS = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Point:
    """One session: UTC seconds, and the mean of what was trained, in spreads from its own baseline."""

    training_id: int
    time: float
    value: float
    sham: bool


@dataclass(frozen=True, slots=True)
class Week:
    """A week (of seven days from the first session): how many sessions, and their mean; None where they are too few."""

    number: int
    sessions: int
    value: Interval | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Sessions of one protocol.

    Attributes
    ----------
    points
        Sessions that may be told of, in order of time.
    weeks
        Those in which the person's own signal was shown, by week.
    slope
        By how much these rise a week.
    against_sham
        How much higher these are than those with a replay.
    sealed
        How many blind sessions are left out because nobody asked yet what was drawn.

    """

    protocol: str
    points: tuple[Point, ...]
    weeks: tuple[Week, ...]
    slope: Interval | None
    against_sham: Interval | None
    sealed: int
    sentence: str
    picture: str


def of(store: Store, protocol: str) -> Progress:
    """Return how a protocol went."""
    found = [one for one in reversed(trainings.all_of(store, protocol=protocol)) if not one.open]
    sealed = sum(one.sealed for one in found)
    points = tuple(point for one in found if not one.sealed and (point := _point(store, one)) is not None)
    own = [point for point in points if not point.sham]
    begin = own[0].time if own else 0.0
    weeks = np.array([(point.time - begin) / WEEK_SECONDS for point in own])
    values = np.array([point.value for point in own])
    slope = figures.slope(weeks, values)
    sham = figures.difference(values, np.array([point.value for point in points if point.sham]))
    return Progress(
        protocol,
        points,
        tuple(_week(number, weeks, values) for number in sorted({int(week) for week in weeks})),
        slope,
        sham,
        sealed,
        _sentence(len(own), slope, sealed),
        _picture(weeks, values),
    )


def _point(store: Store, training: Training) -> Point | None:
    """Return a session's mean; None where it never left its baseline or was muted throughout."""
    if not training.facts["baseline"]:
        return None
    draw, hidden = trainings.hidden(store, training.id)
    series = trainings.series(store, training.id)
    mean, spread = training.facts["baseline"]
    clean = (series["phase"] == BLOCK) & (series["muted"] == 0)
    values = np.asarray(hidden["value"], np.float64)[clean]
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    sham = bool(draw and json.loads(draw)["sham"])
    return Point(training.id, training.time_start, float((values.mean() - mean) / spread), sham)


def _week(number: int, weeks: figures.Numbers, values: figures.Numbers) -> Week:
    own = values[weeks.astype(int) == number]
    return Week(number + 1, own.size, figures.mean(own))


def _sentence(count: int, slope: Interval | None, sealed: int) -> str:
    left = f" {sealed} blind sessions are left out until you ask what was drawn." if sealed else ""
    if slope is None:
        return f"{count} sessions: too few to tell a trend.{left}"
    sure = slope.low > 0 or slope.high < 0
    doubt = "" if sure else " That may well be no change."
    return f"{count} sessions: {slope.value:+.2f} spreads a week ({slope.low:+.2f} to {slope.high:+.2f}).{doubt}{left}"


def _picture(weeks: figures.Numbers, values: figures.Numbers) -> str:
    line = Line(weeks + 1, values)
    return drawn(Plot("Sessions", "week", "spreads from the baseline", (line,)))
