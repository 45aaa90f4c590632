"""Feedback to be heard: a soft pad whose loudness and brightness follow the value, as PCM blocks.

Every sound is made of partials that run on from block to block, and everything that changes (loudness, brightness)
glides there over a block: nothing ever jumps, so that nothing clicks. Playing the blocks is the window's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it is needed once a session runs with sound
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE = 44_100  # Hz
BLOCK_SECONDS = 0.025  # what a block should last: with two of them waiting, sound is 50 ms behind
LOUDEST = 0.25  # of full scale; soft
MUTED = 0.25  # of the loudness while nothing is rewarded because of the signal: heard, but plainly low
GLIDE_SECONDS = 0.12  # time constant of all changes
CHIME_SECONDS = 1.2
CHORD = (220.0, 277.18, 329.63)  # Hz: A3, C sharp 4, E4
OVERTONES = 5
FULL_SCALE = 32_767


class Sound(StrEnum):
    """What follows the value."""

    PAD = "pad"  # loudness and brightness
    TONE = "tone"  # loudness of one low tone
    CHIME = "chime"  # silence, and a soft bell each time a reward begins


@dataclass(slots=True)
class _Gliding:
    """A quantity that moves towards where it should be."""

    now: float = 0.0

    def glide(self, towards: float, seconds: float) -> tuple[float, float]:
        """Return where it was and where it is after so many seconds."""
        import math

        before = self.now
        self.now += (towards - self.now) * (1 - math.exp(-seconds / GLIDE_SECONDS))
        return before, self.now


class Synthesizer:
    """Makes one block of sound after another.

    Parameters
    ----------
    sound
        What is heard.
    volume
        0 to 1, of `LOUDEST`.
    sample_rate
        Samples a second.

    """

    def __init__(self, sound: Sound = Sound.PAD, *, volume: float = 1.0, sample_rate: int = SAMPLE_RATE) -> None:
        self._sound, self._volume, self._rate = sound, min(max(volume, 0.0), 1.0), sample_rate
        self._level, self._bright = _Gliding(), _Gliding()
        self._at = 0  # samples made so far
        self._chime: int | None = None  # the sample at which the bell began
        self._rewarded = False

    def block(self, value: float | None, *, rewarded: bool, muted: bool, frames: int) -> NDArray[np.int16]:
        """Return the next ``int16[frames]`` of mono PCM.

        ``value`` is what a snapshot says, 0 to 1; None is silence, into which the sound glides.
        """
        import numpy as np

        heard = 0.0 if value is None else min(max(value, 0.0), 1.0)
        loud = 0.0 if value is None else (MUTED if muted else 0.15 + 0.85 * heard)
        seconds = frames / self._rate
        level = np.linspace(*self._level.glide(loud, seconds), frames, endpoint=False)
        bright = np.linspace(*self._bright.glide(0.0 if muted else heard, seconds), frames, endpoint=False)
        times = (self._at + np.arange(frames)) / self._rate
        if self._sound is Sound.CHIME:
            wave = self._bell(times, began=rewarded and not self._rewarded, audible=value is not None)
        else:
            wave = level * (_pad(times, bright) if self._sound is Sound.PAD else _tone(times))
        self._rewarded = rewarded
        self._at += frames
        return np.asarray(np.rint(wave * LOUDEST * self._volume * FULL_SCALE), np.int16)

    def _bell(self, times: NDArray[np.float64], *, began: bool, audible: bool) -> NDArray[np.float64]:
        """Return a bell that rings on; it begins anew only once the last one has all but gone."""
        import numpy as np

        start = self._at
        if began and audible and (self._chime is None or start - self._chime > CHIME_SECONDS * self._rate):
            self._chime = start
        if self._chime is None:
            return np.zeros(times.size)
        since = times - self._chime / self._rate
        fades = np.exp(-since * 5 / CHIME_SECONDS) * np.clip(since / 0.02, 0, 1)
        fades *= np.clip((CHIME_SECONDS - since) / 0.1, 0, 1)
        rings: NDArray[np.float64] = fades * (
            np.sin(2 * np.pi * 659.26 * since) + 0.3 * np.sin(2 * np.pi * 1318.5 * since)
        )
        return rings / 1.3


def _pad(times: NDArray[np.float64], bright: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a chord whose overtones come out with brightness."""
    import numpy as np

    total, scale = np.zeros(times.size), 0.0
    for tone in CHORD:
        for partial in range(1, OVERTONES + 1):
            weight = 1.0 / partial**1.5
            scale += weight
            total += weight * bright ** (0.6 * (partial - 1)) * np.sin(2 * np.pi * tone * partial * times)
    return total / scale


def _tone(times: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    wave: NDArray[np.float64] = 0.8 * np.sin(2 * np.pi * CHORD[0] * times) + 0.2 * np.sin(4 * np.pi * CHORD[0] * times)
    return wave
