"""When a moment opens and when it closes: a state machine over frames, without clocks of its own."""

from __future__ import annotations

from dataclasses import dataclass

from companion.capture.change import MOVED_ON, changed_share
from companion.capture.titles import normalised_title
from companion.capture.types import Frame, Skipped, Window

#: Seconds without any frame after which the person is taken to have been away.
LONGEST_GAP = 60.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A moment begins with this frame."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Continued:
    """The open moment was still seen at ``time`` (UTC seconds)."""

    time: float


@dataclass(frozen=True, slots=True)
class Closed:
    """The open moment ended at ``time_end`` (UTC seconds)."""

    time_end: float


Event = Opened | Continued | Closed


class Attention:
    """Follows what the person looks at.

    A moment opens when the window, its title or its content changes, and closes when attention moves on. Content is
    compared with the frame the moment *opened* with, so that slow typing adds up and opens a new one in the end.

    Parameters
    ----------
    threshold
        Share of the picture, 0 to 1, that must change for the content to count as another.
    longest_gap
        Seconds without a frame after which the moment is closed at its last sight.

    """

    def __init__(self, *, threshold: float = MOVED_ON, longest_gap: float = LONGEST_GAP) -> None:
        self._threshold = threshold
        self._longest_gap = longest_gap
        self._opened: Frame | None = None
        self._seen = 0.0  # time of the newest frame
        self._until: float | None = None  # its end, where the source knew it

    def see(self, frame: Frame) -> tuple[Event, ...]:
        """Take in the newest frame and return what follows from it, in order."""
        if self._opened is None:
            return self._open(frame)
        if self._was_away(frame.time) or not self._same(frame):
            return (*self._close(frame.time), *self._open(frame))
        self._seen, self._until = frame.time, frame.time_end
        return (Continued(self._last_sight()),)

    def skip(self, skipped: Skipped) -> tuple[Event, ...]:
        """Close the open moment: what comes now is not looked at."""
        return self._close(skipped.time)

    def end(self, time: float) -> tuple[Event, ...]:
        """Close the open moment: nothing comes any more."""
        return self._close(time)

    def _open(self, frame: Frame) -> tuple[Event, ...]:
        self._opened, self._seen, self._until = frame, frame.time, frame.time_end
        return (Opened(frame),)

    def _close(self, time: float) -> tuple[Event, ...]:
        if self._opened is None:
            return ()
        end = self._last_sight() if self._was_away(time) else time
        self._opened = None
        return (Closed(end),)

    def _was_away(self, time: float) -> bool:
        """Whether the open moment cannot reach ``time``: a gap, or a clock that was set back."""
        if time < self._seen:
            return True
        if self._until is not None:
            return time > self._until
        return time - self._seen > self._longest_gap

    def _last_sight(self) -> float:
        return self._seen if self._until is None else max(self._until, self._seen)

    def _same(self, frame: Frame) -> bool:
        opened = self._opened
        if opened is None or not _same_window(opened.window, frame.window):
            return False
        return changed_share(opened.image, frame.image) <= self._threshold


def _same_window(before: Window, after: Window) -> bool:
    """Whether both name the same thing looked at."""
    return (before.app, before.url, before.monitor, normalised_title(before.title)) == (
        after.app,
        after.url,
        after.monitor,
        normalised_title(after.title),
    )
