"""Files that a crash left without a row, or half written: found where something changed since the last look.

What nobody misses is removed. EEG that cannot be opened may be whole, its key alone gone: it is set aside.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from index import changes
from index.care.aside import ASIDE, set_aside
from index.forgetting.forgotten import DAY_SECONDS
from index.keys.sealing import OVERHEAD
from index.pictures import frames
from index.replacing import replace_file
from index.signals.bdf import BdfFile, repair
from index.signals.record_file import LENGTH_BYTES, layout_of, records
from index.store import Store
from index.types import VaultError
from index.vault import Vault

DRAFT = ".draft"
MARK = "swept"  # an empty file; its time is that of the last look
NEWEST = 200  # moments
OVERLAP = 3600.0  # seconds looked at again: a disk's clock may be coarse, or another machine's
NEAR = 0.01  # seconds by which the times of a row and of its file may differ
EMPTY = OVERHEAD + LENGTH_BYTES + 3 * 256  # bytes of a recording of one channel before its first second


Rows = Callable[[str, list[str]], list[tuple[Any, ...]]]  # SQL and its values in


@dataclass(frozen=True, slots=True)
class Found:
    """A recording that no row knows; without samples there is nothing in it that anybody could read."""

    path: str
    device: str
    sfreq: float
    ch_names: tuple[str, ...]
    time_start: float
    samples: int

    @property
    def time_end(self) -> float:
        """UTC seconds after its last sample."""
        return self.time_start + self.samples / self.sfreq


def sweep(store: Store, *, tell: Callable[[str], None]) -> list[str]:
    """Remove such files and return their names; for the writing process, before it writes. Raises `VaultError`.

    Only folders of pictures that changed since the last look are read, so that years of them cost nothing. What is
    set aside is not among the names: ``tell`` takes a sentence of it, and has made it safe when it returns.
    """
    vault = store.vault
    mark = vault.root / MARK
    since = mark.stat().st_mtime - OVERLAP if mark.exists() else 0.0
    replace_file(mark, b"", durable=False)  # first: what changes from now on is looked at the next time
    lost = [*_drafts(vault.root), *_drafts(vault.eeg), *_recordings(store)]
    for folder in sorted({*_changed(vault.frames, since), *_newest(store)}):
        lost += _pictures(vault, store.rows, folder)
    _remove(vault, lost)
    _set_aside(vault, list(_unopened(store)), tell)
    return [str(path.relative_to(vault.root)) for path in lost]


def days(vault: Vault, spans: Sequence[tuple[float, float]]) -> list[Path]:
    """Return the folders of single pictures of the days (UTC) that stretches of time (UTC seconds) touch."""
    in_order = sorted(spans)
    starts = [start for start, _ in in_order]
    ends = list(accumulate((end for _, end in in_order), max))  # of those up to each, the last
    begun = ((_begins(folder.name), folder) for folder in sorted(vault.frames.iterdir()))
    return [folder for begins, folder in begun if begins is not None and _touched(begins, starts, ends)]


def _touched(begins: float, starts: Sequence[float], ends: Sequence[float]) -> bool:
    """Whether one of the stretches that begin before a day's end reaches into it."""
    before = bisect_left(starts, begins + DAY_SECONDS)
    return before > 0 and ends[before - 1] > begins


def _begins(day: str) -> float | None:
    """Return when a day (UTC) begins by the name of its folder, None for one of another name."""
    try:
        return datetime.strptime(day, frames.DAY).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def sweep_day(db: Database, vault: Vault, folder: Path) -> None:
    """Remove pictures of one folder that no moment has, while the program records; raises `VaultError`.

    As a change of the writer's: nothing is half written then.
    """
    _remove(vault, list(_pictures(vault, lambda sql, values: db.execute(sql, values).fetchall(), folder)))


def _remove(vault: Vault, lost: Sequence[Path]) -> None:
    try:
        for path in lost:
            vault.ledger.remove(path)
    except OSError as error:
        raise VaultError(
            f"{path}, which nothing in the vault names any more, cannot be removed ({error.strerror}). Make the "
            "vault's folder yours."
        ) from error


def _set_aside(vault: Vault, paths: list[Path], tell: Callable[[str], None]) -> None:
    """Move recordings that cannot be opened out of the way; raises `VaultError`."""
    if not paths:
        return
    place = vault.root / ASIDE / vault.eeg.name
    tell(
        f"EEG that the database does not know cannot be opened: its beginning is damaged, or its key is gone. It may "
        f"be whole, so {len(paths)} file(s), {paths[0].name} the first, are moved to {place}. Put them back into "
        f"{vault.eeg} once a backup of keys.json, or of the files, opens them; or delete them."
    )
    try:
        for path in paths:
            set_aside(vault, _name(vault, path))
    except OSError as error:
        raise VaultError(f"{path} cannot be set aside ({error.strerror}). Make the vault's folder yours.") from error


def _changed(folder: Path, since: float) -> Iterator[Path]:
    """Yield the folders that files were added to or taken from."""
    folders = (folder, *(path for path in folder.iterdir() if path.is_dir()))
    yield from (path for path in folders if path.stat().st_mtime >= since)


def _newest(store: Store) -> Iterator[Path]:
    """Yield the folders of the newest moments: a clock that was set back makes what changed look old."""
    rows = store.rows("SELECT frame FROM moments ORDER BY id DESC LIMIT ?", [NEWEST])
    folders = {(store.vault.root / name).parent for (name,) in rows if name}
    yield from (folder for folder in folders if folder.is_dir())


def _drafts(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.iterdir() if path.name.endswith(DRAFT))


def found(store: Store) -> list[Found]:
    """Return the recordings that hold signal no row tells of; those that a crash tore are mended. Raises `VaultError`.

    What is to be forgotten is none of them, nor a part that was cut of a recording which is still there.
    """
    read = (_read(store.vault, path) for path in _unknown(store) if not _is_going(store, path))
    return [one for one in read if one is not None and not _worthless(store, one)]


def take_in(db: Database, one: Found) -> None:
    """Make a recording that was found known."""
    changes.open_recording(
        db,
        one.path,
        device=one.device,
        source=one.device,
        sfreq=one.sfreq,
        ch_names=one.ch_names,
        time_start=one.time_start,
    )
    changes.extend_recording(db, one.path, one.samples, closed=True)
    changes.want_brain_between(db, one.time_start, one.time_end)


def _recordings(store: Store) -> Iterator[Path]:
    """Yield recordings that no row knows and that are worth nothing; what holds signal is never removed."""
    for path in _unknown(store):
        one = _read(store.vault, path)
        if one is not None and _worthless(store, one):
            yield path


def _unopened(store: Store) -> Iterator[Path]:
    """Yield recordings that no row knows, that are long enough to hold signal, and whose header cannot be opened."""
    for path in _unknown(store):
        if not _is_going(store, path) and path.stat().st_size > EMPTY and not _opens(store.vault, path):
            yield path


def _is_going(store: Store, path: Path) -> bool:
    """Whether a recording is to be forgotten: by its name, or with all EEG."""
    sql = "SELECT 1 FROM forgetting WHERE kind = 'brain' OR (kind = 'file' AND path = ?) LIMIT 1"
    return store.value(sql, [_name(store.vault, path)]) is not None


def _opens(vault: Vault, path: Path) -> bool:
    """Whether a recording's header can be opened; raises `VaultError` where the disk does not give it now."""
    try:
        layout_of(records(path, vault.keys.eeg), path.name)
    except OSError as error:
        raise VaultError(f"{path} cannot be read ({error.strerror}). Is it yours, and is the disk well?") from error
    except VaultError:
        return False
    return True


def _unknown(store: Store) -> Iterator[Path]:
    known = {row[0] for row in store.rows("SELECT path FROM recordings")}
    yield from (path for path in store.vault.eeg.glob("*.bdf") if _name(store.vault, path) not in known)


def _read(vault: Vault, path: Path) -> Found | None:
    """Return what a recording holds, mended after a crash; None where it cannot be opened, or tells no beginning."""
    name, empty = _name(vault, path), path.stat().st_size <= EMPTY  # torn as it was made
    if not empty and not _opens(vault, path):
        return None
    samples = 0 if empty else repair(path, vault.keys.eeg)
    if not samples:
        return Found(name, "", 1.0, (), 0.0, 0)
    try:
        file = BdfFile(path, vault.keys.eeg)
        return Found(name, file.device, file.sfreq, file.ch_names, file.time_start, samples)
    except VaultError:  # its first second is damaged
        return None


def _worthless(store: Store, one: Found) -> bool:
    """Whether a recording holds nothing, or only what a known one of the same time and kind holds too."""
    sql = (
        "SELECT 1 FROM recordings WHERE time_start <= ? AND time_end >= ? AND abs(sfreq - ?) < 1e-3 "
        "AND json_array_length(ch_names) = ? LIMIT 1"
    )
    times = [one.time_start + NEAR, one.time_end - NEAR]
    return not one.samples or store.value(sql, [*times, one.sfreq, len(one.ch_names)]) is not None


def _pictures(vault: Vault, rows: Rows, folder: Path) -> Iterator[Path]:
    """Yield drafts, and pictures whose moment is not there or has another."""
    yield from _drafts(folder)
    numbered = {path: path.stem for path in folder.iterdir() if path.suffix in {".frame", ".small"}}
    wanted = json.dumps([int(stem) for stem in numbered.values() if stem.isdecimal()])
    sql = "SELECT frame FROM moments WHERE id IN (SELECT value FROM json_each(?)) AND frame <> ''"
    known = {name for (name,) in rows(sql, [wanted])}
    known |= {frames.thumbnail(name) for name in known}
    yield from (path for path in numbered if _name(vault, path) not in known)


def _name(vault: Vault, path: Path) -> str:
    return str(path.relative_to(vault.root))
