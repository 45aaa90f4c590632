from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from recording_door import RecordingDoor
from recording_engine import NOW, RecordingEngine, hit, png, status
from recording_settings import Kept
from waiting import settle, wait_until

from companion.ports import EnginePort
from companion.settings import Settings, SettingsError
from companion.status import Activity
from index.types import VaultError
from ui.app import FIRST_STEPS, App
from ui.first_run.window import FirstRun
from ui.options import Options
from ui.settings.window import UNSAVED
from ui.small_window import WHY

DONE = Settings(first_run_done=True)
LAST = 5


class Started:
    """An `App` with an engine that counts how often it was built, and what it was built with."""

    def __init__(
        self,
        engine: RecordingEngine,
        settings: Settings,
        error: Exception | None = None,
        options: Options | None = None,
    ) -> None:
        self.built: list[Settings] = []
        self.kept = Kept()
        self.let_go = threading.Event()
        self.let_go.set()

        def build(wanted: Settings) -> EnginePort:
            self.let_go.wait(5)
            self.built.append(wanted)
            if error is not None:
                raise error
            return engine

        self.door = RecordingDoor(build)
        self.app = App(
            settings=settings, door=self.door, save=self.kept.save, now=lambda: NOW, options=options or Options()
        )


@pytest.fixture
def started(engine: RecordingEngine) -> Iterator[Started]:
    made = Started(engine, DONE)
    made.app.start()
    wait_until(lambda: made.app.link.engine is not None)
    yield made
    made.app.end()


def known(pages: FirstRun) -> None:
    wait_until(lambda: pages.lock.facts is not None)


def trigger(action: QAction) -> None:
    assert action.isEnabled()
    action.trigger()


def test_the_menu_pauses_and_resumes(started: Started, engine: RecordingEngine) -> None:
    menu = started.app.menu
    for pause in menu.pauses:
        trigger(pause)
    engine.now = status(Activity.PAUSED, paused_until=NOW)
    wait_until(menu.resume.isVisible)
    assert not any(pause.isVisible() for pause in menu.pauses)
    trigger(menu.resume)
    assert engine.calls == [("start", None), ("pause", 300), ("pause", 1800), ("pause", None), ("resume", None)]


def test_the_menu_says_the_state_and_the_headset(started: Started) -> None:
    actions = [action.text() for action in started.app.menu.actions()]
    assert actions[:2] == ["Now recording.", "The headset is streaming."]
    assert not started.app.menu.state.isEnabled()


def test_the_menu_opens_recall_and_asks_for_the_thought(started: Started, engine: RecordingEngine) -> None:
    trigger(started.app.menu.recall)
    assert started.app.sidebar.isVisible()
    started.app.sidebar.close()
    trigger(started.app.menu.think)
    assert started.app.sidebar.isVisible()
    assert engine.questions[-1].thought


@pytest.mark.parametrize("wanted", ["settings_wanted", "headset_wanted"])
def test_the_sidebar_lies_over_no_window_that_it_opens(started: Started, wanted: str) -> None:
    trigger(started.app.menu.recall)
    getattr(started.app.sidebar, wanted).emit()
    assert not started.app.sidebar.isVisible()


def test_a_click_on_the_icon_opens_and_closes_recall(started: Started) -> None:
    started.app.tray.clicked.emit()
    assert started.app.sidebar.isVisible()
    wait_until(started.app.sidebar.isActiveWindow)
    started.app.tray.clicked.emit()
    assert not started.app.sidebar.isVisible()


def test_without_a_tray_a_window_shows_state_and_menu(started: Started, engine: RecordingEngine) -> None:
    window = started.app.window
    assert window.isVisible()  # the offscreen platform has no tray
    assert WHY in [label.text() for label in window.findChildren(QLabel)]
    assert window.status.sentence.text() == "Now recording."
    named = {button.text(): button for button in window.findChildren(QPushButton)}
    assert {"Pause for 5 minutes", "Think of it", "Open recall", "Settings…", "Quit"} <= set(named)
    named["Pause for 30 minutes"].click()
    assert ("pause", 1800) in engine.calls


def test_the_missing_shortcut_is_said(started: Started) -> None:
    wait_until(started.app.menu.hotkey_problem.isVisible)
    assert "bind a key" in started.app.menu.hotkey_problem.text()
    assert started.app.menu.recall.text() == "Open recall"


def test_the_first_run_comes_before_the_engine_and_recording(engine: RecordingEngine) -> None:
    made = Started(engine, Settings())
    made.app.start()
    settle()
    assert made.app.pages is not None
    assert made.app.pages.isVisible()
    assert made.built == []
    assert made.app.menu.state.text() == FIRST_STEPS
    made.app.pages.reject()
    settle()
    assert not made.app.link.building
    assert made.built == made.kept == []
    assert made.app.menu.state.text() == FIRST_STEPS
    made.app.show_recorded()
    assert made.app.pages is not None
    known(made.app.pages)
    made.app.pages.save_now.click()
    wait_until(lambda: made.app.link.engine is not None)
    assert made.built == made.kept == [replace(Settings(), first_run_done=True)]
    made.app.end()


def test_sources_named_on_the_command_line_need_no_first_run(engine: RecordingEngine) -> None:
    made = Started(engine, Settings(), options=Options(board="cyton", params={"serial_port": "COM3"}))
    made.app.start()
    wait_until(lambda: made.app.link.engine is not None)
    assert made.app.pages is None
    assert made.built == [Settings(board_params={"serial_port": "COM3"})]
    assert made.kept == []
    made.app.end()


def test_finishing_the_first_run_starts_the_engine_with_the_choices_and_opens_recall(engine: RecordingEngine) -> None:
    made = Started(engine, Settings())
    made.app.start()
    assert made.app.pages is not None
    known(made.app.pages)
    made.app.pages.sources.record_screen.click()
    made.app.pages.go(LAST)
    made.app.pages.onward.click()
    wait_until(lambda: made.app.link.engine is not None)
    assert made.built == made.kept
    assert made.built[0].consent_screen
    assert not made.built[0].consent_eeg
    assert made.app.sidebar.isVisible()
    made.app.end()


def test_changed_settings_reach_the_running_engine(started: Started, engine: RecordingEngine) -> None:
    trigger(started.app.menu.settings)
    assert started.app.pages is not None
    known(started.app.pages)
    started.app.pages.sources.record_screen.click()
    started.app.pages.save_now.click()
    assert engine.calls[-1] == ("apply", started.kept[0])
    assert started.kept[0].consent_screen
    assert started.app.pages is None


def test_what_is_recorded_changes_at_once(started: Started, engine: RecordingEngine) -> None:
    trigger(started.app.menu.recorded)
    window = started.app.recorded
    assert window is not None
    assert window.isVisible()
    text = window.sources.switches["consent_text"]
    text.click()
    text.click()
    window.sites.field.setText("bank.example")
    window.sites.add.click()
    given, revoked, left_out = started.kept
    assert (given.consent_text, revoked.consent_text) == (True, False)
    assert left_out == replace(DONE, exclude_sites=("bank.example",))
    assert engine.calls[1:] == [("apply", given), ("apply", revoked), ("apply", left_out)]
    assert started.app.settings == left_out


def test_what_cannot_be_kept_holds_all_the_same_and_is_said(started: Started, engine: RecordingEngine) -> None:
    def full(_settings: Settings) -> None:
        raise SettingsError("The settings cannot be written to x (no space).")

    started.app._save = full
    started.app.show_recorded()
    window = started.app.recorded
    assert window is not None
    window.sources.switches["consent_screen"].click()
    assert engine.calls[-1] == ("apply", replace(DONE, consent_screen=True))
    assert window.problem.text() == f"The settings cannot be written to x (no space). {UNSAVED}"
    started.app._save = started.kept.save
    window.sources.switches["consent_screen"].click()
    assert not window.problem.isVisible()
    assert engine.calls[-1] == ("apply", DONE)


def test_both_windows_show_what_is_so(started: Started) -> None:
    app = started.app
    app.show_pages()
    app.show_recorded()
    assert app.pages is not None
    assert app.recorded is not None
    known(app.pages)
    app.recorded.sources.switches["consent_text"].click()
    assert app.pages.sources.switches.switches["consent_text"].isChecked()
    app.pages.sources.record_screen.click()
    app.pages.save_now.click()
    assert started.kept[-1] == replace(DONE, consent_text=True, consent_screen=True)
    assert app.recorded.sources.switches["consent_screen"].isChecked()


def test_before_the_first_steps_the_page_about_sources_is_shown(engine: RecordingEngine) -> None:
    made = Started(engine, Settings())
    made.app.start()
    settle()
    trigger(made.app.menu.recorded)
    assert made.app.recorded is None
    assert made.app.pages is not None
    assert made.app.pages.pages.currentWidget() is made.app.pages.sources
    made.app.end()


def test_settings_changed_while_the_engine_is_built_are_applied(engine: RecordingEngine) -> None:
    made = Started(engine, DONE)
    made.let_go.clear()
    made.app.start()
    settle()
    made.app.show_pages()
    assert made.app.pages is not None
    known(made.app.pages)
    made.app.pages.sources.record_screen.click()
    made.app.pages.save_now.click()
    made.let_go.set()
    wait_until(lambda: made.app.link.engine is not None)
    assert engine.calls == [("start", None), ("apply", made.kept[0])]
    made.app.end()


def test_an_engine_that_cannot_be_built_says_why_everywhere(engine: RecordingEngine) -> None:
    made = Started(engine, DONE, VaultError("The vault is used by another Companion. End it."))
    made.app.start()
    wait_until(lambda: made.app.link.state.activity is Activity.ERROR)
    assert made.app.tray.icon.toolTip() == "The vault is used by another Companion. End it."
    assert "End it" in made.app.sidebar.message.body.text()
    made.app.end()


def test_recall_works_through_the_whole(started: Started, engine: RecordingEngine) -> None:
    started.app.sidebar.open()
    started.app.sidebar.search.field.setText("rate")
    started.app.sidebar.search.field.returnPressed.emit()
    engine.answer(hit(1, "Rates"))
    wait_until(lambda: started.app.sidebar.list.hits.rowCount() == 1)


def test_quitting_stops_the_engine_and_says_that_it_closes(started: Started, engine: RecordingEngine) -> None:
    QApplication.processEvents()
    trigger(started.app.menu.leave)
    assert started.app.tray.icon.toolTip() == "Companion is closing…"
    wait_until(lambda: not started.app.tray.icon.isVisible())
    assert engine.calls[-1] == ("stop", None)
    assert not started.app.forced


def test_an_engine_that_is_still_being_built_is_stopped_too(engine: RecordingEngine) -> None:
    made = Started(engine, DONE)
    made.let_go.clear()
    made.app.start()
    wait_until(lambda: made.app.link.building)
    made.app.quit()
    made.let_go.set()
    wait_until(lambda: not made.app.tray.icon.isVisible())
    assert engine.calls == [("start", None), ("stop", None)]
    made.app.end()


def test_told_twice_to_quit_it_does_not_wait(
    started: Started, capsys: pytest.CaptureFixture[str], engine: RecordingEngine
) -> None:
    held = threading.Event()
    engine.stop = held.wait  # type: ignore[method-assign,assignment]  # one that takes long
    started.app.quit()
    started.app.quit()
    assert started.app.forced
    assert "told twice" in capsys.readouterr().err
    held.set()


def test_thumbnails_come_from_the_engine_and_broken_ones_are_said(started: Started, engine: RecordingEngine) -> None:
    engine.pictures = {1: png(640, 400), 2: b"no image"}
    model = started.app.sidebar.list.hits
    model.show((hit(1), hit(2), hit(3)), lambda moment: engine.picture(moment, thumbnail=True))
    pictures = [model.data(model.index(row), 257) for row in range(3)]
    assert pictures[0].pixmap.width() == 112
    assert [picture.sentence for picture in pictures] == ["", "picture unreadable", "no picture"]
