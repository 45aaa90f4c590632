"""What goes into the encoders and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
Image = NDArray[np.uint8]
Signal = NDArray[np.float64]


class EmbeddingsError(Exception):
    """Something the person can mend; the message says how."""


@dataclass(frozen=True, slots=True)
class EEGWindow:
    """A short stretch of EEG without a gap.

    Attributes
    ----------
    data
        ``float64[channels, samples]`` in µV.
    sfreq
        Samples a second (Hz).
    ch_names
        One name a channel.
    time_end
        UTC seconds since 1970 of the sample after the last.

    """

    data: Signal
    sfreq: float
    ch_names: tuple[str, ...]
    time_end: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of recognised text.

    Attributes
    ----------
    text
        What it says.
    confidence
        0 to 1, the recogniser's own.
    box
        Left, top, right, bottom in pixels of the image.

    """

    text: str
    confidence: float
    box: tuple[int, int, int, int]
