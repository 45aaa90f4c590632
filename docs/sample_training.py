# ruff: noqa: INP001  a script beside its pictures, not a package
"""Some weeks of training behind its port, for the pictures of the user guide. Made up."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sample_engine import DAY, MINUTE, NOW

from companion.feedback import checklist, figures, protocols
from companion.feedback.port import AlphaSearch, Choice, Option, TrainingPort
from companion.feedback.progress import Point, Progress, Week
from companion.feedback.report import NO_CLAIM, SEALED
from companion.feedback.reported import BlockFigures, Report
from companion.feedback.svg import Line, Plot, drawn
from companion.feedback.types import OVER, Phase, Snapshot
from embeddings.feedback.plan import AlphaFrequency
from index.trainings import Training

T = TypeVar("T")
ALPHA = AlphaFrequency(10.2, 10.3, 9.9, 10.5, 0.6, 21, "Your alpha frequency is 10.2 Hz (9.9 to 10.5).")
AGO = (24, 22, 20, 17, 16, 15, 13, 10, 9, 8, 6, 3, 2, 0.1)
"""Days since each session that was told; one more, blind, was yesterday."""
BLOCKS, STEP = 5, 2.0  # seconds from one value to the next
BASELINE_PIECES = 6.0  # of ten seconds, as those of the blocks
CALM = protocols.CALM
IN_BLOCK = Snapshot(
    Phase.BLOCK,
    0.74,
    rewarded=True,
    block=2,
    blocks=5,
    left=96,
    left_all=816,
    sentence=f"Block 2 of 5. {CALM.sentence}",
)
NOTES = {
    "engagement": "Your rest with these electrodes is not known. Calibrate focus to train by the focus score itself.",
    "calm": "Your own alpha frequency is used, 10.2 Hz.",
    "smr": "SMR up is meant for the middle; the nearest electrodes here are TP9, TP10. What they hear of it is weaker.",
}
OBSTACLES = {"direction": "How you are is not known with these electrodes yet: it takes an hour of recording."}


def _options() -> tuple[Option, ...]:
    offered = (one for one in protocols.PROTOCOLS if one.name != "focus")
    return tuple(
        Option(one.name, one.title, one.sentence, OBSTACLES.get(one.name, ""), NOTES.get(one.name, ""))
        for one in offered
    )


def _training(number: int, days: float, *, blind: bool) -> Training:
    facts: dict[str, Any] = {
        "device": "Muse 2",
        "electrodes": ["TP9", "TP10"],
        "left_out": [],
        "up": [[8.2, 12.2]],
        "under": [],
        "inhibits": [[22.0, 30.0]],
        "rate": 0.6,
        "alpha": 10.2,
        "modality": "scene and sound (pad)",
        "strategy": "breathe out slowly",
        "delay": 0.6,
        "seal": "7c1f" * 16 if blind else "",
        "baseline": [0.0, 1.0],
    }
    start = NOW - days * DAY
    end = start + 18 * MINUTE
    return Training(
        number, start, end, CALM.name, blind, open=False, facts=facts, answers={}, markers=(), unblinded=None
    )


def _report(training: Training) -> Report:
    """Return a report whose figures come from made-up series."""
    random = np.random.default_rng(training.id)
    sealed = training.sealed
    count = round(180 / STEP)
    series = [0.1 * at + np.convolve(random.normal(0, 1.2, count + 4), np.ones(5) / 5, "valid") for at in range(BLOCKS)]
    blocks = tuple(
        BlockFigures(
            at + 1,
            180.0,
            _share((part > np.quantile(part, 0.4)).astype(float)),
            0.04 + 0.02 * at,
            None if sealed else figures.stretch_against(figures.pieces(part, STEP), BASELINE_PIECES),
        )
        for at, part in enumerate(series)
    )
    parts = [figures.pieces(part, STEP) for part in series]
    found = Report(
        training=training,
        sham=None,
        blocks=blocks,
        rewarded=_share(np.concatenate([one > np.quantile(one, 0.4) for one in series]) * 1.0),
        muted=0.08,
        whys=(("blink", 0.05), ("jaw", 0.02), ("movement", 0.01)),
        change=None if sealed else figures.stretch_difference(parts[-1], parts[0]),
        value=None if sealed else figures.stretch_against(np.concatenate(parts), BASELINE_PIECES),
        inhibits=(),
        items=(),
        pictures={} if sealed else _pictures(series),
        sentences=(),
    )
    return replace(found, items=checklist.items(training, found), sentences=_sentences(found))


def _share(values: NDArray[np.float64]) -> figures.Interval | None:
    found = figures.stretch_mean(figures.pieces(values, STEP))
    return None if found is None else figures.Interval(found.value, max(0.0, found.low), min(1.0, found.high))


def _sentences(report: Report) -> tuple[str, ...]:
    rewarded, change = report.rewarded, report.change
    told = ["Calm up: 5 blocks."]
    if rewarded is not None:
        share = f"{rewarded.value:.0%} ({rewarded.low:.0%} to {rewarded.high:.0%})"
        told.append(f"Rewarded {share} of the unmuted time; 60% was set. Muted {report.muted:.0%} of the time.")
    if change is None:
        return (*told, SEALED)
    figure = f"{change.value:+.2f} spreads ({change.low:+.2f} to {change.high:+.2f})"
    doubt = "" if change.low > 0 or change.high < 0 else ", which may well be no change"
    return (*told, f"Last block against the first: {figure}{doubt}.", NO_CLAIM)


def _pictures(series: list[NDArray[np.float64]]) -> dict[str, str]:
    starts = [1 + at * 3.5 for at in range(BLOCKS)]
    shades = tuple((start, start + 3.0) for start in starts)
    gap = np.array([np.nan])
    minutes = [
        np.append(start + np.arange(len(one)) * STEP / 60, start + 3.2)
        for start, one in zip(starts, series, strict=True)
    ]
    times = np.concatenate(minutes)
    values = np.concatenate([np.append(one, gap) for one in series])
    shown = 1 / (1 + np.exp(-1.5 * (values + 0.2)))
    about = Plot("What was measured", "minutes", "spreads from the baseline", (Line(times, values),), shades)
    return {
        "shown": drawn(Plot("What was shown", "minutes", "scene, 0 to 1", (Line(times, shown),), shades, (0.0, 1.0))),
        "measured": drawn(about),
    }


def _progress() -> Progress:
    random = np.random.default_rng(4)
    points = tuple(
        Point(at, NOW - days * DAY, float(0.1 + 0.012 * (24 - days) + random.normal(0, 0.25)), at in {4, 9})
        for at, days in enumerate(AGO)
    )
    own = [one for one in points if not one.sham]
    weeks = np.array([(one.time - own[0].time) / (7 * DAY) for one in own])
    values = np.array([one.value for one in own])
    slope = figures.slope(weeks, values)
    told = "" if slope is None else f"{slope.value:+.2f} spreads a week ({slope.low:+.2f} to {slope.high:+.2f})."
    each = tuple(_week(number, weeks, values) for number in range(4))
    return Progress(
        CALM.name, points, each, slope, None, 1, f"{len(own)} sessions: {told} That may well be no change.", ""
    )


def _week(number: int, weeks: NDArray[np.float64], values: NDArray[np.float64]) -> Week:
    own = values[weeks.astype(int) == number]
    return Week(number + 1, own.size, figures.mean(own) or _wide(own))


def _wide(own: NDArray[np.float64]) -> figures.Interval | None:
    """Return a mean of few with the spread of all sessions."""
    return figures.Interval(float(own.mean()), float(own.mean()) - 0.3, float(own.mean()) + 0.3) if own.size else None


class SampleTraining:
    """Trains nothing."""

    def __init__(self, now: Snapshot | None = None) -> None:
        self._now = now or Snapshot(Phase.DONE, sentence="No training runs.")
        self._kept = [_training(31, AGO[-1], blind=False), _training(30, 1, blind=True)]
        self._kept += [_training(29 - at, days, blind=False) for at, days in enumerate(reversed(AGO[:-1]))]

    def options(self) -> Future[tuple[Option, ...]]:
        """Return most protocols, one of which cannot be trained."""
        return _done(_options())

    def tags(self) -> Future[tuple[str, ...]]:
        """Return some."""
        return _done(("deep work", "at ease"))

    def start(self, choice: Choice) -> Future[None]:
        """Nothing begins here."""
        del choice
        return _done(None)

    def pause(self) -> None:
        """Nothing runs."""

    def go_on(self) -> None:
        """Nothing runs."""

    def end(self) -> None:
        """Nothing runs."""

    def snapshot(self) -> Snapshot:
        """Return the same each time."""
        return self._now

    @property
    def running(self) -> bool:
        """Whether that is of a session."""
        return self._now.phase not in OVER

    @property
    def seal(self) -> str:
        """Nothing is drawn."""
        return ""

    @property
    def number(self) -> int | None:
        """Nothing is kept."""
        return None

    def seek_alpha(self) -> Future[None]:
        """Nothing is listened to."""
        return _done(None)

    def leave_alpha(self) -> None:
        """Nothing is listened to."""

    def alpha(self) -> AlphaSearch:
        """Return what an earlier search found."""
        return AlphaSearch(found=ALPHA)

    def sessions(self) -> Future[tuple[Training, ...]]:
        """Return some, newest first."""
        return _done(tuple(self._kept))

    def report(self, number: int) -> Future[Report]:
        """Return a made-up report."""
        return _done(_report(next(one for one in self._kept if one.id == number)))

    def progress(self, protocol: str) -> Future[Progress]:
        """Return some weeks."""
        del protocol
        return _done(_progress())

    def answer(self, number: int, answers: Mapping[str, str]) -> Future[None]:
        """Nothing is kept."""
        del number, answers
        return _done(None)

    def unblind(self, number: int) -> Future[bool | None]:
        """Nothing was drawn."""
        del number
        return _done(None)

    def forget(self, number: int) -> Future[None]:
        """Nothing is kept."""
        del number
        return _done(None)


_port: type[TrainingPort] = SampleTraining  # mypy compares them


def _done(result: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(result)
    return future
