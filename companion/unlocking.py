"""Who may open a vault: the system's keyring for whoever is logged in, a passphrase, or the recovery code.

The keyring holds one random secret a vault. A vault with a passphrase has none there: being logged in is not enough.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import keyring
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError

from index.keys import keyfile, upgrading
from index.keys.keyfile import KeyFile, Opened, Way, WrongSecretError
from index.keys.keys import Keys, Secrets
from index.keys.sealing import KEY_BYTES
from index.types import LockedError, VaultError
from index.vault import Vault

SERVICE = "companion"
SECURE = 1.0  # the priority from which `keyring` calls a backend recommended; below it lie plain files
LEAST_PASSPHRASE = 8  # characters
NO_KEYRING = (
    "This machine has no keyring that Companion could keep the vault's key in. Choose a passphrase instead: "
    "`companion vault init` asks for one, or put it into a file that only you may read and name that file in "
    "COMPANION_PASSPHRASE_FILE."
)
KEYRING_CLOSED = (
    "Let it be opened when it asks, or choose a passphrase instead: in the settings (Who can open it?), or by "
    "`companion vault init --passphrase`."
)

Ask = Callable[[], str]


def found(root: Path, *, passphrase: str | None = None) -> tuple[Vault, str]:
    """Make the keys of a new vault; returns it unlocked, and the recovery code, which is kept nowhere.

    Raises `VaultError` when neither a keyring nor a passphrase is there, the folder cannot be written to, or another
    program makes a vault of it meanwhile.
    """
    vault = Vault(root)
    _refuse_another(vault)
    if vault.exists() and not upgrading.needed(vault):  # new keys would open nothing of it
        raise VaultError(_gone(vault))
    if passphrase is None and not has_keyring():
        raise LockedError(NO_KEYRING)
    vault.create()
    file, opened = keyfile.new(Secrets.random())
    code = keyfile.new_recovery_code()
    file = file.with_slot(Way.RECOVERY, keyfile.recovery_secret(code), opened)
    file = with_way(file, opened, passphrase)
    with keyfile.locked(vault.key_file):
        if keyfile.exists(vault.key_file):  # by now: the keyring may have asked the person for minutes
            forget_secret(file.vault)
        _refuse_another(vault)
        file.save(vault.key_file)
    return Vault(root, Keys.of(opened.secrets)), code


def unlocked(root: Path, *, ask: Ask | None = None) -> Vault:
    """Return the vault at ``root``, unlocked by the keyring, or else by the passphrase that ``ask`` returns.

    Raises `LockedError` when neither is there, `WrongSecretError` for a wrong passphrase, `VaultError`.
    """
    opened = open_file(key_file(root), ask=ask)
    return Vault(root, Keys.of(opened.secrets))


def key_file(root: Path) -> KeyFile:
    """Return the key file of the vault at ``root``; raises `VaultError` when there is none, or no vault."""
    vault = Vault(root)
    if not keyfile.exists(vault.key_file):
        vault.require()
        raise VaultError(_gone(vault))
    return keyfile.load(vault.key_file)


def open_file(file: KeyFile, *, ask: Ask | None = None) -> Opened:
    """Return what a key file holds; see `unlocked`."""
    if Way.KEYRING in file.ways():
        secret = _remembered(file.vault)
        if secret is not None:
            return file.open(Way.KEYRING, secret)
    if Way.PASSPHRASE in file.ways():
        if ask is None:
            raise LockedError("The vault is locked. Unlock it with its passphrase: `companion vault unlock`.")
        return file.open(Way.PASSPHRASE, keyfile.passphrase_secret(ask()))
    raise LockedError(
        "The keyring does not give the vault's key. Log in to your desktop so that its keyring opens, or use the "
        "recovery code: `companion vault recover`."
    )


def change_way(
    root: Path,
    opened: Opened,
    passphrase: str | None,
    *,
    code: str | None = None,
    show: Callable[[str], None] = lambda _code: None,
) -> None:
    """Let a vault be opened by ``passphrase`` from now on, or by the keyring without one; also by a new recovery code.

    ``show`` takes that code once nothing but the disk can refuse it, before it counts. Raises `VaultError`, also when
    the vault's keys were changed since it was ``opened``.
    """
    path = Vault(root).key_file
    with keyfile.changing(path, opened) as (file, held):
        changed = with_way(file, held, passphrase)
        if code is not None:
            changed = changed.with_slot(Way.RECOVERY, keyfile.recovery_secret(code), held)
            show(code)
        changed.save(path)
        if passphrase is not None and Way.KEYRING in file.ways():
            with suppress(KeyringError, VaultError):  # one that stays closed keeps what opens old copies alone
                forget_secret(file.vault)


def change_code(root: Path, opened: Opened, code: str) -> None:
    """Let a vault be opened by a new recovery code, and not by the old one any more; raises what `change_way` does."""
    path = Vault(root).key_file
    with keyfile.changing(path, opened) as (file, held):
        file.with_slot(Way.RECOVERY, keyfile.recovery_secret(code), held).save(path)


def with_way(file: KeyFile, opened: Opened, passphrase: str | None) -> KeyFile:
    """Return the file opened by ``passphrase``, or by the keyring without one, and not by the other any more.

    What the keyring has is kept when it opens the file as it is: the file may yet not be saved.
    """
    if passphrase is None:
        if not _keyring_opens(file):
            secret = os.urandom(KEY_BYTES)
            _remember(file.vault, secret)
            file = file.with_slot(Way.KEYRING, secret, opened)
        return file.without_slot(Way.PASSPHRASE)
    if len(passphrase) < LEAST_PASSPHRASE:
        raise VaultError(f"A passphrase has at least {LEAST_PASSPHRASE} characters; a few words are best.")
    file = file.with_slot(Way.PASSPHRASE, keyfile.passphrase_secret(passphrase), opened)
    return file.without_slot(Way.KEYRING)


def has_keyring() -> bool:
    """Whether the system offers a keyring that encrypts what it keeps."""
    try:
        backend = keyring.get_keyring()
        # A chain says that it is the best of all, whatever it chains; it keeps secrets in its first link.
        kept_in = backend.backends[0] if isinstance(backend, ChainerBackend) and backend.backends else backend
        return float(kept_in.priority) >= SECURE
    except (KeyringError, RuntimeError):  # RuntimeError: what `keyring` raises for a backend that is not there
        return False


def forget_secret(vault: str) -> None:
    """Take a vault's secret out of the keyring."""
    if has_keyring() and _remembered(vault) is not None:
        keyring.delete_password(SERVICE, vault)


def _refuse_another(vault: Vault) -> None:
    if keyfile.exists(vault.key_file):
        raise VaultError(f"There is a vault at {vault.root} already. Start again: it will be opened.")


def _gone(vault: Vault) -> str:
    """Return why a vault has no key file, and what to do."""
    if upgrading.needed(vault):
        return f"{vault.root} is a vault of an older version, not encrypted. `companion run` encrypts it."
    return f"The key file {vault.key_file} is gone. Bring it back from a backup."


def _keyring_opens(file: KeyFile) -> bool:
    """Whether the keyring has what opens the file; raises `LockedError` for one that stays closed."""
    if Way.KEYRING not in file.ways():
        return False
    try:
        secret = _remembered(file.vault)
        if secret is not None:
            file.open(Way.KEYRING, secret)
    except WrongSecretError:  # of another time, or of another program: it is worth nothing
        return False
    return secret is not None


def _remember(vault: str, secret: bytes) -> None:
    if not has_keyring():
        raise LockedError(NO_KEYRING)
    try:
        keyring.set_password(SERVICE, vault, b64encode(secret).decode())
    except KeyringError as error:
        why = str(error).rstrip(". ")
        raise LockedError(f"The keyring did not take the vault's key ({why}). {KEYRING_CLOSED}") from error


def _remembered(vault: str) -> bytes | None:
    if not has_keyring():
        return None
    try:
        kept = keyring.get_password(SERVICE, vault)
    except KeyringError as error:
        raise LockedError(f"The keyring did not open ({error}). Unlock it, or log in again.") from error
    try:
        return None if kept is None else b64decode(kept)
    except ValueError as error:  # something else wrote under the vault's name
        raise WrongSecretError(keyfile.wrong(Way.KEYRING)) from error
