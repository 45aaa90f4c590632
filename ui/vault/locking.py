"""Locking and unlocking, whoever asks for it: the person, another command, or nobody being there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from companion.ports import EnginePort
from companion.settings import Settings
from index.types import VaultError
from index.vault import Vault
from ui import failures
from ui.bridge import Bridge, in_background
from ui.engine_link import EngineLink
from ui.menu import CompanionMenu
from ui.requests import Requests
from ui.vault import secret_window
from ui.vault.auto_lock import AutoLock
from ui.vault.door import Door, Facts
from ui.vault.secret_window import SecretWindow
from ui.view_state import BRINGING_IN

NO_PASSPHRASE = "It opens for whoever is logged in. Set a passphrase in the settings to be able to lock it."  # noqa: S105
NOT_LOCKED = "Memory is being unlocked already, or Companion is closing. Try again in a moment."


class Locking(QObject):
    """Knows whether memory can be locked, and by what it opens.

    Parameters
    ----------
    settings
        Returns those an engine would be built with now.
    lock
        Begins to lock; the future is done once everything has been closed.
    here
        Whether the person is known to be here though they touch nothing.

    """

    unlocking = Signal()
    """An open vault is about to be used."""
    training_began = Signal(str)
    """Another command began a training; what is to be heard, or nothing."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        link: EngineLink,
        door: Door,
        menu: CompanionMenu,
        settings: Callable[[], Settings],
        lock: Callable[[], Future[None]],
        here: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._link, self._door, self._menu = bridge, link, door, menu
        self._settings, self._lock = settings, lock
        self._root = Path()
        self._facts: Facts | None = None
        self._requests: Requests | None = None
        self.window: SecretWindow | None = None
        self.auto = AutoLock(self, here=here)
        self.auto.due.connect(self._lock)
        menu.lock_wanted.connect(self._lock)
        menu.unlock_wanted.connect(self.ask)

    def ready(self, root: Path) -> None:
        """Listen to other commands, now that an engine runs on the vault at ``root``, and find out how it opens."""
        self._root = root
        if self._requests is None:
            self._requests = Requests(
                root,
                bridge=self._bridge,
                door=self._door,
                locked=self._locked,
                lock=self._lock,
                use=self.use,
                engine=lambda: self._link.engine,
                trains=self.training_began.emit,
            )
        self._requests.open()
        self.look()

    def look(self) -> None:
        """Find out how the vault opens, and what follows from it and from the settings."""
        if self._link.engine is not None:
            looking = in_background(lambda: self._door.facts(self._root), name="vault-facts")
            self._bridge.follow(looking, self._found)

    def ask(self) -> None:
        """Ask for the passphrase, where there is one."""
        if self.window is not None:
            self.window.appear()
            return
        by_keyring = self._facts is not None and not self._facts.passphrase
        asked = secret_window.UNLOCK_BY_KEYRING if by_keyring else secret_window.UNLOCK
        root, door = self._root, self._door
        self.window = SecretWindow(asked, lambda typed, _new: door.unlock(root, typed), bridge=self._bridge)
        self.window.succeeded.connect(self.use)
        self.window.finished.connect(self._closed)
        self.window.appear()

    def use(self, vault: Vault) -> Future[EnginePort]:
        """Put an engine that can read in the place of the locked one; returns the future of it running.

        Raises `VaultError` when there is no locked one any more.
        """
        if not self._link.state.locked:  # somebody was faster, or the program is closing
            raise VaultError(NOT_LOCKED)
        if self.window is not None:
            self.window.reject()
        settings = self._settings()
        self.unlocking.emit()
        return self._link.replace(lambda: self._door.build(settings, vault), BRINGING_IN)

    def stop(self) -> None:
        """Watch and ask no more."""
        self.auto.stop()
        if self.window is not None:
            self.window.reject()

    def end(self) -> None:
        """Listen no more; the bridge is closed."""
        if self._requests is not None:
            self._requests.close()

    def _closed(self) -> None:
        window, self.window = self.window, None
        if window is not None:
            window.deleteLater()

    def _locked(self) -> bool | None:
        state = self._link.state
        return state.locked if state.running else None

    def _found(self, looking: Future[Facts]) -> None:
        error = looking.exception()
        self._facts = None if error else looking.result()
        lockable = self._facts is not None and self._facts.passphrase
        self._menu.show_lock(lockable, failures.sentence(error) if error else "" if lockable else NO_PASSPHRASE)
        watched = lockable and self._link.engine is not None and not self._link.state.locked
        self.auto.watch(self._settings().auto_lock_minutes if watched else 0.0)
