import os
from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from companion.brain.formats import read
from companion.brain.scale import CONVERTERS, LOOK, ScaleWatch, converter, judge, sentence
from companion.brain.types import Stream

DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
MUSE = Stream("Muse2", 256.0, ("TP9", "AF7", "AF8", "TP10"))
UNKNOWN = Stream("Some headset", 250.0, ("A", "B"))


def eeg(stream: Stream, *, spread: float = 15.0, seconds: float = 20.0, seed: int = 0) -> np.ndarray:
    """Noise with EEG's slope, and a slow wander."""
    rng = np.random.default_rng(seed)
    count = round(seconds * stream.sfreq)
    noise = signal.lfilter([1], [1, -0.9], rng.normal(0, 1, (len(stream.ch_names), count)))
    return spread * noise / noise.std() + 30 * np.sin(np.arange(count) / stream.sfreq)


def quantised(stream: Stream, factor: float = 1.0) -> np.ndarray:
    """What a driver with such a factor makes of what the converter gives."""
    known = converter(stream)
    assert known is not None
    return np.round(eeg(stream) / known.step) * known.step * factor


@pytest.mark.parametrize("factor", [1.0, 2.0, 0.5, 1e-3, 1e3, 1e-6])
def test_a_known_converters_step_tells_the_factor_even_where_the_spread_could_be_either(factor: float) -> None:
    assert judge(quantised(MUSE, factor), 256.0, converter(MUSE)) == factor


def test_values_rounded_by_a_text_file_or_sent_as_float32_still_tell_their_step() -> None:
    assert judge(np.round(quantised(MUSE), 3), 256.0, converter(MUSE)) == 1
    assert judge((quantised(MUSE, 2.0) - 700).astype(np.float32).astype(float), 256.0, converter(MUSE)) == 2


@pytest.mark.parametrize("spread", [3.0, 15.0, 80.0, 600.0])
def test_filtered_signals_of_any_plausible_spread_are_left_alone(spread: float) -> None:
    assert judge(eeg(UNKNOWN, spread=spread), 250.0, None) == 1
    assert judge(eeg(MUSE, spread=min(spread, 150.0)), 256.0, converter(MUSE)) == 1


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1e3])
def test_wrong_units_of_an_unknown_device_are_told_by_the_spread(factor: float) -> None:
    assert judge(eeg(UNKNOWN) * factor, 250.0, None) == factor


def test_more_than_the_converter_can_give_is_told_though_the_signal_was_filtered() -> None:
    assert judge(eeg(MUSE) * 1e3, 256.0, converter(MUSE)) == 1e3


def test_what_says_nothing_is_not_judged() -> None:
    assert judge(np.zeros((2, 5000)), 250.0, None) is None
    assert judge(np.tile(np.arange(5000.0) / 64, (2, 1)), 250.0, None) is None  # a ramp has no spread of its own
    assert judge(eeg(UNKNOWN)[:, :100], 250.0, None) is None


def test_one_good_electrode_is_enough_to_know_that_the_unit_is_right() -> None:
    data = eeg(UNKNOWN)
    data[0] *= 1e-4
    assert judge(data, 250.0, None) == 1
    data[0] *= 1e8
    assert judge(data, 250.0, None) == 1


def test_only_devices_whose_converter_is_known_are_held_to_it() -> None:
    assert converter(Stream("Muse-3A1F", 256.0, ("TP9",))) is CONVERTERS[0]
    assert converter(Stream("MuseAthena", 256.0, ("TP9",))) is None
    assert converter(Stream("CytonDaisy", 125.0, ("Fp1",))) is None
    assert converter(Stream("Cyton", 250.0, ("Fp1",))) is CONVERTERS[1]


def test_the_person_is_told_after_two_looks_that_agree_and_a_moments_fault_says_nothing() -> None:
    watch = ScaleWatch(UNKNOWN)
    good, bad = eeg(UNKNOWN, seconds=LOOK), eeg(UNKNOWN, seconds=LOOK) * 1e-6
    assert [watch.add(part) for part in (good, good, bad, good, good)] == [None, "", None, None, ""]
    assert watch.add(bad) is None
    told = watch.add(bad)
    assert told == sentence("Some headset", 1e-6)
    assert "volts, not microvolts" in (told or "")
    assert "microvolts in the program" in (told or "")


def test_small_chunks_are_looked_at_together() -> None:
    watch, data = ScaleWatch(MUSE), quantised(MUSE, 2.0)
    told = [watch.add(part) for part in np.array_split(np.hstack([data, data, data]), 600, axis=1)]
    assert [one for one in told if one] == [sentence("Muse2", 2.0)]
    assert "twice what this device's converter gives" in sentence("Muse2", 2.0)


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings in {DATA}: set COMPANION_TEST_DATA")
@pytest.mark.parametrize(
    ("name", "factor"),
    [
        *((name, factor) for name in ("muse-lsl_cueing.csv", "muse-lsl_p300.csv") for factor in (1.0, 2.0, 1e-3, 1e-6)),
        *(("OpenBCI_GUI-v6-blinks-jawClench-alpha.txt", factor) for factor in (1.0, 1e-6)),  # rounded to half a step
    ],
)
def test_real_recordings_are_right_as_they_are_and_wrong_by_a_factor(name: str, factor: float) -> None:
    segment = max(read(DATA / "raw" / name), key=lambda one: one.data.shape[1])
    known = converter(Stream("Muse" if "muse" in name else "Cyton", segment.sfreq, segment.ch_names))
    assert known is not None
    assert judge(segment.data[:, : round(LOOK * segment.sfreq)] * factor, segment.sfreq, known) == factor
