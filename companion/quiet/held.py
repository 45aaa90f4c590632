"""Do-not-disturb that is on by us, and trying until it is off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from companion.quiet.following import Following
from companion.quiet.journal import Entry
from companion.quiet.restoring import restore
from companion.quiet.types import NoBusError, Quiet

#: Seconds from one try to the next.
AGAIN_SECONDS = 3.0


class Again:
    """A thread that makes an attempt every few seconds until one returns True.

    Parameters
    ----------
    attempt
        Called on that thread; must not raise.

    """

    def __init__(self, attempt: Callable[[], bool]) -> None:
        self._attempt = attempt
        self._woken, self._over = threading.Event(), False
        threading.Thread(target=self._run, name="do-not-disturb-again", daemon=True).start()

    def wake(self) -> None:
        """Have an attempt made at once."""
        self._woken.set()

    def close(self) -> None:
        """Make no more; one that is being made just now is not waited for."""
        self._over = True
        self._woken.set()

    def _run(self) -> None:
        while not self._over:
            self._woken.wait(AGAIN_SECONDS)
            self._woken.clear()
            if not self._over and self._attempt():
                return


@dataclass(slots=True, eq=False)
class Held:
    """What is on by us.

    Attributes
    ----------
    entry
        What the journal says of it.
    owned
        The desktop and the journal's lock, to be let go of.
    ending
        It is to be off: whoever made this true lets go of it, or has it tried again.
    off
        It was seen off: what is on from then on is the person's own.
    by_itself
        It went off without having been ended.
    lost
        The connection to the desktop has gone.
    told
        What was said of failures.

    """

    quiet: Quiet
    entry: Entry
    owned: ExitStack
    following: Following | None = None
    again: Again | None = None
    ending: bool = False
    off: bool = False
    by_itself: bool = False
    lost: bool = False
    told: set[str] = field(default_factory=set)

    def put_back(self, environ: Mapping[str, str]) -> None:
        """Have it as it was before, unless it went off meanwhile; raises `QuietError`."""
        if not self.off and not self.lost:
            try:
                if self.quiet.is_on():
                    self.quiet.restore(self.entry.prior)
            except NoBusError:  # this connection will never answer again
                self.lost = True
        if not self.off and self.lost:
            restore(self.entry, environ)
        self.off = True

    def let_go(self) -> None:
        """Hear no more of it, and let go of the desktop and the lock."""
        if self.again is not None:
            self.again.close()
        if self.following is not None:
            self.following.close()
        self.owned.close()
