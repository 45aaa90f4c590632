"""From what is seen to moments in the vault: the `capture` thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from companion.capture.attention import Attention, Closed, Continued, Event, Opened
from companion.capture.types import CaptureError, Frame, FrameSource, Skipped
from index import changes
from index.types import NewMoment, VaultError
from index.writer import Writer

EXTEND_SECONDS = 5.0  # how often the end of the open moment is written down
RETRY_SECONDS = 5.0  # between tries to look again after the screen could not be reached


@dataclass(frozen=True, slots=True)
class Seeing:
    """What capture is doing.

    Attributes
    ----------
    problem
        What the person must mend; empty when capture works.
    private
        Why what is on screen now is kept out; empty when it is not.
    frames
        How many frames were taken in.
    dropped
        How many moments could not be stored.

    """

    problem: str = ""
    private: str = ""
    frames: int = 0
    filtered: int = 0
    dropped: int = 0
    ended: bool = False


class Keeper:
    """Follows a frame source on a thread and stores each moment as it opens and closes.

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
        self._source_name = ""
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
        while not stop.is_set():
            try:
                source = self._make_source()
                self._source_name = source.name
                self._follow(source, stop)
                break
            except CaptureError as error:
                self._apply(self._attention.end(self._clock()))
                self._meet(str(error))
                stop.wait(RETRY_SECONDS)
        self._apply(self._attention.end(self._clock()))
        self._seeing = replace(self._seeing, ended=not stop.is_set(), private="")

    def _follow(self, source: FrameSource, stop: threading.Event) -> None:
        for seen in source.frames(stop):
            if isinstance(seen, Skipped):
                private = seen.reason if seen.private else ""
                filtered = self._seeing.filtered + bool(private and private != self._seeing.private)
                self._seeing = replace(self._seeing, private=private, filtered=filtered, problem="")
                self._apply(self._attention.skip(seen))
            else:
                self._seeing = replace(self._seeing, private="", frames=self._seeing.frames + 1)
                self._apply(self._attention.see(seen))

    def _apply(self, events: tuple[Event, ...]) -> None:
        for event in events:
            try:
                self._store(event)
            except VaultError as error:
                self._seeing = replace(self._seeing, dropped=self._seeing.dropped + 1)
                self._meet(str(error))

    def _store(self, event: Event) -> None:
        match event:
            case Opened(frame):
                self._open(frame)
            case Continued(time) if self._moment is not None and time - self._extended >= EXTEND_SECONDS:
                self._extended = time
                self._writer.do(changes.extend_moment, self._moment, time).result()
            case Closed(time_end) if self._moment is not None:
                moment, self._moment = self._moment, None
                self._writer.do(changes.close_moment, moment, time_end).result()
                self._on_moment()

    def _open(self, frame: Frame) -> None:
        self._moment = None
        window = frame.window
        new = NewMoment(
            time_start=frame.time,
            time_end=frame.time if frame.time_end is None else frame.time_end,
            app=window.app,
            title=window.title,
            url=window.url,
            monitor=window.monitor,
            source=self._source_name,
        )
        self._moment = self._writer.do(changes.open_moment, self._writer.vault, new, frame.image).result()
        self._writer.do(changes.output, self._source_name, self._clock())
        self._extended = frame.time
        if self._seeing.problem:
            self._on_incident("capture", "Capture works again.")
        self._seeing = replace(self._seeing, problem="")
        self._on_moment()

    def _meet(self, sentence: str) -> None:
        """Note what the person must mend."""
        if sentence != self._seeing.problem:
            self._on_incident("capture", sentence)
        self._seeing = replace(self._seeing, problem=sentence)
