"""What the person may set of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from companion.capture.programs import names_of
from companion.focus.types import FocusError, Mode

DAY_MINUTES = 24 * 60


class AppRule(StrEnum):
    """What a program in front decides by itself."""

    NEVER = "never"  # never deep focus: a call, a game
    ALWAYS = "always"  # always: a slide show, an exam


@dataclass(frozen=True, slots=True)
class Local:
    """The time on the person's wall: the day of the week (0 is Monday) and the minute of the day."""

    day: int
    minute: int


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A time of day in which nothing is to disturb, whatever the person does.

    Attributes
    ----------
    start, end
        Minutes of the day, the end left out; one before the other reaches over midnight.
    days
        Days of the week on which it begins, 0 is Monday.

    """

    start: int
    end: int
    days: frozenset[int] = frozenset(range(7))

    def __post_init__(self) -> None:
        if not (0 <= self.start < DAY_MINUTES and 0 <= self.end < DAY_MINUTES) or self.start == self.end:
            raise FocusError("Quiet hours begin and end at two different times of the day. Choose others.")

    def has(self, local: Local) -> bool:
        """Whether a time is within them."""
        if self.start < self.end:
            return local.day in self.days and self.start <= local.minute < self.end
        if local.minute >= self.start:
            return local.day in self.days
        return local.minute < self.end and (local.day - 1) % 7 in self.days


@dataclass(frozen=True, slots=True)
class Override:
    """What the person said. ``until``: UTC seconds, None for as long as it may last."""

    mode: Mode
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """When a probability becomes a decision.

    Attributes
    ----------
    enter, leave
        Probabilities: at or above the one it may begin, below the other it may end.
    dwell_enter, dwell_leave
        Seconds that takes. Seconds in which the EEG is frozen count for neither beginning.
    longest
        Seconds after which it ends in any case; ``pause`` seconds until it may begin again.
    away
        Seconds without a touch after which nobody is taken to be there.
    apps
        What programs decide, by name in lower case; they have to be in front for ``app_seconds``.

    """

    enter: float = 0.7
    leave: float = 0.4
    dwell_enter: float = 60.0
    dwell_leave: float = 60.0
    longest: float = 90 * 60.0
    pause: float = 5 * 60.0
    away: float = 300.0
    app_seconds: float = 15.0
    quiet_hours: tuple[QuietHours, ...] = ()
    apps: Mapping[str, AppRule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0.0 < self.leave < self.enter < 1.0:
            raise FocusError("Focus has to end at a lower probability than it begins at. Choose others.")
        if min(self.dwell_enter, self.dwell_leave, self.longest, self.app_seconds) <= 0.0 or self.pause < 0.0:
            raise FocusError("The times of the focus rules have to be above 0. Choose longer ones.")
        if self.away <= self.dwell_leave:
            raise FocusError("Nobody counts as away sooner than focus may end. Choose a longer time for being away.")

    def of_app(self, app: str) -> AppRule | None:
        """Return what a program in front decides; None where nothing was said of it."""
        return next((rule for name in names_of(app) if (rule := self.apps.get(name))), None)

    def quiet(self, local: Local) -> bool:
        """Whether a time is within quiet hours."""
        return any(hours.has(local) for hours in self.quiet_hours)
