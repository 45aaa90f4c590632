"""Taking in what other tools recorded: EEG files become recordings, folders of screenshots become moments."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from companion.brain import formats
from companion.brain.recorder import Recorder
from companion.brain.types import Chunk, Segment, Stream
from companion.recover import IMPORT, forget_imports
from index import changes
from index.database import make_durable
from index.types import VaultError
from index.writer import Writer

CHUNK_SECONDS = 10.0
Progress = Callable[[float], None]  # share done, 0 to 1


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one EEG file."""

    segments: int
    seconds: float
    known: bool = False  # it was imported before; nothing was added


def import_eeg(
    path: Path,
    writer: Writer,
    *,
    board: str = "",
    segments: Sequence[Segment] = (),
    progress: Progress = lambda _: None,
) -> Imported:
    """Store a file's EEG as recordings, and ask for the EEG of the moments it covers.

    All of a file counts as imported, or, where that was interrupted, nothing. The same content is known by any name.
    ``segments`` are what is in it, where it was read before. Raises `BoardError` for a file that cannot be read,
    `VaultError` when it cannot be stored.
    """
    digest = _digest(path)
    if writer.do(_known, digest).result():
        return Imported(0, 0.0, known=True)
    forget_imports(writer)
    source = f"{IMPORT}{path.name}:{digest}"
    segments = segments or formats.read(path, board=board)
    total = sum(segment.data.shape[1] / segment.sfreq for segment in segments)
    before = 0.0
    for number, segment in enumerate(segments):

        def moved(seconds: float, before: float = before) -> None:
            progress((before + seconds) / total)

        before += _store(segment, number, writer, source, moved)
    ends = [segment.time_start + segment.data.shape[1] / segment.sfreq for segment in segments]
    spans = [(segment.time_start, end) for segment, end in zip(segments, ends, strict=True)]
    writer.do(_finish, source, spans).result()
    writer.do(changes.output, "import", time.time(), note=path.name).result()
    return Imported(len(segments), total)


def _store(segment: Segment, number: int, writer: Writer, source: str, moved: Progress) -> float:
    """Append a segment piece by piece, telling ``moved`` the seconds stored so far; returns all of them."""
    problems: list[str] = []
    stream = Stream(segment.device, segment.sfreq, segment.ch_names)
    recorder = Recorder(
        writer.vault.eeg,
        on_open=lambda path, opened, start: _opened(writer, source, path, opened, start),
        on_progress=lambda _path, _samples: None,
        on_close=lambda path, samples: _stored(writer, path, samples),
        on_error=problems.append,
        sealer=writer.vault.keys.eeg,
        ledger=writer.vault.ledger,
    )
    step = round(CHUNK_SECONDS * segment.sfreq)
    try:
        for start in range(0, segment.data.shape[1], step):
            data = segment.data[:, start : start + step]
            recorder.append(Chunk(data, segment.time_start + start / segment.sfreq, number, stream))
            if problems:
                break
            moved((start + data.shape[1]) / segment.sfreq)
    finally:
        recorder.close()
    if problems or recorder.lost:
        raise VaultError(problems[0] if problems else f"{recorder.lost} samples could not be stored.")
    return float(segment.data.shape[1] / segment.sfreq)


def _opened(writer: Writer, source: str, path: Path, stream: Stream, start: float) -> None:
    writer.do(
        changes.open_recording,
        changes.relative(writer.vault, path),
        device=stream.device,
        source=source,
        sfreq=stream.sfreq,
        ch_names=stream.ch_names,
        time_start=start,
    ).result()
    make_durable(writer.vault)  # a recording that no row knows would be taken for one by the headset itself


def _stored(writer: Writer, path: Path, samples: int) -> None:
    """Note what a file holds; it stays open until all of the import is there."""
    writer.do(changes.extend_recording, changes.relative(writer.vault, path), samples).result()


def _finish(db: Database, source: str, spans: list[tuple[float, float]]) -> None:
    """Make a whole import count, and ask for the EEG of the moments it covers."""
    db.execute("UPDATE recordings SET open = 0 WHERE source = ?", [source])
    for start, end in spans:
        changes.want_brain_between(db, start, end)


def _known(db: Database, digest: str) -> bool:
    sql = "SELECT 1 FROM recordings WHERE open = 0 AND source LIKE ?"
    return db.execute(sql, [f"{IMPORT}%:{digest}"]).fetchone() is not None


def _digest(path: Path) -> str:
    """Return a short hash of a file's content, so that the same file is known under any name."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
