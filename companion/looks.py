"""What came of every look: a moment, nothing new, or a reason. Counts and times, never what was seen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from companion.capture.types import Frame, Skipped
from index.types import Look, VaultError

NEW = "a new moment"
UNPICTURED = "a new moment without its picture, as too many waited"
RENEWED = "its moment was renewed"
SAME = "nothing new"
TOGETHER = "seen together with a later look"
RULE = "kept out by a rule"
REFUSED = "could not be stored"
FORGOTTEN = "forgotten before it was stored"

KEPT_SECONDS = 7 * 86_400.0  # what came of older looks goes
AT_ONCE = 32  # looks written down together
SECONDS = 5.0  # or after so long
HELD = 4_000  # looks that were refused and are handed on again; the oldest of more go


class Looks:
    """Gathers what came of looks, and hands them on some at a time. Safe to use from several threads.

    Parameters
    ----------
    put
        Takes some down; must not raise. Where it returns a future that raises `VaultError`, these are handed on again
        with the next.
    clock
        UTC seconds since 1970.

    """

    def __init__(self, put: Callable[[Sequence[Look]], Future[None] | None], *, clock: Callable[[], float]) -> None:
        self._put, self._clock = put, clock
        self._lock = threading.Lock()
        self._waiting: list[Look] = []
        self._handed: list[tuple[Sequence[Look], Future[None]]] = []  # not known to be taken down yet
        self._since = clock()

    def note(self, seen: Frame | Skipped, outcome: str = "") -> None:
        """Note what came of a look that something called for; of a `Skipped` its reason, unless it tells what was seen.

        What is stored or renewed is searchable by now.
        """
        if not seen.triggers:
            return
        now = self._clock()
        if isinstance(seen, Skipped):
            outcome = RULE if seen.private else seen.reason
        stored = outcome in (NEW, UNPICTURED, RENEWED) and seen.triggered is not None
        seconds = max(0.0, now - seen.triggered) if stored and seen.triggered is not None else None
        with self._lock:
            self._waiting.append(Look(now, seen.triggers, outcome, seconds))
            if len(self._waiting) < AT_ONCE and now - self._since < SECONDS:
                return
        self.flush()

    def flush(self) -> None:
        """Hand on what waits."""
        with self._lock:
            some = [*self._refused(), *self._waiting][-HELD:]
            self._waiting, self._since = [], self._clock()
        written = self._put(some) if some else None
        if written is not None:
            with self._lock:
                self._handed.append((some, written))

    def _refused(self) -> list[Look]:
        """Return what was handed on and refused since this was asked last; called with the lock."""
        answered = [(some, written) for some, written in self._handed if written.done()]
        self._handed = [(some, written) for some, written in self._handed if not written.done()]
        return [look for some, written in answered if isinstance(written.exception(), VaultError) for look in some]
