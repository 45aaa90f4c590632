"""Whose passwords are still to be taken out of the keyring: one sealed file beside the mails, until they are out.

It names accounts and users and no password.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from companion.sending.types import SendingError
from index.forgetting.budget import Ledger
from index.keys.mail_files import NOTE, bound_to, opened
from index.keys.sealing import DamagedError, Sealer
from index.replacing import replace_file
from index.types import VaultError

FILE = f"passwords{NOTE}"  # a note of no mail: to a vault no mail waits for it
UNREADABLE = (
    "Whose passwords are still to be taken out of the keyring cannot be read. Look there for “companion mail”, and "
    "remove what no mail waits with."
)

#: An account's name, and who logs in there.
Who = tuple[str, str]


class Leftover:
    """The file in a folder of mails; used by the process that has the folder's queue open."""

    def __init__(self, folder: Path, sealer: Sealer, *, ledger: Ledger | None = None) -> None:
        self._path, self._sealer = folder / FILE, sealer
        self._ledger = ledger or Ledger(folder, folder / "none")

    def read(self) -> set[Who]:
        """Return whose they are; raises `SendingError` when that cannot be read."""
        try:
            return {(account, user) for account, user in json.loads(opened(self._path, self._sealer))}
        except FileNotFoundError:
            return set()
        except (OSError, DamagedError, TypeError, ValueError) as error:
            raise SendingError(UNREADABLE) from error

    def write(self, users: Collection[Who]) -> None:
        """Write down whose they are, safe on disk when this returns; no file where there is nobody's.

        Raises `SendingError`.
        """
        try:
            if not users:
                self._ledger.remove(self._path)
                return
            sealed = self._sealer.seal(json.dumps(sorted(users)).encode(), bound_to(self._path))
            with self._ledger.room(self._path, len(sealed)):
                replace_file(self._path, sealed)
        except VaultError as error:
            raise SendingError(str(error)) from error
        except OSError as error:
            raise SendingError(f"{self._path} cannot be removed ({error.strerror}).") from error
