"""Quality against the headband's own contact score, on recordings of people who moved it about."""

from __future__ import annotations

import os
from pathlib import Path

import edfio
import numpy as np
import pytest

from embeddings import quality, signal
from embeddings.types import EEGWindow

DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "seqlearn"
PEOPLE = ("sub-05", "sub-15", "sub-19", "sub-21", "sub-45")
BAD_CONTACT = 3.0  # of 1 (good), 2 and 4 (none), mean over a window

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no recordings at {DATA}: set COMPANION_TEST_DATA"),
]


def windows_of(path: Path) -> list[tuple[str, float, float]]:
    """Return fault, share of bad contact and mean contact score of each electrode in each window."""
    channels = {channel.label.removeprefix("EEG "): channel for channel in edfio.read_edf(path).signals}
    names = tuple(name for name in channels if f"HSI_{name}" in channels)
    data = np.array([channels[name].data for name in names])
    contact = np.array([channels[f"HSI_{name}"].data for name in names])
    sfreq = channels[names[0]].sampling_frequency
    found = []
    for raw, filtered in signal.windows(EEGWindow(data, sfreq, names, data.shape[1] / sfreq)):
        stop = round(raw.time_end * sfreq)
        start = stop - raw.data.shape[1]
        scores = contact[:, start:stop].mean(axis=1).tolist()
        judged = quality.assess(raw, filtered, data[:, :start])
        found += list(zip(judged.faults, judged.bad_contact, scores, strict=True))
    return found


def test_electrodes_that_are_fit_lie_better_than_those_that_are_not() -> None:
    longest = [max(sorted((DATA / person).rglob("*_eeg.edf")), key=lambda f: f.stat().st_size) for person in PEOPLE]
    found = [told for path in longest for told in windows_of(path)]
    fit = np.array([score for fault, _, score in found if not fault])
    unfit = np.array([score for fault, _, score in found if fault])
    assert len(fit) > 20
    assert len(unfit) > 5
    assert np.median(fit) < 1.5
    assert np.median(unfit) >= BAD_CONTACT
    assert np.mean(fit >= BAD_CONTACT) < 0.1
