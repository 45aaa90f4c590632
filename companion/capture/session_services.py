"""The services that tell whether a session is locked, each on its bus."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dbus_fast import Message, MessageFlag, MessageType
from dbus_fast.aio import MessageBus


@dataclass(frozen=True, slots=True)
class Asked:
    """One interface of one object: the name of its service on the bus, its path, and what of it is asked."""

    name: str
    path: str
    interface: str


#: Screen savers and lock screens of the desktops, and where each has its object. KDE's is the first.
SAVERS = {
    "org.freedesktop.ScreenSaver": "/org/freedesktop/ScreenSaver",
    "org.gnome.ScreenSaver": "/org/gnome/ScreenSaver",
    "org.cinnamon.ScreenSaver": "/org/cinnamon/ScreenSaver",
    "org.mate.ScreenSaver": "/org/mate/ScreenSaver",
    "org.xfce.ScreenSaver": "/org/xfce/ScreenSaver",
}

LOGIN = "org.freedesktop.login1"
_LOGINS = Asked(LOGIN, "/org/freedesktop/login1", f"{LOGIN}.Manager")
_SESSION = f"{LOGIN}.Session"
_HINT = "LockedHint"
_GRAPHICAL = ("x11", "wayland", "mir")

_DAEMON = "org.freedesktop.DBus"
_NAMES = Asked(_DAEMON, "/org/freedesktop/DBus", _DAEMON)
_PROPERTIES = "org.freedesktop.DBus.Properties"

#: Seconds after which a service that could not answer is asked again.
ASK_AGAIN = 5.0

#: Refusals of a program that goes by the name of a screen saver, and locks nothing.
_NO_SUCH = frozenset(
    f"{_DAEMON}.Error.{name}"
    for name in (
        "UnknownMethod",
        "UnknownInterface",
        "UnknownObject",
        "NotSupported",
        "ServiceUnknown",
        "NameHasNoOwner",
    )
)

#: Runs something on the thread of the buses, without waiting for it.
Soon = Callable[[Coroutine[Any, Any, None]], None]


class Told:
    """What each service last said. One that was asked and has not answered yet counts as locked.

    So does one that ended, or could not answer, once it had said locked: that a screen lock crashed opens no session.
    It counts until the service says otherwise, or any other does of itself.

    Parameters
    ----------
    on_change
        Called when the whole of it changes.

    Attributes
    ----------
    ended
        Services that said locked and are there no more.

    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.locked = False
        self.ended: frozenset[str] = frozenset()
        self._on_change = on_change
        self._said: dict[str, bool | None] = {}
        self._before: dict[str, bool] = {}  # it was asked, and what it had said last

    @property
    def unanswered(self) -> frozenset[str]:
        """The services that were asked and have not answered yet."""
        return frozenset(name for name, said in list(self._said.items()) if said is None)

    def asked(self, name: str) -> None:
        """Note that a service is being asked."""
        self._note(name, None)

    def answered(self, name: str, locked: bool) -> None:
        """Note the answer, unless the service spoke of itself meanwhile: that is newer."""
        if name in self._said and self._said[name] is None:
            self._note(name, locked)

    def unable(self, name: str) -> None:
        """Note that a service cannot say: what it said before stands, and else it locks nothing."""
        self.answered(name, self._before.get(name, False))

    def said(self, name: str, locked: bool) -> None:
        """Note what a service said of itself."""
        if not locked:
            for ended in self.ended:
                self._before[ended] = self._said[ended] = False
            self.ended = frozenset()
        self._note(name, locked)

    def left(self, name: str) -> None:
        """Note that a service has gone; what it said before stands if that was that the session is locked."""
        locked = self._before.get(name, False)
        self._note(name, locked)
        if locked:
            self.ended |= {name}

    def _note(self, name: str, locked: bool | None) -> None:
        self._said[name] = locked
        if locked is not None:
            self._before[name] = locked
        self.ended -= {name}
        before, self.locked = self.locked, any(said is not False for said in self._said.values())
        if before != self.locked:
            self._on_change()


class Names:
    """Follows which connection of a bus stands behind some well-known names.

    Parameters
    ----------
    on_owner
        Called with a name and its new owner, empty when it has none any more.

    """

    def __init__(self, bus: MessageBus, names: Iterable[str], on_owner: Callable[[str, str], None]) -> None:
        self.owners = dict.fromkeys(names, "")
        self._bus, self._on_owner = bus, on_owner

    async def begin(self) -> None:
        """Find who is there, and hear of changes."""
        self._bus.add_message_handler(self._hear)
        for name in self.owners:
            await match(self._bus, f"sender='{_DAEMON}',member='NameOwnerChanged',arg0='{name}'")
            answer = await ask(self._bus, _NAMES, "GetNameOwner", "s", name)
            if answer:
                self._owned(name, answer[0])

    def _hear(self, said: Message) -> None:
        if said.sender == _DAEMON and said.member == "NameOwnerChanged" and said.body[0] in self.owners:
            self._owned(said.body[0], said.body[2])

    def _owned(self, name: str, owner: str) -> None:
        if self.owners[name] != owner:
            self.owners[name] = owner
            self._on_owner(name, owner)


class Savers:
    """The screen savers of the session bus; they come and go."""

    def __init__(self, bus: MessageBus, told: Told, soon: Soon) -> None:
        self._bus, self._told, self._soon = bus, told, soon
        self._names = Names(bus, SAVERS, self._on_owner)

    async def begin(self) -> None:
        """Ask those that are there, and hear of changes."""
        self._bus.add_message_handler(self._hear)
        for name in SAVERS:
            await match(self._bus, f"sender='{name}',interface='{name}',member='ActiveChanged'")
        await self._names.begin()

    def _on_owner(self, name: str, owner: str) -> None:
        if not owner:
            self._told.left(name)
            return
        self._told.asked(name)
        self._soon(self._ask(name, owner))

    async def _ask(self, name: str, owner: str) -> None:
        """Ask until there is an answer; one that cannot tell now may lock the screen all the same."""
        while self._names.owners[name] == owner:
            answer = await _answer(self._bus, Asked(owner, SAVERS[name], name), "GetActive")
            if self._names.owners[name] != owner:
                return
            if answer is not None and answer.message_type is MessageType.METHOD_RETURN and answer.body:
                self._told.answered(name, bool(answer.body[0]))
                return
            if answer is None or answer.error_name in _NO_SUCH:
                self._told.unable(name)
                return
            await asyncio.sleep(ASK_AGAIN)

    def _hear(self, said: Message) -> None:
        name = said.interface or ""
        if said.member == "ActiveChanged" and said.sender and said.sender == self._names.owners.get(name):
            self._told.said(name, bool(said.body and said.body[0]))


class LoginSession:
    """The person's own session in logind, on the system bus."""

    def __init__(self, bus: MessageBus, told: Told, soon: Soon, environ: Mapping[str, str]) -> None:
        self._bus, self._told, self._soon, self._environ = bus, told, soon, environ
        self._names = Names(bus, [LOGIN], self._on_owner)
        self._path = ""

    async def begin(self) -> None:
        """Ask logind where it is there, and hear of changes."""
        self._bus.add_message_handler(self._hear)
        await self._names.begin()

    def _on_owner(self, name: str, owner: str) -> None:
        """Ask, also when logind was started anew; until it answers the session counts as locked."""
        if owner:
            self._told.asked(name)
            self._soon(self._ask())

    async def _ask(self) -> None:
        path = self._path = self._path or await self._find()
        if path:
            await match(self._bus, f"sender='{LOGIN}',path='{path}',member='PropertiesChanged'")
        hint = await self._get(path, _SESSION, _HINT) if path else None
        if hint is None:
            self._told.unable(LOGIN)
        else:
            self._told.answered(LOGIN, bool(hint))

    def _hear(self, said: Message) -> None:
        if said.member != "PropertiesChanged" or said.sender != self._names.owners[LOGIN] or said.path != self._path:
            return
        interface, changed, unsaid = said.body
        if interface == _SESSION and _HINT in changed:
            self._told.said(LOGIN, bool(changed[_HINT].value))
        elif interface == _SESSION and _HINT in unsaid:
            self._told.asked(LOGIN)
            self._soon(self._ask())

    async def _find(self) -> str:
        """Return the path of the graphical session this program is in, else of the person's; empty for none."""
        number = self._environ.get("XDG_SESSION_ID")
        here = await ask(self._bus, _LOGINS, "GetSession", "s", number) if number else None
        if here and await self._get(here[0], _SESSION, "Type") in _GRAPHICAL:
            return str(here[0])
        user = await ask(self._bus, _LOGINS, "GetUser", "u", os.getuid())
        shown = await self._get(user[0], f"{LOGIN}.User", "Display") if user else None
        return str(shown[1]) if shown and shown[0] else ""

    async def _get(self, path: str, interface: str, name: str) -> Any | None:
        answer = await ask(self._bus, Asked(LOGIN, path, _PROPERTIES), "Get", "ss", interface, name)
        return answer[0].value if answer else None


async def match(bus: MessageBus, rule: str) -> None:
    """Ask a bus for the signals a rule describes."""
    await ask(bus, _NAMES, "AddMatch", "s", f"type='signal',{rule}")


async def ask(bus: MessageBus, what: Asked, member: str, signature: str = "", *body: Any) -> list[Any] | None:
    """Return what an object answers; None when it refuses, is not there, or the bus has gone. Starts no service."""
    answer = await _answer(bus, what, member, signature, *body)
    return answer.body if answer is not None and answer.message_type is MessageType.METHOD_RETURN else None


async def _answer(bus: MessageBus, what: Asked, member: str, signature: str = "", *body: Any) -> Message | None:
    """Return an object's answer, be it a refusal; None when the bus has gone: whoever opened it hears of its end."""
    call = Message(
        destination=what.name,
        path=what.path,
        interface=what.interface,
        member=member,
        signature=signature,
        body=list(body),
        flags=MessageFlag.NO_AUTOSTART,
    )
    try:
        return await bus.call(call)
    except (OSError, EOFError):
        return None
