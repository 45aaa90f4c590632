"""Which desktop's do-not-disturb this session has: that of whoever shows its notifications."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from companion.quiet.types import Quiet, QuietError, Semantics

if TYPE_CHECKING:  # only there on Linux
    from companion.quiet.bus import Bus

#: What daemons call themselves (`GetServerInformation`), and the word we have for them.
_SERVERS = {
    "dunst": "dunst",
    "mako": "mako",
    "swaynotificationcenter": "swaync",
    "xfce notify daemon": "xfce",
    "gnome-shell": "gnome",
    "cinnamon": "cinnamon",
    "plasma": "kde",
}
#: Every name `named` knows.
NAMES = frozenset(_SERVERS.values()) | {"windows", "macos"}
_NOBODY = (
    "Nothing shows notifications in this session, so there is no do-not-disturb to turn on. Start a notification "
    "daemon, such as dunst or mako."
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A do-not-disturb, and why it was taken: a sentence."""

    quiet: Quiet
    why: str


def choose(environ: Mapping[str, str] = os.environ, platform: str = sys.platform, *, wake: bool = False) -> Chosen:
    """Return this session's do-not-disturb, to be closed; raises `QuietError` where there is none.

    Parameters
    ----------
    wake
        Have the notification daemon started where nobody has needed one yet and the bus knows how. Not while a
        session begins: another than the desktop's own might come.

    """
    if platform == "win32":
        return Chosen(named("windows", environ), "Windows has one do-not-disturb.")
    if platform == "darwin":
        return Chosen(named("macos", environ), "macOS has its Focus, by three shortcuts of your own.")
    if platform != "linux":
        raise QuietError(f"Do-not-disturb of {platform} is not supported: Linux, Windows and macOS are.")
    from companion.quiet.bus import Bus

    bus = Bus(environ)
    try:
        name, why = _server(bus, wake=wake)
        return Chosen(_adapter(name, bus, environ), why)
    except BaseException:
        bus.close()
        raise


def on_now(environ: Mapping[str, str] = os.environ) -> Semantics | None:
    """Return what is true of this session's do-not-disturb while it is on, whoever turned it on.

    None while it is off, and where nobody can say: what is shown then is shown as if it were off.
    """
    try:
        chosen = choose(environ)
    except QuietError:
        return None
    try:
        return chosen.quiet.semantics if chosen.quiet.is_on() else None
    except QuietError:
        return None
    finally:
        chosen.quiet.close()


def named(name: str, environ: Mapping[str, str] = os.environ) -> Quiet:
    """Return the do-not-disturb of that name, whether or not it is this session's, to be closed.

    Parameters
    ----------
    name
        One of `NAMES`.

    Raises
    ------
    QuietError
        Where there is no session bus.

    """
    if name == "windows":
        from companion.quiet.windows import ComProfile, Windows

        return Windows(ComProfile())
    if name == "macos":
        from companion.quiet.macos import Macos

        return Macos()
    from companion.quiet.bus import Bus

    bus = Bus(environ)
    try:
        return _adapter(name, bus, environ)
    except BaseException:
        bus.close()
        raise


def _adapter(name: str, bus: Bus, environ: Mapping[str, str]) -> Quiet:
    from companion.quiet.cinnamon import cinnamon
    from companion.quiet.dunst import Dunst
    from companion.quiet.gnome import gnome
    from companion.quiet.kde import Kde
    from companion.quiet.mako import Mako
    from companion.quiet.swaync import Swaync
    from companion.quiet.xfce import Xfce

    adapters: dict[str, Callable[[], Quiet]] = {
        "dunst": lambda: Dunst(bus),
        "mako": lambda: Mako(bus, environ),
        "swaync": lambda: Swaync(bus, environ),
        "xfce": lambda: Xfce(bus),
        "gnome": lambda: gnome(bus, environ),
        "cinnamon": lambda: cinnamon(bus, environ),
        "kde": lambda: Kde(bus),
    }
    return adapters[name]()


def _server(bus: Bus, *, wake: bool) -> tuple[str, str]:
    """Return our word for the session's notification daemon, and a sentence about it."""
    from companion.quiet.bus import NOTIFICATIONS, NOTIFICATIONS_PATH

    owner = bus.owner(NOTIFICATIONS)
    if not owner and wake and bus.can_start(NOTIFICATIONS):
        bus.wake(NOTIFICATIONS)
        owner = bus.owner(NOTIFICATIONS)
    if not owner:
        raise QuietError(_NOBODY)
    name, _, version, _ = bus.ask(owner, NOTIFICATIONS_PATH, NOTIFICATIONS, "GetServerInformation")
    why = f"{name} {version} shows this session's notifications{_program(bus.process(owner))}."
    if str(name).lower() not in _SERVERS:
        raise QuietError(f"{why} Its do-not-disturb is not supported: {', '.join(sorted(_SERVERS.values()))} are.")
    return _SERVERS[str(name).lower()], why


def _program(process: int) -> str:
    try:
        return f" (the program {Path(f'/proc/{process}/comm').read_text(encoding='utf-8').strip()})"
    except OSError:
        return ""  # it may be in a container of its own
