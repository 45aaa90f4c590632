from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from recording_door import BY_KEYRING, BY_PASSPHRASE, CODE, NEW_WITHOUT_KEYRING, RIGHT, RecordingDoor
from recording_engine import NOW, RecordingEngine, hit, status
from recording_settings import Kept
from waiting import settle, wait_until

from companion import control
from companion.control import ControlError
from companion.settings import Settings
from companion.status import Activity
from index.types import VaultError
from ui.app import App
from ui.bridge import in_background
from ui.options import Options
from ui.vault.locking import NO_PASSPHRASE
from ui.view_state import BRINGING_IN

LOCKED = status(Activity.LOCKED, locked=True)
ROOT = Path("/nowhere/vault")


class Locked:
    """An `App` whose vault is behind a passphrase, and what stands behind it."""

    def __init__(
        self,
        *,
        locked: bool,
        settings: Settings | None = None,
        code: str = "",
        before: RecordingEngine | None = None,
        after: RecordingEngine | None = None,
    ) -> None:
        self.before = before or RecordingEngine(LOCKED if locked else status())
        self.after = after or RecordingEngine()
        self.door = RecordingDoor(lambda _settings: self.before, BY_PASSPHRASE, code, self.after)
        self.app = App(
            settings=settings or Settings(first_run_done=True),
            door=self.door,
            save=Kept().save,
            now=lambda: NOW,
            options=Options(vault=ROOT),
        )
        self.app.start()
        wait_until(lambda: self.app.link.engine is not None)
        wait_until(lambda: any(call[0] == "facts" for call in self.door.calls))
        settle()

    def type_passphrase(self, typed: str) -> None:
        window = self.app.locking.window
        assert window is not None
        assert window.fields.current is not None
        window.fields.current.setText(typed)
        QTest.keyClick(window.fields.current, Qt.Key.Key_Return)


@pytest.fixture
def locked(qt: QApplication) -> Iterator[Locked]:  # noqa: ARG001  windows need it
    made = Locked(locked=True)
    yield made
    made.app.end()


@pytest.fixture
def unlocked(qt: QApplication) -> Iterator[Locked]:  # noqa: ARG001  as above
    made = Locked(locked=False)
    yield made
    made.app.end()


def test_locked_memory_is_said_everywhere_and_what_needs_it_is_off(locked: Locked) -> None:
    app = locked.app
    assert app.menu.state.text() == "Now locked."
    assert app.menu.unlock.isVisible()
    assert not app.menu.lock.isVisible()
    assert not app.menu.think.isEnabled()
    assert all(pause.isEnabled() for pause in app.menu.pauses)
    assert app.sidebar.message.headline.text() == "Memory is locked"
    assert app.sidebar.message.button.text() == "Unlock…"


def test_the_right_passphrase_puts_an_engine_that_reads_in_the_place_of_the_locked_one(locked: Locked) -> None:
    said: list[str] = []
    locked.app.link.changed.connect(lambda state: said.append(state.sentence))
    locked.app.menu.unlock.trigger()
    locked.type_passphrase(RIGHT)
    wait_until(lambda: locked.app.link.engine is locked.after)
    assert locked.before.calls[-1] == ("stop", None)
    assert locked.after.calls == [("start", None)]
    assert said == [BRINGING_IN, "Now recording."]
    assert locked.app.locking.window is None
    assert locked.app.menu.think.isEnabled()
    assert "12 moments" in locked.app.sidebar.message.body.text()


def test_one_thread_builds_and_stops_every_engine_as_a_vaults_lock_is_that_threads(qt: QApplication) -> None:  # noqa: ARG001
    seen: list[int] = []

    class Noting(RecordingEngine):
        def start(self) -> None:
            seen.append(threading.get_ident())

        def stop(self) -> None:
            seen.append(threading.get_ident())

    made = Locked(locked=True, before=Noting(LOCKED), after=Noting())
    made.app.menu.unlock.trigger()
    made.type_passphrase(RIGHT)
    wait_until(lambda: made.app.link.engine is made.after)
    made.app.quit()
    wait_until(lambda: not made.app.tray.icon.isVisible())
    assert len(seen) == 4
    assert len(set(seen)) == 1
    assert seen[0] != threading.get_ident()
    made.app.end()


def test_a_wrong_passphrase_is_said_and_can_be_mended_in_its_field(locked: Locked) -> None:
    locked.app.menu.unlock.trigger()
    locked.type_passphrase("another one")
    window = locked.app.locking.window
    assert window is not None
    wait_until(lambda: bool(window.problem.text()))
    assert window.isVisible()
    assert window.problem.text() == "That is not the vault's passphrase."
    assert window.fields.current is not None
    assert window.fields.current.text() == "another one"
    assert window.fields.current.selectedText() or window.fields.current.hasSelectedText()
    assert locked.before.calls == [("start", None)]
    locked.type_passphrase(RIGHT)
    wait_until(lambda: locked.app.link.engine is locked.after)


def test_escape_closes_the_window_and_forgets_what_was_typed(locked: Locked) -> None:
    locked.app.menu.unlock.trigger()
    window = locked.app.locking.window
    assert window is not None
    field = window.fields.current
    assert field is not None
    assert field.echoMode() is QLineEdit.EchoMode.Password
    field.setText(RIGHT)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert field.text() == ""
    assert locked.app.locking.window is None
    assert locked.before.calls == [("start", None)]


def test_the_sidebar_unlocks_and_answers_then_what_was_asked_before(locked: Locked) -> None:
    sidebar = locked.app.sidebar
    sidebar.open()
    sidebar.search.field.setText("rate")
    sidebar.search.field.returnPressed.emit()
    assert locked.before.questions == []
    assert sidebar.stack.currentWidget() is sidebar.message
    assert sidebar.message.headline.text() == "Memory is locked"
    sidebar.message.button.click()
    locked.type_passphrase(RIGHT)
    wait_until(lambda: bool(locked.after.questions))
    assert locked.after.questions[0].text == "rate"
    locked.after.answer(hit(1, "Rates"))
    wait_until(lambda: sidebar.list.hits.rowCount() == 1)


def test_an_engine_that_cannot_be_built_after_unlocking_says_why(locked: Locked) -> None:
    def full(_settings: Settings, _vault: object) -> RecordingEngine:
        raise VaultError("The disk is full. Free some space.")

    locked.door.build = full  # type: ignore[method-assign,assignment]  # the disk filled up meanwhile
    locked.app.menu.unlock.trigger()
    locked.type_passphrase(RIGHT)
    wait_until(lambda: locked.app.link.state.activity is Activity.ERROR)
    assert "Free some space" in locked.app.sidebar.message.body.text()


def test_locking_closes_everything_and_asks_for_a_locked_program(unlocked: Locked) -> None:
    assert unlocked.app.menu.lock.isEnabled()
    unlocked.app.menu.lock.trigger()
    wait_until(lambda: not unlocked.app.tray.icon.isVisible())
    assert unlocked.before.calls[-1] == ("stop", None)
    assert unlocked.app.relock
    assert unlocked.app.start_again() == ["run", "--vault", str(ROOT)]


def test_quitting_asks_for_no_locked_program(unlocked: Locked) -> None:
    unlocked.app.menu.leave.trigger()
    wait_until(lambda: not unlocked.app.tray.icon.isVisible())
    assert not unlocked.app.relock


def test_a_vault_without_passphrase_says_why_it_cannot_be_locked(unlocked: Locked) -> None:
    unlocked.door.known = BY_KEYRING
    unlocked.app.locking.look()
    wait_until(lambda: not unlocked.app.menu.lock.isEnabled())
    assert unlocked.app.menu.lock.toolTip() == NO_PASSPHRASE
    assert unlocked.app.menu.lock.isVisible()


def test_other_commands_lock_and_hear_of_it_when_it_is_done(unlocked: Locked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.locked.switch.why_not_lockable", lambda _root: "")
    asked = in_background(lambda: control.ask(ROOT, do="lock"), name="another-command")
    wait_until(lambda: not unlocked.app.tray.icon.isVisible())
    wait_until(asked.done)
    assert asked.result().startswith("Locked.")
    assert unlocked.before.calls[-1] == ("stop", None)
    assert unlocked.app.relock


def test_other_commands_are_told_why_a_vault_is_not_locked(unlocked: Locked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.locked.switch.why_not_lockable", lambda _root: "Set a passphrase first.")
    with pytest.raises(ControlError, match="Set a passphrase first"):
        told(in_background(lambda: control.ask(ROOT, do="lock"), name="another-command"))
    assert unlocked.app.link.engine is unlocked.before


def test_other_commands_unlock(locked: Locked) -> None:
    with pytest.raises(ControlError, match="not the vault's passphrase"):
        told(in_background(lambda: control.ask(ROOT, do="unlock", passphrase="wrong"), name="another-command"))
    assert told(in_background(lambda: control.ask(ROOT, do="unlock", passphrase=RIGHT), name="another")) == "Unlocked."
    wait_until(lambda: locked.app.link.engine is locked.after)
    assert told(in_background(lambda: control.ask(ROOT, do="unlock", passphrase=RIGHT), name="third")) == (
        "The vault is unlocked already."
    )


def told(asked: Future[str]) -> str:
    wait_until(asked.done)
    return asked.result()


def test_what_is_not_known_is_refused(locked: Locked) -> None:
    assert locked.app.link.engine is locked.before
    with pytest.raises(ControlError, match="does not know"):
        told(in_background(lambda: control.ask(ROOT, do="dance"), name="another-command"))


def test_a_new_vaults_recovery_code_is_shown_until_it_is_written_down(qt: QApplication) -> None:  # noqa: ARG001
    made = Locked(locked=False, code=CODE)
    window = made.app.code
    assert window is not None
    assert window.isVisible()
    assert window.code.text().replace("\n", "-") == CODE
    assert not window.onward.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    window.close()
    assert window.isVisible()
    assert "not shown again" in window.problem.text()
    window.copy.click()
    assert QApplication.clipboard().text() == CODE
    window.written.click()
    window.onward.click()
    assert not window.isVisible()
    said = [widget for label in QApplication.allWidgets() for widget in spoken(label)]
    assert not any("AAAA" in text for text in said)
    made.app.end()


def spoken(widget: object) -> list[str]:
    if not isinstance(widget, QLabel):
        return []
    return [widget.text(), widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]


def test_the_passphrase_of_the_first_run_makes_the_vault(qt: QApplication, tmp_path: Path) -> None:  # noqa: ARG001
    engine = RecordingEngine()
    door = RecordingDoor(lambda _settings: engine, NEW_WITHOUT_KEYRING)
    app = App(settings=Settings(), door=door, save=Kept().save, now=lambda: NOW, options=Options(vault=tmp_path))
    app.start()
    pages = app.pages
    assert pages is not None
    wait_until(lambda: pages.lock.facts is not None)
    assert pages.lock.fields.new is not None
    assert pages.lock.fields.again is not None
    pages.lock.fields.new.setText(RIGHT)
    pages.lock.fields.again.setText(RIGHT)
    pages.go(5)
    pages.onward.click()
    wait_until(lambda: app.link.engine is engine)
    assert ("enter", RIGHT) in door.calls
    app.end()


def test_auto_lock_watches_only_an_open_vault_with_a_passphrase(qt: QApplication) -> None:  # noqa: ARG001  as above
    watched: list[float] = []
    made = Locked(locked=False, settings=Settings(first_run_done=True, auto_lock_minutes=10.0))
    made.app.locking.auto.watch = watched.append  # type: ignore[method-assign,assignment]  # what it is told
    made.app.locking.look()
    wait_until(lambda: watched == [10.0])
    made.door.known = BY_KEYRING
    made.app.locking.look()
    wait_until(lambda: watched == [10.0, 0.0])
    made.door.known = BY_PASSPHRASE
    made.app.locking.auto.due.emit()
    wait_until(lambda: made.app.relock)
    made.app.end()
