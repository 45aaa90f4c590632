"""A program on an accessibility bus, and the bus's own services, that answer what they are told to, or nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from companion.capture.accessible.loop import LoopThread
from companion.capture.accessible.roles import Role, State
from companion.capture.types import Rect, Window

ROOT = "/org/a11y/atspi/accessible/root"
TITLE = "page - browser"
WINDOW = Window("browser", TITLE, pid=os.getpid(), rect=Rect(10, 20, 400, 300), bounds=(Rect(10, 20, 400, 300),))

Answer = tuple[str, list[Any]]


def answers(role: int, rect: Rect, name: str, *states: State) -> dict[str, Answer]:
    """Return what an object says of itself."""
    bits = sum(1 << state for state in (State.SHOWING, *states))
    return {
        "GetRole": ("u", [role]),
        "GetState": ("au", [[bits & 0xFFFFFFFF, bits >> 32]]),
        "GetExtents": ("(iiii)", [(rect.left, rect.top, rect.width, rect.height)]),
        "Name": ("v", [Variant("s", name)]),
        "ChildCount": ("v", [Variant("i", 0)]),
        "GetChildren": ("a(so)", [[]]),
    }


@dataclass
class ToldProgram:
    """Two windows of one size and title, each with a page in it with one line of text; the first one is active.

    ``said`` says otherwise, None for no answer at all.
    """

    address: str
    said: dict[tuple[str, str], Answer | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.thread = LoopThread("told")
        self.thread.run(self._begin())

    def close(self) -> None:
        async def hang_up() -> None:
            self.bus.disconnect()

        self.thread.run(hang_up())
        self.thread.close()

    async def _begin(self) -> None:
        self.bus = await MessageBus(bus_address=self.address).connect()
        self.bus.add_message_handler(self._answer)
        for name in ("org.a11y.Bus", "org.a11y.atspi.Registry"):
            await self.bus.request_name(name)
        self.objects = self._objects()

    def _objects(self) -> Mapping[str, dict[str, Answer]]:
        def within(*paths: str) -> dict[str, Answer]:
            refs = [(self.bus.unique_name, path) for path in paths]
            return {"GetChildren": ("a(so)", [refs]), "ChildCount": ("v", [Variant("i", len(paths))])}

        page = {"GetAttributes": ("a{ss}", [{"DocURL": "https://example.org/"}])}
        inside, line = Rect(20, 40, 380, 270), Rect(20, 50, 300, 20)
        return {
            ROOT: within("/program"),
            "/program": within("/window", "/other"),
            "/window": answers(23, Rect(10, 20, 400, 300), TITLE, State.ACTIVE) | within("/page"),
            "/page": answers(Role.DOCUMENT_WEB, inside, "") | within("/line") | page,
            "/line": answers(Role.STATIC, line, "words of the page"),
            "/other": answers(23, Rect(510, 20, 400, 300), TITLE) | within("/second"),
            "/second": answers(Role.STATIC, Rect(520, 50, 300, 20), "words of the other"),
            "/org/a11y/bus": {"IsEnabled": ("v", [Variant("b", True)])},
            "/org/a11y/atspi/registry": {},
        }

    def _answer(self, asked: Message) -> Message | bool | None:
        if asked.message_type is not MessageType.METHOD_CALL or asked.path not in self.objects:
            return None
        what = asked.body[1] if asked.member == "Get" else str(asked.member)
        if (asked.path, what) in self.said:
            answer = self.said[asked.path, what]
        else:
            answer = self.objects[asked.path].get(what, ("", []))
        return Message.new_method_return(asked, *answer) if answer is not None else True
