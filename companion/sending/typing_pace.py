"""How fast the person types now, against how they type otherwise: counts and times, never which keys. Pure."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from companion.capture.hands import BURST
from companion.capture.types import Trigger
from companion.sending.agitation import Typing

NOW_SECONDS = 180.0  # before a mail is sent
USUAL_SECONDS = 8 * 3600.0  # looked back on for what is usual
PIECE_SECONDS = 10.0
FAST_SECONDS, FAST_KEYS = 0.2, 8  # keys that follow each other as fast make one fast stretch
USUAL_KEYS = 300  # before, from which on they tell what is usual
MINUTE = 60.0


@dataclass(slots=True)
class _Piece:
    """What was typed in some seconds."""

    at: float
    keys: int = 0
    intervals: int = 0
    total: float = 0.0
    fast: int = 0


class TypingPace:
    """Takes in key presses, ``time`` in monotonic seconds."""

    def __init__(self) -> None:
        self._pieces: deque[_Piece] = deque()
        self._key = -math.inf
        self._run = 0

    def happened(self, trigger: Trigger, time: float) -> None:
        """Take in a key; other triggers say nothing of typing."""
        if trigger is not Trigger.TYPED:
            return
        piece, interval = self._piece(time), time - self._key
        piece.keys += 1
        if 0.0 < interval <= BURST:
            piece.intervals += 1
            piece.total += interval
        self._run = self._run + 1 if 0.0 < interval <= FAST_SECONDS else 1
        piece.fast += self._run == FAST_KEYS
        self._key = time

    def forget(self) -> None:
        """Let go of everything."""
        self._pieces.clear()
        self._key, self._run = -math.inf, 0

    def typing(self, now: float, usual_rate: float | None = None) -> Typing | None:
        """Return the last minutes against what is usual; None where nothing was typed, or nothing usual is known.

        Which keys delete is not known to anybody here. ``usual_rate`` is that of days before, in keys a second, used
        where too little was typed since.
        """
        self._let_go(now)
        newest = [piece for piece in self._pieces if piece.at + PIECE_SECONDS > now - NOW_SECONDS]
        before = [piece for piece in self._pieces if piece.at + PIECE_SECONDS <= now - NOW_SECONDS]
        rate, known = _rate(newest), sum(piece.keys for piece in before) >= USUAL_KEYS
        usual = _rate(before) if known else usual_rate
        if rate is None or usual is None:
            return None
        return Typing(
            keys=sum(piece.keys for piece in newest),
            rate=rate,
            corrections=None,
            bursts=_bursts(newest) if known else None,
            usual_rate=usual,
            usual_bursts=_bursts(before) if known else None,
        )

    def _piece(self, time: float) -> _Piece:
        at = PIECE_SECONDS * math.floor(time / PIECE_SECONDS)
        if not self._pieces or self._pieces[-1].at < at:
            self._let_go(at)  # also where no mail is ever sent
            self._pieces.append(_Piece(at))
        return self._pieces[-1]

    def _let_go(self, now: float) -> None:
        """Let go of what is too long ago to tell what is usual."""
        while self._pieces and self._pieces[0].at < now - USUAL_SECONDS:
            self._pieces.popleft()


def _rate(pieces: Iterable[_Piece]) -> float | None:
    """Return keys a second while typing; None where no two keys follow each other."""
    counted = [(piece.intervals, piece.total) for piece in pieces]
    intervals, total = sum(count for count, _ in counted), sum(seconds for _, seconds in counted)
    return intervals / total if total else None


def _bursts(pieces: Iterable[_Piece]) -> float:
    """Return fast stretches a minute of the time in which anything was typed."""
    typed = [piece for piece in pieces if piece.keys]
    return sum(piece.fast for piece in typed) / (len(typed) * PIECE_SECONDS / MINUTE) if typed else 0.0
