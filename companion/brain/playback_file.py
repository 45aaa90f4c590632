"""A recording as the file that BrainFlow's playback board plays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.brain.brainflow_api import BoardIds, BoardShim, DataFilter, hush
from companion.brain.brainflow_board import NOT_DEVICES
from companion.brain.types import BoardError, Segment

FILLER = -1.0  # number of a row that is no sample
FILL_SECONDS = 0.25
MOST_FILLERS = 20_000  # a gap of days is not filled as densely


@dataclass(frozen=True, slots=True)
class Container:
    """The board whose file layout a recording is written in."""

    board: BoardIds
    rows: int
    eeg: tuple[int, ...]
    number_row: int
    time_row: int


def uniform(segments: Sequence[Segment], path: Path) -> tuple[Segment, ...]:
    """Return the segments that hold samples, in order of time. Raises `BoardError` when devices are mixed."""
    filled = sorted((s for s in segments if s.data.shape[1]), key=lambda segment: segment.time_start)
    if not filled:
        raise BoardError(f"{path} holds no EEG samples. Choose another recording.")
    if len({(segment.sfreq, segment.ch_names) for segment in filled}) > 1:
        raise BoardError(f"{path} holds recordings of different devices. Import it instead of playing it back.")
    return tuple(filled)


def pauses(segments: Sequence[Segment], *, longest: float) -> NDArray[np.float64]:
    """Return ``float64[segments - 1]``: seconds of the gaps between segments, none above ``longest``."""
    starts = np.array([segment.time_start for segment in segments])
    ends = starts + np.array([segment.data.shape[1] for segment in segments]) / segments[0].sfreq
    gaps: NDArray[np.float64] = np.clip(starts[1:] - ends[:-1], 0.0, longest)
    return gaps


def paced(
    segments: Sequence[Segment], gaps: NDArray[np.float64], *, speed: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what BrainFlow plays row by row, and when.

    BrainFlow cannot be stopped while it waits for the next row, so gaps are filled with rows that are no samples.

    Returns
    -------
    numbers
        ``float64[rows]``: which sample, or `FILLER`.
    seconds
        ``float64[rows]``: seconds from the first row to each, with these gaps between segments.

    """
    numbers, seconds = [], []
    first, now = 0, 0.0
    for segment, gap in zip(segments, [*gaps, 0.0], strict=True):
        count = segment.data.shape[1]
        numbers.append(np.arange(first, first + count))
        seconds.append(now + np.arange(count) / segment.sfreq / speed)
        first, now = first + count, now + count / segment.sfreq / speed
        filled = np.arange(0.0, gap, max(FILL_SECONDS, gap / MOST_FILLERS))
        numbers.append(np.full(filled.size, FILLER))
        seconds.append(now + filled)
        now += gap
    return np.concatenate(numbers), np.concatenate(seconds)


def sample_times(segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return ``float64[samples]``: UTC seconds each sample was recorded at."""
    times: NDArray[np.float64] = np.concatenate([s.time_start + np.arange(s.data.shape[1]) / s.sfreq for s in segments])
    return times


def container(channels: int) -> Container:
    """Return the board with the fewest rows that has room for ``channels``. Raises `BoardError`."""
    hush()
    fitting = []
    for board in BoardIds:
        if board in NOT_DEVICES:
            continue
        layout = BoardShim.get_board_descr(board.value)
        eeg = tuple(layout.get("eeg_channels", ()))
        if len(eeg) >= channels:
            rows = (layout["package_num_channel"], layout["timestamp_channel"])
            fitting.append(Container(board, layout["num_rows"], eeg, *rows))
    if not fitting:
        raise BoardError(f"A recording of {channels} channels cannot be played back; import it instead.")
    return min(fitting, key=lambda layout: layout.rows)


def write(
    path: Path,
    segments: Sequence[Segment],
    numbers: NDArray[np.float64],
    stamps: NDArray[np.float64],
    layout: Container,
) -> None:
    """Write BrainFlow's own file, to the sixth decimal: sample numbers are exact, µV to a 64th and far beyond."""
    rows = np.zeros((layout.rows, stamps.size))
    eeg = list(layout.eeg[: len(segments[0].ch_names)])
    played = numbers != FILLER
    data = np.hstack([segment.data for segment in segments])
    for row, channel in zip(eeg, data, strict=True):
        rows[row, played] = channel
    rows[layout.number_row] = numbers
    rows[layout.time_row] = stamps
    DataFilter.write_file(rows, str(path), "w")
