"""What must be finished before anybody writes to a vault: a change of keys, or encrypting one of an older version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from companion import unlocking
from index.keys import keyfile, rekeying, upgrading
from index.keys.keyfile import KeyFile, Opened, Way
from index.keys.keys import Keys
from index.types import VaultError
from index.vault import Vault

Progress = Callable[[str, int, int], None]


def renew(
    root: Path,
    file: KeyFile,
    opened: Opened,
    passphrase: str | None,
    *,
    show: Callable[[str], None],
    progress: Progress,
) -> Opened:
    """Change every key of a vault that the caller has claimed; one that is being changed is gone on with.

    ``file`` was loaded, and ``opened``, since the claim. ``passphrase`` is that of a vault that has one; ``show`` takes
    the new recovery code before it counts. Raises `VaultError`.
    """
    if not rekeying.unfinished(opened.secrets):
        opened = _with_new_keys(root, file, opened, passphrase, show)
    return rekeying.finish(root, opened, progress=progress)


def unlocked_to_write(root: Path, *, ask: unlocking.Ask | None = None, progress: Progress = lambda *_: None) -> Vault:
    """Return the vault at ``root``, unlocked as by `unlocking.unlocked`, with nothing left half changed.

    Raises what that raises.
    """
    return gone_on(root, unlocking.open_file(unlocking.key_file(root), ask=ask), progress=progress)


def gone_on(root: Path, opened: Opened, *, progress: Progress = lambda *_: None) -> Vault:
    """Finish what a crash left of such a change, and return the vault, unlocked; for whoever is about to write.

    Raises `VaultError` while another process writes.
    """
    vault = Vault(root, Keys.of(opened.secrets))
    if upgrading.needed(vault):
        upgrading.upgrade(vault, progress=progress)
    if rekeying.unfinished(opened.secrets):
        vault.claim()
        try:
            opened = keyfile.load(vault.key_file).again(opened)  # another program may just have finished it
            if rekeying.unfinished(opened.secrets):
                opened = rekeying.finish(root, opened, progress=progress)
        finally:
            vault.release()
    return Vault(root, Keys.of(opened.secrets))


def _with_new_keys(
    root: Path, old: KeyFile, opened: Opened, passphrase: str | None, show: Callable[[str], None]
) -> Opened:
    """Save a key file with new keys beside the old ones, under a new master key and a new name in the keyring."""
    vault = Vault(root)
    secrets = rekeying.renewed(opened.secrets, journal_empty=rekeying.journal_empty(vault))
    file, opened = keyfile.new(secrets)
    file = unlocking.with_way(file, opened, passphrase)
    code = keyfile.new_recovery_code()
    file = file.with_slot(Way.RECOVERY, keyfile.recovery_secret(code), opened)
    show(code)
    with keyfile.locked(vault.key_file):
        if keyfile.load(vault.key_file) != old:  # who opens it was chosen anew: that would be undone
            unlocking.forget_secret(file.vault)
            raise VaultError(keyfile.CHANGED)
        file.save(vault.key_file)
        unlocking.forget_secret(old.vault)
    return opened
