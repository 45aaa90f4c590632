"""What goes when the budget is used up: pictures, then EEG, then whole moments, the least valuable first."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from sqlite_utils import Database

from index import changes
from index.database import make_durable
from index.forgetting import forgotten, least_valuable
from index.forgetting.budget import MEGABYTE, Kind, Ledger, NoRoomError, size_of
from index.forgetting.forgotten import Forgotten, Why
from index.forgetting.least_valuable import Thing
from index.pictures import cold_frames, frames
from index.transactions import shrink, shrinks, spare, transaction
from index.types import Job
from index.vault import Vault

# What goes at once beyond what is wanted, so that not every change has to make room: a part of the limit, in bytes.
BATCH_SHARE, MOST_BATCH = 256, 64 * MEGABYTE
MOMENTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class OpenVault:
    """A vault that is written to: its folder, the writer's connection, and the account of its bytes."""

    vault: Vault
    db: Database
    ledger: Ledger


Step = Callable[[OpenVault, int, float], bool]  # bytes wanted and time in; whether anything went


def make(work: OpenVault, kind: Kind, size: int, *, time: float) -> bool:
    """Make room for ``size`` bytes of one kind; returns whether there is, ``time`` being now (UTC seconds).

    Runs transactions of its own, outside any other. What goes is in `forgotten` and in an incident a day.
    """
    ledger = work.ledger
    while (short := _short(work, kind, size)) > 0:
        wanted = short + min(MOST_BATCH, (ledger.limit(kind) or ledger.limits.whole) // BATCH_SHARE)
        if not any(step(work, wanted, time) for step in _steps(work, kind, size)):
            return False
    return True


def _short(work: OpenVault, kind: Kind, size: int) -> int:
    """Return how many bytes are lacking; what is free within the database is room for rows."""
    needed = max(0, size - spare(work.db)) if kind is Kind.DATABASE else size
    return needed - work.ledger.free(kind)


def _steps(work: OpenVault, kind: Kind, size: int) -> list[Step]:
    own = work.ledger.own_free(kind)
    if own is not None and own < size:
        return [_pictures if kind is Kind.FRAMES else _recordings]
    rows = [_moments] if kind is Kind.DATABASE or shrinks(work.db) else []
    return [_pictures, _recordings, *rows]


def _pictures(work: OpenVault, wanted: int, time: float) -> bool:
    """Let go of pictures, of groups as wholes; their moments stay."""
    newest = work.ledger.limits.newest
    chosen = least_valuable.enough(
        lambda limit: least_valuable.pictured(work.db, limit, newest),
        lambda moment: sum(size_of(work.vault.root / file) for file in _files(moment.file)) // moment.shares,
        wanted,
    )
    _let_go(work, chosen, partial(_let_go_pictures, work, time))
    return bool(chosen)


def _let_go_pictures(work: OpenVault, time: float, asked: Sequence[Thing]) -> None:
    groups = {cold_frames.file_of(moment.file) for moment in asked if cold_frames.is_cold(moment.file)}
    chosen = [moment for moment in asked if not cold_frames.is_cold(moment.file)]
    chosen += [moment for file in sorted(groups) for moment in least_valuable.group(work.db, file)]
    if not chosen:  # its group went a transaction before
        return
    listed = [json.dumps([moment.id for moment in chosen])]
    unread = "FROM jobs WHERE moment_id IN (SELECT value FROM json_each(?)) AND kind = ?"
    for (moment_id,) in work.db.execute(f"SELECT moment_id {unread}", [*listed, Job.READ]).fetchall():
        changes.want(work.db, moment_id, Job.CONTENT)  # found by its title from now on
    work.db.execute(f"DELETE {unread}", [*listed, Job.READ])
    work.db.execute("UPDATE moments SET frame = '' WHERE id IN (SELECT value FROM json_each(?))", listed)
    work.db.conn.executemany("DELETE FROM cold_holes WHERE file = ?", [(file,) for file in groups])
    files = sorted({file for moment in chosen for file in _files(moment.file)})
    _note(work, files, Forgotten(time, Why.BUDGET, *_times(chosen), frames=len(chosen)))


def _recordings(work: OpenVault, wanted: int, time: float) -> bool:
    """Let go of raw EEG, whole recordings."""
    chosen = least_valuable.enough(
        lambda limit: least_valuable.recordings(work.db, limit),
        lambda found: size_of(work.vault.root / found.file),
        wanted,
    )
    _let_go(work, chosen, partial(_let_go_recordings, work, time))
    return bool(chosen)


def _let_go_recordings(work: OpenVault, time: float, chosen: Sequence[Thing]) -> None:
    work.db.conn.executemany("DELETE FROM recordings WHERE id = ?", [(found.id,) for found in chosen])
    seconds = sum(found.end - found.start for found in chosen)
    what = Forgotten(time, Why.BUDGET, *_times(chosen), eeg_seconds=seconds)
    _note(work, [found.file for found in chosen], what)


def _moments(work: OpenVault, wanted: int, time: float) -> bool:
    """Let go of whole moments, and of the room they had in the database."""
    del wanted  # how much a moment takes there is known only afterwards
    newest = work.ledger.limits.newest
    chosen = least_valuable.enough(
        lambda limit: least_valuable.moments(work.db, limit, newest), lambda _: 1, MOMENTS_AT_ONCE
    )
    _let_go(work, chosen, partial(_let_go_moments, work, time))
    if chosen:
        shrink(work.db, work.ledger)
    return bool(chosen)


def _let_go_moments(work: OpenVault, time: float, chosen: Sequence[Thing]) -> None:
    pictured = sum(bool(moment.file) for moment in chosen)
    forgotten.delete_moments(work.db, [moment.id for moment in chosen])
    what = Forgotten(time, Why.BUDGET, *_times(chosen), moments=len(chosen), frames=pictured)
    _note(work, [], what)


def _let_go(work: OpenVault, chosen: Sequence[Thing], change: Callable[[Sequence[Thing]], None]) -> None:
    """Let things go in as few transactions as there is log for, then their files."""
    some, left = len(chosen), list(chosen)
    while left:
        try:
            with _last(work, whole=some == 1):
                change(left[:some])
        except NoRoomError:
            if some == 1:
                raise
            some = some // 2
            continue
        left = left[some:]
        _remove(work)


def _last(work: OpenVault, *, whole: bool = False) -> AbstractContextManager[None]:
    return transaction(work.db, work.ledger, growth=work.ledger.limits.last or None, last=True, whole=whole)


def _files(frame: str) -> tuple[str, str]:
    return cold_frames.file_of(frame), cold_frames.file_of(frames.thumbnail(frame))


def _note(work: OpenVault, files: Sequence[str], what: Forgotten) -> None:
    """Take down what goes, and once a day tell of it."""
    freed = sum(size_of(work.vault.root / file) for file in files)
    forgotten.leave_files(work.db, files)
    if not forgotten.went_today(work.db, what.time):
        sentence = "The vault's budget is used up: the oldest and least valuable goes. `companion doctor` says what."
        changes.incident(work.db, what.time, "budget", sentence)
    forgotten.note(work.db, what.with_bytes(freed))


def _remove(work: OpenVault) -> None:
    """Remove the files that are to go."""
    left = forgotten.left_files(work.db)
    if left:
        make_durable(work.vault)  # a power cut must not bring back rows that name them
    for _, path in left:
        forgotten.remove(work.vault, work.vault.root / path)
    with _last(work):
        forgotten.settled(work.db, [number for number, _ in left])


def _times(chosen: Sequence[Thing]) -> tuple[float, float]:
    return min(thing.start for thing in chosen), max(thing.end for thing in chosen)
