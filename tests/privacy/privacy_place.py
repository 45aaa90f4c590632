"""A private desktop that is recorded the way the program records: the screen, programs' texts, OCR, and a vault."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import mss
import numpy as np
import privacy_browser
import pytest
import xcffib.xproto as x
from accessible_desk import session_bus
from bus_services import Caller
from desktop import Desktop, DesktopError, end, wait_until
from privacy_browser import Browser
from privacy_pages import Pages
from privacy_program import Program, missing
from privacy_vault import Colour, shows
from privacy_window import Painted
from vaults import vault_at

from companion import keeper as keeper_module
from companion import looks as looks_module
from companion import recording
from companion.capture import source as source_module
from companion.capture import triggers
from companion.capture.accessible.bus import AccessibilityBus
from companion.capture.glance import MOVING
from companion.capture.source import LOCKED
from companion.capture.types import Trigger
from companion.capture.x11 import Display
from companion.capture.x11_window import X11Windows
from companion.jobs.tasks import ReaderTasks
from companion.jobs.worker import Worker
from companion.keeper import Keeper, Keeping
from companion.looks import NEW, RENEWED, RULE, SAME, UNPICTURED, Looks
from companion.moments import Moments
from companion.settings import Settings
from index.store import Store
from index.types import Look
from index.writer import Writer

if TYPE_CHECKING:
    from privacy_case import Case

#: Everything that can be consented to is, and the rules are those that a person starts with.
CONSENTS = ("consent_screen", "consent_text", "consent_urls", "consent_input", "consent_keys")
EVERYTHING = Settings(**dict.fromkeys(CONSENTS, True))  # type: ignore[arg-type]
TRIES = 8  # looks until a picture is there
STORED = (NEW, UNPICTURED, RENEWED, SAME)
THIS_RUN = recording.ThisRun(board_name="none", frames=None)

__all__ = ["EVERYTHING", "LOCKED", "MOVING", "NEW", "RENEWED", "RULE", "SAME", "STORED", "Looking", "Place"]


class Closes(Protocol):
    def close(self) -> None: ...


@dataclass
class Looking:
    """What comes of the looks while the desktop is recorded."""

    keeper: Keeper
    outcomes: list[str] = field(default_factory=list)
    _told: int = 0

    def until(self, *wanted: str, times: int = 1, after: str = "") -> str:
        """Wait until looks since the last call came to one of ``wanted``, anything when none is given.

        ``after``: and one of these looks came to that before. Asked for in two calls, what came between them would be
        missed.
        """

        def one() -> str:
            fresh = self.outcomes[self._told :]
            if after:
                fresh = fresh[fresh.index(after) + 1 :] if after in fresh else []
            fitting = [outcome for outcome in fresh if not wanted or outcome in wanted]
            return fitting[-1] if len(fitting) >= times else ""

        try:
            outcome = wait_until(one, f"a look that comes to {wanted or 'anything'}")
        except DesktopError as error:
            raise DesktopError(f"{error}; looks came to {self.outcomes}, {self.keeper.seeing}") from error
        finally:
            self._told = len(self.outcomes)
        return outcome


class Place:
    """The desktop, its buses, the reader process and the vault; `looking` records."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        try:
            self._open(folder)
        except BaseException:
            self._stack.close()
            raise
        self._opened: list[Closes] = []
        self._browsers: dict[str, Browser] = {}
        self._programs: dict[str, Program] = {}
        self.incidents: list[str] = []

    def _open(self, folder: Path) -> None:
        enter = self._stack.enter_context
        self.folder = folder
        self.desktop = enter(Desktop())
        self.desktop.environ |= {"NO_AT_BRIDGE": "0", "GNOME_ACCESSIBILITY": "1", "GSETTINGS_BACKEND": "memory"}
        self.bus_address = enter(session_bus(self.desktop.environ))
        self.desktop.environ["DBUS_SESSION_BUS_ADDRESS"] = self.bus_address
        self.caller = enter(closing(Caller(self.bus_address)))
        enter(AccessibilityBus(self.desktop.environ))  # programs stay awake from one case to the next
        self.writer = enter(Writer(vault_at(folder / "vault")))
        self.vault, self.store = self.writer.vault, Store(self.writer.vault)
        self._stack.callback(self.store.close)
        self.reader = self.worker(ReaderTasks)

    def worker(self, make: Callable[[], object]) -> Worker:
        """Return a process of its own that reads, ended with the place."""
        made = Worker("reader", make, on_incident=self.note)
        self._stack.callback(made.stop)
        return made

    def close(self) -> None:
        """End everything."""
        self.clear()
        while self._programs:
            self._programs.popitem()[1].end()
        self._stack.close()

    def browser(self, kind: str) -> Browser:
        """Return a browser that goes on from case to case; the test is skipped where it is not installed."""
        reason = privacy_browser.missing(kind)
        if reason:
            pytest.skip(reason)
        if kind not in self._browsers:
            pages = self._stack.enter_context(closing(Pages()))
            self._browsers[kind] = Browser(self.desktop, pages, kind, self.folder)
        return self._browsers[kind].front()

    def program(self, toolkit: str, scale: str = "") -> Program:
        """Return the program of a toolkit; the test is skipped where there cannot be one."""
        reason = missing(toolkit)
        if reason:
            pytest.skip(reason)
        name = f"{toolkit} {scale}"
        if name not in self._programs:
            self._programs[name] = Program(self.desktop, toolkit, scale)
        program: Program = self.keep(self._programs[name])
        return program

    def keep(self, what: Any) -> Any:
        """Have something closed at the end of the case."""
        self._opened.append(what)
        return what

    def clear(self) -> None:
        """Close what the case opened, the last first."""
        while self._opened:
            self._opened.pop().close()

    def start(self, *command: str, environ: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a program that is ended with the case."""
        child = self.desktop.start(*command, environ=environ)
        self._opened.append(Ending(child))
        return child

    def pictured(self, looking: Looking, case: Case) -> None:
        """Wait until a picture of what is shown is stored: a program that only begins may not tell all of it at first."""
        looking.until(*STORED)
        for _ in range(TRIES):
            if case.pictured():
                return
            self.desktop.run("xdotool", "key", "Shift_L")
            looking.until(*STORED)

    def await_colour(self, colour: Colour) -> None:
        """Wait until the screen shows a canary's hue: a browser tells of a page before it has painted its pictures."""
        with mss.MSS(display=self.desktop.display) as screen:
            wait_until(
                lambda: shows(np.asarray(screen.grab(screen.monitors[0]))[..., 2::-1], colour),
                "the canary on the screen",
            )

    def await_popup(self) -> None:
        """Wait until the active window shows a menu or a list of its own."""
        with Display(self.desktop.display) as display:
            windows = X11Windows(display)
            wait_until(lambda: windows.sight().popups, "a list that drops down")

    def has(self, *programs: str) -> bool:
        """Whether programs are installed."""
        return all(shutil.which(program) for program in programs)

    def on_bus(self, name: str) -> bool:
        """Whether somebody on the session bus goes by a name."""
        bus = "org.freedesktop.DBus"
        return bool(self.caller.call(bus, "/org/freedesktop/DBus", bus, "NameHasOwner", "s", name)[0])

    def composited(self) -> None:
        """Start a compositor, which ends with the case; the test is skipped where there is none."""
        if not self.has("picom"):
            pytest.skip("the package picom is not installed")
        self.start("picom", "--backend", "xrender", "--config", "/dev/null")

        def runs() -> bool:
            with Display(self.desktop.display) as display:
                return bool(display.core.GetSelectionOwner(display.atom("_NET_WM_CM_S0")).reply().owner)

        wait_until(runs, "a compositor")

    def blank(self, *, on: bool = True) -> None:
        """Have the server's screen saver come, or go."""
        with Display(self.desktop.display) as display:
            display.core.ForceScreenSaverChecked(x.ScreenSaver.Active if on else x.ScreenSaver.Reset).check()

    def painted(self, **about: Any) -> Painted:
        """Open a window that shows a picture; see `Painted`."""
        window: Painted = self.keep(Painted(self.desktop, **about))
        return window

    def terminal(self, text: str, *, title: str, geometry: str) -> str:
        """Open a terminal that shows a text; see `Desktop.open_xterm`."""
        window = self.desktop.open_xterm(text, title=title, geometry=geometry)
        self._opened.append(Ending(self.desktop._children[-1]))
        return window

    def note(self, part: str, what: str) -> None:
        """Take down an incident, in the vault too."""
        from index import changes

        self.incidents.append(what)
        self.writer.do(changes.incident, time.time(), part, what).result()

    def moments(self) -> Moments:
        """Return what stores moments in the vault."""
        return Moments(writer=self.writer, clock=time.time, on_change=lambda: None)

    @contextmanager
    def entered(self) -> Iterator[pytest.MonkeyPatch]:
        """Let this process be on the desktop, and let nothing be waited for longer than it takes."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DISPLAY", self.desktop.display)
            patch.setenv("DBUS_SESSION_BUS_ADDRESS", self.bus_address)
            patch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "disabled:")
            for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "AT_SPI_BUS_ADDRESS"):
                patch.delenv(name, raising=False)
            patch.setattr(triggers, "QUIET", dict.fromkeys(Trigger, (0.1, 0.4)) | {Trigger.STARTED: (0.0, 0.0)})
            patch.setattr(triggers, "AGAIN", 0.2)
            patch.setattr(source_module, "_STOP_EVERY", 0.03)
            patch.setattr(looks_module, "AT_ONCE", 1)
            patch.setattr(keeper_module, "RETRY_SECONDS", 0.2)
            yield patch

    @contextmanager
    def looking(
        self,
        settings: Settings = EVERYTHING,
        *,
        moments: Keeping | None = None,
        reader: Worker | None = None,
        before: Callable[[], None] = lambda: None,
    ) -> Iterator[Looking]:
        """Record; what was seen is in the vault when this ends. ``before`` is called on the desktop before."""
        with self.entered():
            before()
            outcomes: list[str] = []

            def put(looks: Sequence[Look]) -> Future[None]:
                outcomes.extend(look.outcome for look in looks)
                return recording.put_looks(self.writer, self.note, looks)

            keeper = recording.keeper(
                THIS_RUN,
                settings,
                moments=moments or self.moments(),
                reader=reader or self.reader,
                looks=Looks(put, clock=time.time),
                clock=time.time,
                note=self.note,
            )
            assert keeper is not None
            keeper.start()
            try:
                yield Looking(keeper, outcomes)
            finally:
                keeper.stop()


@dataclass
class Ending:
    child: subprocess.Popen[bytes]

    def close(self) -> None:
        end(self.child)
