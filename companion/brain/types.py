"""What comes from a headset, in MNE's words (sfreq, ch_names), µV and UTC seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the tray icon is there before NumPy is
    import numpy as np
    from numpy.typing import NDArray


class BoardError(Exception):
    """A headset or recording that cannot be used; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class BoardSpec:
    """Which headset to open: what ``--board`` and the settings hold.

    Attributes
    ----------
    kind
        ``none``, ``brainflow``, ``playback`` or ``lsl``.
    name
        The BrainFlow board's name (``MUSE_2_BOARD`` or ``muse_2``), the file to play back, or the LSL stream's name.
    params
        BrainFlow's input parameters (``serial_port``, ``mac_address``, ...). For playback: ``speed`` (1 = as recorded)
        and ``clock`` (``now``: as if it was recorded now; ``recorded``: at the times it was recorded). For LSL:
        ``scope`` (``machine`` or ``lan``).

    """

    kind: str
    name: str = ""
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """What a device says of itself once connected."""

    device: str
    sfreq: float
    ch_names: tuple[str, ...]
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive samples without a gap between them.

    Attributes
    ----------
    data
        ``float64[channels, samples]`` in µV.
    time_start
        UTC seconds of the first sample by the device's clock; sample ``i`` is at ``time_start + i / sfreq``.
    segment
        Grows by one after each gap, reconnect or change of device, and when its time is put right; samples of two
        segments are never joined unless the later one continues the other.
    continues
        Of a segment's first chunk: the segment before ended with the very last sample, and only the time was put right.

    """

    data: NDArray[np.float64]
    time_start: float
    segment: int
    stream: Stream
    continues: bool = False

    def since(self, time: float) -> Chunk | None:
        """Return the samples from ``time`` (UTC seconds) on, none that is even a little earlier; None without any."""
        sfreq, count = self.stream.sfreq, self.data.shape[1]
        first = max(0, math.ceil((time - self.time_start) * sfreq))
        while first < count and self.time_start + first / sfreq < time:
            first += 1  # by the error of a float
        if first >= count:
            return None
        begins = self.time_start + first / sfreq
        return Chunk(self.data[:, first:], begins, self.segment, self.stream, continues=self.continues and not first)


@dataclass(frozen=True, slots=True)
class Segment:
    """A gap-free stretch read from a file.

    Attributes
    ----------
    data
        ``float64[channels, samples]`` in µV, EEG channels only.
    time_start
        UTC seconds of the first sample.

    """

    device: str
    sfreq: float
    ch_names: tuple[str, ...]
    time_start: float
    data: NDArray[np.float64]


class Contact(StrEnum):
    """What the headset is doing."""

    NONE = "none"  # none chosen: a normal state
    CONNECTING = "connecting"
    STREAMING = "streaming"
    SILENT = "silent"  # connected, but nothing came for a while
    LOST = "lost"  # could not be reached; trying again
    FAILED = "failed"  # cannot work as it is set up; the person must mend it
    ENDED = "ended"  # a playback reached its end


@dataclass(frozen=True, slots=True)
class HeadsetState:
    """The headset as the person should see it; ``sentence`` is ready to be shown."""

    contact: Contact
    sentence: str
    device: str = ""
    simulated: bool = False
    last_sample: float | None = None
    samples: int = 0
