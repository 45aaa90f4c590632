"""When to look: what happens is gathered until it pauses. Pure: time is passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from companion.capture.screen import Happened
from companion.capture.types import Trigger

#: Seconds of quiet after which something that happened calls for a look, and the longest this is put off.
QUIET: dict[Trigger, tuple[float, float]] = {
    Trigger.STARTED: (0.0, 0.0),
    Trigger.SWITCHED: (0.3, 1.0),  # the window gets to paint, the compositor to fade others out
    Trigger.TITLED: (0.3, 1.0),
    Trigger.LOADED: (0.2, 1.0),
    Trigger.CLICKED: (0.4, 1.0),
    Trigger.TYPED: (0.6, 10.0),
    Trigger.SCROLLED: (0.35, 3.0),
    Trigger.CHANGED: (0.8, 4.0),
}

#: Seconds without a look after which one is taken all the same, while the person is there.
HEARTBEAT = 30.0

#: Seconds without a touch after which nobody is taken to be there.
AWAY = 120.0

#: What ends the moment that is open, be somebody there or not: it is told of at once, and whoever looks then finds out.
_ENDS = frozenset({Trigger.STARTED, Trigger.SWITCHED})

#: Seconds between looks that the picture alone calls for, while it never rests: from the first, doubled, to the last.
RESTLESS = (2.0, 60.0)

#: The same while such looks find nothing new: some programs paint all of their window to let a cursor blink.
IN_VAIN = (1.0, 8.0)

#: Seconds after which a look that came to nothing, as windows moved meanwhile, is taken again; and how often at most.
AGAIN = 0.5
TRIES = 3


def is_there(idle: float | None) -> bool:
    """Whether somebody is taken to be there, by the seconds for which nothing was touched; also where nobody tells."""
    return idle is None or idle < AWAY


@dataclass(slots=True)
class _Pending:
    first: float
    last: float


class Triggers:
    """Decides when to look.

    A film changes the whole picture all the time: looks that only the picture calls for, and that find it restless,
    come rarer and rarer. Anything the person does brings the pace back.
    """

    def __init__(self) -> None:
        self._pending: dict[Trigger, _Pending] = {}
        self._looked = float("-inf")
        self._rest = 0.0  # seconds that have to pass before the picture alone may call for a look
        self._tries = 0

    def happened(self, what: Happened) -> None:
        """Take in what happened."""
        known = self._pending.setdefault(what.trigger, _Pending(what.time, what.time))
        known.last = max(known.last, what.time)

    def due(self, now: float, idle: Callable[[], float | None]) -> tuple[Trigger, ...]:
        """Return why to look at ``now``, empty when there is no reason to; what is returned is done with.

        Everything that waits is seen by one look, be it ripe or not. While nobody is there it goes on waiting, unless
        something came that ends what was seen. ``idle`` returns for how long nothing was touched, None where that is
        not told; it is asked only where it matters, as the answer has to be waited for.
        """
        if not any(self._ripe_at(trigger) <= now for trigger in self._pending):
            rested = not self._pending and now - self._looked >= HEARTBEAT
            return (Trigger.RESTED,) if rested and is_there(idle()) else ()
        if not _ENDS.intersection(self._pending) and not is_there(idle()):
            # As if it came now: it is not the look that was slow.
            self._pending = {trigger: _Pending(now, now) for trigger in self._pending}
            return ()
        why = tuple(sorted(self._pending, key=lambda trigger: self._pending[trigger].first))
        self._pending.clear()
        if why != (Trigger.CHANGED,):
            self._rest = 0.0
        return why

    def since(self, now: float) -> float:
        """Return when the oldest of what waits happened; ``now`` when nothing does."""
        return min((pending.first for pending in self._pending.values()), default=now)

    def wait(self, now: float) -> float:
        """Return seconds until `due` may have something if nothing else happens."""
        ripe = min(map(self._ripe_at, self._pending), default=max(self._looked + HEARTBEAT, now + 1.0))
        return max(0.0, ripe - now)

    def looked(self, now: float, *, restless: bool, in_vain: bool = False) -> None:
        """Take in that a look was taken, and whether the picture of the same window was quite another.

        ``in_vain``: only the picture called for it, and it was the same.
        """
        self._looked, self._tries = now, 0
        least, most = IN_VAIN if in_vain else RESTLESS
        self._rest = min(max(least, 2 * self._rest), most) if restless or in_vain else 0.0

    def again(self, why: tuple[Trigger, ...], now: float) -> bool:
        """Have another look soon, as this one came to nothing; returns whether it is worth another try."""
        self._looked = now
        self._tries += 1
        if self._tries >= TRIES:
            self._tries = 0
            return False
        self.soon(why, now)
        return True

    def soon(self, why: tuple[Trigger, ...], now: float) -> None:
        """Have another look soon for what called for this one."""
        self._looked = now
        quiet = AGAIN - QUIET[Trigger.SWITCHED][0]
        self.happened(Happened(Trigger.SWITCHED, now + quiet))
        for trigger in why:
            if trigger is not Trigger.RESTED:
                self._pending.setdefault(trigger, _Pending(now + AGAIN, now + AGAIN))

    def _ripe_at(self, trigger: Trigger) -> float:
        quiet, longest = QUIET[trigger]
        pending = self._pending[trigger]
        ripe = min(pending.last + quiet, pending.first + longest)
        return max(ripe, self._looked + self._rest) if trigger is Trigger.CHANGED else ripe
