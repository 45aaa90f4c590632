"""``companion export``: everything, or a part, in files that any program reads."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from companion.cli import opening, options
from companion.cli.bars import bars
from companion.cli.codes import DONE
from companion.cli.vault import root_of
from companion.wording import counted
from index.care.exporting import Wanted, export
from index.store import Store


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@options.vault
@options.as_json
@click.option("--since", type=options.Moment(), help="Moments and EEG from this time on.")
@click.option("--until", type=options.Moment(), help="Moments and EEG up to this time.")
@click.option("--app", default="", help="Moments of one program, and the EEG of their time alone.")
@click.option("--vectors", is_flag=True, help="The vectors too: many numbers for every moment.")
def command(
    folder: Path,
    *,
    vault: Path | None,
    as_json: bool,
    since: float | None,
    until: float | None,
    app: str,
    vectors: bool,
) -> int:
    """Write moments as JSON Lines, pictures as they are kept and EEG as BDF+ to FOLDER, which is new or empty.

    What is exported is NOT encrypted: whoever can read FOLDER can read it.
    """
    options.in_order(since, until)
    store = Store(opening.opened(root_of(vault)))
    click.echo(f"What is written to {folder} is not encrypted: keep it where nobody else can read it.", err=True)
    try:
        with bars() as progress:
            done = export(store, folder, Wanted(since, until, app, vectors), progress=progress)
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps({"folder": str(folder), **asdict(done)}))
        return DONE
    for sentence in done.skipped:
        click.echo(sentence, err=True)
    kept = counted(done.moments, "moment"), counted(done.pictures, "picture"), counted(done.recordings, "recording")
    click.echo(f"{kept[0]}, {kept[1]} and {kept[2]} of EEG are there.")
    return DONE
