"""Notifications that were sent and that the daemon has not numbered yet.

A notification is handed on once its daemon answered with its number, so that all that is known of it is known at
once. One that nobody answers for is handed on without a number after a while. What a sandboxed program sends to the
portal comes by once more, from the portal to the daemon: the second one is the one that is shown, and the first is
handed on only where no second follows.
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
ANSWER_SECONDS, PORTAL_SECONDS = 10.0, 0.5
HandOn = Callable[[Notice, Original], None]


@dataclass(frozen=True, slots=True)
class _Waiting:
    notice: Notice
    original: Original
    until: float  # monotonic seconds


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

    """

    def __init__(
        self, first: int, hand_on: HandOn, *, clock: Callable[[], float], ticking: Callable[[], float]
    ) -> None:
        self.next = first
        self._hand_on, self._clock, self._ticking = hand_on, clock, ticking
        self._calls: dict[tuple[str, int], _Waiting] = {}  # by caller and serial number
        self._portal: dict[tuple[str, str], _Waiting] = {}  # by what they say

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
            self._portal[what] = _Waiting(made, found.original, self._ticking() + PORTAL_SECONDS)
            return
        self._portal.pop(what, None)
        if answered or said.flags & MessageFlag.NO_REPLY_EXPECTED:
            self._hand_on(replace(made, daemon=answered), found.original)
            return
        self._calls[said.sender or "", said.serial] = _Waiting(made, found.original, self._ticking() + ANSWER_SECONDS)

    def answer(self, said: Message, daemon: str) -> None:
        """Take in an answer; one that refuses leaves its notification without a number."""
        waiting = self._calls.pop((said.destination or "", said.reply_serial or 0), None)
        if waiting is None:
            return
        numbered = said.message_type is MessageType.METHOD_RETURN and said.signature == "u"
        number = int(said.body[0]) if numbered else None
        self._hand_on(replace(waiting.notice, daemon_id=number, daemon=daemon if numbered else ""), waiting.original)

    def sweep(self) -> None:
        """Hand on what was waited for long enough."""
        now = self._ticking()
        late = [*_late(self._calls, now), *_late(self._portal, now)]
        for waiting in sorted(late, key=lambda one: one.notice.number):
            self._hand_on(waiting.notice, waiting.original)

    def clear(self) -> None:
        """Hand on all that waits: the bus is gone, and nobody answers any more."""
        for waiting in [*_late(self._calls, math.inf), *_late(self._portal, math.inf)]:
            self._hand_on(waiting.notice, waiting.original)

    def waits_below(self, number: int) -> bool:
        """Whether one with a lower number has yet to be handed on."""
        return any(one.notice.number < number for one in (*self._calls.values(), *self._portal.values()))


def _late(held: dict[K, _Waiting], now: float) -> list[_Waiting]:
    """Take out what was to be answered by now."""
    return [held.pop(key) for key in [key for key, waiting in held.items() if waiting.until <= now]]
