"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

DAY = "A date alone is the beginning of its day."

EARLIEST, LATEST = 1e8, 1e11
"""Seconds since 1970: less is a year or a date that was written without dashes, more are milliseconds."""


def vault(command: Command) -> Command:
    """``--vault DIR``."""
    return click.option(
        "--vault",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the memories, instead of the usual one.",
    )(command)


def as_json(command: Command) -> Command:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")(command)


def agreed(question: str, *, yes: bool) -> bool:
    """Whether the person wants it; raises `click.UsageError` where nobody can be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question} There is no terminal to ask you: say --yes if you mean it.")
    return click.confirm(question, err=True)


def in_order(since: float | None, until: float | None) -> None:
    """Raise `click.UsageError` where a time ends before it begins."""
    if since is not None and until is not None and until <= since:
        raise click.UsageError(f"--until must be later than --since. {DAY}")


class Moment(click.ParamType[float]):
    """A time: ``2026-03-02``, ``2026-03-02 10:40`` (local), ISO 8601 with a zone, or seconds since 1970."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return UTC seconds since 1970."""
        found = date if (date := _date(value)) is not None else _seconds(value)
        if found is None:
            self.fail(f"{value!r} is no time: write 2026-03-02, '2026-03-02 10:40' or seconds since 1970.", param, ctx)
        return found


def _date(written: str) -> float | None:
    try:
        time = datetime.fromisoformat(written)
        return (time if time.tzinfo else time.astimezone()).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):  # no date, or one that the calendar cannot move to another zone
        return None


def _seconds(written: str) -> float | None:
    try:
        seconds = float(written)
    except ValueError:
        return None
    return seconds if seconds == 0.0 or EARLIEST <= seconds < LATEST else None


NUMBER = click.IntRange(1, 2**63 - 1)
"""Of a moment or a session, as the database numbers them."""
