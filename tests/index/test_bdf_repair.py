from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bdf import LSB, PLAIN_AND_SEALED, noise, recorded

from index.keys.keys import Keys
from index.keys.sealing import HEAD_BYTES, TAG_BYTES, AesSealer, Sealer
from index.signals.bdf import BdfFile, repair
from index.types import VaultError

SOURCE = np.arange(4 * 60_000, dtype=float).reshape(4, -1)
CHILD = """
import sys, time
from pathlib import Path
import numpy as np
from index.signals.bdf import BdfAppender
from index.keys.sealing import AesSealer
sealer = AesSealer({0: bytes.fromhex(sys.argv[2])}, current=0) if len(sys.argv) > 2 else None
data = np.arange(4 * 60_000, dtype=float).reshape(4, -1)
form = {"ch_names": ["A", "B", "C", "D"], "sfreq": 256.0, "time_start": 1.7e9 + 0.25, "device": "x"}
writer = BdfAppender(Path(sys.argv[1]), **form, sealer=sealer)
for start in range(0, data.shape[1], 50):
    writer.append(data[:, start : start + 50])
    if start % 1000 == 0:
        writer.flush()
        print(writer.samples, flush=True)
    time.sleep(0.0002)
"""


KEY = bytes(range(32))
SEALER = AesSealer({0: KEY}, current=0)


def killed_while_appending(path: Path, *key: str) -> int:
    sealer = SEALER if key else None
    child = subprocess.Popen([sys.executable, "-c", CHILD, path, *key], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    flushed = 0
    while flushed < 5000:
        flushed = int(child.stdout.readline())
    while_written = BdfFile(path, sealer)
    assert while_written.samples >= flushed
    assert np.array_equal(while_written.read(flushed - 300, flushed), SOURCE[:, flushed - 300 : flushed])
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().split("\n")
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()
    return int([line for line in [str(flushed), *rest[:-1]] if line][-1])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_it_is_read_while_written_and_after_a_kill_all_up_to_the_last_flush_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.bdf"
    flushed = killed_while_appending(path)
    untouched = mne.io.read_raw_bdf(path, preload=True, verbose="error")
    assert untouched.n_times >= flushed
    samples = repair(path)
    assert samples >= flushed
    assert np.array_equal(BdfFile(path).read(0, samples), SOURCE[:, :samples])
    raw = mne.io.read_raw_bdf(path, preload=True, verbose="error")
    assert raw.n_times == samples
    assert np.allclose(raw.get_data(units="uV"), SOURCE[:, :samples], atol=1e-6)
    assert edfio.read_bdf(path).num_data_records * 256 == samples
    before = path.read_bytes()
    assert repair(path) == samples
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_encrypted_too_all_up_to_the_last_flush_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "a.bdf"
    flushed = killed_while_appending(path, KEY.hex())
    samples = repair(path, SEALER)
    assert samples >= flushed
    assert np.array_equal(BdfFile(path, SEALER).read(0, samples), SOURCE[:, :samples])
    before = path.read_bytes()
    assert repair(path, SEALER) == samples
    assert path.read_bytes() == before


def start_of(path: Path, sealer: Sealer | None) -> tuple[int, int]:
    """Return where the first data record of a recording lies and how many bytes each takes."""
    form = BdfFile(path, sealer)._layout
    if sealer is None:
        return form.header_bytes, form.record_bytes
    return HEAD_BYTES + 4 + form.header_bytes + TAG_BYTES, form.record_bytes + TAG_BYTES


@PLAIN_AND_SEALED
@settings(max_examples=30)
@given(lost=st.integers(0, 5000))
def test_repair_keeps_every_whole_data_record_of_a_torn_file(
    tmp_path_factory: pytest.TempPathFactory, sealer: Sealer | None, lost: int
) -> None:
    path = tmp_path_factory.mktemp("bdf") / "a.bdf"
    data = noise(256 * 4)
    whole = recorded(path, data, sealer=sealer).read_bytes()
    start, record = start_of(path, sealer)
    assert len(whole) == start + 4 * record
    path.write_bytes(whole[: len(whole) - lost])
    expected = (4 * record - lost) // record * 256
    assert repair(path, sealer) == expected
    assert BdfFile(path, sealer).samples == expected
    assert np.abs(BdfFile(path, sealer).read(0, expected) - data[:, :expected]).max(initial=0.0) <= LSB / 2


@PLAIN_AND_SEALED
def test_repair_cuts_data_records_that_a_power_cut_left_empty(tmp_path: Path, sealer: Sealer | None) -> None:
    path = recorded(tmp_path / "a.bdf", noise(256 * 3), sealer=sealer)
    whole = path.read_bytes()
    _, record = start_of(path, sealer)
    path.write_bytes(whole + bytes(2 * record + 17))
    assert repair(path, sealer) == 768
    assert path.read_bytes() == whole


@PLAIN_AND_SEALED
def test_repair_leaves_a_recording_that_was_closed_as_it_is(tmp_path: Path, sealer: Sealer | None) -> None:
    path = recorded(tmp_path / "a.bdf", noise(600), sealer=sealer)  # its last data record is padded
    whole = path.read_bytes()
    assert repair(path, sealer) == 600
    assert path.read_bytes() == whole


def test_repair_cuts_an_encrypted_data_record_that_was_written_in_part(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.bdf", noise(256 * 3), sealer=SEALER)
    whole = path.read_bytes()
    start, record = start_of(path, SEALER)
    path.write_bytes(whole[: start + 2 * record + 1000] + bytes(record - 1000))
    assert repair(path, SEALER) == 512
    assert path.read_bytes() == whole[: start + 2 * record]


def test_without_the_right_key_repair_changes_nothing(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.bdf", noise(256 * 3), sealer=SEALER)
    whole = path.read_bytes()
    for wrong in (None, Keys.random().eeg):
        with pytest.raises(VaultError, match=r"a\.bdf"):
            repair(path, wrong)
    assert path.read_bytes() == whole


def test_repair_corrects_a_count_that_was_not_written(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.bdf", noise(600))
    whole = path.read_bytes()
    path.write_bytes(whole[:236] + b"1       " + whole[244:])
    assert repair(path) == 600
    assert path.read_bytes() == whole


def test_repair_corrects_a_count_that_is_no_number(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.bdf", noise(600))
    whole = path.read_bytes()
    path.write_bytes(whole[:236] + b"\x00junk  " + whole[243:])
    with pytest.raises(VaultError, match="which mends it"):
        _ = BdfFile(path).samples
    assert repair(path) == 600
    assert path.read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"junk" * 1000, b"\xffBIOSEMI" + b" " * 1000])
def test_a_file_that_is_no_recording_is_refused_with_a_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.bdf"
    path.write_bytes(content)
    for use in (BdfFile, repair):
        with pytest.raises(VaultError, match=r"a\.bdf is not a recording .* backup"):
            use(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"junk" * 1000, b"CMPN\x01\x00" + b" " * 1000])
def test_a_file_that_is_no_encrypted_recording_is_refused_with_a_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.bdf"
    path.write_bytes(content)
    for use in (BdfFile, repair):
        with pytest.raises(VaultError, match=r"a\.bdf cannot be read .* backup"):
            use(path, SEALER)
    assert path.read_bytes() == content


@settings(max_examples=60)
@given(at=st.integers(0, 2800), junk=st.binary(min_size=1, max_size=30))
def test_however_an_encrypted_recording_is_damaged_what_is_read_is_what_was_recorded(
    tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("bdf") / "a.bdf"
    data = noise(300)
    content = bytearray(recorded(path, data, sealer=SEALER).read_bytes())
    content[at : at + len(junk)] = junk
    path.write_bytes(content)
    try:
        samples = repair(path, SEALER)
        read = BdfFile(path, SEALER).read(0, samples)
    except VaultError as error:
        assert "a.bdf" in str(error)  # noqa: PT017 - either outcome is right
        return
    assert np.abs(read - data[:, :samples]).max(initial=0.0) <= LSB / 2


@settings(max_examples=200)
@given(at=st.integers(0, 1023), junk=st.binary(min_size=1, max_size=30))
def test_a_damaged_header_is_refused_or_mended_but_never_breaks(
    tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("bdf") / "a.bdf"
    content = bytearray(recorded(path, noise(300)).read_bytes())
    content[at : at + len(junk)] = junk[: 1024 - at]
    path.write_bytes(content)
    try:
        assert repair(path) == BdfFile(path).samples
    except VaultError as error:
        assert "a.bdf" in str(error)  # noqa: PT017 - either outcome is right
