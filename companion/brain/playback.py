"""Plays a recording as if its headset was worn now, through BrainFlow's playback board."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.brain.brainflow_api import BoardIds, BrainFlowError, BrainFlowInputParams
from companion.brain.brainflow_board import Session
from companion.brain.device import Block, Counter, UnreachableError
from companion.brain.formats import read
from companion.brain.playback_file import FILLER, container, paced, pauses, sample_times, uniform, write
from companion.brain.types import BoardError, BoardSpec, Stream

INDEX_COUNTER = Counter(2**40)  # the running number of a sample; never laps
LONGEST_PAUSE = 1.0  # seconds waited in a recording's gap when its own times are kept
FIRST_STAMP = 1.0  # BrainFlow paces by differences of stamps and takes the first above zero
BACKLOG = 60  # seconds of signal BrainFlow keeps when nobody drains it


class Playback:
    """A recording as a headset. Parameters: ``speed`` (1 = as recorded) and ``clock`` (``now`` or ``recorded``).

    A gap in the recording lasts as long as it was with ``clock=now``; with ``clock=recorded`` it is shortened.
    """

    counter = INDEX_COUNTER

    def __init__(self, spec: BoardSpec, *, clock: Callable[[], float]) -> None:
        path = Path(spec.name).expanduser()
        if not path.is_file():
            raise BoardError(f"There is no recording {path}. Choose a file that exists.")
        segments = uniform(read(path), path)
        first = segments[0]
        recorded = spec.params.get("clock", "now") == "recorded"
        speed = float(spec.params.get("speed", "1"))
        self.stream = Stream(first.device, first.sfreq, first.ch_names, simulated=True)
        self._data = segments
        self._ends = np.cumsum([segment.data.shape[1] for segment in segments])
        self._pauses = pauses(segments, longest=LONGEST_PAUSE if recorded else np.inf) / speed
        self._container = container(len(first.ch_names))
        self._eeg = list(self._container.eeg[: len(first.ch_names)])
        self._folder = Path(tempfile.mkdtemp(prefix="companion-playback-"))
        self._done = 0
        try:
            self._session = self._start(self._folder / "recording.csv", speed)
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        self._times = sample_times(segments) + (0.0 if recorded else clock() - first.time_start)
        self._data = ()  # the copy in BrainFlow's file is what is played

    def _start(self, path: Path, speed: float) -> Session:
        """Write the recording for BrainFlow and begin to play it."""
        numbers, seconds = paced(self._data, self._pauses, speed=speed)
        write(path, self._data, numbers, FIRST_STAMP + seconds, self._container)
        params = BrainFlowInputParams()
        params.file, params.master_board = str(path), self._container.board.value
        wanted = int(self.stream.sfreq * speed * BACKLOG) + 1
        try:
            return Session(BoardIds.PLAYBACK_FILE_BOARD.value, params, capacity=min(wanted, numbers.size + 1))
        except BrainFlowError as error:
            raise UnreachableError(f"The recording cannot be played now ({error}).") from error

    @property
    def ended(self) -> bool:
        """Whether the last sample was read."""
        return self._done >= int(self._ends[-1])

    @property
    def pause(self) -> float:
        """Seconds of silence in the gap that was reached; 0 within a segment."""
        reached = np.flatnonzero(self._ends[:-1] == self._done)
        return float(self._pauses[reached[0]]) if reached.size else 0.0

    def read(self) -> list[Block]:
        """Take what was played since; one block a segment of the recording."""
        rows = self._session.drain()
        if not rows.shape[1]:
            return []
        self._hide()
        rows = rows[:, rows[self._container.number_row] != FILLER]
        if not rows.shape[1]:
            return []
        numbers = rows[self._container.number_row].astype(np.int64)
        cuts = np.flatnonzero(np.isin(numbers, self._ends))
        parts = np.split(np.arange(numbers.size), cuts)
        blocks = [self._block(rows, numbers, part) for part in parts if part.size]
        self._done = int(numbers[-1]) + 1
        return blocks

    def _block(self, rows: NDArray[np.float64], numbers: NDArray[np.int64], part: NDArray[np.intp]) -> Block:
        own = numbers[part]
        data = rows[self._eeg][:, part]
        return Block(data, self._times[own], own, after_gap=bool(np.isin(own[0], self._ends)))

    def _hide(self) -> None:
        """Unlink the file once BrainFlow holds it open, so that even a killed process leaves nothing."""
        if os.name == "posix" and self._folder.exists():
            shutil.rmtree(self._folder)

    def close(self) -> None:
        """Stop playing and remove the converted recording."""
        try:
            self._session.close()
        finally:
            if self._folder.exists():
                shutil.rmtree(self._folder)
