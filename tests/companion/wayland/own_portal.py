"""A desktop portal that shares one PipeWire node, or refuses to, as it is told; PipeWire and the node are real."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
from pathlib import Path
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from companion.capture.accessible.loop import LoopThread
from companion.capture.types import Rect

SERVICE = "org.freedesktop.portal.Desktop"
_CAST = "org.freedesktop.portal.ScreenCast"


class OwnPortal:
    """Answers on its own thread; keeps what it was asked in ``asked``.

    ``answer`` is the response of the person: 0 allows, 1 refuses, None leaves the question open.
    """

    def __init__(self, address: str, pipewire: Path, *, node: int = 0, place: Rect | None, answer: int | None) -> None:
        self.asked: dict[str, dict[str, Any]] = {}
        self.session = ""
        self.closed = 0
        self._remotes: list[socket.socket] = []
        self._pipewire, self._node, self._place, self._answer = pipewire, node, place, answer
        self._thread = LoopThread("own-portal")
        self._bus = self._thread.run(self._connect(address))

    def close(self) -> None:
        self._thread.run(self._leave())
        self._thread.close()
        for remote in self._remotes:
            remote.close()

    def end_session(self) -> None:
        """What happens when the person presses *stop sharing*."""
        said = Message.new_signal(self.session, "org.freedesktop.portal.Session", "Closed", "", [])
        self._thread.run(self._say(said))

    async def _connect(self, address: str) -> MessageBus:
        bus = await MessageBus(bus_address=address, negotiate_unix_fd=True).connect()
        bus.add_message_handler(self._handle)
        await bus.request_name(SERVICE)
        return bus

    async def _leave(self) -> None:
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()

    async def _say(self, said: Message) -> None:
        await self._bus.send(said)

    def _handle(self, said: Message) -> Message | None:
        if said.message_type is not MessageType.METHOD_CALL:
            return None
        if said.member == "Close":
            self.closed += 1
            return Message.new_method_return(said)
        if said.interface != _CAST:
            return None
        options = {name: value.value for name, value in said.body[-1].items()}
        self.asked[said.member or ""] = options
        if said.member == "OpenPipeWireRemote":
            return self._remote(said)
        sender = (said.sender or "").removeprefix(":").replace(".", "_")
        path = f"/org/freedesktop/portal/desktop/request/{sender}/{options['handle_token']}"
        code, results = self._result(said, sender)
        if code is not None:
            told = Message.new_signal(path, "org.freedesktop.portal.Request", "Response", "ua{sv}", [code, results])
            asyncio.get_running_loop().call_later(0.01, lambda: self._bus.send(told))
        return Message.new_method_return(said, "o", [path])

    def _result(self, said: Message, sender: str) -> tuple[int | None, dict[str, Variant]]:
        if said.member == "CreateSession":
            token = said.body[0]["session_handle_token"].value
            self.session = f"/org/freedesktop/portal/desktop/session/{sender}/{token}"
            return 0, {"session_handle": Variant("s", self.session)}
        if said.member == "Start":
            return self._answer, self._streams() if self._answer == 0 else {}
        return 0, {}

    def _streams(self) -> dict[str, Variant]:
        said = {"source_type": Variant("u", 1)}
        if self._place is not None:
            said["position"] = Variant("(ii)", [self._place.left, self._place.top])
            said["size"] = Variant("(ii)", [self._place.width, self._place.height])
        return {"streams": Variant("a(ua{sv})", [[self._node, said]]), "restore_token": Variant("s", "again-please")}

    def _remote(self, said: Message) -> Message:
        remote = socket.socket(socket.AF_UNIX)
        remote.connect(str(self._pipewire))
        self._remotes.append(remote)  # the message with its descriptor goes out later
        return Message.new_method_return(said, "h", [0], [remote.fileno()])


def video_node(environ: dict[str, str], name: str) -> int:
    """Return the number of the PipeWire node with this name, 0 while there is none."""
    done = subprocess.run(("pw-dump",), env=environ, capture_output=True, timeout=20, check=False)
    found = json.loads(done.stdout or b"[]")
    return next((one["id"] for one in found if _name(one) == name), 0)


def _name(one: dict[str, Any]) -> str:
    info = one.get("info") or {}
    return str((info.get("props") or {}).get("node.name", "")) if one.get("type", "").endswith("Node") else ""
