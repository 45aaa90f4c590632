"""Notifications that were sent and that the daemon has not numbered yet.

A notification is handed on once its daemon answered with its number, so that all that is known of it is known at
once. One that nobody answers for is handed on without a number after a while, and once more where the answer comes
late: its own number says that it is the same. What a sandboxed program sends to the
portal comes by once more, from the portal to the daemon: the second one is the one that is shown, and the first is
handed on only where no second follows soon. Where one follows later all the same, it is handed on by the number of the
first, so that it is known to be the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from dbus_fast import Message, MessageFlag, MessageType

from companion.notices import wire
from companion.notices.types import Notice
from companion.notices.wire import Original

K = TypeVar("K")

#: A daemon that draws a burst of notifications keeps others waiting for seconds.
ANSWER_SECONDS = 10.0
PORTAL_SECONDS, LATE_SECONDS = 1.5, 60.0  # in which the portal's own call follows; in which it is known all the same
HandOn = Callable[[Notice, Original], None]


@dataclass(frozen=True, slots=True)
class _Waiting:
    notice: Notice
    original: Original
    until: float  # monotonic seconds


_Alike = dict[tuple[str, str], list[_Waiting]]


class Pending:
    """Gives notifications their numbers, and hands them on. For one thread.

    Parameters
    ----------
    first
        The number of the next notice.
    hand_on
        Gets each, once.
    clock, ticking
        UTC seconds; monotonic seconds.

    Attributes
    ----------
    numbering
        Which run of which daemon numbered one last; empty for none yet.

    """

    def __init__(
        self, first: int, hand_on: HandOn, *, clock: Callable[[], float], ticking: Callable[[], float]
    ) -> None:
        self.next, self.numbering = first, ""
        self._hand_on, self._clock, self._ticking = hand_on, clock, ticking
        self._calls: dict[tuple[str, int], _Waiting] = {}  # by caller and serial number
        self._portal: _Alike = {}  # by what they say, the oldest first
        self._unanswered: dict[tuple[str, int], _Waiting] = {}  # those that were handed on without an answer
        self._late: _Alike = {}  # those of the portal that were handed on without a second

    def call(self, said: Message, *, answered: str = "") -> None:
        """Take in a call that may send a notification.

        ``answered`` is the daemon that told of it with its number, where it did: no answer follows then.
        """
        found = wire.sent(said)
        if found is None:
            return
        number, self.next = self.next, self.next + 1
        made = wire.notice(found, number, self._clock(), said.sender or "")
        what = (made.summary, made.body)
        if said.interface == wire.PORTAL:
            self._portal.setdefault(what, []).append(_Waiting(made, found.original, self._ticking() + PORTAL_SECONDS))
            return
        if _oldest(self._portal, what) is None and (first := _oldest(self._late, what)) is not None:
            made = replace(made, number=first.notice.number)
        if answered or said.flags & MessageFlag.NO_REPLY_EXPECTED:
            self._hand_on(replace(made, daemon=answered), found.original)
            return
        self._calls[said.sender or "", said.serial] = _Waiting(made, found.original, self._ticking() + ANSWER_SECONDS)

    def answer(self, said: Message, daemon: str) -> None:
        """Take in an answer; one that refuses leaves its notification without a number."""
        at = (said.destination or "", said.reply_serial or 0)
        waiting = self._calls.pop(at, None) or self._unanswered.pop(at, None)
        if waiting is None:
            return
        numbered = said.message_type is MessageType.METHOD_RETURN and said.signature == "u"
        number = int(said.body[0]) if numbered else None
        self.numbering = daemon if numbered else self.numbering
        self._hand_on(replace(waiting.notice, daemon_id=number, daemon=daemon if numbered else ""), waiting.original)

    def sweep(self) -> None:
        """Hand on what was waited for long enough."""
        now = self._ticking()
        silent = {at: one for at, one in self._calls.items() if one.until <= now}
        self._unanswered |= {at: replace(one, until=now + LATE_SECONDS) for at, one in silent.items()}
        self._hand_on_all([*_late(self._calls, now), *self._alone(now)])
        _late(self._unanswered, now)
        _overdue(self._late, now)

    def clear(self) -> None:
        """Hand on all that waits: the bus is gone, and nobody answers any more."""
        self._hand_on_all([*_late(self._calls, math.inf), *self._alone(math.inf)])
        self._late.clear()
        self._unanswered.clear()

    def waits_below(self, number: int) -> bool:
        """Whether one with a lower number has yet to be handed on."""
        of_portal = (one for some in self._portal.values() for one in some)
        return any(one.notice.number < number for one in (*self._calls.values(), *of_portal))

    def _alone(self, now: float) -> list[_Waiting]:
        """Take out those of the portal that no second followed, and go on knowing them for a while."""
        alone = _overdue(self._portal, now)
        for one in alone:
            known = replace(one, until=self._ticking() + LATE_SECONDS)
            self._late.setdefault((one.notice.summary, one.notice.body), []).append(known)
        return alone

    def _hand_on_all(self, some: list[_Waiting]) -> None:
        for waiting in sorted(some, key=lambda one: one.notice.number):
            self._hand_on(waiting.notice, waiting.original)


def _late(held: dict[K, _Waiting], now: float) -> list[_Waiting]:
    """Take out what was to be answered by now."""
    return [held.pop(key) for key in [key for key, waiting in held.items() if waiting.until <= now]]


def _overdue(held: _Alike, now: float) -> list[_Waiting]:
    """Take out what was to be followed by now."""
    found = [one for some in held.values() for one in some if one.until <= now]
    for what in [what for what, some in held.items() if any(one.until <= now for one in some)]:
        left = [one for one in held.pop(what) if one.until > now]
        held.update({what: left} if left else {})
    return found


def _oldest(held: _Alike, what: tuple[str, str]) -> _Waiting | None:
    """Take out the oldest of those that say this, None where there is none."""
    some = held.pop(what, [])
    held.update({what: some[1:]} if some[1:] else {})
    return some[0] if some else None
