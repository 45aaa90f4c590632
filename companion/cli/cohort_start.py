"""``companion cohort-start``: train what every new person starts with."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

import click

from companion.cli.codes import DONE
from companion.learning import cohort

SHIPPED = Path(str(resources.files("embeddings"))) / "weights"


@click.command()
@click.option(
    "--data",
    "folders",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    required=True,
    help="Folder of a BIDS-EEG set; may be given several times.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=SHIPPED,
    help="Where weights and card go; the ones that come with the program are replaced where none is named.",
)
def command(folders: tuple[Path, ...], out: Path) -> int:
    """Train the start from public BIDS sets: the same sets give the same weights."""
    _check_writable(out)
    card = cohort.train(folders, out, say=lambda line: click.echo(line, err=True))
    click.echo(f"Written: {card}")
    return DONE


def _check_writable(out: Path) -> None:
    """Refuse a folder that cannot be written before minutes are spent on what goes there."""
    there = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise click.UsageError(f"{there} cannot be written. Name a folder of yours with --out.")
