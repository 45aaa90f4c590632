"""One recorder, watched from outside through the whole script: what it cost, and when what was shown could be found."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from _capture_desk import Recorder, bytes_of, desk
from _capture_script import FILM, IDLE, PHASES, SCROLLING, SWITCHING, TERMINAL, TYPING, Call, Script, Shown
from _capture_windows import open_windows
from _finding import Finder, Searched
from _marked_pages import Pages
from _marked_prose import Prose
from _weighing import Weighing, await_quiet
from desktop import Desktop

ACTIVE = (TYPING, SCROLLING, TERMINAL, SWITCHING, FILM)
SETTLING = "settling"
IDLE_SHARE, LEAST_IDLE_SECONDS = 0.2, 60.0
DAY_SECONDS = 8 * 3600.0  # of active work
MEGABYTE = 1e6
LOG = "-wal"  # how the file ends that holds what SQLite has not put into its own yet


@dataclass(frozen=True, slots=True)
class Watched:
    """A recorder at work, the folder it writes to, and how that is searched."""

    recorder: Recorder
    folder: Path
    searched: Searched


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the script: how long it took, and the processor seconds of recorder and desktop meanwhile."""

    seconds: float = 0.0
    cpu: float = 0.0
    of_others: float = 0.0
    by_role: Mapping[str, float] = field(default_factory=dict)

    def a_minute(self) -> dict[str, object]:
        """Return processor seconds a minute: all, by process, and of the desktop looked at."""
        minutes = self.seconds / 60
        return {
            "all": round(self.cpu / minutes, 2),
            "by_process": {role: round(spent / minutes, 2) for role, spent in self.by_role.items()},
            "desktop": round(self.of_others / minutes, 2),
        }

    def with_work_of(self, other: Span) -> Span:
        """Return this with what was done in another, in no more time."""
        roles = self.by_role.keys() | other.by_role.keys()
        by_role = {role: self.by_role.get(role, 0.0) + other.by_role.get(role, 0.0) for role in sorted(roles)}
        return Span(self.seconds, self.cpu + other.cpu, self.of_others + other.of_others, by_role)


@dataclass
class Run:
    """What came of it."""

    spans: dict[str, Span] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    found: Mapping[str, float] = field(default_factory=dict)
    peaks: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    grown: int = 0  # bytes on disk
    parts: Mapping[str, int] = field(default_factory=dict)  # bytes at the end, by what lies in the recorder's folder
    left: int = 0  # what was put off and never done
    calls: Sequence[Call] = ()  # for a look
    load: float = 0.0  # of the machine before the recorder started, processes that ran or waited to

    @property
    def active(self) -> Span:
        """All of the script but idling; work that was put off costs, but takes no active time."""
        active = Span(sum(self.spans[name].seconds for name in ACTIVE))
        for name in (*ACTIVE, SETTLING):
            active = active.with_work_of(self.spans[name])
        return active

    @property
    def cpu(self) -> float:
        """Processor seconds over the whole script."""
        return self.active.cpu + self.spans[IDLE].cpu

    @property
    def megabytes_a_day(self) -> float:
        """What eight active hours would take on disk."""
        return self.grown / MEGABYTE * DAY_SECONDS / self.active.seconds

    def latencies(self, acts: Sequence[str]) -> list[float]:
        """Return, for each act of these kinds, the seconds until all it showed could be found; inf for never."""
        return [max(0.0, self._found(shown) - shown.time) for shown in self.shown if shown.act in acts]

    def never_found(self) -> list[str]:
        """Return the acts some of whose words were never found, and these."""
        missing = [(shown.act, [word for word in shown.words if word not in self.found]) for shown in self.shown]
        return [f"{act}: {' '.join(words)}" for act, words in missing if words]

    def _found(self, shown: Shown) -> float:
        return max(self.found.get(word, float("inf")) for word in shown.words)


def run(start: Callable[[Desktop], AbstractContextManager[Watched]], minutes: float, *, silent_browser: bool) -> Run:
    """Let a recorder watch the script on a desktop of its own; it is there before the windows, as after a login."""
    came = Run(load=os.getloadavg()[0])
    with desk() as desktop:
        with start(desktop) as watched:
            _watch(came, desktop, watched, minutes, silent_browser=silent_browser)
        came.grown += bytes_of(watched.folder)  # once it has ended and put everything in its place
        came.parts = {path.name: bytes_of(path) for path in sorted(watched.folder.iterdir()) if bytes_of(path)}
    return came


def _watch(came: Run, desktop: Desktop, watched: Watched, minutes: float, *, silent_browser: bool) -> None:
    prose, active = Prose(), minutes * 60 * (1 - IDLE_SHARE)
    with (
        Weighing(watched.recorder.pid) as weighing,
        Finder(watched.searched) as finder,
        Pages(prose, finder.await_word) as pages,
    ):
        windows = open_windows(desktop, pages, prose, silent_browser=silent_browser)
        script = Script(desktop, windows, pages, prose, finder.await_word)
        await_quiet(weighing, waiting=watched.searched.waiting)
        came.grown = -bytes_of(watched.folder, besides=LOG)
        for name in ACTIVE:
            came.spans[name] = _span(weighing, partial(script.phase, name, PHASES[name][0] * active))
            watched.recorder.alive()
        script.rest()
        came.spans[SETTLING] = _span(weighing, partial(_settle, came, weighing, watched.searched))
        idle = max(LEAST_IDLE_SECONDS, minutes * 60 * IDLE_SHARE)
        came.spans[IDLE] = _span(weighing, partial(time.sleep, idle))
        watched.recorder.alive()
        came.shown, came.calls, came.peaks = script.shown, script.calls, weighing.peaks()
    came.found = finder.found


def _settle(came: Run, weighing: Weighing, searched: Searched) -> None:
    """Give the recorder time for what it put off."""
    await_quiet(weighing, waiting=searched.waiting)
    came.left = searched.waiting()


def _span(weighing: Weighing, do: Callable[[], None]) -> Span:
    before, others, by_role, begin = weighing.cpu(), weighing.cpu_of_others(), weighing.cpu_by_role(), time.monotonic()
    do()
    spent = {role: seconds - by_role[role] for role, seconds in weighing.cpu_by_role().items()}
    return Span(time.monotonic() - begin, weighing.cpu() - before, weighing.cpu_of_others() - others, spent)
