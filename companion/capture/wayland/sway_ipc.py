"""One connection to sway: questions, and word of what happens, in the order in which sway said it.

The protocol is sway-ipc(7): a magic word, a length and a kind, then JSON. One socket serves both, so that whatever
happened before an answer was given has arrived before it.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from companion.capture.types import CaptureError

_MAGIC = b"i3-ipc"
_HEAD = struct.Struct("=6sII")
_EVENT = 1 << 31
_ANSWER_SECONDS = 5.0
_LARGEST = 1 << 26  # bytes of one message; a tree of a thousand windows has less than one of them

_GONE = "Sway has gone away. Log in again; if the desktop is still there, restart Companion."


class Ask(IntEnum):
    """What sway can be asked."""

    SUBSCRIBE = 2
    TREE = 4


class Kind(IntEnum):
    """What happens."""

    WORKSPACE = 0
    OUTPUT = 1
    WINDOW = 3
    SHUTDOWN = 6


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: ``what`` and ``about`` in sway's own words, ``time`` as of `time.monotonic`."""

    kind: Kind
    what: str
    about: dict[str, Any]
    time: float


class Sway:
    """A connection, to be used by one thread at a time.

    Parameters
    ----------
    path
        The socket that ``SWAYSOCK`` names.

    Raises
    ------
    CaptureError
        If sway does not answer there; so does every method once it has gone.

    """

    def __init__(self, path: Path) -> None:
        self._events: deque[Event] = deque()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_ANSWER_SECONDS)
        try:
            self._socket.connect(str(path))
            self._subscribe()
        except OSError as error:
            self._socket.close()
            raise CaptureError(
                f"Sway does not answer at {path}. Start Companion inside the sway session, or set SWAYSOCK to what "
                "`sway --get-socketpath` says."
            ) from error
        except BaseException:
            self._socket.close()
            raise

    def close(self) -> None:
        """Hang up; the object cannot be used afterwards."""
        self._socket.close()

    def fileno(self) -> int:
        """Return what to wait on for events."""
        return self._socket.fileno()

    def ask(self, kind: Ask, payload: str = "") -> Any:
        """Return what sway answers."""
        data = payload.encode()
        try:
            self._socket.sendall(_HEAD.pack(_MAGIC, len(data), kind) + data)
        except OSError as error:
            raise CaptureError(_GONE) from error
        while True:
            number, answer = self._message()
            if number == kind:
                return answer
            self._keep(number, answer)

    def events(self) -> list[Event]:
        """Return what happened since this was last asked, oldest first, without waiting."""
        while select.select([self._socket], [], [], 0)[0]:
            self._keep(*self._message())
        happened = list(self._events)
        self._events.clear()
        return happened

    def waiting(self) -> bool:
        """Whether events were read while an answer was waited for: the socket says nothing of those."""
        return bool(self._events)

    def _subscribe(self) -> None:
        for kind in Kind:  # one refused takes the others of its question along; before 1.8 there is no word of outputs
            answer = self.ask(Ask.SUBSCRIBE, json.dumps([kind.name.lower()]))
            if not answer["success"] and kind in (Kind.WINDOW, Kind.WORKSPACE):
                raise CaptureError("This sway does not tell what happens to its windows. Update it.")

    def _keep(self, number: int, said: dict[str, Any]) -> None:
        kind = Kind(number & ~_EVENT)
        if kind is Kind.SHUTDOWN:
            raise CaptureError(_GONE)
        self._events.append(Event(kind, said.get("change", ""), said, time.monotonic()))

    def _message(self) -> tuple[int, Any]:
        magic, length, number = _HEAD.unpack(self._exactly(_HEAD.size))
        if magic != _MAGIC or length > _LARGEST:
            raise CaptureError("What answers at SWAYSOCK is not sway. Set it to what `sway --get-socketpath` says.")
        return number, json.loads(self._exactly(length))

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            try:
                part = self._socket.recv(size - len(data))
            except OSError as error:
                raise CaptureError(_GONE) from error
            if not part:
                raise CaptureError(_GONE)
            data += part
        return bytes(data)
