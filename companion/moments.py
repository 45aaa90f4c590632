"""Moments on their way into the vault, and how those that are there already are known again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion.capture.types import Frame
from index import changes
from index.types import NewMoment
from index.vault import Vault
from index.writer import Writer

EXTEND_SECONDS = 5.0  # how often the end of an open moment is written down


@dataclass(slots=True)
class _Open:
    """A moment that goes on."""

    id: int
    covered: float  # up to here an earlier run stored it
    extended: float  # when its end was last written down


class Moments:
    """Stores moments as they open, go on and close; every monitor has at most one that is open.

    What is shown again (a folder imported twice, or an interrupted import started again) is known by its time, monitor,
    window and picture, under whatever name the source goes. Raises `VaultError` when the disk would not take it.
    """

    def __init__(self, *, writer: Writer, clock: Callable[[], float], on_change: Callable[[], None]) -> None:
        self._writer, self._clock, self._on_change = writer, clock, on_change
        self._open: dict[int, _Open] = {}
        self._unclosed: dict[int, float] = {}  # ends that the disk refused to take down, by moment

    def open(self, frame: Frame, source: str) -> bool:
        """Store the moment that begins with ``frame``; returns whether it is new."""
        window = frame.window
        self._open.pop(window.monitor, None)
        self._write_ends()
        new = described(frame, source)
        digest = digest_of(frame.image)
        opening = self._writer.do(_open_again, self._writer.vault, new, frame.image, digest=digest, now=self._clock())
        moment, covered = opening.result()
        self._open[window.monitor] = _Open(moment, -1.0 if covered is None else covered, frame.time)
        self._on_change()
        return covered is None

    def covered(self, monitor: int, time: float) -> bool:
        """Whether an earlier run stored the open moment up to ``time`` (UTC seconds)."""
        return time <= self._open[monitor].covered

    def extend(self, monitor: int, time: float) -> bool:
        """Note now and then that the open moment goes on; returns whether anything was written."""
        moment = self._open[monitor]
        if time <= moment.covered or time - moment.extended < EXTEND_SECONDS:
            return False
        moment.extended = time
        self._writer.do(changes.extend_moment, moment.id, time).result()
        return True

    def close(self, monitor: int, time_end: float) -> bool:
        """Store the end of the open moment, if any; a refused one is stored with the next that is."""
        moment = self._open.pop(monitor, None)
        if moment is not None:
            self._unclosed[moment.id] = time_end
        return self._write_ends()

    def _write_ends(self) -> bool:
        """Write down the ends that wait; returns whether there were any."""
        waiting = list(self._unclosed.items())
        for moment, time_end in waiting:
            self._writer.do(_close_again, moment, time_end).result()
            del self._unclosed[moment]
            self._on_change()
        return bool(waiting)


def described(frame: Frame, source: str) -> NewMoment:
    """Return the moment that begins with ``frame``."""
    window = frame.window
    return NewMoment(
        time_start=frame.time,
        time_end=frame.time if frame.time_end is None else frame.time_end,
        app=_storable(window.app),
        title=_storable(window.title),
        url=_storable(window.url),
        monitor=window.monitor,
        source=source,
    )


def _open_again(
    db: Database, vault: Vault, new: NewMoment, image: NDArray[np.uint8], *, digest: str, now: float
) -> tuple[int, float | None]:
    """Return the moment that is stored for this sight and up to when, or open it (None)."""
    sql = """SELECT id, time_end FROM moments WHERE time_start = ? AND digest = ?
             AND monitor = ? AND app = ? AND title = ? AND url = ?"""
    known = db.execute(sql, [new.time_start, digest, new.monitor, new.app, new.title, new.url]).fetchone()
    if known is not None:
        return int(known[0]), float(known[1])
    changes.output(db, new.source, now)
    return changes.open_moment(db, vault, new, image, digest=digest), None


def _close_again(db: Database, moment: int, time_end: float) -> None:
    """Close a moment, unless it was closed before and nothing came to it since."""
    known = db.execute("SELECT time_end, open FROM moments WHERE id = ?", [moment]).fetchone()
    if known is not None and (known[1] or known[0] < time_end):
        changes.close_moment(db, moment, time_end)


def digest_of(image: NDArray[np.uint8]) -> str:
    """Return a short hash of a picture's pixels and shape."""
    made = hashlib.blake2b(repr(image.shape).encode(), digest_size=16)
    made.update(np.ascontiguousarray(image).data)
    return made.hexdigest()


def _storable(text: str) -> str:
    """Return text with half characters (a title cut in the middle of an emoji) replaced, which no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
