from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit
from waiting import settle

from companion.settings import Settings
from companion.thunderbird import install
from ui.settings import mail_add_on
from ui.settings.mail import LITTLE, NO_ACCOUNT, MailPage, cautions
from ui.settings.window import RecordedWindow

SHIPPED = Settings()
WORK = "work tls smtp.example.org:465 local 2525"


@pytest.fixture
def window(qt: object) -> RecordedWindow:
    del qt
    made = RecordedWindow(SHIPPED)
    made.show_mail()
    made.appear()
    settle()
    return made


@pytest.fixture
def changes(window: RecordedWindow) -> list[Settings]:
    made: list[Settings] = []
    window.changed.connect(made.append)
    return made


@pytest.fixture
def page(window: RecordedWindow) -> MailPage:
    return window.mail


def add(page: MailPage, name: str, host: str, port: int, *, encryption: int = 0) -> None:
    fields = page.accounts
    fields.name.setText(name)
    fields.host.setText(host)
    fields.security.setCurrentIndex(encryption)
    fields.security.activated.emit(encryption)
    if port:
        fields.port.setValue(port)
    QTest.keyClick(fields.host, Qt.Key.Key_Return)


def test_nothing_is_guarded_before_it_is_switched_on(page: MailPage, changes: list[Settings]) -> None:
    guard, keep = page.switches.values()
    assert not guard.isChecked()
    assert not keep.isChecked()
    guard.click()
    keep.click()
    assert changes == [replace(SHIPPED, send_guard=True), replace(SHIPPED, send_guard=True, send_keep_passwords=True)]


def test_accounts_are_added_each_with_a_port_of_its_own_and_taken_away(page: MailPage, changes: list[Settings]) -> None:
    add(page, "work", "smtp.example.org", 0)
    add(page, "my home", "mail.example.net", 0, encryption=1)
    second = "'my home' starttls mail.example.net:587 local 2526"
    assert [change.send_accounts for change in changes] == [(WORK,), (WORK, second)]
    assert "2525 (work), 2526 (my home)" in page.enter.ports.text()
    page.accounts.table.selectRow(0)
    page.accounts.remove.click()
    assert changes[-1].send_accounts == (second,)


@pytest.mark.parametrize(
    ("name", "host", "port", "encryption", "mend"),
    [
        ("work", "other.example.org", 465, 0, "the same name"),
        ("home", "mail.example.net", 25, 2, "is not on this machine, so mail must go to it encrypted"),
        ("home", "localhost", 2525, 2, "is Companion itself"),
    ],
)
def test_what_cannot_be_is_refused_and_says_why(  # noqa: PLR0917  as pytest gives them
    page: MailPage, changes: list[Settings], name: str, host: str, port: int, encryption: int, mend: str
) -> None:
    add(page, "work", "smtp.example.org", 0)
    add(page, name, host, port, encryption=encryption)
    assert [change.send_accounts for change in changes] == [(WORK,)]
    assert mend in page.accounts.problem.text()
    assert page.accounts.host.text() == host
    page.accounts.host.setText("x")
    assert not page.accounts.problem.isVisible()


def test_how_long_and_from_when_on(page: MailPage, changes: list[Settings]) -> None:
    page.hold.setFocus()
    page.hold.selectAll()
    QTest.keyClicks(page.hold, "30")
    QTest.keyClick(page.hold, Qt.Key.Key_Return)
    page.threshold.setCurrentIndex(2)
    page.threshold.activated.emit(2)
    assert changes == [
        replace(SHIPPED, send_hold_minutes=30.0),
        replace(SHIPPED, send_hold_minutes=30.0, send_threshold=0.8),
    ]


def test_figures_of_the_settings_file_stay(page: MailPage, window: RecordedWindow, changes: list[Settings]) -> None:
    own = replace(SHIPPED, send_hold_minutes=2.5, send_threshold=0.7)
    window.follow(own)
    assert page.threshold.currentText() == "from 70% on"
    page.switches["send_guard"].click()
    assert changes == [replace(own, send_guard=True)]


def test_what_keeps_mails_from_being_held_is_said() -> None:
    assert cautions(SHIPPED) == f"{NO_ACCOUNT} {LITTLE}"
    assert cautions(replace(SHIPPED, send_accounts=(WORK,), consent_text=True, consent_input=True)) == ""
    assert cautions(replace(SHIPPED, send_accounts=(WORK,), consent_eeg=True, board="muse_2")) == ""


def test_every_field_has_a_name(page: MailPage) -> None:
    fields = [
        *page.findChildren(QLineEdit),
        *page.findChildren(QAbstractSpinBox),
        *page.findChildren(QComboBox),
        *page.findChildren(QAbstractButton),
    ]
    inner = {field for field in page.findChildren(QLineEdit) if isinstance(field.parent(), QAbstractSpinBox)}
    nameless = [field for field in fields if field not in inner and not field.accessibleName() and not _text(field)]
    assert not [field for field in nameless if field.isVisibleTo(page) and not field.objectName().startswith("qt_")]
    assert page.accounts.table.accessibleName()


def _text(field: object) -> str:
    return field.text() if isinstance(field, QAbstractButton) else ""


def test_the_add_on_is_saved_and_says_how_it_is_installed(
    page: MailPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, file = tmp_path / "home", tmp_path / "add-on.xpi"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(mail_add_on, "chosen_file", lambda _window: None)
    page.add_on.save.click()
    assert not page.add_on.said.isVisibleTo(page)
    monkeypatch.setattr(mail_add_on, "chosen_file", lambda _window: file)
    page.add_on.save.click()
    assert file.exists()
    assert page.add_on.said.text().startswith(f"It lies in {file}. In Thunderbird:")
    assert _asks(home) == []
    assert page.add_on.said.isVisibleTo(page)

    monkeypatch.setattr(mail_add_on, "chosen_file", lambda _window: tmp_path / "nowhere" / "add-on.xpi")
    page.add_on.save.click()
    assert "could not be written" in page.add_on.problem.text()
    assert not page.add_on.said.isVisibleTo(page)


def test_the_add_on_asks_the_program_of_the_vault_on_the_command_line(
    qt: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del qt
    vault = tmp_path / "my other memories"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(mail_add_on, "chosen_file", lambda _window: tmp_path / "add-on.xpi")
    made = MailPage(Settings(), fixed_vault=vault)
    made.add_on.save.click()
    assert _asks(tmp_path) == [str(vault)]


def _asks(home: Path) -> list[str]:
    """Return what the program that Thunderbird starts is told to ask, beside its name."""
    line = (home / install.PLACE / f"{install.NAME}-host").read_text().splitlines()[-1]
    return shlex.split(line)[5:]
