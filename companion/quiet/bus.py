"""The session bus, as do-not-disturb needs it: an answer, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from dbus_fast import Message

from companion.capture.types import CaptureError
from companion.capture.wayland.session_bus import PROPERTIES, SessionBus
from companion.quiet.types import NoBusError, QuietError

NOTIFICATIONS = "org.freedesktop.Notifications"
NOTIFICATIONS_PATH = "/org/freedesktop/Notifications"
DAEMON, DAEMON_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
#: What says that no bus is there, and what that it was left from.
_NOT_THERE, _LEFT = (FileNotFoundError, ConnectionError, EOFError), (OSError, EOFError)
_SILENT = "The session bus does not answer. If this stays, log out and in again."


class Bus:
    """A connection to the session bus with a thread of its own; `close` it.

    Raises `NoBusError` when there is no session bus, as does every method once it has gone; `QuietError` where it only
    does not answer.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        with _said_here(_NOT_THERE):
            self._bus = SessionBus(environ)

    def close(self) -> None:
        """Hang up."""
        self._bus.close()

    def ask(self, service: str, path: str, interface: str, member: str, signature: str = "", *body: Any) -> list[Any]:
        """Return what a service answers; starts none. Raises `QuietError` when it does not answer or refuses."""
        with _said_here():
            answer = self._bus.ask(service, path, interface, member, signature, *body)
        if answer is None:
            raise QuietError(
                f"The desktop does not answer, or refuses ({interface}.{member}). If this stays, log out and in again."
            )
        return answer

    def get(self, service: str, path: str, interface: str, name: str) -> Any:
        """Return a property's value."""
        return self.ask(service, path, PROPERTIES, "Get", "ss", interface, name)[0].value

    def set(self, service: str, path: str, interface: str, name: str, value: Any) -> None:
        """Set a property to a ``dbus_fast.Variant``."""
        self.ask(service, path, PROPERTIES, "Set", "ssv", interface, name, value)

    def owner(self, service: str) -> str:
        """Return the unique name of whoever is a service, empty when nobody is."""
        with _said_here():
            return self._bus.owner(service)

    def process(self, owner: str) -> int:
        """Return the process behind a unique name."""
        return int(self.ask(DAEMON, DAEMON_PATH, DAEMON, "GetConnectionUnixProcessID", "s", owner)[0])

    def identity(self) -> str:
        """Return what no other bus was ever called."""
        return str(self.ask(DAEMON, DAEMON_PATH, DAEMON, "GetId")[0])

    def can_start(self, service: str) -> bool:
        """Whether a service starts when it is asked for."""
        return service in self.ask(DAEMON, DAEMON_PATH, DAEMON, "ListActivatableNames")[0]

    def wake(self, service: str) -> None:
        """Have a service started that starts when asked for."""
        with _said_here():
            self._bus.wake(service)

    def on_signal(self, heard: Callable[[Message], None], rules: Sequence[str]) -> None:
        """Have ``heard`` called, on the bus's thread, with the signals that rules describe and what else comes."""
        with _said_here():
            for rule in rules[1:]:
                self._bus.on_signal(_ignore, rule)
            self._bus.on_signal(heard, rules[0])


def _ignore(_said: Message) -> None:
    """Hear nothing: every handler hears the signals of every rule."""


@contextmanager
def _said_here(gone: tuple[type[Exception], ...] = _LEFT) -> Iterator[None]:
    try:
        yield
    except CaptureError as error:
        if isinstance(error.__cause__, TimeoutError):
            raise QuietError(_SILENT) from error
        raise (NoBusError if isinstance(error.__cause__, gone) else QuietError)(str(error)) from error
