"""Recordings of a BIDS-EEG folder: whose they are, when they were made, what was on; their signals when asked for.

Brain Imaging Data Structure 1.10, https://bids-specification.readthedocs.io. Two things that sets in the wild have are
seen to here, since they would make figures too good: a recording that is stored twice, and a recording whose samples
were joined over a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import edfio
import numpy as np
from numpy.typing import NDArray

from companion.brain.formats import edf
from companion.brain.formats.source import Source
from companion.brain.types import BoardError, Segment
from companion.evaluation import bids_tables
from companion.evaluation.bids_tables import Event, Scan
from companion.evaluation.errors import EvaluationError
from companion.evaluation.signal_digest import digest

__all__ = ["Cohort", "EvaluationError", "Event", "Recording", "cohort", "events_of", "recordings"]

SUFFIXES = (".edf", ".bdf")
OTHERS = (".vhdr", ".set")  # BIDS allows these too
GAP_SECONDS = 0.07  # a step between time stamps longer than this is a gap; 1.5 packets of a Muse, as for live data
NAMED = 5  # files a message names


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of EEG.

    Attributes
    ----------
    person, session, task, run
        As BIDS names them, without their ``sub-``, ``ses-``, ...; empty where there is none.
    acq_time
        UTC seconds since 1970 of its first sample by ``scans.tsv`` (a time without a zone counts as UTC); None where
        it is not told. The date in an EDF header is not used: public sets make it anonymous.

    """

    path: Path
    person: str
    session: str
    task: str
    run: str
    acq_time: float | None = None

    @property
    def name(self) -> str:
        """What tells it from every other recording of the set: ``sub-01_ses-2_task-rest``."""
        return self.path.stem.removesuffix("_eeg")

    def segments(self) -> tuple[Segment, ...]:
        """Return its gap-free stretches, EEG in µV. Raises `EvaluationError`."""
        try:
            return edf.read(Source.open(self.path))
        except BoardError as error:
            raise EvaluationError(str(error)) from error

    def events(self) -> tuple[Event, ...]:
        """Return what was on, by onset; none where no ``events.tsv`` belongs to it. Raises `EvaluationError`."""
        path = bids_tables.belonging(self.path, "events.tsv")
        return () if path is None else bids_tables.events(path)

    def others(self, prefix: str) -> dict[str, NDArray[np.float64]]:
        """Return signals that are not EEG and whose label begins with ``prefix``, in their own units and rate.

        Raises `EvaluationError` when the file cannot be read.
        """
        try:
            file = (edfio.read_bdf if self.path.suffix.lower() == ".bdf" else edfio.read_edf)(self.path)
            return {s.label: np.asarray(s.data, np.float64) for s in file.signals if s.label.startswith(prefix)}
        except (OSError, ValueError, ArithmeticError) as error:
            raise EvaluationError(f"{self.path.name}: it cannot be read ({error}). Download it again.") from error


@lru_cache(maxsize=4096)
def events_of(recording: Recording) -> tuple[Event, ...]:
    """Return `Recording.events`, read once: whoever labels windows asks for them with every window."""
    return recording.events()


@dataclass(frozen=True, slots=True)
class Cohort:
    """A BIDS set.

    Attributes
    ----------
    name, licence
        As ``dataset_description.json`` tells them.
    notes
        What was left out, and why; belongs into every report.

    """

    name: str
    licence: str
    recordings: tuple[Recording, ...]
    notes: tuple[str, ...]


def recordings(folder: Path) -> tuple[Recording, ...]:
    """Return the recordings of a BIDS folder, by person, session, time and run. Raises `EvaluationError`.

    See `cohort` for what is left out.
    """
    return cohort(folder).recordings


def cohort(folder: Path) -> Cohort:
    """Return what a BIDS folder holds.

    Left out, with a note: files that cannot be read; the second of two recordings with the same samples, which would
    else be in training and test at once; recordings whose samples were joined over a gap without a mark of where.

    Raises
    ------
    EvaluationError
        When the folder is no BIDS set, its tables are damaged, or no recording is left.

    """
    told = bids_tables.description(folder)
    found = sorted(_found(folder), key=_order)
    if not found:
        raise EvaluationError(_nothing(folder))
    notes: list[str] = []
    kept = tuple(recording for recording, scan in _readable(found, notes) if _whole(recording, scan, notes))
    if not kept:
        raise EvaluationError(f"No recording in {folder.name} can be used. " + " ".join(notes[:NAMED]))
    return Cohort(told.name, told.licence, kept, tuple(notes))


def _found(folder: Path) -> Iterator[tuple[Recording, Scan]]:
    """Yield every recording there is, with what ``scans.tsv`` says of it."""
    told: dict[Path, Mapping[str, Scan]] = {}
    for path in folder.glob("sub-*/**/*_eeg.*"):
        if path.suffix.lower() not in SUFFIXES or path.parent.name != "eeg":
            continue
        above = path.parent.parent
        if above not in told:
            told[above] = bids_tables.scans(above)
        scan = told[above].get(f"eeg/{path.name}", Scan())
        entities = dict(bids_tables.ENTITY.findall(path.name.rsplit("_", 1)[0]))
        person, session, task, run = (entities.get(key, "") for key in ("sub", "ses", "task", "run"))
        yield Recording(path, person, session, task, run, scan.acq_time), scan


def _order(found: tuple[Recording, Scan]) -> tuple[str, str, float, int, str, str]:
    recording = found[0]
    number = int(recording.run) if recording.run.isdecimal() else 0
    time = float("inf") if recording.acq_time is None else recording.acq_time
    return recording.person, recording.session, time, number, recording.run, recording.name


def _readable(found: list[tuple[Recording, Scan]], notes: list[str]) -> Iterator[tuple[Recording, Scan]]:
    """Yield recordings that can be read, each signal once; notes the others."""
    first: dict[bytes, str] = {}
    for recording, scan in found:
        try:
            mark = digest(recording.path)
        except EvaluationError as error:
            notes.append(f"Left out: {error}")
            continue
        if mark in first:
            notes.append(f"Left out: {recording.name} holds the same samples as {first[mark]}.")
            continue
        first[mark] = recording.name
        yield recording, scan


def _whole(recording: Recording, scan: Scan, notes: list[str]) -> bool:
    """Whether it is known where its gaps are; notes when not."""
    if scan.max_gap <= GAP_SECONDS:
        return True
    segments = recording.segments()
    ends = [segment.time_start + segment.data.shape[1] / segment.sfreq for segment in segments]
    marked = max((after.time_start - end for after, end in zip(segments[1:], ends, strict=False)), default=0.0)
    if marked >= scan.max_gap - GAP_SECONDS:
        return True
    notes.append(
        f"Left out: {recording.name} was joined over a gap of {scan.max_gap:g} s (max_gap_s), and nothing in it "
        "says where."
    )
    return False


def _nothing(folder: Path) -> str:
    """Say why there is no recording, and what would help."""
    others = [path for path in folder.glob("sub-*/**/*_eeg.*") if path.suffix.lower() in OTHERS]
    if others:
        return (
            f"{folder.name} holds {others[0].suffix} files, which are not read here. Convert them to EDF with MNE-BIDS."
        )
    return (
        f"{folder.name} holds no sub-*/[ses-*/]eeg/*_eeg.edf. Download the set with its signals; of a datalad or "
        "git-annex copy, get the files first."
    )
