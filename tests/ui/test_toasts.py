from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from recording_deep_work import judged
from recording_engine import NOW
from waiting import settle

from companion.notices.types import Decision, Judged, Notice
from ui.toasts import window
from ui.toasts.pile import AT_ONCE, ToastPile


@pytest.fixture
def pile(qt: QApplication) -> ToastPile:
    return ToastPile(qt)


def numbers_handed_back(pile: ToastPile) -> list[list[int]]:
    handed_back: list[list[int]] = []
    pile.unseen.connect(lambda some: handed_back.append([one.notice.number for one in some]))
    return handed_back


def going_on(number: int, *, replaces: int = 0, says: str = "in 60 s", rule: str = "critical") -> Judged:
    said = Notice(
        number, NOW, "power", "Shutdown", says, replaces=replaces, daemon_id=replaces or 100 + number, daemon="bus:1"
    )
    return Judged(said, Decision.PASS, rule, why="Passed because its program marked it critical.")


def test_it_says_who_what_and_why_and_takes_no_focus(pile: ToastPile) -> None:
    assert pile.show(judged(4))
    (toast,) = pile.shown
    assert [label.text() for label in (toast.app, toast.title, toast.body)] == ["Signal", "Jonas", "call me"]
    assert toast.why.text() == "Passed because you starred who it is from."
    assert toast.accessibleName() == "Signal. Jonas. call me. Passed because you starred who it is from."
    assert toast.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert toast.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    pile.let_go()
    assert pile.shown == []


def test_it_goes_by_itself_and_the_next_takes_its_place(pile: ToastPile, monkeypatch: pytest.MonkeyPatch) -> None:
    assert window.SHOWN_MS == 8000
    monkeypatch.setattr(window, "SHOWN_MS", 150)
    for number in range(1, AT_ONCE + 3):
        assert pile.show(judged(number))
    assert len(pile.shown) == AT_ONCE
    tops = [toast.geometry().top() for toast in pile.shown]
    bottoms = [toast.geometry().bottom() for toast in pile.shown]
    assert all(top > bottom for top, bottom in zip(tops[1:], bottoms, strict=False))
    seen = set(pile.shown)  # the toasts themselves: an id is given again once its toast is gone
    for _ in range(100):
        if not pile.shown:
            break
        seen.update(pile.shown)
        QTest.qWait(50)
    assert pile.shown == []
    assert len(seen) >= AT_ONCE + 2


def test_a_click_opens_and_closes_another_button_only_closes(pile: ToastPile) -> None:
    opened: list[int] = []
    pile.opened.connect(opened.append)
    pile.show(judged(1))
    pile.show(judged(2))
    pile.show(judged(3))
    first, second, third = pile.shown
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    QTest.mouseClick(second, Qt.MouseButton.RightButton)
    third.close_it.click()
    settle()
    assert opened == [1]
    assert pile.shown == []


def test_it_stays_while_it_is_pointed_at(pile: ToastPile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHOWN_MS", 50)
    pile.show(judged(1))
    (toast,) = pile.shown
    place = QPointF(QPoint(5, 5))
    QApplication.sendEvent(toast, QEnterEvent(place, place, place))
    QTest.qWait(300)
    assert pile.shown == [toast]
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    for _ in range(100):
        if not pile.shown:
            break
        QTest.qWait(50)
    assert pile.shown == []


@pytest.mark.parametrize("rule", ["critical", "call", "alarm"])
def test_what_nobody_may_miss_stays_until_it_is_closed(
    pile: ToastPile, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    monkeypatch.setattr(window, "SHOWN_MS", 50)
    pile.show(judged(1, rule=rule))
    pile.show(judged(2))
    for _ in range(100):
        if len(pile.shown) == 1:
            break
        QTest.qWait(50)
    (toast,) = pile.shown
    assert toast.number == 1
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    QTest.qWait(300)
    assert pile.shown == [toast]
    toast.close_it.click()
    assert pile.shown == []


def test_what_stays_takes_no_room_from_the_others_and_stands_above_them(pile: ToastPile) -> None:
    for number in range(1, AT_ONCE + 3):
        pile.show(judged(number))
    assert len(pile.shown) == AT_ONCE
    pile.show(judged(99, rule="call"))
    assert [toast.number for toast in pile.shown] == [99, 1, 2, 3, 4]
    tops = [toast.geometry().top() for toast in pile.shown]
    assert tops == sorted(tops)
    pile.let_go()


def test_what_never_was_on_the_screen_is_handed_back(pile: ToastPile) -> None:
    handed_back = numbers_handed_back(pile)
    for number in range(1, 11):
        assert pile.show(judged(number))
    on_screen = {toast.number for toast in pile.shown}
    pile.let_go()
    (numbers,) = handed_back
    assert on_screen.isdisjoint(numbers)
    assert on_screen | set(numbers) == set(range(1, 11))


def test_as_many_that_stay_are_there_as_fit_on_the_screen(pile: ToastPile) -> None:
    handed_back = numbers_handed_back(pile)
    for number in range(1, 61):
        pile.show(judged(number, rule="critical"))
    count, bottom = len(pile.shown), pile.shown[-1].screen().availableGeometry().bottom()
    assert AT_ONCE < count < 60
    assert pile.shown[-1].geometry().bottom() <= bottom
    pile.shown[0].close_it.click()
    assert len(pile.shown) == count  # the next one took its place
    pile.let_go()
    assert sorted(handed_back[0]) == list(range(2, 61))  # but for the one that was closed


def test_those_that_are_shown_can_be_closed_from_the_menu_and_the_next_take_their_place(pile: ToastPile) -> None:
    counts: list[int] = []
    pile.there_are.connect(counts.append)
    for number in range(AT_ONCE + 1):
        pile.show(judged(number))
    pile.close_shown()
    assert [toast.number for toast in pile.shown] == [AT_ONCE]
    pile.close_shown()
    assert pile.shown == []
    assert counts[-1] == 0
    assert max(counts) == AT_ONCE


@pytest.mark.parametrize("rule", ["critical", "call", "alarm"])
def test_what_stays_and_is_taken_off_the_screen_without_an_answer_is_handed_back(pile: ToastPile, rule: str) -> None:
    handed_back = numbers_handed_back(pile)
    pile.show(judged(1, rule=rule))
    pile.show(judged(2, rule=rule))
    pile.show(judged(3))
    pile.shown[1].close_it.click()
    pile.let_go()
    assert handed_back == [[1]]  # the second was closed by the person, the third was there for all to see


def test_one_that_its_program_goes_on_with_is_shown_anew_in_its_place(pile: ToastPile) -> None:
    counts: list[int] = []
    pile.there_are.connect(counts.append)
    pile.show(judged(50, rule="call"))
    pile.show(going_on(1))
    pile.show(judged(51))
    toast, high = pile.shown[1], pile.shown[1].height()
    for second in range(1, 30):
        pile.show(going_on(1 + second, replaces=101, says=f"in {60 - second} s"))
    assert pile.shown[1] is toast
    assert [one.number for one in pile.shown] == [50, 30, 51]
    assert (toast.body.text(), toast.height(), toast.stays) == ("in 31 s", high, True)
    assert toast.accessibleName().startswith("Power. Shutdown. in 31 s. ")
    pile.show(going_on(31, replaces=101, says="is put off. " * 20, rule="starred person"))
    assert toast.height() > high
    assert [one.number for one in pile.shown] == [50, 31, 51]
    assert pile.shown[2].geometry().top() > toast.geometry().bottom()
    assert not toast.stays
    assert max(counts) == 3
    opened: list[int] = []
    pile.opened.connect(opened.append)
    QTest.mouseClick(toast, Qt.MouseButton.LeftButton)
    assert opened == [31]
    pile.let_go()


def test_one_that_no_longer_stays_goes_by_itself(pile: ToastPile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "SHOWN_MS", 50)
    pile.show(going_on(1))
    pile.show(going_on(2, replaces=101, says="is put off", rule="starred person"))
    for _ in range(100):
        if not pile.shown:
            break
        QTest.qWait(50)
    assert pile.shown == []


def test_of_one_that_waits_for_room_the_newest_is_kept(pile: ToastPile) -> None:
    handed_back = numbers_handed_back(pile)
    for number in range(50, 50 + AT_ONCE):
        pile.show(judged(number))
    pile.show(going_on(1, rule="starred person"))
    pile.show(judged(60))
    pile.show(going_on(2, replaces=101, says="in 59 s", rule="starred person"))
    pile.shown[0].leave()
    assert [toast.number for toast in pile.shown] == [51, 52, 53, 2]
    pile.let_go()
    assert handed_back == [[60]]


def test_what_its_program_took_back_goes_and_is_handed_back_where_it_was_not_seen(pile: ToastPile) -> None:
    handed_back = numbers_handed_back(pile)
    pile.show(going_on(1))
    for number in range(50, 50 + AT_ONCE):
        pile.show(judged(number))
    pile.show(going_on(2, rule="starred person"))
    pile.take_down(lambda notice: notice.daemon_id == 101)
    assert [toast.number for toast in pile.shown] == [50, 51, 52, 53]
    assert handed_back == []
    pile.take_down(lambda notice: notice.daemon_id == 102)
    assert handed_back == [[2]]
    pile.let_go()
    assert handed_back == [[2]]
