"""``companion import`` and ``companion demo`` with all real parts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from runs import BEGIN, Looking, day, environment, recordings, wait_until, write_pages

from companion.__main__ import main
from companion.brain.types import Segment
from companion.demo import sample_day
from companion.demo.replaying import write
from index.store import Store
from index.types import Job, VaultError

pytestmark = pytest.mark.model
STATE = "SELECT count(DISTINCT moment_id) FROM vectors WHERE space LIKE 'state:%'"


def headset_file(folder: Path, seconds: float) -> Path:
    """Write the sample day's simulated EEG from the first page on."""
    whole = sample_day.eeg(sample_day.pages())
    data = whole.data[:, : round(seconds * whole.sfreq)]
    return write(Segment(whole.device, whole.sfreq, whole.ch_names, BEGIN, data), folder)


def everything(store: Store) -> dict[str, list[Any]]:
    """Return every row of every table, those of the full text too."""
    tables = [name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: store.rows(f'SELECT * FROM "{name}"') for name in tables}  # noqa: S608  its own names


def test_screens_first_and_eeg_later_and_everything_twice(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    screens = write_pages(tmp_path / "screens", day(6))
    (screens / "20260302T100000Z.png").write_bytes(b"this is no image")
    assert main(["import", str(screens)]) == 1  # one is missing from memory
    said = capsys.readouterr().err
    assert "7 screens: 6 new moments, 0 continued one, 0 known already, 1 could not be read" in said
    (screens / "20260302T100000Z.png").unlink()
    with Looking(vault) as store:
        assert store.backlog() == {}
        moments = store.moments(range(1, 8))
        assert [moments[i].title for i in range(1, 7)] == [shot.title for shot in day(6)]
        assert "rye flour" in moments[1].text
        texts = store.value("SELECT count(DISTINCT moment_id) FROM vectors")
        assert (texts, store.value(STATE)) == (6, 0)

    eeg = headset_file(tmp_path, 120)
    assert main(["import", str(eeg)]) == 0
    assert "2 min of EEG in 1 stretch(es)" in capsys.readouterr().err
    with Looking(vault) as store:
        assert store.backlog() == {}
        assert store.value(STATE) == 6
        before = everything(store)
        (info,) = recordings(store)
        assert info.samples == 120 * 256

    assert main(["import", str(screens), str(eeg)]) == 0
    said = capsys.readouterr().err
    assert "6 screens: 0 new moments, 0 continued one, 6 known already" in said
    assert "was imported before" in said
    with Looking(vault) as store:
        assert everything(store) == before

    assert main(["recall", "--json", "--like", "1", "--exclude-minutes", "0", "-k", "3"]) in {0, 1}
    told = json.loads(capsys.readouterr().out)
    assert all(hit["space"].startswith("state:") and hit["id"] != 1 for hit in told["hits"])
    assert main(["recall", "--json", "a loaf of bread from wild yeast"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["notes"] == []
    assert told["hits"][0]["title"] == "Reviving a sourdough"
    assert (vault / told["hits"][0]["frame"]).is_file()


def stored(vault: Path) -> int:
    """Return how many moments a vault holds, 0 before it is there."""
    try:
        with Looking(vault) as store:
            return store.count()
    except VaultError:
        return 0


def test_an_interrupted_import_goes_on_where_it_was(vault: Path, tmp_path: Path) -> None:
    screens = write_pages(tmp_path / "screens", day(4))
    program = subprocess.Popen(
        [sys.executable, "-m", "companion", "import", str(screens)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_until(lambda: stored(vault) == 4, "all screens to be seen")
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out) == (130, ""), err
    assert err.endswith("companion: interrupted.\n")
    assert "Traceback" not in err
    with Looking(vault) as store:
        assert store.backlog()[Job.READ] > 0
    assert main(["import", str(screens)]) == 0
    with Looking(vault) as store:
        assert store.count() == 4
        assert store.backlog() == {}
        assert store.value("SELECT count(DISTINCT moment_id) FROM vectors") == 4
        assert store.incidents() == []


@pytest.mark.timeout(300)
def test_the_demo_runs_to_its_end_without_a_display(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "companion", "demo", "--keep", str(tmp_path / "kept")],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=290,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "leaked" not in done.stderr
    by_words, paraphrased, by_state, by_thought = done.stdout.split("\nby ")[1:]
    assert "Household 2026.ods" in by_words.splitlines()[2]
    assert "noise-cancelling headphones" in paraphrased.splitlines()[2]
    assert "planted states of these hits: " in by_state
    assert "your state at" in by_thought
    with Looking(tmp_path / "kept") as store:
        assert store.count() == len(sample_day.pages())
        assert store.backlog() == {}
        assert store.quarantine() == []
