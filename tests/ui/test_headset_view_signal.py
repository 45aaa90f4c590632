"""What the traces and the spectrum of the headset window show, without a window."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from companion.contact_watch import Electrodes
from embeddings.types import EEGWindow
from ui.headset.filter import CORNER_HZ, EyeFilter, sections
from ui.headset.pace import JUMP_SECONDS, LAG_SECONDS, Pace
from ui.headset.places import first_chosen, place
from ui.headset.power import BANDS, HIGHEST_HZ, LOWEST_HZ, spectrum
from ui.headset.shades import Shade, Shades
from ui.headset.signal import KEPT_SECONDS, MOST_POINTS, Rolling

SFREQ, NAMES = 256.0, ("TP9", "AF7", "AF8", "TP10")
RNG = np.random.default_rng(4)
WORN = RNG.normal(800, 12, (4, 4096))
BEGIN = 1_700_000_000.0


def window(first: int, last: int, sfreq: float = SFREQ, data: NDArray[np.float64] = WORN) -> EEGWindow:
    return EEGWindow(data[:, first:last].copy(), sfreq, NAMES, BEGIN + last / sfreq)


def shown(rolling: Rolling, name: str = "AF7") -> NDArray[np.float64]:
    values = rolling.points(name, BEGIN)[1]
    return values[np.isfinite(values)]


@pytest.mark.parametrize("sfreq", [100.0, 125.0, 250.0, 256.0, 1000.0])
def test_the_filter_is_a_high_pass_with_notches_at_the_mains(sfreq: float) -> None:
    made = np.array([[b0, b1, b2, 1.0, a1, a2] for b0, b1, b2, a1, a2 in sections(sfreq)])
    high = signal.butter(1, CORNER_HZ, "highpass", fs=sfreq, output="sos")
    notches = [signal.tf2sos(*signal.iirnotch(hertz, 10, fs=sfreq)) for hertz in (50, 60) if hertz < sfreq / 2]
    np.testing.assert_allclose(made, np.vstack([high, *notches]), atol=1e-12)


def test_filtering_in_pieces_is_filtering_at_once_and_begins_at_rest() -> None:
    whole = np.array([[b0, b1, b2, 1.0, a1, a2] for b0, b1, b2, a1, a2 in sections(SFREQ)])
    wanted = signal.sosfilt(whole, WORN - WORN[:, :1], axis=1)
    pieces = EyeFilter(SFREQ, WORN[:, 0])
    made = np.hstack([pieces.run(WORN[:, at : at + step]) for at, step in ((0, 1000), (1000, 1), (1001, 64))])
    np.testing.assert_allclose(made, wanted[:, :1065], atol=1e-9)


def test_overlapping_windows_give_each_sample_once() -> None:
    pieces, whole = Rolling(), Rolling()
    assert whole.take(window(0, 2000))
    for last in (256, 300, 301, 500, 740, 996, 1250, 1500, 1750, 2000):
        assert pieces.take(window(max(0, last - 256), last))
    assert not pieces.take(window(1744, 2000))
    np.testing.assert_allclose(shown(pieces), shown(whole), atol=1e-9)
    times, _ = whole.points("AF7", BEGIN)
    assert times[-1] == pytest.approx(1999 / SFREQ)


def test_what_never_came_stays_empty_and_the_filter_begins_anew() -> None:
    rolling = Rolling()
    rolling.take(window(0, 1024))
    after = window(1280, 1536)
    after.data[:] += 5000  # an electrode was moved meanwhile
    rolling.take(after)
    times, values = rolling.points("AF7", BEGIN)
    missing = (times > 1023.5 / SFREQ) & (times < 1279.5 / SFREQ)
    assert missing.sum() == 256
    assert np.isnan(values[missing]).all()
    assert np.abs(shown(rolling)).max() < 100


def test_another_headset_and_another_time_begin_anew() -> None:
    rolling = Rolling()
    rolling.take(window(0, 1024))
    rolling.take(EEGWindow(WORN[:, :512].copy(), SFREQ, NAMES, BEGIN - 4000))
    assert len(shown(rolling)) == 512
    rolling.take(EEGWindow(WORN[:2, :100].copy(), 250.0, ("C3", "C4"), BEGIN))
    assert rolling.ch_names == ("C3", "C4")
    assert len(shown(rolling, "C4")) == 100


def test_a_sample_that_is_no_number_is_left_out_and_does_not_stay() -> None:
    broken = window(0, 1024)
    broken.data[1, 500] = np.nan
    rolling = Rolling()
    rolling.take(broken)
    values = rolling.points("AF7", BEGIN)[1][-1024:]
    assert np.flatnonzero(np.isnan(values)).tolist() == [500]


def test_of_a_fast_headset_the_highest_and_lowest_are_shown_and_keep_their_places() -> None:
    data, sfreq = RNG.normal(0, 10, (4, 12_000)), 1000.0
    rolling = Rolling()
    rolling.take(window(0, 10_000, sfreq, data))
    times, values = rolling.points("AF7", BEGIN)
    before = dict(zip(times.round(4), values, strict=True))
    rolling.take(window(9_000, 10_003, sfreq, data))
    times, values = rolling.points("AF7", BEGIN)
    assert len(values) <= MOST_POINTS
    assert times[-1] - times[0] > KEPT_SECONDS - 0.1
    again = {time: value for time, value in zip(times.round(4), values, strict=True) if time in before}
    assert len(again) > 1200
    assert all(before[time] == value for time, value in again.items())


def test_the_loudness_is_what_most_samples_stay_under() -> None:
    rolling = Rolling()
    data = np.zeros((4, 2048))
    data[0] = 40 * np.sin(2 * np.pi * 10 * np.arange(2048) / SFREQ)
    rolling.take(window(0, 2048, data=data))
    assert rolling.loudness("TP9") == pytest.approx(40, rel=0.05)
    assert rolling.loudness("AF7") == 0


def test_time_runs_evenly_while_samples_come_in_bursts() -> None:
    pace, frames = Pace(), np.arange(0, 6, 1 / 30)
    times = [pace.at(BEGIN + np.floor(now * 10) / 10, now) for now in frames]
    steps = np.diff(times)
    assert steps.min() > 0.9 / 30
    assert steps.max() < 1.1 / 30
    assert all(time <= BEGIN + now for time, now in zip(times, frames, strict=True))


def test_time_stands_still_in_silence_and_jumps_after_it() -> None:
    pace = Pace()
    times = [pace.at(BEGIN, now) for now in np.arange(0, 3, 1 / 30)]
    assert times[0] == BEGIN - LAG_SECONDS
    assert times[-1] == BEGIN
    assert pace.at(BEGIN + 10 * JUMP_SECONDS, 3.0) == pytest.approx(BEGIN + 10 * JUMP_SECONDS - LAG_SECONDS)


@pytest.mark.parametrize("sfreq", [125.0, 200.0, 256.0])
def test_the_spectrum_is_welch_s(sfreq: float) -> None:
    data = RNG.normal(0, 10, (4, round(8 * sfreq)))
    made = spectrum(EEGWindow(data, sfreq, NAMES, BEGIN))
    length = round(2 * sfreq)
    frequencies, density = signal.welch(data, sfreq, "hann", length, length - length // 2, axis=1)
    inside = (frequencies >= LOWEST_HZ) & (frequencies <= HIGHEST_HZ)
    np.testing.assert_allclose(made.frequencies, frequencies[inside])
    np.testing.assert_allclose(made.decibels, 10 * np.log10(density[:, inside] + 1e-6), atol=1e-9)


def test_a_rhythm_stands_out_in_its_band() -> None:
    data = RNG.normal(0, 2, (4, 2048)) + 20 * np.sin(2 * np.pi * 10.5 * np.arange(2048) / SFREQ)
    made = spectrum(EEGWindow(data, SFREQ, NAMES, BEGIN))
    peak = made.frequencies[made.decibels[0].argmax()]
    assert [band.name for band in BANDS if band.low <= peak < band.high] == ["alpha"]


def test_electrodes_lie_where_the_ten_twenty_system_has_them() -> None:
    assert place("Cz") == (0.0, 0.0)
    assert place("C3") == pytest.approx((-0.4, 0.0), abs=0.01)
    assert place("Fp1") == pytest.approx((-0.25, 0.76), abs=0.01)
    assert place("O2") == pytest.approx((0.25, -0.76), abs=0.01)
    assert place("AF7") == pytest.approx((-0.47, 0.65), abs=0.01)
    for left, right in (("TP9", "TP10"), ("F3", "F4"), ("T3", "T8"), ("P7", "P8")):
        (x, y), (other, same) = place(left) or (0, 0), place(right) or (0, 0)
        assert (x, y) == (-other, same)
        assert x < 0
    assert place("EXG Channel 0") is None


def test_front_and_back_are_looked_at_first() -> None:
    assert first_chosen(NAMES) == NAMES
    assert first_chosen(("Fz", "C3", "Cz", "C4", "AF7", "AF8", "TP9", "TP10")) == ("AF7", "AF8", "TP9", "TP10")
    assert first_chosen(("one", "two")) == ("one", "two")


def test_judgements_that_overlap_and_say_the_same_are_one_shade() -> None:
    def judged(end: float, **disturbed: str) -> Electrodes:
        return Electrodes(end - 4, end, (), tuple(disturbed.items()))

    shades = Shades()
    assert shades.take(judged(4, AF7="blink", TP9=""), 0) == (Shade("AF7", "blink", 0, 4),)
    assert shades.take(judged(4, AF7="blink", TP9=""), 0) == (Shade("AF7", "blink", 0, 4),)
    assert shades.take(judged(7, AF7="blink", TP9="moving"), 0) == (
        Shade("AF7", "blink", 0, 7),
        Shade("TP9", "moving", 3, 7),
    )
    assert shades.take(judged(12, AF7="jaw or muscle"), 7.5) == (Shade("AF7", "jaw or muscle", 8, 12),)
