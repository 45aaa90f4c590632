"""Moments on their way into the journal."""

from __future__ import annotations

from dataclasses import asdict

from companion.capture.types import Frame
from companion.locked.entries import CLOSED, EXTENDED, OPENED, Entry, Journal
from companion.moments import EXTEND_SECONDS, described, digest_of
from index.pictures import frames


class SealedMoments:
    """Writes moments to the journal as they open, go on and close. Raises `VaultError` when the disk refuses."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._count = 0
        self._open: dict[int, tuple[int, float, float]] = {}  # number, beginning, end last written; by monitor

    @property
    def count(self) -> int:
        """How many moments were recorded."""
        return self._count

    def open(self, frame: Frame, source: str) -> bool:
        """Write the moment that begins with ``frame``; returns True, as none is known again while locked."""
        monitor = frame.window.monitor
        picture = frames.encode(frame.image)
        number = self._count + 1
        facts = {
            "number": number,
            "new": asdict(described(frame, source)),
            "digest": digest_of(frame.image),
            "whole": len(picture.whole),
        }
        self._journal.append(Entry(OPENED, facts, picture.whole + picture.small))
        self._count = number
        self._open[monitor] = number, frame.time, frame.time
        return True

    def covered(self, monitor: int, time: float) -> bool:
        """Return False: nothing that was stored before can be read."""
        del monitor, time
        return False

    def extend(self, monitor: int, time: float) -> bool:
        """Note now and then that the open moment goes on; returns whether anything was written."""
        number, begun, extended = self._open[monitor]
        if time - extended < EXTEND_SECONDS:
            return False
        self._journal.append(Entry(EXTENDED, _same(number, begun, monitor, time)))
        self._open[monitor] = number, begun, time
        return True

    def close(self, monitor: int, time_end: float) -> bool:
        """Write the end of the open moment, if any; one that is refused ends where it was last seen."""
        number, begun, _ = self._open.pop(monitor, (0, 0.0, 0.0))
        if number:
            self._journal.append(Entry(CLOSED, _same(number, begun, monitor, time_end)))
        return bool(number)


def _same(number: int, begun: float, monitor: int, time: float) -> dict[str, float]:
    """Return what tells which moment goes on until ``time``, also where the journal it began in is gone by then."""
    return {"number": number, "begun": begun, "monitor": monitor, "time": time}


def split(entry: Entry) -> frames.Picture:
    """Return the pictures of an `OPENED` entry."""
    whole = int(entry.facts["whole"])
    return frames.Picture(entry.payload[:whole], entry.payload[whole:])
