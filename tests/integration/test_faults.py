"""What breaks mends itself, and nothing recorded before is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from counting_outlet import SFREQ
from runs import (
    Looking,
    Shot,
    companion,
    day,
    environment,
    recordings,
    signal_on_disk,
    wait_until,
    write_pages,
)

from companion.__main__ import main
from companion.brain.types import Contact
from companion.engine import Engine
from companion.settings import Settings
from companion.status import Activity
from index.types import VaultError

Start = Callable[..., Engine]


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def doctor(vault: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return what ``companion doctor --json`` says."""
    capsys.readouterr()
    main(["doctor", "--json", "--vault", str(vault)])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def said(told: dict[str, Any]) -> list[str]:
    """Return the incidents, oldest first."""
    return [f"{incident['part']}: {incident['what']}" for incident in reversed(told["incidents"])]


@pytest.mark.model
def test_killed_processes_are_restarted_and_nothing_is_lost(
    start: Start, vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shots = day(5)
    folder = write_pages(tmp_path / "pages", shots)
    engine = start(Settings(), board_name="synthetic", frames=f"replay:{folder}")

    def recorded() -> int:
        with Looking(vault) as store:
            return sum(info.samples for info in recordings(store))

    kill(wait_until(lambda: engine.pids["reader"], "the reader"))  # it loads its models
    wait_until(lambda: recorded() >= 500, "EEG on disk")
    before = recorded()
    kill(engine.pids["headset"])
    kill(engine.pids["encoder"])  # it loads the text model
    wait_until(lambda: engine.status().headset.contact is Contact.LOST, "the headset's end to be seen")
    assert engine.status().activity is Activity.NO_HEADSET
    wait_until(lambda: engine.status().headset.contact is Contact.STREAMING, "the headset to stream again")
    wait_until(lambda: not engine.pending(), "everything to be filled in", seconds=90)
    wait_until(lambda: recorded() >= before + 500, "more EEG")
    assert engine.status().activity is Activity.RECORDING
    assert engine.status().quarantined == 0
    engine.stop()

    with Looking(vault) as store:
        moments = store.moments(range(1, 6))
        assert [moments[i].title for i in range(1, 6)] == [shot.title for shot in shots]
        for number, shot in enumerate(shots, 1):
            assert shot.text.split()[-1].rstrip(".") in moments[number].text
        assert {row[0] for row in store.rows("SELECT moment_id FROM vectors")} == set(moments)
        first, *_, last = recordings(store)
        assert first.time_end <= last.time_start
        assert first.samples >= before - first.sfreq
        for info in (first, last):
            assert signal_on_disk(store, info).shape[1] == info.samples > 0
    incidents = said(doctor(vault, capsys))
    for part, words in (("headset", "it is being started again"), ("headset", "streaming again after")):
        assert sum(what.startswith(part) and words in what for what in incidents) == 1, incidents
    for part in ("reader", "encoder"):
        assert sum(what.startswith(f"{part}: The {part} process died") for what in incidents) == 1, incidents


@pytest.fixture
def outlet(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A counting stream named after the test, which falls silent for 10 s when a line is sent to it."""
    script = Path(__file__).with_name("counting_outlet.py")
    program = subprocess.Popen(
        [sys.executable, str(script), request.node.name, "10"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "streaming\n"
    yield program
    program.kill()
    program.communicate()


def test_a_headset_that_falls_silent_for_ten_seconds_comes_back(
    start: Start,
    outlet: subprocess.Popen[str],
    request: pytest.FixtureRequest,
    vault: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine = start(Settings(), board_name=f"lsl:{request.node.name}")
    wait_until(lambda: engine.status().headset.samples > 3 * SFREQ, "the headset to stream")
    assert outlet.stdin is not None
    assert outlet.stdout is not None
    outlet.stdin.write("hush\n")
    outlet.stdin.flush()
    began = time.monotonic()
    wait_until(lambda: engine.status().headset.contact is Contact.SILENT, "the silence to be seen", seconds=9)
    assert "sends nothing" in engine.status().sentence
    assert engine.status().activity is Activity.NO_HEADSET
    assert outlet.stdout.readline() == "streaming again\n"
    assert time.monotonic() - began > 9
    before = engine.status().headset.samples
    wait_until(lambda: engine.status().headset.samples > before + 2 * SFREQ, "the headset to stream again")
    assert engine.status().activity is Activity.RECORDING
    listening = engine.listening
    engine.stop()

    assert listening is not None
    assert listening.lost == 0
    with Looking(vault) as store:
        found = recordings(store)
        counts = [np.rint(signal_on_disk(store, info)[0]).astype(int) for info in found]
    assert len(counts) >= 2
    for count in counts:
        assert np.all(np.diff(count) == 1)  # every sample of a stretch, once and in order
    assert counts[0].size >= 3 * SFREQ
    assert sum(count.size for count in counts) == listening.received
    assert found[-1].time_start - found[0].time_end > 9  # no stretch spans the silence
    incidents = said(doctor(vault, capsys))
    assert sum("sends nothing. Check that it is on and near" in what for what in incidents) == 1
    assert sum("is streaming again after" in what for what in incidents) == 1


def readable(vault: Path) -> bool:
    """Whether the program has made its vault; it is refused while there is nothing in it."""
    try:
        with Looking(vault) as store:
            return store.count() >= 0
    except VaultError:
        return False


@pytest.mark.model
def test_a_killed_program_goes_on_where_it_was(
    vault: Path, tmp_path: Path, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    shots = [*day(2, lasts=0.5), Shot("Swifts", "Swifts sleep on the wing and nest under old roof tiles.", 1.0, 600)]
    folder = write_pages(tmp_path / "pages", shots)
    named = ("--board", "synthetic", "--frames", f"replay:{folder}@1", "--vault", str(vault))
    # Something must come after the last page, or the replay ends and closes it.
    later = Shot("Later", "Nobody will see this.", 601.0, 5)
    write_pages(folder, [*shots, later])
    program = subprocess.Popen(
        [sys.executable, "-m", "companion", "run", "--headless", *named],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    family: list[psutil.Process] = []
    try:
        wait_until(lambda: readable(vault), "the vault with all of its tables")
        with Looking(vault) as store:
            wait_until(lambda: store.count() == 3, "the third moment to be opened")
            wait_until(lambda: sum(info.samples for info in recordings(store)) > 500, "EEG on disk")
            flushed = sum(info.samples for info in recordings(store))
            assert store.value("SELECT count(*) FROM moments WHERE open = 1") == 1
            assert store.backlog()
        family = psutil.Process(program.pid).children(recursive=True)
    finally:
        program.kill()
        program.wait()
    _, alive = psutil.wait_procs(family, timeout=60)
    held = [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]  # which holds nothing
    assert held == []  # nobody is left to hold the headset

    engine = start(Settings())
    with Looking(vault) as store:
        assert store.value("SELECT count(*) FROM moments WHERE open = 1") == 0
        (info,) = recordings(store)
        assert info.samples >= flushed
        assert signal_on_disk(store, info).shape[1] == info.samples
        wait_until(lambda: not engine.pending(), "what was left to be filled in")
        assert {row[0] for row in store.rows("SELECT moment_id FROM vectors")} == {1, 2, 3}
        assert "roof tiles" in store.moment(3).text
    engine.stop()
    incidents = said(doctor(vault, capsys))
    assert len(incidents) == 2
    assert all(what.startswith("start: The program did not end properly last time.") for what in incidents)
    assert "1 moment(s) were still open" in incidents[0]
    assert f"was repaired: {info.samples} samples are there" in incidents[1]
    done = companion("doctor", "--vault", vault)
    assert done.returncode == 0
    assert "3 moments" in done.stdout
