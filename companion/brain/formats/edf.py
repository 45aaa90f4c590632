"""EDF, EDF+, BDF and BDF+ files, read by edfio.

The start in the header has no time zone: it is taken as UTC, as MNE does and as this program writes it. A date that
was made anonymous (1985-01-01) is taken as it stands: the recording then lies in 1985.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import edfio
import numpy as np
from numpy.typing import NDArray

from companion.brain.formats.labels import channel_names, eeg_channels, microvolts
from companion.brain.formats.source import Source
from companion.brain.types import Segment
from index.signals.bdf_notes import PADDING

NAME = "EDF/EDF+/BDF/BDF+"

_EDF, _BDF = b"0       ", b"\xffBIOSEMI"
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_CENTURY = 85  # years from 85 are 19.., by the specification
_ONSET = re.compile(rb"([+-]\d+(?:\.\d*)?)\x14\x14")
_PADDING = re.compile(rb"[+-][\d.]+\x15([\d.]+)\x14" + PADDING.encode() + rb"\x14")
_MEND = "Open it with EDFbrowser, mend its header, and save it again"


File = edfio.Edf | edfio.Bdf
Signal = edfio.EdfSignal | edfio.BdfSignal


@dataclass(frozen=True, slots=True)
class Header:
    """What edfio does not tell of a header."""

    sample_bytes: int
    header_bytes: int
    records: int
    duration: float
    labels: tuple[str, ...]
    samples: tuple[int, ...]
    kind: str

    @property
    def record_bytes(self) -> int:
        """Bytes of one data record."""
        return sum(self.samples) * self.sample_bytes


def fits(source: Source) -> bool:
    """Whether it begins with the version of EDF or BDF."""
    return source.head[:8] in {_EDF, _BDF}


def read(source: Source) -> tuple[Segment, ...]:
    """Return its gap-free stretches, EEG channels only, in µV. Raises `BoardError`."""
    header = _header(source)
    begin = _begin(source)
    file, picked, data = _signals(source)
    sfreq, step = picked[0].sampling_frequency, picked[0].samples_per_data_record
    notes = _notes(source, header)
    onsets = _onsets(source, header, notes)
    end = data.shape[1] - _padding(notes, sfreq)
    names = channel_names([signal.label for signal in picked])
    return tuple(
        Segment(_device(file), sfreq, names, begin + float(onsets[a]), data[:, a * step : min(b * step, end)])
        for a, b in _runs(onsets, header.duration, 0.5 / sfreq)
    )


def _signals(source: Source) -> tuple[File, list[Signal], NDArray[np.float64]]:
    """Return the open file, its EEG signals, and their values in µV."""
    try:
        file = _open(source)
        picked = _picked(source, file)
        return file, [signal for signal, _ in picked], np.stack([signal.data * factor for signal, factor in picked])
    except (ValueError, ArithmeticError) as error:
        raise source.wrong(f"it cannot be read ({error})", _MEND) from error


def _header(source: Source) -> Header:
    """Read and check what edfio does not tell."""
    try:
        header = _parse(source.head if len(source.head) >= _needed(source.head) else source.path.read_bytes())
    except ValueError as error:
        raise source.wrong(f"its header is damaged ({error})", _MEND) from error
    _check_size(source, header)
    return header


def _needed(head: bytes) -> int:
    """Return how long the header is."""
    return int(head[184:192])


def _parse(head: bytes) -> Header:
    """Read the header's fields of fixed width. Raises ValueError."""
    count = int(head[252:256])
    labels = [head[256 + 16 * i : 272 + 16 * i].decode("latin-1").strip() for i in range(count)]
    offset = 256 + 216 * count
    samples = [int(head[offset + 8 * i : offset + 8 * i + 8]) for i in range(count)]
    header = Header(
        sample_bytes=3 if head[:8] == _BDF else 2,
        header_bytes=_needed(head),
        records=int(head[236:244]),
        duration=float(head[244:252]),
        labels=tuple(labels),
        samples=tuple(samples),
        kind=head[192:197].decode("latin-1")[3:],
    )
    if not samples or header.duration <= 0 or header.header_bytes != 256 * (count + 1):
        raise ValueError("it describes no signal")
    return header


def _check_size(source: Source, header: Header) -> None:
    """Refuse a file that is shorter or longer than its header says."""
    size = source.path.stat().st_size - header.header_bytes
    if size != header.records * header.record_bytes or header.records <= 0:
        raise source.wrong(
            f"its header promises {header.records} data records of {header.record_bytes} bytes, "
            f"but {size} bytes follow: it was cut off",
            "Copy it again from where it came, or save it again with EDFbrowser",
        )


def _open(source: Source) -> File:
    """Open it with edfio."""
    if source.head[:8] == _BDF:
        return edfio.read_bdf(source.path, header_encoding="latin-1")
    return edfio.read_edf(source.path, lazy_load_data=True, header_encoding="latin-1")


def _picked(source: Source, file: File) -> list[tuple[Signal, float]]:
    """Return the EEG signals, all of one rate, and what makes each of them µV."""
    voltages = [
        (signal, factor) for signal in file.signals if (factor := microvolts(signal.physical_dimension)) is not None
    ]
    picked = [voltages[i] for i in eeg_channels([signal.label for signal, _ in voltages])]
    if not picked:
        seen = ", ".join(f"{signal.label} ({signal.physical_dimension or 'no unit'})" for signal in file.signals)
        raise source.wrong(f"none of its signals is EEG in volts: {seen or 'there are none'}", _MEND)
    rates = {signal.sampling_frequency for signal, _ in picked}
    if len(rates) > 1:
        told = ", ".join(f"{rate:g} Hz" for rate in sorted(rates))
        raise source.wrong(f"its EEG has several rates ({told})", "Export the channels of one rate only")
    flat = [s.label for s, _ in picked if s.physical_min == s.physical_max or s.digital_min == s.digital_max]
    if flat:
        raise source.wrong(f"the scale of {flat[0]} is missing (minimum and maximum are the same)", _MEND)
    return picked


def _begin(source: Source) -> float:
    """Return the whole second at which it begins, by the header, as UTC seconds."""
    found = re.match(rb"Startdate (\d\d)-([A-Za-z]{3})-(\d{4})", source.head[88:168])
    date = re.match(rb"\s*(\d\d?)\D(\d\d?)\D(\d\d)", source.head[168:176])
    time = re.match(rb"\s*(\d\d?)\D(\d\d?)\D(\d\d)", source.head[176:184])
    try:
        if time is None or (found is None and date is None):
            raise ValueError("no date or time")  # noqa: TRY301 - one message for all that can be wrong with it
        hour, minute, second = (int(part) for part in time.groups())
        if found is not None:
            day, month, year = int(found[1]), _MONTHS.index(found[2].decode().upper()) + 1, int(found[3])
        elif date is not None:
            day, month, year = (int(part) for part in date.groups())
            year += 1900 if year >= _CENTURY else 2000
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError as error:
        raise source.wrong(
            f"its header has no date and time of its start ({source.head[168:184]!r})",
            "Set them with EDFbrowser (Tools, Header editor)",
        ) from error


def _notes(source: Source, header: Header) -> list[bytes]:
    """Return the first annotations of each data record; none when there are none."""
    at = next((i for i, label in enumerate(header.labels) if label.endswith(" Annotations")), None)
    if at is None:
        return []
    before = sum(header.samples[:at]) * header.sample_bytes
    width = header.samples[at] * header.sample_bytes
    raw = np.memmap(source.path, np.uint8, "r", header.header_bytes, (header.records, header.record_bytes))
    return [record.tobytes() for record in raw[:, before : before + width]]


def _onsets(source: Source, header: Header, notes: list[bytes]) -> NDArray[np.float64]:
    """Return when each data record begins, in seconds after the header's start."""
    onsets = [float(found[1]) for found in map(_ONSET.match, notes) if found]
    if len(onsets) == header.records:
        return np.array(onsets, np.float64)
    if header.kind == "+D":
        raise source.wrong("it has gaps, and not all of its data records tell their time", _MEND)
    return np.multiply(np.arange(header.records), header.duration, dtype=np.float64)


def _runs(onsets: NDArray[np.float64], duration: float, tolerance: float) -> list[tuple[int, int]]:
    """Return the first and last (left out) data records of each gap-free stretch."""
    gaps = np.flatnonzero(np.abs(np.diff(onsets) - duration) > tolerance) + 1
    edges = [0, *gaps.tolist(), len(onsets)]
    return list(pairwise(edges))


def _padding(notes: list[bytes], sfreq: float) -> int:
    """Return how many samples at the end this program added to fill the last data record."""
    found = _PADDING.search(notes[-1]) if notes else None
    return round(float(found[1]) * sfreq) if found else 0


def _device(file: File) -> str:
    """Return the device where an EDF+ header tells it."""
    told = file.recording.equipment_code if file.local_recording_identification.startswith("Startdate") else "X"
    return told.replace("_", " ").strip() if told != "X" else "unknown (EDF)"
