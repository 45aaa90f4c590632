"""What ``companion doctor --json`` says of looks: what called for them, what came of them, how often.

``looks`` holds ``counts``, a list of ``{trigger, outcome, count}``. What the program says of itself cannot show what it
missed: so each act of the script is matched with a look of its own that the vault noted soon after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from _capture_script import Call

from index.store import Store

Look = Mapping[str, Any]
ANSWER_SECONDS = 15.0  # from an act until what came of its look is noted; reading it off pixels takes some
CLOCK_SECONDS = 0.5  # an act is timed when it is over; a look may have begun before
LOST = "could not be stored"  # a reason that was noted, and a look lost all the same


@dataclass(frozen=True, slots=True)
class Noted:
    """One look as the vault has it: when it was noted (UTC seconds), what called for it, what came of it."""

    time: float
    triggers: tuple[str, ...]
    outcome: str


def looks(doctor: Mapping[str, Any]) -> list[Look]:
    """Return the counts, empty where the program tells none."""
    told = doctor.get("looks") or []
    counts = told.get("counts", []) if isinstance(told, Mapping) else told
    return [look for look in counts if isinstance(look, Mapping)]


def seconds_until_found(doctor: Mapping[str, Any]) -> object:
    """Return the program's own account of how long it takes, None where it tells none."""
    told = doctor.get("looks")
    return told.get("seconds_until_found") if isinstance(told, Mapping) else None


def counted(told: Iterable[Look]) -> dict[str, int]:
    """Return how many triggers ended how."""
    ended: Counter[str] = Counter()
    for look in told:
        ended[f"{look.get('trigger')}: {look.get('outcome')}"] += int(look.get("count", 0))
    return dict(ended)


def lost(told: Iterable[Look]) -> int:
    """Return how many triggers ended in a look that could not be stored."""
    return sum(int(look.get("count", 0)) for look in told if look.get("outcome") == LOST)


def unanswered(calls: Sequence[Call], noted: Sequence[Noted]) -> list[Call]:
    """Return the calls for a look that none was noted for: each takes one of its own, within `ANSWER_SECONDS`."""
    left, missing = sorted(noted, key=lambda one: one.time), []
    for call in sorted(calls, key=lambda one: one.time):
        answers = (one for one in left if call.trigger in one.triggers and one.outcome and _answers(one, call))
        answer = next(answers, None)
        if answer is None:
            missing.append(call)
        else:
            left.remove(answer)
    return missing


def _answers(noted: Noted, call: Call) -> bool:
    return -CLOCK_SECONDS <= noted.time - call.time <= ANSWER_SECONDS


def about(call: Call, noted: Sequence[Noted]) -> list[str]:
    """Return the looks that were noted about a call: seconds after it, what called for them, what came of them."""
    near = (one for one in noted if abs(one.time - call.time) <= ANSWER_SECONDS)
    return [f"{one.time - call.time:+.1f}: {', '.join(one.triggers)}: {one.outcome}" for one in near]


def noted_in(store: Store) -> list[Noted]:
    """Return the looks that a vault has noted."""
    rows = store.rows("SELECT time, triggers, outcome FROM looks")
    return [Noted(time, tuple(triggers.split(",")), outcome) for time, triggers, outcome in rows]
