"""From what is seen to moments in the vault: the `capture` thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion.capture.attention import Attention, Closed, Continued, Event, Opened
from companion.capture.types import CaptureError, Frame, FrameSource, Skipped
from companion.status import Seeing
from index import changes
from index.types import NewMoment, VaultError
from index.vault import Vault
from index.writer import Writer

EXTEND_SECONDS = 5.0  # how often the end of the open moment is written down
RETRY_SECONDS = 5.0  # between tries to look again after the screen could not be reached
BROKEN = "Nothing is seen any more because of an error in the program. Quit Companion and start it again."


class Keeper:
    """Follows a frame source on a thread and stores each moment as it opens and closes.

    What a source shows again (a folder replayed or imported twice) goes on with the moment that is there already.

    Parameters
    ----------
    make_source
        Opens the source (again, after it was lost); raises `CaptureError`.
    on_moment
        Called when a moment was opened or closed, so that its text can be read at once.

    """

    def __init__(
        self,
        *,
        make_source: Callable[[], FrameSource],
        writer: Writer,
        clock: Callable[[], float],
        on_moment: Callable[[], None],
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._make_source, self._writer, self._clock = make_source, writer, clock
        self._on_moment, self._on_incident = on_moment, on_incident
        self._attention = Attention()
        self._moment: int | None = None
        self._unclosed: dict[int, float] = {}  # ends that the disk refused to take down, by moment
        self._source_name = ""
        self._blind = False  # the source was lost
        self._extended = 0.0
        self._seeing = Seeing()
        self._stop, self._thread = threading.Event(), threading.Thread()

    @property
    def seeing(self) -> Seeing:
        """The newest snapshot."""
        return self._seeing

    def start(self) -> None:
        """Begin, or begin again after `stop`."""
        if self._thread.is_alive():
            return
        self._stop = threading.Event()
        self._seeing = replace(self._seeing, ended=False, private="")
        self._thread = threading.Thread(target=self._run, args=(self._stop,), name="capture", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, the open moment closed."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self, stop: threading.Event) -> None:
        try:
            self._keep_looking(stop)
        except Exception:
            self._meet(BROKEN)  # a bug: it must be seen, and the status must not claim that the screen is recorded
            raise

    def _keep_looking(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                source = self._make_source()
                self._source_name = source.name
                self._follow(source, stop)
                break
            except CaptureError as error:
                self._apply(self._attention.end(self._clock()))
                self._blind = True
                self._meet(str(error))
                stop.wait(RETRY_SECONDS)
        self._apply(self._attention.end(self._clock()))
        self._seeing = replace(self._seeing, ended=not stop.is_set(), private="")

    def _follow(self, source: FrameSource, stop: threading.Event) -> None:
        for seen in source.frames(stop):
            if self._blind:
                self._blind = False
                self._works()
            if isinstance(seen, Skipped):
                private = seen.reason if seen.private else ""
                filtered = self._seeing.filtered + bool(private and private != self._seeing.private)
                unseen = self._seeing.unseen + (not seen.private)
                self._seeing = replace(self._seeing, private=private, filtered=filtered, unseen=unseen)
                self._apply(self._attention.skip(seen))
            else:
                self._seeing = replace(self._seeing, private="", frames=self._seeing.frames + 1)
                self._apply(self._attention.see(seen))

    def _apply(self, events: tuple[Event, ...]) -> None:
        for event in events:
            try:
                self._store(event)
            except VaultError as error:
                if isinstance(event, Opened):
                    self._seeing = replace(self._seeing, dropped=self._seeing.dropped + 1)
                    self._attention = Attention()  # so that the next frame tries again
                self._meet(str(error))

    def _store(self, event: Event) -> None:
        match event:
            case Opened(frame):
                self._open(frame)
            case Continued(time) if self._moment is not None and time - self._extended >= EXTEND_SECONDS:
                self._extended = time
                self._writer.do(changes.extend_moment, self._moment, time).result()
                self._works()
            case Closed(time_end) if self._moment is not None:
                self._unclosed[self._moment] = time_end
                self._moment = None
                self._close()

    def _close(self) -> None:
        for moment, time_end in list(self._unclosed.items()):
            self._writer.do(_close_again, moment, time_end).result()
            del self._unclosed[moment]
            self._works()
            self._on_moment()

    def _open(self, frame: Frame) -> None:
        self._moment = None
        self._close()
        window = frame.window
        new = NewMoment(
            time_start=frame.time,
            time_end=frame.time if frame.time_end is None else frame.time_end,
            app=_storable(window.app),
            title=_storable(window.title),
            url=_storable(window.url),
            monitor=window.monitor,
            source=self._source_name,
        )
        self._moment = self._writer.do(_open_again, self._writer.vault, new, frame.image, self._clock()).result()
        self._extended = frame.time
        self._works()
        self._on_moment()

    def _works(self) -> None:
        """Note that what was wrong mended itself."""
        if self._seeing.problem:
            self._on_incident("capture", "Capture works again.")
            self._seeing = replace(self._seeing, problem="")

    def _meet(self, sentence: str) -> None:
        """Note what the person must mend."""
        if sentence != self._seeing.problem:
            self._on_incident("capture", sentence)
        self._seeing = replace(self._seeing, problem=sentence)


def _open_again(db: Database, vault: Vault, new: NewMoment, image: NDArray[np.uint8], now: float) -> int:
    """Return the moment that is stored for this source and time, or open it."""
    sql = "SELECT id FROM moments WHERE source = ? AND time_start = ?"
    known = db.execute(sql, [new.source, new.time_start]).fetchone()
    if known is not None:
        return int(known[0])
    changes.output(db, new.source, now)
    return changes.open_moment(db, vault, new, image)


def _close_again(db: Database, moment: int, time_end: float) -> None:
    """Close a moment, unless it was closed before and nothing came to it since."""
    known = db.execute("SELECT time_end, open FROM moments WHERE id = ?", [moment]).fetchone()
    if known is not None and (known[1] or known[0] < time_end):
        changes.close_moment(db, moment, time_end)


def _storable(text: str) -> str:
    """Return text with half characters (a title cut in the middle of an emoji) replaced, which no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
