"""Windows of EEG cut from recordings, each with whose it is, when it was and what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from companion.brain.types import Segment
from companion.evaluation.bids import Recording
from companion.evaluation.errors import EvaluationError, NoWindowError
from embeddings.signal import SETTLE_SECONDS, bandpass

Label = Callable[[Recording, float, float], str | None]
Words = NDArray[np.str_]
Index = NDArray[np.bool_] | NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Windows:
    """``n`` windows of equal length, in the order they were cut.

    Attributes
    ----------
    data
        ``float32[n, channels, samples]`` in µV, as recorded.
    filtered
        The same after the causal band-pass of `embeddings.signal`, which ran over the whole gap-free stretch; the
        windows begin after its transient.
    person, session, run
        ``str[n]``. ``run`` is the recording's name, unique in the set; ``session`` is told apart within a person.
    label
        ``str[n]``: what the caller said it stands for.
    start
        ``float64[n]``: seconds from the recording's first sample to the window's.
    clock
        ``float64[n]``: UTC seconds of the window's first sample, NaN where the set does not tell.

    """

    data: NDArray[np.float32]
    filtered: NDArray[np.float32]
    sfreq: float
    ch_names: tuple[str, ...]
    person: Words
    session: Words
    run: Words
    label: Words
    start: NDArray[np.float64]
    clock: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.start)

    @property
    def seconds(self) -> float:
        """Length of one window."""
        return float(self.data.shape[2] / self.sfreq)

    def where(self, which: Index) -> Windows:
        """Return the windows a mask or index names."""
        return Windows(
            self.data[which],
            self.filtered[which],
            self.sfreq,
            self.ch_names,
            self.person[which],
            self.session[which],
            self.run[which],
            self.label[which],
            self.start[which],
            self.clock[which],
        )


def cut(
    recordings: Iterable[Recording],
    label: Label,
    *,
    seconds: float = 4.0,
    step: float = 4.0,
    picks: Sequence[str] | None = None,
) -> Windows:
    """Cut recordings into windows, one file at a time; no window reaches across a gap.

    Parameters
    ----------
    label
        Says what the stretch ``start`` to ``stop`` (seconds of a recording) stands for; None leaves it out.
    seconds, step
        Length of a window, and from one's start to the next one's.
    picks
        Electrodes, in the order wanted; upper and lower case are one. None takes all, which must then be the same
        in every recording.

    Raises
    ------
    EvaluationError
        When a file cannot be read, or electrodes or rates differ; `NoWindowError` when no window is left.

    """
    if seconds <= 0 or step <= 0:
        raise EvaluationError(f"Windows of {seconds:g} s every {step:g} s cannot be cut. Give lengths above 0.")
    pile = _Pile(seconds, step, None if picks is None else tuple(picks))
    for recording in recordings:
        pile.take(recording, label)
    return pile.windows()


class _Pile:
    """Collects windows in two arrays that grow in place, so that the result is never held twice."""

    def __init__(self, seconds: float, step: float, picks: tuple[str, ...] | None) -> None:
        self._seconds, self._step, self._picks = seconds, step, picks
        self._like: tuple[Recording, float, tuple[str, ...]] | None = None
        self._data = np.empty((0, 0, 0), np.float32)
        self._filtered = np.empty((0, 0, 0), np.float32)
        self._words: list[tuple[str, str, str, str]] = []
        self._times: list[tuple[float, float]] = []

    def take(self, recording: Recording, label: Label) -> None:
        """Cut one recording."""
        segments = recording.segments()
        rows = _rows(recording, segments[0].ch_names, self._picks)
        self._check_alike(recording, segments[0], rows)
        begin = segments[0].time_start
        for segment in segments:
            self._cut(recording, segment, rows, segment.time_start - begin, label)

    def windows(self) -> Windows:
        """Return what was collected."""
        if self._like is None or not self._words:
            raise NoWindowError(
                f"No window of {self._seconds:g} s could be cut: nothing fits this task, or its recordings are shorter "
                f"than {self._seconds + SETTLE_SECONDS:g} s. Give shorter windows, or another set."
            )
        _, sfreq, names = self._like
        person, session, run, label = (np.array(words, np.str_) for words in zip(*self._words, strict=True))
        start, clock = np.array(self._times, np.float64).T.copy()
        return Windows(self._data, self._filtered, sfreq, names, person, session, run, label, start, clock)

    def _cut(self, recording: Recording, segment: Segment, rows: list[int], offset: float, label: Label) -> None:
        """Cut one gap-free stretch that begins ``offset`` seconds after the recording."""
        sfreq, length = segment.sfreq, self._data.shape[2]
        wanted: list[int] = []
        for first in _grid(segment.data.shape[1], sfreq, length, self._step):
            start = offset + first / sfreq
            told = label(recording, start, start + length / sfreq)
            if told is not None:
                wanted.append(first)
                self._words.append((recording.person, recording.session, recording.name, told))
                clock = np.nan if recording.acq_time is None else recording.acq_time + start
                self._times.append((start, clock))
        if wanted:
            raw = segment.data[rows]
            _extend(self._data, raw, wanted)
            _extend(self._filtered, bandpass(raw, sfreq), wanted)

    def _check_alike(self, recording: Recording, segment: Segment, rows: list[int]) -> None:
        """Refuse what cannot stand in one array with the recordings before."""
        names = tuple(segment.ch_names[row] for row in rows)
        if self._like is None:
            self._like = recording, segment.sfreq, names if self._picks is None else self._picks
            shape = 0, len(rows), round(self._seconds * segment.sfreq)
            self._data, self._filtered = np.empty(shape, np.float32), np.empty(shape, np.float32)
        first, sfreq, expected = self._like
        if segment.sfreq != sfreq:
            raise EvaluationError(
                f"{recording.name} has {segment.sfreq:g} Hz, {first.name} {sfreq:g} Hz. Resample the set to one rate, "
                "or leave those people out."
            )
        if self._picks is None and names != expected:
            shared = ",".join(name for name in expected if name in names)
            mend = f"Choose electrodes both have: {shared}." if shared else "Leave those people out."
            raise EvaluationError(f"{recording.name} has other electrodes than {first.name}. {mend}")


def _rows(recording: Recording, names: Sequence[str], picks: Sequence[str] | None) -> list[int]:
    """Return where the electrodes stand; `EvaluationError` names those that are missing."""
    if picks is None:
        return list(range(len(names)))
    at = {name.lower(): row for row, name in enumerate(names)}
    missing = [pick for pick in picks if pick.lower() not in at]
    if missing:
        raise EvaluationError(
            f"{recording.name} has no electrode {', '.join(missing)}. It has {', '.join(names)}: choose among these."
        )
    return [at[pick.lower()] for pick in picks]


def _grid(samples: int, sfreq: float, length: int, step: float) -> Iterator[int]:
    """Yield the first sample of each window, after the filter's transient."""
    settle = round(SETTLE_SECONDS * sfreq)
    for number in count():
        first = settle + round(number * step * sfreq)
        if first + length > samples:
            return
        yield first


def _extend(pile: NDArray[np.float32], signal: NDArray[np.float64], firsts: Sequence[int]) -> None:
    """Add windows of ``float64[channels, samples]`` to the end of an array, in place."""
    have, length = len(pile), pile.shape[2]
    pile.resize((have + len(firsts), *pile.shape[1:]), refcheck=False)  # nothing else looks at it yet
    for number, first in enumerate(firsts, start=have):
        pile[number] = signal[:, first : first + length]
