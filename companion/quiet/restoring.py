"""Putting back what a journal says, by whoever gets to it: the watchdog, or the next start of the program."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress

from companion.quiet.choose import NAMES, named
from companion.quiet.journal import DamagedJournalError, Entry, Journal
from companion.quiet.types import DamagedPriorError, NoBusError, Quiet

ADDRESS = "DBUS_SESSION_BUS_ADDRESS"
_ASIDE = (
    "What do-not-disturb was before could not be read; it was moved to {aside}. If do-not-disturb is on and you did "
    "not turn it on, turn it off yourself."
)

#: Opens the do-not-disturb of a name in the session that some variables tell of.
Opened = Callable[[str, Mapping[str, str]], Quiet]


def restore_left(journal: Journal, environ: Mapping[str, str] = os.environ, *, opened: Opened = named) -> str:
    """Put back what the journal says and take it away; to be done under its lock.

    Returns a sentence for the person, empty where nothing has to be said. Raises `QuietError`, and leaves the journal
    for another try, where the desktop cannot be asked.
    """
    try:
        entry = journal.read()
        if entry is not None:
            restore(entry, environ, opened=opened)
    except (DamagedJournalError, DamagedPriorError):
        return _ASIDE.format(aside=journal.set_aside())
    if entry is None:
        return ""
    journal.remove()
    return "Do-not-disturb was left on by a run that ended early; it is as it was before."


def restore(entry: Entry, environ: Mapping[str, str] = os.environ, *, opened: Opened = named) -> None:
    """Put back what an entry says, in the session in which it was turned on; raises `QuietError`.

    Where that has ended, what outlived it is in this one too, and what did not is off with it.
    """
    if entry.backend not in NAMES:
        raise DamagedPriorError(f"There is no desktop called {entry.backend}.")
    if entry.address and entry.address != environ.get(ADDRESS):
        with suppress(NoBusError):
            _restore_in(entry, {**environ, ADDRESS: entry.address}, opened)
            return
    _restore_in(entry, environ, opened)


def _restore_in(entry: Entry, environ: Mapping[str, str], opened: Opened) -> None:
    quiet = opened(entry.backend, environ)
    try:
        quiet.restore(entry.prior)
    finally:
        quiet.close()
