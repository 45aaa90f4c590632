"""Waits until the program is gone, then restores do-not-disturb: ``python -m companion.quiet.watchdog``.

It stands by for as long as the program runs, so it loads nothing before it is needed.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from companion.quiet.journal import Journal

READY = b"r"
#: Seconds for which it goes on trying, and between tries. A session that ends takes its bus along for good.
TRYING, APART = 60.0, 0.2
#: Seconds it lets somebody else who has the lock get on with it.
POLITE = 2.0
_IN, _OUT, _ERROR = 0, 1, 2


def main() -> int:
    """Wait and restore; the arguments are the journal's folder, whose it is, and the program. Returns an exit code."""
    folder, holder, program = sys.argv[1:]
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # what ends the program must not end this
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    with suppress(BrokenPipeError):  # it has died already; what it left is to be restored all the same
        os.write(_OUT, READY)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _OUT)
    os.close(nowhere)
    await_end(_IN, int(program))
    return restore(Path(folder), holder)


def await_end(pipe: int, program: int) -> None:
    """Return when nobody holds the pipe's other end any more, or the process that started this has died.

    A child the program forked may have that end as well, and outlive it.
    """
    if not hasattr(os, "pidfd_open"):
        while os.read(pipe, 1):
            pass
        return
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    with suppress(OSError):  # it has died, or this is a Linux before 5.3
        poll.register(os.pidfd_open(program), select.POLLIN)
    while os.getppid() == program:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if ready - {pipe} or not os.read(pipe, 1):
            return


def restore(folder: Path, holder: str) -> int:
    """Put back what this run's journal says, trying for a while; returns 0 when nothing is left to do."""
    from companion.quiet.journal import Journal

    journal, due, what = Journal(folder), time.monotonic() + TRYING, ""
    while time.monotonic() < due:
        try:
            if not _is_ours(journal, holder):
                return 0
            _restore(journal, holder)
        except Exception as error:  # noqa: BLE001 whatever it is: nobody else is left, and it is told in the end
            what = str(error)
        time.sleep(APART)
    _tell(f"Do-not-disturb could not be restored. {what}")
    return 1


def _restore(journal: Journal, holder: str) -> None:
    """Try once. Whoever has the lock may be a program that was started meanwhile and does the same."""
    from companion.quiet.journal import lock_within
    from companion.quiet.restoring import restore_left

    lock = journal.lock()
    lock_within(lock, POLITE)  # a forked child may never let it go, and restoring twice does no harm
    try:
        if _is_ours(journal, holder) and (said := restore_left(journal)):
            _tell(said)
    finally:
        lock.release()


def _is_ours(journal: Journal, holder: str) -> bool:
    """Whether there is anything for this watchdog. What cannot be read has to be set aside by somebody."""
    from companion.quiet.journal import DamagedJournalError

    try:
        entry = journal.read()
    except DamagedJournalError:
        return True
    return entry is not None and entry.holder == holder


def _tell(sentence: str) -> None:
    with suppress(OSError):  # whoever read it may have gone with the program
        os.write(_ERROR, f"companion: {sentence}\n".encode())


if __name__ == "__main__":
    sys.exit(main())
