"""Decisions about notifications in sentences."""

from __future__ import annotations

from companion.notices.importance import Estimate
from companion.notices.types import Decision

MOST_REASONS = 3
LEAST_REASON = 0.05  # log odds; what weighs less is not named
_DONE = {
    Decision.PASS: "Passed because",
    Decision.HOLD: "Held until you are done because",
    Decision.DIGEST: "Left to the digest because",
}
_KINDS = {
    "word": "the word “{}”",
    "program": "that it comes from {}",
    "sender": "who it is from (“{}”)",
    "category": "that it is of the kind {}",
}
_OTHERS = {
    "urgency 0": "its low urgency",
    "urgency 2": "its high urgency",
    "in focus": "that you are in focus",
    "usual": "what you usually do",
}


def because_of(decision: Decision, because: str) -> str:
    """Return a decision with its reason, as a sentence."""
    return f"{_DONE[decision]} {because}."


def shown_because(estimate: Estimate, decision: Decision, *, known: bool) -> str:
    """Return what the model's estimate rests on, in words that follow "because"."""
    if not known:
        return "too little is known yet of what you act on"
    chance = f"you would act on it with a likelihood of {estimate.probability:.0%}"
    towards = 1.0 if decision is Decision.PASS else -1.0
    named = [part for part in estimate.parts if part[0] != "usual" and towards * part[1] >= LEAST_REASON]
    named.sort(key=lambda part: -towards * part[1])
    if not named:
        return chance
    return f"{chance}: what speaks {'for' if towards > 0 else 'against'} it most is {_listed([p[0] for p in named])}"


def part_in_words(name: str) -> str:
    """Return what a part of an estimate is called in a sentence."""
    kind, _, what = name.partition(" ")
    if kind in {"earlier", "alertness", "excitement"}:
        return _of_earlier(name)
    if kind in _KINDS:
        return _KINDS[kind].format(what.rpartition(" in ")[0] or what if kind == "sender" else what)
    return _OTHERS.get(name, f"that it came {name}")


def _of_earlier(name: str) -> str:
    of = name.rpartition(" ")[2]
    if name.startswith("earlier"):
        return f"what you did with earlier ones of this {of}"
    return f"your {name.partition(' ')[0]} after earlier ones of this {of}"


def _listed(names: list[str]) -> str:
    *first, last = [part_in_words(name) for name in names[:MOST_REASONS]]
    return f"{', '.join(first)} and {last}" if first else last
