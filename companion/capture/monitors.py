"""Which monitor has attention: one `Attention` for each, without clocks of its own."""

from __future__ import annotations

from companion.capture.attention import Attention, Event
from companion.capture.types import Frame, Skipped

#: What happened, and on which monitor.
Seen = tuple[int, Event]


class Monitors:
    """Follows what is looked at on every monitor.

    A live source shows the one window in use, so that a frame of one monitor ends what was open on the others, but for
    what is beside it there: that goes on until a look there says otherwise. A source that knows how long each frame
    lasted (a replay) may show several monitors side by side: each keeps its own moment, which ends when its frames do.
    """

    def __init__(self) -> None:
        self._attentions: dict[int, Attention] = {}
        self._ends: dict[int, float | None] = {}  # of the newest frame, where the source knows it
        self._beside: set[int] = set()  # monitors whose newest frame was beside the attention

    def see(self, frame: Frame) -> tuple[Seen, ...]:
        """Take in the newest frame and return what follows from it, in order."""
        here = frame.window.monitor
        live = frame.time_end is None
        others = [] if frame.beside else [one for one in self._attentions if one != here and one not in self._beside]
        left = [self._leave(monitor, frame.time, live=live) for monitor in others]
        self._ends[here] = frame.time_end
        (self._beside.add if frame.beside else self._beside.discard)(here)
        attention = self._attentions.setdefault(here, Attention())
        return (*(seen for each in left for seen in each), *_on(here, attention.see(frame)))

    def skip(self, skipped: Skipped) -> tuple[Seen, ...]:
        """Close what is open: what comes now is not looked at. A frame whose end is known lasts until then.

        Of what was beside the attention only that is closed: by now the person may attend to that monitor.
        """
        if skipped.monitor is not None:
            return self._leave(skipped.monitor, skipped.time, live=True) if skipped.monitor in self._beside else ()
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
        self._beside.discard(monitor)

    def _leave(self, monitor: int, time: float, *, live: bool) -> tuple[Seen, ...]:
        """Close a monitor's moment where attention is elsewhere (live), or its newest frame is over."""
        end = self._ends[monitor]
        if live or (end is not None and time > end):
            return _on(monitor, self._attentions[monitor].end(time))
        return ()


def _on(monitor: int, events: tuple[Event, ...]) -> tuple[Seen, ...]:
    return tuple((monitor, event) for event in events)
