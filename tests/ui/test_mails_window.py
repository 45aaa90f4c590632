from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTableWidget
from recording_engine import NOW
from recording_sending import WHY, RecordingSending, mail
from waiting import settle, wait_until

from companion.sending.types import SendingError, State
from companion.settings import Settings
from ui.bridge import Bridge
from ui.mails import wording
from ui.mails.file import file_name
from ui.mails.later import LaterWindow
from ui.mails.window import AGAIN, DROP, EMPTY, LOCKED, MailsWindow

DONE = Settings(first_run_done=True)


class Open:
    """The window over some mails, and what the person chooses where a dialog of the desktop would ask."""

    def __init__(self, bridge: Bridge, tmp_path: Path) -> None:
        self.sending: RecordingSending | None = RecordingSending(
            mail("bob"), mail("ines", State.UNSURE, subject=""), mail("tom", State.FAILED, said="550 nobody")
        )
        self.locked, self.opens = False, True
        self.file, self.shown, self.named = tmp_path / "back.eml", list[Path](), list[str]()
        self.window = MailsWindow(
            bridge=bridge,
            sending=lambda: self.sending,
            locked=lambda: self.locked,
            now=lambda: NOW,
            choose=self._choose,
            show_file=self._show,
        )
        self.window.appear()
        settle()

    def _choose(self, _window: object, name: str) -> Path | None:
        self.named.append(name)
        return self.file

    def _show(self, path: Path) -> bool:
        self.shown.append(path)
        return self.opens

    def choose(self, row: int) -> None:
        self.window.list.setCurrentCell(row, 0)

    def done(self, result: object = None, error: Exception | None = None) -> None:
        assert self.sending is not None
        if error is None:
            self.sending.asked[-1].set_result(result)
        else:
            self.sending.asked[-1].set_exception(error)
        wait_until(lambda: not self.window._busy)

    @property
    def calls(self) -> list[tuple[object, ...]]:
        assert self.sending is not None
        return self.sending.calls

    def cells(self) -> list[list[str]]:
        table: QTableWidget = self.window.list
        return [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]


@pytest.fixture
def it(bridge: Bridge, tmp_path: Path) -> Iterator[Open]:
    made = Open(bridge, tmp_path)
    yield made
    made.window.let_go()


def test_it_shows_to_whom_what_and_when(it: Open) -> None:
    assert it.cells() == [
        ["bob@example.org", "Budget", "in 7:50"],
        ["ines@example.org", "No subject", "perhaps sent"],
        ["tom@example.org", "Budget", "not taken"],
    ]
    assert it.window.detail.why.text() == f"Why it was held: {' '.join(WHY)}"
    assert "account work · 3 kB · 2 min ago" in it.window.detail.about.text()


def test_what_may_have_been_sent_says_so_and_is_sent_again_only_when_asked_twice(it: Open) -> None:
    it.choose(1)
    assert "may have been sent already" in it.window.detail.explained.text()
    assert it.window.buttons.send.text() == "Send again"
    assert not it.window.buttons.put_off.isEnabled()
    it.window.buttons.send.click()
    assert it.calls == []
    assert it.window.question.words.text() == AGAIN
    assert it.window.question.no.hasFocus()
    QTest.keyClick(it.window.question.no, Qt.Key.Key_Escape)
    assert (it.calls, it.window.isVisible(), it.window.question.isVisible()) == ([], True, False)
    it.window.buttons.send.click()
    it.window.question.yes.click()
    assert it.calls == [("send now", "ines")]


def test_a_mail_that_waits_is_sent_at_one_click_and_shown_as_it_comes(it: Open) -> None:
    it.window.buttons.send.click()
    assert it.calls == [("send now", "bob")]
    assert not it.window.buttons.send.isEnabled()
    assert it.sending is not None
    it.sending.held = it.sending.held[1:]
    it.done()
    assert [row[0] for row in it.cells()] == ["ines@example.org", "tom@example.org"]
    assert it.window.list.mail == ""  # a second click hits no other mail
    it.window.buttons.send.click()
    assert it.calls == [("send now", "bob")]


def test_a_mail_that_waits_for_the_person_says_so(it: Open) -> None:
    assert it.sending is not None
    it.sending.held = (
        mail("bob", goes=NOW - 1, said="Its account work has another server now."),
        mail("ines", goes=NOW - 1),
    )
    it.window.look()
    assert [row[2] for row in it.cells()] == ["waits for you", "now"]
    assert it.window.detail.said.text() == "Its account work has another server now."


def test_what_cannot_be_done_is_said(it: Open) -> None:
    it.window.buttons.send.click()
    it.done(error=SendingError("This mail is just being sent."))
    assert it.window.problem.text() == "This mail is just being sent."
    assert it.window.buttons.send.isEnabled()


@pytest.mark.parametrize(("at", "seconds"), [("minutes", 600.0), ("hour", 3600.0)])
def test_it_is_put_off_by_a_usual_time(it: Open, at: str, seconds: float) -> None:
    getattr(it.window.buttons.later, at).trigger()
    assert it.calls == [("later", "bob", seconds)]


def test_it_is_put_off_until_a_time_that_is_chosen(it: Open) -> None:
    it.window.buttons.later.other.trigger()
    asked = it.window.buttons.later.window_of
    assert isinstance(asked, LaterWindow)
    assert asked.until() == NOW + 3600.0
    asked.field.setDateTime(asked.field.dateTime().addSecs(1800))
    asked.go.click()
    assert it.calls == [("later", "bob", 600.0), ("later", "bob", 5400.0)]


def test_a_mail_does_not_go_while_another_time_is_chosen_for_it(it: Open) -> None:
    assert it.sending is not None
    it.sending.held = (mail("bob", goes=NOW + 20), mail("ines"))
    it.window.look()
    it.window.buttons.later.other.trigger()
    assert it.calls == [("later", "bob", 600.0)]
    it.done()
    it.sending.held = (mail("ines"), mail("bob"))
    it.window.look()
    it.choose(0)
    asked = it.window.buttons.later.window_of
    assert isinstance(asked, LaterWindow)
    asked.go.click()  # it is about the mail that it was opened for
    assert it.calls[1:] == [("later", "bob", 3600.0)]


def test_a_time_that_was_chosen_for_one_mail_is_not_taken_for_another(it: Open) -> None:
    it.window.buttons.later.other.trigger()
    asked = it.window.buttons.later.window_of
    assert isinstance(asked, LaterWindow)
    asked.leave.click()
    it.done()
    assert it.sending is not None
    it.sending.held = (mail("ines"),)
    it.window.look()
    it.choose(0)
    it.window.buttons.later.hour.trigger()
    assert it.calls == [("later", "bob", 600.0), ("later", "ines", 3600.0)]


def test_no_time_is_chosen_for_a_mail_that_went_while_the_menu_was_open(it: Open) -> None:
    assert it.sending is not None
    it.sending.held = ()
    it.window.look()
    it.window.buttons.later.other.trigger()
    assert it.calls == []
    assert it.window.buttons.later.window_of is None


def test_the_morning_is_that_after_the_night() -> None:
    def at(hour: int, day: int = 4) -> float:
        return datetime(2026, 3, day, hour, tzinfo=UTC).timestamp()

    assert wording.tomorrow_morning(at(22), UTC) == at(8, 5)
    assert wording.tomorrow_morning(at(9), UTC) == at(8, 5)
    assert wording.tomorrow_morning(at(2), UTC) == at(8)


@pytest.mark.parametrize("opens", [True, False])
def test_editing_takes_it_back_into_a_file_and_opens_that(it: Open, opens: bool) -> None:
    it.opens = opens
    it.window.buttons.edit.click()
    assert it.named == ["Budget.eml"]
    assert it.calls == [("later", "bob", 600.0), ("take back", "bob", it.file)]
    it.done(it.file)
    assert it.shown == [it.file]
    assert f"not encrypted, in {it.file}" in it.window.problem.text()
    assert ("open it with your mail program" in it.window.problem.text()) is not opens


def test_nothing_is_taken_back_where_no_file_was_chosen(it: Open) -> None:
    it.file = None  # type: ignore[assignment]  # as where the person cancels
    it.window.buttons.edit.click()
    assert it.calls == [("later", "bob", 600.0)]


def test_a_mail_does_not_go_while_its_person_decides(it: Open) -> None:
    it.window.buttons.drop.click()
    assert it.calls == [("later", "bob", 600.0)]
    it.done()
    it.window.question.yes.click()
    assert it.calls[1:] == [("drop", "bob")]
    assert it.sending is not None
    it.sending.held = (mail("bob", goes=NOW + 900),)  # it waits for longer anyhow
    it.done()
    it.window.look()
    it.window.buttons.drop.click()
    assert it.calls[2:] == []


def test_dropping_asks_first(it: Open) -> None:
    it.choose(2)
    QTest.keyClick(it.window, Qt.Key.Key_Delete)
    assert it.window.question.words.text() == DROP
    it.window.question.no.click()
    assert it.calls == []
    it.window.buttons.drop.click()
    it.window.question.yes.click()
    assert it.calls == [("drop", "tom")]


def test_a_question_is_about_the_mail_that_is_chosen(it: Open) -> None:
    it.window.buttons.drop.click()
    it.choose(1)
    assert not it.window.question.isVisible()


def test_the_choice_stays_while_others_come_and_go(it: Open) -> None:
    assert it.sending is not None
    it.choose(1)
    it.sending.held = (mail("new"), *it.sending.held)
    it.window.look()
    assert it.window.list.mail == "ines"
    it.sending.held = (mail("new"),)
    it.window.look()
    assert it.window.list.mail == ""
    assert not it.window.buttons.send.isEnabled()
    it.sending.held = (mail("later"), mail("new"))
    it.window.look()
    it.window.list.setFocus()
    assert it.window.list.mail == ""
    it.choose(1)
    assert it.window.list.mail == "new"


def test_without_a_mail_it_says_so_and_why(it: Open) -> None:
    assert it.sending is not None
    it.sending.held, it.sending.problem = (), "Port 2525 is taken."
    it.window.look()
    assert it.window.heading.text() == EMPTY
    assert it.window.said.property("look") == "problem"
    assert not it.window.buttons.send.isVisible()
    it.sending, it.locked = None, True
    it.window.look()
    assert it.window.said.text() == LOCKED
    assert it.window.unlock.isVisible()


def test_everything_has_a_name_and_is_reached_by_tab(it: Open) -> None:
    buttons = [button for button in it.window.findChildren(QPushButton) if button.isVisibleTo(it.window)]
    assert all(button.text() and button.toolTip() for button in buttons if button is not it.window.settings)
    assert it.window.list.accessibleName()
    order = []
    for _ in range(6):
        order.append(QApplication.focusWidget())
        QTest.keyClick(order[-1], Qt.Key.Key_Tab)
    window = it.window
    assert order == [window.list, *window.buttons.all, window.leave]


def test_a_file_is_named_by_letters_alone() -> None:
    assert file_name(mail("a", subject="Re: ../fig 4?")) == "Re fig 4.eml"
    assert file_name(mail("a", subject="…")) == "mail.eml"


@pytest.mark.parametrize(
    ("left", "said"), [(-1, "now"), (0, "now"), (59, "in 0:59"), (3599, "in 59:59"), (7200, "at 12:30")]
)
def test_when_it_goes_is_counted_down(left: float, said: str) -> None:
    now = datetime(2026, 3, 4, 10, 30, tzinfo=UTC).timestamp()
    assert wording.goes(mail("a", goes=now + left), now, UTC) == said
