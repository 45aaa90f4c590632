"""``companion import``: EEG files and folders of screenshots into the vault."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from companion import settings as settings_file
from companion.app import build_engine
from companion.capture.replay import ReplaySource
from companion.cli import options
from companion.cli.errors import DONE, NO
from companion.engine import Engine
from companion.importing import import_eeg
from companion.settings import Settings
from companion.wording import duration
from index.vault import Vault
from index.writer import Writer

LOOK_SECONDS = 0.2


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--board", default="", help="Which board a BrainFlow CSV came from (the file cannot tell).")
@options.vault
def command(paths: tuple[Path, ...], board: str, vault: Path | None) -> int:
    """Take in EEG files (muse-lsl, Mind Monitor, OpenBCI, BrainFlow, EDF/BDF, XDF) and folders of screenshots.

    What was imported before is not imported twice, so that an interrupted import can simply be started again.
    """
    settings = settings_file.load()
    files, folders = [path for path in paths if path.is_file()], [path for path in paths if path.is_dir()]
    for folder in folders:
        ReplaySource(folder).check()  # all input is looked at before anything is stored
    import_files(files, Vault(vault or settings.vault_path), board)
    dropped = sum(import_folder(folder, settings, vault) for folder in folders)
    return NO if dropped else DONE


def import_files(files: list[Path], vault: Vault, board: str = "") -> None:
    """Store EEG files, EEG before screens so that moments find it. Raises `BoardError`, `VaultError`."""
    if not files:
        return
    with Writer(vault) as writer, _progress() as progress:
        for file in files:
            bar = progress.add_task(file.name, total=1.0)
            done = import_eeg(file, writer, board=board, progress=partial(_move, progress, bar))
            said = (
                "was imported before"
                if done.known
                else f"{duration(done.seconds)} of EEG in {done.segments} stretch(es)"
            )
            progress.console.print(f"{file.name}: {said}")


def import_folder(folder: Path, settings: Settings, vault: Path | None) -> int:
    """Take in a folder of screenshots and wait until each is understood; returns how many could not be stored."""
    total = len(ReplaySource(folder))
    engine = build_engine(settings, vault=vault, board_name="none", frames=f"replay:{folder}")
    with _progress() as progress:
        seen, understood = (
            progress.add_task(f"{folder.name}: screens", total=total),
            progress.add_task("understood", total=total),
        )
        before = engine.status().moments
        engine.start()
        try:
            while not _look(engine, progress, seen, understood, before):
                time.sleep(LOOK_SECONDS)
            status = engine.status()
            seeing = engine.keeper.seeing if engine.keeper else None
        finally:
            engine.stop()
    if status.model_sentence:
        print(f"companion: {status.model_sentence}", file=sys.stderr)
    dropped = seeing.dropped if seeing else 0
    moments = status.moments - before
    Console(stderr=True).print(
        f"{folder.name}: {total} screens, {moments} new moments"
        + (f", {seeing.filtered} kept out by your exclusions" if seeing and seeing.filtered else "")
        + (f", {dropped} could not be stored" if dropped else "")
        + (f", {status.quarantined} set aside (see `companion doctor`)" if status.quarantined else "")
    )
    return dropped


def _look(engine: Engine, progress: Progress, seen: TaskID, understood: TaskID, before: int) -> bool:
    """Move the bars; returns whether everything is done, or can only go on once the person has mended something."""
    status = engine.status()
    frames = engine.keeper.seeing.frames if engine.keeper else 0
    moments = status.moments - before
    progress.update(seen, completed=frames)
    total = max(1, moments)
    progress.update(understood, total=total, completed=total - min(total, engine.pending()))
    return engine.finished() and not engine.pending()


def _move(progress: Progress, bar: TaskID, share: float) -> None:
    progress.update(bar, completed=share)


def _progress() -> Progress:
    """Return a progress bar on stderr, quiet where stderr is not a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:g}/{task.total:g}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)
