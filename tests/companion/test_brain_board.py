from pathlib import Path

import pytest

from companion.brain import board
from companion.brain.types import BoardError, BoardSpec


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("synthetic", "SYNTHETIC_BOARD"),
        ("MUSE_2_BOARD", "MUSE_2_BOARD"),
        ("muse_2", "MUSE_2_BOARD"),
        ("Muse 2", "MUSE_2_BOARD"),
        ("muse-s", "MUSE_S_BOARD"),
        ("38", "MUSE_2_BOARD"),
        ("-1", "SYNTHETIC_BOARD"),
        ("neuropawn_knight_board_imu", "NEUROPAWN_KNIGHT_BOARD_IMU"),
    ],
)
def test_a_brainflow_board_is_known_by_name_in_any_case_or_number(text: str, name: str) -> None:
    assert board.parse(text, {}) == BoardSpec("brainflow", name)


def test_no_headset_a_recording_and_a_stream_are_told_apart() -> None:
    assert board.parse("none", {}) == BoardSpec("none")
    assert board.parse(" NONE ") == BoardSpec("none")
    assert board.parse("playback:C:/a b.csv", {"speed": "50"}) == BoardSpec("playback", "C:/a b.csv", {"speed": "50"})
    assert board.parse("LSL:Muse-AB", {"serial_port": "x"}) == BoardSpec("lsl", "Muse-AB")


def test_parameters_reach_the_board_they_are_meant_for() -> None:
    spec = board.parse("cyton", {"serial_port": "/dev/ttyUSB0", "timeout": "7", "speed": "2"})
    assert spec.params == {"serial_port": "/dev/ttyUSB0", "timeout": "7"}


@pytest.mark.parametrize(
    ("text", "params", "hint"),
    [
        ("muse_22", {}, "muse_2"),
        ("cyton_dasy", {}, "cyton_daisy"),
        ("emotiv", {}, "lsl:NAME"),
        ("9999", {}, "No headset"),
        ("playback_file", {}, "playback:FILE"),
        ("playback:", {}, "playback:FILE"),
        ("lsl: ", {}, "lsl:NAME"),
        ("cyton", {"serialport": "x"}, "serial_port"),
        ("cyton", {"timeout": "soon"}, "whole number"),
        ("playback:a.csv", {"speed": "fast"}, "speed"),
        ("playback:a.csv", {"speed": "-1"}, "speed"),
        ("playback:a.csv", {"speed": "nan"}, "speed"),
        ("playback:a.csv", {"clock": "then"}, "recorded"),
        ("lsl:a", {"scope": "world"}, "machine or lan"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_way_out(text: str, params: dict[str, str], hint: str) -> None:
    with pytest.raises(BoardError, match=hint):
        board.parse(text, params)


def test_a_muse_gets_the_time_it_needs_to_let_go() -> None:
    assert board.grace(board.parse("muse_2")) > 4
    assert board.grace(board.parse("synthetic")) < 2


@pytest.mark.parametrize(
    ("text", "params", "hint"),
    [
        ("cyton", {}, "serial_port"),
        ("cyton", {"serial_port": "/dev/ttyNONE7"}, "no serial port"),
        ("emotibit", {}, "no EEG"),
        ("playback:/nowhere/at-all.csv", {}, "no recording"),
    ],
)
def test_a_headset_that_can_never_work_says_how_to_mend_it(text: str, params: dict[str, str], hint: str) -> None:
    with pytest.raises(BoardError, match=hint) as caught, board.open(board.parse(text, params)):
        pass
    assert type(caught.value) is BoardError


def test_nothing_can_be_opened_when_no_headset_is_chosen() -> None:
    with pytest.raises(BoardError, match="Choose one"), board.open(BoardSpec("none")):
        pass


def test_parsing_a_recording_loads_no_headset_library(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from companion.brain import board, headset, ring; board.parse('playback:x'); board.parse('lsl:x');"
        "assert not {'brainflow', 'pylsl', 'scipy'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(Path.cwd())}, cwd=tmp_path)


@pytest.mark.parametrize("text", ["synthetic", "SYNTHETIC_BOARD", " Synthetic-board ", "-1"])
def test_the_made_up_board_is_known_by_all_its_names(text: str) -> None:
    assert board.parse(text) == BoardSpec("brainflow", "SYNTHETIC_BOARD")
    assert board.is_simulated(text)


@pytest.mark.parametrize("text", ["none", "muse_2", "playback:synthetic", "lsl:synthetic", "import:synthetic.csv:1"])
def test_others_are_not(text: str) -> None:
    assert not board.is_simulated(text)
