"""How often the same sender came within the last minutes."""

from __future__ import annotations

from collections import OrderedDict, deque

from companion.notices.features import folded
from companion.notices.types import Notice

MOST_SENDERS, MOST_TIMES = 2_000, 16


class Repeats:
    """Counts notices by sender: a program and its summary, where chats put who writes.

    One that takes the place of an earlier one is no repeat: it is the same, gone on.
    """

    def __init__(self) -> None:
        self._times: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def note(self, notice: Notice, minutes: float) -> int:
        """Count a notice in, and return how many of its sender came within so many minutes before it."""
        if notice.replaces or notice.tag:
            return 0
        name = (folded(notice.app or notice.desktop_entry), folded(notice.summary))
        times = self._times.setdefault(name, deque(maxlen=MOST_TIMES))
        self._times.move_to_end(name)
        earlier = sum(notice.time - 60.0 * minutes <= time <= notice.time for time in times)
        times.append(notice.time)
        while len(self._times) > MOST_SENDERS:
            self._times.popitem(last=False)
        return earlier
