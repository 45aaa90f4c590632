"""Plasma's notification server, as far as do-not-disturb goes: inhibitions that end with who asked for them."""

from __future__ import annotations

from typing import Any

from bus_services import Caller
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
_PROPERTIES = "org.freedesktop.DBus.Properties"


class PlasmaLike:
    """A server on a bus; ``own`` is what the person turned on."""

    def __init__(self, address: str) -> None:
        self.own = False
        self.inhibitions: dict[int, str] = {}
        self._cookie = 0
        self._caller = Caller(address)
        self._caller.thread.run(self._begin())

    @property
    def inhibited(self) -> bool:
        return self.own or bool(self.inhibitions)

    def set_own(self, *, on: bool) -> None:
        """Turn do-not-disturb on or off as the person does: off ends the inhibitions of programs too."""

        async def done() -> None:
            before = self.inhibited
            self.own = on
            if not on:
                self.inhibitions.clear()
            self._say(before)

        self._caller.thread.run(done())

    def leave(self) -> None:
        self._caller.close()

    async def _begin(self) -> None:
        bus = self._caller.bus
        bus.add_message_handler(self._answer)
        rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
        place = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        await bus.call(Message(*place, "AddMatch", signature="s", body=[rule]))
        await bus.request_name(NAME)

    def _answer(self, said: Message) -> Message | None:
        if said.message_type is MessageType.SIGNAL and said.member == "NameOwnerChanged":
            self._left(*said.body)
        if said.message_type is not MessageType.METHOD_CALL or said.path != PATH:
            return None
        answers: dict[str | None, Any] = {
            "GetServerInformation": lambda: ("ssss", ["Plasma", "KDE", "5.27.5", "1.2"]),
            "Inhibit": lambda: ("u", [self._inhibit(said)]),
            "UnInhibit": lambda: self._uninhibit(said.body[0]),
            "Get": lambda: ("v", [Variant("b", self.inhibited)]),
        }
        answer = answers.get(said.member)
        return None if answer is None else Message.new_method_return(said, *answer())

    def _inhibit(self, said: Message) -> int:
        assert said.signature == "ssa{sv}"
        assert said.body[0], "a desktop entry is needed"
        before = self.inhibited
        self._cookie += 1
        self.inhibitions[self._cookie] = said.sender or ""
        self._say(before)
        return self._cookie

    def _uninhibit(self, cookie: int) -> tuple[str, list[Any]]:
        before = self.inhibited
        self.inhibitions.pop(cookie, None)
        self._say(before)
        return "", []

    def _left(self, name: str, _before: str, after: str) -> None:
        if after:
            return
        inhibited = self.inhibited
        self.inhibitions = {cookie: who for cookie, who in self.inhibitions.items() if who != name}
        self._say(inhibited)

    def _say(self, before: bool) -> None:
        if self.inhibited != before:
            body = [NAME, {"Inhibited": Variant("b", self.inhibited)}, []]
            self._bus.send(Message.new_signal(PATH, _PROPERTIES, "PropertiesChanged", "sa{sv}as", body))

    @property
    def _bus(self) -> MessageBus:
        return self._caller.bus
