"""The notification daemon that is there now. One that is started anew has forgotten what the one before was told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from dbus_fast import Message

from companion.quiet.bus import DAEMON, NOTIFICATIONS, Bus
from companion.quiet.types import DamagedPriorError, QuietError

_DAEMON_KEY = "daemon"


class NotificationDaemon:
    """Whoever owned ``org.freedesktop.Notifications`` when this was made.

    Attributes
    ----------
    owner
        Its unique name on the bus, empty when there was none.
    identity
        What tells it from every other daemon, those of other sessions included.

    """

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.owner = bus.owner(NOTIFICATIONS)
        self.identity = f"{bus.identity()} {self.owner}"

    def alive(self) -> bool:
        """Whether it still is the session's notification daemon; raises `QuietError` where the bus does not say."""
        return bool(self.owner) and self.bus.owner(NOTIFICATIONS) == self.owner

    def ask(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> list[Any]:
        """Return what it answers; raises `QuietError`."""
        if not self.owner:
            raise QuietError("No notification daemon runs in this session.")
        return self.bus.ask(self.owner, path, interface, member, signature, *body)

    def prior(self, **told: Any) -> str:
        """Return a prior that belongs to this daemon."""
        return json.dumps({_DAEMON_KEY: self.identity, **told})

    def is_of(self, prior: str) -> bool:
        """Whether a prior is of this daemon: else what it told of went with another one."""
        return bool(read_prior(prior, _DAEMON_KEY) == self.identity) and self.alive()

    def follow(self, heard: Callable[[Message], None], rules: Sequence[str]) -> None:
        """Have ``heard`` called with the signals of some rules, and when the daemon changes (`has_left`)."""
        changes = f"type='signal',sender='{DAEMON}',member='NameOwnerChanged',arg0='{NOTIFICATIONS}'"
        self.bus.on_signal(heard, [*rules, changes])

    def has_left(self, said: Message) -> bool:
        """Whether a signal tells that this daemon no longer is the one."""
        told = said.sender == DAEMON and said.member == "NameOwnerChanged"
        return told and said.body[0] == NOTIFICATIONS and said.body[2] != self.owner


def read_prior(prior: str, key: str) -> Any:
    """Return one value of a prior; raises `DamagedPriorError`."""
    try:
        return json.loads(prior)[key]
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedPriorError from error
