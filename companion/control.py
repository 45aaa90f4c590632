"""How other commands reach the program that records to a vault: a local socket that only its person can open."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

LONGEST_PATH = 100  # bytes; a Unix socket's name has room for little more
LARGEST_REQUEST = 4 * 1024 * 1024  # bytes; the words of a long mail
PATIENCE_SECONDS = 2.0  # for the request of whoever has come: others wait meanwhile
NO_REQUEST = "This is no request that Companion knows. Ask with the `companion` of the same version."

Handler = Callable[[Mapping[str, str]], str]


class ControlError(Exception):
    """What was asked for was refused; the message says why."""


class NobodyError(ControlError):
    """No program records to this vault."""


def address(root: Path) -> str:
    """Return where the program that records to the vault at ``root`` listens."""
    name = f"companion-{hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]}"
    if sys.platform == "win32":
        return rf"\\.\pipe\{name}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    place = str(Path(runtime) / f"{name}.sock") if runtime else str(root.resolve() / "control.sock")
    if len(os.fsencode(place)) > LONGEST_PATH:
        raise ControlError(f"The name of the socket {place} is too long. Set XDG_RUNTIME_DIR to a short folder.")
    return place


class Control:
    """Answers requests on a thread of its own.

    Parameters
    ----------
    root
        The vault's folder.
    handle
        Takes a request and returns what to tell the person; raises `ControlError`.

    """

    def __init__(self, root: Path, handle: Handler) -> None:
        self._handle = handle
        self._address = address(root)
        if sys.platform != "win32":
            Path(self._address).unlink(missing_ok=True)  # left by a crash: whoever listens holds the vault's lock
        self._listener = Listener(self._address)
        if sys.platform != "win32":
            Path(self._address).chmod(0o600)
        self._closing = False
        self._thread = threading.Thread(target=self._listen, name="requests", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._closing = True
        with suppress(OSError):  # it does not wait any more
            Client(self._address).close()  # wakes the thread
        self._thread.join()
        self._listener.close()

    def _listen(self) -> None:
        while not self._closing:
            try:
                connection = self._listener.accept()
            except OSError:
                continue  # whoever came went away again
            with connection:
                if not self._closing:
                    self._serve(connection)

    def _serve(self, connection: Connection) -> None:
        try:
            if not connection.poll(PATIENCE_SECONDS):
                return  # whoever came says nothing
            raw = connection.recv_bytes(LARGEST_REQUEST)
        except (EOFError, OSError):
            return  # no request
        try:
            connection.send_bytes(json.dumps(self._reply(raw)).encode())
        except OSError:
            return  # nobody waits for the answer

    def _reply(self, raw: bytes) -> dict[str, str]:
        try:
            return {"said": self._handle(_request(raw))}
        except ControlError as error:
            return {"refused": str(error)}
        except Exception as error:  # noqa: BLE001  whoever asked waits for an answer, and others ask after them
            traceback.print_exc()
            return {"refused": f"Companion made a mistake ({type(error).__name__}), and goes on. Please report it."}


def _request(raw: bytes) -> dict[str, str]:
    """Return what was asked; raises `ControlError`."""
    try:
        request = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ControlError(NO_REQUEST) from error
    if not isinstance(request, dict) or not all(isinstance(value, str) for value in request.values()):
        raise ControlError(NO_REQUEST)
    return request


def ask(root: Path, **request: str) -> str:
    """Ask the program that records to the vault at ``root``; returns what it said.

    Raises `NobodyError` when none does, `ControlError` for what it refused.
    """
    try:
        with Client(address(root)) as connection:
            connection.send_bytes(json.dumps(request).encode())
            reply: dict[str, Any] = json.loads(connection.recv_bytes())
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise NobodyError(f"No program is recording to {root}. `companion run` starts one.") from error
    except (EOFError, OSError) as error:
        raise ControlError(f"The program that records to {root} did not answer. Try again.") from error
    if "refused" in reply:
        raise ControlError(str(reply["refused"]))
    return str(reply["said"])
