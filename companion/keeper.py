"""From what is seen to moments in the vault: the `capture` thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from companion.capture.attention import Changed, Closed, Continued, Opened
from companion.capture.glance import MOVING
from companion.capture.monitors import Monitors, Seen
from companion.capture.replay import ReplaySource
from companion.capture.types import CaptureError, Frame, FrameSource, Skipped
from companion.clearing.masked_moments import Clear, MaskedMoments
from companion.looks import SAME, Looks
from companion.sightings import Sightings
from companion.status import Seeing
from index.types import VaultError

RETRY_SECONDS = 5.0  # between tries to look again after the screen could not be reached
BROKEN = "Nothing is seen any more because of an error in the program. Quit Companion and start it again."


class Keeping(Protocol):
    """Stores moments as they open, change, go on and close. Raises `VaultError` when the disk would not take it."""

    def open(self, frame: Frame, source: str) -> bool:
        """Store the moment that begins with ``frame``; returns whether it is new."""

    def change(self, frame: Frame) -> bool:
        """Store that the open moment looks a little different now; returns whether it says anything new."""

    def covered(self, monitor: int, time: float) -> bool:
        """Whether an earlier run stored the open moment up to ``time`` (UTC seconds)."""

    def extend(self, monitor: int, time: float) -> bool:
        """Note now and then that the open moment goes on; returns whether anything was written."""

    def close(self, monitor: int, time_end: float) -> bool:
        """Store the end of the open moment, if any; returns whether anything was written."""

    def let_go(self) -> None:
        """Let go of what is held of open moments and is not stored yet; what they end at still is."""


class Keeper:
    """Follows a frame source on a thread and stores each moment as it opens, changes and closes.

    What a source shows again (a folder replayed or imported twice) goes on with the moment that is there already.

    Parameters
    ----------
    make_source
        Opens the source (again, after it was lost); raises `CaptureError`.
    moments
        Stores them: in the vault, or sealed while it is locked.
    looks
        Takes down what came of each look that something called for.
    make_clear
        Makes what reads live frames and takes secrets out before they are stored; it is given what to tell when it
        cannot. None for a source whose frames are read once they are stored.

    """

    def __init__(
        self,
        *,
        make_source: Callable[[], FrameSource],
        moments: Keeping,
        clock: Callable[[], float],
        on_incident: Callable[[str, str], None],
        looks: Looks | None = None,
        make_clear: Callable[[Callable[[str], None]], Clear] | None = None,
    ) -> None:
        self._make_source, self._clock = make_source, clock
        self._storing, self._make_clear = moments, make_clear
        self._looks = looks or Looks(lambda _some: None, clock=clock)
        self._moments: Keeping = moments
        self._masked: MaskedMoments | None = None
        self._monitors = Monitors()
        self._refused: set[int] = set()  # monitors whose moment could not be stored; told by another thread
        self._source_name = ""
        self._sightings = Sightings(on_incident)
        self._stop, self._thread = threading.Event(), threading.Thread()

    @property
    def seeing(self) -> Seeing:
        """The newest snapshot."""
        return self._sightings.now

    @property
    def waiting(self) -> int:
        """How many screens were seen and wait to be read."""
        masked = self._masked
        return masked.waiting if masked is not None else 0

    def start(self) -> None:
        """Begin, or begin again after `stop`."""
        if self._thread.is_alive():
            return
        self._stop = threading.Event()
        self._sightings.begin()
        if self._make_clear is not None:
            clear = self._make_clear(self._sightings.unread)
            self._moments = self._masked = MaskedMoments(
                self._storing,
                clear=clear,
                noted=self._looks,
                on_stored=self._stored,
                on_refused=self._refuse,
                on_broken=lambda: self._sightings.break_off(BROKEN),
            )
        self._thread = threading.Thread(target=self._run, args=(self._stop,), name="capture", daemon=True)
        self._thread.start()

    def leave(self, *, keep: bool = True) -> None:
        """Look no more from now on; without ``keep`` what waits is not stored. Waits for nothing: `stop` does."""
        self._stop.set()
        masked = self._masked
        if masked is not None and not keep:
            masked.keep_nothing()

    def stop(self, *, keep: bool = True) -> None:
        """End, the open moments closed and everything stored that was seen; without ``keep`` what waits is not."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._masked is not None:
            if self._masked.waiting:
                self._sightings.finish()
            self._masked.finish(keep=keep)
            self._masked, self._moments = None, self._storing
            self._sightings.tell_missed()  # some may have been refused only now
        self._looks.flush()

    def _run(self, stop: threading.Event) -> None:
        try:
            self._keep_looking(stop)
        except Exception:
            # A bug: it must be seen, and the status must not claim that the screen is recorded.
            self._sightings.break_off(BROKEN)
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
                self._sightings.lose(str(error))
                stop.wait(RETRY_SECONDS)
        self._apply(self._monitors.end(self._clock()))
        self._sightings.end(stopped=stop.is_set())

    def _follow(self, source: FrameSource, stop: threading.Event) -> None:
        for seen in source.frames(stop):
            self._sightings.lose("")
            while self._refused:
                self._monitors.forget(self._refused.pop())  # the next screen tries again
            if isinstance(seen, Skipped):
                if seen.monitor is None:
                    damaged = isinstance(source, ReplaySource) and not seen.private
                    self._sightings.pass_over(seen, source.limits, damaged=damaged)
                self._looks.note(seen)
                if seen.reason != MOVING:  # what is open may well go on: the next look tells
                    self._apply(self._monitors.skip(seen))
            else:
                self._sightings.frame(source.limits, beside=seen.beside)
                self._apply(self._monitors.see(seen), seen)

    def _apply(self, happened: Iterable[Seen], seen: Frame | None = None) -> None:
        for monitor, event in happened:
            try:
                match event:
                    case Opened(frame):
                        new = self._moments.open(frame, self._source_name)
                        self._sightings.count(new=new, known=not new)
                        if self._masked is None:
                            self._stored()
                    case Changed(frame):
                        self._moments.change(frame)
                        self._sightings.count(continued=True)
                    case Continued(time):
                        self._go_on(monitor, time, seen)
                    case Closed(time_end):
                        if self._moments.close(monitor, time_end):
                            self._sightings.works()
            except VaultError as error:
                self._refuse(event.frame if isinstance(event, Opened) else None, error)

    def _go_on(self, monitor: int, time: float, seen: Frame | None) -> None:
        known = self._moments.covered(monitor, time)
        self._sightings.count(continued=not known, known=known)
        if seen is not None:
            self._looks.note(seen, SAME)
        if self._moments.extend(monitor, time):
            self._sightings.works()

    def _stored(self) -> None:
        self._sightings.works(stored=True)

    def _refuse(self, frame: Frame | None, error: VaultError) -> None:
        """Note what the disk refused; a moment's first screen is lost, and the next one of its monitor tries again."""
        if frame is not None:
            self._sightings.miss(frame.time)
            self._refused.add(frame.window.monitor)
        self._sightings.meet(str(error))
