"""xfce4-notifyd: a property of xfconf, which stays over restarts and sessions."""

from __future__ import annotations

import json
from typing import Any

from dbus_fast import Message, Variant

from companion.quiet.bus import Bus
from companion.quiet.daemon import read_prior
from companion.quiet.settling import settled
from companion.quiet.types import DamagedPriorError, Heard, QuietError, Semantics

_SERVICE, _PATH = "org.xfce.Xfconf", "/org/xfce/Xfconf"
_PLACE = ("xfce4-notifyd", "/do-not-disturb")


class Xfce:
    """The do-not-disturb of xfce4-notifyd. What is held does not come again; its log has it, if that is on."""

    name = "xfce"
    semantics = Semantics(critical_passes=True, replays=False, keeps=False)

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def is_on(self) -> bool:
        """Whether it is on, whoever turned it on."""
        return bool(self._value())

    def gone(self) -> bool:
        """Whether what keeps it has left: never, it is kept on disk."""
        return False

    def prior(self) -> str:
        """Return what `restore` needs."""
        return json.dumps({"value": self._value()})

    def turn_on(self) -> None:
        """Turn it on and see that it is."""
        self._set(on=True)

    def restore(self, prior: str) -> None:
        """Bring back what a prior told of."""
        value = read_prior(prior, "value")
        if value is None:
            self._ask("ResetProperty", "ssb", *_PLACE, False)
        elif value is False:
            self._set(on=False)
        else:
            raise DamagedPriorError
        self._see(on=False)

    def follow(self, heard: Heard) -> None:
        """Have changes told."""

        def hear(said: Message) -> None:
            if said.interface != _SERVICE or tuple(said.body[:2]) != _PLACE:
                return
            heard(bool(said.body[2].value) if said.member == "PropertyChanged" else False)

        self._bus.on_signal(hear, [f"type='signal',interface='{_SERVICE}',arg0='{_PLACE[0]}',arg1='{_PLACE[1]}'"])

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()

    def _value(self) -> bool | None:
        if not self._ask("PropertyExists", "ss", *_PLACE)[0]:
            return None
        return bool(self._ask("GetProperty", "ss", *_PLACE)[0].value)

    def _set(self, *, on: bool) -> None:
        self._ask("SetProperty", "ssv", *_PLACE, Variant("b", on))
        self._see(on=on)

    def _see(self, *, on: bool) -> None:
        if not settled(lambda: self.is_on() is on):
            raise QuietError("xfconf did not keep do-not-disturb. An administrator may have locked it.")

    def _ask(self, member: str, signature: str, *body: Any) -> list[Any]:
        if not self._bus.owner(_SERVICE):  # it starts when it is asked for
            self._bus.wake(_SERVICE)
        return self._bus.ask(_SERVICE, _PATH, _SERVICE, member, signature, *body)
