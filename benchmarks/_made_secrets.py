"""Made-up secrets as their issuers' documentation describes them, and the places on a screen where they are seen.

Nothing here is real: every character is drawn. What is drawn follows what issuers write of their formats (and the
check digits of standards), not the rules that look for it; where a format is a range of lengths, the range is drawn.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from _secret_forms import FORMS
from _secret_kinds import OTHERS
from _secret_parts import Kind
from _secret_services import SERVICES

KINDS = SERVICES + OTHERS + FORMS


@dataclass(frozen=True)
class Made:
    """A secret in its surroundings: ``text[start:end]``."""

    kind: str
    surroundings: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Drawn:
    """A secret and what its surroundings are drawn with."""

    rng: random.Random
    kind: Kind
    secret: str


def terminal(drawn: Drawn) -> tuple[str, str]:
    name = drawn.rng.choice(drawn.kind.variable)
    quote = drawn.rng.choice(["'", '"']) if not drawn.secret.isalnum() else drawn.rng.choice(["", "'", '"'])
    return drawn.rng.choice(
        [
            (f"bob@host:~$ export {name}={quote}", f"{quote}\nbob@host:~$ ls -la\ntotal 48\n"),
            (f"$ env | grep -i {name[:3].lower()}\n{name}=", "\nPATH=/usr/bin:/bin\n$ "),
            (f'> $env:{name} = "', '"\n> npm run build\n'),
        ]
    )


def settings(drawn: Drawn) -> tuple[str, str]:
    quote, gap = drawn.rng.choice(["", "", '"', "'"]), drawn.rng.choice(["", "", " "])
    quote = '"' if " " in drawn.secret else quote
    return (
        f"DEBUG=0\nHOST=localhost\n{drawn.rng.choice(drawn.kind.variable)}{gap}={gap}{quote}",
        f"{quote}\nPORT=8080\n",
    )


def as_json(drawn: Drawn) -> tuple[str, str]:
    gap = drawn.rng.choice(["", " "])
    return f'{{"id": 17, "{drawn.rng.choice(drawn.kind.variable)}":{gap}"', '", "active": true}'


def chat(drawn: Drawn) -> tuple[str, str]:
    name = drawn.rng.choice(drawn.kind.spoken)
    return drawn.rng.choice(
        [
            (f"Anna 10:42\nhey, can you send me the thing?\nBob 10:43\nsure, {name}: ", "\nAnna 10:44\nthanks!\n"),
            (f"Bob 09:01\n{name} is ", "\nplease delete it after\n"),
            (f"here is {name} -> ", " (don't share)\n"),
        ]
    )


def form(drawn: Drawn) -> tuple[str, str]:
    label = drawn.rng.choice(drawn.kind.label).rstrip(":")
    return (
        f"Sign in\nE-mail: bob@example.org\n{label}{drawn.rng.choice([': ', ':  ', ' : ', chr(10)])}",
        "\nRemember me   Cancel   Continue\n",
    )


def sentence(drawn: Drawn) -> tuple[str, str]:
    name = drawn.rng.choice(drawn.kind.spoken)
    verb = "ist" if name.startswith(("mein", "Ihr")) else "is"
    start, end = drawn.rng.choice([("", ""), ("", ""), ("“", "”")])
    return f"So before I forget it, {name} {verb} {start}", end + drawn.rng.choice(
        [".", ", write it down.", " and nothing else."]
    )


def table(drawn: Drawn) -> tuple[str, str]:
    label = drawn.rng.choice(drawn.kind.label).rstrip(":")
    return drawn.rng.choice(
        [
            (f"| Field | Value |\n|---|---|\n| User | bob |\n| {label} | ", " |\n| Host | db1 |\n"),
            (f"Name\tbob\n{label}\t", "\nCity\tBerlin\n"),
            (f"User        bob\n{label}    ", "\nHost        db1\n"),
            (f"Name  |  {label}\n------|-----------\nbob   |  ", "\n"),
        ]
    )


def bare(drawn: Drawn) -> tuple[str, str]:
    return drawn.rng.choice([("", ""), ("Copied to the clipboard\n", "\nClose\n"), ("- ", "\n- next\n")])


def block(drawn: Drawn) -> tuple[str, str]:
    name = drawn.rng.choice(drawn.kind.label)
    return drawn.rng.choice(
        [
            (f"$ cat notes.txt\n{name}\n", "\n$ "),
            (f"{name}:\n", "\n\nDone.\n"),
            (f"Keep these {name.lower()} safe\n\n", "\n"),
        ]
    )


def under(drawn: Drawn) -> tuple[str, str]:
    label = drawn.rng.choice(drawn.kind.label).rstrip("\n")
    return f"Sign in\nE-mail:\nbob@example.org\n{label}\n", "\nRemember me\nContinue\n"


Surroundings = Callable[[Drawn], tuple[str, str]]
ONE_LINE: tuple[Surroundings, ...] = (terminal, settings, as_json, chat, form, sentence, table)


def place(rng: random.Random, kind: Kind, surroundings: Surroundings) -> Made:
    """Make one secret and put it where it is seen."""
    secret = kind.make(rng)
    before, after = surroundings(Drawn(rng, kind, secret))
    core = re.fullmatch(kind.core, secret, re.DOTALL)
    if core is None:
        raise AssertionError(f"{kind.name} is not made as it says.")
    start, end = core.span(1)
    return Made(kind.name, surroundings.__name__, f"{before}{secret}{after}", len(before) + start, len(before) + end)


def made(rng: random.Random, count: int) -> Iterator[Made]:
    """Yield so many secrets, every kind in turn in each of its surroundings."""
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        places = _places(kind)
        yield place(rng, kind, places[number // len(KINDS) % len(places)])


def _places(kind: Kind) -> tuple[Surroundings, ...]:
    if kind.block or kind.form or kind.below:
        return (block,) if kind.block else (form,) if kind.form else (under,)
    return (*ONE_LINE, bare) if kind.bare else ONE_LINE
