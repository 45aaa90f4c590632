"""Hits as a table in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from companion.wording import clock_time, duration
from index.types import Hit


def hits_table(
    hits: Iterable[Hit], title: str | None = None, *, tags: Mapping[int, Sequence[str]] | None = None
) -> Table:
    """Return ranked hits with everything a person needs to choose one, at most two lines each in 80 columns."""
    table = Table(
        title=None if title is None else Text(title), title_justify="left", box=None, pad_edge=False, expand=True
    )
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("moment", justify="right", no_wrap=True)
    table.add_column("what, when", ratio=3)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("why", ratio=2)
    for rank, hit in enumerate(hits, 1):
        moment = hit.moment
        lasted = duration(moment.time_end - moment.time_start)
        what = Text(moment.title or "(no title)", style="bold", overflow="ellipsis", no_wrap=True)
        what.append(
            f"\n{moment.app or '(unknown program)'} · {clock_time(moment.time_start)} · {lasted}", style="not bold dim"
        )
        why = Text(hit.reason)
        for tag in (tags or {}).get(moment.id, ()):
            why.append(f" #{tag}", style="cyan")
        table.add_row(str(rank), str(moment.id), what, f"{hit.score:.2f}", why)
    return table
