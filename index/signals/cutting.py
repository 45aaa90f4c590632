"""Taking stretches of time out of raw EEG: what is left of a recording goes on in files of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sqlite_utils import Database

from index.forgetting import forgotten
from index.forgetting.budget import size_of
from index.forgetting.wish import Span, kept
from index.replacing import sync_folder
from index.signals.bdf import BdfAppender, BdfFile
from index.signals.record_file import layout_of, records
from index.store import Store
from index.types import RecordingError, RecordingInfo, VaultError
from index.vault import Vault
from index.writer import Writer

CHUNK_SECONDS = 60.0
DEVICE_WIDTH = 20  # characters; a header has room for more of any name
Piece = tuple[str, float, int]  # path, time of its first sample (UTC seconds), samples a channel


def cut(writer: Writer, store: Store, spans: Sequence[Span]) -> None:
    """Remove the EEG of ``spans`` (in order, apart) from every recording.

    What cannot be read (a damaged part, or a whole file) goes too: nothing could be told of what is in it. After a
    crash the same call goes on. Raises `VaultError` when the disk refuses.
    """
    if not spans:
        return
    for info in store.recordings_between(spans[0][0], spans[-1][1]):
        left = kept((info.time_start, info.time_end), spans)
        if left == [(info.time_start, info.time_end)]:
            continue
        pieces = _pieces(store, info, left)
        sync_folder(writer.vault.eeg)  # the pieces are there before the whole goes
        writer.do(_swap, info, pieces).result()
        forgotten.remove_files(writer)


def keep(writer: Writer, store: Store, info: RecordingInfo, bounds: Sequence[tuple[int, int]]) -> None:
    """Let parts of a recording (samples, the second left out) go on as recordings of their own; the rest of it goes.

    Raises `VaultError`.
    """
    file = BdfFile(writer.vault.root / info.path, writer.vault.keys.eeg) if bounds else None
    pieces = [_piece(store, info, file, first, stop) for first, stop in bounds if file is not None]
    sync_folder(writer.vault.eeg)  # the pieces are there before the whole goes
    writer.do(_swap, info, pieces).result()
    forgotten.remove_files(writer)


def _pieces(store: Store, info: RecordingInfo, left: Sequence[Span]) -> list[Piece]:
    """Write what is left of a recording."""
    vault = store.vault
    path = vault.root / info.path
    try:
        file = BdfFile(path, vault.keys.eeg)
        bounds = [bound for start, end in left for bound in _whole(file, _samples(file, info, start, end))]
    except VaultError:  # it is gone, or its header is damaged
        return []
    pieces: list[Piece] = []
    try:
        for first, stop in bounds:
            pieces.append(_piece(store, info, file, first, stop))
    except (VaultError, FileNotFoundError):
        if path.exists():
            raise
        for name, _, _ in pieces:  # it went for want of room meanwhile
            forgotten.remove(vault, vault.root / name)
        return []
    return pieces


def _samples(file: BdfFile, info: RecordingInfo, start: float, end: float) -> tuple[int, int]:
    """Return the samples of a time, none that is even partly outside."""
    first = -int((info.time_start - start) * info.sfreq // 1)
    stop = int((end - info.time_start) * info.sfreq + 1e-6)
    return max(0, first), min(file.samples, stop)


def _whole(file: BdfFile, bounds: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the parts of a range that can be read."""
    good: list[tuple[int, int]] = []
    step = round(CHUNK_SECONDS * file.sfreq)
    for first in range(bounds[0], bounds[1], step):
        stop = min(first + step, bounds[1])
        try:
            file.read(first, stop)
        except RecordingError:
            continue
        if good and good[-1][1] == first:
            good[-1] = (good[-1][0], stop)
        else:
            good.append((first, stop))
    return good


def _piece(store: Store, info: RecordingInfo, file: BdfFile, first: int, stop: int) -> Piece:
    """Write samples ``first`` to ``stop`` of a recording as one of its own."""
    vault = store.vault
    source = vault.root / info.path
    path = _free(store, source, first)
    path.unlink(missing_ok=True)  # half of it, left by a crash: no row knows it yet
    time_start = info.time_start + first / file.sfreq
    step = round(CHUNK_SECONDS * file.sfreq)
    with (
        vault.ledger.room(path, size_of(source)),
        BdfAppender(
            path,
            ch_names=file.ch_names,
            sfreq=file.sfreq,
            time_start=time_start,
            device=_device(file, info),
            max_abs=layout_of(records(source, vault.keys.eeg), path.name).max_abs,
            sealer=vault.keys.eeg,
        ) as appender,
    ):
        for at in range(first, stop, step):
            appender.append(file.read(at, min(at + step, stop)))
    return _relative(vault, path), time_start, stop - first


def _device(file: BdfFile, info: RecordingInfo) -> str:
    """Return what a recording came from; where its first second, which says so, is damaged, as its row says."""
    try:
        return file.device
    except RecordingError:
        return "".join(letter if " " <= letter <= "~" else "_" for letter in info.device)[:DEVICE_WIDTH].strip()


def _free(store: Store, source: Path, first: int) -> Path:
    """Return a file for a piece that no row names: another recording of the same name may have been cut before."""
    path = source.with_name(f"{source.stem}+{first}.bdf")
    while store.value("SELECT 1 FROM recordings WHERE path = ?", [_relative(store.vault, path)]) is not None:
        path = path.with_name(f"{path.stem}+.bdf")
    return path


def _swap(db: Database, info: RecordingInfo, pieces: Sequence[Piece]) -> None:
    """Let the new files take the place of the old one, which goes when this is safe."""
    db.execute("DELETE FROM recordings WHERE id = ?", [info.id])
    names = json.dumps(list(info.ch_names))
    db.conn.executemany(
        "INSERT INTO recordings (path, device, source, sfreq, ch_names, time_start, time_end, samples, open) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        [
            (path, info.device, info.source, info.sfreq, names, start, start + samples / info.sfreq, samples)
            for path, start, samples in pieces
        ],
    )
    forgotten.leave_files(db, [info.path])


def _relative(vault: Vault, path: Path) -> str:
    return str(path.relative_to(vault.root))
