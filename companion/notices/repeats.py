"""How often the same sender came within the last minutes."""

from __future__ import annotations

from collections import OrderedDict, deque

from companion.notices.features import folded
from companion.notices.types import Notice

MOST_SENDERS, MOST_TIMES = 2_000, 16


class Repeats:
    """Counts notices by sender: a program and its summary, where chats put who writes.

    One that takes the place of an earlier one is no repeat: it is the same, gone on. Programs that name each of their
    notices, as those of GTK do, go on where the name is the same.
    """

    def __init__(self) -> None:
        self._met: OrderedDict[tuple[str, str], deque[tuple[float, str]]] = OrderedDict()  # time and own name

    def note(self, notice: Notice, minutes: float) -> int:
        """Count a notice in, and return how many of its sender came within so many minutes before it."""
        if notice.replaces:
            return 0
        name = (folded(notice.app or notice.desktop_entry), folded(notice.summary))
        met = self._met.setdefault(name, deque(maxlen=MOST_TIMES))
        self._met.move_to_end(name)
        while len(self._met) > MOST_SENDERS:
            self._met.popitem(last=False)
        if notice.tag and any(tag == notice.tag for _, tag in met):
            return 0
        earlier = sum(notice.time - 60.0 * minutes <= time <= notice.time for time, _ in met)
        met.append((notice.time, notice.tag))
        return earlier

    def forget(self, start: float, end: float) -> None:
        """Keep neither times nor senders of a time (UTC seconds)."""
        for name, met in list(self._met.items()):
            kept = deque((one for one in met if not start <= one[0] < end), maxlen=MOST_TIMES)
            if kept:
                self._met[name] = kept
            else:
                del self._met[name]
