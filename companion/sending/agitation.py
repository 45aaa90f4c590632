"""How agitated a person seems at the moment they send a mail: one probability, in parts that add up. Pure.

A logistic sum. Its weights are set by hand and not fitted to anyone: what comes out orders mails, and is no measured
rate. Each source is bounded so that none reaches the usual threshold by itself, and fewer than two sources that speak
for agitation never hold a mail.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from companion.sending.words import Written

USUAL = -3.2  # log odds of a mail of which nothing is known: about 1 in 25
BRAIN = 2.2  # log odds at a figure of 1; the same below nothing at 0
TYPING_LEAST, TYPING_MOST = -0.8, 1.8
WORDS_LEAST, WORDS_MOST = -0.8, 2.8
LATE, QUICK, CROWD = 0.5, 0.5, 0.4
LEAST_KEYS, LEAST_WORDS = 30, 3  # below, typing and words tell nothing
LEAST_SOURCES = 2
USUAL_CORRECTIONS = 0.07  # of keys pressed, where a person's own share is not known
USUAL_BURSTS = 6.0  # a minute, likewise
EVENING, NIGHT, MORNING = 21.0, 24.0, 6.0  # hours between which mails are written that are regretted later
QUICK_SECONDS = 120.0  # an answer within so long of reading was not slept on
CROWD_FROM = 5
TOLD_FROM = 0.2  # log odds from which a part is worth a sentence

PARTS = {
    "brain": "The headset shows tension.",
    "typing": "You typed faster, or corrected more, than you usually do.",
    "words": "The words or the way they are written are sharp.",
    "hour": "It is late.",
    "quick": "It is an answer written within two minutes.",
    "crowd": "It goes to many people.",
}


@dataclass(frozen=True, slots=True)
class Typing:
    """How a mail was typed, against how its person types; None for what is not known.

    Attributes
    ----------
    keys
        How many keys were pressed; few tell nothing.
    rate, usual_rate
        Keys a second while typing, now and usually.
    corrections, usual_corrections
        Share of keys that delete, 0 to 1, now and usually.
    bursts, usual_bursts
        Stretches of fast typing a minute, now and usually.

    """

    keys: int
    rate: float
    corrections: float | None
    bursts: float | None
    usual_rate: float | None = None
    usual_corrections: float | None = None
    usual_bursts: float | None = None


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of the person besides what they wrote; None for what is not.

    Attributes
    ----------
    tense
        From EEG: 0 calm to 1 tense.
    hour
        Of the local day, 0 to 24.
    reply_seconds
        How long after opening the mail it answers this one was sent.

    """

    tense: float | None = None
    typing: Typing | None = None
    hour: float | None = None
    reply_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Agitation:
    """The outcome.

    Attributes
    ----------
    parts
        Name and log odds of each, what is usual first; their sum, in this order, gives ``probability``.
    sources
        How many of headset, typing and words spoke for agitation, by `TOLD_FROM` at least.
    why
        Sentences on what spoke for agitation, strongest first.

    """

    probability: float
    parts: tuple[tuple[str, float], ...]
    sources: int
    why: tuple[str, ...]


def judge(signals: Signals, written: Written, *, recipients: int, reply: bool) -> Agitation:
    """Return how agitated a person seems who sends what was ``written`` to so many ``recipients``."""
    brain, typing, wording = _brain(signals.tense), _typing(signals.typing), _words(written)
    context = (
        ("hour", _hour(signals.hour)),
        ("quick", _quick(signals.reply_seconds) if reply else 0.0),
        ("crowd", CROWD if recipients >= CROWD_FROM else 0.0),
    )
    known = (("brain", brain), ("typing", typing), ("words", wording))
    parts = (("usual", USUAL), *((name, value or 0.0) for name, value in known), *context)
    why = [(value, PARTS[name]) for name, value in parts if name in PARTS and value >= TOLD_FROM]
    return Agitation(
        probability=1 / (1 + math.exp(-sum(value for _, value in parts))),
        parts=parts,
        sources=sum(value is not None and value >= TOLD_FROM for _, value in known),
        why=tuple(sentence for _, sentence in sorted(why, reverse=True)),
    )


def holds(agitation: Agitation, threshold: float) -> bool:
    """Whether such a mail is held; never when only one source speaks for it."""
    return agitation.sources >= LEAST_SOURCES and agitation.probability >= threshold


def _brain(tense: float | None) -> float | None:
    if tense is None or not math.isfinite(tense):
        return None
    return BRAIN * (2 * _within(tense, 0.0, 1.0) - 1)


def _typing(typing: Typing | None) -> float | None:
    if typing is None or typing.keys < LEAST_KEYS:
        return None
    known: list[float] = []
    if typing.usual_rate:
        known.append(1.6 * (typing.rate / typing.usual_rate - 1))
    if typing.corrections is not None:
        known.append(8.0 * (typing.corrections - _or(typing.usual_corrections, USUAL_CORRECTIONS)))
    if typing.bursts is not None:
        known.append(0.4 * (typing.bursts / max(_or(typing.usual_bursts, USUAL_BURSTS), 1.0) - 1))
    return _within(sum(known), TYPING_LEAST, TYPING_MOST) if known else None


def _words(written: Written) -> float | None:
    """Return what words and form tell; counts weigh less in long mails, each kind only so much."""
    if written.words < LEAST_WORDS:
        return None
    a_sentence = 1 / max(written.sentences, 1)
    sharp = (
        1.6 * min(written.capitals / 0.3, 1.0)
        + 0.9 * min(written.shouts * a_sentence, 1.5)
        + 1.0 * min(written.orders * a_sentence / 0.3, 1.0)
        + 0.9 * min(written.insults, 2)
        + 0.8 * min(written.pressure, 2)
    )
    return _within(sharp - 0.5 * min(written.softeners, 2), WORDS_LEAST, WORDS_MOST)


def _hour(hour: float | None) -> float:
    """Return the weight of the hour: from the evening on it rises until midnight, and stays until the morning."""
    if hour is None:
        return 0.0
    if hour < MORNING:
        return LATE
    return LATE * _within((hour - EVENING) / (NIGHT - EVENING), 0.0, 1.0)


def _quick(seconds: float | None) -> float:
    return QUICK if seconds is not None and 0 <= seconds <= QUICK_SECONDS else 0.0


def _or(value: float | None, usual: float) -> float:
    return usual if value is None else value


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)
