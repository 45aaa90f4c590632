"""Every sample that a board gives is in the vault once, in order, with its value."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from runs import BEGIN, CH_NAMES, DATA, LSB, SFREQ, Looking, companion, recordings, signal_on_disk, wait_until

from companion.brain import formats
from companion.brain.types import Contact
from companion.engine import Engine
from companion.settings import Settings
from index.signals.bdf import BdfAppender


def counting(seconds: float) -> NDArray[np.float64]:
    """Return a signal whose first channel is the number of the sample, in µV."""
    count = round(seconds * SFREQ)
    noise = np.random.default_rng(7).normal(0, 30, (len(CH_NAMES) - 1, count))
    return np.vstack([np.arange(count), noise])


def write_bdf(path: Path, data: NDArray[np.float64]) -> Path:
    file = BdfAppender(path, ch_names=CH_NAMES, sfreq=SFREQ, time_start=BEGIN, device="counting headband")
    file.append(data)
    file.close()
    return path


def played(start: Callable[..., Engine], file: Path, **params: str) -> Engine:
    """Play a recording to its end through the whole engine."""
    engine = start(Settings(board_params=params), board_name=f"playback:{file}")
    wait_until(engine.finished, "the playback to end")
    listening = engine.listening
    assert listening is not None
    assert listening.state().contact is Contact.ENDED
    assert listening.lost == 0
    engine.stop()
    return engine


def test_a_counted_recording_comes_out_as_it_went_in(start: Callable[..., Engine], vault: Path, tmp_path: Path) -> None:
    data = counting(60)
    played(start, write_bdf(tmp_path / "in.bdf", data), speed="20", clock="recorded")
    with Looking(vault) as store:
        (info,) = recordings(store)
        assert info.time_start == pytest.approx(BEGIN, abs=1e-3)
        assert (info.device, info.sfreq, info.ch_names) == ("counting headband", SFREQ, CH_NAMES)
        out = signal_on_disk(store, info)
        assert store.incidents() == []
    assert np.array_equal(np.rint(out[0]).astype(int), np.arange(data.shape[1]))
    assert np.abs(out - data).max() <= LSB


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings in {DATA}: set COMPANION_TEST_DATA")
def test_a_real_muse_recording_comes_out_as_it_went_in(start: Callable[..., Engine], vault: Path) -> None:
    path = DATA / "raw" / "muse-lsl_cueing.csv"
    (segment,) = formats.read(path)
    played(start, path, speed="40", clock="recorded")
    with Looking(vault) as store:
        (info,) = recordings(store)
        assert info.time_start == pytest.approx(segment.time_start, abs=2e-3)
        assert info.ch_names == segment.ch_names
        out = signal_on_disk(store, info)
    assert out.shape == segment.data.shape
    assert np.abs(out - segment.data).max() <= LSB


def test_the_command_line_does_the_same(vault: Path, tmp_path: Path) -> None:
    data = counting(20)
    file = write_bdf(tmp_path / "in.bdf", data)
    named = ("--board", f"playback:{file}", "--param", "speed=10")
    done = companion("run", "--headless", *named, "--vault", vault)
    assert done.returncode == 0, done.stderr
    assert "The recording reached its end." in done.stderr
    with Looking(vault) as store:
        (info,) = recordings(store)
        assert np.abs(signal_on_disk(store, info) - data).max() <= LSB
        assert info.time_start > BEGIN + 1_000_000  # without clock=recorded it happens now
