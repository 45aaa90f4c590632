from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from recording_deep_work import DEEP, UNKNOWN, RecordingDeepWork
from waiting import settle, wait_until

from companion.focus.calibration import STAGES, Part, Step
from companion.focus.outcome import Outcome
from index.types import VaultError
from ui import theme
from ui.bridge import Bridge
from ui.focus import calibration_acts as acts
from ui.focus.calibration import GONE, FocusCalibration
from ui.focus.calibration_acts import Act
from ui.focus.calibration_picture import CalibrationPicture

KEY = Qt.Key


class Bell:
    """Counts how often it rang."""

    def __init__(self) -> None:
        self.problem = ""
        self.rang = 0
        self.quiet = 0

    def ring(self) -> None:
        self.rang += 1

    def still(self) -> None:
        self.quiet += 1


class Desk:
    def __init__(self, bridge: Bridge, deep: RecordingDeepWork) -> None:
        self.deep: RecordingDeepWork | None = deep
        self.bell = Bell()
        self.window = FocusCalibration(bridge=bridge, deep=lambda: self.deep, bell=self.bell)
        self.window.appear()
        settle()

    def at(self, part: Part, share: float = 0.5, outcome: Outcome | None = None) -> None:
        assert self.deep is not None
        sentence = next((stage.sentence for stage in STAGES if stage.part is part), f"It is {part}.")
        self.deep.step = Step(part, sentence, 10.0, share, outcome)
        self.window.look()


@pytest.fixture
def desk(bridge: Bridge, deep: RecordingDeepWork) -> Desk:
    return Desk(bridge, deep)


def test_it_says_what_will_happen_and_how_long_before_anything_begins(desk: Desk, deep: RecordingDeepWork) -> None:
    window = desk.window
    assert window.headline.text() == "Calibrate focus"
    for said in ("closed eyes", "about two minutes", "It takes 4 min", "A bell"):
        assert said in window.body.text()
    assert window.signal.text() == "The signal is good."
    assert deep.asked("calibrate") == []
    assert desk.bell.rang == 0


def test_each_act_has_its_headline_its_picture_and_a_bell(desk: Desk) -> None:
    window = desk.window
    assert window.go.hasFocus()
    QTest.keyClick(window, KEY.Key_Return)
    assert (window.act, desk.bell.rang) == (Act.READY, 1)  # to hear how it sounds
    seen = []
    for part in (Part.REST, Part.MORE_REST, Part.PAUSE, Part.RUN_IN, Part.WORK, Part.DONE):
        desk.at(part)
        seen.append((window.headline.text(), window.picture.act, desk.bell.rang))
    assert seen == [
        ("Rest", Act.REST, 2),
        ("Rest", Act.REST, 2),
        ("Open your eyes", Act.PAUSE, 3),
        ("Count down in sevens", Act.COUNT, 4),
        ("Count down in sevens", Act.COUNT, 4),
        ("Done", Act.DONE, 5),
    ]


def test_it_follows_by_itself_and_says_how_long_it_takes_still(desk: Desk, deep: RecordingDeepWork) -> None:
    desk.window.go.click()
    deep.step = Step(Part.REST, "Rest.", 30.0, 0.2)
    wait_until(lambda: desk.window.act is Act.REST)
    assert desk.window.left.text() == "About 3 min left, while the signal is good."
    assert desk.window.picture.share == 0.2


def test_how_the_headset_lies_is_said_all_the_while(desk: Desk, deep: RecordingDeepWork) -> None:
    desk.window.go.click()
    desk.at(Part.REST)
    for quality, said, look in (
        ("getting to know your rest: 40%", "The signal is good.", "soft"),
        ("loose contact at TP9", "The signal is not good just now: loose contact at TP9.", "caution"),
        ("not judged yet", "The signal is being looked at.", "soft"),
    ):
        deep.focus = replace(DEEP, quality=quality)
        desk.window.look()
        assert (desk.window.signal.text(), desk.window.signal.property("look")) == (said, look)


def test_what_came_of_it_is_told_with_its_figures(desk: Desk) -> None:
    desk.window.go.click()
    desk.at(Part.DONE, 1.0, Outcome(-0.8, 1.1, 1.0, 1.08))
    told = desk.window.body.text()
    assert "31% while you rested and 75% while you counted" in told
    assert "8% more than before" in told
    assert [desk.window.leave.text(), desk.window.go.text()] == ["Close", "Once more"]
    assert not desk.window.left.isVisible()


def test_a_calibration_that_fails_says_how_to_mend_it_and_can_be_begun_again(
    desk: Desk, deep: RecordingDeepWork
) -> None:
    desk.window.go.click()
    desk.at(Part.FAILED, 1.0)
    assert desk.window.headline.text() == "It did not work out"
    desk.window.go.click()
    assert len(deep.asked("calibrate")) == 2
    assert desk.window.act is Act.READY


def test_breaking_off_leads_back_and_closing_breaks_off(desk: Desk, deep: RecordingDeepWork) -> None:
    window = desk.window
    window.go.click()
    desk.at(Part.REST)
    assert (window.leave.text(), window.go.isVisible()) == ("Break off", False)
    window.leave.click()
    assert (window.act, window.isVisible()) == (Act.BEFORE, True)
    assert len(deep.asked("end calibration")) == 1
    window.go.click()
    desk.at(Part.REST)
    QTest.keyClick(window, KEY.Key_Escape)
    assert not window.isVisible()
    assert len(deep.asked("end calibration")) == 2
    assert desk.bell.quiet >= 2


def test_its_result_is_put_away_when_it_is_closed(desk: Desk, deep: RecordingDeepWork) -> None:
    desk.window.go.click()
    desk.at(Part.DONE, 1.0, Outcome(None, None, 1.0, 1.0))
    desk.window.leave.click()
    assert not desk.window.isVisible()
    assert len(deep.asked("end calibration")) == 1
    desk.window.appear()
    assert desk.window.act is Act.BEFORE


def test_without_a_headset_it_says_that_it_needs_one(desk: Desk, deep: RecordingDeepWork) -> None:
    wanted: list[bool] = []
    desk.window.headset_wanted.connect(lambda: wanted.append(True))
    deep.focus = UNKNOWN
    desk.window.look()
    assert desk.window.signal.text() == acts.NEEDS
    assert not desk.window.go.isEnabled()
    QTest.keyClick(desk.window, KEY.Key_H, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: wanted == [True])
    desk.window._begin()  # it fell silent between two looks
    assert desk.window.problem.text() == "Calibration needs a headset that sends."
    deep.focus = DEEP
    desk.window.look()
    assert desk.window.go.isEnabled()


def test_without_sound_it_says_so_and_goes_on(desk: Desk) -> None:
    desk.bell.problem = "No sound: there is no device."
    desk.window.go.click()
    desk.at(Part.REST)
    assert desk.window.silent.isVisible()
    assert desk.window.silent.text() == acts.SILENT


def test_where_focus_is_not_followed_any_more_it_says_so(desk: Desk, deep: RecordingDeepWork) -> None:
    desk.window.go.click()
    desk.at(Part.REST)
    desk.deep = None
    wait_until(lambda: desk.window.problem.text() == GONE)
    assert desk.window.act is Act.BEFORE
    assert not desk.window.go.isEnabled()
    assert deep.asked("end calibration") == []


def test_what_is_in_the_way_of_breaking_off_brings_it_back(desk: Desk, deep: RecordingDeepWork) -> None:
    deep.ending = Future()
    desk.window.go.click()
    desk.at(Part.REST)
    desk.window.close()
    deep.ending.set_exception(VaultError("The vault cannot be read."))
    wait_until(desk.window.isVisible)
    assert desk.window.problem.text() == "The vault cannot be read."


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_every_act_has_a_picture_of_its_own(
    qt: object, monkeypatch: pytest.MonkeyPatch, colours: theme.Colours
) -> None:
    del qt
    monkeypatch.setattr(theme, "of", lambda _palette: colours)
    picture = CalibrationPicture()
    pictures = set()
    for act in (Act.READY, Act.REST, Act.PAUSE, Act.COUNT, Act.DONE, Act.FAILED):
        picture.show_act(act, 0.5)
        image = picture.grab().toImage()
        assert QColor(image.pixel(image.width() // 2 + 82, image.height() // 2)).name() == colours.text  # half a ring
        pictures.add(bytes(image.constBits()))
    assert len(pictures) == 5  # open eyes are open eyes


def test_every_button_has_its_key_in_its_tooltip(desk: Desk) -> None:
    for button in desk.window.findChildren(QPushButton):
        assert "(" in button.toolTip(), button.text()
