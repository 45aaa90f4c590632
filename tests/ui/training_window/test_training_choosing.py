"""What the training window offers, and the search for the own alpha frequency."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from recording_engine import NOW, status
from recording_training import CALM, DIRECTION, FOUND, SMR, RecordingTraining, done, training
from waiting import wait_until

from companion.brain.types import Contact
from companion.feedback.port import AlphaSearch, Choice
from companion.feedback.protocols import FeedbackError
from companion.feedback.types import Times
from companion.status import Activity
from ui.training.setup import SOUNDS
from ui.training.towards import MOMENT, NEEDED
from ui.training.window import TrainingWindow
from ui.view_state import ViewState, before_start, view


@pytest.mark.parametrize(
    ("state", "headline", "action"),
    [
        (before_start(), "Not ready yet", ""),
        (view(status(locked=True)), "Memory is locked", "unlock"),
        (view(status(Activity.PAUSED, paused_until=NOW)), "Paused", "resume"),
        (view(status(contact=Contact.NONE)), "Training needs a headset", "settings"),
        (view(status(contact=Contact.LOST)), "The headset cannot be reached", "settings"),
    ],
)
def test_every_reason_not_to_train_has_its_sentence_and_its_button(
    window: TrainingWindow, state: ViewState, headline: str, action: str
) -> None:
    asked: list[str] = []
    window.settings_wanted.connect(lambda: asked.append("settings"))
    window.resume_wanted.connect(lambda: asked.append("resume"))
    window.unlock_wanted.connect(lambda: asked.append("unlock"))
    window.appear()
    window.show_state(state)
    assert window.message.isVisible()
    assert window.message.headline.text() == headline
    if action:
        window.message.button.click()
    assert asked == [action] * bool(action)


def test_without_a_headset_earlier_sessions_can_be_looked_at(window: TrainingWindow, port: RecordingTraining) -> None:
    port.kept = {1: training(1)}
    window.appear()
    window.show_state(view(status(contact=Contact.NONE)))
    window.past.click()
    wait_until(lambda: window.sessions.report.report is not None)
    assert window.sessions.isVisible()
    window.show_state(view(status(locked=True)))
    assert window.message.isVisible()


def test_what_can_be_trained_is_listed_with_what_speaks_against_it(choosing: TrainingWindow) -> None:
    rows = choosing.choosing.options.rows
    assert [row.button.text() for row in rows.values()] == ["Calm up", "SMR up", "Towards a state"]
    assert rows["calm"].button.isChecked()
    assert rows["calm"].note.text() == CALM.note
    assert not rows["smr"].button.isEnabled()
    assert rows["smr"].obstacle.text() == SMR.obstacle
    assert SMR.obstacle in rows["smr"].button.accessibleDescription()
    wait_until(rows["calm"].button.hasFocus)


def test_the_choice_stays_while_it_can_be_trained(choosing: TrainingWindow, port: RecordingTraining) -> None:
    page = choosing.choosing
    page.options.rows["direction"].button.click()
    port.offered = (CALM, replace(SMR, obstacle=""), DIRECTION)
    page.ask()
    wait_until(page.options.rows["smr"].button.isEnabled)
    assert page.options.option == DIRECTION
    port.offered = (replace(CALM, obstacle="No signal."), SMR, replace(DIRECTION, obstacle="No signal."))
    page.ask()
    wait_until(lambda: page.options.option is None)
    assert not page.start.isEnabled()


def test_what_was_chosen_begins(choosing: TrainingWindow, port: RecordingTraining) -> None:
    setup = choosing.choosing.setup
    setup.blocks.setValue(3)
    setup.minutes.setValue(4)
    setup.rate.setValue(70)
    setup.blind.click()
    setup.sound.setCurrentIndex([sound for _, sound in SOUNDS].index("pad"))
    setup.strategy.setText(" breathe out ")
    assert setup.course.text() == "14 min: 1 min with open eyes to begin with, 3 blocks of 4 min, rests of 30 s."
    choosing.choosing.start.click()
    wait_until(choosing.running.isVisible)
    wanted = Choice("calm", Times(60, 240, 30, 3), 0.7, blind=True, sound="pad", strategy="breathe out")
    assert port.asked("start") == [("start", wanted)]


def test_towards_a_tag_or_a_moment(choosing: TrainingWindow, port: RecordingTraining) -> None:
    page = choosing.choosing
    towards = page.setup.towards
    assert not towards.isVisible()
    page.options.rows["direction"].button.click()
    assert towards.isVisible()
    wait_until(lambda: towards.tag.count() == 3)
    towards.tag.setCurrentText(MOMENT)
    page.start.click()
    assert page.problem.text() == NEEDED
    towards.moment.setValue(42)
    port.starting = Future()
    port.starting.set_exception(FeedbackError("There is no moment 42."))
    page.start.click()
    wait_until(lambda: page.problem.text() == "There is no moment 42.")
    towards.tag.setCurrentText("deep")
    port.starting = done(None)
    page.start.click()
    wait_until(choosing.running.isVisible)
    told = [(choice.moment, choice.tag) for _, choice in port.asked("start")]
    assert told == [(42, ""), (None, "deep")]


def test_the_own_alpha_frequency_is_looked_for_and_told_with_its_interval(
    choosing: TrainingWindow, port: RecordingTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[None] = []
    monkeypatch.setattr(QApplication, "beep", lambda: rung.append(None))
    choosing.choosing.seek.click()
    page = choosing.alpha
    assert page.isVisible()
    port.search = AlphaSearch(running=True, left=42, sentence="Close your eyes.")
    page.begin.click()
    wait_until(lambda: page.left.text() == "0:42")
    assert (page.said.text(), page.begin.isVisible()) == ("Close your eyes.", False)
    assert not rung
    port.search = AlphaSearch(running=True, sentence="You may open your eyes.")
    wait_until(lambda: bool(rung))
    port.search = AlphaSearch(sentence=FOUND.sentence, found=FOUND)
    wait_until(lambda: page.said.text() == FOUND.sentence)
    page.back.click()
    assert choosing.choosing.isVisible()
    wait_until(lambda: choosing.choosing.alpha.text() == "Your own alpha frequency: 10.2 Hz (9.9 to 10.5).")
    assert len(rung) == 1


def test_the_search_can_be_broken_off_and_its_failure_is_said(
    choosing: TrainingWindow, port: RecordingTraining
) -> None:
    choosing.choosing.seek.click()
    page = choosing.alpha
    port.seeking = Future()
    port.seeking.set_exception(FeedbackError("Training needs a headset."))
    page.begin.click()
    wait_until(lambda: page.problem.text() == "Training needs a headset.")
    assert page.begin.isVisible()
    port.seeking, port.search = done(None), AlphaSearch(running=True, left=42)
    page.begin.click()
    wait_until(lambda: page.left.text() == "0:42")
    QTest.keyClick(choosing, Qt.Key.Key_Escape)
    assert port.asked("leave")
    assert choosing.isVisible()
    assert choosing.choosing.isVisible()
    QTest.keyClick(choosing, Qt.Key.Key_Escape)
    assert not choosing.isVisible()


def test_a_search_that_was_left_before_it_began_is_broken_off(
    choosing: TrainingWindow, port: RecordingTraining
) -> None:
    choosing.choosing.seek.click()
    port.seeking = Future()
    choosing.alpha.begin.click()
    choosing.alpha.back.click()
    before = len(port.asked("leave"))
    port.seeking.set_result(None)
    wait_until(lambda: len(port.asked("leave")) > before)
    assert choosing.choosing.isVisible()
    assert choosing.speaker.feed is None


def test_all_of_it_can_be_reached_by_keyboard_and_has_a_name(choosing: TrainingWindow) -> None:
    page = choosing.choosing
    setup = page.setup
    reachable = (setup.blocks, setup.minutes, setup.rate, setup.sound, setup.volume, setup.strategy)
    for field in reachable:
        assert field.accessibleName()
        assert field.focusPolicy() & Qt.FocusPolicy.TabFocus
    wait_until(page.options.rows["calm"].button.hasFocus)
    QTest.keyClick(page.options.rows["calm"].button, Qt.Key.Key_Down)
    assert page.options.option == DIRECTION  # over the one that cannot be trained
    QTest.keyClick(page.options.rows["direction"].button, Qt.Key.Key_Up)
    setup.sound.setCurrentIndex(1)
    order = (page.options.rows["calm"].button, *setup.fields[2:], page.seek, page.start, choosing.leave)
    for before, after in pairwise(order):
        before.setFocus()
        QTest.keyClick(before, Qt.Key.Key_Tab)
        wait_until(after.hasFocus)
    QTest.keyClick(choosing, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    wait_until(choosing.sessions.isVisible)
    QTest.keyClick(choosing, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    wait_until(page.isVisible)
    QTest.keyClick(choosing, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until(choosing.running.isVisible)
    assert choosing.running.scene.accessibleName()
