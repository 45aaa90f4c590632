"""Scripted behaviour: what hands and attention do second by second, made up here and the same for every seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from companion.capture.types import Trigger
from companion.focus.behaviour import Behaviour, Habits

Script = Callable[[Behaviour, int, random.Random], None]  # tells what happened in one second

EDITOR, TOOL, READER, MAIL, BROWSER = "code", "mytool", "org.gnome.Evince", "thunderbird", "firefox"
MANUAL, FEED = "https://docs.python.org/3/", "https://www.reddit.com/"
CLICK, KEY, SCROLL = Trigger.CLICKED, Trigger.TYPED, Trigger.SCROLLED


def _types(told: Behaviour, second: int, rng: random.Random, interval: float) -> None:
    at = second + rng.random() * interval
    while at < second + 1.0:
        told.happened(KEY, at)
        at += interval * max(0.4, rng.gauss(1.0, 0.35))


def coding(told: Behaviour, second: int, rng: random.Random) -> None:
    """Bursts of typing in an editor, a look at the manual every two minutes or so."""
    phase = second % 120
    if phase in (0, 100):
        told.window(EDITOR, "", float(second))
    if phase == 88 and rng.random() < 0.8:  # noqa: PLR2004 of two minutes
        told.window(BROWSER, MANUAL, float(second))
    if phase < 80 and phase % 20 < 12:  # noqa: PLR2004 of two minutes
        _types(told, second, rng, 0.22)


def reading(told: Behaviour, second: int, rng: random.Random) -> None:
    """One long document, scrolled now and then."""
    if second == 0:
        told.window(READER, "", 0.0)
    if rng.random() < 1 / 25:
        told.happened(SCROLL, second + 0.5, 3)


def unknown(told: Behaviour, second: int, rng: random.Random) -> None:
    """Typing on and off in a program that is not known, with other windows between."""
    if second % 90 == 0:
        told.window(rng.choice((TOOL, TOOL, TOOL, "other", "another")), "", float(second))
    if second % 30 < 10:  # noqa: PLR2004 seconds
        _types(told, second, rng, 0.3)


def browsing(told: Behaviour, second: int, rng: random.Random) -> None:
    """Pages of sites that are not known, one after the other."""
    if second % 60 == 0:
        told.window(BROWSER, f"https://{rng.choice('abcd')}.example/", float(second))
    if rng.random() < 1 / 12:
        told.happened(SCROLL, second + 0.5, 3)


def mailing(told: Behaviour, second: int, rng: random.Random) -> None:
    """Mail, feeds and short answers."""
    if second % 25 == 0:
        app, url = rng.choice([(MAIL, ""), (MAIL, ""), ("slack", ""), (BROWSER, FEED)])
        told.window(app, url, float(second))
        told.happened(CLICK, second + 0.1)
    if second % 25 < 10:  # noqa: PLR2004 seconds
        _types(told, second, rng, 0.35)


def played(script: Script, seconds: int, seed: int) -> list[tuple[Habits, ...] | None]:
    """Return what is known of habits at each second of a script."""
    told, rng = Behaviour(), random.Random(seed)  # noqa: S311 made-up behaviour
    found = []
    for second in range(seconds):
        script(told, second, rng)
        found.append(told.habits(second + 1.0))
    return found


class Played:
    """Stands in for `Behaviour`: habits that were worked out before, for many people at once."""

    app = ""

    def __init__(self, habits: Sequence[tuple[Habits, ...] | None]) -> None:
        self._left: Iterator[tuple[Habits, ...] | None] = iter(habits)

    def idle(self, seconds: float | None, time: float) -> None:
        """Nobody is ever away here."""

    def untouched(self, _time: float) -> float | None:
        return 0.0

    def habits(self, _now: float) -> tuple[Habits, ...] | None:
        return next(self._left)
