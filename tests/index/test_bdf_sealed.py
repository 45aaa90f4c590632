"""Recordings as they lie in a vault."""

from __future__ import annotations

from pathlib import Path

import mne
import numpy as np
import pytest
from bdf_files import LSB, noise, recorded
from vaults import plain_bdf

from index.keys.keys import Keys
from index.keys.sealing import HEAD_BYTES, TAG_BYTES
from index.signals.bdf import BdfFile
from index.types import RecordingError, VaultError

SEALER = Keys.random().eeg


def test_a_recording_of_the_vault_opens_in_other_tools_once_it_is_decrypted(tmp_path: Path) -> None:
    data = noise(256 * 3 + 100)
    path = recorded(tmp_path / "sealed.bdf", data, sealer=SEALER)
    plain = plain_bdf(path, SEALER, tmp_path / "plain.bdf")
    assert plain.read_bytes() == recorded(tmp_path / "same.bdf", data).read_bytes()
    raw = mne.io.read_raw_bdf(plain, preload=True, verbose="error")
    assert np.abs(raw.get_data(units="uV")[:, :868] - data).max() <= LSB / 2 + 1e-6


def test_an_encrypted_recording_says_nothing_to_whoever_has_no_key(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.bdf", np.zeros((2, 256 * 4)), sealer=SEALER)
    raw = path.read_bytes()
    for told in (b"BIOSEMI", b"TP9", b"Muse", b"Recording start", b"2026", bytes(32)):
        assert told not in raw
    with pytest.raises(VaultError, match=r"a\.bdf is not a recording"):
        BdfFile(path)
    with pytest.raises(RecordingError, match=r"a\.bdf cannot be read .*key"):
        BdfFile(path, Keys.random().eeg)


def blocks_of(path: Path) -> tuple[bytearray, int, int]:
    """Return a sealed recording's bytes, where its first data record lies and how long each is."""
    form = BdfFile(path, SEALER)._layout
    return bytearray(path.read_bytes()), HEAD_BYTES + 4 + form.header_bytes + TAG_BYTES, form.record_bytes + TAG_BYTES


def test_a_damaged_data_record_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    data = noise(256 * 4)
    path = recorded(tmp_path / "a.bdf", data, sealer=SEALER)
    raw, start, size = blocks_of(path)
    raw[start + size + 17] ^= 1  # within the second data record
    path.write_bytes(raw)
    file = BdfFile(path, SEALER)
    for first, last in ((0, 300), (256, 257), (500, 520)):
        with pytest.raises(RecordingError, match=r"a\.bdf cannot be read .*damaged.* backup"):
            file.read(first, last)
    assert np.abs(file.read(512, 1024) - data[:, 512:]).max() <= LSB / 2
    assert np.abs(file.read(0, 256) - data[:, :256]).max() <= LSB / 2


def test_data_records_that_changed_places_are_refused(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.bdf", noise(256 * 4), sealer=SEALER)
    raw, start, size = blocks_of(path)
    one, other = slice(start, start + size), slice(start + size, start + 2 * size)
    raw[one], raw[other] = raw[other], raw[one]
    path.write_bytes(raw)
    for first in (0, 256):
        with pytest.raises(RecordingError, match=r"a\.bdf cannot be read"):
            BdfFile(path, SEALER).read(first, first + 256)


def test_a_data_record_of_another_recording_is_refused(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.bdf", noise(256 * 2), sealer=SEALER)
    other = recorded(tmp_path / "b.bdf", noise(256 * 2), sealer=SEALER).read_bytes()
    raw, start, size = blocks_of(path)
    raw[start : start + size] = other[start : start + size]
    path.write_bytes(raw)
    with pytest.raises(RecordingError, match=r"a\.bdf cannot be read"):
        BdfFile(path, SEALER).read(0, 256)
