"""The text of one window, read when asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from companion.capture.accessible.blocks import blocks_of
from companion.capture.accessible.bus import AccessibilityBus, Ref
from companion.capture.accessible.by_monitor import counts_by_monitor
from companion.capture.accessible.node import DOCUMENT, extents, name_of, role_and_states
from companion.capture.accessible.placing import AS_TOLD, nowhere
from companion.capture.accessible.reading import Fields, Reading
from companion.capture.accessible.roles import State
from companion.capture.accessible.text import joined
from companion.capture.accessible.tree import Bounds, Walk
from companion.capture.accessible.window import Candidate, Windows
from companion.capture.sites import shortened
from companion.capture.types import Window

#: Names of the attribute that holds a page's address: Firefox and WebKit say the first, Chromium the second.
_ADDRESS = ("DocURL", "URI")
_TITLE = "Title"

#: Which password fields of a process were seen on a page (`Fields.page`): they are asked whether they are still there.
Known = Callable[[int, str], Collection[str]]


def nothing_known(_pid: int, _page: str) -> Collection[str]:
    """Return that no password field was seen before."""
    return ()


#: Of a program that does not answer: there may be password fields anywhere.
_SILENT = Reading("", "", "", (), (), complete=False)

#: Of one of which nobody said in time whether it tells anything.
_UNKNOWN = replace(_SILENT, told=False)


class AccessibleReader:
    """Reads windows through the accessibility bus. One reading at a time; nothing is asked between readings.

    Parameters
    ----------
    bus
        Stays the caller's to close.
    bounds
        How much a reading may cost the other program.
    known
        Password fields that were seen before.

    """

    def __init__(self, bus: AccessibilityBus, bounds: Bounds | None = None, known: Known = nothing_known) -> None:
        self._bus, self._known = bus, known
        self._bounds = bounds or Bounds()
        self._windows = Windows(bus)

    def read(self, window: Window) -> Reading | None:
        """Return what ``window`` shows.

        Places are on the desktop. Where it is not known how its program tells of them, no block has one, and a reading
        with password fields is not complete. Without ``window.rect`` they are as the program tells them.

        None when its program is not on the bus or shows no such window; nothing, and not all of it, when it is on the
        bus and does not answer, or does not say in time which page it shows; untold and not complete when nobody says
        in time whether it is there. Takes about ``bounds.seconds``, twice that where the program stops answering at the
        very end.

        Raises
        ------
        AccessibilityError
            When the bus has gone.

        """
        return self._bus.thread.run(self._read(window))

    async def _read(self, window: Window) -> Reading | None:
        due = time.monotonic() + self._bounds.seconds
        try:
            async with asyncio.timeout(self._bounds.seconds):
                found = await self._windows.find(window)
                place = found.placing(window) if found else None
                clip = place.units(window.rect) if place is not None and window.rect is not None else None
                clip = clip or (await extents(self._bus, found.ref) if found else None) or window.rect
        except TimeoutError:
            return _SILENT if self._windows.knows(window.pid) else _UNKNOWN
        if found is None or clip is None:
            return None
        walk = Walk(self._bus, found.ref, clip, self._bounds, place or AS_TOLD)
        try:
            await walk.run(due - time.monotonic())
            reading = await self._told(walk, found, window.pid)
        finally:
            walk.take_apart()
        if window.across and counts_by_monitor(window.pid):
            return replace(nowhere(reading), complete=False)  # a part of it may be taken for out of view
        return replace(reading, ratio=place.ratio) if place is not None and walk.placed else nowhere(reading)

    async def _told(self, walk: Walk, found: Candidate, pid: int) -> Reading:
        page, within = dict[str, str](), [""] * len(walk.documents[1:])
        try:
            async with asyncio.timeout(self._bounds.seconds):
                same = await name_of(self._bus, found.ref) == found.title
                page = await self._page(walk.documents[:1])
                for place, one in enumerate(walk.documents[1:]):
                    within[place] = _address(await self._page([one]))
        except TimeoutError:
            if walk.documents and not page:
                return _SILENT  # of a page of saved passwords, which only its address tells, no word is kept
            same = False
        blocks = blocks_of(walk.root, walk.strays)
        return Reading(
            text=joined(blocks),
            url=_address(page),
            within=tuple(within),
            document_title=page.get(_TITLE, ""),
            blocks=blocks,
            private=tuple(walk.private),
            complete=walk.complete and same,
            name=found.title,
            told=not walk.empty,
            fields=await self._fields(walk, found, pid, _address(page)),
            drawn=tuple(walk.drawn),
            writing=walk.writing,
        )

    async def _fields(self, walk: Walk, found: Candidate, pid: int, url: str) -> Fields:
        """Return which fields there are, and which of those known are still there though no password fields in view."""
        page = " ".join([*(ref.name for ref in (found.ref, *walk.documents[:1])), _steady(url)])
        private, written = (tuple(ref.name for ref in refs) for refs in (walk.passwords, walk.written))
        missing = [name for name in self._known(pid, page) if name not in private]
        try:
            async with asyncio.timeout(self._bounds.seconds):
                there = tuple([name for name in missing if name in written or await self._is_there(Ref.named(name))])
        except TimeoutError:
            return Fields(page, private, written, asked=False)
        return Fields(page, private, written, there)

    async def _is_there(self, field: Ref) -> bool:
        known = await role_and_states(self._bus, field)
        return known is not None and bool(known[0]) and State.DEFUNCT not in known[1]

    async def _page(self, documents: Sequence[Ref]) -> dict[str, str]:
        """Return what the first of some documents says of itself."""
        if not documents:
            return {}
        answer = await self._bus.ask(documents[0], DOCUMENT, "GetAttributes")
        return dict(answer[0]) if answer else {}


def _address(page: Mapping[str, str]) -> str:
    return shortened(next((page[name] for name in _ADDRESS if page.get(name)), ""))


def _steady(url: str) -> str:
    """Return an address without what links within a page change of it; what stands for a page of its own stays."""
    try:
        parts = urlsplit(url)
    except ValueError:  # as pages make them up themselves
        return url
    inner = parts.fragment if parts.fragment.startswith(("/", "!/")) else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}#{inner}"
