"""The mails that wait, in the whole program: menu, toasts, settings, commands."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from recording_engine import RecordingEngine, status
from recording_sending import WHY, RecordingSending, mail
from running_app import running
from waiting import wait_until

from companion import control
from companion.control import ControlError
from companion.sending.types import State
from companion.settings import Settings
from ui.app import App
from ui.bridge import in_background
from ui.mails.window import LOCKED

DONE = Settings(first_run_done=True)


@pytest.fixture
def engine() -> RecordingEngine:
    return RecordingEngine()


@pytest.fixture
def app(engine: RecordingEngine) -> Iterator[App]:
    with running(engine) as made:
        yield made
        made.desks.stop()


def toasts(app: App) -> list[str]:
    pile = app.desks.focus.toasts
    return [] if pile is None else [toast.accessibleName() for toast in pile.shown]


def test_the_menu_offers_it_only_where_there_is_something(app: App, engine: RecordingEngine) -> None:
    desk, entry = app.desks.mails, app.menu.mails
    assert not entry.isVisible()
    engine.sending = RecordingSending(on=False)
    desk.look()
    assert not entry.isVisible()
    engine.sending = RecordingSending(mail("bob"), on=False)
    desk.look()
    assert (entry.isVisible(), entry.text()) == (True, "Waiting mails… (1)")
    engine.sending = RecordingSending()
    desk.look()
    assert (entry.isVisible(), entry.text()) == (True, "Waiting mails…")
    entry.trigger()
    assert desk.window is not None
    assert desk.window.isVisible()


def test_a_mail_that_newly_waits_is_told_of_once_without_its_content(app: App, engine: RecordingEngine) -> None:
    engine.sending = sending = RecordingSending(mail("bob"))
    app.desks.mails.look()
    app.desks.mails.look()
    (said,) = toasts(app)
    assert "Your mail to bob@example.org waits 8 min." in said
    assert WHY[0] in said
    assert "Budget" not in said
    sending.held = (mail("bob", State.SENDING),)
    app.desks.mails.look()
    for held in ((mail("bob"),), (), (mail("bob"),)):  # its server was out of reach; a guard that begins anew
        sending.held = held
        app.desks.mails.look()
    assert len(toasts(app)) == 1
    sending.held = (mail("bob", State.UNSURE),)
    app.desks.mails.look()
    assert "may have been sent, or not. It waits for your answer" in toasts(app)[1]


def test_several_at_once_are_told_of_in_one_notice_which_opens_the_list(app: App, engine: RecordingEngine) -> None:
    engine.sending = RecordingSending(mail("bob"), mail("ines"))
    app.desks.mails.look()
    (said,) = toasts(app)
    assert "2 mails wait." in said
    assert app.desks.focus.toasts is not None
    app.desks.focus.toasts.shown[0].opened.emit()
    assert app.desks.mails.window is not None
    assert app.desks.mails.window.isVisible()
    assert app.desks.focus.window is None


def test_what_keeps_it_from_working_is_told_once(app: App, engine: RecordingEngine) -> None:
    engine.sending = sending = RecordingSending()
    sending.problem = "Port 2525 is taken."
    for _ in range(3):
        app.desks.mails.look()
    (said,) = toasts(app)
    assert "Port 2525 is taken." in said


def test_its_settings_are_a_page_of_the_window_about_what_is_recorded(app: App, engine: RecordingEngine) -> None:
    engine.sending = RecordingSending()
    app.desks.mails.open()
    assert app.desks.mails.window is not None
    app.desks.mails.window.settings.click()
    assert app.recorded is not None
    assert app.recorded.pages.currentWidget().isAncestorOf(app.recorded.mail)


def asked(app: App, **request: str) -> str:
    """Ask as another command does."""
    asking = in_background(lambda: control.ask(app._root(), do="mails", **request), name="another-command")
    wait_until(asking.done)
    return asking.result()


def test_other_commands_ask_the_program_with_windows(app: App, engine: RecordingEngine) -> None:
    engine.sending = sending = RecordingSending(mail("bob"))
    told = json.loads(asked(app, act="list"))
    assert [one["to"] for one in told["mails"]] == [["bob@example.org"]]
    with pytest.raises(ControlError, match="No mail ines waits"):
        asked(app, act="send-now", mail="ines")
    assert sending.calls == []
    engine.now = status(locked=True)
    app.link.look()
    with pytest.raises(ControlError, match="Memory is locked"):
        asked(app, act="list")


def test_a_locked_memory_shows_no_mail(app: App, engine: RecordingEngine) -> None:
    engine.sending = RecordingSending(mail("bob"))
    app.desks.mails.open()
    engine.sending, engine.now = None, status(locked=True)
    app.link.look()
    app.desks.mails.look()
    assert app.desks.mails.window is not None
    app.desks.mails.window.look()
    assert app.desks.mails.window.list.rowCount() == 0
    assert app.desks.mails.window.said.text() == LOCKED
    assert not app.menu.mails.isVisible()
    assert QApplication.activeWindow() is not None
