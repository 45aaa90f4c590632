"""Notifications that may never be held, made at random, and what they are surrounded by.

What they say is written down apart from the gate (`_never_held_texts.py`): no list of the gate is looked at here.
"""

from __future__ import annotations

import random
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from _never_held_texts import CALLS, CODES, MIXED_CODES, PEOPLE, RINGING, RINGING_ENTRIES

from companion.notices.gate import Context, decide
from companion.notices.importance import Estimate
from companion.notices.repeats import Repeats
from companion.notices.rules import Choices, OwnRule
from companion.notices.types import CRITICAL, Decision, Notice

_WORDS = tuple(
    "lunch meeting invoice build failed sale tomorrow photo update ready Ада 数据 café Straße naïve läuft commande 50% "  # noqa: SIM905
    "https://example.org/a?b=c <b>bold</b> &amp; 12:30 2026-03-04 €19.99 #team @ada — … \u200b 😀 null -1".split()
)
HALF, MIXED, SIX = 0.5, 0.1, 6
_UNLIKELY, _SURE = Choices(pass_above=1.0), Estimate(0.0001, ())
_CATEGORIES = ("", "", "", "im.received", "email.arrived", "device", "transfer.complete", "network")
_CALLS = ("call", "call.incoming", "call.unanswered", "call.ended", "x-gnome.call", "Call.Incoming")
_CALLERS = ("Ada", "Bo Li", "Zoë Müller", "Ирина", "山田", "Dr. K. Okafor", "+49 341 4411", "Mum ❤")
_LETTERS, _FIGURES = "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"
_APART = 40.0  # seconds between two of the same sender


@dataclass(frozen=True, slots=True)
class Case:
    """A notice, what the person chose, and what came of its sender before, the oldest first."""

    kind: str
    notice: Notice
    choices: Choices
    before: tuple[Notice, ...] = ()


class Cases:
    """Makes cases, each kind in turn, by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 repeated by its seed
        self._kinds: tuple[Callable[[Notice], Case], ...] = (
            self._critical,
            self._call,
            self._called,
            self._alarm,
            self._starred_program,
            self._starred_person,
            self._code,
            self._repeat,
            self._own_rule,
        )
        self.made = 0

    def next(self) -> Case:
        """Return the next case."""
        self.made += 1
        case = self._kinds[self.made % len(self._kinds)](self._any())
        if case.kind in {"repeat", "own rule"}:
            return case
        return replace(case, choices=replace(case.choices, rules=self._holding(case.notice)))

    def _any(self) -> Notice:
        draw = self._random
        text = " ".join(draw.choices(_WORDS, k=draw.randrange(12)))
        app, summary = draw.choice(_WORDS), " ".join(draw.choices(_WORDS, k=draw.randrange(5)))
        entry = f"org.example.{draw.choice(_WORDS)}" if draw.random() < HALF else ""
        return Notice(
            self.made,
            1.79e9 + self.made,
            app,
            summary,
            text,
            draw.randrange(2),
            draw.choice(_CATEGORIES),
            ":1.7",
            entry,
        )

    def _holding(self, one: Notice) -> tuple[OwnRule, ...]:
        """Return rules of somebody who would hold just this one."""
        decision = self._random.choice((Decision.HOLD, Decision.DIGEST))
        return (
            OwnRule(decision, app=one.app),
            OwnRule(decision, sender=one.summary),
            OwnRule(decision, words=one.body),
        )

    def _critical(self, one: Notice) -> Case:
        return Case("critical", replace(one, urgency=CRITICAL + self._random.randrange(3)), _UNLIKELY)

    def _call(self, one: Notice) -> Case:
        return Case("call", replace(one, category=self._random.choice(_CALLS)), _UNLIKELY)

    def _called(self, one: Notice) -> Case:
        title, text = self._random.choice(CALLS)
        who = self._random.choice(_CALLERS)
        return Case("words of a call", replace(one, summary=title.format(who), body=text.format(who)), _UNLIKELY)

    def _alarm(self, one: Notice) -> Case:
        if self._random.random() < HALF:
            return Case("alarm", replace(one, desktop_entry=self._random.choice(RINGING_ENTRIES)), _UNLIKELY)
        return Case("alarm", replace(one, app=self._written(self._random.choice(RINGING))), _UNLIKELY)

    def _starred_program(self, one: Notice) -> Case:
        starred = one.app.upper() if one.app.upper().casefold() == one.app.casefold() else one.app
        return Case("starred program", one, replace(_UNLIKELY, starred_apps=("other", starred)))

    def _starred_person(self, one: Notice) -> Case:
        starred, met = self._random.choice(PEOPLE)
        where = {"summary": met} if self._random.random() < HALF else {"body": f"{met}: {one.body}"}
        if "body" in where and ":" in met:  # it does not begin with the name
            where = {"summary": met}
        return Case("starred person", replace(one, **where), replace(_UNLIKELY, starred_people=("Nobody", starred)))

    def _code(self, one: Notice) -> Case:
        mixed = self._random.random() < MIXED
        title, text = self._random.choice(MIXED_CODES if mixed else CODES)
        code = self._letters() if mixed else self._figures()
        said = text.format(code)
        where = {"summary": said} if not title and self._random.random() < HALF else {"summary": title, "body": said}
        return Case("security code", replace(one, **where), _UNLIKELY)

    def _repeat(self, one: Notice) -> Case:
        """Return one of a sender who tries again; half are of programs that name each of their notices."""
        named = self._random.random() < HALF
        times = 1 + self._random.randrange(3)
        tried = [
            replace(one, time=one.time + i * _APART, tag=f"{self.made}-{i}" if named else "") for i in range(times + 1)
        ]
        return Case("repeat", tried[-1], _UNLIKELY, tuple(tried[:-1]))

    def _own_rule(self, one: Notice) -> Case:
        rules = (OwnRule(Decision.PASS, app=one.app), *self._holding(one))
        return Case("own rule", one, replace(_UNLIKELY, rules=rules))

    def _written(self, text: str) -> str:
        """Return a text in one of the ways in which it can be written."""
        return unicodedata.normalize(self._random.choice(("NFC", "NFD")), text)

    def _figures(self) -> str:
        digits = self._random.randrange(4, 9)
        number = f"{self._random.randrange(10 ** (digits - 1), 10**digits)}"
        apart = digits == SIX and self._random.random() < HALF
        return f"{number[:3]} {number[3:]}" if apart else number

    def _letters(self) -> str:
        draw = self._random
        made = [
            draw.choice(_LETTERS),
            draw.choice(_FIGURES),
            *draw.choices(_LETTERS + _FIGURES, k=draw.randrange(3, 6)),
        ]
        draw.shuffle(made)
        code = "".join(made)
        return code.lower() if draw.random() < HALF else code


def held_of(cases: Cases, count: int) -> tuple[Counter[str], list[float]]:
    """Judge cases as they come; return how many were held, by kind, and how long each took in milliseconds.

    Whoever they come to would hold every one: their own rules, and a model that is sure that nobody acts on any.
    """
    repeats, held, took = Repeats(), Counter[str](), list[float]()
    for _ in range(count):
        case = cases.next()
        for one in case.before:
            repeats.note(one, case.choices.repeat_minutes)
        begun = time.perf_counter()
        earlier = repeats.note(case.notice, case.choices.repeat_minutes)
        judged = decide(case.notice, Context(True, earlier, _SURE, count), case.choices)
        took.append(1000.0 * (time.perf_counter() - begun))
        held[case.kind] += judged.decision is not Decision.PASS
    return +held, took
