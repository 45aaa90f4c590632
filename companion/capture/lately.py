"""Where windows that may not be looked at were a moment ago: what comes there may not be painted yet. Pure."""

from __future__ import annotations

from collections import OrderedDict

from companion.capture.screen import Sight
from companion.capture.types import Rect

#: Seconds from the first sight of something else in such a place until its pixels are taken for its own. A program that
#: leaves its window unpainted for longer, with what lay there before showing in it, is not known to be one.
SETTLES = 2.0

#: Places that are remembered; the oldest go.
PLACES = 32


class LatelyKeptOut:
    """Remembers places. All times are `time.monotonic`."""

    def __init__(self) -> None:
        self._places: OrderedDict[Rect, float | None] = OrderedDict()  # since when something else was seen there

    def keep_out(self, sight: Sight) -> None:
        """Take in that a window, or one that lies over it, may not be looked at."""
        windows = (sight.window, *sight.overlapping)
        for rect in (window.rect for window in windows if window is not None and window.rect is not None):
            self._places[rect] = None
            self._places.move_to_end(rect)
        while len(self._places) > PLACES:
            self._places.popitem(last=False)

    def may_show(self, rect: Rect, now: float) -> bool:
        """Whether a window in ``rect``, which may be looked at, may still show what may not."""
        there = [place for place in self._places if place.overlaps(rect)]
        for place in there:
            since = self._places[place]
            self._places[place] = since = now if since is None else since
            if now - since >= SETTLES:
                del self._places[place]
        return any(place in self._places for place in there)
