"""``companion train``: learn what this person's EEG tells of what was on screen, and say whether it tells anything."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from companion import settings as settings_file
from companion.cli import opening, options
from companion.cli.codes import DONE, NO
from companion.cli.here import Here
from companion.jobs.fill import work_off
from companion.jobs.tasks import EncoderTasks
from companion.learning import background as learning
from companion.learning import round as learning_round
from companion.learning.plan import Place
from companion.learning.shared import SharedStep
from companion.learning.wording import verdict
from index import mappings
from index.mappings import Version
from index.store import Store
from index.types import Job
from index.writer import Writer


@click.command()
@options.vault
@options.as_json
@click.option("--now", is_flag=True, help="Learn although little has come since the last time.")
def command(vault: Path | None, as_json: bool, now: bool) -> int:
    """Learn from your own moments with EEG, judge it on later ones, and use it if it is better than what is in use.

    Exits 1 when nothing was adopted. What was ended in its midst goes on where it was.
    """
    place = opening.opened_to_write(vault or settings_file.load().vault_path)
    with Writer(place) as writer:
        store = Store(place)
        try:
            if mappings.coming(store) is not None:
                _encode_with_bar(store, writer)  # a new version is compared with what is in use
            waits = "" if Place(place).begun else learning.waits_for(learning.known(store), time.time())
            version = None if waits and not now else _learn(store, writer)
            _say(version, waits, as_json=as_json)
        finally:
            store.close()
    return DONE if version is not None and version.learned.adopted else NO


def _learn(store: Store, writer: Writer) -> Version:
    """Do a round with a progress bar, and encode the past anew where it was adopted."""
    with _bars() as progress:
        bar = progress.add_task("learning", total=1.0)
        done = learning_round.learn(store, time.time(), lambda share, _what: progress.update(bar, completed=share))
        version = learning.keep(store, writer, done, time.time())
        if version.learned.adopted:
            _encode(store, writer, progress)
    return version


def _bars() -> Progress:
    share = TextColumn("{task.percentage:>3.0f} %")
    columns = TextColumn("{task.description}"), BarColumn(), share, TimeRemainingColumn()
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _encode_with_bar(store: Store, writer: Writer) -> None:
    with _bars() as progress:
        _encode(store, writer, progress)


def _encode(store: Store, writer: Writer, progress: Progress) -> None:
    """Give every moment its vectors in the new spaces."""
    step = SharedStep(store=store, writer=writer, encoder=Here(EncoderTasks()), clock=time.time)
    total = store.backlog().get(Job.SHARED, 0)
    bar = progress.add_task("encoding the past anew", total=total)
    while waiting := store.waiting(Job.SHARED, step.batch):
        work_off(step, waiting, writer=writer, on_incident=lambda what: progress.console.print(what, markup=False))
        progress.update(bar, completed=total - store.backlog().get(Job.SHARED, 0))
    step.serve()  # the last ones may have been set aside


def _say(version: Version | None, waits: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"waits_for": waits, "version": None if version is None else as_record(version)}))
    elif version is None:
        print(f"Nothing new to learn yet. {waits} `companion train --now` learns all the same.")
    else:
        print(verdict(version.learned))


def as_record(version: Version) -> dict[str, object]:
    """Return a round of learning as ``--json`` prints it, without what encodes."""
    figures = {name: value for name, value in asdict(version.learned).items() if name not in {"data", "spread"}}
    return {"version": version.version, "made_at": version.made_at, "state": version.state, **figures}
