"""What a calibration came to: how far the EEG tells this person's rest from their work, and what follows. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from companion.focus.learned import probability

LEAST_SECONDS = 16  # with a good signal, of rest and of work each; of fewer nothing is said
CLEAR = 1.0  # log odds between the two that rest which goes on did not reach in anybody (docs/adr/0025-focus-state.md)
NOTICED = 0.01  # a change of how far the EEG is believed that is worth a word

TOO_LITTLE = (
    "There was too little good signal to say how well the EEG tells your rest from your work. Your rest is known all "
    "the same, and focus is measured against it."
)
AGAIN = "Two minutes of each say little: the figure may be another one next time."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the EEG said in the two stretches that it had not been measured against.

    Attributes
    ----------
    rest, work
        Mean log odds of focus, before anything was learned of this person; None where too little was heard.
    belief_before, belief
        How far the EEG is believed in this person: the factor of its log odds, 1 before anybody said anything.

    """

    rest: float | None
    work: float | None
    belief_before: float
    belief: float

    @property
    def apart(self) -> float | None:
        """Log odds by which work looked more like work than rest did; below 0 it is the wrong way round."""
        return None if self.rest is None or self.work is None else self.work - self.rest

    @property
    def adds(self) -> bool:
        """Whether the EEG told the two apart, the right way round."""
        return self.apart is not None and self.apart >= CLEAR

    @property
    def sentence(self) -> str:
        """All of it in words."""
        if self.rest is None or self.work is None:
            return TOO_LITTLE
        rest, work = (f"{probability(said):.0%}" for said in (self.rest, self.work))
        figures = f"The EEG alone gave focus {rest} while you rested and {work} while you counted."
        return f"{figures} {self._verdict()} {self._belief()} {AGAIN}"

    def _verdict(self) -> str:
        if self.adds:
            return "So it tells your work from your rest."
        if self.apart is not None and self.apart <= -CLEAR:
            return "That is the wrong way round: so far it adds nothing to what is known by what you do."
        return "That is hardly a difference: so far it adds nothing to what is known by what you do."

    def _belief(self) -> str:
        change = self.belief / self.belief_before - 1.0 if self.belief_before > 0.0 else 0.0
        if abs(change) < NOTICED:
            return "It counts as much as before."
        return f"From now on it counts {abs(change):.0%} {'more' if change > 0.0 else 'less'} than before."


def mean(said: Sequence[float]) -> float | None:
    """Return the mean log odds of some seconds, None of too few."""
    return math.fsum(said) / len(said) if len(said) >= LEAST_SECONDS else None
