"""The CRED-nf checklist for one person's session: 24 items in 7 domains, in our own words.

After Ros et al. 2020, "Consensus on the reporting and experimental design of clinical and cognitive-behavioural
neurofeedback studies" (Brain, doi:10.1093/brain/awaa009). It was made for studies of groups: for one person at home
some items can only be answered with "no", and a report that says so is more honest than one without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its number, its domain and what it asks. ``hint`` is what a person may think of while they answer."""

    code: str
    domain: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """An item with its answer; ``by`` is ``program``, ``person``, or empty where nobody has answered."""

    item: Item
    answer: str
    by: str


GUESS = "guess"  # among a person's answers: what they believed was shown, before they asked

PRE, GROUPS, MEASURES = "Before the experiment", "Control groups", "Control measures"
FEEDBACK, BRAIN, BEHAVIOUR = "Feedback", "Outcome: brain", "Outcome: behaviour"
STORAGE = "Data"

ITEMS = (
    Item("1a", PRE, "Was the protocol, and how it would be analysed, written down before it began?", "Where and when."),
    Item("1b", PRE, "Why this many sessions or people?", "What you set out to see, and how many it takes."),
    Item("2a", GROUPS, "Was there a control condition?"),
    Item("2b", GROUPS, "Did neither the person nor whoever was with them know the condition?"),
    Item(
        "2c-1", GROUPS, "Did whoever judged the outcome not know the condition?", "Who judged it, and what they knew."
    ),
    Item("2c-2", GROUPS, "Did whoever analysed the data not know the condition?"),
    Item("2d", GROUPS, "Was it asked what the person believed the condition to be?", "Guess before you unblind."),
    Item("2e", GROUPS, "Was it compared with the usual care, where it was meant to help with a complaint?"),
    Item(
        "3a",
        MEASURES,
        "What of mood, motivation, expectation and sleep was asked?",
        "How you were, and what you expected.",
    ),
    Item("3b", MEASURES, "Was the person told what to try?"),
    Item("3c", MEASURES, "What did the person try?", "What you did to move the scene, in your own words."),
    Item("3d", MEASURES, "How was the signal processed while it ran, and how were artefacts kept out?"),
    Item("3e", MEASURES, "How many artefacts were there, in each condition?"),
    Item("4a", FEEDBACK, "What exactly was computed and fed back?"),
    Item("4b", FEEDBACK, "When was there a reward, and why so often?"),
    Item("4c", FEEDBACK, "How was it fed back?"),
    Item("4d", FEEDBACK, "Is everything that was fed back kept as it was shown?"),
    Item("4e", FEEDBACK, "With what devices and programs?"),
    Item("5a", BRAIN, "Did the trained signal change during training?"),
    Item("5b", BRAIN, "Are its blocks shown, within the session and across sessions, with rest before and after?"),
    Item("5c", BRAIN, "Was it compared with the control condition, and not only with the beginning?"),
    Item(
        "6a",
        BEHAVIOUR,
        "What should become better in daily life, set before, and did it?",
        "What you set, and what you saw.",
    ),
    Item("6b", BEHAVIOUR, "Do those who changed the signal more also change more in that?", "Over your sessions."),
    Item("7a", STORAGE, "Are data, analysis and code open to others?"),
)


def filled(by_program: Mapping[str, str], by_person: Mapping[str, str]) -> tuple[Filled, ...]:
    """Return all items with what is known of each; what a person says goes before what the program knows."""
    unknown = (by_program.keys() | by_person.keys()) - {item.code for item in ITEMS}
    if unknown:
        raise ValueError(f"there is no item {', '.join(sorted(unknown))}")
    return tuple(_filled(item, by_program.get(item.code, ""), by_person.get(item.code, "")) for item in ITEMS)


def _filled(item: Item, told: str, said: str) -> Filled:
    if said.strip():
        return Filled(item, said.strip(), "person")
    return Filled(item, told, "program" if told else "")
