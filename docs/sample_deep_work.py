# ruff: noqa: INP001  a script beside its pictures, not a package
"""A morning of focus behind its port, for the pictures of the user guide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeVar

from sample_engine import MINUTE, NOW

from companion.deep_work.consequences import told
from companion.deep_work.looking_back import Past, Point
from companion.deep_work.port import DeepWorkPort, DeepWorkState, Offer, Show
from companion.focus.calibration import STAGES, Part, Step
from companion.focus.types import Cause, FocusState, Mode
from companion.notices.digest import Digest, digest
from companion.notices.notices import Snapshot
from companion.notices.types import Decision, Judged, Notice
from companion.quiet.keeping import Standing
from companion.quiet.types import Semantics
from index.focus_history import Label, Source, Span, Totals
from index.notices import HeldNotice

T = TypeVar("T")
HOUR = 60 * MINUTE
SINCE = NOW - 38 * MINUTE
LEARNED = (
    "Held until you are done because you would act on it with a likelihood of {}: what speaks against it most is {}."
)
TOO_LITTLE = (
    "Left to the digest because you would act on it with a likelihood of 3%: what speaks against it most is {}."
)
_HELD = (
    (3, "Slack", "Jonas", "lunch at one?", LEARNED.format("21%", "what you did with earlier ones of this program")),
    (8, "Slack", "#random", "Mara: has anyone seen the blue mug", TOO_LITTLE.format("that it comes from Slack")),
    (9, "Slack", "#random", "Jonas: it is in the dishwasher", TOO_LITTLE.format("that it comes from Slack")),
    (14, "Thunderbird", "Library", "Two books are due on Friday", LEARNED.format("34%", "that you are in focus")),
    (17, "Slack", "#random", "Mara: thank you!", TOO_LITTLE.format("that it comes from Slack")),
    (26, "firefox", "Weather", "Rain from three o'clock on", TOO_LITTLE.format("its low urgency")),
    (31, "Thunderbird", "Conference", "The programme is online", LEARNED.format("40%", "that you are in focus")),
    (119, "Slack", "Jonas", "the build is green again", LEARNED.format("28%", "that you are in focus")),
    (131, "Calendar", "Seminar", "Moved to room 12", LEARNED.format("45%", "that you are in focus")),
)


def held() -> tuple[HeldNotice, ...]:
    """Return what was held, newest first."""
    return tuple(
        HeldNotice(900 - number, NOW - minutes * MINUTE, app, summary, body, decision=_decision(why), why=why)
        for number, (minutes, app, summary, body, why) in enumerate(_HELD)
    )


def sample_digest() -> Digest:
    """Return what the last focus held."""
    return digest(3, held()[:7])


def passed(minutes: float = 21) -> Judged:
    """Return a notice that passed."""
    notice = Notice(870, NOW - minutes * MINUTE, "Signal", "Ines", "Can you call me back before noon?")
    return Judged(notice, Decision.PASS, "starred person", why="Passed because you starred who it is from.")


def focus_state() -> FocusState:
    """Return deep focus."""
    why = "Deep focus: steady typing, you stay with one thing, the EEG looks like work."
    return FocusState(NOW, 0.86, 0.74, 0.81, "good", deep=True, since=SINCE, why=why, frozen=False, cause=Cause.SIGNS)


def quiet() -> Standing:
    """Return do-not-disturb that is on."""
    return Standing(holds=True, backend="dunst", semantics=Semantics(False, replays=True, keeps=True))


class SampleDeepWork:
    """Knows one morning and one week."""

    def state(self) -> DeepWorkState:
        """Return how it stands now."""
        focus, standing = focus_state(), quiet()
        counts = Snapshot("", True, 12, 1, 7, 64, 5, (passed(),), sample_digest())
        return DeepWorkState(focus, standing, counts, told(focus, standing, counts))

    def override(self, mode: Mode, until: float | None = None) -> None:
        """Nothing follows."""

    def shown_by(self, show: Show | None, offer: Offer | None) -> None:
        """Nothing is shown."""

    def past(self, start: float, end: float) -> Future[Past]:
        """Return the morning."""
        first = NOW - 3.6 * HOUR
        times = [first + at * MINUTE for at in range(int((NOW - first) / MINUTE)) if not 92 < at < 118]  # noqa: PLR2004
        deep = ((NOW - 160 * MINUTE, NOW - 112 * MINUTE), (SINCE, NOW))
        said = (Label(1, NOW, NOW - 84 * MINUTE, NOW - 64 * MINUTE, focused=False, source=Source.CORRECTION),)
        return _done(Past(start, end, tuple(_point(time, deep) for time in times), deep, said, held()))

    def totals(self, spans: Sequence[Span]) -> Future[tuple[Totals, ...]]:
        """Return a week whose weekend was free."""
        deep = (95, 140, 0, 0, 122, 71, 86)
        return _done(
            tuple(
                Totals(6.5 * HOUR if minutes else 0.0, minutes * MINUTE, 0.6 * minutes * MINUTE, 3)
                for minutes in deep[: len(spans)]
            )
        )

    def correct(self, start: float, end: float, *, focused: bool) -> Future[int]:
        """Learn nothing."""
        del start, end, focused
        return _done(2)

    def take_back(self, correction: int) -> Future[None]:
        """Nothing was learned."""
        del correction
        return _done(None)

    def calibrate(self) -> None:
        """Begin nothing."""

    def calibrating(self) -> Step | None:
        """Return a rest that has gone on for a while."""
        return Step(Part.REST, STAGES[1].sentence, 24.0, 0.18)

    def end_calibration(self) -> Future[None]:
        """Nothing was begun."""
        return _done(None)

    def looked_at(self, digest: Digest) -> Future[None]:
        """Learn nothing."""
        del digest
        return _done(None)

    def open_notice(self, number: int) -> Future[bool]:
        """Open nothing."""
        del number
        return _done(True)

    def unseen(self, numbers: Sequence[int]) -> None:
        """Hold nothing."""
        del numbers

    def judge_notice(self, number: int, *, important: bool) -> Future[None]:
        """Learn nothing."""
        del number, important
        return _done(None)


_port: type[DeepWorkPort] = SampleDeepWork


class SampleBell:
    """Pictures make no sound."""

    problem = ""

    def ring(self) -> None:
        """Nothing rings."""

    def still(self) -> None:
        """Nothing rang."""


def _done(result: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(result)
    return future


def _decision(why: str) -> str:
    return Decision.DIGEST if why.startswith("Left") else Decision.HOLD


def _point(time: float, deep: Sequence[Span]) -> Point:
    """Return what was known at a time; the EEG is slower, and unknown while an electrode was loose."""
    whole, minutes = _probable(time, deep), time / MINUTE
    eeg = 0.3 + 0.45 * whole + 0.08 * math.sin(minutes / 2.1) + 0.05 * math.sin(minutes / 9)
    hands = 0.94 * whole - 0.02 + 0.05 * math.sin(minutes / 1.9)
    loose = 58 * MINUTE < NOW - time < 74 * MINUTE
    return Point(time, whole, None if loose else min(0.95, eeg), min(0.95, max(0.03, hands)))


def _probable(time: float, deep: Sequence[Span]) -> float:
    """Return a curve that rises before each stretch of deep focus and falls after it."""
    minutes = time / MINUTE
    wave = 0.06 * math.sin(minutes / 3) + 0.05 * math.sin(minutes / 1.3) + 0.04 * math.sin(minutes / 7.7)
    away = min(max(start - time, time - end, 0.0) for start, end in deep) / MINUTE
    return min(0.97, max(0.03, 0.84 * math.exp(-away / 9) + 0.18 + wave - 0.16 * math.exp(-away / 9)))
