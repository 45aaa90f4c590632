"""CSV as muse-lsl records it: ``timestamps,TP9,AF7,AF8,TP10,Right AUX[,Marker...]``, µV and UTC seconds."""

from __future__ import annotations

from companion.brain.formats import clock
from companion.brain.formats.source import Source
from companion.brain.formats.table import Table, load
from companion.brain.types import Segment

NAME = "muse-lsl CSV"

MUSE_CHANNELS = ("TP9", "AF7", "AF8", "TP10")
MUSE_SFREQ = 256.0
MUSE_TOLERANCE = 1.5 * 12 / MUSE_SFREQ  # s; a packet of a Muse holds 12 samples

_TIME = "timestamps"


def fits(source: Source) -> bool:
    """Whether its heading begins with ``timestamps`` and names an electrode of a Muse."""
    names = _names(source)
    return names[:1] == (_TIME,) and any(name in names for name in MUSE_CHANNELS)


def read(source: Source) -> tuple[Segment, ...]:
    """Return its gap-free stretches; muse-lsl has already fitted its stamps to the device. Raises `BoardError`."""
    table = Table(_names(source), skip=1)
    missing = [name for name in MUSE_CHANNELS if name not in table.names]
    if missing:
        raise source.wrong(f"the column {missing[0]} is missing", "Record it again with all four electrodes")
    values = load(source, table, (_TIME, *MUSE_CHANNELS))
    times = values[:, 0]
    clock.check_plausible(times, source)
    gaps = clock.stamp_gaps(times, MUSE_SFREQ, MUSE_TOLERANCE)
    sfreq = clock.rate(times, gaps, MUSE_SFREQ)
    return clock.cut(values[:, 1:].T, times, gaps, sfreq=sfreq, device="Muse (muse-lsl)", ch_names=MUSE_CHANNELS)


def _names(source: Source) -> tuple[str, ...]:
    """Return the heading's names."""
    lines = source.lines
    return tuple(name.strip() for name in lines[0].split(",")) if lines else ()
