"""Whether a device's values can be EEG in microvolts. Pure; nothing is ever rescaled, the person is told.

Three things tell a wrong scale. The step between values, where the device is known and nothing has filtered its
signal: it is the converter's least bit. The spread, which on skin is some microvolts: a millionth of it is volts, a
thousandth millivolts. And values beyond what the device's converter can give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.brain.types import Stream

LOOK = 20.0  # seconds of signal that are judged together
AGREED = 2  # looks in a row that must find the same: one may have fallen on a fault
# µV, standard deviation within a second. Amplifiers themselves make 0.2 to 2 µV of noise, so that nothing real lies
# below; an electrode without contact makes up to some thousand times as much as one on skin.
NOTHING, VOLTS, MILLIVOLTS, NANOVOLTS = 1e-9, 2e-3, 0.1, 5e3
BEYOND = 1.1  # times the converter's range
FEWEST_VALUES = 16  # different values, below which the step cannot be told
OFF_STEP = 0.02  # of a step that values lie off, when the step is right
WHOLE = 0.99  # share of values that must fit
FACTORS = (1e6, 1e3, 2.0, 1.0, 0.5, 1e-3, 1e-6)  # from the largest: what fits a step fits its halves

Signal = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Converter:
    """What a device's converter gives.

    Attributes
    ----------
    name
        How the device's name begins, small letters; ``but`` is what it must not hold.
    sfreq
        Samples a second at which this is so.
    step
        µV of the least bit.
    largest
        µV that cannot be exceeded.

    """

    name: str
    sfreq: float
    step: float
    largest: float
    but: str = "-"


# Muse 2, S and 2016: 12 bits over 2 mV. Cyton: an ADS1299 at gain 24 (4.5 V, 24 bits). Ganglion: 1.2 V, 24 bits, after
# gains of 51 and 1.5. As their drivers' sources and the makers' documentation have it.
CONVERTERS = (
    Converter("muse", 256.0, 125 / 256, 1_000.0, but="athena"),
    Converter("cyton", 250.0, 4.5e6 / 24 / (2**23 - 1), 187_500.0, but="daisy"),
    Converter("ganglion", 200.0, 1.2e6 / ((2**23 - 1) * 1.5 * 51), 15_687.0),
)


class ScaleWatch:
    """Looks at a device's values again and again.

    Parameters
    ----------
    stream
        The device.

    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._converter = converter(stream)
        self._parts: list[Signal] = []
        self._found: list[float | None] = []

    def add(self, data: Signal) -> str | None:
        """Take in ``float64[channels, samples]``; return a sentence, empty when all is well, None before it is known.

        The sentence is returned again with each look that finds the same.
        """
        self._parts.append(data)
        if sum(part.shape[1] for part in self._parts) < LOOK * self._stream.sfreq:
            return None
        factor = judge(np.hstack(self._parts), self._stream.sfreq, self._converter)
        self._parts = []
        if factor is None:
            return None
        self._found = [*self._found[1 - AGREED :], factor]
        agreed = len(self._found) == AGREED and len(set(self._found)) == 1
        return sentence(self._stream.device, factor) if agreed else None


def converter(stream: Stream) -> Converter | None:
    """Return what is known of a device's converter."""
    name = stream.device.lower()
    for one in CONVERTERS:
        if name.startswith(one.name) and one.but not in name and stream.sfreq == one.sfreq:
            return one
    return None


def judge(data: Signal, sfreq: float, known: Converter | None) -> float | None:
    """Return by which factor values are too large; 1 when they are right, None when they say nothing.

    Parameters
    ----------
    data
        ``float64[channels, samples]``, given as µV; a few seconds at least.
    known
        The device's converter.

    """
    spread = _spread(data, sfreq)
    if spread.size == 0 or np.max(spread) < NOTHING:
        return None
    if known and (factor := _by_step(data, known.step)) is not None:
        return factor
    if known and float(np.abs(data).max()) > BEYOND * known.largest:
        return _nearest(float(np.abs(data).max()) / known.largest)
    if float(np.max(spread)) < VOLTS:
        return 1e-6
    if float(np.max(spread)) < MILLIVOLTS:
        return 1e-3
    return 1e3 if float(np.min(spread)) > NANOVOLTS else 1.0


def sentence(device: str, factor: float) -> str:
    """Return what to tell the person; empty for a factor of 1."""
    if factor == 1:
        return ""
    units = {1e-6: "volts", 1e-3: "millivolts", 1e3: "nanovolts", 1e6: "picovolts"}
    if factor in units:
        what = f"look like {units[factor]}, not microvolts"
    else:
        what = f"are {'twice' if factor > 1 else 'half'} what this device's converter gives"
    return (
        f"The values of {device} {what}. They are kept as they come, but what is told from them will be wrong. Set the "
        "unit to microvolts in the program that streams it, or update that program."
    )


def _spread(data: Signal, sfreq: float) -> Signal:
    """Return each channel's median standard deviation within a second, without its trend: ``float64[channels]``."""
    length = round(sfreq)
    pieces = data.shape[1] // length
    if not pieces:
        return np.empty(0)
    cut = data[:, : pieces * length].reshape(data.shape[0], pieces, length)
    ramp = np.arange(length) - (length - 1) / 2
    level = cut - cut.mean(axis=2, keepdims=True)
    straight = level - (level @ ramp / (ramp @ ramp))[..., np.newaxis] * ramp
    return np.asarray(np.median(np.std(straight, axis=2), axis=1), np.float64)


def _by_step(data: Signal, step: float) -> float | None:
    """Return which multiple of a converter's step the values are made of, None when of none."""
    channels = [np.unique(row) for row in data]
    steps = [values - values[0] for values in channels if values.size >= FEWEST_VALUES]
    if not steps:
        return None
    rises = np.concatenate(steps)
    for factor in FACTORS:
        places = rises / (step * factor)
        if places.max() < FEWEST_VALUES:
            continue  # far below one step, everything lies near zero steps
        if np.mean(np.abs(places - np.rint(places)) < OFF_STEP) >= WHOLE:
            return factor
    return None


def _nearest(ratio: float) -> float:
    """Return the factor that a ratio comes nearest to, by its logarithm; never 1."""
    return min((one for one in FACTORS if one > 1), key=lambda one: abs(float(np.log(ratio / one))))
