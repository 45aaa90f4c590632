"""``companion doctor``: what works, what does not, and when each part last did anything."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from companion import budgeting
from companion import settings as settings_file
from companion.brain import board
from companion.brain.types import BoardError
from companion.capture.choose import unsupported_screen
from companion.cli import opening, options
from companion.cli.codes import DONE, NO
from companion.cli.train import as_record
from companion.learning.background import known, waits_for
from companion.learning.wording import verdict
from companion.settings import SOURCES, Settings
from companion.wording import SIMULATED, clock_time, counted, duration, signal_quality
from embeddings import model_place
from embeddings.types import EmbeddingsError
from index import database, mappings
from index.store import Store
from index.types import VaultError
from index.vault import Vault

SHOWN = 12
DAY_SECONDS = 86_400.0
WEEK_SECONDS = 7 * 86_400.0
OF_PROGRAMS = ("focus_never_apps", "focus_always_apps", "focus_work", "focus_distracting")
MARKS = {True: ("works  ", "green"), None: ("off    ", "dim"), False: ("MEND   ", "bold red")}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that works or does not, in words."""

    part: str
    works: bool | None  # None: not switched on
    says: str


@click.command()
@options.vault
@options.as_json
def command(vault: Path | None, as_json: bool) -> int:
    """Say what works, what does not, and when each part last did anything. Exits 1 when something must be mended."""
    settings = settings_file.load()
    place = Vault(vault or settings.vault_path)
    place, locked = _opened(place)
    of_vault = [locked] if locked else list(_vault(place, settings))
    checks = [*_consents(settings), *_environment(settings), *of_vault]
    readable = place.exists() and all(check.works for check in of_vault if check.part == "vault")
    store = Store(place) if readable else None
    try:
        if as_json:
            _print_json(checks, store)
        else:
            _print(checks, store)
    finally:
        if store is not None:
            store.close()
    return DONE if all(check.works is not False for check in checks) else NO


def _opened(place: Vault) -> tuple[Vault, Check | None]:
    """Return the vault, unlocked, or what keeps it locked."""
    if not place.exists():
        return place, None
    try:
        return opening.opened(place.root), None
    except VaultError as error:
        return place, Check("vault", works=False, says=str(error))


def _consents(settings: Settings) -> Iterator[Check]:
    """Say for each source whether the person consented to it."""
    for name, what in SOURCES.items():
        given = getattr(settings, name)
        says = "Given: it is switched on." if given else "Not given: nothing of it is recorded."
        yield Check(f"consent to {what}", works=given or None, says=says)


def _environment(settings: Settings) -> Iterator[Check]:
    """Look at what the machine offers, without starting any of it."""
    problem = unsupported_screen(os.environ, sys.platform)
    if settings.looks_at_windows or problem is None:
        yield Check("screen", problem is None, problem or "X11 can be looked at.")
    else:
        yield Check("screen", None, problem)
    yield from _focus(settings)
    yield _headset(settings)
    reads = importlib.util.find_spec("rapidocr") is not None
    yield Check("text on screen", reads, "rapidocr is here." if reads else "rapidocr is missing: pip install rapidocr.")
    yield _text_model(settings)


def _focus(settings: Settings) -> Iterator[Check]:
    """Look for what was set of programs in front, where nobody knows which one is."""
    dead = [name for name in OF_PROGRAMS if getattr(settings, name)]
    if settings.follow_focus and dead and not settings.looks_at_windows:
        names = ", ".join(dead)
        says = (
            f"No window is looked at, so that {names} decide nothing: let pictures or text be recorded, or empty them."
        )
        yield Check("focus", works=False, says=says)


def _headset(settings: Settings) -> Check:
    if not settings.consent_eeg or settings.board == "none":
        return Check("headset", works=None, says="None is chosen.")
    try:
        spec = board.parse(settings.board, settings.board_params)
    except BoardError as error:
        return Check("headset", works=False, says=str(error))
    name = "Synthetic (simulated)" if board.is_simulated(settings.board) else spec.name
    return Check("headset", works=True, says=f"{name} is chosen.")


def _text_model(settings: Settings) -> Check:
    """Look for the text model on this machine; the hub is not asked."""
    local = (model_place.in_cache, model_place.in_package)
    try:
        place = model_place.find(settings.text_model, finders=local)
    except EmbeddingsError as error:
        return Check("text model", works=False, says=str(error))
    return Check("text model", works=True, says=f"{place.name}, from the {place.found}.")


def _vault(place: Vault, settings: Settings) -> Iterator[Check]:
    if not place.exists():
        yield Check("vault", works=None, says=f"Nothing is recorded in {place.root} yet.")
        return
    store = Store(place)
    try:
        backlog, quarantine = sum(store.backlog().values()), store.quarantine()
        running = "Companion is recording to it now." if place.in_use() else "Nothing is recording to it now."
        yield Check("vault", works=True, says=f"{counted(store.count(), 'moment')} in {place.root}. {running}")
        yield Check("backlog", works=True, says=_waiting(backlog))
        reasons = "; ".join(
            f"moment {moment}, {kind}: {error.splitlines()[-1]}" for moment, kind, error in quarantine[:3]
        )
        lately = budgeting.went(store, since=time.time() - WEEK_SECONDS)
        yield Check("budget", works=True, says=f"{budgeting.taken(place, settings)} {lately}".rstrip())
        yield _signal(store)
        yield _learning(store)
        said = f"{len(quarantine)} could not be done ({reasons})." if quarantine else "Nothing was set aside."
        yield Check("set aside", works=not quarantine, says=said)
    except VaultError as error:
        yield Check("vault", works=False, says=str(error))
    except database.DatabaseError as error:
        says = f"{place.database} is damaged ({error}). `companion vault rebuild` saves what can be read."
        yield Check("vault", works=False, says=says)
    finally:
        store.close()


def _waiting(backlog: int) -> str:
    return f"{counted(backlog, 'part')} of moments {'waits' if backlog == 1 else 'wait'} to be filled in."


def _signal(store: Store) -> Check:
    """Say how good the EEG of the last week was."""
    quality, moments, usable = store.signal(time.time() - WEEK_SECONDS)
    if not moments:
        return Check("signal", works=None, says="No moment of the last week has EEG.")
    if not usable and quality.fault == SIMULATED:
        return Check("signal", works=None, says=signal_quality(quality))
    says = f"{usable} of {moments} moments with EEG in the last week have some that is fit. {signal_quality(quality)}"
    return Check("signal", works=usable > 0, says=says)


def _learning(store: Store) -> Check:
    """Say what came of learning from the person's own EEG."""
    last = mappings.newest(store)
    if last is None:
        return Check(
            "learning", works=None, says=waits_for(known(store), time.time()) or "`companion train` can begin."
        )
    return Check("learning", works=True, says=f"{clock_time(last.made_at)}: {verdict(last.learned)}")


def _print_json(checks: list[Check], store: Store | None) -> None:
    record = {
        "checks": [asdict(check) for check in checks],
        "outputs": [asdict(output) for output in store.outputs()] if store else [],
        "looks": _looks(store) if store else {},
        "learning": [as_record(version) for version in mappings.history(store)] if store else [],
        "incidents": [asdict(incident) for incident in store.incidents()] if store else [],
    }
    print(json.dumps(record, ensure_ascii=False))


def _looks_table(store: Store) -> Table | str:
    """Return what came of the looks at the screen in the last day, by what called for them."""
    counts = store.looks(time.time() - DAY_SECONDS)
    table = Table("called for by", "came of it", "how often", box=None, title="Looks, last day", title_justify="left")
    for count in counts:
        table.add_row(count.trigger, count.outcome, str(count.count))
    return table if counts else "Nothing called for a look at the screen in the last day."


def _looks(store: Store) -> dict[str, object]:
    """Return what came of the looks at the screen in the last day, and how long it took until it could be found."""
    since = time.time() - DAY_SECONDS
    seconds = store.look_seconds(since)
    at = {f"p{share}": round(seconds[len(seconds) * share // 100], 3) for share in (50, 95)} if seconds else {}
    return {"counts": [asdict(count) for count in store.looks(since)], "seconds_until_found": at}


def _print(checks: list[Check], store: Store | None) -> None:
    console = Console(markup=False, emoji=False)  # names and errors are shown as they are
    for check in checks:
        mark = Text(*MARKS[check.works])
        console.print(mark, Text(f"{check.part}: {check.says}"), sep="")
    if store is None:
        return
    outputs = Table("part", "last output", "how many", "note", box=None, title="Last real output", title_justify="left")
    now = time.time()
    for output in store.outputs():
        outputs.add_row(output.part, f"{duration(max(0.0, now - output.time))} ago", str(output.count), output.note)
    console.print()
    console.print(outputs if outputs.row_count else "No part has put anything out yet.")
    console.print()
    console.print(_looks_table(store))
    incidents = Table(
        "when", "part", "what", box=None, title="What went wrong, and what mended itself", title_justify="left"
    )
    for incident in store.incidents(SHOWN):
        incidents.add_row(clock_time(incident.time), incident.part, incident.what)
    console.print()
    console.print(incidents if incidents.row_count else "Nothing went wrong so far.")
