"""What habits say of focus: the numbers that are looked at, what each is thought to be worth, and which one told most.

The weights below are a prior of ours, learned from nothing. No set of recordings that we know holds people's keys and
windows beside when they were deep in something, so that these numbers are opinions: that others set the pace in mail,
chat and films, that turning from one thing to another breaks a thought, that steady typing or staying with one text is
its sign. They were set so that typing or reading for some minutes in one editor, office program or reader comes out
between 0.8 and 0.9, pages of sites that are not known near 0.25, mail and films near 0.05. Until the person corrects,
the probability is as good as these opinions; each correction moves the weights (`learned.fit`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from companion.focus.behaviour import Habits
from companion.focus.learned import Prior

MOST_LOG_ODDS = 3.0  # behaviour alone is never surer than 95 %
MOST_TYPING, MOST_SWITCHES_NOW, MOST_SWITCHES = 150.0, 8.0, 4.0  # a minute, from which on more says no more


@dataclass(frozen=True, slots=True)
class Sign:
    """One number: its weight before anybody said anything, and what it is called when it tells for or against."""

    weight: float
    pro: str
    con: str


SIGNS = (
    Sign(-1.0, "", ""),  # most minutes of a day are not deep
    Sign(1.2, "steady typing", ""),
    Sign(0.5, "an even rhythm", ""),
    Sign(-2.0, "", "you turned from one thing to another just now"),
    Sign(-2.0, "", "much turning from one thing to another"),
    Sign(1.5, "you stay with one thing", "no thing has most of your time"),
    Sign(2.0, "a program for work", ""),
    Sign(-2.5, "", "mail, chat, feeds or films"),
    Sign(-2.0, "", "hands that rest"),
    Sign(-1.5, "", "time in small pieces"),
)
PRIOR = Prior(tuple(sign.weight for sign in SIGNS), (0.7, *(1.0 for _ in SIGNS[1:])))
TELLS = 0.25  # log odds below which a number is not named


def row(habits: Sequence[Habits]) -> tuple[float, ...]:
    """Return the numbers of habits over 1, 5 and 10 minutes, in the order of `SIGNS`.

    What somebody works with counts half by the last minute, so that turning to mail is not noticed minutes later.
    """
    one, five, ten = habits
    return (
        1.0,
        min(five.typing / MOST_TYPING, 1.0),
        five.evenness or 0.0,
        min(one.switches / MOST_SWITCHES_NOW, 1.0),
        min(ten.switches / MOST_SWITCHES, 1.0),
        five.main - 0.5,
        (one.work + five.work) / 2,
        (one.distracting + five.distracting) / 2,
        five.idle,
        five.brief,
    )


def log_odds(weights: Sequence[float], numbers: Sequence[float]) -> float:
    """Return the log odds of focus by behaviour alone, -`MOST_LOG_ODDS` to `MOST_LOG_ODDS`."""
    told = math.fsum(parts(weights, numbers))
    return min(max(told, -MOST_LOG_ODDS), MOST_LOG_ODDS)


def parts(weights: Sequence[float], numbers: Sequence[float]) -> tuple[float, ...]:
    """Return what each number adds to the log odds; their sum is all of it."""
    return tuple(weight * number for weight, number in zip(weights, numbers, strict=True))


def reasons(weights: Sequence[float], numbers: Sequence[float], *, pro: bool, most: int = 2) -> tuple[str, ...]:
    """Return, in words, what tells most for focus (``pro``) or against it, the strongest first."""
    sides = ((part if pro else -part, sign) for part, sign in zip(parts(weights, numbers), SIGNS, strict=True))
    named = [(part, sign.pro if pro else sign.con) for part, sign in sides if part >= TELLS]
    ordered = sorted(((part, words) for part, words in named if words), reverse=True)
    return tuple(words for _, words in ordered[:most])
