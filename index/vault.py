"""The vault: one folder that holds everything recorded, readable by its person alone."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from index.types import VaultError

FOLDER_MODE = 0o700
FILE_MODE = 0o600


class Vault:
    """Paths inside one vault, and the lock that lets a single process write.

    Parameters
    ----------
    root
        The vault's folder.

    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = root / "memory.sqlite"
        self.frames = root / "frames"
        self.eeg = root / "eeg"
        self.vectors = root / "vectors"
        self._lock_file = root / "writer.lock"
        self._lock = FileLock(self._lock_file, mode=FILE_MODE)

    def exists(self) -> bool:
        """Whether something was recorded here before."""
        return self.database.is_file()

    def create(self) -> None:
        """Make the folders that are missing; raises `VaultError`."""
        try:
            for folder in (self.root, self.frames, self.eeg, self.vectors):
                folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
                folder.chmod(FOLDER_MODE)
        except OSError as error:
            raise VaultError(
                f"The vault {self.root} cannot be made ({error.strerror}). "
                "Choose a folder you may write to with --vault."
            ) from error

    def require(self) -> None:
        """Raise `VaultError` unless there is a vault here."""
        if not self.exists():
            raise VaultError(
                f"There is no vault at {self.root} yet. Record something first (`companion run`, "
                "`companion import PATH`) or name another folder with --vault."
            )

    def lock(self) -> None:
        """Become the one writer; raises `VaultError` when another process is."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise VaultError(
                f"Companion is already recording to {self.root}. Quit it first, or name another folder with --vault."
            ) from error
        except OSError as error:
            raise VaultError(f"The vault {self.root} cannot be written to ({error.strerror}).") from error

    def unlock(self) -> None:
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
