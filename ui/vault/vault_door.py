"""The way into the real vault. Its libraries are imported when they are needed: they take longer than a window."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from companion.ports import EnginePort
from companion.settings import Settings
from index.types import LockedError
from index.vault import Vault
from ui.options import Options
from ui.vault.door import Facts, TellCode

if TYPE_CHECKING:
    from index.keys.keyfile import Opened

CHOOSE_ONE = (
    "This machine has no keyring that the memory's key could be kept in. Choose a passphrase: open the settings, page "
    "“Who can open it?”."
)


class VaultDoor:
    """Opens, makes and changes vaults; satisfies `ui.vault.door.Door`."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._entering = Lock()  # a vault is made once
        self._unlocked: Opened | None = None

    def facts(self, root: Path) -> Facts:
        """Return how the vault at ``root`` opens."""
        from companion import idle, unlocking
        from index.keys import keyfile
        from index.keys.keyfile import Way

        path = Vault(root).key_file
        exists = keyfile.exists(path)
        watch = idle.find()
        if watch is not None:
            watch.close()
        return Facts(
            exists=exists,
            passphrase=exists and Way.PASSPHRASE in keyfile.load(path).ways(),
            keyring=unlocking.has_keyring(),
            idle=watch is not None,
        )

    def enter(self, settings: Settings, *, passphrase: str, tell_code: TellCode) -> EnginePort:
        """Return the engine of the vault as far as it opens without asking."""
        from companion.app import build_locked_engine
        from companion.recording import ThisRun

        ThisRun(self._options.board, self._options.frames).check(settings)  # no vault is made for a wrong name
        root = self._options.vault or settings.vault_path
        with self._entering:
            vault = None if self._options.locked else _opened(root, passphrase, tell_code)
        if vault is not None:
            return self.build(settings, vault)
        return build_locked_engine(settings, root=root, board_name=self._options.board, frames=self._options.frames)

    def unlock(self, root: Path, passphrase: str) -> Vault:
        """Return the vault, open."""
        from companion.locked import switch
        from index.keys.keys import Keys

        self._unlocked = switch.unlocked_with(root, passphrase)
        return Vault(root, Keys.of(self._unlocked.secrets))

    def build(self, settings: Settings, vault: Vault) -> EnginePort:
        """Return the engine of an open vault."""
        from companion import renewing
        from companion.app import build_engine

        unlocked, self._unlocked = self._unlocked, None
        if unlocked is not None:
            vault = renewing.gone_on(vault.root, unlocked)
        return build_engine(settings, vault=vault, board_name=self._options.board, frames=self._options.frames)

    def set_passphrase(self, root: Path, current: str, new: str) -> None:
        """Let the vault be opened by ``new`` from now on, or by the keyring when that is empty."""
        from companion import unlocking

        opened = unlocking.open_file(unlocking.key_file(root), ask=lambda: current)
        unlocking.change_way(root, opened, new or None)

    def new_code(self, root: Path, current: str) -> str:
        """Return a new recovery code."""
        from companion import unlocking
        from index.keys import keyfile

        code = keyfile.new_recovery_code()
        unlocking.change_code(root, unlocking.open_file(unlocking.key_file(root), ask=lambda: current), code)
        return code


def _opened(root: Path, passphrase: str, tell_code: TellCode) -> Vault | None:
    """Return the vault, open or new; None when it waits for its passphrase, which recording does not."""
    from companion import renewing, unlocking
    from companion.cli import opening
    from index.keys import keyfile, upgrading

    named = bool(os.environ.get(opening.PASSPHRASE_FILE))
    vault = Vault(root)
    if keyfile.exists(vault.key_file) or (vault.exists() and not upgrading.needed(vault)):
        try:
            return renewing.unlocked_to_write(root, ask=opening.passphrase if named else None)
        except LockedError:
            return None
    chosen = passphrase or (opening.new_passphrase() if named else "")
    if not chosen and not unlocking.has_keyring():
        raise LockedError(CHOOSE_ONE)
    _, code = unlocking.found(root, passphrase=chosen or None)
    tell_code(code)
    return renewing.unlocked_to_write(root, ask=lambda: chosen)
