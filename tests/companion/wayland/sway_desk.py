"""A private sway without a monitor, with buses of its own and the programs opened on it."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from desktop import end, wait_until

NEEDED = ("sway", "swaymsg", "swaylock", "swayidle", "foot", "grim", "mako", "notify-send", "wtype", "xhost", "xterm")
MISSING = [program for program in NEEDED if shutil.which(program) is None]

_CONFIG = """
xwayland enable
default_border pixel 2
focus_follows_mouse no
output HEADLESS-1 resolution 1000x600 position 0 0
"""
#: Of all that would start when asked for, only the accessibility bus does, and what keeps its switch.
_SERVICES = Path("/usr/share/dbus-1/services")
_STARTED = ("org.a11y.Bus.service", "ca.desrt.dconf.service")
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
_HEADLESS = {
    "WLR_BACKENDS": "headless",
    "WLR_RENDERER": "pixman",
    "WLR_LIBINPUT_NO_DEVICES": "1",
    "LIBSEAT_BACKEND": "noop",
}
#: Sway refuses to run as root: there it is given to somebody who owns nothing.
_ENDS_WITH_US = ("setpriv", "--pdeathsig", "KILL")
_AS_ROOT = os.getuid() == 0
_NOBODY = (*_ENDS_WITH_US, "--reuid", "nobody", "--regid", "nogroup", "--clear-groups")
_AS_NOBODY = _NOBODY if _AS_ROOT else ()

#: Within which sway or a program in it has started, on a machine that does much else.
_STARTS_SECONDS = 60.0

#: Colours of windows, as foot takes them and as they are in a picture.
RED, GREEN, BLUE = "cc0000", "00cc00", "0000cc"


class SwayDesk:
    """Sway, a session bus, and what is opened there; everything is ended by `close`."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="companion-sway-"))
        self._children: list[subprocess.Popen[bytes]] = []
        self._later: list[subprocess.Popen[bytes]] = []
        try:
            self._prepare()
            self.environ = self._environ()
            self.sway = self.start(*_AS_NOBODY, "sway", "-c", str(self.home / "sway.conf"), environ=_HEADLESS)
            self._find_sockets()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        for child in reversed(self._children):
            end(child)
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self, *command: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            (*_ENDS_WITH_US, *command),
            env=self.environ | dict(environ or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._children.append(child)
        return child

    def stop(self, child: subprocess.Popen[bytes]) -> None:
        end(child)

    def say(self, command: str) -> None:
        """Have sway do something."""
        answer = json.loads(self._swaymsg(command))
        assert all(one["success"] for one in answer), answer

    def runs(self, *command: str) -> bool:
        """Run a program to its end; whether it was content."""
        done = subprocess.run(command, env=self.environ, capture_output=True, timeout=20, check=False)
        return done.returncode == 0

    def clear(self) -> None:
        """Close every window and be as at the start."""
        for child in self._later:
            end(child)
            self._children.remove(child)
        self._later.clear()
        self._swaymsg('[title=".*"] kill')
        wait_until(lambda: not self.views(), "all windows to close")
        self.say("workspace 1, layout splith, output HEADLESS-1 scale 1")

    def for_this_test(self, *command: str) -> subprocess.Popen[bytes]:
        """Start what is no window and has to end before the next test."""
        child = self.start(*command)
        self._later.append(child)
        return child

    def tree(self) -> dict[str, Any]:
        return dict(json.loads(self._swaymsg("-t", "get_tree")))

    def open_foot(self, title: str, colour: str, *, app: str = "foot", floating: str = "") -> int:
        """Open a terminal filled with one colour, wait until it is active and drawn, and return its number in sway.

        ``floating`` is a size and place such as ``300 200 50 40``: it floats there then.
        """
        command = ("foot", "-o", f"colors.background={colour}", "-o", "cursor.blink=no", "-o", "pad=0x0")
        self.start(*command, "--app-id", app, "-T", title, "sh", "-c", "printf '\\033[?25l'; exec sleep 600")
        number = self.await_focused(title)
        if floating:
            wait_until(lambda: self._float(number, *floating.split()), f"{title} to float there")
        return number

    def _float(self, number: int, width: str, height: str, left: str, top: str) -> bool:
        """Have a window float somewhere; whether it stayed so: a client that draws late changes its size back."""
        place = f"resize set {width} {height}, move absolute position {left} {top}"
        self.say(f"[con_id={number}] floating enable, border none, {place}")
        time.sleep(0.05)
        (view,) = [view for view in self.views() if view["id"] == number]
        return list(map(str, view["rect"].values())) == [left, top, width, height]

    def open_xterm(self, title: str, colour: str) -> int:
        """Open a terminal of the X server inside the session, wait until it is active, and return its number."""
        self.let_x_in()
        options = ("-bg", f"#{colour}", "-fg", f"#{colour}", "-T", title)
        self.start("xterm", *options, "-e", "sleep", "600")
        return self.await_focused(title)

    def let_x_in(self) -> None:
        """Sway's X server, which asking starts, lets in only whose sway it is."""
        mine = ("xhost", f"+SI:localuser:{getpass.getuser()}")
        subprocess.run((*_AS_NOBODY, *mine), env=self.environ, check=True, capture_output=True, timeout=20)

    def keep_x_out(self) -> None:
        """Let only whose sway it is ask its X server, from now on."""
        mine = ("xhost", f"-SI:localuser:{getpass.getuser()}")
        subprocess.run((*_AS_NOBODY, *mine), env=self.environ, check=True, capture_output=True, timeout=20)

    def x_servers(self) -> list[int]:
        """Return the processes of X servers inside this session."""
        named = [one for one in psutil.process_iter(("name", "cmdline")) if one.info["name"] == "Xwayland"]
        return [one.pid for one in named if self.environ["DISPLAY"] in (one.info["cmdline"] or ())]

    def children(self, name: str) -> set[int]:
        """Return the processes of that name that this process started."""
        started = psutil.Process().children(recursive=True)
        return {one.pid for one in started if one.is_running() and one.name() == name}

    def await_focused(self, title: str) -> int:
        return wait_until(lambda: self._focused(title), f"{title} to become active", seconds=_STARTS_SECONDS)

    def views(self) -> list[dict[str, Any]]:
        return list(_views(self.tree()))

    def _focused(self, title: str) -> int:
        return next((view["id"] for view in self.views() if view["focused"] and view["name"] == title), 0)

    def _swaymsg(self, *words: str) -> str:
        """Return what sway answers; swaymsg itself gives up after three seconds, which a busy machine may need."""
        return wait_until(lambda: self._asked(*words), f"sway's answer to {words}", seconds=_STARTS_SECONDS)

    def _asked(self, *words: str) -> str:
        done = subprocess.run(
            ("swaymsg", "-r", *words), env=self.environ, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout

    def _prepare(self) -> None:
        (self.home / "sway.conf").write_text(_CONFIG, encoding="utf-8")
        (self.home / "run").mkdir(mode=0o700)
        self.home.chmod(0o755)
        if _AS_ROOT:
            shutil.chown(self.home / "run", "nobody", "nogroup")

    def _environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        own = {"HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.home / "run"), "LC_CTYPE": "C.UTF-8"}
        return {**kept, **own, "DBUS_SESSION_BUS_ADDRESS": "disabled:", "QT_QPA_PLATFORM": "wayland"}

    def _find_sockets(self) -> None:
        run = self.home / "run"
        sway = wait_until(lambda: next(run.glob("sway-ipc.*.sock"), None), "sway", seconds=_STARTS_SECONDS)
        wayland = wait_until(lambda: next(run.glob("wayland-?"), None), "its Wayland socket")
        self.environ |= {"SWAYSOCK": str(sway), "WAYLAND_DISPLAY": str(wayland)}
        told = run / "display"
        self.say(f"exec echo $DISPLAY > {told}")
        self.environ["DISPLAY"] = wait_until(lambda: told.exists() and told.read_text().strip(), "its X server")

    def start_bus(self) -> None:
        """Start a session bus for what is started afterwards."""
        services, config = self.home / "services", self.home / "bus.conf"
        services.mkdir()
        for name in _STARTED:
            if (_SERVICES / name).exists():
                (services / name).symlink_to(_SERVICES / name)
        config.write_text(_BUS_CONFIG.format(services=services), encoding="utf-8")
        reading, writing = os.pipe()
        with os.fdopen(reading) as answer:
            daemon = subprocess.Popen(
                (*_ENDS_WITH_US, "dbus-daemon", f"--config-file={config}", "--nofork", f"--print-address={writing}"),
                pass_fds=[writing],
                env=self.environ,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            self._children.append(daemon)
            os.close(writing)
            self.environ["DBUS_SESSION_BUS_ADDRESS"] = answer.readline().strip()


@contextmanager
def sway_desk(*, bus: bool = True) -> Iterator[SwayDesk]:
    desk = SwayDesk()
    try:
        if bus:
            desk.start_bus()
        yield desk
    finally:
        desk.close()


def _views(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "pid" in node:
        yield node
    for child in (*node["nodes"], *node["floating_nodes"]):
        yield from _views(child)
