"""Moments on their way into the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from companion.capture.types import Frame, Hands, Image
from companion.clearing.typed import Typed
from companion.locked.entries import CHANGED, CLOSED, EXTENDED, LOOKS, OPENED, Entry, Journal
from companion.moments import EXTEND_SECONDS, RENEW_SECONDS, described, seen, title_of
from index.pictures import frames
from index.types import Look, Seen


@dataclass(slots=True)
class _Open:
    """A moment that goes on: its number, beginning, when its end and its picture were last written, its newest look.

    ``newest`` is None where its picture is written.
    """

    number: int
    begun: float
    extended: float
    pictured: float
    typed: Typed
    newest: Frame | None = None

    def facts(self, monitor: int, time: float) -> dict[str, Any]:
        """Return what tells which moment goes on until ``time``, also where the journal it began in is gone by then."""
        return {"number": self.number, "begun": self.begun, "monitor": monitor, "time": time}


class SealedMoments:
    """Writes moments to the journal as they open, go on and close. Raises `VaultError` when the disk refuses."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._count = 0
        self._open: dict[int, _Open] = {}  # by monitor

    @property
    def count(self) -> int:
        """How many moments were recorded."""
        return self._count

    def open(self, frame: Frame, source: str) -> bool:
        """Write the moment that begins with ``frame``; returns True, as none is known again while locked."""
        left = self._open.get(frame.window.monitor)
        if left is not None:  # a moment before it was refused, and its monitor taken for new since
            self.close(frame.window.monitor, left.extended)
        number = self._count + 1
        facts = {"number": number, "new": asdict(described(frame, source))}
        typed = Typed()
        self._journal.append(_entry(OPENED, facts, frame, typed, image=frame.image))
        self._count = number
        self._open[frame.window.monitor] = _Open(number, frame.time, frame.time, frame.time, typed)
        return True

    def change(self, frame: Frame) -> bool:
        """Write that the open moment looks a little different now; its picture now and then, and at its end."""
        moment, monitor = self._open[frame.window.monitor], frame.window.monitor
        due = frame.time - moment.pictured >= RENEW_SECONDS
        facts = moment.facts(monitor, frame.time)
        if frame.image is None and moment.newest is not None:
            frame = replace(frame, image=moment.newest.image)
        self._journal.append(_entry(CHANGED, facts, frame, moment.typed, image=frame.image if due else None))
        moment.extended = frame.time
        moment.newest = None if due else frame
        if due:
            moment.pictured = frame.time
        return True

    def covered(self, monitor: int, time: float) -> bool:
        """Return False: nothing that was stored before can be read."""
        del monitor, time
        return False

    def extend(self, monitor: int, time: float) -> bool:
        """Note now and then that the open moment goes on; returns whether anything was written."""
        moment = self._open[monitor]
        if time - moment.extended < EXTEND_SECONDS:
            return False
        self._journal.append(Entry(EXTENDED, moment.facts(monitor, time)))
        moment.extended = time
        return True

    def close(self, monitor: int, time_end: float) -> bool:
        """Write the end of the open moment, if any; one that is refused ends where it was last seen."""
        moment = self._open.pop(monitor, None)
        if moment is None:
            return False
        if moment.newest is not None:
            facts = moment.facts(monitor, moment.newest.time)
            again = replace(moment.newest, hands=Hands(), typed="")  # these are written already
            self._journal.append(_entry(CHANGED, facts, again, moment.typed, image=again.image))
        self._journal.append(Entry(CLOSED, moment.facts(monitor, time_end)))
        return True

    def let_go(self) -> None:
        """Let go of what is held of open moments and is not written yet."""
        for moment in self._open.values():
            moment.newest = None

    def put_looks(self, looks: Sequence[Look]) -> None:
        """Write what came of some looks. Where the budget has no room for them they go: they are counts."""
        self._journal.append_if_room(Entry(LOOKS, {"looks": [asdict(look) for look in looks]}))


def _entry(kind: str, facts: dict[str, Any], frame: Frame, typed: Typed, *, image: Image | None) -> Entry:
    """Return what a frame shows, to be sealed. What it says is missing where nobody has read it."""
    picture = frames.encode(image) if image is not None else frames.Picture(b"", b"")
    told = {} if frame.text is None else {"seen": asdict(seen(frame, typed)), "title": title_of(frame)}
    return Entry(kind, {**facts, **told, "whole": len(picture.whole)}, picture.whole + picture.small)


def split(entry: Entry) -> frames.Picture | None:
    """Return the pictures of an entry, None where it has none."""
    whole = int(entry.facts["whole"])
    return frames.Picture(entry.payload[:whole], entry.payload[whole:]) if whole else None


def told(entry: Entry) -> Seen | None:
    """Return what the moment of an entry says, None where nobody had read it."""
    found = entry.facts.get("seen")
    return None if found is None else Seen(**found)
