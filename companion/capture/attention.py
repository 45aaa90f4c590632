"""When a moment opens, changes and closes: a state machine over frames, without clocks of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from companion.capture.change import MOVED_ON, changed_share
from companion.capture.titles import normalised_title
from companion.capture.triggers import RESTLESS
from companion.capture.types import Frame, Image, Skipped, Window

#: Seconds without any frame after which the person is taken to have been away. A film is looked at once a minute
#: (`triggers.RESTLESS`), and a look takes a while.
LONGEST_GAP = RESTLESS[1] + 30.0

#: Share of a text's lines that have to be gone for it to be another text, where there are no pictures to compare.
READ_ON = 0.3


@dataclass(frozen=True, slots=True)
class Opened:
    """A moment begins with this frame."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Changed:
    """The open moment goes on, and looks a little different now."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Continued:
    """The open moment was still seen at ``time`` (UTC seconds)."""

    time: float


@dataclass(frozen=True, slots=True)
class Closed:
    """The open moment ended at ``time_end`` (UTC seconds)."""

    time_end: float


Event = Opened | Changed | Continued | Closed


class Attention:
    """Follows what the person looks at.

    A moment opens when the window, its title or its content changes, and closes when attention moves on. Content is
    compared with the frame the moment *opened* with, so that slow typing adds up and opens a new one in the end; until
    then the open moment changes with it.

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
        self._newest: Frame | None = None

    def see(self, frame: Frame) -> tuple[Event, ...]:
        """Take in the newest frame and return what follows from it, in order."""
        if self._opened is None or self._newest is None:
            return self._open(frame)
        if self._was_away(frame.time) or not self._same(frame):
            return (*self._close(frame.time), *self._open(frame))
        before, self._newest = self._newest, frame
        # A replay's frames are states in their own right: what differs little is the same state.
        if frame.time_end is None and _differs(before, frame):
            return (Changed(frame),)
        return (Continued(self._last_sight()),)

    def skip(self, skipped: Skipped) -> tuple[Event, ...]:
        """Close the open moment: what comes now is not looked at."""
        return self._close(skipped.time)

    def end(self, time: float) -> tuple[Event, ...]:
        """Close the open moment: nothing comes any more."""
        return self._close(time)

    def _open(self, frame: Frame) -> tuple[Event, ...]:
        self._opened = self._newest = frame
        return (Opened(frame),)

    def _close(self, time: float) -> tuple[Event, ...]:
        if self._opened is None:
            return ()
        end = self._last_sight() if self._was_away(time) else time
        self._opened = self._newest = None
        return (Closed(end),)

    def _was_away(self, time: float) -> bool:
        """Whether the open moment cannot reach ``time``: a gap, or a clock that was set back."""
        newest = self._newest
        if newest is None or time < newest.time:
            return True
        if newest.time_end is not None:
            return time > newest.time_end
        return time - newest.time > self._longest_gap

    def _last_sight(self) -> float:
        newest = self._newest
        if newest is None:
            return 0.0
        return newest.time if newest.time_end is None else max(newest.time_end, newest.time)

    def _same(self, frame: Frame) -> bool:
        opened = self._opened
        if opened is None or opened.beside is not frame.beside or not _same_window(opened.window, frame.window):
            return False
        if opened.image is None or frame.image is None:
            return _gone(_text(opened), _text(frame)) <= READ_ON
        return changed_share(opened.image, frame.image) <= self._threshold


def _same_window(before: Window, after: Window) -> bool:
    """Whether both name the same thing looked at."""
    return (before.app, before.url, before.monitor, normalised_title(before.title)) == (
        after.app,
        after.url,
        after.monitor,
        normalised_title(after.title),
    )


def _differs(before: Frame, after: Frame) -> bool:
    """Whether anything is to be seen that was not before, or was done meanwhile, seen or not."""
    done = after.typed or after.hands.keys or after.hands.clicks or after.hands.scrolls
    return bool(done) or _text(before) != _text(after) or not _equal(before.image, after.image)


def _equal(before: Image | None, after: Image | None) -> bool:
    if before is after or before is None or after is None:
        return before is after
    return np.array_equal(before, after)


def _text(frame: Frame) -> str:
    return frame.reading.text if frame.reading is not None else ""


def _gone(before: str, after: str) -> float:
    """Return the share of a text's lines that are not in another one, 0 to 1."""
    lines = {line.strip() for line in before.splitlines()} - {""}
    return len(lines - {line.strip() for line in after.splitlines()}) / len(lines) if lines else 0.0
