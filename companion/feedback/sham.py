"""Blinding: a sealed draw between a person's own signal and a replayed one (`companion.feedback.replay`). Pure.

The seal is a digest of the draw that is shown before the session; afterwards anyone can check that what is told then is
what was drawn.
"""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass


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
