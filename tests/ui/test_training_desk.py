"""The training window opened from the menu of the whole program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from recording_door import BY_PASSPHRASE, RecordingDoor
from recording_engine import NOW, RecordingEngine, status
from recording_settings import Kept
from recording_training import BLOCK, PAUSED, RecordingTraining, training
from running_app import running
from waiting import wait_until

from companion import control
from companion.brain.types import Contact
from companion.ports import Gone
from companion.settings import Settings
from ui.app import App
from ui.bridge import in_background
from ui.first_run.window import HEADSET_PAGE
from ui.options import Options
from ui.training.feed import Feed
from ui.training.sound import Speaker
from ui.training.window import TrainingWindow


@pytest.fixture
def port() -> RecordingTraining:
    return RecordingTraining()


@pytest.fixture
def engine(port: RecordingTraining) -> RecordingEngine:
    made = RecordingEngine()
    made.training = port
    return made


@pytest.fixture
def app(engine: RecordingEngine) -> Iterator[App]:
    with running(engine) as made:
        yield made


def opened(app: App) -> TrainingWindow:
    app.menu.training.trigger()
    window = app.desks.training.window
    assert window is not None
    assert window.isVisible()
    return window


def test_nothing_of_training_is_loaded_before_it_is_opened() -> None:
    names = "'ui.training.window', 'companion.feedback.report', 'PySide6.QtSvg'"
    code = f"import sys, ui.app; sys.exit(any(name in sys.modules for name in ({names})))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_menu_opens_it_and_its_button_leads_to_the_headset(app: App, engine: RecordingEngine) -> None:
    window = opened(app)
    wait_until(lambda: bool(window.choosing.options.rows))
    engine.now = status(contact=Contact.NONE)
    app.link.look()
    window.message.button.click()
    assert app.pages is not None
    assert app.pages.pages.currentIndex() == HEADSET_PAGE
    app.pages.reject()


def test_while_memory_is_locked_it_says_so(app: App, engine: RecordingEngine) -> None:
    engine.now, engine.training = replace(status(), locked=True), None
    app.link.look()
    window = opened(app)
    assert window.message.headline.text() == "Memory is locked"


def test_a_pause_is_ended_by_its_button(app: App, engine: RecordingEngine) -> None:
    engine.now = status(paused_until=NOW)
    app.link.look()
    window = opened(app)
    wait_until(lambda: window.message.headline.text() == "Paused")
    window.message.button.click()
    assert ("resume", None) in engine.calls


def test_what_was_forgotten_is_shown_no_more(app: App, engine: RecordingEngine, port: RecordingTraining) -> None:
    port.kept = {1: training(1)}
    window = opened(app)
    window.past.click()
    assert window.message.isVisible()  # it is being made ready
    wait_until(lambda: window.sessions.report.report is not None)
    app.menu.forget.trigger()
    assert app.forgetting.window is not None
    app.forgetting.window.go.click()
    port.kept = {}
    engine.forgetting.set_result(Gone(1, 1, 0.0))
    wait_until(lambda: window.sessions.report.report is None)
    assert window.sessions.list.count() == 0
    app.forgetting.window.put_away()


def test_a_session_that_another_command_began_is_shown_and_heard(
    app: App, port: RecordingTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[Feed] = []
    monkeypatch.setattr(Speaker, "play", lambda _self, feed, **_: played.append(feed))
    asking = in_background(
        lambda: control.ask(app._root(), do="training", ask="start", protocol="calm", sound="tone"), name="another"
    )
    wait_until(lambda: bool(played))
    assert asking.result(10).startswith("The training has begun")
    window = app.desks.training.window
    assert window is not None
    wait_until(window.running.isVisible)
    assert window.running.strip.sound.isChecked()
    assert [choice.sound for _, choice in port.asked("start")] == ["tone"]


def test_the_program_closes_it_without_asking_and_ends_no_session(app: App, port: RecordingTraining) -> None:
    port.now = BLOCK
    window = opened(app)
    wait_until(window.running.isVisible)
    app.quit()
    assert not window.isVisible()
    assert not port.asked("end")  # whoever runs it does that, and stores it
    app.menu.training.trigger()
    assert not window.isVisible()


class Away:
    def seconds(self) -> float:
        return 3600.0

    def close(self) -> None:
        """There is nothing to close."""


def test_who_trains_is_here_and_memory_is_not_locked_meanwhile(
    qt: QApplication,  # noqa: ARG001  windows need it
    engine: RecordingEngine,
    port: RecordingTraining,
) -> None:
    now = [0.0]
    made = App(
        settings=Settings(first_run_done=True, auto_lock_minutes=10.0),
        door=RecordingDoor(lambda _settings: engine, BY_PASSPHRASE),
        save=Kept().save,
        now=lambda: NOW,
        options=Options(),
    )
    due: list[float] = []
    auto = made.locking.auto
    auto._find, auto._clock, auto._slept = Away, lambda: now[0], lambda: 0.0
    auto.due.disconnect()
    auto.due.connect(lambda: due.append(now[0]))
    made.start()
    try:
        wait_until(lambda: auto._seconds == 600.0)
        port.now = BLOCK
        opened(made)
        wait_until(lambda: made.desks.training.goes_on)
        now[0] = 601.0
        auto.look()
        assert due == []
        port.now = PAUSED  # anybody may have left it so
        now[0] = 1190.0
        auto.look()
        assert due == []
        now[0] = 1202.0
        auto.look()
        assert due == [1202.0]
    finally:
        made.end()
