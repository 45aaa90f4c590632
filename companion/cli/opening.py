"""Opening a vault from the command line: the keyring, a file with the passphrase, or asking for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from companion import budgeting, renewing, settings, unlocking
from index.keys import keyfile, upgrading
from index.types import LockedError, VaultError
from index.vault import Vault

PASSPHRASE_FILE = "COMPANION_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable


def opened(root: Path) -> Vault:
    """Return the vault at ``root``, unlocked; a passphrase is asked for in a terminal. Raises `VaultError`."""
    return unlocking.unlocked(root, ask=passphrase)


def opened_or_new(root: Path) -> Vault:
    """Return the vault at ``root``, unlocked for writing; one that is not there yet is made. Raises `VaultError`."""
    vault = Vault(root)
    if not keyfile.exists(vault.key_file) and (not vault.exists() or upgrading.needed(vault)):
        new(root)
    return opened_to_write(root)


def opened_to_write(root: Path) -> Vault:
    """Return the vault at ``root``, unlocked, within its budget, nothing left half changed; raises `VaultError`."""
    vault = renewing.unlocked_to_write(root, ask=passphrase)
    vault.ledger.limits = budgeting.limits(settings.load())
    return vault


def new(root: Path) -> Vault:
    """Make a vault and show its recovery code. Raises `VaultError`."""
    chosen = None if unlocking.has_keyring() and not _named() else new_passphrase()
    vault, code = unlocking.found(root, passphrase=chosen)
    show_code(code)
    return vault


def passphrase() -> str:
    """Return the vault's passphrase from the file that is named, or ask for it; raises `VaultError`."""
    if _named():
        return _from_file()
    if not sys.stdin.isatty():
        raise LockedError(
            "The vault is locked and there is no terminal to ask for its passphrase. Name a file that holds it in "
            f"{PASSPHRASE_FILE}."
        )
    return str(click.prompt("Passphrase", hide_input=True, err=True))


def new_passphrase() -> str:
    """Return a passphrase chosen now, typed twice, or from the file that is named; raises `VaultError`."""
    if _named():
        return _from_file()
    if not sys.stdin.isatty():
        raise LockedError(unlocking.NO_KEYRING)
    return str(click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True))


def show_code(code: str) -> None:
    """Show a recovery code, once."""
    click.echo(
        f"Recovery code: {code}\nWrite it down and keep it off this machine: it opens the vault when the keyring or "
        "the passphrase is lost. It is shown only now.",
        err=True,
    )


def _named() -> str:
    return os.environ.get(PASSPHRASE_FILE, "")


def _from_file() -> str:
    path = Path(_named())
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise VaultError(f"The passphrase file {path} cannot be read ({error}). Mend {PASSPHRASE_FILE}.") from error
    if not lines or not lines[0]:
        raise VaultError(f"The passphrase file {path} is empty. Write the passphrase into its first line.")
    return lines[0]
