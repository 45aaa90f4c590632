"""XDF files as LabRecorder writes them, read by pyxdf: the EEG streams of a laboratory network.

Times in XDF are LSL's: seconds since some machine was switched on. pyxdf brings all streams to the recorder's clock.
What that clock showed when the file was begun is the earlier of the first sample and the first clock offset, which
LabRecorder takes about 5 s into the recording; the header's ``datetime`` says which UTC second that was. So times are
right to about a second. Streams whose stamps are UTC seconds already (muse-lsl's) are taken at their word.
"""

from __future__ import annotations

import gzip
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.brain.formats import clock
from companion.brain.formats.labels import channel_names, eeg_channels, microvolts
from companion.brain.formats.source import Source
from companion.brain.types import Segment

NAME = "XDF"

_MAGIC, _GZIP = b"XDF:", b"\x1f\x8b"
_AGAIN = "Copy it again from where it came, or record it again with LabRecorder"


@dataclass(frozen=True, slots=True)
class Stream:
    """One EEG stream: ``data`` in µV, ``float64[channels, samples]``, and stamps of the recorder's clock."""

    name: str
    sfreq: float
    ch_names: tuple[str, ...]
    data: NDArray[np.float64]
    times: clock.Times
    first_offset: float | None


def fits(source: Source) -> bool:
    """Whether it begins with XDF's four letters, packed or not."""
    if source.head[:2] != _GZIP:
        return source.head[:4] == _MAGIC
    try:
        return gzip.GzipFile(fileobj=io.BytesIO(source.head)).read(4) == _MAGIC
    except (OSError, EOFError):
        return False


def read(source: Source) -> tuple[Segment, ...]:
    """Return the gap-free stretches of each EEG stream. Raises `BoardError`."""
    raw, header = _load(source)
    streams = [_stream(source, stream) for stream in raw if len(stream["time_stamps"])]
    if not streams:
        raise source.wrong("its EEG streams hold no samples", "Start the headset before recording")
    ahead = _ahead(source, streams, header)
    return tuple(segment for stream in streams for segment in _segments(source, stream, ahead))


def _segments(source: Source, stream: Stream, ahead: float) -> tuple[Segment, ...]:
    """Cut one stream; ``ahead`` is what UTC is ahead of the recorder's clock."""
    times = stream.times if clock.plausible(stream.times) else stream.times + ahead
    clock.check_plausible(times, source)
    gaps, sfreq = clock.gaps_and_rate(times, stream.sfreq)
    return clock.cut(stream.data, times, gaps, sfreq=sfreq, device=stream.name, ch_names=stream.ch_names)


def _load(source: Source) -> tuple[list[dict[str, Any]], Mapping[str, Any]]:
    """Return pyxdf's EEG streams and file header."""
    import pyxdf

    with _care(source):
        told = pyxdf.resolve_streams(_open(source))
    wanted = [stream["stream_id"] for stream in told if str(stream["type"]).lower() == "eeg"]
    if not wanted:
        kinds = ", ".join(f"{stream['name']} ({stream['type']})" for stream in told)
        raise source.wrong(f"it has no stream of type EEG: {kinds or 'it has none'}", "Record the headset's too")
    with _care(source):
        streams, header = pyxdf.load_xdf(_open(source), wanted, dejitter_timestamps=False)
    if header is None:
        raise source.wrong("it has no file header", _AGAIN)
    return streams, header


def _open(source: Source) -> io.BufferedIOBase:
    """Open it, unpacking where it is packed; pyxdf closes it."""
    if source.head[:2] == _GZIP:
        return gzip.open(source.path)
    return source.path.open("rb")


class _Listener(logging.Handler):
    """Keeps what is logged."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.heard.append(record.getMessage())


@contextmanager
def _care(source: Source) -> Iterator[None]:
    """Raise `BoardError` for damage, also where pyxdf only logs it and goes on with part of the samples missing."""
    listener = _Listener(logging.ERROR)
    logger = logging.getLogger("pyxdf")
    logger.addHandler(listener)
    try:
        yield
    except Exception as error:  # pyxdf raises whatever its parsing trips over
        raise source.wrong(f"it is damaged or was cut off ({str(error) or type(error).__name__})", _AGAIN) from error
    finally:
        logger.removeHandler(listener)
    if listener.heard:
        raise source.wrong(f"it is damaged or was cut off ({listener.heard[0]})", _AGAIN)


def _stream(source: Source, raw: Mapping[str, Any]) -> Stream:
    """Pick the EEG channels of one stream."""
    info = raw["info"]
    name, sfreq = str(info["name"][0]), float(info["nominal_srate"][0])
    series = raw["time_series"]
    if not isinstance(series, np.ndarray) or sfreq <= 0:
        raise source.wrong(f"its stream {name} is no regular signal", "Record the headset's own EEG stream")
    labels, units = _described(info, series.shape[1])
    factors = [microvolts(unit) if unit else 1.0 for unit in units]  # the EEG meta-data's default is µV
    volts = [i for i, factor in enumerate(factors) if factor is not None]
    rows = [volts[i] for i in eeg_channels([labels[i] for i in volts])]
    if not rows:
        raise source.wrong(f"no channel of its stream {name} is EEG in volts: {', '.join(labels)}", "Check its labels")
    data = series[:, rows].T * np.array([[factors[i] or 0.0] for i in rows])
    _check_finite(source, name, data)
    offset = float(raw["clock_times"][0] + raw["clock_values"][0]) if raw["clock_times"] else None
    return Stream(name, sfreq, channel_names([labels[i] for i in rows]), data, raw["time_stamps"], offset)


def _described(info: Mapping[str, Any], count: int) -> tuple[list[str], list[str]]:
    """Return label and unit of each channel as the stream describes them (``desc/channels/channel``)."""
    channels = _inside(_inside(info, "desc"), "channels").get("channel", [])
    cells = [channel if isinstance(channel, Mapping) else {} for channel in channels]
    if len(cells) != count:
        cells = [{}] * count
    return [_text(cell, "label") or f"Ch{i + 1}" for i, cell in enumerate(cells)], [
        _text(cell, "unit") for cell in cells
    ]


def _inside(node: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the first element called ``name``, empty when there is none."""
    found: Sequence[Any] = node.get(name) or [None]
    return found[0] if isinstance(found[0], Mapping) else {}


def _text(node: Mapping[str, Any], name: str) -> str:
    """Return the text of the element ``name``, empty when there is none."""
    found: Sequence[Any] = node.get(name) or [None]
    return found[0].strip() if isinstance(found[0], str) else ""


def _check_finite(source: Source, name: str, data: NDArray[np.float64]) -> None:
    """Refuse samples without a value."""
    bad = np.flatnonzero(~np.isfinite(data).all(axis=0))
    if len(bad):
        raise source.wrong(
            f"sample {bad[0]} of its stream {name} (and {len(bad) - 1} more) has no value",
            "Leave that stretch out and save it again",
        )


def _ahead(source: Source, streams: Sequence[Stream], header: Mapping[str, Any]) -> float:
    """Return how many seconds UTC is ahead of the recorder's clock."""
    if all(clock.plausible(stream.times) for stream in streams):
        return 0.0
    begun = [float(stream.times[0]) for stream in streams if not clock.plausible(stream.times)]
    begun += [stream.first_offset for stream in streams if stream.first_offset is not None]
    told = _text(header["info"], "datetime")
    try:
        return datetime.fromisoformat(told).astimezone().timestamp() - min(begun)
    except ValueError as error:
        raise source.wrong(
            f"its header does not say when it was recorded (`datetime` is {told!r})", "Record it with LabRecorder"
        ) from error
