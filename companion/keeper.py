"""From what is seen to moments in the vault: the `capture` thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from companion.capture.attention import Closed, Continued, Opened
from companion.capture.monitors import Monitors, Seen
from companion.capture.replay import ReplaySource
from companion.capture.types import CaptureError, Frame, FrameSource, Skipped
from companion.status import NOTHING_MISSED, Seeing
from index.types import VaultError

RETRY_SECONDS = 5.0  # between tries to look again after the screen could not be reached
NAMED = 20  # files that cannot be read, each with an incident of its own
BROKEN = "Nothing is seen any more because of an error in the program. Quit Companion and start it again."


class Keeping(Protocol):
    """Stores moments as they open, go on and close. Raises `VaultError` when the disk would not take it."""

    def open(self, frame: Frame, source: str) -> bool:
        """Store the moment that begins with ``frame``; returns whether it is new."""

    def covered(self, monitor: int, time: float) -> bool:
        """Whether an earlier run stored the open moment up to ``time`` (UTC seconds)."""

    def extend(self, monitor: int, time: float) -> bool:
        """Note now and then that the open moment goes on; returns whether anything was written."""

    def close(self, monitor: int, time_end: float) -> bool:
        """Store the end of the open moment, if any; returns whether anything was written."""


class Keeper:
    """Follows a frame source on a thread and stores each moment as it opens and closes.

    What a source shows again (a folder replayed or imported twice) goes on with the moment that is there already.

    Parameters
    ----------
    make_source
        Opens the source (again, after it was lost); raises `CaptureError`.
    moments
        Stores them: in the vault, or sealed while it is locked.

    """

    def __init__(
        self,
        *,
        make_source: Callable[[], FrameSource],
        moments: Keeping,
        clock: Callable[[], float],
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._make_source, self._clock, self._on_incident = make_source, clock, on_incident
        self._monitors = Monitors()
        self._moments = moments
        self._source_name = ""
        self._blind = False  # the source was lost
        self._missed = NOTHING_MISSED  # screens since storing them went wrong
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
        """End, the open moments closed."""
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
                self._apply(self._monitors.end(self._clock()))
                self._blind = True
                self._meet(str(error))
                stop.wait(RETRY_SECONDS)
        self._apply(self._monitors.end(self._clock()))
        self._sum_up()
        self._seeing = replace(self._seeing, ended=not stop.is_set(), private="")

    def _follow(self, source: FrameSource, stop: threading.Event) -> None:
        for seen in source.frames(stop):
            if self._blind:
                self._blind = False
                self._works()
            if isinstance(seen, Skipped):
                self._pass_over(seen, damaged=isinstance(source, ReplaySource) and not seen.private)
                self._apply(self._monitors.skip(seen))
            else:
                self._seeing = replace(self._seeing, private="", frames=self._seeing.frames + 1)
                self._apply(self._monitors.see(seen))

    def _pass_over(self, skipped: Skipped, *, damaged: bool) -> None:
        """Count what is not looked at; a damaged file is named (a locked screen is nothing to mend)."""
        before, private = self._seeing, skipped.reason if skipped.private else ""
        self._seeing = replace(
            before,
            private=private,
            filtered=before.filtered + bool(private and private != before.private),
            kept_out=before.kept_out + skipped.private,
            unseen=before.unseen + (not skipped.private),
        )
        if damaged:
            count = self._seeing.damaged + 1
            named = (*before.unreadable, skipped.reason)[:NAMED]
            self._seeing = replace(self._seeing, damaged=count, unreadable=named)
            if count <= NAMED:
                self._on_incident("capture", skipped.reason)

    def _apply(self, seen: Iterable[Seen]) -> None:
        for monitor, event in seen:
            try:
                match event:
                    case Opened(frame):
                        new = self._moments.open(frame, self._source_name)
                        self._count(new=new, known=not new)
                        self._works(stored=True)
                    case Continued(time):
                        known = self._moments.covered(monitor, time)
                        self._count(continued=not known, known=known)
                        if self._moments.extend(monitor, time):
                            self._works()
                    case Closed(time_end):
                        if self._moments.close(monitor, time_end):
                            self._works()
            except VaultError as error:
                if isinstance(event, Opened):
                    self._miss(monitor, event.frame.time)
                self._meet(str(error))

    def _count(self, *, new: bool = False, continued: bool = False, known: bool = False) -> None:
        now = self._seeing
        self._seeing = replace(now, new=now.new + new, continued=now.continued + continued, known=now.known + known)

    def _miss(self, monitor: int, time: float) -> None:
        """Count a screen that is lost, and let the next one of its monitor try again."""
        self._missed = self._missed.one_more(time)
        self._seeing = replace(self._seeing, dropped=self._seeing.dropped + 1)
        self._monitors.forget(monitor)

    def _works(self, *, stored: bool = False) -> None:
        """Note that what was wrong mended itself; where screens were lost, only a stored one shows that."""
        if self._seeing.problem and (stored or not self._missed.count):
            self._on_incident("capture", " ".join(["Capture works again.", *self._missed.sentences()]))
            self._missed = NOTHING_MISSED
            self._seeing = replace(self._seeing, problem="")

    def _meet(self, sentence: str) -> None:
        """Note what the person must mend."""
        if sentence != self._seeing.problem:
            self._on_incident("capture", sentence)
        self._seeing = replace(self._seeing, problem=sentence)

    def _sum_up(self) -> None:
        """Note at the end what nobody said yet."""
        for sentence in self._missed.sentences():
            self._on_incident("capture", sentence)
        self._missed = NOTHING_MISSED
        if self._seeing.damaged > NAMED:
            self._on_incident("capture", f"{self._seeing.damaged - NAMED} more files could not be read.")
