"""``companion feedback``: what the vault keeps of neurofeedback."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from companion import control
from companion.cli import opening, options
from companion.cli.codes import DONE, NO
from companion.cli.vault import root_of
from companion.control import ControlError, NobodyError
from companion.feedback import requests
from companion.feedback.protocols import PROTOCOLS, named
from companion.wording import clock_time, counted, duration

if TYPE_CHECKING:
    from companion.feedback.reported import Report
    from index.store import Store
    from index.trainings import Training
    from index.writer import Writer

NOT_ENCRYPTED = "{} is written. It is NOT encrypted: whoever can read it reads how you trained."


@click.command("list")
@options.vault
@options.as_json
def sessions(vault: Path | None, *, as_json: bool) -> int:
    """List the sessions that are kept, newest first."""
    from index import trainings

    with _read(vault) as store:
        found = trainings.all_of(store)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return DONE
    for one in found:
        click.echo(_told(one))
    if not found:
        click.echo("No session is kept.")
    return DONE


@click.command()
@click.argument("number", type=options.NUMBER)
@options.vault
@options.as_json
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page with plots instead.")
def report(number: int, *, vault: Path | None, as_json: bool, html: Path | None) -> int:
    """Tell what session NUMBER came to: figures with intervals, and the items of the CRED-nf checklist."""
    from companion.feedback import report as reports

    with _read(vault) as store:
        found = reports.of(store, number)
    if html is not None:
        from companion.feedback import page
        from index.replacing import replace_file

        replace_file(html, page.html(found).encode())
        click.echo(NOT_ENCRYPTED.format(html), err=True)
    if as_json:
        click.echo(json.dumps(_record(found)))
    elif html is None:
        _say(found)
    return DONE


@click.command()
@click.argument("protocol", type=click.Choice([protocol.name for protocol in PROTOCOLS]))
@options.vault
@options.as_json
def progress(protocol: str, *, vault: Path | None, as_json: bool) -> int:
    """Tell how PROTOCOL went over weeks, with intervals."""
    from companion.feedback import page
    from companion.feedback import progress as over_weeks

    with _read(vault) as store:
        found = over_weeks.of(store, protocol)
    if as_json:
        click.echo(json.dumps({name: value for name, value in asdict(found).items() if name != "picture"}))
        return DONE
    for week in found.weeks:
        click.echo(f"Week {week.number}: {counted(week.sessions, 'session')}, {page.interval(week.value)}")
    if found.against_sham is not None:
        click.echo(f"Against sessions with a replay: {page.interval(found.against_sham)}")
    click.echo(found.sentence)
    return DONE


@click.command()
@click.argument("number", type=options.NUMBER)
@click.argument("item")
@click.argument("text")
@options.vault
def answer(number: int, item: str, text: str, *, vault: Path | None) -> int:
    """Answer ITEM of the checklist (such as 3c; `guess`: what you think was shown) of session NUMBER with TEXT."""

    def here(writer: Writer, _store: Store) -> str:
        from companion.feedback import kept

        kept.answer(writer, number, {item: text})
        return "Noted."

    return _done(vault, here, ask="answer", number=str(number), item=item, text=text)


@click.command()
@click.argument("number", type=options.NUMBER)
@options.vault
@options.as_json
def unblind(number: int, *, vault: Path | None, as_json: bool) -> int:
    """Tell whether a replay was shown in the blind session NUMBER. This cannot be taken back: answer `guess` first."""

    def here(writer: Writer, store: Store) -> str:
        from companion.feedback import kept

        drawn = kept.unblind(writer, store, number, time=time.time())
        return json.dumps({"sham": None if drawn is None else drawn.sham})

    return _done(vault, here, str if as_json else _unblinded, ask="unblind", number=str(number))


@click.command()
@click.argument("number", type=options.NUMBER)
@options.vault
def forget(number: int, *, vault: Path | None) -> int:
    """Forget session NUMBER for good; its EEG is forgotten by `companion forget`."""

    def here(writer: Writer, _store: Store) -> str:
        from index import trainings

        writer.do(trainings.forget, number).result()
        return f"Training {number} is forgotten."

    return _done(vault, here, ask="forget", number=str(number))


COMMANDS = (sessions, report, progress, answer, unblind, forget)


def known_alpha(vault: Path | None, *, as_json: bool) -> int:
    """Say what is known of the person's own alpha frequency."""
    from index import alpha

    with _read(vault) as store:
        kept = alpha.newest(store)
    if as_json:
        click.echo(json.dumps(None if kept is None else asdict(kept)))
    elif kept is None:
        click.echo("It is not known. `companion feedback alpha --seek` looks for it while the headset is on.")
    else:
        click.echo(f"{kept.found['sentence']} Found {clock_time(kept.time_end)}.")
    return DONE if kept is not None else NO


@contextmanager
def _read(vault: Path | None) -> Iterator[Store]:
    from index.store import Store

    with closing(Store(opening.opened(root_of(vault)))) as store:
        yield store


def _done(
    vault: Path | None,
    here: Callable[[Writer, Store], str],
    show: Callable[[str], str] = str,
    **request: str,
) -> int:
    """Have it done by the program that runs or, where none does, here; show what that told."""
    from index.store import Store
    from index.writer import Writer

    root = root_of(vault)
    try:
        told = control.ask(root, do=requests.WHAT, **request)
    except NobodyError:
        opened = opening.opened_to_write(root)
        opened.require()
        with Writer(opened) as writer, closing(Store(opened)) as store:
            told = here(writer, store)
    except ControlError as error:
        click.echo(str(error), err=True)
        return NO
    click.echo(show(told))
    return DONE


def _unblinded(told: str) -> str:
    sham = json.loads(told)["sham"]
    if sham is None:
        return "Nothing was drawn: it was your own signal, and you knew it."
    return "A replay was shown." if sham else "Your own signal was shown."


def _told(training: Training) -> str:
    from companion.feedback import comparable

    lasted = duration(training.time_end - training.time_start)
    note = comparable.made_up(training)
    no_head = f" On no head: {note}." if note else ""
    blind = " Blind." if training.sealed else ""
    open_now = " It still runs." if training.open else ""
    title = named(training.protocol).title
    return f"{training.id}: {title}, {clock_time(training.time_start)}, {lasted}.{blind}{no_head}{open_now}"


def _say(found: Report) -> None:
    from companion.feedback import page

    for sentence in found.sentences:
        click.echo(sentence)
    for block in found.blocks:
        value = "" if block.value is None else f", value {page.interval(block.value)}"
        rewarded = page.interval(block.rewarded, share=True)
        click.echo(
            f"Block {block.block}: {duration(block.seconds)}, rewarded {rewarded}, muted {block.muted:.0%}{value}"
        )
    for item in found.items:
        click.echo(f"{item.item.code} {item.item.text}\n    {item.answer or page.NOBODY}")


def _record(found: Report) -> dict[str, Any]:
    return {name: value for name, value in asdict(found).items() if name != "pictures"}
