"""The engine's composition root: which parts there are and who gets whom."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from companion import beside, budgeting, forgetting, recording
from companion.answering import Answering
from companion.brain import board
from companion.engine import Engine, Parts
from companion.giving_back import GivingBack
from companion.incidents import Incidents
from companion.jobs.arranging import Arranging
from companion.jobs.compacting import Compacting, CompactorTasks
from companion.jobs.fill import Filler, Step
from companion.jobs.read_step import ReadStep
from companion.jobs.steps import BrainStep, ContentStep
from companion.jobs.tasks import EncoderTasks, ReaderTasks, patient_encoder
from companion.jobs.worker import Worker
from companion.jobs.yielding import Yielding
from companion.learning.background import LONGEST_SECONDS, Learning
from companion.learning.round import LearnerTasks
from companion.learning.shared import SharedStep
from companion.listening import Listening
from companion.locked.engine import LockedEngine, LockedParts, sealed_note
from companion.locked.entries import Journal
from companion.locked.listening import SealedListening
from companion.locked.merging import merge_all
from companion.locked.moments import SealedMoments
from companion.looks import Looks
from companion.moments import Moments
from companion.notices.expiring import Expiring
from companion.recover import finish_forgetting, recover
from companion.settings import Settings
from embeddings.types import EEGWindow
from index.keys import keyfile
from index.spaces.vectors import Vectors
from index.store import Store
from index.vault import Vault
from index.writer import Writer

PATIENCE_SECONDS = 1.5  # a person waits this long for hits by meaning before those by words are shown

Clock = Callable[[], float]  # UTC seconds since 1970
Note = Callable[[str, str], None]


def build_engine(
    settings: Settings,
    *,
    vault: Vault,
    board_name: str | None = None,
    frames: str | None = None,
    clock: Clock = time.time,
) -> Engine:
    """Put the engine together, ready to `start`.

    Parameters
    ----------
    vault
        Where it records, unlocked.
    board_name, frames
        What the command line chose for this run in place of the settings; naming a source is consent to it.

    Raises
    ------
    VaultError, BoardError, CaptureError
        What the person must mend first.

    """
    run = recording.ThisRun(board_name, frames)
    run.check(settings)
    vault.ledger.limits = budgeting.limits(settings)
    writer, store = _opened(vault, clock)
    parts = _parts(settings, run, writer=writer, store=store, clock=clock)
    return Engine(parts, settings=settings, clock=clock)


def build_locked_engine(
    settings: Settings,
    *,
    root: Path,
    board_name: str | None = None,
    frames: str | None = None,
    clock: Clock = time.time,
) -> LockedEngine:
    """Put together what records to a locked vault; see `build_engine`. Raises what it raises."""
    run = recording.ThisRun(board_name, frames)
    run.check(settings)
    vault = Vault(root)
    keyfile.load(vault.key_file)  # where there is no vault none is begun
    vault.create()
    vault.claim()
    try:
        public = keyfile.load(vault.key_file).public  # not before: until then it may be changed
    except BaseException:
        vault.release()
        raise
    journal = Journal(vault.journal, public, clock=clock)
    moments = SealedMoments(journal)
    note = sealed_note(journal, clock)
    reader = Worker("reader", ReaderTasks, on_incident=note, niceness=10)
    looks = Looks(moments.put_looks, clock=clock)
    parts = LockedParts(
        vault=vault,
        journal=journal,
        moments=moments,
        reader=reader,
        make_keeper=partial(recording.keeper, run, moments=moments, reader=reader, looks=looks, clock=clock, note=note),
        make_listening=partial(_sealed_listening, run, journal=journal, clock=clock, note=note),
        on_incident=note,
    )
    return LockedEngine(parts, settings=settings, clock=clock)


def _parts(settings: Settings, run: recording.ThisRun, *, writer: Writer, store: Store, clock: Clock) -> Parts:
    note = Incidents(writer, clock=clock).note
    reader = Worker("reader", ReaderTasks, on_incident=note, niceness=10)
    encoder = Worker("encoder", _make_encoder(settings), on_incident=note)
    read = ReadStep(store=store, writer=writer, reader=reader)
    content = ContentStep(store=store, writer=writer, encoder=encoder, clock=clock)
    brain = BrainStep(store=store, writer=writer, encoder=encoder, clock=clock)
    learned = SharedStep(store=store, writer=writer, encoder=encoder, clock=clock)
    filler = partial(Filler, store=store, writer=writer, on_incident=note)
    # What the person handed over is done at once; beside their work, the work goes first.
    put_off = Yielding().reason if run.frames_of(settings) == recording.SCREEN else _never
    steps: list[Step] = [content, brain, learned]
    fillers = (filler("reader", [read]), filler("encoder", steps, put_off=put_off))
    vectors = Vectors(store)
    upkeep = (
        GivingBack(),
        Arranging(vectors=vectors, on_incident=note),
        Expiring(writer, clock=clock, on_incident=note),
        Compacting(
            store=store,
            writer=writer,
            make_worker=partial(Worker, "compactor", CompactorTasks, on_incident=note, niceness=19),
            clock=clock,
            on_incident=note,
        ),
    )
    learning = Learning(
        store=store,
        writer=writer,
        make_worker=partial(Worker, "learner", LearnerTasks, on_incident=note, niceness=19, limit=LONGEST_SECONDS),
        clock=clock,
        on_incident=note,
        on_adopted=partial(_wake, fillers),
    )
    return Parts(
        store=store,
        writer=writer,
        vectors=vectors,
        reader=reader,
        encoder=encoder,
        learning=learning,
        fillers=fillers,
        upkeep=upkeep,
        make_keeper=partial(
            recording.keeper,
            run,
            moments=Moments(writer=writer, clock=clock, on_change=partial(_wake, fillers)),
            reader=reader,
            looks=Looks(partial(recording.put_looks, writer, note), clock=clock),
            clock=clock,
            note=note,
        ),
        make_listening=partial(_listening, run, writer=writer, clock=clock, note=note),
        make_answering=partial(_answering, store=store, vectors=vectors, encoder=encoder, note=note, clock=clock),
        make_deep_work=partial(beside.deep_work, store=store, writer=writer, encoder=encoder, note=note, clock=clock),
        make_mail_guard=partial(beside.mail_guard, store=store, writer=writer, encoder=encoder, note=note, clock=clock),
        make_training=partial(beside.training, store=store, writer=writer, note=note, clock=clock),
        make_encoder=_make_encoder,
        is_simulated=lambda chosen: board.is_simulated(run.board_of(chosen)),
        listens=lambda chosen: run.board_of(chosen) != "none",
        on_incident=note,
    )


def _sealed_listening(
    run: recording.ThisRun, settings: Settings, *, journal: Journal, clock: Clock, note: Note
) -> SealedListening | None:
    name = run.board_of(settings)
    spec = recording.spec(name, settings)
    if spec.kind == "none":
        return None
    return SealedListening(spec, journal=journal, clock=clock, on_incident=note, source=name)


def _listening(
    run: recording.ThisRun, settings: Settings, *, writer: Writer, clock: Clock, note: Note
) -> Listening | None:
    name = run.board_of(settings)
    spec = recording.spec(name, settings)
    if spec.kind == "none":
        return None
    return Listening(spec, writer=writer, clock=clock, on_incident=note, source=name)


def _answering(
    thought: Callable[[], EEGWindow | None],
    simulated: Callable[[], bool],
    *,
    store: Store,
    vectors: Vectors,
    encoder: Worker,
    note: Note,
    clock: Clock,
) -> Answering:
    return Answering(
        store=store,
        vectors=vectors,
        encoder=encoder,
        thought=thought,
        simulated=simulated,
        on_incident=note,
        patience=PATIENCE_SECONDS,
        clock=clock,
    )


def _make_encoder(settings: Settings) -> Callable[[], EncoderTasks]:
    return partial(patient_encoder, settings.text_model)


def _never(_kind: str) -> str:
    """Put nothing off."""
    return ""


def _wake(fillers: Sequence[Filler]) -> None:
    for filler in fillers:
        filler.wake()


def _opened(vault: Vault, clock: Clock) -> tuple[Writer, Store]:
    """Become the one writer of a vault, mend what a crash left in it, and take in what was recorded while locked.

    In this order: what was recorded while locked came after whatever was still to be forgotten, and stays.
    """
    writer, now = forgetting.opened_writer(vault, clock=clock), clock()
    try:
        store = Store(writer.vault)
        recover(writer, time=now)
        finish_forgetting(writer, store)
        merge_all(writer, time=now, put_off=True)
    except BaseException:
        writer.close()
        raise
    return writer, store
