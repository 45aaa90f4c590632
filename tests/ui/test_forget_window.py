from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from recording_engine import RecordingEngine, hit, moment, status
from running_app import running
from waiting import settle, wait_until

from companion.ports import Gone
from companion.status import Activity
from index.types import LockedError, VaultError
from ui.app import App
from ui.menu import LOCKED
from ui.vault.forget_window import DOING, WHAT, ForgetWindow


@pytest.fixture
def app(engine: RecordingEngine) -> Iterator[App]:
    with running(engine) as made:
        yield made


def asked(app: App) -> ForgetWindow:
    app.menu.forget.trigger()
    window = app.forgetting.window
    assert window is not None
    assert window.isVisible()
    return window


def test_two_clicks_forget_the_last_ten_minutes_and_say_what_went(app: App, engine: RecordingEngine) -> None:
    assert app.menu.forget.text() == "Forget the last 10 minutes…"
    window = asked(app)
    assert (window.heading.text(), window.body.text()) == ("Forget the last 10 minutes?", WHAT)
    assert "Nobody can bring any of it back" in WHAT
    assert engine.calls == [("start", None)]
    window.go.click()
    assert engine.calls[-1] == ("forget", 600.0)
    assert window.body.text() == DOING
    assert not window.go.isVisible()
    engine.forgetting.set_result(Gone(12, 1, 540.0))
    wait_until(lambda: window.heading.text() == "Forgotten")
    assert window.body.text() == "Gone for good: 12 moments, 1 picture and 9 min of EEG."
    assert not window.bar.isVisible()
    window.leave.click()
    assert not window.isVisible()
    assert asked(app).heading.text() == "Forget the last 10 minutes?"


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        (Gone(0, 0, 0.0), "Nothing was recorded in the last 10 minutes."),
        (Gone(1, 0, 0.0), "Gone for good: 1 moment."),
        (Gone(0, 0, 42.0), "Gone for good: 42 s of EEG."),
        (Gone(2, 2, 0.0), "Gone for good: 2 moments and 2 pictures."),
    ],
)
def test_what_went_is_told_in_words(app: App, engine: RecordingEngine, gone: Gone, says: str) -> None:
    window = asked(app)
    window.go.click()
    engine.forgetting.set_result(gone)
    wait_until(lambda: window.body.text() == says)
    assert window.accessibleDescription() == says


@pytest.mark.parametrize("close", ["button", "escape", "enter"])
def test_nothing_is_forgotten_where_it_is_not_meant(app: App, engine: RecordingEngine, close: str) -> None:
    window = asked(app)
    if close == "button":
        window.leave.click()
    else:
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Escape if close == "escape" else Qt.Key.Key_Return)
    wait_until(lambda: not window.isVisible())
    assert [name for name, _ in engine.calls] == ["start"]


def test_what_went_wrong_is_said_and_can_be_tried_again(app: App, engine: RecordingEngine) -> None:
    window = asked(app)
    window.go.click()
    engine.forgetting.set_exception(VaultError("Another program reads it. End that program."))
    wait_until(window.problem.isVisible)
    assert window.problem.text() == "Another program reads it. End that program."
    assert not window.body.isVisible()
    window.go.click()
    assert [name for name, _ in engine.calls].count("forget") == 2
    engine.forgetting.set_result(Gone(1, 1, 0.0))
    wait_until(lambda: window.heading.text() == "Forgotten")
    assert not window.problem.isVisible()


def test_closed_meanwhile_it_comes_back_with_what_came_of_it(app: App, engine: RecordingEngine) -> None:
    window = asked(app)
    window.go.click()
    window.leave.click()
    assert not window.isVisible()
    assert asked(app).body.text() == DOING  # no second question while the first is being answered
    window.leave.click()
    engine.forgetting.set_result(Gone(3, 0, 0.0))
    wait_until(window.isVisible)
    assert window.body.text() == "Gone for good: 3 moments."


def test_what_is_gone_is_shown_nowhere_any_more(app: App, engine: RecordingEngine) -> None:
    sidebar = app.sidebar
    sidebar.open()
    sidebar.search.field.setText("rate")
    sidebar.search.field.returnPressed.emit()
    engine.answer(hit(1, "Rates"))
    wait_until(lambda: sidebar.list.hits.rowCount() == 1)
    sidebar.list.opened.emit(0)
    assert sidebar.moment.isVisible()
    sidebar.ask(engine.questions[-1])  # whose answer may tell of what goes
    window = asked(app)
    window.go.click()
    engine.forgetting.set_result(Gone(1, 1, 0.0))
    wait_until(lambda: sidebar.list.hits.rowCount() == 0)
    assert not sidebar.moment.isVisible()
    assert sidebar.stack.currentWidget() is sidebar.message
    assert engine.asked[-1][1].cancelled()
    assert moment(1).title not in sidebar.message.headline.text()


def test_while_memory_is_locked_the_menu_says_to_unlock_it_first(app: App, engine: RecordingEngine) -> None:
    engine.now = status(Activity.LOCKED, locked=True)
    wait_until(lambda: not app.menu.forget.isEnabled())
    assert app.menu.forget.toolTip() == LOCKED
    (button,) = [each for each in app.window.findChildren(QPushButton) if each.text().startswith("Forget")]
    assert (button.isEnabled(), button.toolTip()) == (False, LOCKED)


def test_a_vault_that_was_locked_meanwhile_says_so(app: App, engine: RecordingEngine) -> None:
    window = asked(app)
    window.go.click()
    engine.forgetting.set_exception(LockedError("The vault is locked. Unlock it, then forget."))
    wait_until(lambda: window.problem.text() == "The vault is locked. Unlock it, then forget.")


def test_without_an_engine_nothing_can_be_forgotten(app: App) -> None:
    window = asked(app)
    app.link.engine = None
    window.go.click()
    wait_until(lambda: "Try again in a moment" in window.problem.text())


def test_a_window_that_asks_goes_when_the_program_closes(app: App, engine: RecordingEngine) -> None:
    window = asked(app)
    window.go.click()
    app.quit()
    assert not window.isVisible()
    engine.forgetting.set_exception(VaultError("It goes on at the next start."))
    settle()
    assert not window.isVisible()
