"""How a protocol went over weeks, with intervals over sessions. No word on what it does to anyone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from companion.feedback import blocks, comparable, figures
from companion.feedback.figures import Interval
from companion.feedback.svg import Line, Plot, drawn
from index import trainings
from index.store import Store
from index.trainings import Training

WEEK_SECONDS = 7 * 86_400.0
MIXED = "{} sessions: no trend, as it was not kept what each of them went towards."
SEALED = "{} blind sessions are left out until you ask what was drawn."


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
    """Sessions of one kind; those on a made-up signal or a recording that was played are left out.

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


def of(store: Store, kind: str) -> Progress:
    """Return how a protocol went; of a direction, towards what the newest session went unless ``kind`` tells.

    ``kind`` is a protocol's name or what `comparable.kind` tells of a session.
    """
    protocol = kind.partition(":")[0]
    found, left_out = _alike(store, kind)
    sealed = sum(one.sealed for one in found)
    points = tuple(point for one in found if not one.sealed and (point := _point(store, one)) is not None)
    own = [point for point in points if not point.sham]
    begin = own[0].time if own else 0.0
    weeks = np.array([(point.time - begin) / WEEK_SECONDS for point in own])
    values = np.array([point.value for point in own])
    replays = np.array([point.value for point in points if point.sham])
    mixed = bool(found) and comparable.mixed(found[-1])
    slope = None if mixed else figures.slope(weeks, values)
    trend = MIXED.format(len(own)) if mixed else _trend(len(own), slope)
    told = [trend, *_changed(found, own), *left_out, SEALED.format(sealed) if sealed else ""]
    return Progress(
        protocol,
        points,
        () if mixed else tuple(_week(number, weeks, values) for number in sorted({int(week) for week in weeks})),
        slope,
        None if mixed else figures.difference(values, replays),
        sealed,
        " ".join(filter(None, told)),
        _picture(weeks, values),
    )


def _alike(store: Store, kind: str) -> tuple[list[Training], list[str]]:
    """Return the sessions that can be compared, in order, and in sentences what is left out."""
    there = [one for one in reversed(trainings.all_of(store, protocol=kind.partition(":")[0])) if not one.open]
    worn = [one for one in there if not comparable.simulated(one)]
    wanted = kind if ":" in kind or not worn else comparable.kind(worn[-1])
    found = [one for one in worn if comparable.kind(one) == wanted]
    told = []
    if found and (towards := comparable.towards(found[-1])):
        told.append(f"All went towards {towards}.")
    if others := len(worn) - len(found):
        told.append(f"{others} towards others are left out.")
    if simulated := len(there) - len(worn):
        told.append(f"{simulated} on a simulated headset or a recording that was played are left out.")
    return found, told


def _point(store: Store, training: Training) -> Point | None:
    """Return a session's mean; None where too little of its blocks is known to tell, as in its report."""
    if not training.facts["baseline"]:
        return None
    draw, hidden = trainings.hidden(store, training.id)
    series, step = trainings.series(store, training.id), float(training.facts["step"])
    mean, spread = training.facts["baseline"]
    values = (np.asarray(hidden["value"], np.float64) - mean) / spread
    numbers = blocks.numbers(series)
    known = sum(int(np.isfinite(blocks.pieces(series, values, number, step)).sum()) for number in numbers)
    if known < figures.LEAST_PIECES:
        return None
    unmuted = np.concatenate([blocks.unmuted(series, values, number) for number in numbers])
    sham = bool(draw and json.loads(draw)["sham"])
    return Point(training.id, training.time_start, float(np.nanmean(unmuted)), sham)


def _week(number: int, weeks: figures.Numbers, values: figures.Numbers) -> Week:
    own = values[weeks.astype(int) == number]
    return Week(number + 1, own.size, figures.mean(own))


def _trend(count: int, slope: Interval | None) -> str:
    if slope is None:
        return f"{count} sessions: too few to tell a trend."
    sure = slope.low > 0 or slope.high < 0
    doubt = "" if sure else " That may well be no change."
    return f"{count} sessions: {slope.value:+.2f} spreads a week ({slope.low:+.2f} to {slope.high:+.2f}).{doubt}"


def _changed(found: Sequence[Training], own: Sequence[Point]) -> Iterator[str]:
    """Yield what was not measured alike in the sessions of a trend."""
    numbers = {point.training_id for point in own}
    changed = comparable.changed([one for one in found if one.id in numbers])
    if changed:
        yield f"Not in all of them were the {' and the '.join(changed)} the same: what that moves is no progress."


def _picture(weeks: figures.Numbers, values: figures.Numbers) -> str:
    line = Line(weeks + 1, values)
    return drawn(Plot("Sessions", "week", "spreads from the baseline", (line,)))
