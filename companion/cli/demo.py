"""``companion demo``: a sample day through the whole pipeline, then recalls by words, by state and by thought."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from companion.answering import RecallError
from companion.cli import opening
from companion.cli.codes import DONE, NO
from companion.cli.importing import import_folder
from companion.cli.recall import ask
from companion.cli.tables import hits_table
from companion.demo import replaying, sample_day
from companion.ports import Answer, Question
from companion.settings import Settings
from index.keys.keys import Keys
from index.store import Store
from index.vault import Vault

SHOWN = 4
WORDS = (
    "an instalment rises by eleven percent",  # as it stands on one page
    "how does the sound of an aeroplane get silenced",  # as one would describe another
)


@click.command()
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep the vault in this folder.")
def command(keep: Path | None) -> int:
    """Build a throw-away vault from a sample day and recall from it.

    The EEG is simulated: it shows the way, not a mind.
    """
    console = Console(markup=False, emoji=False)  # names and questions are shown as they are
    if keep is not None and Vault(keep).exists():
        raise click.UsageError(f"There is a vault in {keep} already; name a folder of its own for the demo.")
    with _folder(keep) as vault, tempfile.TemporaryDirectory() as scratch:
        day = sample_day.pages()
        headset = ("simulated", "bold")
        console.print(
            Text.assemble(f"A made-up day: {len(day)} screens, and a ", headset, " headset through the playback board.")
        )
        replaying.record(day, Path(scratch), vault)
        screens = Path(scratch) / "screens"
        screens.mkdir()
        sample_day.write_screens(screens, day)
        import_folder(screens, Settings(), vault)
        found = _recalls(console, vault, day)
        if keep is not None:
            console.print(f"The vault is kept: companion recall --vault {keep} TEXT")
    return DONE if found else NO


@contextmanager
def _folder(keep: Path | None) -> Iterator[Vault]:
    if keep is not None:
        yield opening.new(keep)
        return
    with tempfile.TemporaryDirectory(prefix="companion-demo-") as folder:
        yield Vault(Path(folder) / "vault", Keys.random())


def _recalls(console: Console, vault: Vault, day: list[sample_day.Page]) -> bool:
    """Ask in the three ways and print what comes; returns whether each found something."""
    store = Store(vault)
    state_of = {page.title: page.state for page in day}
    liked = next(m for m in store.moments_between(0, float("inf")) if state_of[m.title] == "calm")
    questions = [(f"by words: {text}", Question(text, k=SHOWN)) for text in WORDS]
    questions.append((f"by state: like moment {liked.id}, {liked.title} (calm)", Question(like=liked.id, k=SHOWN)))
    questions.append((f"by thought: the last seconds ({day[0].state})", Question(thought=True, k=SHOWN)))
    try:
        found = [_show(console, store, title, question, state_of) for title, question in questions]
    finally:
        store.close()
    return all(found)


def _show(console: Console, store: Store, title: str, question: Question, state_of: dict[str, str]) -> bool:
    console.print()
    try:
        answer = ask(store, question)
    except RecallError as error:
        console.print(f"{title}: {error}", style="red")
        return False
    for note in answer.notes:
        console.print(note, style="yellow")
    console.print(hits_table(answer.hits, title=title))
    console.print(f"answered in {answer.seconds * 1000:.0f} ms{_planted(answer, state_of)}", style="dim")
    return bool(answer.hits)


def _planted(answer: Answer, state_of: dict[str, str]) -> str:
    """Say which of the planted states the hits by state have, so that one sees whether it works."""
    if answer.question.text:
        return ""
    counts = Counter(state_of[hit.moment.title] for hit in answer.hits)
    return "; planted states of these hits: " + ", ".join(f"{count} {state}" for state, count in counts.most_common())
