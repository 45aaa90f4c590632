"""Whether a notification is shown: sway draws them over windows and does not tell of them; their daemon may."""

from __future__ import annotations

from collections.abc import Callable

from dbus_fast import Message

from companion.capture.wayland.session_bus import SessionBus

_SERVICE = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_CLOSED = "NotificationClosed"

#: Seconds for which the screen may still show a notification that its daemon has closed.
FADED = 0.5


class Notifications:
    """Asks the daemon, and hears when it closes one."""

    def __init__(self, bus: SessionBus, clock: Callable[[], float]) -> None:
        self._bus, self._clock = bus, clock
        self._closed = float("-inf")
        bus.on_signal(self._hear, f"type='signal',interface='{_SERVICE}',member='{_CLOSED}'")

    def shown(self) -> bool | None:
        """Return whether a notification may be on the screen now; None when its daemon does not tell.

        mako and dunst tell. Where there is no daemon none is shown.
        """
        daemon = self._bus.owner(_SERVICE)
        if not daemon:
            return False
        there = self._listed(daemon)
        return None if there is None else there or self._clock() - self._closed < FADED

    def _listed(self, daemon: str) -> bool | None:
        by_mako = self._bus.ask(daemon, "/fr/emersion/Mako", "fr.emersion.Mako", "ListNotifications")
        if by_mako is not None:
            return bool(by_mako[0])
        by_dunst = self._bus.get(daemon, _PATH, "org.dunstproject.cmd0", "displayedLength")
        return None if by_dunst is None else bool(by_dunst)

    def _hear(self, said: Message) -> None:
        if said.member == _CLOSED and said.interface == _SERVICE:
            self._closed = self._clock()
