"""When to look at a picture of which the desktop does not tell that it changed. Pure: time is passed in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from companion.capture.screen import Happened
from companion.capture.triggers import AWAY
from companion.capture.types import Image, Trigger
from companion.capture.wayland.pulse import FASTEST, Pulse

BY_HAND = frozenset({Trigger.TYPED, Trigger.CLICKED, Trigger.SCROLLED})


class Beat:
    """Says now and then, while the person is there, that the picture may have changed.

    Parameters
    ----------
    now
        Seconds that never go back, as everywhere here.
    told
        Whether the desktop tells what hands do; where not, any touch quickens the beat.

    """

    def __init__(self, now: float, *, told: bool) -> None:
        self._pulse, self._told = Pulse(now), told
        self._last: Image | None = None
        self._unread = False  # the picture was not read since the last beat

    def after(self, happened: Sequence[Happened], now: float, idle: float) -> Sequence[Happened]:
        """Return ``happened``, or a change where nothing happened and a look is due; ``idle`` is in seconds."""
        if happened or (not self._told and idle < FASTEST):
            self._pulse.happened(now)
        if happened or idle >= AWAY or not self._pulse.due(now):
            return happened
        if self._unread:
            self._pulse.looked(now, changed=False)  # nobody wants pictures: what is told of the text has to do
        self._unread = True
        return [Happened(Trigger.CHANGED, now)]

    def read(self, image: Image, now: float) -> None:
        """Take in a picture that was read."""
        same = self._last is not None and np.array_equal(self._last, image)
        self._pulse.looked(now, changed=not same)
        self._last, self._unread = image, False
