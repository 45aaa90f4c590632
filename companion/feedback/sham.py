"""Blinding: a sealed draw between a person's own signal and a replayed one, and the replay itself. Pure.

The seal is a digest of the draw that is shown before the session; afterwards anyone can check that what is told then is
what was drawn. The replay gives the margins of an earlier session in their order, and stands still while the person's
own signal is muted, as a true one does: muted steps of the earlier session are left out, over which its margin stood
still too. So no step of a replay has a place where it could be told from a true one.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_MARGINS = 600  # half a minute; less is no session to replay
LOOK_MARGINS = 200  # how far into a session a beginning is looked for that fits where the last one ended


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn.

    Attributes
    ----------
    sham
        Whether another session's signal is fed back.
    nonce
        What makes the seal unguessable, hexadecimal.

    """

    sham: bool
    nonce: str

    @property
    def text(self) -> str:
        """What the seal is the digest of."""
        return json.dumps({"nonce": self.nonce, "sham": self.sham}, sort_keys=True)

    @property
    def seal(self) -> str:
        """SHA-256 of ``text``, hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def draw(share: float, rng: random.Random) -> Draw:
    """Draw; ``rng`` should be `random.SystemRandom` where it matters."""
    return Draw(rng.random() < share, f"{rng.getrandbits(128):032x}")


class Replay:
    """Gives the margins of earlier sessions one after another, joined where they are alike, without an end.

    One a step, whatever the device: steps of two devices differ in length by a few percent, and to put values between
    would smooth them, which can be told.

    Parameters
    ----------
    sessions
        Margins of unmuted steps, one sequence a session, each of at least `LEAST_MARGINS`.

    """

    def __init__(self, sessions: Sequence[Sequence[float]], *, rng: random.Random) -> None:
        if not sessions or any(len(one) < LEAST_MARGINS for one in sessions):
            raise ValueError("an earlier session is too short to be replayed")
        self._sessions = [tuple(one) for one in sessions]
        self._session = rng.randrange(len(self._sessions))
        self._at = rng.randrange(len(self._sessions[self._session]) - LEAST_MARGINS // 2)

    def next(self) -> float:
        """Return the margin of the next unmuted step."""
        margins = self._sessions[self._session]
        if self._at == len(margins):
            self._join(margins)
            return self.next()
        self._at += 1
        return margins[self._at - 1]

    def _join(self, last: Sequence[float]) -> None:
        """Go on in the next session, where its beginning goes on most like what was given last."""
        self._session = (self._session + 1) % len(self._sessions)
        begins = self._sessions[self._session][:LOOK_MARGINS]
        level, rise = last[-1], last[-1] - last[-2]
        self._at = min(
            range(1, len(begins)),
            key=lambda i: abs(begins[i] - level - rise) + abs(begins[i] - begins[i - 1] - rise),
        )


def margins_of(margins: Sequence[float], muted: Sequence[bool]) -> list[float]:
    """Return the margins of unmuted steps; one that is not a number is none."""
    return [one for one, silent in zip(margins, muted, strict=True) if not silent and math.isfinite(one)]
