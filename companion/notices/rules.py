"""What is decided before any model: what is never held, and what the person ruled themselves. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from companion.notices.calls import is_alarm, is_call
from companion.notices.features import folded
from companion.notices.security_codes import holds_code
from companion.notices.types import CRITICAL, Decision, Notice

REPEATS, REPEAT_MINUTES = 2, 3.0
MOST_TITLE, MOST_NAME = 6, 200  # characters
#: A name of two characters or more in a script whose words stand without gaps, or whose titles follow names at once.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{2,}")
PASS_ABOVE, DIGEST_BELOW = 0.5, 0.05
_OF_ANY = frozenset({"desktop", "client", "app"})  # last words of desktop entries that name no program
_DESKTOP = re.compile(r"[ _-]desktop$")


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A rule of the person's; all that it names has to hold, without case. One that names nothing holds of nothing.

    Attributes
    ----------
    app
        The program, by its name or its desktop entry.
    sender
        Words of the summary, where chats put who writes.
    words
        Words anywhere in it.

    """

    decision: Decision
    app: str = ""
    sender: str = ""
    words: str = ""

    def holds(self, of: frozenset[str], summary: str, body: str) -> bool:
        """Whether the rule is about a notice of a program with these names, whose summary and body are folded."""
        app, sender, words = folded(self.app), folded(self.sender), folded(self.words)
        if not (app or sender or words):
            return False
        return (
            (not app or app in of) and (not sender or sender in summary) and (not words or words in f"{summary} {body}")
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person chose.

    Attributes
    ----------
    starred_apps
        Programs whose notifications always pass, by name or desktop entry.
    starred_people
        Names; a notification passes whose summary has one in it as whole words, or whose body begins with one. In
        scripts that write no gaps between words, something may follow at once.
    rules
        The first that holds counts.
    repeats, repeat_minutes
        So many notifications of the same sender within so many minutes pass, the last of them.
    exclude_apps
        Programs of whose notifications no word is kept, by any of their names.
    pass_above, digest_below
        From which probability on the model lets one through; below which it is counted in the digest alone.

    """

    starred_apps: tuple[str, ...] = ()
    starred_people: tuple[str, ...] = ()
    rules: tuple[OwnRule, ...] = ()
    repeats: int = REPEATS
    repeat_minutes: float = REPEAT_MINUTES
    exclude_apps: tuple[str, ...] = ()
    pass_above: float = PASS_ABOVE
    digest_below: float = DIGEST_BELOW


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule that decided: its name, and why in words that follow "because"."""

    decision: Decision
    rule: str
    because: str


def ruled(notice: Notice, choices: Choices, earlier: int) -> Ruled | None:
    """Return what the rules decide, None where they leave it to the model.

    ``earlier`` is how many notices of the same sender came within the minutes before. The person's own rules come
    before repeats, as they say what is wanted of this sender; nothing comes before the others.
    """
    for name, is_so, because in _NEVER_HELD:
        if is_so(notice, choices):
            return Ruled(Decision.PASS, name, because)
    about = (programs(notice), folded(notice.summary), folded(notice.body)) if choices.rules else (frozenset(), "", "")
    for number, rule in enumerate(choices.rules, 1):
        if rule.holds(*about):
            return Ruled(rule.decision, f"own rule {number}", f"your rule {number} says so")
    if choices.repeats > 1 and earlier >= choices.repeats - 1:
        return Ruled(Decision.PASS, "repeat", "the same sender tries again within minutes")
    return None


def programs(notice: Notice) -> frozenset[str]:
    """Return by which names a notice's program is known, in lower case.

    Of ``org.telegram.desktop`` the last word says nothing: it is known as *telegram*, as is *Telegram Desktop*.
    """
    app, entry = folded(notice.app), folded(notice.desktop_entry)
    parts = entry.split(".")
    while len(parts) > 1 and parts[-1] in _OF_ANY:
        parts.pop()
    names = {app, entry, parts[-1]}
    return frozenset((names | {_DESKTOP.sub("", name) for name in names}) - {""})


def _critical(notice: Notice, _: Choices) -> bool:
    return notice.urgency >= CRITICAL


def _call(notice: Notice, _: Choices) -> bool:
    return is_call(notice)


def _alarm(notice: Notice, _: Choices) -> bool:
    return is_alarm(notice)


def _starred_app(notice: Notice, choices: Choices) -> bool:
    return not programs(notice).isdisjoint(map(folded, choices.starred_apps))


def _starred_person(notice: Notice, choices: Choices) -> bool:
    summary, body = _spaced(notice.summary), _spaced(notice.body[:MOST_NAME])
    return any(_names(_spaced(name), summary, body) for name in choices.starred_people if folded(name))


def _names(name: str, summary: str, body: str) -> bool:
    """Whether a name stands in a summary, or a body begins with it."""
    bare = name.strip()
    if _UNSPACED.fullmatch(bare):  # a title may stand before it or after it
        return bare in summary or bare in body[: len(bare) + MOST_TITLE]
    return name in summary or body.startswith(name)


def _code(notice: Notice, _: Choices) -> bool:
    return holds_code(notice.summary, notice.body)


def _spaced(text: str) -> str:
    """Return a text in lower case whose words stand between single spaces, signs left out."""
    return f" {' '.join(''.join(one if one.isalnum() else ' ' for one in folded(text)).split())} "


_NEVER_HELD: tuple[tuple[str, Callable[[Notice, Choices], bool], str], ...] = (
    ("critical", _critical, "its program marked it critical"),
    ("call", _call, "it is a call"),
    ("alarm", _alarm, "it is an alarm"),
    ("starred program", _starred_app, "you starred its program"),
    ("starred person", _starred_person, "you starred who it is from"),
    ("security code", _code, "it holds a security code"),
)
