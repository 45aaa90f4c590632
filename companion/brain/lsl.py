"""Headsets that stream by the lab streaming layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pylsl
from numpy.typing import NDArray
from pylsl.util import LostError

from companion.brain.device import Block, UnreachableError, channel_names
from companion.brain.formats import labels
from companion.brain.types import BoardError, BoardSpec, Stream

FIND_SECONDS = 3.0
ANSWER_SECONDS = 5.0
SURE_SECONDS = 0.0005  # two clocks read within this can be compared
BACKLOG = 120  # seconds the library keeps when nobody drains it
MOST_SAMPLES = 4096  # taken from the library in one call
# Searching asks by datagram. With this, the question is put to this machine alone.
MACHINE_ONLY = "[multicast]\nResolveScope = machine\n[log]\nlevel = -3\n"
# The powers of ten and the unit code that MNE writes, and what stands there when nothing is known.
CODES = {"": 1.0, "unknown": 1.0, "none": 1.0, "-9": 1e-3, "-6": 1.0, "-3": 1e3, "0": 1e6, "107": 1e6}


class LslStream:
    """One stream, found by its name.

    Only this machine is searched, so nothing is said on the network. A device on another computer or a phone needs
    ``scope = "lan"``: then the library asks the network for the stream's name, by its own configuration file if
    there is one. EEG is only ever received.
    """

    ended = False
    pause = 0.0
    counter = None

    def __init__(self, spec: BoardSpec, *, clock: Callable[[], float]) -> None:
        lan = spec.params.get("scope", "machine") == "lan"
        if not lan:
            pylsl.set_config_content(MACHINE_ONLY)
        found = pylsl.resolve_byprop("name", spec.name, 1, FIND_SECONDS)
        if not found:
            raise UnreachableError(_not_found(spec.name, lan=lan))
        self._name, self._clock = spec.name, clock
        self._shift: float | None = None
        self._inlet = pylsl.StreamInlet(found[0], max_buflen=BACKLOG, recover=False, as_numpy=True)
        try:
            info = self._inlet.info(ANSWER_SECONDS)
            self.stream, self._rows, self._scale = described(info)
            self._inlet.open_stream(ANSWER_SECONDS)
            self._inlet.time_correction(ANSWER_SECONDS)
        except (TimeoutError, LostError, pylsl.util.TimeoutError) as error:
            self.close()
            raise UnreachableError(f"The LSL stream {spec.name} does not answer. Start its program again.") from error

    def read(self) -> list[Block]:
        """Take what is waiting; times are the stream's own, moved to this machine's clock."""
        parts, stamps = [], []
        try:
            while True:
                samples, times = self._inlet.pull_chunk(timeout=0.0, max_samples=MOST_SAMPLES)
                if not len(times):
                    break
                parts.append(samples[:, self._rows])
                stamps.append(times)
            if not parts:
                return []
            shift = self._inlet.time_correction(ANSWER_SECONDS) + self._clock_shift()
        except (LostError, pylsl.util.TimeoutError) as error:
            raise UnreachableError(f"The LSL stream {self._name} went away. Start its program again.") from error
        data = np.concatenate(parts).astype(np.float64).T * self._scale[:, np.newaxis]
        return [Block(data, np.concatenate(stamps) + shift)]

    def _clock_shift(self) -> float:
        """Return the seconds from the library's clock to UTC, the last good reading when this one was interrupted."""
        before, now, after = pylsl.local_clock(), self._clock(), pylsl.local_clock()
        if self._shift is None or after - before < SURE_SECONDS:
            self._shift = now - (before + after) / 2
        return self._shift

    def close(self) -> None:
        """End the subscription."""
        self._inlet.close_stream()


def described(info: pylsl.StreamInfo) -> tuple[Stream, list[int], NDArray[np.float64]]:
    """Return the stream, the columns that are EEG, and the factor of each to µV. Raises `BoardError`."""
    name, sfreq, count = info.name(), float(info.nominal_srate()), int(info.channel_count())
    if info.channel_format() == pylsl.cf_string or sfreq <= 0:
        raise BoardError(f"The LSL stream {name} holds no signal of a fixed sampling rate. Choose an EEG stream.")
    marks, units, kinds = channels(info, count)
    eeg = [index for index, kind in enumerate(kinds) if kind.lower() == "eeg"]
    rows = eeg or list(range(count))
    names = channel_names([marks[row] for row in rows], len(rows))
    scale = np.array([microvolts(units[row], name) for row in rows])
    return Stream(name, sfreq, names), rows, scale


def channels(info: pylsl.StreamInfo, count: int) -> tuple[list[str], list[str], list[str]]:
    """Return label, unit and type of each channel, empty where the description has none."""
    entry = info.desc().child("channels").child("channel")
    found: tuple[list[str], list[str], list[str]] = ([], [], [])
    for _ in range(count):
        for values, name in zip(found, ("label", "unit", "type"), strict=True):
            values.append(entry.child_value(name))
        entry = entry.next_sibling("channel")
    return found


def microvolts(unit: str, stream: str) -> float:
    """Return the factor from ``unit`` to µV: a name or a code of MNE's; none means µV."""
    factor = CODES.get(unit.strip().lower(), labels.microvolts(unit))
    if factor is None:
        raise BoardError(
            f"The LSL stream {stream} gives its EEG in {unit!r}. Set it to microvolts in the program that streams it."
        )
    return factor


def _not_found(name: str, *, lan: bool) -> str:
    if lan:
        return f"No LSL stream is called {name}. Start the program that streams it."
    return (
        f"No LSL stream on this computer is called {name}. Start the program that streams it; if it runs on another "
        'computer or a phone, set the parameter scope to "lan".'
    )
