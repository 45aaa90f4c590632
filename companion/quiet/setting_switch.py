"""Do-not-disturb where it is one of the desktop's settings: notifications are shown, or not."""

from __future__ import annotations

import json

from dbus_fast import Message

from companion.quiet.bus import Bus
from companion.quiet.daemon import read_prior
from companion.quiet.gsetting import Gsetting
from companion.quiet.types import DamagedPriorError, Heard, Semantics


class SettingSwitch:
    """A setting that says whether notifications are shown. It stays over restarts and sessions.

    Parameters
    ----------
    name, semantics
        As `companion.quiet.types.Quiet` has them.
    showing
        The setting; True shows notifications.

    """

    def __init__(self, name: str, semantics: Semantics, showing: Gsetting, bus: Bus) -> None:
        self.name, self.semantics = name, semantics
        self._showing, self._bus = showing, bus

    def is_on(self) -> bool:
        """Whether it is on, whoever turned it on."""
        return not self._showing.get()

    def gone(self) -> bool:
        """Whether what keeps it has left: never, it is kept on disk."""
        return False

    def prior(self) -> str:
        """Return what `restore` needs."""
        return json.dumps({"showing": self._showing.get()})

    def turn_on(self) -> None:
        """Turn it on and see that it is."""
        self._showing.set(to=False)

    def restore(self, prior: str) -> None:
        """Bring back what a prior told of."""
        if read_prior(prior, "showing") is not True:
            raise DamagedPriorError
        self._showing.set(to=True)

    def follow(self, heard: Heard) -> None:
        """Have changes told."""

        def hear(said: Message) -> None:
            if self._showing.changed_by(said.interface, said.member, said.body):
                heard(None)

        self._bus.on_signal(hear, [self._showing.rule])

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()
