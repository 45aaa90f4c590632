"""Blinding: a sealed draw between a person's own signal and a replayed one, and the replay itself. Pure.

The seal is a digest of the draw that is shown before the session; afterwards anyone can check that what is told then is
what was drawn. The replay gives the course of earlier sessions in its order, and stands still while the person's own
signal is muted, as a true one does: muted steps of the earlier session are left out, over which its margin stood still
too. A threshold follows it as it would a person's own signal, so that it is rewarded as often as is set now, whatever
was set then. Nothing is given twice.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from companion.feedback.threshold import GAIN, Threshold
from embeddings.feedback_plan import STEP_SECONDS

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


@dataclass(frozen=True, slots=True)
class Earlier:
    """A session that can be replayed.

    Attributes
    ----------
    margins
        Of its unmuted steps, at least `LEAST_MARGINS`.
    number
        The number it is kept under; None for an example.

    """

    margins: tuple[float, ...]
    number: int | None = None


class Replay:
    """Gives the margins of earlier sessions one after another, joined where they are alike.

    One a step, whatever the device: steps of two devices differ in length by a few percent, and to put values between
    would smooth them, which can be told.

    Parameters
    ----------
    sessions
        What there is, in the order in which it is wanted.
    rate
        The share of steps that should be rewarded.
    steps
        How many are given before anything is given twice; ValueError where the sessions are too few, see `most`.

    Attributes
    ----------
    numbers
        Of the kept sessions that it is made of.

    """

    def __init__(self, sessions: Sequence[Earlier], *, rate: float, steps: int, rng: random.Random) -> None:
        if not sessions or any(len(one.margins) < LEAST_MARGINS for one in sessions):
            raise ValueError("an earlier session is too short to be replayed")
        if steps > most(sessions):
            raise ValueError(f"{steps} steps cannot be replayed without repeating")
        count = next(n for n in range(1, len(sessions) + 1) if steps <= most(sessions[:n]))
        chosen = rng.sample(sessions[:count], count)
        self.numbers = tuple(sorted(one.number for one in chosen if one.number is not None))
        self._rate, self._courses = rate, [_Course.of(one, rate) for one in chosen]
        room = most(chosen) - steps
        self._now, self._at = 0, rng.randrange(max(1, min(room, len(chosen[0].margins) - LEAST_MARGINS)))
        self._threshold = self._begun()

    def next(self) -> float:
        """Return the margin of the next unmuted step."""
        course = self._courses[self._now]
        if self._at == len(course.values):
            self._join(course)
            return self.next()
        value = course.values[self._at]
        self._at += 1
        margin = self._threshold.margin(value)
        self._threshold.follow(value, reached=margin >= 0, seconds=STEP_SECONDS)
        return margin

    def _join(self, last: _Course) -> None:
        """Go on in the next session, where its beginning goes on most like what was given last."""
        level = self._threshold.margin(last.values[-1])
        rise = last.values[-1] - last.values[-2]
        self._now = (self._now + 1) % len(self._courses)
        begins = self._courses[self._now].margins[:LOOK_MARGINS]
        self._at = min(
            range(1, len(begins)),
            key=lambda i: abs(begins[i] - level - rise) + abs(begins[i] - begins[i - 1] - rise),
        )
        self._threshold = self._begun()

    def _begun(self) -> Threshold:
        """Return a threshold that lies where the session's own did, but for what another rate asks."""
        course = self._courses[self._now]
        made = Threshold(self._rate, course.values[self._at :][:LEAST_MARGINS], spread=1.0)
        made.level = course.values[self._at] - course.margins[self._at]
        return made


@dataclass(frozen=True, slots=True)
class _Course:
    """What a session's threshold followed, in its spreads, and its margins, shifted to another rate."""

    values: tuple[float, ...]
    margins: tuple[float, ...]

    @staticmethod
    def of(earlier: Earlier, rate: float) -> _Course:
        # About the share that was rewarded, not what was set: where the two differ the signal had drifted from its
        # baseline, which a session that is put together of many beginnings would otherwise do again and again.
        own = sum(one >= 0 for one in earlier.margins) / len(earlier.margins)
        moved = accumulate(GAIN * STEP_SECONDS * ((one >= 0) - own) for one in earlier.margins[:-1])
        values = tuple(one + level for one, level in zip(earlier.margins, (0.0, *moved), strict=True))
        shift = sorted(earlier.margins)[int((1 - rate) * len(earlier.margins))]
        return _Course(values, tuple(one - shift for one in earlier.margins))


def most(sessions: Sequence[Earlier]) -> int:
    """Return how many steps can be replayed without giving any twice."""
    return sum(len(one.margins) for one in sessions) - LOOK_MARGINS * max(0, len(sessions) - 1)


def margins_of(margins: Sequence[float], muted: Sequence[bool]) -> list[float]:
    """Return the margins of unmuted steps; one that is not a number is none."""
    return [one for one, silent in zip(margins, muted, strict=True) if not silent and math.isfinite(one)]
