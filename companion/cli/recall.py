"""``companion recall``: ask memory from the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from companion import settings as settings_file
from companion.answering import THOUGHT_SECONDS, Answering
from companion.brain.board import is_simulated
from companion.cli import opening, options
from companion.cli.codes import DONE, NO
from companion.cli.here import Here
from companion.cli.tables import hits_table
from companion.jobs.tasks import EncoderTasks
from companion.ports import Answer, Question
from embeddings.types import EEGWindow
from index import tagging
from index.signals import recordings
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters, Hit

ASK = (
    "Ask one thing: TEXT, --like MOMENT or --thought (which may come with TEXT). Filters alone, such as --tag NAME, "
    "list the latest moments that satisfy them."
)


@click.command()
@click.argument("text", nargs=-1)
@click.option(
    "--like", type=options.NUMBER, metavar="MOMENT", help="Find moments in a mental state like this moment's."
)
@click.option("--thought", is_flag=True, help="Find moments in a mental state like the last seconds of EEG.")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 200), help="How many hits.")
@click.option("--since", type=options.Moment(), help="Only moments that ended after this time.")
@click.option("--until", type=options.Moment(), help="Only moments that began before this time.")
@click.option("--app", default="", help="Only moments in this program.")
@click.option("--site", default="", metavar="HOST", help="Only moments on this site, such as example.org.")
@click.option("--tag", default="", metavar="NAME", help="Only moments with this tag (see `companion tag`).")
@click.option(
    "--state-like", type=options.NUMBER, metavar="MOMENT", help="Only moments in a mental state like this moment's."
)
@click.option("--exclude-minutes", type=float, help="By state: leave out moments this near to the query. [settings: 5]")
@options.vault
@options.as_json
def command(  # noqa: PLR0917 click passes by name
    text: tuple[str, ...],
    like: int | None,
    thought: bool,
    k: int,
    since: float | None,
    until: float | None,
    app: str,
    site: str,
    tag: str,
    state_like: int | None,
    exclude_minutes: float | None,
    vault: Path | None,
    as_json: bool,
) -> int:
    """Find moments by TEXT, by a moment like it, or by the present thought; by filters alone the latest."""
    asked = _text(" ".join(text)).strip()
    filters = Filters(since, until, _text(app), _text(site), _text(tag), state_like)
    options.in_order(since, until)
    given = sum((bool(asked) or thought, like is not None))
    if given > 1 or (not given and filters == Filters()):
        raise click.UsageError(ASK)
    if exclude_minutes is not None and not settings_file.may_exclude(exclude_minutes):
        raise click.UsageError(f"--exclude-minutes should be 0 to 1440, not {exclude_minutes:g}.")
    settings = settings_file.load()
    minutes = settings.exclude_minutes if exclude_minutes is None else exclude_minutes
    question = Question(asked, like, thought, k, filters, minutes)
    store = Store(opening.opened(vault or settings.vault_path))
    try:
        answer = ask(store, question, settings.text_model)
        tags = tagging.tags(store, (hit.moment.id for hit in answer.hits))
    finally:
        store.close()
    _print(answer, tags, store, as_json=as_json)
    return DONE if answer.hits else NO


def ask(store: Store, question: Question, text_model: str = "") -> Answer:
    """Answer one question in this process; the text model is loaded before the clock runs."""
    encoder = Here(EncoderTasks(text_model))
    with Console(stderr=True).status("Loading the models ..."):
        for wanted, warm in ((question.text, "warm"), (question.like or question.thought, "warm_brain")):
            if wanted:
                encoder.submit(warm)  # what is wrong is said in the answer's notes
    answering = Answering(
        store=store,
        vectors=Vectors(store),
        encoder=encoder,
        thought=partial(last_thought, store),
        on_incident=lambda _, what: print(f"companion: {what}", file=sys.stderr),
        simulated=partial(_last_is_simulated, store),
    )
    return answering.answer(question)


def last_thought(store: Store) -> EEGWindow | None:
    """Return the last seconds of EEG in the vault (a running program writes every second)."""
    found = recordings.last(store, THOUGHT_SECONDS)
    return None if found is None else EEGWindow(found.data, found.sfreq, found.ch_names, found.time_end)


def _last_is_simulated(store: Store) -> bool:
    newest = store.newest_recording()
    return newest is not None and is_simulated(newest.source)


def _text(given: str) -> str:
    """Return what was typed, bytes that are no text replaced: a terminal may hand over any."""
    return given.encode(errors="replace").decode()


def as_record(hit: Hit, tags: Sequence[str] = ()) -> dict[str, Any]:
    """Return one hit as ``--json`` prints it (see docs/user-guide.md)."""
    moment = asdict(hit.moment)
    moment.pop("text")
    scored = {"score": hit.score, "space": hit.space, "reason": hit.reason, "snippet": hit.snippet, "parts": hit.parts}
    return {**moment, **scored, "probability": hit.probability, "shares": hit.shares, "tags": list(tags)}


def _print(answer: Answer, tags: Mapping[int, Sequence[str]], store: Store, *, as_json: bool) -> None:
    if as_json:
        asked = {"text": answer.question.text, "like": answer.question.like, "thought": answer.question.thought}
        record = {
            "question": asked,
            "seconds": round(answer.seconds, 4),
            "notes": list(answer.notes),
            "vault": str(store.vault.root.absolute()),
            "hits": [as_record(hit, tags.get(hit.moment.id, ())) for hit in answer.hits],
        }
        print(json.dumps(record, ensure_ascii=False))
        return
    console = Console()
    for note in answer.notes:
        Console(stderr=True).print(note, style="yellow")
    if answer.hits:
        console.print(hits_table(answer.hits, tags=tags))
    else:
        console.print("Nothing was found.")
    console.print(f"answered in {answer.seconds * 1000:.0f} ms (without loading the models)", style="dim")
