"""Putting back what a journal says, by whoever gets to it: the watchdog, or the next start of the program."""

from __future__ import annotations

from collections.abc import Callable

from companion.quiet.choose import NAMES, named
from companion.quiet.journal import DamagedJournalError, Entry, Journal
from companion.quiet.types import DamagedPriorError, Quiet

_ASIDE = (
    "What do-not-disturb was before could not be read; it was moved to {aside}. If do-not-disturb is on and you did "
    "not turn it on, turn it off yourself."
)


def restore_left(journal: Journal, *, opened: Callable[[str], Quiet] = named) -> str:
    """Put back what the journal says and take it away; to be done under its lock.

    Returns a sentence for the person, empty where nothing has to be said. Raises `QuietError`, and leaves the journal
    for another try, where the desktop cannot be asked.
    """
    try:
        entry = journal.read()
        if entry is not None:
            _restore(entry, opened)
    except (DamagedJournalError, DamagedPriorError):
        return _ASIDE.format(aside=journal.set_aside())
    if entry is None:
        return ""
    journal.remove()
    return "Do-not-disturb was left on by a run that ended early; it is as it was before."


def _restore(entry: Entry, opened: Callable[[str], Quiet]) -> None:
    if entry.backend not in NAMES:
        raise DamagedPriorError(f"There is no desktop called {entry.backend}.")
    quiet = opened(entry.backend)
    try:
        quiet.restore(entry.prior)
    finally:
        quiet.close()
