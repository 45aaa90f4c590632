"""The day, the week and their corrections in the focus window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from focus_window_desk import Desk
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from recording_deep_work import RecordingDeepWork, morning
from recording_engine import NOW
from waiting import settle, wait_until

from companion.focus.types import FocusError
from index.focus_history import Label, Source, Totals
from ui import theme
from ui.focus.scale import midnight

KEY = Qt.Key


def test_a_stretch_is_chosen_by_keyboard_and_corrected(desk: Desk, deep: RecordingDeepWork) -> None:
    day = desk.window.day
    day.curve.setFocus()
    QTest.keyClick(day.curve, KEY.Key_Left)
    for _ in range(3):
        QTest.keyClick(day.curve, KEY.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert day.curve.span == (NOW - 1200, NOW - 600)
    assert day.stretch.span == (NOW - 1200, NOW - 600)
    QTest.keyClick(desk.window, KEY.Key_N, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: deep.asked("correct") == [("correct", NOW - 1200, NOW - 600, False)])
    before = len(deep.asked("past"))
    deep.correcting.set_result(5)
    wait_until(lambda: "was no focus" in day.stretch.said.text())
    assert len(deep.asked("past")) == before + 1
    day.stretch.back.click()
    wait_until(lambda: day.stretch.said.text() == "Taken back.")
    assert deep.asked("take back") == [("take back", 5)]
    assert not day.stretch.back.isVisible()


def test_the_usual_stretch_is_the_half_hour_before_now_whenever_it_is_looked_at(
    desk: Desk, deep: RecordingDeepWork
) -> None:
    stretch = desk.window.day.stretch
    assert stretch.span == (NOW - 1800, NOW)
    desk.window.close()
    for later in (3 * 3600.0, 22 * 3600.0):
        desk.time = NOW + later
        desk.window.appear()
        assert stretch.span == (desk.time - 1800, desk.time)
    desk.time += 600.0  # it stays open
    desk.window.look()
    assert stretch.span == (desk.time - 1800, desk.time)
    stretch.not_focused.click()
    assert deep.asked("correct") == [("correct", desk.time - 1800, desk.time, False)]


def test_a_stretch_that_was_chosen_stays_until_the_next_day(desk: Desk) -> None:
    day = desk.window.day
    chosen = (NOW - 3600, NOW - 1200)
    day.curve.choose(*chosen)
    day.curve.chosen.emit(*chosen)
    desk.window.close()
    desk.time += 3600.0
    desk.window.appear()
    assert day.stretch.span == chosen
    day.stretch.end.setTime(day.stretch.end.time().addSecs(600))
    desk.time += 60.0
    desk.window.look()
    assert day.stretch.span == day.curve.span == (NOW - 3600, NOW - 600)
    desk.time = midnight(NOW, days=1) + 8 * 3600.0
    desk.window.appear()
    assert day.stretch.span == (desk.time - 1800, desk.time)
    assert day.curve.span is None


def test_a_stretch_that_is_being_written_is_left_alone(desk: Desk) -> None:
    stretch = desk.window.day.stretch
    before = stretch.span
    stretch.start.setFocus()
    wait_until(stretch.start.hasFocus)
    desk.time += 600.0
    desk.window.look()
    assert stretch.span == before
    stretch.focused.setFocus()
    desk.window.look()
    assert stretch.span == (desk.time - 1800, desk.time)


def test_a_stretch_is_drawn_by_mouse(desk: Desk) -> None:
    curve = desk.window.day.curve
    middle = curve.height() // 2
    QTest.mousePress(curve, Qt.MouseButton.LeftButton, pos=QPoint(60, middle))
    QTest.mouseMove(curve, QPoint(160, middle))
    QTest.mouseRelease(curve, Qt.MouseButton.LeftButton, pos=QPoint(160, middle))
    assert curve.span is not None
    assert curve.span[1] - curve.span[0] > 600
    assert desk.window.day.stretch.span == curve.span


def test_a_correction_that_means_nothing_is_told(desk: Desk, deep: RecordingDeepWork) -> None:
    stretch = desk.window.day.stretch
    stretch.focused.click()
    deep.correcting.set_exception(FocusError("A correction is of a time that is over."))
    wait_until(lambda: stretch.said.text() == "A correction is of a time that is over.")
    assert stretch.said.property("look") == "problem"


def test_what_a_time_was_is_told_with_its_figure(desk: Desk) -> None:
    curve = desk.window.day.curve
    assert curve.told(NOW - 1200).endswith("deep focus, 90% probable")
    assert curve.told(NOW - 6000).endswith("no deep focus, 20% probable")
    assert curve.told(NOW - 20_000).endswith("nothing is known.")
    assert "3 notifications were held" in curve.accessibleDescription()


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_deep_focus_dots_and_the_curve_are_painted(
    desk: Desk, qt: object, monkeypatch: pytest.MonkeyPatch, colours: theme.Colours
) -> None:
    del qt
    curve = desk.window.day.curve
    monkeypatch.setattr(theme, "of", lambda _palette: colours)
    image = curve.grab().toImage()
    painted = [QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())]
    assert painted.count(colours.focus) > 100
    assert painted.count(colours.text) > 100
    place, scale = curve._room(), curve._scale()
    held = morning().held[0]
    at = QPointF(place.dots.left() + scale.x(held.time), place.dots.center().y()).toPoint()
    near = {QColor(image.pixel(at.x() + dx, at.y())).name() for dx in range(-8, 9)}
    assert colours.text in near


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_what_eeg_and_behaviour_say_is_drawn_where_it_is_wanted(
    desk: Desk, deep: RecordingDeepWork, monkeypatch: pytest.MonkeyPatch, colours: theme.Colours
) -> None:
    monkeypatch.setattr(theme, "of", lambda _palette: colours)
    points = tuple(replace(point, eeg=0.6, behaviour=0.4) for point in morning().points)
    deep.known = replace(morning(), points=points)
    desk.window.appear()
    settle()

    def drawn() -> bytes:
        image = desk.window.day.curve.grab().toImage()  # which must outlive its bits
        return bytes(image.constBits())

    pictures = [drawn()]
    hands, eeg = desk.window.day.lines.switches.values()
    hands.click()
    pictures.append(drawn())
    QTest.keyClick(desk.window, KEY.Key_E, Qt.KeyboardModifier.ControlModifier)
    wait_until(eeg.isChecked)
    pictures.append(drawn())
    hands.click()
    pictures.append(drawn())
    assert len(set(pictures)) == 4
    eeg.click()
    assert drawn() == pictures[0]
    assert "(What you do: 40%, EEG: 60%)" in desk.window.day.curve.told(NOW - 1200)


def test_corrections_are_painted_with_their_word(desk: Desk, deep: RecordingDeepWork) -> None:
    before = desk.window.day.curve.grab().toImage()
    label = Label(1, NOW, NOW - 3600, NOW - 2400, focused=False, source=Source.CORRECTION)
    deep.known = replace(morning(), corrections=(label,))
    desk.window.let_go()
    settle()
    after = desk.window.day.curve.grab().toImage()
    top = desk.window.day.curve._room().said
    different = [
        (x, y)
        for x in range(after.width())
        for y in range(round(top.top()), round(top.bottom()))
        if after.pixel(x, y) != before.pixel(x, y)
    ]
    assert len(different) > 30


def test_the_week_is_told_day_by_day(desk: Desk, deep: RecordingDeepWork) -> None:
    deep.week = Totals(7200.0, 3600.0, 1800.0, 2)
    desk.window.appear()
    settle()
    said = desk.window.day.week.accessibleDescription()
    assert said.count("1 h of deep focus, the longest stretch 30 min, 2 h followed.") == 7
    assert "Today: 1 h" in said
