"""Whatever is done to a file, it is read or refused with a sentence; it never breaks the program."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.brain.formats import read
from companion.brain.types import BoardError

ROWS = [f"{1_700_000_000 + i / 256:.3f},{i}.5,2.5,-3.5,{-i}.25,0,0" for i in range(60)]
LSL = "\n".join(["timestamps,TP9,AF7,AF8,TP10,Right AUX,Marker0", *ROWS, ""]).encode()
OPENBCI = "\n".join(
    [
        "%OpenBCI Raw EXG Data",
        "%Number of channels = 2",
        "%Sample Rate = 250 Hz",
        "Sample Index, EXG Channel 0, EXG Channel 1, Timestamp",
        *(f"{i % 256}, {i}.5, -{i}.5, {1_700_000_000 + i / 250:.4f}" for i in range(60)),
        "",
    ]
).encode()
MIND_MONITOR = "\n".join(
    [
        "TimeStamp,RAW_TP9,RAW_AF7,RAW_AF8,RAW_TP10,Elements",
        *(f"2024-07-01 12:00:00.{i * 4:03},800.1,{800 + i},801,802," for i in range(60)),
        "",
    ]
).encode()
BRAINFLOW = "\n".join(
    "\t".join(f"{cell:.6f}" for cell in (i // 12, 1.5, i, -i, 2.5, 1_700_000_000 + i / 256, 0)) for i in range(60)
).encode()


def _xdf() -> bytes:
    xml = (
        "<info><name>M</name><type>EEG</type><channel_count>1</channel_count><nominal_srate>256</nominal_srate>"
        "<channel_format>float32</channel_format><desc /></info>"
    )
    rows = b"".join(b"\x08" + struct.pack("<df", 5000 + i / 256, i) for i in range(60))
    contents = [
        (1, b"<info><version>1.0</version><datetime>2023-11-14T23:13:20+0100</datetime></info>"),
        (2, struct.pack("<I", 1) + xml.encode()),
        (3, struct.pack("<I", 1) + b"\x04" + struct.pack("<I", 60) + rows),
        (4, struct.pack("<Idd", 1, 5000.0, 0.0)),
    ]
    return b"XDF:" + b"".join(b"\x04" + struct.pack("<IH", len(c) + 2, tag) + c for tag, c in contents)


WHOLE = {"lsl": LSL, "openbci": OPENBCI, "mind_monitor": MIND_MONITOR, "brainflow": BRAINFLOW, "xdf": _xdf()}


def attempt(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        segments = read(path, board="muse_2016")
    except BoardError as error:
        assert path.name in str(error)  # noqa: PT017 - either outcome is right
        assert str(error).endswith(".")  # noqa: PT017
    else:
        assert segments
        assert all(np.isfinite(segment.data).all() and segment.data.size for segment in segments)


@pytest.mark.parametrize("name", WHOLE)
def test_each_of_them_is_read_when_whole(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").write_bytes(WHOLE[name])
    assert sum(segment.data.shape[1] for segment in read(tmp_path / "a", board="muse_2016")) == 60


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=60)
@given(data=st.data())
def test_damage_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    whole = WHOLE[name]
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=30))
    gone = data.draw(st.integers(0, 30))
    attempt(tmp_path_factory.getbasetemp() / "damaged", whole[:at] + junk + whole[at + gone :])


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=40)
@given(data=st.data())
def test_a_file_cut_off_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    end = data.draw(st.integers(0, len(WHOLE[name])))
    attempt(tmp_path_factory.getbasetemp() / "cut", WHOLE[name][:end])
