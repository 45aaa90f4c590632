"""CSV as the telephone program Mind Monitor records it: ``TimeStamp,...,RAW_TP9,RAW_AF7,...``, µV around 800."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from companion.brain.formats import clock
from companion.brain.formats.muse_lsl import MUSE_CHANNELS, MUSE_SFREQ, MUSE_TOLERANCE
from companion.brain.formats.source import Source
from companion.brain.formats.table import Table, load, load_text
from companion.brain.types import Segment

NAME = "Mind Monitor CSV"

_TIME = "TimeStamp"
_EVENT = "/"  # lines of events (`/muse/elements/blink`, `/Marker/1`) hold no sample; no sample holds a slash
_SLOWEST = 0.5 * MUSE_SFREQ
_STAMP = re.compile(rb"2\d{3}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?")  # no zone


def fits(source: Source) -> bool:
    """Whether its heading has ``TimeStamp`` and columns of a Muse."""
    names = _names(source)
    return _TIME in names and any(name.startswith(("RAW_", "Delta_", "HSI_")) for name in names)


def read(source: Source) -> tuple[Segment, ...]:
    """Return its gap-free stretches.

    The stamps are the telephone's local time without a zone: they are taken as local time of this computer. Values
    stay as they are in the file, with their offset of about 800 µV. Raises `BoardError`.
    """
    table = Table(_names(source), skip=1, without=_EVENT)
    columns = [f"RAW_{name}" for name in MUSE_CHANNELS]
    missing = [name for name in columns if name not in table.names]
    if missing:
        raise source.wrong(f"the column {missing[0]} is missing", "Turn raw EEG on in Mind Monitor and record again")
    values = load(source, table, columns)
    times = _utc(source, load_text(source, table, _TIME))
    clock.check_plausible(times, source)
    _check_interval(source, times)
    gaps, sfreq = clock.gaps_and_rate(times, MUSE_SFREQ, tolerance=MUSE_TOLERANCE)
    return clock.cut(values.T, times, gaps, sfreq=sfreq, device="Muse (Mind Monitor)", ch_names=MUSE_CHANNELS)


def _utc(source: Source, stamps: NDArray[np.bytes_]) -> clock.Times:
    """Return UTC seconds of local times; the zone's offset is looked up once an hour of the recording."""
    strange = next((stamp for stamp in stamps.tolist() if not _STAMP.fullmatch(stamp)), None)
    if strange is not None:
        raise source.wrong(
            f"{strange.decode('latin-1')!r} is no TimeStamp such as 2024-05-31 14:07:00.123", "Delete such lines"
        )
    try:
        local = stamps.astype("datetime64[us]")
    except ValueError as error:
        raise source.wrong(f"a TimeStamp is no time ({error})", "Delete such lines") from error
    hours, which = np.unique(local.astype("datetime64[h]"), return_inverse=True)
    offsets = np.array([_offset(hour) for hour in hours.tolist()])
    times: clock.Times = local.astype(np.int64) / 1e6 - offsets[which]
    return times


def _offset(hour: datetime) -> float:
    """Return how many seconds local time is ahead of UTC."""
    return hour.replace(tzinfo=UTC).timestamp() - hour.astimezone().timestamp()


def _check_interval(source: Source, times: clock.Times) -> None:
    """Refuse a file with a line now and then: that is no signal."""
    if len(times) < 2:  # noqa: PLR2004 - one sample has no interval
        return
    interval = float(np.median(np.diff(times)))
    if interval > 1.0 / _SLOWEST:
        raise source.wrong(
            f"it has one line every {interval:.3g} s, which is no raw EEG",
            "Set `Recording Interval` to `Constant` in Mind Monitor and record again",
        )


def _names(source: Source) -> tuple[str, ...]:
    """Return the heading's names."""
    lines = source.lines
    return tuple(name.strip() for name in lines[0].split(",")) if lines else ()
