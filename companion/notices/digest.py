"""The one message after focus: what was held, by program and sender, newest first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from companion.notices.types import Decision
from companion.wording import counted
from index.notices import HeldNotice

MOST_LINES, MOST_NAMES = 6, 3  # of the message on the desktop
NO_WORDS = "without words"


@dataclass(frozen=True, slots=True)
class FromSender:
    """What one sender of a program sent, newest first."""

    sender: str
    notices: tuple[HeldNotice, ...]


@dataclass(frozen=True, slots=True)
class FromProgram:
    """What one program sent, by sender, the newest sender first."""

    app: str
    senders: tuple[FromSender, ...]

    @property
    def count(self) -> int:
        """How many notices."""
        return sum(len(one.notices) for one in self.senders)


@dataclass(frozen=True, slots=True)
class Digest:
    """What was held, in one piece.

    Attributes
    ----------
    number
        Its own, rising.
    programs
        The one heard of last comes first.

    """

    number: int
    programs: tuple[FromProgram, ...]

    @property
    def count(self) -> int:
        """How many notices."""
        return sum(program.count for program in self.programs)

    @property
    def notices(self) -> tuple[HeldNotice, ...]:
        """All notices, newest first."""
        found = [one for program in self.programs for sender in program.senders for one in sender.notices]
        return tuple(sorted(found, key=_newest))

    @property
    def summary(self) -> str:
        """The message's title."""
        return f"While you were focused: {counted(self.count, 'notification')}"

    @property
    def body(self) -> str:
        """The message's text: who sent what is to be named, and how much else there was."""
        lines = [(line, _named(program)) for program in self.programs if (line := _line(program))][:MOST_LINES]
        rest = self.count - sum(count for _, count in lines)
        other = [f"{'and ' if lines else ''}{counted(rest, 'other')}"] if rest else []
        return "\n".join([*(line for line, _ in lines), *other])


def digest(number: int, notices: Sequence[HeldNotice]) -> Digest:
    """Return some notices as a digest."""
    by_app: dict[str, dict[str, list[HeldNotice]]] = {}
    for one in sorted(notices, key=_newest):
        by_app.setdefault(one.app or one.desktop_entry, {}).setdefault(one.summary, []).append(one)
    programs = [
        FromProgram(app, tuple(FromSender(name, tuple(some)) for name, some in senders.items()))
        for app, senders in by_app.items()
    ]
    return Digest(number, tuple(programs))


def _line(program: FromProgram) -> str:
    """Return a program with whom of it is to be named; empty where nobody is."""
    names = [(one.sender, sum(map(_is_named, one.notices))) for one in program.senders]
    named = [f"{name or NO_WORDS} ({count})" if count > 1 else name or NO_WORDS for name, count in names if count]
    if not named:
        return ""
    more = f" and {len(named) - MOST_NAMES} more" if len(named) > MOST_NAMES else ""
    return f"{program.app}: {', '.join(named[:MOST_NAMES])}{more}"


def _named(program: FromProgram) -> int:
    return sum(_is_named(one) for sender in program.senders for one in sender.notices)


def _is_named(one: HeldNotice) -> bool:
    return one.decision == Decision.HOLD


def _newest(one: HeldNotice) -> tuple[float, int]:
    return -one.time, -one.number
