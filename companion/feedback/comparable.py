"""Which sessions can be compared: of the same person, towards the same, measured alike. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from companion.feedback.protocols import DIRECTION
from embeddings.feedback.plan import Plan, SharedPlan, StatePlan

if TYPE_CHECKING:
    from index.trainings import Training

MADE_UP_DEVICE = "Synthetic"  # BrainFlow's name of it, for sessions that do not tell whether they were simulated
BANDS, ELECTRODES, TARGET = "bands", "electrodes", "state of the target"


def simulated(training: Training) -> bool:
    """Whether some of what was measured came from no head."""
    told = training.facts.get("simulated")
    return training.facts["device"] == MADE_UP_DEVICE if told is None else bool(told)


def made_up(training: Training) -> str:
    """Return in words from where a signal came that came from no head; empty where it came from one."""
    if not simulated(training):
        return ""
    return "simulated" if training.facts["device"] == MADE_UP_DEVICE else "a recording that was played"


def kind(training: Training) -> str:
    """Return what kind a session is of: its protocol's name; of a direction, also what it went towards."""
    if training.protocol != DIRECTION.name:
        return training.protocol
    return f"{training.protocol}:{towards(training)}"


def towards(training: Training) -> str:
    """Return what a session went towards, in words; empty where it is no such session, or of old."""
    return str(training.facts.get("target", "")) if training.protocol == DIRECTION.name else ""


def mixed(training: Training) -> bool:
    """Whether sessions of its kind may have gone towards anything."""
    return training.protocol == DIRECTION.name and not towards(training)


def direction(plan: Plan) -> str:
    """Return what tells one direction from another, and one space's from another's; empty for a plan without."""
    if not isinstance(plan, StatePlan | SharedPlan):
        return ""
    return hashlib.sha256(type(plan).__name__.encode() + plan.direction).hexdigest()[:16]


def changed(sessions: Sequence[Training]) -> tuple[str, ...]:
    """Return what was not the same in all of some sessions: `BANDS`, `ELECTRODES`, `TARGET`."""
    facts = [one.facts for one in sessions]
    ways = (
        (BANDS, {str([one["up"], one["under"]]) for one in facts}),
        (ELECTRODES, {str(sorted(one["electrodes"])) for one in facts}),
        (TARGET, {one.get("direction", "") for one in facts}),
    )
    return tuple(name for name, found in ways if len(found) > 1)
