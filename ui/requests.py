"""What other commands ask of the running program: to lock and to unlock."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from pathlib import Path

from companion.control import Control, ControlError
from companion.deep_work import requests
from companion.feedback import requests as training_requests
from companion.ports import EnginePort
from companion.sending import requests as mail_requests
from index.types import VaultError
from index.vault import Vault
from ui import failures
from ui.bridge import Bridge
from ui.vault.door import Door

CLOSING = "Companion is closing."
NOT_NOW = "Companion is starting or closing. Try again in a moment."


class Requests:
    """Answers on the control's thread; what is asked for is done on Qt's, and answered when it is done.

    Parameters
    ----------
    locked
        Whether memory is locked; None while it is neither.
    lock
        Begins to lock; the future is done once everything has been closed.
    use
        Begins to use an open vault; the future is done once its engine runs.
    engine
        The one that runs.
    trains
        Shows a training that another command began, with what is to be heard; called on Qt's thread.

    """

    def __init__(
        self,
        root: Path,
        *,
        bridge: Bridge,
        door: Door,
        locked: Callable[[], bool | None],
        lock: Callable[[], Future[None]],
        use: Callable[[Vault], Future[EnginePort]],
        engine: Callable[[], EnginePort | None],
        trains: Callable[[str], None],
    ) -> None:
        self._engine, self._trains = engine, trains
        self._root, self._bridge, self._door = root, bridge, door
        self._locked, self._lock, self._use = locked, lock, use
        self._control: Control | None = None

    def open(self) -> None:
        """Listen from now on. The vault must be claimed."""
        if self._control is not None:
            return
        try:
            self._control = Control(self._root, self.handle)
        except (ControlError, OSError) as error:  # not worth ending over: the windows lock and unlock all the same
            print(f"companion: other commands cannot reach this program: {error}", file=sys.stderr)

    def close(self) -> None:
        """Listen no more; the bridge must be closed, so that nothing waits for it."""
        if self._control is not None:
            self._control.close()
            self._control = None

    def handle(self, request: Mapping[str, str]) -> str:
        """Do what is asked for and return what to tell; raises `ControlError`."""
        try:
            if request.get("do") == "lock":
                return self._do_lock()
            if request.get("do") == "unlock":
                return self._do_unlock(request.get("passphrase", ""))
            if request.get("do") == requests.WHAT:
                return self._do_focus(request)
            if request.get("do") == training_requests.WHAT:
                return self._do_training(request)
            if request.get("do") == mail_requests.WHAT:
                return self._do_mails(request)
        except CancelledError as error:
            raise ControlError(CLOSING) from error
        except VaultError as error:
            raise ControlError(str(error)) from error
        raise ControlError("This version of the program does not know what was asked.")

    def _is_locked(self) -> bool:
        locked = self._bridge.call(self._locked)
        if locked is None:
            raise ControlError(NOT_NOW)
        return locked

    def _do_lock(self) -> str:
        from companion.locked import switch

        if self._is_locked():
            return "The vault is locked already."
        why_not = switch.why_not_lockable(self._root)
        if why_not:
            raise ControlError(why_not)
        self._bridge.call(self._lock).result()
        return "Locked. Recording goes on; what is recorded now can be read after unlocking."

    def _do_focus(self, request: Mapping[str, str]) -> str:
        if self._is_locked():
            raise ControlError(requests.LOCKED)
        engine = self._bridge.call(self._engine)
        return requests.answer(None if engine is None else engine.deep_work, request, time.time)

    def _do_mails(self, request: Mapping[str, str]) -> str:
        engine = None if self._is_locked() else self._bridge.call(self._engine)
        return mail_requests.answer(None if engine is None else engine.sending, request)

    def _do_training(self, request: Mapping[str, str]) -> str:
        if self._is_locked():
            raise ControlError(training_requests.LOCKED)
        engine = self._bridge.call(self._engine)
        told = training_requests.answer(None if engine is None else engine.training, request, plays=True)
        if request.get("ask") == "start":
            self._bridge.post(lambda: self._trains(request.get("sound", "")))
        return told

    def _do_unlock(self, passphrase: str) -> str:
        if not self._is_locked():
            return "The vault is unlocked already."
        vault = self._door.unlock(self._root, passphrase)
        error = self._bridge.call(lambda: self._use(vault)).exception()
        if error is not None:
            raise ControlError(failures.sentence(error))
        return "Unlocked."
