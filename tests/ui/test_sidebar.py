from __future__ import annotations

from concurrent.futures import Future

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from recording_engine import RecordingEngine, hit, status
from waiting import settle, wait_until

from companion.ports import Answer, Question
from companion.status import Activity
from index.types import VaultError
from ui import theme
from ui.recall.sidebar import Sidebar
from ui.view_state import before_start, broken, view

KEY = Qt.Key


def type_words(sidebar: Sidebar, words: str) -> None:
    QTest.keyClicks(sidebar.search.field, words)


def ask(sidebar: Sidebar, engine: RecordingEngine, words: str = "rate") -> None:
    type_words(sidebar, words)
    QTest.keyClick(sidebar.search.field, KEY.Key_Return)
    assert engine.questions[-1].text == words


def titles(sidebar: Sidebar) -> list[str]:
    return [sidebar.list.hits.hit(row).moment.title for row in range(sidebar.list.hits.rowCount())]


def said(sidebar: Sidebar) -> str:
    assert sidebar.stack.currentWidget() is sidebar.message
    return f"{sidebar.message.headline.text()}: {sidebar.message.body.text()}"


def answered(sidebar: Sidebar) -> None:
    wait_until(lambda: not sidebar.asking.busy)


def test_it_fills_the_right_edge_with_the_field_focused(sidebar: Sidebar) -> None:
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert sidebar.geometry().right() == room.right()
    assert sidebar.width() == theme.SIDEBAR_WIDTH == 420
    assert sidebar.height() == room.height()
    assert sidebar.focusWidget() is sidebar.search.field


def test_typing_asks_once_after_the_pause(sidebar: Sidebar, engine: RecordingEngine) -> None:
    type_words(sidebar, "rate of")
    assert engine.questions == []
    wait_until(lambda: bool(engine.questions))
    settle()
    assert engine.questions == [Question(text="rate of", exclude_minutes=7.0)]


def test_enter_asks_at_once_and_the_pause_does_not_ask_again(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    QTest.qWait(400)
    assert len(engine.questions) == 1


def test_going_back_to_what_was_asked_does_not_ask_again(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    type_words(sidebar, "s")
    QTest.keyClick(sidebar.search.field, KEY.Key_Backspace)
    QTest.qWait(400)
    assert len(engine.questions) == 1


def test_blanks_alone_ask_nothing(sidebar: Sidebar, engine: RecordingEngine) -> None:
    type_words(sidebar, "   ")
    QTest.keyClick(sidebar.search.field, KEY.Key_Return)
    QTest.qWait(400)
    assert engine.questions == []


def test_a_newer_question_cancels_the_older(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    type_words(sidebar, "s")
    QTest.keyClick(sidebar.search.field, KEY.Key_Return)
    assert engine.asked[0][1].cancelled()
    engine.answer(hit(2, "newer"))
    answered(sidebar)
    assert titles(sidebar) == ["newer"]


def test_an_older_answer_that_comes_late_is_dropped(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.asked[0][1].set_running_or_notify_cancel()  # it runs: it cannot be cancelled any more
    type_words(sidebar, "s")
    QTest.keyClick(sidebar.search.field, KEY.Key_Return)
    engine.answer(hit(2, "newer"))
    answered(sidebar)
    engine.answer(hit(1, "older"), at=0)
    settle()
    assert titles(sidebar) == ["newer"]


def test_hits_stay_until_the_next_answer_is_there(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.answer(hit(1, "first"))
    answered(sidebar)
    type_words(sidebar, "s")
    QTest.keyClick(sidebar.search.field, KEY.Key_Return)
    settle()
    assert titles(sidebar) == ["first"]
    assert sidebar.stack.currentWidget() is sidebar.list


def test_arrows_walk_from_the_field_into_the_list_and_back(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.answer(hit(1, "first"), hit(2, "second"))
    answered(sidebar)
    QTest.keyClick(sidebar.search.field, KEY.Key_Down)
    assert (sidebar.focusWidget(), sidebar.list.row()) == (sidebar.list, 0)
    QTest.keyClick(sidebar.list, KEY.Key_Down)
    assert sidebar.list.row() == 1
    QTest.keyClick(sidebar.list, KEY.Key_Up)
    QTest.keyClick(sidebar.list, KEY.Key_Up)
    assert sidebar.focusWidget() is sidebar.search.field


def test_enter_opens_the_moment_and_escape_closes_it_first(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.answer(hit(1, "first"), hit(2, "second"))
    answered(sidebar)
    QTest.keyClick(sidebar.search.field, KEY.Key_Down)
    QTest.keyClick(sidebar.list, KEY.Key_Down)
    QTest.keyClick(sidebar.list, KEY.Key_Return)
    assert sidebar.moment.isVisible()
    assert sidebar.moment.heading.text() == "second"
    QTest.keyClick(sidebar.list, KEY.Key_Escape)
    assert (sidebar.moment.isVisible(), sidebar.isVisible()) == (False, True)
    QTest.keyClick(sidebar.list, KEY.Key_Escape)
    assert not sidebar.isVisible()


def test_enter_in_the_field_opens_the_best_hit_of_what_was_answered(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    QTest.keyClick(sidebar.search.field, KEY.Key_Return)
    assert not sidebar.moment.isVisible()  # still being answered
    engine.answer(hit(1, "best"))
    answered(sidebar)
    QTest.keyClick(sidebar.search.field, KEY.Key_Return)
    assert sidebar.moment.heading.text() == "best"
    assert len(engine.questions) == 1


def test_tab_goes_in_reading_order(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.answer(hit(1))
    answered(sidebar)
    order = []
    for _ in range(3):
        order.append(sidebar.focusWidget())
        QTest.keyClick(sidebar.focusWidget(), KEY.Key_Tab)
    assert order == [sidebar.search.field, sidebar.search.think, sidebar.list]


def test_the_button_asks_for_the_present_thought(sidebar: Sidebar, engine: RecordingEngine) -> None:
    QTest.mouseClick(sidebar.search.think, Qt.MouseButton.LeftButton)
    assert engine.questions == [Question(thought=True, exclude_minutes=7.0)]


def test_the_thought_shortcut_empties_the_field_and_asks(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    QTest.keyClick(sidebar, KEY.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert sidebar.search.words() == ""
    assert engine.questions[-1].thought
    clears = sidebar.search.field.findChildren(QToolButton)
    assert clears
    wait_until(lambda: all(button.property("opacity") == 0 for button in clears))
    assert engine.asked[0][1].cancelled()


def test_more_like_this_asks_and_closes_the_moment(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.answer(hit(4))
    answered(sidebar)
    sidebar.list.opened.emit(0)
    sidebar.moment.like.click()
    assert engine.questions[-1] == Question(like=4, exclude_minutes=7.0)
    assert not sidebar.moment.isVisible()
    engine.answer()
    answered(sidebar)
    assert said(sidebar).startswith("No other is like it")


def test_the_engine_hears_which_hit_of_which_answer_was_opened(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.answer(hit(4), hit(9))
    answered(sidebar)
    assert [call for call in engine.calls if call[0] == "opened"] == []
    sidebar.list.opened.emit(1)
    assert [call for call in engine.calls if call[0] == "opened"] == [("opened", (9, 1))]


def test_what_is_asked_while_the_engine_starts_is_answered_later(
    bare_sidebar: Sidebar, engine: RecordingEngine
) -> None:
    type_words(bare_sidebar, "rate")
    QTest.keyClick(bare_sidebar.search.field, KEY.Key_Return)
    assert bare_sidebar.asking.busy
    bare_sidebar.set_engine(engine, exclude_minutes=5.0)
    assert [question.text for question in engine.questions] == ["rate"]


def test_an_engine_that_comes_is_asked_nothing_by_itself(bare_sidebar: Sidebar, engine: RecordingEngine) -> None:
    bare_sidebar.set_engine(engine, exclude_minutes=5.0)
    assert engine.questions == []


def test_emptying_the_field_drops_the_question(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    sidebar.search.field.clear()
    assert engine.asked[0][1].cancelled()
    assert said(sidebar).startswith("What was it about?")


def test_each_state_has_its_own_sentence(sidebar: Sidebar) -> None:
    sidebar.show_state(before_start("Starting now."))
    assert said(sidebar) == "Not ready yet: Starting now."
    sidebar.show_state(broken("The disk is full."))
    assert said(sidebar) == "Companion could not start: The disk is full."
    assert sidebar.message.button.text() == "Open the settings"
    sidebar.show_state(view(status(moments=0)))
    assert said(sidebar).startswith("Nothing is remembered yet: Now recording.")
    sidebar.show_state(view(status(Activity.PAUSED, moments=0, paused_until=1.0)))
    assert sidebar.message.button.text() == "Record again"
    sidebar.show_state(view(status(moments=1234)))
    assert "1,234 moments are remembered" in said(sidebar)
    assert sidebar.status.sentence.text() == "Now recording."


def test_no_hit_says_what_was_asked_and_what_still_waits(sidebar: Sidebar, engine: RecordingEngine) -> None:
    sidebar.show_state(view(status(backlog=40)))
    ask(sidebar, engine, "zebra")
    engine.answer()
    answered(sidebar)
    assert "“zebra”" in said(sidebar)
    assert "40 moments are still being read" in said(sidebar)


def test_a_failure_is_shown_in_its_own_words_and_can_be_tried_again(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.fail(VaultError("The vault is on a disk that is gone. Plug it in."))
    answered(sidebar)
    assert said(sidebar) == "That did not work: The vault is on a disk that is gone. Plug it in."
    sidebar.message.button.click()
    assert [question.text for question in engine.questions] == ["rate", "rate"]


def test_a_mistake_of_ours_is_said_to_be_one(
    sidebar: Sidebar, engine: RecordingEngine, caplog: pytest.LogCaptureFixture
) -> None:
    ask(sidebar, engine)
    engine.fail(KeyError("rowid"))
    answered(sidebar)
    assert "Companion made a mistake (KeyError: 'rowid')" in said(sidebar)
    assert caplog.records[0].exc_info is not None


def test_the_answers_notes_are_shown_and_go_with_it(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.answer(hit(1), notes=("The text model is missing: searched by words only.",))
    answered(sidebar)
    assert sidebar.notes.isVisible()
    assert "model is missing" in sidebar.notes.text()
    type_words(sidebar, "s")
    QTest.keyClick(sidebar.search.field, KEY.Key_Return)
    engine.answer(hit(2))
    answered(sidebar)
    assert not sidebar.notes.isVisible()


def test_long_work_says_what_it_does_and_can_be_cancelled(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    assert sidebar.progress.said.text() == ""
    wait_until(lambda: sidebar.progress.said.text() == "Searching…")
    wait_until(sidebar.progress.cancel.isVisible)
    sidebar.progress.cancel.click()
    assert engine.asked[0][1].cancelled()
    assert not sidebar.progress.cancel.isVisible()


def test_nothing_moves_when_the_work_is_said(sidebar: Sidebar, engine: RecordingEngine) -> None:
    before = sidebar.stack.geometry()
    ask(sidebar, engine)
    wait_until(sidebar.progress.cancel.isVisible)
    assert sidebar.stack.geometry() == before


def test_hits_are_read_out_with_program_title_and_time(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    engine.answer(hit(1, "Rates"))
    answered(sidebar)
    index = sidebar.list.hits.index(0)
    read_out = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert read_out.startswith("Rates, Firefox · ")
    assert read_out.endswith("2 min")
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "same words, some words here"
    assert "0.80 of 1" in str(index.data(Qt.ItemDataRole.ToolTipRole))


def test_every_control_has_an_accessible_name(sidebar: Sidebar) -> None:
    named = (sidebar.search.field, sidebar.search.think, sidebar.list, sidebar.status.sign, sidebar.message)
    assert all(widget.accessibleName() for widget in named)


def test_a_question_the_engine_drops_while_closing_is_not_an_error(sidebar: Sidebar, engine: RecordingEngine) -> None:
    ask(sidebar, engine)
    future: Future[Answer] = engine.asked[0][1]
    future.cancel()
    answered(sidebar)
    assert said(sidebar).startswith("What was it about?")
