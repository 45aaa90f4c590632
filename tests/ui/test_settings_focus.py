from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QTabWidget
from waiting import settle, wait_until

from companion.settings import Settings
from ui.settings.focus import (
    EEG_ALONE,
    HANDS_ALONE,
    NO_HANDS,
    NO_PROGRAMS,
    NOTHING_TELLS,
    FocusPage,
    told_by,
)
from ui.settings.list import ExclusionList
from ui.settings.window import RecordedWindow

SHIPPED = Settings()
FOLLOWED = replace(SHIPPED, follow_focus=True)
HANDS = replace(FOLLOWED, consent_input=True, consent_text=True)


@pytest.fixture
def window(qt: object) -> RecordedWindow:
    del qt
    made = RecordedWindow(SHIPPED)
    made.show_focus()
    made.appear()
    settle()
    return made


@pytest.fixture
def changes(window: RecordedWindow) -> list[Settings]:
    made: list[Settings] = []
    window.changed.connect(made.append)
    return made


@pytest.fixture
def page(window: RecordedWindow) -> FocusPage:
    return window.focus


def turned_to(page: FocusPage, setting: str) -> ExclusionList:
    """Turn to the list of a setting, and return it."""
    entries = page.lists[setting]
    (tabs,) = (tabs for tabs in page.findChildren(QTabWidget) if tabs.indexOf(entries) >= 0)
    tabs.setCurrentWidget(entries)
    return entries


def test_nothing_is_followed_before_it_is_switched_on(page: FocusPage, changes: list[Settings]) -> None:
    follow, quiet = page.switches.values()
    assert not follow.isChecked()
    assert not quiet.isEnabled()
    follow.click()
    quiet.click()
    follow.click()
    assert changes == [
        FOLLOWED,
        replace(FOLLOWED, quiet_in_focus=True),
        replace(SHIPPED, quiet_in_focus=True),
    ]


def test_how_long_it_may_last_is_kept_once_it_was_written(page: FocusPage, changes: list[Settings]) -> None:
    page.longest.setFocus()
    page.longest.selectAll()
    QTest.keyClicks(page.longest, "45")
    assert changes == []
    QTest.keyClick(page.longest, Qt.Key.Key_Return)
    assert changes == [replace(SHIPPED, focus_longest_minutes=45.0)]


def test_a_fraction_of_the_settings_file_stays(
    page: FocusPage, changes: list[Settings], window: RecordedWindow
) -> None:
    window.follow(replace(SHIPPED, focus_longest_minutes=32.5))
    page.switches["follow_focus"].click()
    assert changes[-1].focus_longest_minutes == 32.5


@pytest.mark.parametrize(
    ("setting", "written", "kept"),
    [
        ("quiet_hours", "22:00 - 07:00", "22:00-07:00"),
        ("starred_people", "  Ines   Weber ", "Ines Weber"),
        ("starred_apps", "signal", "signal"),
        ("notice_rules", 'hold app=slack words="stand-up"', 'hold app=slack words="stand-up"'),
        ("focus_work", "docs.example.org", "docs.example.org"),
        ("focus_distracting", "steam", "steam"),
        ("focus_never_apps", "zoom", "zoom"),
        ("focus_always_apps", "soffice", "soffice"),
    ],
)
def test_what_is_added_holds_at_once(
    page: FocusPage, changes: list[Settings], setting: str, written: str, kept: str
) -> None:
    entries = turned_to(page, setting)
    entries.field.setText(written)
    QTest.keyClick(entries.field, Qt.Key.Key_Return)
    assert getattr(changes[-1], setting) == (kept,)
    entries.list.setCurrentRow(0)
    entries.remove.click()
    assert changes[-1] == SHIPPED


@pytest.mark.parametrize(
    ("setting", "written", "problem"),
    [
        ("quiet_hours", "22-7", "Write quiet hours as 22:00-07:00."),
        ("quiet_hours", "22:00-22:00", "two different times"),
        ("notice_rules", "hold slack", "Write a rule as: pass, hold or digest"),
        ("notice_rules", 'hold app="slack', "Write a rule as: pass, hold or digest"),
        ("starred_people", "   ", "Write the name of a person."),
    ],
)
def test_what_means_nothing_is_told_beside_the_field(
    page: FocusPage, changes: list[Settings], setting: str, written: str, problem: str
) -> None:
    entries = turned_to(page, setting)
    entries.field.setText(written)
    QTest.keyClick(entries.field, Qt.Key.Key_Return)
    assert changes == []
    assert problem in entries.problem.text()
    assert entries.problem.isVisible()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (replace(HANDS, consent_eeg=True, board="muse_2"), ""),
        (HANDS, HANDS_ALONE),
        (replace(HANDS, consent_eeg=True), HANDS_ALONE),
        (replace(FOLLOWED, consent_eeg=True, board="muse_2"), f"{NO_HANDS} {EEG_ALONE} {NO_PROGRAMS}"),
        (replace(FOLLOWED, consent_text=True, consent_eeg=True, board="muse_2"), f"{NO_HANDS} {EEG_ALONE}"),
        (replace(FOLLOWED, consent_screen=True), f"{NO_HANDS} {NOTHING_TELLS}"),
        (replace(HANDS, consent_text=False), f"{NO_HANDS} {NOTHING_TELLS} {NO_PROGRAMS}"),
    ],
)
def test_what_focus_cannot_be_told_by_is_said(page: FocusPage, settings: Settings, said: str) -> None:
    page.follow(settings)
    assert page.caution.text() == told_by(settings) == said
    page.follow(replace(settings, follow_focus=False))
    assert not page.caution.isVisible()


def test_consent_given_on_the_other_page_is_seen_here(page: FocusPage, window: RecordedWindow) -> None:
    page.switches["follow_focus"].click()
    assert page.caution.text() == f"{NO_HANDS} {NOTHING_TELLS} {NO_PROGRAMS}"
    window.sources.switches["consent_input"].click()
    window.sources.switches["consent_text"].click()
    assert page.caution.text() == HANDS_ALONE


def test_every_control_has_a_name_and_the_page_is_reached_by_keyboard(page: FocusPage, window: RecordedWindow) -> None:
    for kind in (QAbstractButton, QLineEdit):
        for widget in page.findChildren(kind):
            if widget.isVisibleTo(page):
                assert widget.accessibleName() or getattr(widget, "text", str)(), widget
    assert page.lists["quiet_hours"].list.accessibleName() == "Hours that are quiet"
    assert page.lists["quiet_hours"].add.toolTip() == "Keep these hours quiet (Enter)"
    window.pages.setCurrentIndex(0)
    window.pages.tabBar().setFocus()
    wait_until(window.pages.tabBar().hasFocus)
    QTest.keyClick(window.pages.tabBar(), Qt.Key.Key_Right)
    assert window.pages.currentWidget().isAncestorOf(page)
