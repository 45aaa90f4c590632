"""The engine with all its real parts."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from runs import Looking, Shot, at_its_end, day, recordings, wait_until, write_pages
from vaults import vault_at

from companion.app import build_engine
from companion.brain.types import BoardError, Contact
from companion.capture.types import CaptureError
from companion.engine import Engine
from companion.jobs import fill as fill_module
from companion.ports import Answer, Question
from companion.settings import Settings
from companion.status import Activity
from index import changes
from index.keys.keys import Keys
from index.pictures import frames
from index.types import Job, VaultError
from index.vault import Vault
from index.writer import Writer

Start = Callable[..., Engine]
NOTHING = Settings()
HEADSET = Settings(consent_eeg=True, board="synthetic")


def ours() -> set[str]:
    """Return the threads of an engine that run now; those of libraries have other names."""
    names = ("worker", "fill", "capture", "headset", "control", "recall", "writer", "Thread-")
    return {thread.name for thread in threading.enumerate() if thread.name.startswith(names)}


def children() -> set[int]:
    """Return the processes of an engine; multiprocessing's own tracker stays as long as this one."""
    found = psutil.Process().children(recursive=True)
    return {child.pid for child in found if "resource_tracker" not in " ".join(child.cmdline())}


def becomes(engine: Engine, activity: Activity) -> str:
    """Wait for an activity; returns its sentence."""
    wait_until(lambda: engine.status().activity is activity, f"{activity} (is {engine.status()})", seconds=30)
    return engine.status().sentence


def samples(vault: Path) -> int:
    with Looking(vault) as store:
        return sum(info.samples for info in recordings(store))


def moments(vault: Path) -> int:
    """Return how many moments are on disk; `Engine.status` may tell a count that is up to a second old."""
    with Looking(vault) as store:
        return store.count()


def test_what_is_chosen_is_what_runs(start: Start, vault: Path) -> None:
    engine = start(NOTHING)
    assert "no source is switched on" in becomes(engine, Activity.PAUSED)
    engine.apply(HEADSET)
    assert "(simulated) is streaming" in becomes(engine, Activity.RECORDING)
    headset = engine.pids["headset"]
    wait_until(lambda: samples(vault) > 0, "EEG on disk")

    engine.apply(replace(HEADSET, board="synthetik"))
    sentence = becomes(engine, Activity.ERROR)
    assert "synthetik" in sentence
    assert "synthetic" in sentence.replace("synthetik", "")  # the name that comes near
    assert engine.status().headset.contact is Contact.FAILED
    wait_until(lambda: headset not in children(), "the headset's process to end")

    engine.apply(replace(HEADSET, consent_eeg=False))
    becomes(engine, Activity.PAUSED)
    with_screen = replace(HEADSET, consent_eeg=False, consent_screen=True)
    engine.apply(with_screen)
    assert "DISPLAY" in becomes(engine, Activity.ERROR)  # and says what to do
    engine.apply(HEADSET)
    becomes(engine, Activity.RECORDING)


def test_a_pause_stops_screen_and_headset_until_it_is_over(start: Start, vault: Path, tmp_path: Path) -> None:
    shots = [Shot(f"page {i}", f"text {i}", i * 0.5, 0.5) for i in range(400)]
    shots[3] = replace(shots[3], title="My bank (private browsing)", lasts=3.0)
    shots[4:] = [replace(shot, second=shot.second + 3) for shot in shots[4:]]
    folder = write_pages(tmp_path / "pages", shots[:24])
    engine = start(NOTHING, board_name="synthetic", frames=f"replay:{folder}@1")
    assert "private browsing" in becomes(engine, Activity.FILTERING)
    assert engine.status().filtered == 1
    becomes(engine, Activity.RECORDING)
    wait_until(lambda: samples(vault) > 0, "EEG on disk")

    engine.pause(None)
    assert engine.status().sentence == "Paused until you resume. Nothing is recorded."
    wait_until(lambda: engine.keeper is None and engine.listening is None, "everything to rest")
    assert engine.pids["headset"] is None
    before = samples(vault), moments(vault)
    engine.apply(NOTHING)  # a pause outlasts a change of settings
    threading.Event().wait(1.5)
    assert (samples(vault), moments(vault)) == before
    with Looking(vault) as store:
        assert store.value("SELECT count(*) FROM moments WHERE open = 1") == 0
        assert store.value("SELECT count(*) FROM recordings WHERE open = 1") == 0

    engine.resume()
    becomes(engine, Activity.FILTERING)
    wait_until(lambda: samples(vault) > before[0] and moments(vault) > before[1], "both to be recorded again")

    before_pause = engine.keeper
    engine.pause(3.0)
    assert engine.status().activity is Activity.PAUSED
    wait_until(lambda: engine.keeper not in {None, before_pause}, "the pause to be over")
    assert engine.status().paused_until is None


def test_stop_leaves_nothing_behind_and_the_vault_can_be_used_again(start: Start, vault: Path, tmp_path: Path) -> None:
    folder = write_pages(tmp_path / "pages", day(2))
    threads, processes = ours(), children()
    engine = start(NOTHING, board_name="synthetic", frames=f"replay:{folder}@1")
    wait_until(lambda: engine.status().moments and samples(vault), "something to be recorded")
    wait_until(lambda: all(engine.pids.values()), "all processes")
    with pytest.raises(VaultError, match="already recording"):
        build_engine(NOTHING, vault=vault_at(vault))
    assert Vault(vault).in_use()
    engine.pause(3600)
    engine.stop()
    assert children() == processes
    assert ours() == threads
    assert not Vault(vault).in_use()
    gc.collect()  # an open file or connection would be said now

    again = start(NOTHING)
    assert again.status().moments == 1
    with Looking(vault) as store:
        assert store.incidents() == []  # it ended in good order
    assert again.moment(1).title == "Reviving a sourdough"
    assert again.neighbour(1, 1) is None


@pytest.mark.parametrize(
    ("named", "error"),
    [
        ({"board_name": "synthetik"}, BoardError),
        ({"board_name": "synthetic:"}, BoardError),
        ({"frames": "replay:/nowhere"}, CaptureError),
        ({"frames": "windows"}, CaptureError),
    ],
)
def test_a_wrong_name_is_said_before_anything_is_opened(
    vault: Path, named: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        build_engine(NOTHING, vault=Vault(vault, Keys.random()), **named)
    assert not vault.exists()


def test_a_vault_that_cannot_be_opened_is_let_go(vault: Path) -> None:
    damaged = vault_at(vault)
    damaged.database.write_bytes(b"this is no database" * 100)
    for _ in range(2):  # the second would say that the first still holds it
        with pytest.raises(VaultError, match="damaged"):
            build_engine(NOTHING, vault=damaged)


@pytest.mark.model
def test_what_waits_for_a_text_model_is_filled_in_once_there_is_one(
    start: Start, vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_module, "MEND_SECONDS", 0.5)
    folder = write_pages(tmp_path / "pages", day(4))
    without = start(Settings(text_model=str(tmp_path / "nowhere")), frames=f"replay:{folder}")
    wait_until(lambda: at_its_end(without), "the pages to be read")
    status = without.status()
    assert status.activity is Activity.ERROR
    assert "There is no sentence-transformers model in" in status.model_sentence
    assert (moments(vault), status.backlog, status.quarantined) == (4, 4, 0)
    words = without.recall(Question("printer repair invoice")).result(30)
    assert words.hits[0].moment.title == "Quarterly invoice"
    assert "Searched by the words themselves only" in words.notes[0]
    assert str(tmp_path / "nowhere") in words.notes[0]
    without.stop()

    # A frame that was damaged meanwhile, to be read again: its moment is still found by its title.
    with Writer(vault_at(vault)) as writer, Looking(vault) as store:
        frame = store.moment(3).frame
        (vault / frame).write_bytes(b"no picture")
        writer.do(changes.want, 3, Job.READ).result()

    engine = start(NOTHING)
    wait_until(lambda: engine.status().backlog == 0, "what waited to be filled in")
    assert engine.status().model_sentence == ""
    assert engine.status().quarantined == 1
    meaning: Future[Answer] = engine.recall(Question("feeding my yeast culture for baking bread"))
    answer = meaning.result(30)
    assert answer.notes == ()
    assert answer.hits[0].moment.title == "Reviving a sourdough"
    assert answer.hits[0].space.startswith("content:")
    picture = engine.picture(answer.hits[0].moment, thumbnail=True)
    assert picture is not None
    assert frames.decode(picture).shape[1] == frames.THUMBNAIL[0]
    with Looking(vault) as store:
        assert [(moment, kind) for moment, kind, _ in store.quarantine()] == [(3, Job.READ)]
        assert {row[0] for row in store.rows("SELECT moment_id FROM vectors")} == {1, 2, 3, 4}
        said = [incident.what for incident in store.incidents()]
    assert sum("There is no sentence-transformers model" in what for what in said) == 1
    assert sum(what.startswith("Moment 3 was set aside: its `read` failed") for what in said) == 1
    assert os.environ["COMPANION_VAULT"] == str(vault)
