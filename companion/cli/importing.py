"""``companion import``: EEG files and folders of screenshots into the vault."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from companion import settings as settings_file
from companion.app import build_engine
from companion.brain import formats
from companion.brain.types import Segment
from companion.capture.replay import ReplaySource
from companion.cli import opening, options
from companion.cli.codes import DONE, NO
from companion.engine import Engine
from companion.importing import import_eeg
from companion.settings import Settings
from companion.status import Seeing, Status
from companion.wording import counted, duration
from index.vault import Vault
from index.writer import Writer

LOOK_SECONDS = 0.2
NAMED = 5  # files that cannot be read; `companion doctor` names more


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
    neither = [path for path in paths if not (path.is_file() or path.is_dir())]
    if neither:
        raise click.UsageError(f"{neither[0]} is neither a file nor a folder.")
    for folder in folders:
        ReplaySource(folder).check()  # all input is looked at before anything is stored
    for file in files:
        formats.choose(file)
    root = vault or settings.vault_path
    # A vault is not made for a file that turns out to be unreadable further inside.
    first = () if Vault(root).exists() or not files else formats.read(files[0], board=board)
    opened = opening.opened_or_new(root)
    import_files(files, opened, board, first=first)
    missed = sum(import_folder(folder, settings, opened) for folder in folders)
    if not folders:
        fill_in(settings, opened)  # moments that were there before the EEG
    return NO if missed else DONE


def import_files(files: list[Path], vault: Vault, board: str = "", *, first: Sequence[Segment] = ()) -> None:
    """Store EEG files, EEG before screens so that moments find it; ``first`` is what the first holds, if read already.

    Raises `BoardError`, `VaultError`.
    """
    if not files:
        return
    with Writer(vault) as writer, _progress() as progress, HeldInterrupt() as interrupt:
        for number, file in enumerate(files):
            move = partial(_move, progress, progress.add_task(file.name, total=1.0), interrupt)
            done = import_eeg(file, writer, board=board, segments=() if number else first, progress=move)
            said = (
                "was imported before"
                if done.known
                else f"{duration(done.seconds)} of EEG in {done.segments} stretch(es)"
            )
            progress.console.print(f"{file.name}: {said}", soft_wrap=True)


def import_folder(folder: Path, settings: Settings, vault: Vault) -> int:
    """Take in a folder of screenshots and wait until each is understood; returns how many are missing from memory."""
    total = len(ReplaySource(folder))
    engine = build_engine(settings, vault=vault, board_name="none", frames=f"replay:{folder}")
    before = engine.status().moments
    with _progress() as progress:
        seen, understood = progress.add_task(f"{folder}: screens", total=total), progress.add_task("understood")

        def look() -> bool:
            """Move the bars; returns whether all is done, or can only go on once the person has mended something."""
            seeing = engine.keeper.seeing if engine.keeper else Seeing()
            progress.update(seen, completed=seeing.frames + seeing.kept_out + seeing.unseen)
            _show_pending(progress, understood, engine, total=engine.status().moments - before)
            return engine.finished() and not engine.pending()

        status, seeing = _worked_off(engine, look)
    _say_model(status)
    missed = total - (seeing.new + seeing.continued + seeing.known + seeing.kept_out)
    for sentence in account(str(folder), total, seeing, status.quarantined):
        _console().print(sentence, soft_wrap=True)
    return max(missed, int(bool(seeing.problem)))


def account(folder: str, total: int, seeing: Seeing, set_aside: int) -> list[str]:
    """Say what came of each screen of a folder, and name those that are missing from memory."""
    stored = f"{counted(seeing.new, 'new moment')}, {seeing.continued} continued one, {seeing.known} known already"
    looked = seeing.frames + seeing.kept_out + seeing.unseen
    others = {
        "kept out by your exclusions": seeing.kept_out,
        "could not be read": seeing.unseen,
        "could not be stored": seeing.dropped,
        "were not looked at": total - looked,
        "set aside (see `companion doctor`)": set_aside,
    }
    sentences = [
        f"{folder}: {counted(total, 'screen')}: {stored}" + "".join(f", {n} {what}" for what, n in others.items() if n)
    ]
    sentences += seeing.unreadable[:NAMED]
    if seeing.damaged > NAMED:
        sentences.append(f"{seeing.damaged - NAMED} more could not be read (see `companion doctor`).")
    return [*sentences, seeing.problem] if seeing.problem else sentences


def fill_in(settings: Settings, vault: Vault) -> None:
    """Work off what moments in the vault still miss."""
    engine = build_engine(replace(settings, consent_screen=False, consent_text=False), vault=vault, board_name="none")
    total = engine.pending()
    if not total:
        engine.stop()
        return
    with _progress() as progress:
        understood = progress.add_task("understood", total=total)

        def look() -> bool:
            _show_pending(progress, understood, engine, total=total)
            return not engine.pending()

        status, _ = _worked_off(engine, look)
    _say_model(status)


def _worked_off(engine: Engine, done: Callable[[], bool]) -> tuple[Status, Seeing]:
    """Run the engine until ``done``; returns how it was at the end."""
    engine.start()
    try:
        while not done():
            time.sleep(LOOK_SECONDS)
        return engine.status(), engine.keeper.seeing if engine.keeper else Seeing()
    finally:
        engine.stop()


def _show_pending(progress: Progress, bar: TaskID, engine: Engine, *, total: int) -> None:
    progress.update(bar, total=max(1, total), completed=max(1, total) - min(max(1, total), engine.pending()))


def _say_model(status: Status) -> None:
    if status.model_sentence:
        print(f"companion: {status.model_sentence}", file=sys.stderr)


def _move(progress: Progress, bar: TaskID, interrupt: HeldInterrupt, share: float) -> None:
    progress.update(bar, completed=share)
    interrupt.let_through()


class HeldInterrupt:
    """Holds Ctrl-C back while a piece is being written: a recording cut in the midst of a write cannot be closed."""

    def __init__(self) -> None:
        self._came = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._hold)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def let_through(self) -> None:
        """Raise the KeyboardInterrupt that came meanwhile."""
        if self._came:
            raise KeyboardInterrupt

    def _hold(self, *_: object) -> None:
        self._came = True


def _progress() -> Progress:
    """Return a progress bar on stderr, quiet where stderr is not a terminal."""
    console = _console()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:g}/{task.total:g}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _console() -> Console:
    """Return stderr, where the names of files are shown as they are."""
    return Console(stderr=True, markup=False, emoji=False)
