"""Which monitor has attention: one `Attention` for each, without clocks of its own."""

from __future__ import annotations

from companion.capture.attention import Attention, Event
from companion.capture.types import Frame, Skipped

#: What happened, and on which monitor.
Seen = tuple[int, Event]


class Monitors:
    """Follows what is looked at on every monitor.

    A live source shows the one window in use, so that a frame of one monitor ends what was open on the others. A
    source that knows how long each frame lasted (a replay) may show several monitors side by side: each keeps its own
    moment, which ends when its frames do.
    """

    def __init__(self) -> None:
        self._attentions: dict[int, Attention] = {}
        self._ends: dict[int, float | None] = {}  # of the newest frame, where the source knows it

    def see(self, frame: Frame) -> tuple[Seen, ...]:
        """Take in the newest frame and return what follows from it, in order."""
        here = frame.window.monitor
        live = frame.time_end is None
        left = [self._leave(monitor, frame.time, live=live) for monitor in self._attentions if monitor != here]
        self._ends[here] = frame.time_end
        attention = self._attentions.setdefault(here, Attention())
        return (*(seen for each in left for seen in each), *_on(here, attention.see(frame)))

    def skip(self, skipped: Skipped) -> tuple[Seen, ...]:
        """Close what is open: what comes now is not looked at. A frame whose end is known lasts until then."""
        closed = [self._leave(monitor, skipped.time, live=end is None) for monitor, end in self._ends.items()]
        return tuple(seen for each in closed for seen in each)

    def end(self, time: float) -> tuple[Seen, ...]:
        """Close what is open: nothing comes any more."""
        return tuple(
            seen for monitor, attention in self._attentions.items() for seen in _on(monitor, attention.end(time))
        )

    def forget(self, monitor: int) -> None:
        """Take the next frame of a monitor for the first."""
        self._attentions.pop(monitor, None)
        self._ends.pop(monitor, None)

    def _leave(self, monitor: int, time: float, *, live: bool) -> tuple[Seen, ...]:
        """Close a monitor's moment where attention is elsewhere (live), or its newest frame is over."""
        end = self._ends[monitor]
        if live or (end is not None and time > end):
            return _on(monitor, self._attentions[monitor].end(time))
        return ()


def _on(monitor: int, events: tuple[Event, ...]) -> tuple[Seen, ...]:
    return tuple((monitor, event) for event in events)
