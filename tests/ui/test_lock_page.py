from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from recording_door import BY_KEYRING, BY_PASSPHRASE, CODE, NEW, NEW_WITHOUT_KEYRING, RIGHT, RecordingDoor
from recording_engine import RecordingEngine
from recording_settings import Kept
from waiting import wait_until

from companion.settings import Settings
from index.types import VaultError
from ui.bridge import Bridge
from ui.first_run.window import FirstRun
from ui.vault.door import Facts
from ui.vault.lock_page import NO_LOCK, NOT_TOLD, LockPage, Vaults
from ui.vault.recovery_window import RecoveryWindow
from ui.vault.secret_fields import DIFFERENT
from ui.vault.secret_window import SecretWindow

DONE = Settings(first_run_done=True)
LOCK_PAGE, LAST = 3, 5


class Shown:
    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge

    def pages(self, facts: Facts, settings: Settings = DONE) -> FirstRun:
        self.kept = Kept()
        self.door = RecordingDoor(lambda _settings: RecordingEngine(), facts)
        made = FirstRun(settings, save=self.kept.save, vaults=Vaults(self.door, self.bridge))
        made.go(LOCK_PAGE)
        made.show()
        wait_until(lambda: made.lock.facts is not None)
        return made

    def asks(self, page: LockPage) -> SecretWindow:
        assert isinstance(page.asking, SecretWindow)
        assert page.asking.isVisible()
        return page.asking

    def last_call(self) -> tuple[object, ...]:
        return [call for call in self.door.calls if call[0] != "facts"][-1]


@pytest.fixture
def shown(qt: QApplication, bridge: Bridge) -> Iterator[Shown]:  # noqa: ARG001  windows need it
    made = Shown(bridge)
    yield made
    for window in QApplication.topLevelWidgets():
        window.hide()


def type_new(window: SecretWindow, new: str, again: str) -> None:
    assert window.fields.new is not None
    assert window.fields.again is not None
    window.fields.new.setText(new)
    window.fields.again.setText(again)
    QTest.keyClick(window.fields.again, Qt.Key.Key_Return)


def test_a_new_vault_with_a_keyring_asks_for_nothing(shown: Shown) -> None:
    page = shown.pages(NEW, Settings()).lock
    assert (page.problem(), page.passphrase()) == ("", "")
    assert not page.fields.isVisible()
    assert not page.locking.isVisible()


def test_a_new_vault_can_have_a_passphrase_all_the_same(shown: Shown) -> None:
    page = shown.pages(NEW, Settings()).lock
    page.wanted.click()
    assert page.fields.isVisible()
    assert "at least 8 characters" in page.problem()
    assert page.fields.new is not None
    assert page.fields.again is not None
    page.fields.new.setText(RIGHT)
    page.fields.again.setText("another passphrase")
    assert page.problem() == DIFFERENT
    page.fields.again.setText(RIGHT)
    assert (page.problem(), page.passphrase()) == ("", RIGHT)
    page.wanted.click()
    assert page.passphrase() == ""


def test_without_a_keyring_the_pages_do_not_end_without_a_passphrase(shown: Shown) -> None:
    made = shown.pages(NEW_WITHOUT_KEYRING, Settings())
    made.go(LAST)
    made.onward.click()
    assert shown.kept == []
    assert made.pages.currentWidget() is made.lock
    assert "at least 8 characters" in made.problem.text()
    assert made.lock.fields.new is not None
    assert made.lock.fields.again is not None
    made.lock.fields.new.setText(RIGHT)
    made.lock.fields.again.setText(RIGHT)
    made.go(LAST)
    made.onward.click()
    assert shown.kept
    assert made.lock.passphrase() == RIGHT
    assert RIGHT not in str(shown.kept)


def test_a_passphrase_is_set_where_there_was_none(shown: Shown) -> None:
    page = shown.pages(BY_KEYRING).lock
    changed: list[bool] = []
    page.changed.connect(lambda: changed.append(True))
    page.set.click()
    type_new(shown.asks(page), RIGHT, RIGHT)
    wait_until(lambda: bool(changed))
    assert shown.last_call()[2:] == ("", RIGHT)


def test_a_passphrase_is_changed_only_by_who_knows_the_present_one(shown: Shown) -> None:
    page = shown.pages(BY_PASSPHRASE).lock
    page.set.click()
    window = shown.asks(page)
    assert window.fields.current is not None
    window.fields.current.setText("a wrong one")
    type_new(window, "another passphrase", "another passphrase")
    wait_until(lambda: bool(window.problem.text()))
    assert window.problem.text() == "That is not the vault's passphrase."
    assert window.fields.current.accessibleDescription() == window.problem.text()
    window.fields.current.setText(RIGHT)
    window.button.click()
    wait_until(lambda: not window.isVisible())
    assert shown.last_call()[2:] == (RIGHT, "another passphrase")
    assert window.fields.new_text() == ""


def test_two_different_new_passphrases_reach_nobody(shown: Shown) -> None:
    page = shown.pages(BY_KEYRING).lock
    page.set.click()
    window = shown.asks(page)
    type_new(window, RIGHT, "another passphrase")
    assert window.problem.text() == DIFFERENT
    assert not [call for call in shown.door.calls if call[0] == "set"]


def test_a_passphrase_is_removed_where_a_keyring_can_take_its_place(shown: Shown) -> None:
    page = shown.pages(BY_PASSPHRASE).lock
    page.remove.click()
    window = shown.asks(page)
    assert window.fields.current is not None
    window.fields.current.setText(RIGHT)
    window.button.click()
    wait_until(lambda: not window.isVisible())
    assert shown.last_call()[2:] == (RIGHT, "")
    without = shown.pages(Facts(exists=True, passphrase=True, keyring=False, idle=True)).lock
    assert not without.remove.isEnabled()
    assert "no keyring" in without.remove.toolTip()


def test_a_new_recovery_code_is_shown_and_stays_until_it_is_written_down(shown: Shown) -> None:
    page = shown.pages(BY_PASSPHRASE).lock
    page.new_code.click()
    window = shown.asks(page)
    assert window.fields.current is not None
    window.fields.current.setText(RIGHT)
    QTest.keyClick(window.fields.current, Qt.Key.Key_Return)
    wait_until(lambda: isinstance(page.asking, RecoveryWindow))
    assert isinstance(page.asking, RecoveryWindow)
    assert page.asking.code.text().replace("\n", "-") == CODE
    page.asking.close()
    assert page.asking.isVisible()
    page.asking.written.click()
    page.asking.onward.click()
    assert page.asking.code.text() == ""


def test_what_cannot_be_given_up_half_way_keeps_its_window(shown: Shown) -> None:
    page = shown.pages(BY_KEYRING).lock
    page.new_code.click()
    window = shown.asks(page)
    window.button.click()
    window.reject()
    assert window.isVisible()
    wait_until(lambda: isinstance(page.asking, RecoveryWindow))


def test_the_time_away_is_kept_in_the_settings(shown: Shown) -> None:
    made = shown.pages(BY_PASSPHRASE, Settings(first_run_done=True, auto_lock_minutes=7.5))
    assert made.lock.away.currentData() == 7.5
    assert made.lock.away.isEnabled()
    made.lock.away.setCurrentText("15 min")
    made.save_now.click()
    assert shown.kept[0].auto_lock_minutes == 15.0


@pytest.mark.parametrize(
    ("facts", "said"),
    [(BY_KEYRING, NO_LOCK), (Facts(exists=True, passphrase=True, keyring=True, idle=False), NOT_TOLD)],
)
def test_locking_when_away_is_off_where_it_cannot_work_and_says_why(shown: Shown, facts: Facts, said: str) -> None:
    page = shown.pages(facts).lock
    assert not page.away.isEnabled()
    assert page.note.text() == said


def test_a_key_file_that_cannot_be_read_is_said(shown: Shown) -> None:
    made = shown.pages(BY_KEYRING)
    shown.door.problem = VaultError("The key file is damaged. Bring it back from a backup.")
    made.lock.look(Settings().vault_path)
    wait_until(lambda: "damaged" in made.lock.said.text())
    made.save_now.click()
    assert "damaged" in made.problem.text()
    assert shown.kept == []


def test_what_is_typed_is_shown_only_when_asked_for(shown: Shown) -> None:
    page = shown.pages(BY_KEYRING).lock
    page.set.click()
    fields = shown.asks(page).fields
    assert fields.new is not None
    assert fields.new.displayText() == ""
    fields.new.setText(RIGHT)
    assert RIGHT not in fields.new.displayText()
    fields.show_typed.click()
    assert fields.new.displayText() == RIGHT


def test_the_keyboard_alone_reaches_everything_in_reading_order(shown: Shown) -> None:
    made = shown.pages(BY_PASSPHRASE)
    made.activateWindow()
    made.lock.set.setFocus()
    order = [made.lock.set, made.lock.remove, made.lock.new_code, made.lock.away]
    seen = [QApplication.focusWidget()]
    for _ in order[1:]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == order
    assert all(widget.accessibleName() or widget.text() for widget in order[:3])
    assert made.lock.away.accessibleName()
