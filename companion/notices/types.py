"""What a notification is, what is decided about it, and what is known meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

LOW, NORMAL, CRITICAL = 0, 1, 2  # urgencies, as the desktop's notification specification numbers them


class NoticesError(Exception):
    """Why notifications cannot be seen or shown; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification as it was seen on the bus.

    Attributes
    ----------
    number
        Our own, rising.
    time
        When it was seen, UTC seconds.
    app
        How its program calls itself.
    urgency
        0 low, 1 normal, 2 critical.
    category
        What the specification or the portal calls it, such as ``im.received``; empty where the program does not say.
    sender
        The program's name on the bus; where only that is known, its desktop entry.
    desktop_entry
        The name of its ``.desktop`` file, without the ending; empty where the program does not say.
    replaces
        The daemon's number of the notification that this one takes the place of; 0 for none.
    daemon_id
        The daemon's number of this one; None where there is none, as for those of GTK programs.
    actions
        The keys of its actions.
    resident, transient
        Whether it stays when an action was chosen; whether the program wants it kept nowhere.
    daemon
        Which run of which daemon gave `daemon_id`: numbers begin anew with each.
    tag
        The program's own name of it, where it has one instead of a number.

    """

    number: int
    time: float
    app: str
    summary: str
    body: str
    urgency: int = NORMAL
    category: str = ""
    sender: str = ""
    desktop_entry: str = ""
    replaces: int = 0
    daemon_id: int | None = None
    actions: tuple[str, ...] = ()
    resident: bool = False
    transient: bool = False
    daemon: str = ""
    tag: str = ""

    def goes_on_with(self, other: Notice) -> bool:
        """Whether its program sent it to take the place of an earlier one."""
        if other.number >= self.number:
            return False
        if self.tag and (self.app, self.tag) == (other.app, other.tag):
            return True
        of_one_daemon = self.daemon == other.daemon or "" in (self.daemon, other.daemon)
        return of_one_daemon and not self._numbers().isdisjoint(other._numbers())

    def met(self, what: Happened) -> bool:
        """Whether it is the one that something happened to."""
        if what.daemon_id is None:
            return bool(what.tag) and (self.app, self.tag) == (what.app, what.tag)
        whose = what.daemon == self.daemon or (bool(what.by) and what.by == self.sender)
        return whose and what.daemon_id in self._numbers()

    def _numbers(self) -> set[int]:
        """Return its daemon's numbers of it: some programs go on with the first one, whatever they are told."""
        return {number for number in (self.daemon_id, self.replaces) if number}


class Decision(StrEnum):
    """What becomes of a notice during focus."""

    PASS = "pass"  # noqa: S105 no password: it is shown at once
    HOLD = "hold"  # named in the digest when focus ends
    DIGEST = "digest"  # counted in the digest, and listed in its window


@dataclass(frozen=True, slots=True)
class Judged:
    """A notice and what was decided.

    Attributes
    ----------
    rule
        Which rule decided; empty where the model did.
    probability
        How likely the person acts on it, 0 to 1; None where it was not asked.
    parts
        What speaks for and against, in log odds; they sum to the log odds of `probability`.
    why
        The decision in a sentence.
    paused
        Whether recording was paused when it came: it is held nowhere then.

    """

    notice: Notice
    decision: Decision
    rule: str = ""
    probability: float | None = None
    parts: tuple[tuple[str, float], ...] = ()
    why: str = ""
    paused: bool = False


class Cause(StrEnum):
    """What happened to a notification on the desktop."""

    ACTION = "action"  # the person chose one of its actions
    DISMISSED = "dismissed"  # the person closed it by hand
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # its program took it back
    CLOSED = "closed"  # for another reason, or because somebody asked for it


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to a notification: to which one, what, and when (UTC seconds).

    Attributes
    ----------
    daemon
        Which run of which daemon numbered it; where its program asks for it to be closed, the one that numbered last.
    key
        Of the action.
    by
        The name on the bus of the program that asks for it to be closed.

    """

    time: float
    cause: Cause
    daemon: str = ""
    daemon_id: int | None = None
    app: str = ""
    tag: str = ""
    key: str = ""
    by: str = ""


class Semantics(Protocol):
    """What is true of a desktop's do-not-disturb."""

    @property
    def critical_passes(self) -> bool:
        """Whether critical notifications show while it is on."""

    @property
    def replays(self) -> bool:
        """Whether what it held pops up by itself when it goes off."""

    @property
    def keeps(self) -> bool:
        """Whether held ones can be seen later in the daemon's own history or panel."""


@dataclass(frozen=True, slots=True)
class Response:
    """What the EEG did in the seconds after a notice, against those before: changes, each usually between -1 and 1.

    Attributes
    ----------
    alertness
        Of fast rhythms against alpha.
    excitement
        Not a number where nothing measures it.

    """

    alertness: float
    excitement: float = math.nan


class Brain(Protocol):
    """Watches the EEG of whoever wears a headset; satisfied by `companion.tension.TensionWatch`."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""

    def change(self, time: float) -> float | None:
        """Return the change of alertness in the seconds after a time (UTC seconds), None where it is not known."""

    def forget(self) -> None:
        """Let go of what was seen."""
