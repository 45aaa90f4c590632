from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

from focus_window_desk import ALL_TOLD, Desk
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QWidget
from recording_deep_work import CALM, DEEP, DOWN, UNKNOWN, RecordingDeepWork, judged, three_held
from recording_engine import NOW, status
from waiting import wait_until

from companion.deep_work.looking_back import Past
from companion.focus.types import Cause, Mode
from companion.notices.types import Decision
from index.types import VaultError
from ui.bridge import Bridge
from ui.digest.actions import GONE, NOT_ORIGINAL
from ui.focus import wording
from ui.focus.scale import midnight
from ui.view_state import before_start, view

KEY = Qt.Key


def titles(desk: Desk) -> list[str]:
    lines = desk.window.held.list.lines
    return [lines.line(row).title for row in range(lines.rowCount())]


def test_the_state_is_said_in_words_and_its_figure_on_hover(desk: Desk) -> None:
    now = desk.window.now
    assert now.headline.text() == "Deep focus, quite sure"
    assert "90%" in now.headline.toolTip()
    assert now.why.text() == "Deep focus: steady typing."
    assert "%" not in now.headline.text() + now.why.text() + now.eeg.words.text()


def test_eeg_and_behaviour_are_shown_apart(desk: Desk, deep: RecordingDeepWork) -> None:
    now = desk.window.now
    assert (now.eeg.words.text(), now.behaviour.words.text()) == (2 * ("Speaks for deep focus.",))
    assert now.eeg.toolTip() == "EEG alone: 70% probable."
    deep.focus = UNKNOWN
    desk.settings = replace(ALL_TOLD, consent_input=False)
    wait_until(lambda: now.behaviour.words.text() == f"C{wording.NO_HANDS[1:]}")
    assert now.eeg.words.text() == "Says nothing: no headset."


def test_who_decides_is_chosen_by_button_or_key(desk: Desk, deep: RecordingDeepWork) -> None:
    wanted: list[Mode] = []
    desk.window.mode_wanted.connect(wanted.append)
    assert desk.window.now.modes[Mode.AUTOMATIC].isChecked()
    desk.window.now.modes[Mode.ON].click()
    QTest.keyClick(desk.window, KEY.Key_3, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: wanted == [Mode.ON, Mode.OFF])
    deep.focus = replace(CALM, cause=Cause.OVERRIDE)
    wait_until(desk.window.now.modes[Mode.OFF].isChecked)


def test_today_and_the_week_are_asked_for_once_and_anew_when_something_was_held(
    desk: Desk, deep: RecordingDeepWork
) -> None:
    assert deep.asked("past") == [("past", midnight(NOW), NOW)]
    (asked,) = deep.asked("totals")
    assert len(asked[1]) == 7  # type: ignore[arg-type]
    desk.window.look()
    assert len(deep.asked("past")) == 1
    deep.notices = replace(DOWN, held=1)
    desk.window.look()
    assert len(deep.asked("past")) == 2


def test_nothing_is_asked_while_nobody_looks(desk: Desk, deep: RecordingDeepWork) -> None:
    desk.window.close()
    desk.time += 3600
    asked = len(deep.calls)
    QTest.qWait(1200)
    assert len(deep.calls) == asked


def test_what_was_held_and_what_passed_is_listed_newest_first_with_why(desk: Desk, deep: RecordingDeepWork) -> None:
    as_usual = replace(judged(9), rule="no focus")
    deep.notices = replace(DOWN, recent=(judged(8), as_usual, judged(7, Decision.HOLD), judged(1)))
    desk.window.look()
    wait_until(lambda: titles(desk) == ["Ines", "Jonas", "Ines", "News"])  # the last judged one is held already
    assert "Passed because you starred who it is from." in desk.window.held.list.lines.line(1).spoken
    assert "Held because of 2" in desk.window.held.list.lines.line(0).spoken


def test_one_click_says_that_it_was_important(desk: Desk, deep: RecordingDeepWork) -> None:
    from ui.digest.buttons import buttons

    shown = desk.window.held.list
    wait_until(lambda: shown.lines.rowCount() == 3)
    boxes = buttons(shown.visualRect(shown.lines.index(1)), shown.font())
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=boxes[False].center())
    assert deep.asked("judge") == [("judge", 1, False)]
    assert shown.lines.said(1) is False
    deep.learning.set_exception(VaultError("The disk is full."))
    wait_until(lambda: desk.window.held.problem.text() == "The disk is full.")
    assert shown.lines.said(1) is None


def test_keys_open_and_judge_what_is_chosen(desk: Desk, deep: RecordingDeepWork) -> None:
    shown = desk.window.held.list
    wait_until(lambda: shown.lines.rowCount() == 3)
    shown.enter()
    QTest.keyClick(shown, KEY.Key_Down)
    for key in (KEY.Key_Return, KEY.Key_I, KEY.Key_N):
        QTest.keyClick(shown, key)
    assert deep.calls[-3:] == [("open", 1), ("judge", 1, True), ("judge", 1, False)]
    deep.opening.set_result(False)
    wait_until(lambda: desk.window.held.problem.text() == NOT_ORIGINAL)


def test_what_is_chosen_stays_chosen_when_more_comes(desk: Desk, deep: RecordingDeepWork) -> None:
    shown = desk.window.held.list
    wait_until(lambda: shown.lines.rowCount() == 3)
    shown.setCurrentIndex(shown.lines.index(2))
    deep.notices = replace(DOWN, recent=(judged(8),))
    desk.window.look()
    assert shown.lines.rowCount() == 4
    assert shown.lines.line(shown.currentIndex().row()).number == 3


def test_where_focus_is_not_followed_it_says_how_to_switch_it_on(bridge: Bridge) -> None:
    desk = Desk(bridge, None)
    wanted: list[str] = []
    desk.window.settings_wanted.connect(lambda: wanted.append("settings"))
    desk.window.unlock_wanted.connect(lambda: wanted.append("unlock"))
    assert desk.window.pages.currentWidget() is desk.window.message
    assert desk.window.message.headline.text() == "Focus is not followed"
    desk.window.message.button.click()
    desk.state = view(status(locked=True))
    desk.window.look()
    assert desk.window.message.headline.text() == "Memory is locked"
    desk.window.message.button.click()
    desk.state = before_start("Starting…")
    desk.window.look()
    assert not desk.window.message.button.isVisible()
    assert wanted == ["settings", "unlock"]


def test_nobody_is_asked_once_focus_is_not_followed_any_more(desk: Desk, deep: RecordingDeepWork) -> None:
    shown = desk.window.held.list
    wait_until(lambda: shown.lines.rowCount() == 3)
    desk.deep = None
    shown.enter()
    QTest.keyClick(shown, KEY.Key_I)
    assert deep.asked("judge") == []
    assert desk.window.held.problem.text() == GONE


def test_what_cannot_be_read_is_told_and_asked_for_again(desk: Desk, deep: RecordingDeepWork) -> None:
    refused: Future[Past] = Future()
    refused.set_exception(VaultError("The vault is damaged."))
    deep.asking = refused
    desk.window.appear()
    wait_until(lambda: desk.window.held.problem.text() == "The vault is damaged.")
    deep.asking = None
    desk.window.appear()
    wait_until(lambda: not desk.window.held.problem.isVisible())


def test_what_is_forgotten_is_shown_nowhere(desk: Desk, deep: RecordingDeepWork) -> None:
    wait_until(lambda: desk.window.held.list.lines.rowCount() == 3)
    deep.known = Past(NOW, NOW)
    waiting: Future[Past] = Future()
    deep.asking = waiting
    desk.window.let_go()
    assert desk.window.held.list.lines.rowCount() == 0
    assert desk.window.day.curve.told(NOW - 1200).endswith("nothing is known.")


def test_the_last_digest_can_be_seen_again(desk: Desk, deep: RecordingDeepWork) -> None:
    asked: list[bool] = []
    desk.window.digest_wanted.connect(lambda: asked.append(True))
    assert not desk.window.last.isEnabled()
    deep.notices = replace(DOWN, digest=three_held())
    desk.window.look()
    desk.window.last.click()
    assert asked == [True]


def test_everything_has_a_name_is_reached_by_tab_and_escape_closes(desk: Desk) -> None:
    wait_until(lambda: desk.window.held.list.lines.rowCount() == 3)
    for kind in (QAbstractButton, QAbstractSpinBox):
        for widget in desk.window.findChildren(kind):
            if widget.isVisibleTo(desk.window):
                assert widget.accessibleName() or getattr(widget, "text", str)(), widget
    first = desk.window.now.modes[Mode.AUTOMATIC]
    wait_until(first.hasFocus)
    reached: list[QWidget] = [first]
    QTest.keyClick(first, KEY.Key_Tab)
    while (focused := desk.window.focusWidget()) is not first:
        reached += [focused] if focused is not reached[-1] else []  # hours and minutes are walked through
        assert len(reached) < 20
        QTest.keyClick(focused, KEY.Key_Tab)
    stretch = desk.window.day.stretch
    wanted = [first, *desk.window.day.lines.switches.values(), desk.window.day.curve]
    wanted += [stretch.start, stretch.end, stretch.focused, stretch.not_focused]
    wanted += [desk.window.held.list, desk.window.calibrate, desk.window.leave]
    assert reached == wanted
    QTest.keyClick(desk.window, KEY.Key_Escape)
    assert not desk.window.isVisible()


def test_the_sure_state_of_now_is_shown_after_a_change(desk: Desk, deep: RecordingDeepWork) -> None:
    deep.focus = replace(DEEP, cause=Cause.OVERRIDE, why="You switched focus on.")
    wait_until(lambda: desk.window.now.headline.text() == "Focus is on")
    assert desk.window.now.why.text() == "You switched focus on."
