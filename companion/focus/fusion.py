"""Behaviour and EEG in one probability, and what becomes of it while the EEG cannot be used. Pure: time is passed in.

Log odds add up where two witnesses do not copy from each other. How far each is believed stands below. The EEG's model
tells focus from rest with an AUC of 0.80 (0.69 to 0.90) on people it never met (docs/adr/0011-focus.md), but what it
knows is counting backwards against closed eyes, not a day at a desk: its log odds count for `EEG_WORTH` of what they
say. Behaviour is already as unsure as `companion.focus.signs` makes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from companion.focus.learned import probability

EEG_WORTH, BEHAVIOUR_WORTH = 0.6, 1.0
#: Without one window that comes from a head until EEG counts as not there, and behaviour goes on alone. What a clenched
#: jaw or a blink spoils does come from one.
FROZEN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What the EEG says at one second.

    Attributes
    ----------
    log_odds
        Of focus, at even odds before; None until the person's rest is known.
    fit
        Whether the newest window could be used.
    disturbed
        Whether all that kept it from being used is what the person did (blinks, jaw, movement).

    """

    log_odds: float | None
    fit: bool
    disturbed: bool = False


@dataclass(frozen=True, slots=True)
class Fused:
    """Probabilities of focus: by both, and by each alone."""

    probability: float | None
    eeg: float | None
    behaviour: float | None
    frozen: bool


def fused(eeg: float | None, behaviour: float | None) -> float | None:
    """Return the probability that the log odds of both come to; None when neither is known."""
    told = [
        worth * log_odds for worth, log_odds in ((EEG_WORTH, eeg), (BEHAVIOUR_WORTH, behaviour)) if log_odds is not None
    ]
    return probability(math.fsum(told)) if told else None


class Fusion:
    """Follows both. While EEG comes that is not fit, the probability may fall and never rises."""

    def __init__(self) -> None:
        self._worn_at = -math.inf
        self._last: float | None = None

    def step(self, now: float, heard: Heard | None, behaviour: float | None) -> Fused:
        """Take in what both say at ``now`` (monotonic); ``behaviour`` in log odds. None is what is not there."""
        if heard is not None and (heard.fit or heard.disturbed):
            self._worn_at = now
        eeg = None if heard is None or now - self._worn_at > FROZEN_SECONDS else heard.log_odds
        frozen = heard is not None and not heard.fit and eeg is not None
        told = fused(eeg, behaviour)
        if frozen:
            told = None if told is None or self._last is None else min(told, self._last)
        self._last = told
        return Fused(told, _sure(eeg), _sure(behaviour), frozen)


def _sure(log_odds: float | None) -> float | None:
    return None if log_odds is None else probability(log_odds)
