"""dunst: ``paused``, which it keeps in memory."""

from __future__ import annotations

from dbus_fast import Message, Variant

from companion.capture.wayland.session_bus import PROPERTIES
from companion.quiet.bus import NOTIFICATIONS_PATH, Bus
from companion.quiet.daemon import NotificationDaemon
from companion.quiet.types import Heard, QuietError, Semantics

_INTERFACE, _PAUSED = "org.dunstproject.cmd0", "paused"


class Dunst:
    """dunst's pause. Everything waits, critical notifications too, and comes up when it ends."""

    name = "dunst"
    semantics = Semantics(critical_passes=False, replays=True, keeps=True)

    def __init__(self, bus: Bus) -> None:
        self._daemon = NotificationDaemon(bus)

    def is_on(self) -> bool:
        """Whether it is on, whoever turned it on."""
        return self._daemon.alive() and self._paused()

    def gone(self) -> bool:
        """Whether its daemon has left."""
        return not self._daemon.alive()

    def prior(self) -> str:
        """Return what `restore` needs."""
        return self._daemon.prior(paused=self._paused())

    def turn_on(self) -> None:
        """Turn it on and see that it is."""
        self._set(paused=True)

    def restore(self, prior: str) -> None:
        """Bring back what a prior told of."""
        if self._daemon.is_of(prior):
            self._set(paused=False)

    def follow(self, heard: Heard) -> None:
        """Have changes told."""

        def hear(said: Message) -> None:
            if self._daemon.has_left(said):
                heard(False)
            elif said.member == "PropertiesChanged" and said.body[0] == _INTERFACE and _PAUSED in said.body[1]:
                heard(bool(said.body[1][_PAUSED].value))

        rule = f"type='signal',interface='{PROPERTIES}',path='{NOTIFICATIONS_PATH}',arg0='{_INTERFACE}'"
        self._daemon.follow(hear, [rule])

    def close(self) -> None:
        """Let go of the bus."""
        self._daemon.bus.close()

    def _paused(self) -> bool:
        answer = self._daemon.ask(NOTIFICATIONS_PATH, PROPERTIES, "Get", "ss", _INTERFACE, _PAUSED)
        return bool(answer[0].value)

    def _set(self, *, paused: bool) -> None:
        value = Variant("b", paused)
        self._daemon.ask(NOTIFICATIONS_PATH, PROPERTIES, "Set", "ssv", _INTERFACE, _PAUSED, value)
        if self._paused() is not paused:
            raise QuietError("dunst did not do as it was asked. Restart it, and look at its log if this stays.")
