"""The gate: what becomes of one notice during focus. Rules first, then how likely the person acts on it."""

from __future__ import annotations

from dataclasses import dataclass

from companion.notices.importance import Estimate
from companion.notices.rules import Choices, ruled
from companion.notices.types import Decision, Judged, Notice
from companion.notices.wording import because_of, shown_because

ENOUGH_ANSWERS = 20  # before these the model lets nothing through: it knows too little of anybody
NO_FOCUS = "no focus"


@dataclass(frozen=True, slots=True)
class Context:
    """What is known when a notice comes.

    Attributes
    ----------
    focused
        Whether notifications are held now.
    earlier
        How many of the same sender came within the minutes before.
    estimate
        What the model says of it.
    answers
        How many answers the model learned from.

    """

    focused: bool
    earlier: int
    estimate: Estimate
    answers: int


def decide(notice: Notice, context: Context, choices: Choices) -> Judged:
    """Return what becomes of a notice; never fails, whatever the notice says."""
    estimate = context.estimate
    if not context.focused:
        why = "Shown as usual: you were not in deep focus."
        return Judged(notice, Decision.PASS, NO_FOCUS, estimate.probability, estimate.parts, why)
    rule = ruled(notice, choices, context.earlier)
    if rule is not None:
        return Judged(
            notice,
            rule.decision,
            rule.rule,
            estimate.probability,
            estimate.parts,
            because_of(rule.decision, rule.because),
        )
    decision = _by_model(estimate.probability, choices, known=context.answers >= ENOUGH_ANSWERS)
    why = because_of(decision, shown_because(estimate, decision, known=context.answers >= ENOUGH_ANSWERS))
    return Judged(notice, decision, "", estimate.probability, estimate.parts, why)


def _by_model(probability: float, choices: Choices, *, known: bool) -> Decision:
    if known and probability >= choices.pass_above:
        return Decision.PASS
    return Decision.DIGEST if known and probability < choices.digest_below else Decision.HOLD
