from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from index.keys.keys import Keys
from index.keys.sealing import HEAD_BYTES, TAG_BYTES, Sealer
from index.signals.bdf_header import Layout, encode_header, layout
from index.signals.bdf_notes import Start
from index.signals.record_file import RecordFile, layout_of, records
from index.types import RecordingError

SEALER = Keys.random().eeg
START = Start.of(1_790_000_000.0, "x")
FORM = layout(ch_names=("A", "B"), sfreq=10.0, max_abs=250_000.0, start=START)
RECORDS = [bytes([number]) * FORM.record_bytes for number in range(1, 7)]

both = pytest.mark.parametrize("sealer", [None, SEALER], ids=["plain", "sealed"])


def made(path: Path, sealer: Sealer | None, *, count: int = 6) -> RecordFile:
    file = records(path, sealer)
    with file.create(encode_header(FORM, START)) as handle:
        file.write(handle, FORM, 0, RECORDS[:count])
    return records(path, sealer)


@both
def test_records_are_read_as_they_were_written(tmp_path: Path, sealer: Sealer | None) -> None:
    file = made(tmp_path / "a", sealer)
    assert layout_of(file, "a") == FORM
    assert file.count(FORM) == 6
    assert file.read(FORM, 0, 6) == b"".join(RECORDS)
    assert file.read(FORM, 2, 4) == RECORDS[2] + RECORDS[3]
    assert file.read(FORM, 3, 3) == b""


@both
def test_what_is_not_there_yet_is_not_read(tmp_path: Path, sealer: Sealer | None) -> None:
    file = made(tmp_path / "a", sealer, count=2)
    assert file.read(FORM, 1, 4) == RECORDS[1]
    assert file.read(FORM, 5, 6) == b""


@both
def test_a_file_grows_record_by_record_while_it_is_read(tmp_path: Path, sealer: Sealer | None) -> None:
    file = records(tmp_path / "a", sealer)
    reader = records(tmp_path / "a", sealer)
    with file.create(encode_header(FORM, START)) as handle:
        assert reader.count(FORM) == 0
        for number, record in enumerate(RECORDS):
            file.write(handle, FORM, number, [record])
            assert reader.count(FORM) == number + 1
            assert reader.read(FORM, number, number + 1) == record


@both
def test_a_record_can_be_written_again_after_a_refusal(tmp_path: Path, sealer: Sealer | None) -> None:
    path = tmp_path / "a"
    file = records(path, sealer)
    with file.create(encode_header(FORM, START)) as handle:
        file.write(handle, FORM, 0, RECORDS[:3])
        whole = path.read_bytes()
        handle.truncate(len(whole) - 7)  # as much of it as the disk took
        file.write(handle, FORM, 2, RECORDS[2:3])
    assert path.read_bytes() == whole


@both
def test_what_is_cut_is_gone_and_the_rest_is_whole(tmp_path: Path, sealer: Sealer | None) -> None:
    path = tmp_path / "a"
    file = made(path, sealer)
    with path.open("r+b", buffering=0) as handle:
        file.cut(handle, FORM, 4)
        size = path.stat().st_size
        file.cut(handle, FORM, 4)
        assert path.stat().st_size == size
    assert file.count(FORM) == 4
    assert file.read(FORM, 0, 6) == b"".join(RECORDS[:4])


@both
def test_a_file_is_never_made_over_another(tmp_path: Path, sealer: Sealer | None) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        records(path, sealer).create(encode_header(FORM, START))
    assert path.read_bytes() == b"mine"


@both
def test_it_is_for_its_owner_alone(tmp_path: Path, sealer: Sealer | None) -> None:
    made(tmp_path / "a", sealer)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_sealed_file_is_head_length_and_numbered_blocks(tmp_path: Path) -> None:
    made(tmp_path / "a", SEALER)
    raw = (tmp_path / "a").read_bytes()
    blocks = SEALER.blocks(raw[:HEAD_BYTES])
    length = int.from_bytes(raw[HEAD_BYTES : HEAD_BYTES + 4], "big")
    at = HEAD_BYTES + 4
    assert blocks.open(0, raw[at : at + length + TAG_BYTES]) == encode_header(FORM, START)
    at += length + TAG_BYTES
    for number, record in enumerate(RECORDS, start=1):
        assert blocks.open(number, raw[at : at + len(record) + TAG_BYTES]) == record
        at += len(record) + TAG_BYTES
    assert at == len(raw)


def flipped(raw: bytearray, at: int) -> None:
    raw[at] ^= 0x80


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: flipped(raw, 0),
        lambda raw: flipped(raw, HEAD_BYTES - 1),
        lambda raw: flipped(raw, HEAD_BYTES + 3),
        lambda raw: flipped(raw, HEAD_BYTES + 4 + 100),
        lambda raw: raw.__delitem__(slice(HEAD_BYTES + 50, None)),
        lambda raw: raw.clear(),
    ],
    ids=["magic", "salt", "length", "header", "cut", "empty"],
)
def test_a_damaged_beginning_is_named(tmp_path: Path, damage: Callable[[bytearray], None]) -> None:
    path = tmp_path / "a.bdf"
    made(path, SEALER)
    raw = bytearray(path.read_bytes())
    damage(raw)
    path.write_bytes(raw)
    with pytest.raises(RecordingError, match=r"a\.bdf cannot be read .*Bring it back from a backup"):
        records(path, SEALER).header()


@pytest.mark.parametrize("record", range(6))
def test_a_flipped_bit_is_noticed_in_its_record_and_in_no_other(tmp_path: Path, record: int) -> None:
    path = tmp_path / "a.bdf"
    file = made(path, SEALER)
    raw = bytearray(path.read_bytes())
    flipped(raw, len(raw) - (6 - record) * (FORM.record_bytes + TAG_BYTES))
    path.write_bytes(raw)
    for number in range(6):
        if number == record:
            with pytest.raises(RecordingError, match=r"a\.bdf cannot be read .*damaged"):
                file.read(FORM, number, number + 1)
        else:
            assert file.read(FORM, number, number + 1) == RECORDS[number]


def test_a_header_longer_than_any_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.bdf"
    made(path, SEALER)
    raw = bytearray(path.read_bytes())
    raw[HEAD_BYTES : HEAD_BYTES + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(raw)
    with pytest.raises(RecordingError, match=r"a\.bdf cannot be read"):
        records(path, SEALER).header()


def test_the_form_is_that_of_the_header(tmp_path: Path) -> None:
    other: Layout = layout(ch_names=("A",), sfreq=20.0, max_abs=500_000.0, start=START)
    file = records(tmp_path / "a", SEALER)
    file.create(encode_header(other, START)).close()
    assert layout_of(records(tmp_path / "a", SEALER), "a") == other
