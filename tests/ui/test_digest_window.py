from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from recording_deep_work import RecordingDeepWork, held, three_held
from recording_engine import NOW
from waiting import settle, wait_until

from companion.notices.digest import digest
from companion.notices.types import NoticesError
from ui.bridge import Bridge
from ui.digest import lines as digest_lines
from ui.digest.actions import NOT_ORIGINAL
from ui.digest.buttons import buttons
from ui.digest.lines import NO_WORDS, Kind, Line
from ui.digest.window import DigestWindow

KEY = Qt.Key


@pytest.fixture
def window(bridge: Bridge, deep: RecordingDeepWork) -> DigestWindow:
    made = DigestWindow(bridge=bridge, deep=lambda: deep, now=lambda: NOW)
    made.show_digest(three_held())
    settle()
    return made


def lines(window: DigestWindow) -> list[Line]:
    model = window.list.lines
    return [model.line(row) for row in range(model.rowCount())]


def said(some: Sequence[Line]) -> list[tuple[Kind, str, str]]:
    return [(line.kind, line.title, line.about) for line in some]


def test_it_is_grouped_by_program_and_sender_newest_first_with_counts(window: DigestWindow) -> None:
    assert window.heading.text() == "While you were focused: 3 notifications"
    assert said(lines(window)) == [
        (Kind.PROGRAM, "Slack", "2 notifications"),
        (Kind.SENDER, "Ines", "2 notifications"),
        (Kind.NOTICE, "at one?", "3 min ago"),
        (Kind.NOTICE, "lunch?", "5 min ago"),
        (Kind.PROGRAM, "Firefox", "1 notification"),
        (Kind.NOTICE, "News", "6 min ago"),
    ]


def test_one_of_a_sender_stands_alone_and_what_says_nothing_is_named() -> None:
    some = (replace(held(1, "", ""), withdrawn=True), held(2, "Ines", "a\n  b"))
    (_, second, first) = digest_lines.of_digest(digest(1, some), NOW)
    assert (first.title, first.about) == (NO_WORDS, "1 min ago · taken back by its program")
    assert (second.title, second.body) == ("Ines", "a b")


def test_enter_opens_the_original_and_says_where_there_is_none(window: DigestWindow, deep: RecordingDeepWork) -> None:
    assert window.list.lines.line(window.list.currentIndex().row()).title == "at one?"  # headings are not chosen
    QTest.keyClick(window.list, KEY.Key_Return)
    assert deep.calls == [("open", 2)]
    deep.opening.set_result(True)
    settle()
    assert not window.problem.isVisible()
    QTest.keyClick(window.list, KEY.Key_Enter)
    deep.opening.set_result(False)
    wait_until(lambda: window.problem.text() == NOT_ORIGINAL)
    QTest.keyClick(window.list, KEY.Key_Return)
    deep.opening.set_exception(NoticesError("The notification daemon does not answer."))
    wait_until(lambda: window.problem.text() == "The notification daemon does not answer.")


def test_arrows_walk_over_headings(window: DigestWindow, deep: RecordingDeepWork) -> None:
    for _ in range(2):
        QTest.keyClick(window.list, KEY.Key_Down)
    QTest.keyClick(window.list, KEY.Key_I)
    assert deep.calls == [("judge", 3, True)]


def test_a_click_beside_the_buttons_says_nothing(window: DigestWindow, deep: RecordingDeepWork) -> None:
    place = window.list.visualRect(window.list.lines.index(3))
    QTest.mouseClick(window.list.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    heading = window.list.visualRect(window.list.lines.index(0))
    box = buttons(heading, window.list.font())[True]
    QTest.mouseClick(window.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert deep.calls == []
    QTest.mouseClick(
        window.list.viewport(), Qt.MouseButton.LeftButton, pos=buttons(place, window.list.font())[True].center()
    )
    assert deep.calls == [("judge", 1, True)]


def test_what_was_said_is_told_to_a_screen_reader_as_well(window: DigestWindow, deep: RecordingDeepWork) -> None:
    QTest.keyClick(window.list, KEY.Key_N)
    deep.learning.set_result(None)
    settle()
    spoken = window.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "at one?. 3 min ago. Held because of 2. You said: not important."
    assert window.list.accessibleName() == "Held notifications, by program"


def test_the_buttons_lie_within_their_row_and_do_not_overlap(window: DigestWindow) -> None:
    place = window.list.visualRect(window.list.lines.index(2))
    boxes = buttons(place, window.list.font())
    assert place.contains(boxes[True])
    assert place.contains(boxes[False])
    assert not boxes[True].intersects(boxes[False])


def test_another_digest_takes_the_place_of_the_last(window: DigestWindow) -> None:
    window.show_digest(digest(2, (held(7, "Jonas"),)))
    assert [line.title for line in lines(window)] == ["Slack", "Jonas"]
    assert window.list.hasFocus()


def test_many_are_shown_without_delay(window: DigestWindow) -> None:
    many = tuple(held(number, f"sender {number % 7}", f"message {number}") for number in range(1, 3001))
    window.show_digest(digest(3, many))
    assert window.list.lines.rowCount() == 3000 + 7 + 1
    wait_until(lambda: window.list.visualRect(window.list.lines.index(5)).isValid())


def test_of_a_day_without_end_the_newest_are_listed_and_the_others_counted() -> None:
    many = [held(number, ago=float(number)) for number in range(1, digest_lines.MOST_OF_DAY + 31)]
    some = digest_lines.of_day(many, (), NOW)
    assert [line.number for line in some[:2]] == [1, 2]
    assert said(some[-1:]) == [(Kind.PROGRAM, digest_lines.OLDER, "30 notifications")]
    assert len(some) == digest_lines.MOST_OF_DAY + 1


def test_escape_closes_and_what_is_forgotten_is_gone(window: DigestWindow) -> None:
    QTest.keyClick(window.list, KEY.Key_Escape)
    assert not window.isVisible()
    window.show_digest(three_held())
    window.let_go()
    assert lines(window) == []
    assert not window.isVisible()
