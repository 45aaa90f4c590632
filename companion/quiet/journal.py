"""What has to be put back: written before do-not-disturb is touched, taken away when it is as it was.

It lies beside the vault, not in it: the process that restores has no keys. Nothing of the person's is in it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.quiet.types import QuietError

if TYPE_CHECKING:
    from filelock import FileLock

_NAME = "do-not-disturb.json"
_LOCK = "do-not-disturb.lock"
_DAMAGED = "do-not-disturb.damaged"


#: What can be done about a file or folder of ours that the system refuses.
_YOURS = "See that it belongs to you and can be written to, and that the disk has room"
_BY_HAND = "If do-not-disturb is on and you did not turn it on, turn it off yourself."


class DamagedJournalError(QuietError):
    """The journal cannot be read: nobody knows any more what has to be put back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What has to be put back.

    Attributes
    ----------
    backend
        A name `companion.quiet.choose.named` knows.
    prior
        What that desktop's ``restore`` needs.
    holder
        A random word of the run that wrote it: each watchdog restores its own run's.
    time
        UTC seconds since 1970.
    address
        Of that run's session bus, empty for the usual one: each session has its own, and may outlive the run.

    """

    backend: str
    prior: str
    holder: str
    time: float
    address: str = ""


class Journal:
    """One file in a folder of our own (0700), and the lock of whoever may change it.

    Whoever turns do-not-disturb on holds the lock until it is restored; the system takes it back when they die.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / _NAME

    def lock(self) -> FileLock:
        """Return the lock, not taken; raises `QuietError`."""
        from filelock import FileLock

        self._make_folder()
        return FileLock(self.folder / _LOCK, thread_local=False, mode=0o600)

    def write(self, entry: Entry) -> None:
        """Write it so that it outlives a power cut; raises `QuietError`, and leaves none then."""
        from index.replacing import replace_file
        from index.types import VaultError

        self._make_folder()
        try:
            replace_file(self._path, json.dumps(asdict(entry)).encode())
        except VaultError as error:
            with suppress(OSError):  # it may be there all the same: what is put back by it would be the person's own
                self._path.unlink(missing_ok=True)
            raise QuietError(str(error)) from error

    def read(self) -> Entry | None:
        """Return what has to be put back, None for nothing; raises `DamagedJournalError`."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise QuietError(f"{self._path} could not be read ({error.strerror}). {_YOURS}. {_BY_HAND}") from error
        return _entry(raw)

    def remove(self) -> None:
        """Take it away for good: nothing has to be put back; raises `QuietError`."""
        from index.replacing import sync_folder

        try:
            self._path.unlink(missing_ok=True)
            if self.folder.is_dir():
                sync_folder(self.folder)
        except OSError as error:
            raise QuietError(
                f"{self._path} could not be taken away ({error.strerror}). {_YOURS}, or delete it."
            ) from error

    def set_aside(self) -> Path:
        """Move a damaged one out of the way, for whoever wants to look at it; raises `QuietError`."""
        aside = self.folder / _DAMAGED
        try:
            self._path.replace(aside)
        except OSError as error:
            raise QuietError(f"{self._path} could not be moved ({error.strerror}). {_YOURS}, or delete it.") from error
        return aside

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise QuietError(f"{self.folder} could not be made ({error.strerror}). {_YOURS}.") from error


def usual_folder() -> Path:
    """Return where the journal lies unless another place is chosen: where programs keep their state."""
    import platformdirs

    return Path(platformdirs.user_state_dir("companion"))


def lock_within(lock: FileLock, seconds: float) -> bool:
    """Take a lock; False where somebody else keeps it for longer than ``seconds``. Raises `QuietError`."""
    from filelock import Timeout

    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        return False
    except OSError as error:
        raise QuietError(f"{lock.lock_file} could not be taken ({error.strerror}). {_YOURS}, or delete it.") from error
    return True


def _entry(raw: bytes) -> Entry:
    try:
        told: dict[str, Any] = json.loads(raw)
        what = (str(told["backend"]), str(told["prior"]), str(told["holder"]))
        return Entry(*what, float(told["time"]), str(told.get("address", "")))
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedJournalError(
            f"What do-not-disturb was before is written down, and cannot be read. {_BY_HAND}"
        ) from error
