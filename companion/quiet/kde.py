"""Plasma: an inhibition, which lasts as long as our connection to the bus."""

from __future__ import annotations

from dbus_fast import Message

from companion.capture.wayland.session_bus import PROPERTIES
from companion.quiet.bus import NOTIFICATIONS, NOTIFICATIONS_PATH, Bus
from companion.quiet.daemon import NotificationDaemon, read_prior
from companion.quiet.settling import settled
from companion.quiet.types import Heard, QuietError, Semantics

_INHIBITED = "Inhibited"
_DESKTOP_ENTRY, _REASON = "companion", "Deep focus"


class Kde:
    """An inhibition of Plasma's notifications.

    The program that turns it on holds it itself: when it ends, however it ends, Plasma drops it, and nobody has to
    restore anything. What the person turned on is theirs and stays beside it.
    """

    name = "kde"
    semantics = Semantics(critical_passes=True, replays=False, keeps=True)

    def __init__(self, bus: Bus) -> None:
        self._daemon = NotificationDaemon(bus)
        self._cookie: int | None = None

    def is_on(self) -> bool:
        """Whether it is on, whoever turned it on."""
        return self._daemon.alive() and self._inhibited()

    def gone(self) -> bool:
        """Whether its daemon has left."""
        return not self._daemon.alive()

    def prior(self) -> str:
        """Return what `restore` needs."""
        return self._daemon.prior()

    def turn_on(self) -> None:
        """Turn it on and see that it is."""
        told = (_DESKTOP_ENTRY, _REASON, dict[str, object]())
        answer = self._daemon.ask(NOTIFICATIONS_PATH, NOTIFICATIONS, "Inhibit", "ssa{sv}", *told)
        self._cookie = int(answer[0])
        if not settled(self._inhibited):
            raise QuietError("Plasma did not turn do-not-disturb on. Look at its settings for notifications.")

    def restore(self, prior: str) -> None:
        """Bring back what a prior told of."""
        read_prior(prior, "daemon")
        if self._cookie is not None and self._daemon.is_of(prior):
            self._daemon.ask(NOTIFICATIONS_PATH, NOTIFICATIONS, "UnInhibit", "u", self._cookie)
        self._cookie = None

    def follow(self, heard: Heard) -> None:
        """Have changes told."""

        def hear(said: Message) -> None:
            if self._daemon.has_left(said):
                heard(False)
            elif said.member == "PropertiesChanged" and said.body[0] == NOTIFICATIONS:
                changed = said.body[1].get(_INHIBITED)
                heard(None if changed is None else bool(changed.value))

        rule = f"type='signal',interface='{PROPERTIES}',path='{NOTIFICATIONS_PATH}',arg0='{NOTIFICATIONS}'"
        self._daemon.follow(hear, [rule])

    def close(self) -> None:
        """Let go of the bus."""
        self._daemon.bus.close()

    def _inhibited(self) -> bool:
        answer = self._daemon.ask(NOTIFICATIONS_PATH, PROPERTIES, "Get", "ss", NOTIFICATIONS, _INHIBITED)
        return bool(answer[0].value)
