"""Asking the person, through the desktop portal, to share the screen (org.freedesktop.portal.ScreenCast, version 4)."""

from __future__ import annotations

import queue
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbus_fast import Message, Variant

from companion.capture.types import CaptureError, Rect
from companion.capture.wayland.permission import Answer, load, save
from companion.capture.wayland.session_bus import SessionBus

_SERVICE = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_CAST = "org.freedesktop.portal.ScreenCast"
_REQUEST = "org.freedesktop.portal.Request"
_SESSION = "org.freedesktop.portal.Session"

_MONITOR = 1  # source type
_UNTIL_REVOKED = 2  # persist mode
_REFUSED = 1  # response of a request that the person turned down; 0 is granted, others are faults
_LOOK_UP = 0.25  # seconds after which a wait looks whether it should stop

ASKING = "Moments are kept without pictures until you allow Companion to see the screen; your desktop is asking you."
ENDED = "Moments are kept without pictures: you ended sharing the screen. To be asked again, delete {path}."
REFUSED = "Moments are kept without pictures: you did not allow sharing the screen. To be asked again, delete {path}."
FAILED = (
    "Moments are kept without pictures: the desktop portal does not share the screen. Install grim, or "
    "xdg-desktop-portal with the backend of your desktop (xdg-desktop-portal-wlr for sway), and log in again."
)


@dataclass(frozen=True, slots=True)
class Stream:
    """One monitor shared: its PipeWire node, and where it lies on the desktop as far as the portal says."""

    node: int
    place: Rect | None


class Portal:
    """Asks on a thread of its own, as a person takes their time; `close` it before its bus.

    Attributes
    ----------
    limits
        Why nothing is shared; empty when something is.

    """

    def __init__(self, bus: SessionBus, answer: Path) -> None:
        self.limits = ASKING
        self._bus, self._answer = bus, answer
        self._streams: tuple[Stream, ...] = ()
        self._session = ""
        self._responses: queue.SimpleQueue[tuple[str, int, dict[str, Variant]]] = queue.SimpleQueue()
        self._stop = threading.Event()
        bus.on_signal(self._hear, f"type='signal',sender='{_SERVICE}'")
        self._thread = threading.Thread(target=self._ask, name="portal", daemon=True)
        self._thread.start()

    @property
    def streams(self) -> tuple[Stream, ...]:
        """What is shared now."""
        return self._streams

    def close(self) -> None:
        """Share no more."""
        self._stop.set()
        self._thread.join()
        session, self._session = self._session, ""
        if session:
            self._bus.ask(_SERVICE, session, _SESSION, "Close")

    def remote(self) -> int | None:
        """Return a descriptor of a PipeWire connection that sees the streams, the caller's to close; None = no more."""
        answer = self._bus.call(_SERVICE, _PATH, _CAST, "OpenPipeWireRemote", "oa{sv}", self._session, {})
        return answer.unix_fds[answer.body[0]] if answer is not None and answer.unix_fds else None

    def _ask(self) -> None:
        try:
            kept = load(self._answer)
            if kept.refused:
                self.limits = REFUSED.format(path=self._answer)
            elif not self._begin() or not self._select(kept.token):
                self.limits = FAILED
            else:
                self._start()
        except CaptureError as error:
            self.limits = str(error)

    def _begin(self) -> bool:
        self._bus.wake(_SERVICE)
        word = secrets.token_hex(8)
        told = self._request("CreateSession", "a{sv}", options={"session_handle_token": Variant("s", word)})
        if told is None or told[0] or "session_handle" not in told[1]:
            return False
        self._session = str(told[1]["session_handle"].value)
        return True

    def _select(self, token: str) -> bool:
        options = {
            "types": Variant("u", _MONITOR),
            "multiple": Variant("b", True),
            "persist_mode": Variant("u", _UNTIL_REVOKED),
        }
        if token:
            options["restore_token"] = Variant("s", token)
        told = self._request("SelectSources", "oa{sv}", self._session, options=options)
        return told is not None and told[0] == 0

    def _start(self) -> None:
        told = self._request("Start", "osa{sv}", self._session, "", options={})
        if told is None:
            self.limits = FAILED
        elif told[0] == _REFUSED:
            self._keep_refused(REFUSED)
        elif told[0] or not told[1]["streams"].value:
            self.limits = FAILED
        else:
            token = told[1].get("restore_token")
            save(self._answer, Answer(token=str(token.value) if token is not None else ""))
            self._streams = tuple(_stream(*one) for one in told[1]["streams"].value)
            self.limits = ""

    def _request(
        self, member: str, signature: str, *body: Any, options: dict[str, Variant]
    ) -> tuple[int, dict[str, Variant]] | None:
        """Return what a request came to; None when the portal refuses to take it, or it is too late to wait."""
        word = secrets.token_hex(8)
        path = f"{_PATH}/request/{self._bus.name.removeprefix(':').replace('.', '_')}/{word}"
        options = {**options, "handle_token": Variant("s", word)}
        if self._bus.ask(_SERVICE, _PATH, _CAST, member, signature, *body, options) is None:
            return None
        while not self._stop.is_set():
            try:
                answered, code, results = self._responses.get(timeout=_LOOK_UP)
            except queue.Empty:
                continue
            if answered == path:
                return code, results
        return None

    def _hear(self, said: Message) -> None:
        """Take in what the portal says, on the bus's thread."""
        if said.interface == _REQUEST and said.member == "Response":
            self._responses.put((said.path or "", *said.body))
        elif said.interface == _SESSION and said.member == "Closed" and said.path == self._session:
            self._session, self._streams = "", ()
            self._keep_refused(ENDED)

    def _keep_refused(self, why: str) -> None:
        self.limits = why.format(path=self._answer)
        try:
            save(self._answer, Answer(refused=True))
        except CaptureError as error:
            self.limits = f"{self.limits} {error}"


def _stream(node: int, said: dict[str, Variant]) -> Stream:
    if "position" not in said or "size" not in said:
        return Stream(node, None)
    return Stream(node, Rect(*said["position"].value, *said["size"].value))
