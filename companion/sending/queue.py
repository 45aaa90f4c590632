"""Mails on disk, each in a sealed file whose name ends in its state: a change of state is one rename.

Killed at any point, the next `open` finds each mail in one state. A mail found in `State.SENDING` may have reached the
server or not, which only the server knows: it is put to the person instead of being sent again. One found in
`State.COMING` was never answered for, so that the mail program still has it: it goes.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from companion.sending import leftover
from companion.sending.mail_file import Head, Progress, packed, packed_progress, unpacked, unpacked_progress
from companion.sending.types import Envelope, SendingError, State
from index.forgetting.budget import Ledger
from index.keys.mail_files import NOTE, bound_to, opened
from index.keys.sealing import DamagedError, Sealer
from index.replacing import FILE_MODE, FOLDER_MODE, replace_file, sync_folder
from index.types import VaultError

REMEMBERED_SECONDS = 2 * 86_400.0  # how long a sent mail is known again, should it be handed in a second time
ID_BYTES = 12
MAY_HAVE_GONE = (
    "This mail may have reached the server or not: the program ended, or the connection broke, before its answer came. "
    "Ask the recipient or look into your folder of sent mail, then send it again or drop it."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail of the queue without its bytes."""

    id: str
    state: State
    head: Head
    progress: Progress


class Queue:
    """The mails of one folder. Safe to use from several threads of the one process that has it open.

    Parameters
    ----------
    sealer
        What encrypts the files.
    ledger
        The account of the vault that ``folder`` lies in; None where nothing is limited.
    clock
        UTC seconds.

    """

    def __init__(
        self, folder: Path, sealer: Sealer, *, clock: Callable[[], float], ledger: Ledger | None = None
    ) -> None:
        self._folder, self._sealer, self._clock = folder, sealer, clock
        self._ledger = ledger or Ledger(folder, folder / "none")
        self._claim = FileLock(folder / "queue.lock", mode=FILE_MODE, thread_local=False)
        self._entries: dict[str, Entry] = {}
        self._owed: dict[str, tuple[State, State]] = {}  # changes of state that the disk did not take yet
        self._lock = threading.RLock()

    def has_files(self) -> bool:
        """Whether a mail, or what is left of one, may be in the folder; does not need it open."""
        files = self._folder.iterdir() if self._folder.exists() else ()
        return any(path.name == leftover.FILE or _state(path) is not None for path in files)

    def open(self) -> tuple[str, ...]:
        """Become the one process that has this queue and set right what a crash left; return files that cannot be read.

        Raises `SendingError`.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
            self._claim.acquire(timeout=0)
        except Timeout as error:
            raise SendingError("Another Companion has the mails that wait. Quit it first.") from error
        except OSError as error:
            raise SendingError(f"{self._folder} cannot be written to ({error.strerror}).") from error
        try:
            with self._telling(), self._lock:
                return self._recover()
        except BaseException:
            self._claim.release()
            raise

    def close(self) -> None:
        """Let another process have it; here there is no mail in it any more."""
        with self._lock:
            self._entries.clear()
            self._owed.clear()
        self._claim.release()

    def put(self, head: Head, content: bytes, state: State) -> tuple[Entry, bool]:
        """Keep a mail, safe on disk when this returns; or return the one that is the same, and False.

        A mail that failed or was taken back is not the same any more: it is handed in anew on purpose. Raises
        `SendingError`.
        """
        with self._lock:
            before = self._same(head.fingerprint)
            if before is not None:
                return before, False
            entry = Entry(secrets.token_hex(ID_BYTES), state, head, Progress(head.due, since=head.accepted))
            try:
                self._write(entry, packed(head, content))
            except SendingError:
                with suppress(OSError):  # it may be there all the same, and whoever hands it in is told that it is not
                    self._path(entry).unlink(missing_ok=True)
                raise
            return entry, True

    def content(self, mail: str) -> bytes:
        """Return the bytes of one mail; raises `SendingError` when it is gone or damaged."""
        entry = self.entry(mail)
        try:
            return unpacked(opened(self._path(entry), self._sealer))[1]
        except (OSError, DamagedError) as error:
            raise SendingError(
                "This mail cannot be read from the disk any more; its file stays where it is."
            ) from error

    def entry(self, mail: str) -> Entry:
        """Return one mail without its bytes; raises `SendingError` when there is none."""
        with self._lock:
            if mail not in self._entries:
                raise SendingError("This mail does not wait any more: it was sent, dropped or taken back.")
            return self._entries[mail]

    def entries(self, *states: State) -> tuple[Entry, ...]:
        """Return the mails in any of ``states``, oldest first."""
        with self._lock:
            return self.glance(*states)

    def glance(self, *states: State) -> tuple[Entry, ...]:
        """Return the same without waiting for a change that is just being written: a disk may take seconds."""
        found = [entry for entry in list(self._entries.values()) if entry.state in states]
        return tuple(sorted(found, key=lambda entry: (entry.head.accepted, entry.id)))

    def move(self, mail: str, before: State, after: State) -> bool:
        """Change a mail's state for good; False, and nothing changed, when it was in another one meanwhile."""
        with self._lock, self._telling():
            entry = self._entries.get(mail)
            if entry is None or entry.state is not before:
                return False
            moved = replace(entry, state=after)
            self._ledger.move(self._path(entry), self._path(moved))
            self._entries[mail] = moved
            sync_folder(self._folder)
            return True

    def set_out(self, mail: str, before: State) -> bool:
        """Mark a mail as being sent; False where it was taken back, dropped or put off meanwhile."""
        with self._lock:
            entry = self._entries.get(mail)
            put_off = before is State.HELD and entry is not None and entry.progress.due > self._clock()
            return not put_off and self.move(mail, before, State.SENDING)

    def put_off(self, mail: str, progress: Progress) -> bool:
        """Write down that a mail goes later; False, and nothing changed, when it goes already."""
        with self._lock:
            if self.entry(mail).state is not State.HELD:
                return False
            self.note(mail, progress)
            return True

    @contextmanager
    def undecided(self) -> Iterator[None]:
        """Let nobody decide anything of a mail meanwhile, nor its state change."""
        with self._lock:
            yield

    def settle(self, mail: str, before: State, after: State) -> None:
        """Change a mail's state, later too if the disk does not take it now; raises `SendingError` when it does not."""
        with self._lock:
            if mail in self._entries and self._entries[mail].state is before:
                self._owed[mail] = (before, after)
                self.move(mail, before, after)
                del self._owed[mail]

    def remember(self, mail: str, progress: Progress) -> None:
        """Have it in memory what came of a mail, whatever becomes of the disk; nothing where it is gone."""
        with self._lock:
            if mail in self._entries:
                self._entries[mail] = replace(self._entries[mail], progress=progress)

    def leave_to_person(self, mail: str) -> None:
        """Have the person say whether a mail that was being sent is sent again.

        Its state comes first: without the note the person is asked all the same. Raises `SendingError` when the disk
        does not take that.
        """
        progress = replace(self.entry(mail).progress, said=MAY_HAVE_GONE)
        self.remember(mail, progress)
        try:
            self.settle(mail, State.SENDING, State.UNSURE)
        finally:
            self.note(mail, progress)

    def note(self, mail: str, progress: Progress) -> None:
        """Write down what came of a mail; raises `SendingError`."""
        with self._lock, self._telling():
            entry = self.entry(mail)
            path = self._folder / f"{mail}{NOTE}"
            sealed = self._sealer.seal(packed_progress(progress), bound_to(path))
            with self._ledger.room(path, len(sealed)):
                replace_file(path, sealed)
            self._entries[mail] = replace(entry, progress=progress)

    def sent(self, mail: str, *, before: State = State.SENDING) -> None:
        """Mark a mail that the server has taken; its bytes go with the next `sweep`. Raises `SendingError`."""
        if not self.move(mail, before, State.SENT):
            raise SendingError("This mail is not on its way.")

    def remove(self, mail: str, *states: State) -> bool:
        """Remove a mail for good if it is in one of ``states``."""
        with self._lock, self._telling():
            entry = self._entries.get(mail)
            if entry is None or entry.state not in states:
                return False
            self._drop(entry)
            return True

    def sweep(self) -> None:
        """Let go the bytes of what was sent, and all of what was sent so long ago that it is not handed in again.

        What the disk did not take before is tried once more. Raises `SendingError`.
        """
        for mail, (before, after) in list(self._owed.items()):
            self.settle(mail, before, after)
            self._owed.pop(mail, None)
        for entry in self.entries(State.SENT):
            if self._clock() - entry.head.accepted > REMEMBERED_SECONDS:
                self.remove(entry.id, State.SENT)
            elif entry.head.size:
                with self._lock, self._telling():
                    self._strip(entry)

    def _recover(self) -> tuple[str, ...]:
        self._entries.clear()
        for draft in self._folder.glob("*.draft"):
            self._ledger.remove(draft)
        unread = [path for path in sorted(self._folder.iterdir()) if _state(path) is not None and not self._read(path)]
        for entry in list(self._entries.values()):
            self._settle(entry)
        for note in self._folder.glob(f"*{NOTE}"):
            if note.name != leftover.FILE and note.stem not in {*self._entries, *(path.stem for path in unread)}:
                self._ledger.remove(note)
        return tuple(path.name for path in unread if not self._is_mark(path))

    def _is_mark(self, path: Path) -> bool:
        """Whether a file that cannot be read is of a mail that was sent; one as old as others are let go at goes."""
        if State(path.suffix[1:]) is not State.SENT:
            return False
        if self._clock() - path.stat().st_mtime > REMEMBERED_SECONDS:
            self._ledger.remove(path)
        return True

    def _read(self, path: Path) -> bool:
        """Take in one file; False when it cannot be opened: it stays, for a backup or another key may help."""
        state, note = State(path.suffix[1:]), path.with_suffix(NOTE)
        try:
            head, _ = unpacked(opened(path, self._sealer))
            progress = (
                unpacked_progress(opened(note, self._sealer))
                if note.exists()
                else Progress(head.due, since=head.accepted)
            )
        except (DamagedError, KeyError, TypeError, ValueError):  # the others: a newer version wrote it
            return False
        self._entries[path.stem] = Entry(path.stem, state, head, progress)
        return True

    def _settle(self, entry: Entry) -> None:
        """Bring one mail out of the states that only a running program can be in."""
        if entry.state is State.COMING:
            self._drop(entry)
        elif entry.state is State.SENDING:
            with suppress(SendingError):  # a full disk keeps nobody from opening; `sweep` tries again
                self.leave_to_person(entry.id)
        elif entry.state is State.SENT and entry.head.size:
            self._strip(entry)

    def _same(self, fingerprint: str) -> Entry | None:
        if not fingerprint:
            return None
        for entry in self._entries.values():
            if entry.head.fingerprint == fingerprint and entry.state not in {State.FAILED, State.TAKEN}:
                return entry
        return None

    def _strip(self, entry: Entry) -> None:
        """Leave nothing of a sent mail but what tells it when it comes again; without room, that in memory only."""
        nobody = Envelope("", (), ())
        accepted = entry.head.accepted
        head = Head(entry.head.account, "", nobody, "", entry.head.fingerprint, accepted, accepted, size=0)
        self._ledger.remove(self._folder / f"{entry.id}{NOTE}")
        if not head.fingerprint:
            self._drop(entry)
            return
        left = replace(entry, head=head, progress=Progress(accepted))
        try:
            self._write(left, packed(head, b""))
        except SendingError:  # there is no room beside the whole mail
            self._drop(entry)
            self._entries[entry.id] = left
            with suppress(SendingError):
                self._write(left, packed(head, b""))

    def _write(self, entry: Entry, plain: bytes) -> None:
        path = self._path(entry)
        with self._telling():
            sealed = self._sealer.seal(plain, bound_to(path))
            with self._ledger.room(path, len(sealed)):
                replace_file(path, sealed)
        self._entries[entry.id] = entry

    def _drop(self, entry: Entry) -> None:
        self._ledger.remove(self._path(entry))
        self._ledger.remove(self._folder / f"{entry.id}{NOTE}")
        sync_folder(self._folder)
        self._entries.pop(entry.id, None)

    def _path(self, entry: Entry) -> Path:
        return self._folder / f"{entry.id}.{entry.state}"

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say in this package's words that the disk takes nothing."""
        try:
            yield
        except VaultError as error:
            raise SendingError(str(error)) from error
        except OSError as error:
            raise SendingError(f"{self._folder} cannot be written to ({error.strerror}). Is the disk full?") from error


def _state(path: Path) -> State | None:
    return State(path.suffix[1:]) if path.suffix[1:] in set(State) else None
