"""What follows focus, as a fake that writes down what it is asked and answers when told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from recording_engine import NOW, RecordingEngine, status

from companion.deep_work.looking_back import Past, Point
from companion.deep_work.port import DeepWorkPort, DeepWorkState, Offer, Show, TakeDown
from companion.focus.calibration import Part, Step
from companion.focus.types import Cause, FocusError, FocusState, Mode
from companion.notices.digest import Digest, digest
from companion.notices.notices import Snapshot
from companion.notices.types import Decision, Judged, Notice
from companion.quiet.keeping import Standing
from index.focus_history import Span, Totals
from index.notices import HeldNotice
from ui.bridge import in_background

T = TypeVar("T")

WHY = "Deep focus: steady typing."
DEEP = FocusState(NOW, 0.9, 0.7, 0.8, "good", deep=True, since=NOW - 600, why=WHY, frozen=False, cause=Cause.SIGNS)
CALM = replace(DEEP, probability=0.2, eeg=0.1, behaviour=0.3, deep=False, why="No deep focus: much turning.")
UNKNOWN = replace(CALM, probability=None, eeg=None, behaviour=None, quality="no headset", cause=Cause.STARTED)
READY = Step(Part.READY, "Sit comfortably.", 5.0, 0.0)
DOWN = Snapshot("", False, 0, 0, 0, 0, 0, (), None)


def held(
    number: int, summary: str = "Ines", body: str = "lunch?", *, app: str = "Slack", ago: float = 60.0, why: str = ""
) -> HeldNotice:
    return HeldNotice(number, NOW - ago, app, summary, body, why=why or f"Held because of {number}.")


def judged(number: int, decision: Decision = Decision.PASS, *, rule: str = "starred person") -> Judged:
    notice = Notice(number, NOW - 30.0 * number, "Signal", "Jonas", "call me")
    return Judged(notice, decision, rule, why="Passed because you starred who it is from.")


def three_held() -> Digest:
    return digest(1, (held(1, ago=300), held(2, body="at one?", ago=200), held(3, "News", app="firefox", ago=400)))


class RecordingDeepWork:
    """Knows what it is given."""

    def __init__(self, focus: FocusState = DEEP) -> None:
        self.focus, self.quiet, self.notices = focus, Standing(), DOWN
        self.calls: list[tuple[object, ...]] = []
        self.show: Show | None = None
        self.offer: Offer | None = None
        self.take_down: TakeDown | None = None
        self.known = Past(NOW, NOW)
        self.week = Totals(0.0, 0.0, 0.0, 0)
        self.opening: Future[bool] = Future()
        self.learning: Future[None] = Future()
        self.correcting: Future[int] = Future()
        self.asking: Future[Past] | None = None
        self.step: Step | None = None
        self.ending: Future[None] = done(None)

    def state(self) -> DeepWorkState:
        return DeepWorkState(self.focus, self.quiet, self.notices, self.focus.why)

    def override(self, mode: Mode, until: float | None = None) -> None:
        self.calls.append(("override", mode, until))

    def shown_by(self, show: Show | None, offer: Offer | None, take_down: TakeDown | None = None) -> None:
        self.show, self.offer, self.take_down = show, offer, take_down

    def past(self, start: float, end: float) -> Future[Past]:
        self.calls.append(("past", start, end))
        if self.asking is not None:
            return self.asking
        return done(replace(self.known, start=start, end=end))

    def totals(self, spans: Sequence[Span]) -> Future[tuple[Totals, ...]]:
        self.calls.append(("totals", tuple(spans)))
        return done(tuple(self.week for _ in spans))

    def correct(self, start: float, end: float, *, focused: bool) -> Future[int]:
        self.calls.append(("correct", start, end, focused))
        self.correcting = Future()
        return self.correcting

    def take_back(self, correction: int) -> Future[None]:
        self.calls.append(("take back", correction))
        return done(None)

    def calibrate(self) -> None:
        self.calls.append(("calibrate",))
        if self.focus.quality == "no headset":
            raise FocusError("Calibration needs a headset that sends.")
        self.step = READY

    def calibrating(self) -> Step | None:
        return self.step

    def end_calibration(self) -> Future[None]:
        self.calls.append(("end calibration",))
        self.step = None
        return self.ending

    def looked_at(self, digest: Digest) -> Future[None]:
        self.calls.append(("looked at", digest.number))
        return done(None)

    def open_notice(self, number: int) -> Future[bool]:
        self.calls.append(("open", number))
        self.opening = Future()
        return self.opening

    def unseen(self, passed: Sequence[Judged]) -> None:
        self.calls.append(("unseen", *(one.notice.number for one in passed)))

    def judge_notice(self, number: int, *, important: bool) -> Future[None]:
        self.calls.append(("judge", number, important))
        self.learning = Future()
        return self.learning

    def asked(self, what: str) -> list[tuple[object, ...]]:
        return [call for call in self.calls if call[0] == what]


_port: type[DeepWorkPort] = RecordingDeepWork  # mypy compares them


class FocusedEngine(RecordingEngine):
    """An engine that follows focus while it has what does."""

    def __init__(self, deep: RecordingDeepWork | None) -> None:
        super().__init__(replace(status(), focus=WHY if deep else ""))
        self.deep = deep

    @property
    def deep_work(self) -> RecordingDeepWork | None:  # type: ignore[override]  # the other one never has any
        return self.deep


def done(result: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(result)
    return future


def morning() -> Past:
    """Return two hours with a stretch of deep focus, and three that were held in it."""
    points = tuple(Point(NOW - 60.0 * minute, 0.9 if minute < 40 else 0.2) for minute in range(120, 0, -1))
    return Past(NOW - 7200, NOW, points, ((NOW - 2400, NOW - 60),), (), three_held().notices)


def elsewhere(call: Callable[[], bool]) -> Future[bool]:
    """Make a call on a thread of its own, as that of the notices is."""
    return in_background(call, name="notices of a test")
