"""What was held and what passed, as lines of a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from companion.notices.types import Decision, Judged, Notice
from ui import wording

if TYPE_CHECKING:
    from companion.notices.digest import Digest, FromProgram, FromSender
    from index.notices import HeldNotice

NO_WORDS = "without words"
MOST_OF_DAY = 1000
OLDER = "Older ones stand in their digests"


class Kind(Enum):
    """What a line is: a heading, one below it, or a notification."""

    PROGRAM = auto()
    SENDER = auto()
    NOTICE = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes
    ----------
    number
        The notification's own; 0 in headings.
    title, about, body, why
        What it says; what its program and time are, or how many; what else it says; why it was held or passed.
    held
        Whether it can be opened.

    """

    kind: Kind
    title: str
    about: str
    number: int = 0
    body: str = ""
    why: str = ""
    held: bool = False

    @property
    def spoken(self) -> str:
        """All of it, for a screen reader and for who points at it."""
        parts = (part.rstrip(".") for part in (self.title, self.about, self.body, self.why) if part)
        return f"{'. '.join(parts)}."


def of_digest(digest: Digest, now: float) -> tuple[Line, ...]:
    """Return a digest by program and sender; ``now`` is UTC seconds."""
    return tuple(line for program in digest.programs for line in _program(program, now))


def of_day(held: Sequence[HeldNotice], judged: Iterable[Judged], now: float) -> tuple[Line, ...]:
    """Return what was held and, of what was judged, what passed during focus; newest first, `MOST_OF_DAY` at most."""
    from companion.notices.gate import NO_FOCUS  # loaded already where anything was judged

    held_numbers = {one.number for one in held}
    passed = [
        one
        for one in judged
        if one.decision is Decision.PASS and one.rule != NO_FOCUS and one.notice.number not in held_numbers
    ]
    some: list[tuple[float, int, HeldNotice | Judged]] = [(one.time, one.number, one) for one in held]
    some += [(one.notice.time, one.notice.number, one) for one in passed]
    some.sort(key=lambda each: each[:2], reverse=True)
    lines = tuple(
        _passed(one, now) if isinstance(one, Judged) else _held(one, now, app=True) for _, _, one in some[:MOST_OF_DAY]
    )
    left = len(some) - len(lines)
    return (*lines, Line(Kind.PROGRAM, OLDER, _count(left))) if left else lines


def _program(program: FromProgram, now: float) -> Iterator[Line]:
    yield Line(Kind.PROGRAM, _app(program.app), _count(program.count))
    for sender in program.senders:
        yield from _sender(sender, now)


def _sender(sender: FromSender, now: float) -> Iterator[Line]:
    together = len(sender.notices) > 1
    if together:
        yield Line(Kind.SENDER, _plain(sender.sender) or NO_WORDS, _count(len(sender.notices)))
    for one in sender.notices:
        line = _held(one, now, app=False)
        yield replace(line, title=line.body, body="") if together and line.body else line


def _held(one: HeldNotice, now: float, *, app: bool) -> Line:
    taken_back = "taken back by its program" if one.withdrawn else ""
    about = _joined(_app(one.app or one.desktop_entry) if app else "", wording.when(one.time, now), taken_back)
    return Line(Kind.NOTICE, _plain(one.summary) or NO_WORDS, about, one.number, _plain(one.body), one.why, held=True)


def _passed(judged: Judged, now: float) -> Line:
    one: Notice = judged.notice
    about = _joined(_app(one.app or one.desktop_entry), wording.when(one.time, now))
    return Line(Kind.NOTICE, _plain(one.summary) or NO_WORDS, about, one.number, _plain(one.body), judged.why)


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _app(name: str) -> str:
    return wording.app_name(name) or "A program without a name"


def _count(number: int) -> str:
    return wording.count(number, "notification", "notifications")


def _plain(text: str) -> str:
    return " ".join(text.split())
