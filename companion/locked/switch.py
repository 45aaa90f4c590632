"""Locking and unlocking a program that runs.

Unlocking brings keys into the process. Nothing takes them out again for sure: Python leaves copies behind. So locking
puts a new program into the process's place, which never had them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from companion import unlocking
from index.keys import keyfile
from index.keys.keyfile import Opened, Way
from index.vault import Vault

LOCKED_OPTION = "--locked"
NOT_LOCKABLE = (
    "This vault has no passphrase: it opens for whoever is logged in, and locking it would keep nobody out. "
    "Set one first: `companion vault passphrase`."
)


def why_not_lockable(root: Path) -> str:
    """Return why locking the vault would mean nothing; empty when it can be locked. Raises `VaultError`."""
    return "" if Way.PASSPHRASE in keyfile.load(Vault(root).key_file).ways() else NOT_LOCKABLE


def unlocked_with(root: Path, passphrase: str) -> Opened:
    """Return what the vault's passphrase opens; raises `WrongSecretError`, `VaultError`.

    `renewing.gone_on` makes an unlocked vault of it, once the locked program has let go of the vault.
    """
    return unlocking.open_file(keyfile.load(Vault(root).key_file), ask=lambda: passphrase)


def restart_locked(arguments: Sequence[str]) -> None:
    """Put a locked program into this one's place; never returns. Everything must have been closed.

    ``arguments`` are those of ``companion``, without the program's name.
    """
    locked = [*arguments, *([] if LOCKED_OPTION in arguments else [LOCKED_OPTION])]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "companion", *locked])  # noqa: S606 - this very program
