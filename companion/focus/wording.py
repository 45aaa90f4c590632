"""Sentences that say why it is decided so."""

from __future__ import annotations

import time
from collections.abc import Sequence

from companion.focus.fusion import Fused
from companion.focus.policy import Decision
from companion.focus.types import Cause

LIKELY, UNLIKELY = 0.6, 0.4  # of EEG, from which on it is said to agree with something

_FIXED = {
    (Cause.QUIET_HOURS, True): "Quiet hours.",
    (Cause.AWAY, False): "You were away.",
    (Cause.LONGEST, False): "Focus has lasted as long as it may; take a break.",
    (Cause.CORRECTED, False): "You said that this was no focus.",
    (Cause.OVERRIDE, False): "You switched focus off",
    (Cause.OVERRIDE, True): "You switched focus on",
}


def why(decision: Decision, told: Fused, pro: Sequence[str], con: Sequence[str], app: str) -> str:
    """Return the sentence; ``pro`` and ``con`` are what speaks most for and against it in what the person did."""
    fixed = _FIXED.get((decision.cause, decision.deep))
    if decision.cause is Cause.OVERRIDE:
        return f"{fixed}{_until(decision.until)}."
    if decision.cause is Cause.APP_RULE:
        return f"Your rule for {app}." if app else "Your rule for a program."
    return fixed or _signs(decision, told, pro, con)


def _signs(decision: Decision, told: Fused, pro: Sequence[str], con: Sequence[str]) -> str:
    if told.probability is None:
        return "Nothing is known yet: neither what you do nor an EEG was seen for long enough."
    reasons = [*(pro if decision.deep else con), *_eeg(told, deep=decision.deep)]
    begin = "Deep focus" if decision.deep else "No deep focus"
    if not reasons:
        return f"{begin}, though little speaks for or against it."
    return f"{begin}: {', '.join(reasons)}."


def _eeg(told: Fused, *, deep: bool) -> list[str]:
    if told.frozen:
        return ["the EEG waits for a clean signal"]
    if told.eeg is None:
        return []
    if told.eeg >= LIKELY:
        return ["the EEG looks like work"] if deep else []
    return ["the EEG looks like rest"] if told.eeg <= UNLIKELY and not deep else []


def _until(until: float | None) -> str:
    return "" if until is None else time.strftime(" until %H:%M", time.localtime(until))
