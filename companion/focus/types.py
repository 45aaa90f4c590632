"""What is said of the person's focus, and what they can say themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FocusError(Exception):
    """Something about focus that the person can mend; the message says how."""


class Mode(StrEnum):
    """Who decides whether this is deep focus."""

    AUTOMATIC = "automatic"
    ON = "on"
    OFF = "off"


class Cause(StrEnum):
    """Why the decision is what it is."""

    STARTED = "started"  # nothing has been decided yet
    SIGNS = "signs"  # behaviour and EEG
    OVERRIDE = "override"  # the person said so
    QUIET_HOURS = "quiet hours"
    APP_RULE = "app rule"
    AWAY = "away"  # nobody is there
    LONGEST = "longest"  # it lasted as long as it may
    CORRECTED = "corrected"  # the person said that this was no focus


@dataclass(frozen=True, slots=True)
class FocusState:
    """What is known of the person's focus at one second.

    Attributes
    ----------
    time
        UTC seconds since 1970.
    probability
        Of deep focus, 0 to 1, by all that is known; None where nothing is.
    eeg, behaviour
        The same by each alone, None where it says nothing. Of EEG at even odds: 0.5 says neither.
    quality
        How the signal is, in words.
    deep
        The decision, after dwell and hysteresis.
    since
        From when on it is so, UTC seconds.
    why
        A sentence: why it is decided so, or what speaks against it.
    frozen
        Whether EEG comes that cannot be used just now, so that nothing may rise.
    cause
        What decided.

    """

    time: float
    probability: float | None
    eeg: float | None
    behaviour: float | None
    quality: str
    deep: bool
    since: float
    why: str
    frozen: bool
    cause: Cause = Cause.STARTED
