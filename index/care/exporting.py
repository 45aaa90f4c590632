"""Everything in files that any program reads: JSON Lines, pictures as they are kept, EEG as BDF+. Not encrypted."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from index import focus_history, notices, tagging, trainings
from index.forgetting.wish import Span, merged
from index.pictures import current
from index.replacing import FILE_MODE, FOLDER_MODE, replace_file, sync_folder, way_out
from index.signals import recordings
from index.signals.bdf import BdfAppender, BdfFile
from index.signals.record_file import layout_of, records
from index.store import Store
from index.types import FrameError, RecordingInfo, VaultError

PIECE = 200  # moments in memory at once
PIECE_SECONDS = 60.0  # of EEG in memory at once
MOMENTS, RECORDINGS, NOTICES = "moments.jsonl", "recordings.jsonl", "notices.jsonl"
FOCUS, TRAININGS = "focus.jsonl", "trainings.jsonl"
DRAFT = ".draft"

Progress = Callable[[str, int, int], None]  # what, how many of how many


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is exported: moments that overlap a time, of one app (without case), and their vectors or not.

    With ``app`` the EEG is that of these moments alone, else all of the time.
    """

    since: float | None = None
    until: float | None = None
    app: str = ""
    vectors: bool = False


@dataclass(slots=True)
class Exported:
    """How many of each there are now, and what could not be read, in sentences."""

    moments: int = 0
    pictures: int = 0
    recordings: int = 0
    notices: int = 0
    focus: int = 0  # stretches of its history, and what the person said of it
    trainings: int = 0
    skipped: list[str] = field(default_factory=list)


def export(store: Store, folder: Path, wanted: Wanted, *, progress: Progress = lambda *_: None) -> Exported:
    """Write what is wanted to ``folder``, which is empty or not there yet.

    Each file appears under its name once it is whole, ``moments.jsonl`` last of all. Raises `VaultError`.
    """
    done = Exported()
    try:
        _make(folder)
        where = _Moments(wanted)
        spans = _moments(store, folder, where, done, progress)
        between = spans if wanted.app else [where.time]
        _recordings(store, folder, between, done, progress)
        _notices(store, folder, where.time, wanted.app, done)
        done.focus = _lines(folder, FOCUS, focus_history.exported(store, merged(between)))
        if not wanted.app:  # they are of no program
            done.trainings = _lines(folder, TRAININGS, _trainings(store, where.time, done))
        _publish(folder / MOMENTS)
    except OSError as error:
        raise VaultError(f"{folder} cannot be written to ({error.strerror}). {way_out(error)}") from error
    return done


class _Moments:
    """Which moments, in SQL."""

    def __init__(self, wanted: Wanted) -> None:
        self.vectors = wanted.vectors
        self.time = (
            wanted.since if wanted.since is not None else -np.inf,
            wanted.until if wanted.until is not None else np.inf,
        )
        clauses = ["time_end >= ? AND time_start <= ?"]
        self._arguments: list[Any] = [*self.time]
        if wanted.app:
            clauses.append("app_folded = folded(?)")
            self._arguments.append(wanted.app)
        self._where = " AND ".join(clauses)

    def count(self, store: Store) -> int:
        return int(store.value(f"SELECT count(*) FROM moments WHERE {self._where}", self._arguments))  # noqa: S608 constants

    def pieces(self, store: Store) -> Iterator[list[dict[str, Any]]]:
        """Yield moments as their rows are, a piece at a time."""
        columns = [row[1] for row in store.rows("PRAGMA table_info(moments)")]
        after = 0
        while True:
            sql = f"SELECT * FROM moments WHERE id > ? AND {self._where} ORDER BY id LIMIT {PIECE}"  # noqa: S608 constants
            rows = store.rows(sql, [after, *self._arguments])
            if not rows:
                return
            yield [dict(zip(columns, row, strict=True)) for row in rows]
            after = rows[-1][0]


def _make(folder: Path) -> None:
    """Make the folder, for its owner alone."""
    if folder.exists() and any(folder.iterdir()):
        raise VaultError(f"{folder} is not empty. Name a folder that is new or empty.")
    for each in (folder, folder / "frames", folder / "eeg"):
        each.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        each.chmod(FOLDER_MODE)


def _moments(store: Store, folder: Path, where: _Moments, done: Exported, progress: Progress) -> list[Span]:
    """Write moments and their pictures; returns when they were."""
    total, spans = where.count(store), []
    with _private(folder / (MOMENTS + DRAFT)) as file:
        for piece in where.pieces(store):
            progress("moments", done.moments, total)
            for moment in _with_more(store, piece, vectors=where.vectors):
                moment["frame"] = _picture(store, folder, moment, done)
                file.write(json.dumps(moment, ensure_ascii=False) + "\n")
                spans.append((moment["time_start"], moment["time_end"]))
            done.moments += len(piece)
        _sync(file)
    return spans


def _notices(store: Store, folder: Path, time: Span, app: str, done: Exported) -> None:
    """Write the notifications that were held."""
    with _private(folder / (NOTICES + DRAFT)) as file:
        for notice in notices.exported(store, *time, app):
            file.write(json.dumps(notice, ensure_ascii=False) + "\n")
            done.notices += 1
        _sync(file)
    _publish(folder / NOTICES)


def _lines(folder: Path, name: str, rows: Iterable[dict[str, Any]]) -> int:
    """Write one object a line; returns how many."""
    count = 0
    with _private(folder / (name + DRAFT)) as file:
        for count, row in enumerate(rows, start=1):  # noqa: B007 how many there were
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        _sync(file)
    _publish(folder / name)
    return count


def _trainings(store: Store, time: Span, done: Exported) -> Iterator[dict[str, Any]]:
    """Yield neurofeedback sessions, without what their person may not see yet."""
    for training in trainings.between(store, *time):
        try:
            yield trainings.exported(store, training)
        except VaultError as error:
            done.skipped.append(f"A training was left out: {error}")


def _with_more(store: Store, piece: list[dict[str, Any]], *, vectors: bool) -> Iterator[dict[str, Any]]:
    """Yield moments with what was typed, their tags, how good their EEG was, and their vectors if wanted."""
    ids = [moment["id"] for moment in piece]
    tags, known, typed = tagging.tags(store, ids), store.moments(ids), store.typed(ids)
    spaces = store.spaces("") if vectors else []
    matrices = {space: store.matrices(ids, space) for space in spaces}
    for moment in piece:
        signal = known[moment["id"]].signal
        moment["typed"] = typed.get(moment["id"], "")
        moment["tags"] = list(tags.get(moment["id"], ()))
        moment["signal"] = (
            None if signal is None else {"windows": signal.windows, "fit": signal.fit, "fault": signal.fault}
        )
        if vectors:
            held = {space: found[moment["id"]] for space, found in matrices.items() if moment["id"] in found}
            moment["vectors"] = {space: matrix.astype(float).tolist() for space, matrix in held.items()}
        yield moment


def _picture(store: Store, folder: Path, moment: dict[str, Any], done: Exported) -> str:
    """Write a moment's picture as it is kept, one of a group (whose own format is another) as PNG; returns its name."""
    if not moment["frame"]:
        return ""
    try:
        blob, suffix = _image_file(store, moment)
    except (FrameError, OSError) as error:
        done.skipped.append(f"The picture of moment {moment['id']} was left out: {error}")
        return ""
    name = f"frames/{moment['id']}.{suffix}"
    replace_file(folder / name, blob, durable=False)
    done.pictures += 1
    return name


def _image_file(store: Store, moment: dict[str, Any]) -> tuple[bytes, str]:
    """Return a moment's picture as a file, and what kind of file it is; raises `FrameError` or OSError."""
    blob = current.read(store, moment["id"], moment["frame"])  # it may be grouped since the row was read
    with Image.open(io.BytesIO(blob)) as picture:
        suffix = str(picture.format).lower()
        return (_as_png(picture), "png") if suffix == "ppm" else (blob, suffix)


def _as_png(picture: Image.Image) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    return encoded.getvalue()


def _recordings(store: Store, folder: Path, spans: Sequence[Span], done: Exported, progress: Progress) -> None:
    """Write the EEG of the times that are wanted, a file for each gap-free stretch."""
    with _private(folder / (RECORDINGS + DRAFT)) as file:
        for number, (start, end) in enumerate(merged(spans)):
            progress("recordings", number, len(spans))
            for info in store.recordings_between(start, end):
                try:
                    facts = _stretch(store, folder, info, start, end)
                except VaultError as error:
                    done.skipped.append(f"A part of {info.path} was left out: {error}")
                    continue
                if facts:
                    file.write(json.dumps(facts, ensure_ascii=False) + "\n")
                    done.recordings += 1
        _sync(file)
    _publish(folder / RECORDINGS)


def _stretch(store: Store, folder: Path, info: RecordingInfo, start: float, end: float) -> dict[str, Any]:
    """Write the part of a recording that lies in a time, digit by digit; returns what to say of it."""
    first = max(0, round((max(start, info.time_start) - info.time_start) * info.sfreq))
    stop = min(info.samples, round((min(end, info.time_end) - info.time_start) * info.sfreq))
    if stop <= first:
        return {}
    path = store.vault.root / info.path
    name = f"eeg/{path.stem}{f'-{first}' if first else ''}.bdf"
    draft = folder / (name + DRAFT)
    file = BdfFile(path, store.vault.keys.eeg)
    recordings.refuse_exchanged(file, info.path, info.time_start)
    begins = info.time_start + first / info.sfreq
    largest = layout_of(records(path, store.vault.keys.eeg), path.name).max_abs
    step = round(PIECE_SECONDS * info.sfreq)
    try:
        with BdfAppender(
            draft,
            ch_names=file.ch_names,
            sfreq=info.sfreq,
            time_start=begins,
            device=file.device,
            max_abs=largest,
        ) as appender:
            for at in range(first, stop, step):
                appender.append(file.read(at, min(at + step, stop)))
    except VaultError:
        draft.unlink(missing_ok=True)
        raise
    _publish(folder / name)
    facts = {"file": name, "device": info.device, "source": info.source, "sfreq": info.sfreq}
    return facts | {
        "ch_names": list(info.ch_names),
        "time_start": begins,
        "samples": stop - first,
    }


def _private(path: Path) -> io.TextIOWrapper:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "w", encoding="utf-8")


def _sync(file: io.TextIOWrapper) -> None:
    file.flush()
    os.fsync(file.fileno())


def _publish(path: Path) -> None:
    path.with_name(path.name + DRAFT).replace(path)
    sync_folder(path.parent)
