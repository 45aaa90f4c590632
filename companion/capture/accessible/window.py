"""Which object of the tree is the window that has the attention."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.node import children, extents, name_of, role_and_states
from companion.capture.accessible.placing import AS_TOLD, Placing, placing
from companion.capture.accessible.roles import State
from companion.capture.types import Rect, Window

#: Pixels that rounding may make of a difference between what two windows say of their places.
NEAR = 8

_DESKTOP = Ref("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A window of the program asked for, the name it gave itself, and where it says it lies."""

    ref: Ref
    title: str
    active: bool
    rect: Rect | None

    def placing(self, window: Window) -> Placing | None:
        """Return how it tells the places in ``window``, None where it cannot be that one, or nobody can say.

        Where it is not known where that lies, places are taken as they are told.
        """
        if window.rect is None or not window.bounds:
            near = window.rect is None or self.rect is None or self.rect.overlaps(window.rect)
            return AS_TOLD if near else None
        found = placing(self.rect, window.bounds) if self.rect is not None else None
        scaled = found is not None and found.ratio != 1.0
        elsewhere = self.rect is None or not (scaled or self.rect.overlaps(window.rect))
        return None if elsewhere else found


class Windows:
    """Finds windows; remembers which process is behind which name on the bus, as a name is never given twice."""

    def __init__(self, bus: AccessibilityBus) -> None:
        self._bus = bus
        self._pids: dict[str, int] = {}

    async def find(self, window: Window) -> Candidate | None:
        """Return the object of ``window``, None when its program is not on the bus or does not show such a window."""
        if not window.pid:
            return None
        candidates: list[Candidate] = []
        for application in await self._of(window.pid):
            frames = await children(self._bus, application)
            candidates += [found for found in await asyncio.gather(*map(self._candidate, frames)) if found is not None]
        return _best(candidates, window) or _only(candidates, window.title)

    def knows(self, pid: int) -> bool:
        """Whether a process is on the bus, as far as was heard when a window of it was last asked for."""
        return pid in self._pids.values()

    async def pid_of(self, name: str) -> int | None:
        """Return the process behind a unique name, None when it has left."""
        if name not in self._pids:
            pid = await self._bus.process_of(name)
            if pid is None:
                return None
            self._pids[name] = pid
        return self._pids[name]

    async def _of(self, pid: int) -> list[Ref]:
        applications = await children(self._bus, _DESKTOP)
        self._pids = {name: known for name, known in self._pids.items() if name in {one.bus for one in applications}}
        pids = await asyncio.gather(*(self.pid_of(one.bus) for one in applications))
        return [one for one, its in zip(applications, pids, strict=True) if its == pid]

    async def _candidate(self, ref: Ref) -> Candidate | None:
        known = await role_and_states(self._bus, ref)
        if known is None or State.SHOWING not in known[1]:
            return None
        name, rect = await asyncio.gather(name_of(self._bus, ref), extents(self._bus, ref))
        return Candidate(ref, name, State.ACTIVE in known[1], rect)


def _nearest(candidates: list[Candidate], window: Window) -> list[Candidate]:
    """Return those that say that they lie where ``window`` does: a program has several of one size and title."""
    fitting = [(one, found.apart(window.origin)) for one in candidates if (found := one.placing(window)) is not None]
    least = min((apart for _, apart in fitting), default=0.0)
    return [one for one, apart in fitting if apart <= least + NEAR]


def _best(candidates: list[Candidate], window: Window) -> Candidate | None:
    """Return the active one with the title, else the only one with it, else the active one, of those that lie there.

    Chromium calls a private window by its title and a word behind it.
    """
    fitting = [one for one in candidates if one.placing(window) is not None]
    titled = [one for one in fitting if one.title.startswith(window.title)]
    there = _nearest(titled or fitting, window)
    active = [one for one in there if one.active] or (there if titled and len(there) == 1 else [])
    return active[0] if active else None


def _only(candidates: list[Candidate], title: str) -> Candidate | None:
    """Return the only one with a title that fits: it tells of places that nobody understands."""
    titled = [one for one in candidates if one.title.startswith(title)]
    return titled[0] if len(titled) == 1 else None
