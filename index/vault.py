"""The vault: one folder that holds everything recorded, encrypted, readable by its person alone."""

from __future__ import annotations

import errno
from pathlib import Path

from filelock import FileLock, Timeout

from index.forgetting.budget import Ledger
from index.keys.keys import Keys
from index.replacing import FILE_MODE, FOLDER_MODE
from index.types import LockedError, VaultError


class Vault:
    """Paths inside one vault, its keys once it is unlocked, and the lock that lets a single process write.

    Parameters
    ----------
    root
        The vault's folder.
    keys
        What opens it; None while it is locked.

    """

    def __init__(self, root: Path, keys: Keys | None = None) -> None:
        self.root = root
        self.key_file = root / "keys.json"
        self.database = root / "memory.sqlite"
        self.frames = root / "frames"
        self.eeg = root / "eeg"
        self.vectors = root / "vectors"
        self.journal = root / "journal"
        self.mails = root / "mails"
        self.ledger = Ledger(root, self.database)
        self.unsettled: list[tuple[int, str]] = []  # moments and frames of the change that is being made
        self._keys = keys
        self._lock_file = root / "writer.lock"
        self._lock = FileLock(self._lock_file, mode=FILE_MODE, thread_local=False)

    def __reduce__(self) -> tuple[type[Vault], tuple[Path, Keys | None]]:
        """Let a worker process have it, through the pipe: no key is ever written to a file for it."""
        return Vault, (self.root, self._keys)

    @property
    def keys(self) -> Keys:
        """What opens the vault; raises `LockedError`."""
        if self._keys is None:
            raise LockedError(f"The vault {self.root} is locked. Unlock it: `companion vault unlock`.")
        return self._keys

    def exists(self) -> bool:
        """Whether something was recorded here before."""
        return self.database.is_file()

    def create(self) -> None:
        """Make the folders that are missing; raises `VaultError`."""
        try:
            for folder in (self.root, self.frames, self.eeg, self.vectors, self.journal):
                folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
                folder.chmod(FOLDER_MODE)
        except OSError as error:
            refused = "written to" if error.errno == errno.EROFS and self.exists() else "made"
            raise VaultError(
                f"The vault {self.root} cannot be {refused} ({error.strerror}). "
                "Choose a folder you may write to with --vault."
            ) from error

    def require(self) -> None:
        """Raise `VaultError` unless something was recorded here."""
        if not self.exists():
            begun = self.key_file.exists()
            what = f"Nothing is recorded in the vault {self.root}" if begun else f"There is no vault at {self.root}"
            raise VaultError(
                f"{what} yet. Record something first (`companion run`, `companion import PATH`) or name another folder "
                "with --vault."
            )

    def claim(self) -> None:
        """Become the one writer; raises `VaultError` when another process is."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise VaultError(
                f"Companion is already recording to {self.root}. Quit it first, or name another folder with --vault."
            ) from error
        except OSError as error:
            raise VaultError(f"The vault {self.root} cannot be written to ({error.strerror}).") from error

    def release(self) -> None:
        """Let another process write."""
        self._lock.release()

    def in_use(self) -> bool:
        """Whether another process is writing right now."""
        if not self._lock_file.exists():
            return False
        probe = FileLock(self._lock_file, mode=FILE_MODE, is_singleton=False)
        try:
            with probe.acquire(timeout=0):
                return False
        except Timeout:
            return True
        except OSError:  # where nobody may write, as on a disk that is only read, nobody does
            return False
