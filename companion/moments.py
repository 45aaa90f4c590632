"""Moments on their way into the vault, and how those that are there already are known again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion.capture.hands import added
from companion.capture.types import Frame, Hands
from companion.clearing.typed import Typed
from index import changes
from index.pictures import frames
from index.types import Job, NewMoment, Seen
from index.vault import Vault
from index.writer import Writer

BESIDE = " beside"  # ends the source of moments that the person did not attend to
EXTEND_SECONDS = 5.0  # how often the end of an open moment is written down
UNRENEWED = 4  # closed moments whose refused pictures are held, to be tried again
RENEW_SECONDS = 30.0  # how often the picture of an open moment that changes is, and its vectors are made


@dataclass(slots=True)
class _Open:
    """A moment that goes on.

    Attributes
    ----------
    covered
        Up to here an earlier run stored it.
    extended, renewed
        When its end, and its picture, were last written down.
    image
        What it looks like since then; None where that is written down.
    stale
        Whether its text changed since its vectors were asked for.
    typed
        What was typed during it.
    unsaid, title, hands
        What it says and is called, and what the hands did, where the disk did not take that yet.

    """

    id: int
    covered: float
    extended: float
    renewed: float
    image: NDArray[np.uint8] | None = None
    stale: bool = False
    typed: Typed = field(default_factory=Typed)
    unsaid: Seen | None = None
    title: str = ""
    hands: Hands = field(default_factory=Hands)


class Moments:
    """Stores moments as they open, go on and close; every monitor has at most one that is open.

    What is shown again (a folder imported twice, or an interrupted import started again) is known by its time, monitor,
    window and picture, under whatever name the source goes. Raises `VaultError` when the disk would not take it.
    """

    def __init__(self, *, writer: Writer, clock: Callable[[], float], on_change: Callable[[], None]) -> None:
        self._writer, self._clock, self._on_change = writer, clock, on_change
        self._open: dict[int, _Open] = {}
        self._unclosed: dict[int, float] = {}  # ends that the disk refused to take down, by moment
        self._unrenewed: list[_Open] = []  # closed ones whose last look it refused

    def open(self, frame: Frame, source: str) -> bool:
        """Store the moment that begins with ``frame``; returns whether it is new."""
        window = frame.window
        left = self._open.get(window.monitor)
        if left is not None:  # a moment before it was refused, and its monitor taken for new since
            self.close(window.monitor, left.extended)
        self._write_ends()
        typed = Typed()
        told = None if frame.text is None else seen(frame, typed)
        picture, new = _encoded(frame.image), described(frame, source)
        digest = digest_of(picture)
        vault, now = self._writer.vault, self._clock()
        opening = self._writer.do(_open_again, vault, new, picture, digest, told=told, now=now)
        moment, covered = opening.result()
        before = -1.0 if covered is None else covered
        self._open[window.monitor] = _Open(moment, before, frame.time, frame.time, typed=typed)
        self._on_change()
        return covered is None

    def change(self, frame: Frame) -> bool:
        """Store that the open moment looks a little different now; returns whether it says anything new."""
        moment = self._open[frame.window.monitor]
        moment.image = frame.image if frame.image is not None else moment.image
        moment.hands = added(moment.hands, frame.hands)
        moment.unsaid, moment.title = seen(replace(frame, hands=moment.hands), moment.typed), title_of(frame)
        new = self._say(moment, frame.time)
        if frame.time - moment.renewed >= RENEW_SECONDS:
            self._renew(moment)
            moment.renewed = frame.time
        return new

    def covered(self, monitor: int, time: float) -> bool:
        """Whether an earlier run stored the open moment up to ``time`` (UTC seconds)."""
        return time <= self._open[monitor].covered

    def extend(self, monitor: int, time: float) -> bool:
        """Note now and then that the open moment goes on; returns whether anything was written."""
        moment = self._open[monitor]
        if moment.unsaid is not None:
            self._say(moment, time)
            return True
        if time <= moment.covered or time - moment.extended < EXTEND_SECONDS:
            return False
        moment.extended = time
        self._writer.do(changes.extend_moment, moment.id, time).result()
        return True

    def close(self, monitor: int, time_end: float) -> bool:
        """Store the end of the open moment, if any, and its last look; what is refused is stored with the next."""
        moment = self._open.pop(monitor, None)
        if moment is not None:
            self._unclosed[moment.id] = time_end
            self._unrenewed = [*self._unrenewed, moment][-UNRENEWED:]
        written = self._write_ends()
        while self._unrenewed:
            last = self._unrenewed[0]
            self._say(last, last.extended)
            self._renew(last)
            del self._unrenewed[0]
        return written

    def let_go(self) -> None:
        """Let go of what is held of open moments and is not stored yet."""
        self._unrenewed.clear()
        for moment in self._open.values():
            moment.image, moment.unsaid = None, None

    def _say(self, moment: _Open, time: float) -> bool:
        """Store what a moment says that went on at ``time``, if that is not stored; returns whether it is new."""
        if moment.unsaid is None:
            return False
        told = self._writer.do(changes.renew_moment, moment.id, moment.unsaid, title=moment.title, time_end=time)
        new = told.result()
        moment.unsaid, moment.hands, moment.extended = None, Hands(), time
        moment.stale = moment.stale or new
        return new

    def _renew(self, moment: _Open) -> None:
        """Store what an open moment looks like now, and ask for the vectors of what it says."""
        if moment.image is None and not moment.stale:
            return
        picture = _encoded(moment.image)
        self._writer.do(_renew_again, self._writer.vault, moment.id, picture, stale=moment.stale).result()
        moment.image, moment.stale = None, False
        self._on_change()

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
    from companion.masking.spans import masked  # its patterns take a while, and the tray icon does not wait for them

    window = frame.window
    return NewMoment(
        time_start=frame.time,
        time_end=frame.time if frame.time_end is None else frame.time_end,
        app=_storable(window.app),
        title=title_of(frame),
        url=_storable(masked(window.url)),
        monitor=window.monitor,
        source=f"{source}{BESIDE}" if frame.beside else source,
    )


def title_of(frame: Frame) -> str:
    """Return the title of a frame's window, secrets taken out."""
    from companion.masking.spans import masked

    return _storable(masked(frame.window.title))


def seen(frame: Frame, typed: Typed) -> Seen:
    """Return what a frame that was read says, what the hands did, and all that was ``typed`` with it."""
    return Seen(
        _storable(frame.text or ""), **asdict(frame.hands), typed=_storable(typed.add(frame.typed, frame.secrets))
    )


def _encoded(image: NDArray[np.uint8] | None) -> frames.Picture | None:
    """Return a picture as it is kept: here, as on the writer's thread all other changes would wait for it."""
    return None if image is None else frames.encode(image)


def _open_again(
    db: Database,
    vault: Vault,
    new: NewMoment,
    picture: frames.Picture | None,
    digest: str,
    *,
    told: Seen | None,
    now: float,
) -> tuple[int, float | None]:
    """Return the moment that is stored for this sight and up to when, or open it (None)."""
    sql = """SELECT id, time_end FROM moments WHERE time_start = ? AND digest = ?
             AND monitor = ? AND app = ? AND title = ? AND url = ?"""
    known = db.execute(sql, [new.time_start, digest, new.monitor, new.app, new.title, new.url]).fetchone()
    if known is not None:
        return int(known[0]), float(known[1])
    changes.output(db, new.source, now)
    return changes.open_moment(db, vault, new, picture, digest=digest, seen=told), None


def _renew_again(db: Database, vault: Vault, moment: int, picture: frames.Picture | None, *, stale: bool) -> None:
    """Store what a moment looks like now, unless it is forgotten already."""
    if db.execute("SELECT 1 FROM moments WHERE id = ?", [moment]).fetchone() is None:
        return
    if picture is not None:
        changes.put_frame(db, vault, moment, picture)
    if stale:
        changes.want(db, moment, Job.CONTENT)


def _close_again(db: Database, moment: int, time_end: float) -> None:
    """Close a moment, unless it was closed before and nothing came to it since."""
    known = db.execute("SELECT time_end, open FROM moments WHERE id = ?", [moment]).fetchone()
    if known is not None and (known[1] or known[0] < time_end):
        changes.close_moment(db, moment, time_end)


def digest_of(picture: frames.Picture | None) -> str:
    """Return a short hash of a picture as it is kept; empty without one."""
    return "" if picture is None else hashlib.blake2b(picture.whole, digest_size=16).hexdigest()


def _storable(text: str) -> str:
    """Return text with half characters (a title cut in the middle of an emoji) replaced, which no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
