"""``companion vault verify`` and ``rebuild``."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import click

from companion.cli import opening, options
from companion.cli.bars import bars
from companion.cli.codes import DONE, NO
from companion.cli.vault import root_of
from index.care.rebuilding import rebuild as mend
from index.care.verifying import Verified
from index.care.verifying import verify as look


@click.command()
@options.vault
@options.as_json
def verify(vault: Path | None, as_json: bool) -> int:
    """Read every byte of the vault and say what is damaged, gone or left over, and how each is mended.

    Exits 1 when anything is. Nothing is changed.
    """
    place = opening.opened(root_of(vault))
    with bars() as progress:
        found = look(place, progress=progress)
    if as_json:
        told = {"checked": found.checked, "problems": list(map(asdict, found.problems)), "left_out": found.left_out}
        click.echo(json.dumps({"clean": found.clean, **told}))
    else:
        _tell(found)
    return DONE if found.clean else NO


@click.command()
@options.vault
@options.as_json
def rebuild(vault: Path | None, as_json: bool) -> int:
    """Make full text and vectors anew, and let go of what cannot be read any more, each named.

    A damaged database is replaced by a new one of all rows that can be read.
    """
    place = opening.opened(root_of(vault))
    with bars() as progress:
        done = mend(place, time=time.time(), progress=progress)
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        for sentence in (*done.made, *done.lost):
            click.echo(sentence)
        if not done.lost:
            click.echo("Nothing was lost.")
    return DONE


def _tell(found: Verified) -> None:
    click.echo(", ".join(f"{count} {part}" for part, count in found.checked.items()) + " looked at.")
    for problem in found.problems:
        click.echo(f"{problem.part}: {problem.what} {problem.mend}")
    for sentence in found.left_out:
        click.echo(sentence)
    click.echo("Everything is whole." if found.clean else f"{len(found.problems)} problem(s).")
