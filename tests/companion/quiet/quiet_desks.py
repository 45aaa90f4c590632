"""Private sessions with a notification daemon each, and do-not-disturb read and turned there as their person does."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from bus_services import Caller
from desktop import Desktop, end, wait_until
from plasma_like import NAME, PATH, PlasmaLike
from sway_desk import SwayDesk
from wayland_services import answering

from companion.quiet.types import Semantics

_NOTIFYD = "/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd"
#: What each desk needs to be installed.
NEEDED: Mapping[str, Sequence[str]] = {
    "dunst": ("Xvfb", "dunst", "dunstctl"),
    "xfce": ("Xvfb", _NOTIFYD, "xfconf-query"),
    "swaync": ("sway", "swaync", "swaync-client", "gsettings", "/usr/libexec/dconf-service"),
    "mako": ("sway", "mako", "makoctl"),
    "gnome": ("gsettings", "/usr/libexec/dconf-service"),
    "cinnamon": (
        "gsettings",
        "/usr/libexec/dconf-service",
        "/usr/share/glib-2.0/schemas/org.cinnamon.desktop.notifications.gschema.xml",
    ),
    "kde": (),
}
#: Said of each here once more, so that the adapters are held to it.
SEMANTICS: Mapping[str, Semantics] = {
    "dunst": Semantics(critical_passes=False, replays=True, keeps=True),
    "xfce": Semantics(critical_passes=True, replays=False, keeps=False),
    "swaync": Semantics(critical_passes=True, replays=False, keeps=True),
    "mako": Semantics(critical_passes=True, replays=True, keeps=True),
    "gnome": Semantics(critical_passes=True, replays=False, keeps=True),
    "cinnamon": Semantics(critical_passes=False, replays=False, keeps=True),
    "kde": Semantics(critical_passes=True, replays=False, keeps=True),
}
#: Backends whose state a new daemon does not know any more.
FORGETFUL = ("dunst", "mako", "kde")
_SERVICES = Path("/usr/share/dbus-1/services")
_STARTED = ("ca.desrt.dconf.service", "org.xfce.Xfconf.service")
_BUS_CONFIG = """<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"""
_MAKO = """
[urgency=low]
background-color=#0000ff
[urgency=normal]
background-color=#00ff00
[urgency=critical]
background-color=#ff0000
[mode=do-not-disturb]
invisible=1
[mode=do-not-disturb urgency=critical]
invisible=0
"""
_ENDS_WITH_US = ("setpriv", "--pdeathsig", "KILL")
_XFCONF = "org.xfce.Xfconf"


class Session(Protocol):
    """What programs are started in."""

    home: Path
    environ: dict[str, str]

    def start(self, *command: str) -> subprocess.Popen[bytes]: ...


class Bare:
    """A home and no display."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="companion-quiet-"))
        own = {"HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.home), "XDG_CONFIG_HOME": str(self.home / "config")}
        self.environ = {"PATH": os.environ["PATH"], "LC_CTYPE": "C.UTF-8", **own}
        self._children: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen((*_ENDS_WITH_US, *command), env=self.environ, stderr=subprocess.DEVNULL)
        self._children.append(child)
        return child

    def close(self) -> None:
        for child in reversed(self._children):
            end(child)
        shutil.rmtree(self.home, ignore_errors=True)


class QuietDesk:
    """A session in which somebody shows notifications.

    Attributes
    ----------
    environ
        For whoever is to find do-not-disturb there.
    bus
        The daemon of its session bus.

    """

    bus: subprocess.Popen[bytes]

    def __init__(self, name: str, session: Session) -> None:
        self.name, self.session, self.environ = name, session, session.environ
        self.caller = Caller(self.environ["DBUS_SESSION_BUS_ADDRESS"])
        self.plasma: PlasmaLike | None = None
        self._pretending: ExitStack | None = None
        self._daemon: subprocess.Popen[bytes] | None = None

    def is_on(self) -> bool:
        """Whether do-not-disturb is on, asked past the adapters."""
        return bool(_READ[self.name](self))

    def by_hand(self, *, on: bool) -> None:
        """Turn it on or off with the desktop's own program, as its person does."""
        if self.plasma is not None:
            self.plasma.set_own(on=on)
            return
        subprocess.run(_BY_HAND[self.name](on), env=self.environ, check=True, capture_output=True, timeout=20)
        wait_until(lambda: self.is_on() is on, f"{self.name} to be turned {'on' if on else 'off'} by hand")

    def notify(self, summary: str, urgency: int) -> int:
        """Send a notification and return its number."""
        from dbus_fast import Variant

        words = ["test", 0, "", summary, "", [], {"urgency": Variant("y", urgency)}, 60_000]
        return int(self.caller.call(NAME, PATH, NAME, "Notify", "susssasa{sv}i", *words)[0])

    def dunst(self, name: str) -> Any:
        properties = "org.freedesktop.DBus.Properties"
        return self.caller.call(NAME, PATH, properties, "Get", "ss", "org.dunstproject.cmd0", name)[0].value

    def restart(self) -> None:
        """End the daemon and start another."""
        self.stop_daemon()
        self.start_daemon()

    def start_daemon(self) -> None:
        address = self.environ["DBUS_SESSION_BUS_ADDRESS"]
        if self.name == "kde":
            self.plasma = PlasmaLike(address)
        elif self.name in _PRETENDED:
            self._pretending = ExitStack()
            told = ("ssss", [_PRETENDED[self.name], "", "1.0", "1.2"])
            self._pretending.enter_context(answering(self.environ, NAME, {(PATH, "GetServerInformation"): told}))
        else:
            self._daemon = self.session.start(_DAEMONS[self.name])
        wait_until(self.owner, f"{self.name} on the bus")
        wait_until(self._answers, f"{self.name} to answer")

    def stop_daemon(self) -> None:
        if self.plasma is not None:
            self.plasma.leave()
        if self._pretending is not None:
            self._pretending.close()
        if self._daemon is not None:
            end(self._daemon)
        self.plasma, self._pretending, self._daemon = None, None, None
        wait_until(lambda: not self.owner(), f"{self.name} to leave the bus")

    def make_startable(self) -> None:
        """Let the bus start the daemon when it is asked for, as desktops do."""
        service = self.session.home / "services" / "notifications.service"
        service.write_text(f"[D-BUS Service]\nName={NAME}\nExec={_DAEMONS[self.name]}\n", encoding="utf-8")
        bus = "org.freedesktop.DBus"
        self.caller.call(bus, "/org/freedesktop/DBus", bus, "UpdateActivationEnvironment", "a{ss}", self._display())
        self.caller.call(bus, "/org/freedesktop/DBus", bus, "ReloadConfig")

    def _display(self) -> dict[str, str]:
        return {name: self.environ[name] for name in ("DISPLAY", "WAYLAND_DISPLAY") if name in self.environ}

    def end_bus(self) -> None:
        """End the session bus under everybody; nothing but closing can follow."""
        assert self._daemon is not None, "whoever answers from this process would trip over it"
        end(self._daemon)
        self._daemon = None
        end(self.bus)

        async def hear_of_it() -> None:
            with suppress(EOFError, OSError):
                await self.caller.bus.wait_for_disconnect()

        self.caller.thread.run(hear_of_it())

    def close(self) -> None:
        if self.bus.poll() is None:
            self.stop_daemon()
        self.caller.close()

    def owner(self) -> str:
        bus = "org.freedesktop.DBus"
        answer = self.caller.call(bus, "/org/freedesktop/DBus", bus, "GetNameOwner", "s", NAME)
        return answer[0] if answer else ""

    def _answers(self) -> bool:
        return bool(self.caller.call(NAME, PATH, NAME, "GetServerInformation"))

    def setting(self, schema: str, key: str) -> str:
        command = ("gsettings", "get", schema, key)
        done = subprocess.run(command, env=self.environ, check=True, capture_output=True, text=True, timeout=20)
        return done.stdout.strip()


_DAEMONS = {"dunst": "dunst", "xfce": _NOTIFYD, "swaync": "swaync", "mako": "mako"}
_PRETENDED = {"gnome": "gnome-shell", "cinnamon": "cinnamon"}
_GNOME = ("org.gnome.desktop.notifications", "show-banners")
_CINNAMON = ("org.cinnamon.desktop.notifications", "display-notifications")


def _xfce_is_on(desk: QuietDesk) -> bool:
    place = ("xfce4-notifyd", "/do-not-disturb")
    answer = desk.caller.call(_XFCONF, "/org/xfce/Xfconf", _XFCONF, "GetProperty", "ss", *place)
    return bool(answer and answer[0].value)


def _mako_is_on(desk: QuietDesk) -> bool:
    return "do-not-disturb" in desk.caller.call(NAME, "/fr/emersion/Mako", "fr.emersion.Mako", "ListModes")[0]


def _swaync_is_on(desk: QuietDesk) -> bool:
    service = "org.erikreider.swaync.cc"
    return bool(desk.caller.call(service, "/org/erikreider/swaync/cc", service, "GetDnd")[0])


_READ: Mapping[str, Callable[[QuietDesk], object]] = {
    "dunst": lambda desk: desk.dunst("paused"),
    "xfce": _xfce_is_on,
    "swaync": _swaync_is_on,
    "mako": _mako_is_on,
    "gnome": lambda desk: desk.setting(*_GNOME) == "false",
    "cinnamon": lambda desk: desk.setting(*_CINNAMON) == "false",
    "kde": lambda desk: desk.plasma is not None and desk.plasma.inhibited,
}
_BY_HAND: Mapping[str, Callable[[bool], Sequence[str]]] = {
    "dunst": lambda on: ("dunstctl", "set-paused", str(on).lower()),
    "xfce": lambda on: (
        *("xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb", "-n", "-t", "bool", "-s"),
        str(on).lower(),
    ),
    "swaync": lambda on: ("swaync-client", "-dn" if on else "-df"),
    "mako": lambda on: ("makoctl", "mode", "-a" if on else "-r", "do-not-disturb"),
    "gnome": lambda on: ("gsettings", "set", *_GNOME, str(not on).lower()),
    "cinnamon": lambda on: ("gsettings", "set", *_CINNAMON, str(not on).lower()),
}


def missing(name: str) -> list[str]:
    """Return what is not installed of what a desk needs."""
    return [program for program in NEEDED[name] if shutil.which(program) is None and not Path(program).exists()]


@contextmanager
def quiet_desk(name: str) -> Iterator[QuietDesk]:
    """Run a session of its own whose notifications are shown by ``name``."""
    with ExitStack() as stack:
        session = _session(name, stack)
        bus = _start_bus(session, stack)
        if name == "mako":
            _write(session.home / ".config" / "mako" / "config", _MAKO)
        if name == "swaync":
            _write(session.home / ".config" / "swaync" / "style.css", _SWAYNC_STYLE)
        desk = QuietDesk(name, session)
        desk.bus = bus
        stack.callback(desk.close)
        desk.start_daemon()
        yield desk


_SWAYNC_STYLE = """
.notification { border-radius: 0; }
.notification-content { background: #00ff00; padding: 20px; }
.low .notification-content, .low.notification .notification-content { background: #0000ff; }
.critical .notification-content, .critical.notification .notification-content { background: #ff0000; }
"""


def _session(name: str, stack: ExitStack) -> Session:
    if name in {"dunst", "xfce"}:
        return stack.enter_context(Desktop(window_manager=False))
    if name in {"swaync", "mako"}:
        sway = SwayDesk()
        stack.callback(sway.close)
        return sway
    bare = Bare()
    stack.callback(bare.close)
    return bare


def _start_bus(session: Session, stack: ExitStack) -> subprocess.Popen[bytes]:
    """Start a session bus on which of all services only those that keep settings start by themselves."""
    services, config = session.home / "services", session.home / "bus.conf"
    services.mkdir()
    for name in _STARTED:
        if (_SERVICES / name).exists():
            (services / name).symlink_to(_SERVICES / name)
    config.write_text(_BUS_CONFIG.format(services=services), encoding="utf-8")
    reading, writing = os.pipe()
    with os.fdopen(reading) as answer:
        command = ("dbus-daemon", f"--config-file={config}", "--nofork", f"--print-address={writing}")
        daemon = subprocess.Popen(
            (*_ENDS_WITH_US, *command), pass_fds=[writing], env=session.environ, stderr=subprocess.DEVNULL
        )
        os.close(writing)
        stack.callback(end, daemon)
        session.environ["DBUS_SESSION_BUS_ADDRESS"] = answer.readline().strip()
    return daemon


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
