"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


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


class Moment(click.ParamType[float]):
    """A time: ``2026-03-02``, ``2026-03-02 10:40`` (local), ISO 8601 with a zone, or seconds since 1970."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return UTC seconds since 1970."""
        try:
            return float(value)
        except ValueError:
            pass  # then it is a date
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time: write 2026-03-02, '2026-03-02 10:40' or seconds since 1970.", param, ctx)
        return (time if time.tzinfo else time.astimezone()).astimezone(UTC).timestamp()
