from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from companion.brain.formats import read
from embeddings import features, focus, signal
from embeddings.focus_tracker import FocusTracker, Reading
from embeddings.types import EEGWindow, EmbeddingsError

DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "raw"
HEADBAND = ("TP9", "AF7", "AF8", "TP10")
SFREQ = 256.0


def readings(
    tracker: FocusTracker, data: NDArray[np.float64], sfreq: float, ch_names: tuple[str, ...]
) -> Iterator[Reading]:
    """Feed a stretch second by second, as it would come."""
    filtered, length = signal.bandpass(data, sfreq), round(4 * sfreq)
    for stop in range(length + round(2 * sfreq), data.shape[1] + 1, round(sfreq)):
        window = EEGWindow(data[:, stop - length : stop], sfreq, ch_names, stop / sfreq)
        yield tracker.take(window, filtered[:, stop - length : stop], data[:, : stop - length])


def quiet(seconds: float, *, seed: int = 0, gain: float = 1.0) -> NDArray[np.float64]:
    """Pink-ish noise of the loudness of a resting brain."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 1, (4, round(seconds * SFREQ)))
    slow = np.cumsum(steps, axis=1)
    slow -= np.cumsum(slow, axis=1) / np.arange(1, slow.shape[1] + 1)
    return gain * (4 * steps + 0.15 * slow)


def test_nothing_is_said_before_the_persons_rest_is_known() -> None:
    tracker = FocusTracker(focus.shipped(), HEADBAND, rest_windows=20)
    said = list(readings(tracker, quiet(40), SFREQ, HEADBAND))

    assert not said[0].frozen
    assert [r.probability for r in said[:20]] == [None] * 20
    assert said[9].known == pytest.approx(0.5)
    assert said[-1].known == 1.0
    assert 0.0 < said[-1].probability < 1.0


def test_a_window_that_is_not_fit_freezes_what_was_said() -> None:
    tracker = FocusTracker(focus.shipped(), HEADBAND, rest_windows=20)
    list(readings(tracker, quiet(40), SFREQ, HEADBAND))
    before = list(readings(tracker, quiet(8, seed=1), SFREQ, HEADBAND))[-1]
    loud = quiet(10, seed=2, gain=60.0)
    said = list(readings(tracker, loud, SFREQ, HEADBAND))

    assert all(reading.frozen for reading in said)
    assert {reading.score for reading in said} == {before.score}
    assert {reading.probability for reading in said} == {before.probability}


def test_other_electrodes_than_it_began_with_are_refused() -> None:
    tracker = FocusTracker(focus.shipped(), HEADBAND)

    with pytest.raises(ValueError, match="electrodes"):
        next(readings(tracker, quiet(8), SFREQ, HEADBAND[::-1]))


def test_a_tracker_that_is_loaded_says_what_the_first_one_says() -> None:
    first = FocusTracker(focus.shipped(), HEADBAND, rest_windows=20)
    assert first.dump() is None
    list(readings(first, quiet(40), SFREQ, HEADBAND))
    kept = first.dump()
    assert kept is not None
    second = FocusTracker.load(focus.shipped(), kept)
    first.forget_recent()
    data = quiet(20, seed=1)
    told = [list(readings(tracker, data, SFREQ, HEADBAND)) for tracker in (first, second)]

    assert second.ch_names == HEADBAND
    assert told[0] == told[1]
    assert told[1][0].known == 1.0
    assert second.dump() == kept


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04"])
def test_a_damaged_rest_is_refused(damage: bytes) -> None:
    with pytest.raises(EmbeddingsError, match="Calibrate focus again"):
        FocusTracker.load(focus.shipped(), damage)


def test_a_rest_of_another_version_is_refused() -> None:
    tracker = FocusTracker(focus.shipped(), HEADBAND[:2], rest_windows=20)
    list(readings(tracker, quiet(40)[:2], SFREQ, HEADBAND[:2]))
    kept = tracker.dump()
    assert kept is not None
    with np.load(io.BytesIO(kept)) as saved:
        arrays = {name: saved[name] for name in saved.files} | {"ch_names": np.array(HEADBAND)}
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    with pytest.raises(EmbeddingsError, match="another version"):
        FocusTracker.load(focus.shipped(), stream.getvalue())


def rows(names: tuple[str, ...], *, slow: float = 1.0, fast: float = 1.0, seed: int = 0) -> NDArray[np.float32]:
    """Features of half a minute in which the slow and the fast half of the spectrum are so many times as loud."""
    data = quiet(30, seed=seed)[: len(names)]
    low = signal.bandpass(data, SFREQ)
    low = np.cumsum(low, axis=1) - np.cumsum(np.cumsum(low, axis=1), axis=1) / np.arange(1, low.shape[1] + 1)
    mixed = slow * low / low.std() * 8 + fast * data
    window = EEGWindow(mixed, SFREQ, names, 30.0)
    return np.array([features.row(filtered, SFREQ) for _, filtered in signal.windows(window)])


def score_of(names: tuple[str, ...], now: NDArray[np.float32]) -> float:
    known = FocusTracker.of_rest(focus.shipped(), names, rows(names)).reference
    assert known is not None
    return float(focus.scores(focus.shipped(), known, features.matrices(now, len(names))).mean())


@pytest.mark.parametrize("name", ["Fp1", "Fz", "Oz", "TP9"])
@pytest.mark.parametrize(("slow", "fast"), [(1.0, 1.0), (0.6, 1.4), (1.5, 0.7)])
def test_one_placed_electrode_says_what_one_says_that_nobody_placed(name: str, slow: float, fast: float) -> None:
    now = rows((name,), slow=slow, fast=fast, seed=1)
    assert score_of((name,), now) == pytest.approx(score_of(("EEG1",), now))


def test_the_neutral_score_of_one_placed_electrode_is_its_own_lines() -> None:
    tracker = FocusTracker(focus.shipped(), ("Fp1",), rest_windows=20)
    lone = FocusTracker(focus.shipped(), ("EEG1",), rest_windows=20)
    data = quiet(60)[:1]
    told = [
        [one.evidence for one in readings(one, data, SFREQ, names)]
        for one, names in ((tracker, ("Fp1",)), (lone, ("EEG1",)))
    ]
    assert told[0][-1] is not None
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "names",
    [
        ("Fp1",),
        ("E1", "E2", "E3", "E4"),
        ("TP9", "AF7", "AF8"),
        ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2"),
    ],
)
def test_the_rest_of_any_montage_is_kept(names: tuple[str, ...]) -> None:
    data = np.vstack([quiet(30), quiet(30, seed=1)])[: len(names)]
    table = np.array(
        [features.row(filtered, SFREQ) for _, filtered in signal.windows(EEGWindow(data, SFREQ, names, 0))]
    )
    kept = FocusTracker.of_rest(focus.shipped(), names, table).dump()
    assert kept is not None
    assert FocusTracker.load(focus.shipped(), kept).dump() == kept


def without_sites(kept: bytes | None) -> bytes:
    """What an older version kept."""
    assert kept is not None
    with np.load(io.BytesIO(kept)) as saved:
        arrays = {name: saved[name] for name in saved.files if name != "sites"}
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_a_rest_that_an_older_version_kept_serves_unless_its_one_electrode_counted_for_its_place() -> None:
    four = FocusTracker(focus.shipped(), HEADBAND, rest_windows=20)
    list(readings(four, quiet(40), SFREQ, HEADBAND))
    assert FocusTracker.load(focus.shipped(), without_sites(four.dump())).dump() == four.dump()
    one = FocusTracker.of_rest(focus.shipped(), ("Fp1",), rows(("Fp1",)))
    with pytest.raises(EmbeddingsError, match="another version"):
        FocusTracker.load(focus.shipped(), without_sites(one.dump()))


def test_evidence_is_none_before_the_rest_is_known_nothing_at_neutral_and_rises_with_the_score() -> None:
    tracker = FocusTracker(focus.shipped(), HEADBAND, rest_windows=20)
    assert next(readings(tracker, quiet(8), SFREQ, HEADBAND)).evidence is None
    line = focus.shipped().line("front+back")
    assert line.evidence(line.neutral) == 0.0
    told = [line.evidence(score) for score in np.linspace(-8, 8, 50)]
    assert told == sorted(told)
    assert told[0] < 0.0 < told[-1]


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings at {DATA}: set COMPANION_TEST_DATA")
def test_real_blinks_and_clenched_jaws_never_raise_focus() -> None:
    (stretch,) = read(DATA / "OpenBCI_GUI-v6-blinks-jawClench-alpha.txt")
    seconds = np.array([26, 72]) * round(stretch.sfreq)  # what lies between them is rest
    tracker = FocusTracker(focus.shipped(), stretch.ch_names, rest_windows=25)
    rested = list(readings(tracker, stretch.data[:, slice(*seconds)], stretch.sfreq, stretch.ch_names))
    level = rested[-1].score
    assert level is not None

    disturbed = list(readings(tracker, stretch.data[:, : round(20 * stretch.sfreq)], stretch.sfreq, stretch.ch_names))
    assert np.mean([reading.frozen for reading in disturbed]) >= 0.95
    assert max(reading.score for reading in disturbed) <= level
