"""SwayNotificationCenter: its do-not-disturb, which it keeps in dconf over restarts and sessions."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dbus_fast import Message

from companion.quiet.bus import Bus
from companion.quiet.daemon import read_prior
from companion.quiet.gsetting import Gsetting
from companion.quiet.settling import settled
from companion.quiet.types import DamagedPriorError, Heard, QuietError, Semantics

_SERVICE, _PATH = "org.erikreider.swaync.cc", "/org/erikreider/swaync/cc"
#: Where the signals have the state: their arguments differ from one to the other.
_SIGNALS = {"Subscribe": 1, "SubscribeV2": 1}


class Swaync:
    """SwayNotificationCenter. What is held lies in its panel."""

    name = "swaync"
    semantics = Semantics(critical_passes=True, replays=False, keeps=True)

    def __init__(self, bus: Bus, environ: Mapping[str, str]) -> None:
        self._bus = bus
        self._kept = Gsetting("org.erikreider.swaync", "dnd-state", environ)

    def is_on(self) -> bool:
        """Whether it is on, whoever turned it on."""
        return self._dnd() if self._bus.owner(_SERVICE) else self._kept.get()

    def gone(self) -> bool:
        """Whether what keeps it has left: never, it is kept on disk."""
        return False

    def prior(self) -> str:
        """Return what `restore` needs."""
        return json.dumps({"dnd": self._dnd()})

    def turn_on(self) -> None:
        """Turn it on and see that it is."""
        self._set(on=True)

    def restore(self, prior: str) -> None:
        """Bring back what a prior told of."""
        if read_prior(prior, "dnd") is not False:
            raise DamagedPriorError
        if self._bus.owner(_SERVICE):
            self._set(on=False)
        else:
            self._kept.set(to=False)  # or it would come up quiet

    def follow(self, heard: Heard) -> None:
        """Have changes told."""

        def hear(said: Message) -> None:
            if said.interface == _SERVICE and said.member in _SIGNALS:
                heard(bool(said.body[_SIGNALS[said.member]]))

        self._bus.on_signal(hear, [f"type='signal',interface='{_SERVICE}',path='{_PATH}'"])

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()

    def _dnd(self) -> bool:
        return bool(self._bus.ask(_SERVICE, _PATH, _SERVICE, "GetDnd")[0])

    def _set(self, *, on: bool) -> None:
        self._bus.ask(_SERVICE, _PATH, _SERVICE, "SetDnd", "b", on)
        # It keeps its settings a little later, which it may not live to; and where they cannot be kept it says yes and
        # does nothing.
        if not settled(lambda: self._dnd() is on and self._kept.get() is on):
            raise QuietError("swaync did not do as it was asked. It needs dconf: install the package dconf-service.")
