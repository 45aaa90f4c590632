"""A session in the training window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from recording_engine import NOW, status
from recording_training import BLOCK, DONE, MUTED, WAITING, RecordingTraining, training
from waiting import settle, wait_until

from companion.feedback.types import Phase
from ui.bridge import Bridge
from ui.training.window import TrainingWindow
from ui.view_state import view

SEAL = "5ea1" * 16


def test_the_seal_is_shown_before_the_first_block_and_not_in_it(
    choosing: TrainingWindow, port: RecordingTraining
) -> None:
    port.seal = SEAL
    choosing.choosing.start.click()
    strip = choosing.running.strip
    wait_until(strip.seal.isVisible)
    assert SEAL in strip.seal.text()
    port.now = BLOCK
    wait_until(lambda: not strip.seal.isVisible())


@pytest.mark.parametrize("snapshot", [BLOCK, MUTED, WAITING])
def test_a_blind_session_looks_as_any_other(
    bridge: Bridge, port: RecordingTraining, snapshot: object, window: TrainingWindow
) -> None:
    """Of all that is on the screen, only the seal tells that anything was drawn; nothing tells what."""
    other = RecordingTraining()
    other.seal, other.sham = SEAL, True
    open_one = TrainingWindow(view(status()), bridge=bridge, port=lambda: other, now=lambda: NOW)
    port.now = other.now = snapshot  # type: ignore[assignment]  # one of those above
    for each in (window, open_one):
        each.appear()
        each.running._frames.stop()
        each.running.scene.begin()
        for _ in range(100):
            each.running.scene.follow(snapshot, 1 / 60)  # type: ignore[arg-type]
    settle()
    seals = window.running.strip.seal, open_one.running.strip.seal
    pictures = [each.running.scene.grab().toImage() for each in (window, open_one)]
    words = [
        [label.text() for label in each.running.findChildren(QLabel) if label not in seals]
        for each in (window, open_one)
    ]
    assert pictures[0].width() > 100
    if snapshot is not WAITING:  # in which the seal takes some of the room
        assert pictures[0] == pictures[1]
    assert words[0] == words[1]
    assert window.running.scene.look == open_one.running.scene.look
    open_one.put_away()


def test_the_strip_says_what_goes_on_and_how_long_still(running: TrainingWindow, port: RecordingTraining) -> None:
    strip = running.running.strip
    assert strip.left.text() == "1:15 left, 5:15 in all"
    port.now = MUTED
    wait_until(lambda: "blink" in strip.said.text())
    wait_until(lambda: running.running.scene.look.words == "blink")
    port.now = replace(BLOCK, phase=Phase.REST, value=None, rewarded=False, sentence="Rest.")
    wait_until(lambda: strip.said.text() == "Rest after block 2 of 3")


def test_space_stands_still_and_goes_on(running: TrainingWindow, port: RecordingTraining) -> None:
    scene = running.running.scene
    assert scene.hasFocus()
    QTest.keyClick(scene, Qt.Key.Key_Space)
    assert port.asked("pause") == [("pause",)]
    wait_until(lambda: running.running.strip.pause.text() == "Go on")
    QTest.keyClick(scene, Qt.Key.Key_Space)
    assert port.asked("go on") == [("go on",)]
    running.running.strip.pause.click()
    assert len(port.asked("pause")) == 2
    assert scene.hasFocus()  # a click leaves Space to the scene


def test_escape_stands_still_and_leaves_the_full_screen_and_ends_nothing(
    running: TrainingWindow, port: RecordingTraining
) -> None:
    QTest.keyClick(running, Qt.Key.Key_F11)
    wait_until(running.isFullScreen)
    assert running.running.strip.full.text() == "Window"
    QTest.keyClick(running.running.scene, Qt.Key.Key_Escape)
    assert not running.isFullScreen()
    assert port.asked("pause")
    assert running.isVisible()
    wait_until(lambda: running.running.strip.said.text() == "Paused")
    QTest.keyClick(running.running.scene, Qt.Key.Key_Escape)
    assert running.running.question.isVisible()
    assert not port.asked("end")


def test_closing_asks_and_going_on_goes_on(running: TrainingWindow, port: RecordingTraining) -> None:
    running.close()
    question = running.running.question
    assert running.isVisible()
    assert question.isVisible()
    assert question.no.hasFocus()  # Enter and Space end nothing
    question.no.click()
    assert port.asked("go on")
    assert not port.asked("end")
    running.close()
    question.yes.click()
    assert port.asked("end")
    assert not running.isVisible()


def test_ending_asks_and_leads_to_what_came_of_it(running: TrainingWindow, port: RecordingTraining) -> None:
    port.number, port.kept = 7, {3: training(3, ago=9e5), 7: training(7, ago=600)}
    running.running.strip.end.click()
    assert port.asked("pause")
    running.running.question.yes.click()
    wait_until(lambda: running.sessions.report.report is not None)
    assert running.sessions.isVisible()
    assert running.sessions.number == 7
    assert running.leave.isVisible()


def test_when_it_is_over_its_report_is_asked_until_its_end_is_stored(
    running: TrainingWindow, port: RecordingTraining
) -> None:
    port.number, port.kept = 7, {7: training(7, still=True)}
    port.now = DONE
    wait_until(lambda: running.sessions.report.report is not None)
    port.kept = {7: training(7)}
    shown = running.sessions.report
    wait_until(lambda: shown.report is not None and not shown.report.training.open)


def test_what_ended_before_anything_was_kept_says_why(running: TrainingWindow, port: RecordingTraining) -> None:
    port.now = replace(DONE, phase=Phase.FAILED, sentence="The signal was not good enough to begin.")
    wait_until(running.choosing.isVisible)
    assert running.choosing.problem.text() == "The signal was not good enough to begin."


def test_snapshots_are_asked_only_while_somebody_looks(running: TrainingWindow, port: RecordingTraining) -> None:
    before = len(port.asked("snapshot"))
    wait_until(lambda: len(port.asked("snapshot")) > before + 5)
    running.hide()
    before = len(port.asked("snapshot"))
    QTest.qWait(100)
    assert len(port.asked("snapshot")) == before
    running.appear()
    wait_until(lambda: len(port.asked("snapshot")) > before + 5)
    port.now = DONE
    wait_until(lambda: not running.running.isVisible())
    before = len(port.asked("snapshot"))
    QTest.qWait(100)
    assert len(port.asked("snapshot")) == before


def test_a_session_that_another_part_began_is_shown(window: TrainingWindow, port: RecordingTraining) -> None:
    port.now = BLOCK
    window.appear()
    assert window.running.isVisible()
    assert not window.running.strip.sound.isVisible()


def test_a_bar_can_be_had_beside_the_scene(running: TrainingWindow) -> None:
    page = running.running
    assert not page.bar.isVisible()
    page.strip.bar.click()
    assert page.bar.isVisible()
    wait_until(lambda: page.bar.look.value > 0.5)
    picture = page.bar.grab().toImage()
    middle = picture.width() // 2
    low, high = (picture.pixelColor(middle, round(share * picture.height())).value() for share in (0.9, 0.08))
    assert low > high + 100


def test_without_sound_the_session_goes_on_and_says_why_nothing_is_heard(
    choosing: TrainingWindow, port: RecordingTraining
) -> None:
    choosing.choosing.setup.sound.setCurrentIndex(1)
    choosing.choosing.start.click()
    strip = choosing.running.strip
    wait_until(strip.problem.isVisible)
    assert strip.problem.text().startswith("No sound")
    port.now = BLOCK
    wait_until(lambda: strip.part.text() == "Block 2 of 3")
    assert strip.sound.isChecked()
