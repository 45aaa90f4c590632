from __future__ import annotations

import numpy as np
import pytest

from companion.feedback.sound import CHIME_SECONDS, FULL_SCALE, LOUDEST, SAMPLE_RATE, Sound, Synthesizer

FRAMES = 1102


def played(sound: Sound, values: list[float | None], *, muted: bool = False) -> np.ndarray:
    made = Synthesizer(sound)
    blocks = [
        made.block(value, rewarded=value is not None and value >= 0.5, muted=muted, frames=FRAMES) for value in values
    ]
    return np.concatenate(blocks).astype(float)


def loudness(wave: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(wave[-SAMPLE_RATE // 2 :]))))


@pytest.mark.parametrize("sound", Sound)
def test_nothing_clicks_even_when_the_value_jumps(sound: Sound) -> None:
    values: list[float | None] = [None] * 5 + [0.0, 1.0] * 40 + [None] * 40 + [1.0] * 40
    wave = played(sound, values)
    assert np.abs(wave).max() <= LOUDEST * FULL_SCALE + 1
    steepest = np.abs(np.diff(wave)).max()
    # The highest partial at full loudness rises this fast by itself.
    assert steepest < LOUDEST * FULL_SCALE * 2 * np.pi * 1700 / SAMPLE_RATE
    inside = np.abs(np.diff(wave, n=2))
    borders = np.arange(FRAMES, wave.size - 2, FRAMES)
    # Where blocks meet, the wave bends no more than it does within them.
    assert inside[borders - 1].max() <= 1.05 * inside.max()
    assert np.percentile(inside[borders - 1], 90) <= 1.2 * np.percentile(inside, 90) + 2


@pytest.mark.parametrize("sound", [Sound.PAD, Sound.TONE])
def test_loudness_follows_the_value_and_is_low_while_muted(sound: Sound) -> None:
    low, middle, high = (loudness(played(sound, [value] * 60)) for value in (0.0, 0.5, 1.0))
    assert 0 < low < middle < high
    assert loudness(played(sound, [1.0] * 60, muted=True)) < middle
    assert loudness(played(sound, [None] * 60)) == 0


def test_a_pad_becomes_brighter() -> None:
    def centre(value: float) -> float:
        wave = played(Sound.PAD, [value] * 60)[-SAMPLE_RATE:]
        spectrum = np.square(np.abs(np.fft.rfft(wave * np.hanning(wave.size))))
        return float(np.sum(np.fft.rfftfreq(wave.size, 1 / SAMPLE_RATE) * spectrum) / np.sum(spectrum))

    assert centre(0.1) < centre(0.5) < centre(1.0)


def test_a_chime_rings_when_a_reward_begins_and_no_bell_is_cut_short() -> None:
    assert not played(Sound.CHIME, [0.2] * 20).any()
    rung = played(Sound.CHIME, [0.2] * 10 + [0.9] * 100)
    begins = np.flatnonzero(rung)
    assert begins[0] == pytest.approx(10 * FRAMES, abs=3)
    assert (begins[-1] - begins[0]) / SAMPLE_RATE == pytest.approx(CHIME_SECONDS, abs=0.05)
    flickering = played(Sound.CHIME, [0.2, 0.9] * 60)
    assert np.count_nonzero(np.diff(np.flatnonzero(flickering)) > FRAMES) <= 3


def test_volume_and_full_scale_are_kept_to() -> None:
    loud = Synthesizer(Sound.TONE, volume=5.0).block(1.0, rewarded=False, muted=False, frames=SAMPLE_RATE)
    half = Synthesizer(Sound.TONE, volume=0.5).block(1.0, rewarded=False, muted=False, frames=SAMPLE_RATE)
    assert loud.dtype == np.int16
    assert np.abs(loud).max() <= LOUDEST * FULL_SCALE + 1
    assert np.abs(half).max() == pytest.approx(np.abs(loud).max() / 2, rel=0.01)
