"""A replay of what was measured in earlier sessions, in place of a person's own signal. Pure.

It is rewarded anew as a person's own signal would be: at the rate that is set now, with a threshold that follows, and
against as long a baseline. It stands still while the person's own signal is muted or held and then goes on as a true
one does, whose running mean stood still while its brain did not. Its course moves on for `GOES_ON` steps of that at
most: the earlier session has left out its own muted time already, and twice as much missing makes a replay change
faster than a true session, which models told (docs/adr/0026-neurofeedback.md). Nothing is given twice.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from companion.feedback.earlier import LOOK_READINGS, Earlier, Readings
from embeddings.feedback.plan import STEP_SECONDS

GOES_ON = 6  # steps; 0.3 s, after which a running mean of half a second comes to move another way than before
SKIPPED = 200  # margins left out over a rest or a pause, after which nothing goes on as it was


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
        How many are given or left out before anything is given twice; ValueError where the sessions are too few, see
        `most`.
    rests
        How many rests are among them, see `rest`.
    smoothing
        Time constant of what is measured, seconds.

    Attributes
    ----------
    numbers
        Of the sessions that it is made of, as they are kept.

    """

    def __init__(
        self,
        sessions: Sequence[Earlier],
        *,
        rate: float,
        steps: int,
        rng: random.Random,
        smoothing: float,
        rests: int = 0,
    ) -> None:
        if not sessions or not all(one.enough for one in sessions):
            raise ValueError("an earlier session is too short to be replayed")
        needed = steps + rests * SKIPPED
        if needed > most(sessions):
            raise ValueError(f"{needed} steps cannot be replayed without repeating")
        count = next(n for n in range(1, len(sessions) + 1) if needed <= most(sessions[:n]))
        chosen = rng.sample(sessions[:count], count)
        self.numbers = tuple(sorted(one.number for one in chosen))
        self._sessions, self._rate = chosen, rate
        self._pieces: list[tuple[float, ...]] = []
        self._spare = most(chosen) - steps
        self._now = self._at = 0
        self._kept = math.exp(-STEP_SECONDS / smoothing)
        self._given: float | None = None
        self._apart = 0.0  # how far what is given is from the earlier session's course
        self._stood = 0  # steps since the last that was given

    def begin(self, baseline: Readings) -> None:
        """Reward the sessions at the rate that is set, against as long a baseline as the person's own was."""
        for number, one in enumerate(self._sessions):
            self._pieces += one.measured_against(len(baseline)).margins(self._rate, settled=number > 0)

    def next(self) -> float:
        """Return the margin of the next step, which counts; only once it has begun."""
        self._stood = 0
        self._apart *= self._kept
        self._given = self._went_on() + self._apart
        return self._given

    def stand_still(self) -> None:
        """Let a step go by that is muted or held."""
        self._stood += 1
        if self._stood > GOES_ON:
            return
        went_on = self._went_on()
        if self._given is not None:
            self._apart = self._given - went_on

    def rest(self) -> None:
        """Leave out what would have come in a rest or a pause, where it has begun and there is as much to spare."""
        if self._pieces and self._spare >= SKIPPED:
            self._spare -= SKIPPED
            for _ in range(SKIPPED):
                self._went_on()
            self._given, self._apart = None, 0.0

    def _went_on(self) -> float:
        if self._at == len(self._pieces[self._now]):
            self._join()
        margin = self._pieces[self._now][self._at]
        self._at += 1
        return margin

    def _join(self) -> None:
        """Go on in the next piece, where its beginning goes on most like what was given last."""
        before, last = self._pieces[self._now][-2:]
        rise = last - before
        self._now = (self._now + 1) % len(self._pieces)
        begins = self._pieces[self._now][:LOOK_READINGS]
        self._at = min(
            range(1, len(begins)),
            key=lambda i: abs(begins[i] - last - rise) + abs(begins[i] - begins[i - 1] - rise),
        )


def most(sessions: Sequence[Earlier]) -> int:
    """Return how many steps can be replayed without giving any twice."""
    pieces = sum(len(one.pieces) for one in sessions)
    return sum(one.steps for one in sessions) - LOOK_READINGS * max(0, pieces - 1)
