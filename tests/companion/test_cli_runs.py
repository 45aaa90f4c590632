"""The command line as a process of its own: how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from companion.__main__ import main
from index.signals.bdf import BdfAppender

BEGIN = 1_772_442_720.0
DONE, WRONG, INTERRUPTED = 0, 2, 130


def test_a_recording_that_is_not_there_ends_a_run_with_its_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "companion", "run", "--headless", "--board", f"playback:{tmp_path / 'gone.csv'}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == WRONG
    assert "There is no recording" in done.stderr
    assert "Traceback" not in done.stderr
    assert main(["doctor", "--json"]) == DONE
    assert "There is no recording" in json.loads(capsys.readouterr().out)["incidents"][0]["what"]


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_run_ends_in_good_order_when_it_is_told_to(tmp_path: Path, kind: signal.Signals) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "companion", "run", "--headless", "--board", "synthetic"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert program.stderr is not None
    told = ""
    while "streaming" not in told:
        line = program.stderr.readline()
        assert line, told
        told += line
    os.killpg(program.pid, kind) if kind is signal.SIGINT else program.send_signal(kind)
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out) == (DONE, "")
    assert "Traceback" not in err
    assert "leaked" not in err
    assert list((tmp_path / "vault" / "eeg").glob("*.bdf"))


def test_ctrl_c_interrupts_an_import(tmp_path: Path) -> None:
    path = tmp_path / "long.bdf"
    file = BdfAppender(path, ch_names=("A", "B"), sfreq=256.0, time_start=BEGIN, device="test")
    for _ in range(240):
        file.append(np.zeros((2, 256 * 60)))
    file.close()
    program = subprocess.Popen(
        [sys.executable, "-m", "companion", "import", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    due = time.monotonic() + 30
    while not list(tmp_path.glob("vault/eeg/*.bdf")):
        assert program.poll() is None, program.communicate()
        assert time.monotonic() < due
        time.sleep(0.01)
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out) == (INTERRUPTED, ""), err
    assert err.endswith("companion: interrupted.\n")
    assert "Traceback" not in err
