"""Neurofeedback as a fake that writes down what it is asked, and is as the test has it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from recording_engine import NOW

from companion.feedback import checklist
from companion.feedback.figures import Interval
from companion.feedback.port import AlphaSearch, Choice, Option, TrainingPort
from companion.feedback.progress import Point, Progress, Week
from companion.feedback.report import NO_CLAIM, SEALED
from companion.feedback.reported import BlockFigures, Report
from companion.feedback.svg import Line, Plot, drawn
from companion.feedback.types import OVER, Phase, Snapshot
from embeddings.feedback.plan import AlphaFrequency
from index.trainings import Training

T = TypeVar("T")
DAY = 86_400.0

CALM = Option("calm", "Calm up", "The scene follows your alpha rhythm.", note="8 to 12 Hz is used.")
SMR = Option("smr", "SMR up", "The scene follows the rhythm of 12 to 15 Hz.", obstacle="No electrode is left.")
DIRECTION = Option("direction", "Towards a state", "The scene follows how near you are.", towards=True)
IDLE = Snapshot(Phase.DONE, sentence="No training runs.")
WAITING = Snapshot(Phase.WAITING, blocks=3, left=60, left_all=700, sentence="Waiting for the headset.")
BLOCK = Snapshot(
    Phase.BLOCK, 0.6, rewarded=True, block=2, blocks=3, left=75, left_all=315, sentence="Block 2 of 3.", time=NOW
)
MUTED = replace(BLOCK, rewarded=False, muted=True, why="blink", sentence="Nothing is rewarded just now: blink.")
PAUSED = replace(BLOCK, phase=Phase.PAUSED, value=None, rewarded=False, sentence="Paused.")
DONE = Snapshot(Phase.DONE, blocks=3, sentence="Done. The report is ready.")
FOUND = AlphaFrequency(10.2, 10.3, 9.9, 10.5, 0.6, 20, "Your alpha frequency is 10.2 Hz (9.9 to 10.5).")


def facts(**other: Any) -> dict[str, Any]:
    return {
        "device": "Muse 2",
        "electrodes": ["TP9", "TP10"],
        "left_out": [],
        "up": [[8.0, 12.0]],
        "under": [],
        "inhibits": [[22.0, 30.0]],
        "rate": 0.6,
        "alpha": 10.2,
        "modality": "scene",
        "strategy": "",
        "delay": 0.6,
        "step": 0.05,
        "seal": "",
        "baseline": [0.0, 1.0],
        "words": ["", "blink"],
        "ended": "done",
    } | other


def training(
    number: int, *, blind: bool = False, told: bool = False, ago: float = DAY, still: bool = False
) -> Training:
    start = NOW - ago
    return Training(
        id=number,
        time_start=start,
        time_end=start + 600,
        protocol="calm",
        blind=blind,
        open=still,
        facts=facts(seal="5ea1" * 16 if blind else ""),
        answers={},
        markers=(),
        unblinded=NOW if told else None,
    )


def report(session: Training, *, sham: bool = False) -> Report:
    """Return a report of three blocks, as `companion.feedback.report.of` would make it."""
    sealed = session.sealed
    value = None if sealed else Interval(0.4, 0.1, 0.7)
    blocks = tuple(
        BlockFigures(number, 180.0, Interval(0.6, 0.55, 0.65), 0.08, None if sealed or number == 1 else value)
        for number in (1, 2, 3)
    )
    times = np.linspace(1, 12, 300)
    shown = drawn(Plot("What was shown", "minutes", "scene", (Line(times, 0.5 + 0.3 * np.sin(times)),), ((1, 4),)))
    made = Report(
        training=session,
        sham=None if sealed or not session.blind else sham,
        blocks=blocks,
        rewarded=Interval(0.6, 0.55, 0.65),
        muted=0.08,
        whys=(("blink", 0.08),),
        change=None if sealed else Interval(0.2, -0.1, 0.5),
        value=value,
        inhibits=(),
        items=(),
        pictures={} if sealed else {"shown": shown, "measured": shown},
        sentences=("Calm up: 3 blocks.", SEALED if sealed else NO_CLAIM),
    )
    return replace(made, items=checklist.items(session, made))


def progress() -> Progress:
    points = tuple(Point(at, NOW - (20 - 3 * at) * DAY, 0.1 * at, at == 2) for at in range(6))
    weeks = (Week(1, 2, None), Week(2, 3, Interval(0.3, 0.1, 0.5)))
    return Progress("calm", points, weeks, Interval(0.1, -0.1, 0.3), None, 1, "5 sessions: +0.10 spreads a week.", "")


class RecordingTraining:
    """Is as it is told to be."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.offered: tuple[Option, ...] = (CALM, SMR, DIRECTION)
        self.known_tags: tuple[str, ...] = ("deep", "at ease")
        self.now = IDLE
        self.seal = ""
        self.number: int | None = None
        self.starting: Future[None] = done(None)
        self.seeking: Future[None] = done(None)
        self.search = AlphaSearch()
        self.kept: dict[int, Training] = {}
        self.sham = False
        self.failing: Exception | None = None

    @property
    def running(self) -> bool:
        return self.now.phase not in OVER

    def options(self) -> Future[tuple[Option, ...]]:
        self.calls.append(("options",))
        return done(self.offered)

    def tags(self) -> Future[tuple[str, ...]]:
        return done(self.known_tags)

    def start(self, choice: Choice) -> Future[None]:
        self.calls.append(("start", choice))
        if self.starting.done() and self.starting.exception() is None:
            self.now = WAITING
        return self.starting

    def pause(self) -> None:
        self.calls.append(("pause",))
        if self.now.phase is Phase.BLOCK:
            self.now = PAUSED

    def go_on(self) -> None:
        self.calls.append(("go on",))
        self.now = BLOCK

    def end(self) -> None:
        self.calls.append(("end",))
        self.now = replace(DONE, phase=Phase.ENDED)

    def snapshot(self) -> Snapshot:
        self.calls.append(("snapshot",))
        return self.now

    def seek_alpha(self) -> Future[None]:
        self.calls.append(("seek",))
        return self.seeking

    def leave_alpha(self) -> None:
        self.calls.append(("leave",))
        self.search = AlphaSearch(sentence="The search was broken off.")

    def alpha(self) -> AlphaSearch:
        return self.search

    def sessions(self) -> Future[tuple[Training, ...]]:
        self.calls.append(("sessions",))
        return done(tuple(sorted(self.kept.values(), key=lambda one: -one.time_start)))

    def report(self, number: int) -> Future[Report]:
        self.calls.append(("report", number))
        if self.failing is not None:
            failed: Future[Report] = Future()
            failed.set_exception(self.failing)
            return failed
        return done(report(self.kept[number], sham=self.sham))

    def progress(self, protocol: str) -> Future[Progress]:
        self.calls.append(("progress", protocol))
        return done(progress())

    def answer(self, number: int, answers: Mapping[str, str]) -> Future[None]:
        self.calls.append(("answer", number, dict(answers)))
        kept = self.kept[number]
        self.kept[number] = replace(kept, answers={**kept.answers, **answers})
        return done(None)

    def unblind(self, number: int) -> Future[bool | None]:
        self.calls.append(("unblind", number))
        self.kept[number] = replace(self.kept[number], unblinded=NOW)
        return done(self.sham)

    def forget(self, number: int) -> Future[None]:
        self.calls.append(("forget", number))
        del self.kept[number]
        return done(None)

    def asked(self, what: str) -> list[tuple[Any, ...]]:
        return [call for call in self.calls if call[0] == what]


_port: type[TrainingPort] = RecordingTraining  # mypy compares them


def done(result: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(result)
    return future
