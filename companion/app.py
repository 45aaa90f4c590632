"""The engine's composition root: which parts there are and who gets whom."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from companion.answering import Answering
from companion.brain import board
from companion.brain.types import BoardSpec
from companion.capture.choose import choose
from companion.capture.privacy import Rules
from companion.capture.types import FrameSource
from companion.engine import Engine, Parts
from companion.fill import Filler, Step
from companion.keeper import Keeper
from companion.listening import Listening
from companion.recover import recover
from companion.settings import Settings
from companion.steps import BrainStep, ContentStep, ReadStep
from companion.tasks import EncoderTasks, ReaderTasks
from companion.worker import Worker
from embeddings.types import EEGWindow
from index import changes
from index.store import Store
from index.vault import Vault
from index.vectors import Vectors
from index.writer import Writer

SCREEN = "screen"
PATIENCE_SECONDS = 1.5  # a person waits this long for hits by meaning before those by words are shown


def build_engine(
    settings: Settings,
    *,
    vault: Path | None = None,
    board_name: str | None = None,
    frames: str | None = None,
    clock: Callable[[], float] = time.time,
) -> Engine:
    """Put the engine together, ready to `start`.

    Parameters
    ----------
    board_name, frames
        What the command line chose for this run in place of the settings; naming a source is consent to it.

    Raises
    ------
    VaultError, BoardError, CaptureError
        What the person must mend first.

    """
    settings_vault = Vault(vault or settings.vault_path)
    if board_name is not None:
        _board(board_name, settings)  # a name that is wrong is said before anything is opened
    if frames is not None:
        _source(frames, settings)
    writer, store = _opened(settings_vault, clock())

    def note(part: str, what: str) -> None:
        writer.do(changes.incident, clock(), part, what)

    reader = Worker("reader", ReaderTasks, on_incident=note, niceness=10)
    encoder = Worker("encoder", partial(EncoderTasks, settings.text_model), on_incident=note)
    read = ReadStep(store=store, writer=writer, reader=reader)
    content = ContentStep(store=store, writer=writer, encoder=encoder, clock=clock)
    brain = BrainStep(store=store, writer=writer, encoder=encoder, clock=clock)
    work: dict[str, list[Step]] = {"reader": [read], "encoder": [content, brain]}
    fillers = tuple(Filler(name, steps, store=store, writer=writer, on_incident=note) for name, steps in work.items())
    vectors = Vectors(store)

    def wake() -> None:
        for filler in fillers:
            filler.wake()

    def make_keeper(chosen: Settings) -> Keeper | None:
        if frames is None and not chosen.consent_screen:
            return None
        return Keeper(
            make_source=lambda: _source(frames or SCREEN, chosen),
            writer=writer,
            clock=clock,
            on_moment=wake,
            on_incident=note,
        )

    def make_listening(chosen: Settings) -> Listening | None:
        name = board_name if board_name is not None else chosen.board if chosen.consent_eeg else "none"
        spec = _board(name, chosen)
        return (
            None if spec.kind == "none" else Listening(spec, writer=writer, clock=clock, on_incident=note, source=name)
        )

    def make_answering(thought: Callable[[], EEGWindow | None]) -> Answering:
        return Answering(store=store, vectors=vectors, encoder=encoder, thought=thought, patience=PATIENCE_SECONDS)

    parts = Parts(store, writer, vectors, reader, encoder, fillers, make_keeper, make_listening, make_answering)
    return Engine(parts, settings=settings, clock=clock)


def _opened(vault: Vault, time: float) -> tuple[Writer, Store]:
    """Become the one writer of a vault, and mend what a crash left in it."""
    writer = Writer(vault)
    try:
        recover(writer, time=time)
        return writer, Store(vault)
    except BaseException:
        writer.close()
        raise


def rules(settings: Settings) -> Rules:
    """Return what is never looked at."""
    return Rules(
        exclude_apps=settings.exclude_apps, exclude_titles=settings.exclude_titles, own_pids=frozenset({os.getpid()})
    )


def _source(frames: str, settings: Settings) -> FrameSource:
    return choose(frames, rules(settings))


def _board(name: str, settings: Settings) -> BoardSpec:
    return board.parse(name, settings.board_params)
