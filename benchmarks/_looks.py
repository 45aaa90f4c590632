"""What ``companion doctor --json`` says of looks: what called for them, what came of them, how often.

``looks`` holds ``counts``, a list of ``{trigger, outcome, count}``. A trigger is accounted for when it ended in a
moment or in a reason that was noted; one without an outcome is not. Where the program tells nothing, nothing is
accounted for. Nor may it count fewer than there were: the script knows what it did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Look = Mapping[str, Any]
LOST = "could not be stored"  # a reason that was noted, and a look lost all the same


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


def share_accounted_for(told: Iterable[Look]) -> float:
    """Return the share of triggers with an outcome; nan when none is told of."""
    known, total = 0, 0
    for look in told:
        count = int(look.get("count", 0))
        total += count
        known += count if look.get("outcome") else 0
    return known / total if total else float("nan")


def lost(told: Iterable[Look]) -> int:
    """Return how many triggers ended in a look that could not be stored."""
    return sum(int(look.get("count", 0)) for look in told if look.get("outcome") == LOST)


def unnoticed(told: Iterable[Look], done: Mapping[str, int]) -> dict[str, int]:
    """Return, by trigger, how many more times something was done than was counted."""
    known: Counter[str] = Counter()
    for look in told:
        known[str(look.get("trigger"))] += int(look.get("count", 0))
    return {trigger: count - known[trigger] for trigger, count in done.items() if count > known[trigger]}
