"""One run without windows: an engine, and another in its place when the vault is locked or unlocked meanwhile."""

from __future__ import annotations

import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from companion import renewing
from companion.cli.codes import DONE, WRONG
from companion.control import Control, ControlError
from companion.deep_work import requests
from companion.feedback import requests as training_requests
from companion.locked import switch
from companion.sending import requests as mail_requests
from companion.status import Activity, Status
from index.keys.keyfile import Opened
from index.types import VaultError
from index.vault import Vault

if TYPE_CHECKING:
    from companion.deep_work.consequences import DeepWork

LOOK_SECONDS = 0.5


class Runnable(Protocol):
    """What a run needs of an engine."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""

    def status(self) -> Status:
        """Return how everything is."""

    def finished(self) -> bool:
        """Whether nothing more will come."""

    def pending(self) -> int:
        """Return how many jobs can still be done."""


class Session:
    """Runs engines until interrupted, or until all that was chosen has ended and is understood."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stopping = threading.Event()
        self._wanted: queue.SimpleQueue[Opened | None] = queue.SimpleQueue()  # None: to be locked
        self._said = ""
        self._locked = False
        self._engine: Runnable | None = None

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stopping.set())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()

    def run(self, build: Callable[[Vault | None], Runnable], vault: Vault | None) -> int:
        """Run what ``build`` makes of the vault (None: locked); returns the exit status."""
        while True:
            self._locked = vault is None
            engine = self._engine = build(vault)
            engine.start()
            try:
                with self._reachable():
                    status = self._attend(engine)
            finally:
                engine.stop()
            if status is not None:
                return status
            opened = self._wanted.get()
            if opened is None:
                switch.restart_locked(sys.argv[1:])
            else:
                vault = renewing.gone_on(self._root, opened)

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        """Let other commands reach this run; without them it records all the same."""
        try:
            control = Control(self._root, self._handle)
        except (ControlError, OSError) as error:
            print(f"companion: other commands cannot reach this program: {error}", file=sys.stderr)
            yield
            return
        try:
            yield
        finally:
            control.close()

    def _attend(self, engine: Runnable) -> int | None:
        """Show how the engine is until it ends; None when another is wanted."""
        while not self._stopping.wait(LOOK_SECONDS):
            if not self._wanted.empty():
                return None
            status = engine.status()
            if status.sentence != self._said:
                self._said = status.sentence
                print(status.sentence, file=sys.stderr, flush=True)
            if engine.finished() and not engine.pending():
                return WRONG if status.activity is Activity.ERROR else DONE
        return DONE

    def _handle(self, request: Mapping[str, str]) -> str:
        """Do what another command asks for. Runs on the control's thread."""
        try:
            if request.get("do") == "lock":
                return self._lock()
            if request.get("do") == "unlock":
                return self._unlock(request.get("passphrase", ""))
            if request.get("do") == requests.WHAT:
                return requests.answer(self._deep_work(), request, time.time)
            if request.get("do") == training_requests.WHAT:
                return training_requests.answer(getattr(self._engine, "training", None), request, plays=False)
            if request.get("do") == mail_requests.WHAT:
                return mail_requests.answer(getattr(self._engine, "sending", None), request)
        except VaultError as error:
            raise ControlError(str(error)) from error
        raise ControlError("This version of the program does not know what was asked.")

    def _deep_work(self) -> DeepWork | None:
        if self._locked:
            raise ControlError(requests.LOCKED)
        return getattr(self._engine, "deep_work", None)

    def _lock(self) -> str:
        if self._locked:
            return "The vault is locked already."
        why_not = switch.why_not_lockable(self._root)
        if why_not:
            raise ControlError(why_not)
        self._wanted.put(None)
        return "Locked. Recording goes on; what is recorded now can be read after unlocking."

    def _unlock(self, passphrase: str) -> str:
        if not self._locked:
            return "The vault is unlocked already."
        self._wanted.put(switch.unlocked_with(self._root, passphrase))
        return "Unlocked."
