"""Has the desktop neither blank nor lock the screen while somebody looks at the scene and touches nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path

SAVER, PATH = "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"
WHO, WHY = "Companion", "A training runs."
_names = count()  # Qt knows connections by name


class Awake:
    """Asks over a connection of its own: what is asked for ends with it, also where the program dies.

    Parameters
    ----------
    environ
        Where the session bus is looked up; nothing is asked for where there is none.

    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._connection = ""

    def keep(self, *, on: bool) -> None:
        """Keep the screen on from now on, or leave it to the desktop again."""
        if on and not self._connection:
            self._ask()
        elif self._connection and not on:
            from PySide6.QtDBus import QDBusConnection

            QDBusConnection.disconnectFromBus(self._connection)
            self._connection = ""

    def _ask(self) -> None:
        address = _address(self._environ)
        if not address:
            return
        from PySide6.QtDBus import QDBusConnection, QDBusMessage

        self._connection = f"companion-awake-{next(_names)}"
        bus = QDBusConnection.connectToBus(address, self._connection)
        asked = QDBusMessage.createMethodCall(SAVER, PATH, SAVER, "Inhibit")
        asked.setArguments([WHO, WHY])
        bus.send(asked)  # a desktop without such a service has nothing that would blank it


def _address(environ: Mapping[str, str]) -> str:
    """Return where the session bus is; empty where desktops have none."""
    if sys.platform != "linux":
        return ""
    usual = Path(environ.get("XDG_RUNTIME_DIR", "/nowhere"), "bus")
    return environ.get("DBUS_SESSION_BUS_ADDRESS", f"unix:path={usual}" if usual.exists() else "")
