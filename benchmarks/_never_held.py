"""Notifications that may never be held, made at random, and what they are surrounded by."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from companion.notices.calls import ALARM_ENTRIES, ALARM_NAMES, CALL_WORDS
from companion.notices.rules import Choices, OwnRule
from companion.notices.types import CRITICAL, Decision, Notice

_WORDS = tuple(
    "lunch meeting invoice build failed sale tomorrow photo update ready Ада 数据 café Straße naïve läuft commande 50% "  # noqa: SIM905
    "https://example.org/a?b=c <b>bold</b> &amp; 12:30 2026-03-04 €19.99 #team @ada — … \u200b 😀 null -1".split()
)
_CODE_SENTENCES = (
    "Your verification code is {0}",
    "{0} is your login code",
    "OTP: {0}",
    "Ihr Sicherheitscode lautet {0}",
    "Votre code de confirmation : {0}",
    "Tu código de verificación es {0}",
    "Seu código é {0}",
    "Il tuo codice di verifica è {0}",
    "Je verificatiecode is {0}",
    "Twój kod: {0}",
    "Din kod är {0}",
    "Ваш код: {0}",
    "验证码 {0}",
    "認証コード {0}",
    "인증번호 {0}",
)
HALF = 0.5
_CATEGORIES = ("", "", "", "im.received", "email.arrived", "device", "transfer.complete", "network")
_CALLS = ("call", "call.incoming", "call.unanswered", "call.ended", "x-gnome.call", "Call.Incoming")
_NAMES = ("Ada", "Bo Li", "Zoë", "Ирина", "山田", "Müller & Söhne")


@dataclass(frozen=True, slots=True)
class Case:
    """A notice, what the person chose, and how many of its sender came before."""

    kind: str
    notice: Notice
    choices: Choices
    earlier: int


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
        return Case("critical", replace(one, urgency=CRITICAL + self._random.randrange(3)), Choices(pass_above=1.0), 0)

    def _call(self, one: Notice) -> Case:
        return Case("call", replace(one, category=self._random.choice(_CALLS)), Choices(pass_above=1.0), 0)

    def _called(self, one: Notice) -> Case:
        words = self._random.choice(CALL_WORDS)
        words = words.upper() if words.upper().casefold() == words else words
        where = (
            {"summary": f"{one.summary} {words}"} if self._random.random() < HALF else {"body": f"{words} {one.body}"}
        )
        return Case("words of a call", replace(one, **where), Choices(pass_above=1.0), 0)

    def _alarm(self, one: Notice) -> Case:
        name = self._random.choice(sorted(ALARM_NAMES | ALARM_ENTRIES))
        where = {"desktop_entry": name} if name in ALARM_ENTRIES else {"app": name.title() if name.isascii() else name}
        return Case("alarm", replace(one, **where), Choices(pass_above=1.0), 0)

    def _starred_program(self, one: Notice) -> Case:
        starred = self._random.choice(
            [one.app.upper() if one.app.upper().casefold() == one.app.casefold() else one.app]
        )
        return Case("starred program", one, replace(Choices(pass_above=1.0), starred_apps=("other", starred)), 0)

    def _starred_person(self, one: Notice) -> Case:
        name = self._random.choice(_NAMES)
        where = (
            {"summary": f"{name} ({self.made})"} if self._random.random() < HALF else {"body": f"{name}: {one.body}"}
        )
        return Case("starred person", replace(one, **where), replace(Choices(pass_above=1.0), starred_people=_NAMES), 0)

    def _code(self, one: Notice) -> Case:
        digits = self._random.randrange(4, 9)
        number = f"{self._random.randrange(10 ** (digits - 1), 10**digits)}"
        said = self._random.choice(_CODE_SENTENCES).format(number)
        where = {"summary": said} if self._random.random() < HALF else {"body": said}
        return Case("security code", replace(one, **where), Choices(pass_above=1.0), 0)

    def _repeat(self, one: Notice) -> Case:
        return Case("repeat", one, Choices(pass_above=1.0), 1 + self._random.randrange(3))

    def _own_rule(self, one: Notice) -> Case:
        rules = (OwnRule(Decision.PASS, app=one.app), *self._holding(one))
        return Case("own rule", one, Choices(rules=rules, pass_above=1.0), 0)
