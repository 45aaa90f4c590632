from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QPushButton, QScrollArea, QWidget
from waiting import settle, wait_until

from companion.settings import SOURCES, Settings
from ui.options import Options
from ui.settings.list import ExclusionList
from ui.settings.window import NO_HEADSET, NOTHING, RecordedWindow
from ui.switch import Switch

SHIPPED = Settings()


def window(settings: Settings = SHIPPED, *, named: str = "") -> tuple[RecordedWindow, list[Settings]]:
    made, changes = RecordedWindow(settings, named=named), list[Settings]()
    made.changed.connect(changes.append)
    made.appear()
    settle()
    return made, changes


def shown(part: ExclusionList) -> list[str]:
    return [part.list.item(row).text() for row in range(part.list.count())]


@pytest.mark.usefixtures("qt")
@pytest.mark.parametrize("source", [source for source in SOURCES if source != "consent_keys"])
def test_a_switch_holds_at_once_both_ways(source: str) -> None:
    made, changes = window()
    switch = made.sources.switches[source]
    assert not switch.isChecked()
    switch.click()
    switch.click()
    assert changes == [replace(SHIPPED, **{source: True}), SHIPPED]  # type: ignore[arg-type]


@pytest.mark.usefixtures("qt")
def test_what_is_typed_is_kept_only_after_a_second_yes() -> None:
    made, changes = window()
    keys = made.sources.switches["consent_keys"]
    keys.click()
    assert changes == []
    assert not keys.isChecked()
    assert made.sources.really.no.hasFocus()
    made.sources.really.no.click()
    assert changes == []
    keys.click()
    made.sources.really.yes.click()
    assert changes == [replace(SHIPPED, consent_keys=True)]
    keys.click()
    assert changes[-1] == SHIPPED


@pytest.mark.usefixtures("qt")
def test_what_came_of_it_is_said_in_one_sentence() -> None:
    made, _ = window()
    assert made.now.text() == NOTHING
    made.sources.switches["consent_urls"].click()
    assert made.now.text() == f"{NOTHING} Kept only beside pictures or text: addresses of pages."
    made.sources.switches["consent_screen"].click()
    assert made.now.text() == "Recorded, unless paused: pictures of the screen and addresses of pages."
    made.sources.switches["consent_eeg"].click()
    assert made.now.text().endswith(NO_HEADSET)
    made.follow(replace(SHIPPED, consent_eeg=True, board="synthetic"))
    assert made.now.text() == "Recorded, unless paused: the brain signal."


@pytest.mark.usefixtures("qt")
@pytest.mark.parametrize(
    ("part", "setting", "written", "kept"),
    [
        ("apps", "exclude_apps", " Thunderbird.exe ", "thunderbird"),
        ("titles", "exclude_titles", " invoice  * 2026 ", "invoice * 2026"),
        ("sites", "exclude_sites", "https://www.example.org/login", "example.org"),
    ],
)
def test_what_is_added_comes_first_and_can_be_taken_off(part: str, setting: str, written: str, kept: str) -> None:
    made, changes = window()
    lines: ExclusionList = getattr(made, part)
    made.lists.setCurrentWidget(lines)
    lines.field.setText(written)
    QTest.keyClick(lines.field, Qt.Key.Key_Return)
    assert getattr(changes[-1], setting) == (kept, *getattr(SHIPPED, setting))
    assert shown(lines) == [kept]
    assert lines.field.text() == ""
    lines.list.setCurrentRow(0)
    lines.list.setFocus()
    wait_until(lines.list.hasFocus)
    QTest.keyClick(lines.list, Qt.Key.Key_Delete)
    assert changes[-1] == SHIPPED
    assert shown(lines) == []
    assert made.isVisible()


@pytest.mark.usefixtures("qt")
@pytest.mark.parametrize(
    ("part", "written", "problem"),
    [
        ("titles", "**", "fits every title"),
        ("sites", "my bank", "is no site"),
        ("sites", "www.example.org", "“example.org” is left out already"),
        ("apps", "KeePassXC", "“keepassxc” is left out already"),
    ],
)
def test_what_cannot_be_added_says_why_until_it_is_mended(part: str, written: str, problem: str) -> None:
    made, changes = window(replace(SHIPPED, exclude_sites=("example.org",)))
    lines: ExclusionList = getattr(made, part)
    made.lists.setCurrentWidget(lines)
    lines.field.setText(written)
    lines.add.click()
    assert changes == []
    assert problem in lines.problem.text()
    assert lines.problem.isVisible()
    lines.field.setText(f"{written}x")
    assert not lines.problem.isVisible()


@pytest.mark.usefixtures("qt")
def test_what_comes_with_companion_is_shown_when_asked_for_and_can_be_taken_off() -> None:
    made, changes = window(replace(SHIPPED, exclude_apps=(*SHIPPED.exclude_apps, "diary")))
    apps = made.apps
    assert shown(apps) == ["diary"]
    assert apps.all.text() == f"Show the {len(SHIPPED.exclude_apps)} that come with Companion"
    apps.all.click()
    assert shown(apps) == ["diary", *sorted(SHIPPED.exclude_apps)]
    apps.list.setCurrentRow(1)
    apps.remove.click()
    assert changes[-1].exclude_apps == (*(app for app in SHIPPED.exclude_apps if app != "1password"), "diary")
    apps.all.click()
    assert shown(apps) == ["diary"]


@pytest.mark.usefixtures("qt")
def test_only_what_does_something_can_be_clicked() -> None:
    made, _ = window(replace(SHIPPED, exclude_sites=("example.org",)))
    sites = made.sites
    made.lists.setCurrentWidget(sites)
    assert not sites.add.isEnabled()
    assert not sites.remove.isEnabled()
    assert not sites.all.isVisible()  # none come with Companion
    sites.field.setText("a")
    sites.list.setCurrentRow(0)
    assert sites.add.isEnabled()
    assert sites.remove.isEnabled()


@pytest.mark.usefixtures("qt")
def test_changes_made_elsewhere_are_shown_and_not_undone() -> None:
    made, changes = window()
    elsewhere = replace(SHIPPED, consent_eeg=True, board="synthetic", exclude_sites=("example.org",))
    made.follow(elsewhere)
    assert changes == []
    assert made.sources.switches["consent_eeg"].isChecked()
    assert shown(made.sites) == ["example.org"]
    made.sources.switches["consent_text"].click()
    assert changes == [replace(elsewhere, consent_text=True)]


@pytest.mark.usefixtures("qt")
def test_sources_named_at_the_start_are_said() -> None:
    assert Options().named() == ""
    said = Options(frames="screen", board="muse_2").named()
    assert said.startswith("Companion was started with --frames screen --board muse_2: that is recorded until it ends")
    made, _ = window(named=said)
    assert said in [part.text() for part in made.findChildren(type(made.now))]


@pytest.mark.usefixtures("qt")
def test_everything_is_reached_by_keyboard_in_reading_order_and_has_a_name() -> None:
    made, _ = window(replace(SHIPPED, exclude_sites=("example.org",)))
    made.sources.switches["consent_screen"].setFocus()
    wait_until(made.sources.switches["consent_screen"].hasFocus)
    reached: list[QWidget] = []
    while (focused := QApplication.focusWidget()) not in reached:
        assert focused is not None
        reached.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    switches = [widget for widget in reached if isinstance(widget, Switch)]
    assert switches == list(made.sources.switches.values())
    after = [widget for widget in reached if not isinstance(widget, Switch)]
    inside = [made.lists.tabBar(), made.apps.field, made.apps.list, made.apps.all]
    assert after == [*inside, made.leave, made.pages.tabBar()]
    for kind in (QPushButton, QLineEdit, QListWidget, Switch):
        for widget in made.findChildren(kind):
            named = widget.accessibleName() or getattr(widget, "text", str)()
            assert named, widget


@pytest.mark.usefixtures("qt")
def test_what_a_small_screen_has_no_room_for_is_scrolled() -> None:
    made, _ = window()
    assert made.frameGeometry().height() <= made.screen().availableGeometry().height()
    made.show_mail()
    made.resize(made.width(), 400)
    settle()
    area = made.pages.currentWidget()
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() > 0
    assert made.mail.height() >= made.mail.heightForWidth(made.mail.width())
    assert made.leave.geometry().bottom() < made.height() == 400


@pytest.mark.usefixtures("qt")
@pytest.mark.parametrize("focused", [False, True])
def test_the_wheel_scrolls_and_changes_only_what_has_the_keyboard(focused: bool) -> None:
    made, changes = window()
    made.show_mail()
    made.resize(made.width(), 400)
    settle()
    choice, before = made.mail.threshold, made.mail.threshold.currentIndex()
    if focused:
        choice.setFocus()
    at = QPointF(choice.rect().center())
    turn = QWheelEvent(
        at,
        QPointF(choice.mapToGlobal(choice.rect().center())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(choice, turn)
    settle()
    assert (choice.currentIndex() != before) is focused
    assert bool(changes) is focused
    assert turn.isAccepted() is focused  # else what it lies on has it


@pytest.mark.usefixtures("qt")
def test_nothing_is_cut_off_when_more_is_said() -> None:
    made, _ = window()
    made.sources.switches["consent_keys"].click()
    settle()
    page = made.pages.currentWidget().findChild(QWidget, "recording")
    assert page.height() >= page.heightForWidth(page.width())
    assert made.sources.really.yes.height() >= made.sources.really.yes.sizeHint().height()
    QTest.keyClick(made, Qt.Key.Key_Escape)
    assert not made.isVisible()
