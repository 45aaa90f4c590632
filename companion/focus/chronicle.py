"""Takes down what was said of focus: ten seconds at a time, and at once where the decision changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import replace

from companion.focus.types import FocusState
from index import focus_history
from index.focus_history import Piece
from index.types import VaultError
from index.writer import Writer

EVERY_SECONDS = 10.0
HELD = 4_000  # pieces that were refused and are tried again; the oldest of more go
DETAIL_SECONDS = 35 * 86_400.0  # what behaviour was told by goes after that, unless the person said something of it
THIN_SECONDS, THINNED = 3_600.0, 2_000  # how often that is looked for, and how many go at once


class Chronicle:
    """Gathers seconds into pieces, and hands them on. Safe to use from several threads.

    Parameters
    ----------
    clock
        UTC seconds since 1970.

    """

    def __init__(self, writer: Writer, *, clock: Callable[[], float]) -> None:
        self._writer, self._clock = writer, clock
        self._lock = threading.Lock()
        self._open: Piece | None = None
        self._handed: list[tuple[list[Piece], Future[None]]] = []
        self._thin_at = 0.0
        self._thinned: Future[int] | None = None

    def add(self, state: FocusState, *, seconds: float, said: float | None, data: bytes) -> None:
        """Take in one state that stands for the ``seconds`` before it; see `Piece` for ``said`` and ``data``."""
        length = min(seconds, EVERY_SECONDS)  # of a longer time, the machine having slept, nobody knows more
        piece = Piece(
            state.time,
            length,
            state.probability,
            state.eeg,
            state.behaviour,
            state.deep,
            state.frozen,
            state.cause,
            said,
            data,
        )
        with self._lock:
            before = self._open
            if before is not None and (before.deep, before.cause) != (piece.deep, piece.cause):
                self._hand_on([before])
                before = None
            grown = piece.seconds + (before.seconds if before is not None else 0.0)
            self._open = replace(piece, seconds=grown)
            if grown >= EVERY_SECONDS:
                self._hand_on([self._open])
                self._open = None
        self._thin()

    def flush(self) -> None:
        """Hand on what is open, and wait until all is written; raises `VaultError` where it is refused, again."""
        with self._lock:
            if self._open is not None:
                self._hand_on([self._open])
                self._open = None
        if any(written.exception() is not None for written in self._waiting()):
            with self._lock:
                self._hand_on([])  # what was refused, once more
        for written in self._waiting():
            written.result()

    def _waiting(self) -> list[Future[None]]:
        """Return what was handed on, all of it done."""
        with self._lock:
            handed = [written for _, written in self._handed]
        wait(handed)
        return handed

    def forget(self, start: float, end: float) -> None:
        """Let go of what is not written yet and overlaps a time (UTC seconds)."""
        with self._lock:
            if self._open is not None and self._open.time > start and self._open.time - self._open.seconds < end:
                self._open = None
            self._handed = [
                ([piece for piece in some if not (piece.time > start and piece.time - piece.seconds < end)], written)
                for some, written in self._handed
            ]

    def _hand_on(self, new: list[Piece]) -> None:
        """Write some pieces, after those that were refused before; called with the lock."""
        handed, self._handed, refused = self._handed, [], []
        for some, written in handed:
            if not written.done():
                self._handed.append((some, written))
            elif (error := written.exception()) is not None:
                if not isinstance(error, VaultError):
                    raise error
                refused += some
        some = [*refused, *new][-HELD:]
        self._handed.append((some, self._writer.do(focus_history.put, some)))

    def _thin(self) -> None:
        now = self._clock()
        if now < self._thin_at:
            return
        error = self._thinned.exception() if self._thinned is not None and self._thinned.done() else None
        if error is not None and not isinstance(error, VaultError):
            raise error
        self._thin_at = now + THIN_SECONDS
        self._thinned = self._writer.do(focus_history.thin, now - DETAIL_SECONDS, THINNED)
