"""``companion tag``: give a moment a name to find it by."""

from __future__ import annotations

from pathlib import Path

import click

from companion import settings as settings_file
from companion.cli import opening, options
from companion.cli.codes import DONE
from index import tagging
from index.writer import Writer


@click.command()
@click.argument("moment", type=options.NUMBER)
@click.argument("name")
@click.option("--remove", is_flag=True, help="Take the tag away instead.")
@options.vault
def command(moment: int, name: str, *, remove: bool, vault: Path | None) -> int:
    """Tag MOMENT (its number, as `companion recall` prints it) with NAME; find it again by `recall --tag NAME`."""
    opened = opening.opened_to_write(vault or settings_file.load().vault_path)
    opened.require()
    with Writer(opened) as writer:
        writer.do(tagging.remove if remove else tagging.add, moment, name).result()
    click.echo(f"{'Taken from' if remove else 'Given to'} moment {moment}: {tagging.tag_of(name)}")
    return DONE
