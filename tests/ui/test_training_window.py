"""The training window over a port that is as the test has it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from recording_engine import NOW, status
from recording_training import (
    BLOCK,
    CALM,
    DIRECTION,
    DONE,
    FOUND,
    MUTED,
    SMR,
    WAITING,
    RecordingTraining,
    done,
    training,
)
from waiting import settle, wait_until

from companion.brain.types import Contact
from companion.feedback.protocols import FeedbackError
from companion.feedback.types import Phase, Times
from companion.status import Activity
from companion.training_port import AlphaSearch, Choice
from ui import training_sound
from ui.bridge import Bridge
from ui.training_setup import SOUNDS
from ui.training_towards import MOMENT, NEEDED
from ui.training_window import TrainingWindow
from ui.view_state import ViewState, before_start, view

STREAMING = view(status())
SEAL = "5ea1" * 16


@pytest.fixture
def port() -> RecordingTraining:
    return RecordingTraining()


@pytest.fixture(autouse=True)
def no_sound_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep Qt from looking for devices, of which it has much to say; what it plays is tested elsewhere."""

    def load() -> object:
        raise ImportError("not in this test")

    monkeypatch.setattr(training_sound, "_load", load)


@pytest.fixture
def window(bridge: Bridge, port: RecordingTraining) -> Iterator[TrainingWindow]:
    made = TrainingWindow(STREAMING, bridge=bridge, port=lambda: port, now=lambda: NOW)
    yield made
    made.put_away()


@pytest.fixture
def choosing(window: TrainingWindow) -> TrainingWindow:
    window.appear()
    wait_until(lambda: bool(window.choosing.options.rows))
    return window


@pytest.fixture
def running(choosing: TrainingWindow, port: RecordingTraining) -> TrainingWindow:
    choosing.choosing.start.click()
    wait_until(choosing.running.isVisible)
    port.now = BLOCK
    wait_until(lambda: choosing.running.strip.part.text() == "Block 2 of 3")
    return choosing


def press(part: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(part, key)


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
    open_one = TrainingWindow(STREAMING, bridge=bridge, port=lambda: other, now=lambda: NOW)
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
    press(scene, Qt.Key.Key_Space)
    assert port.asked("pause") == [("pause",)]
    wait_until(lambda: running.running.strip.pause.text() == "Go on")
    press(scene, Qt.Key.Key_Space)
    assert port.asked("go on") == [("go on",)]
    running.running.strip.pause.click()
    assert len(port.asked("pause")) == 2
    assert scene.hasFocus()  # a click leaves Space to the scene


def test_escape_stands_still_and_leaves_the_full_screen_and_ends_nothing(
    running: TrainingWindow, port: RecordingTraining
) -> None:
    press(running, Qt.Key.Key_F11)
    wait_until(running.isFullScreen)
    assert running.running.strip.full.text() == "Window"
    press(running.running.scene, Qt.Key.Key_Escape)
    assert not running.isFullScreen()
    assert port.asked("pause")
    assert running.isVisible()
    wait_until(lambda: running.running.strip.said.text() == "Paused")
    press(running.running.scene, Qt.Key.Key_Escape)
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
    press(choosing, Qt.Key.Key_Escape)
    assert port.asked("leave")
    assert choosing.isVisible()
    assert choosing.choosing.isVisible()
    press(choosing, Qt.Key.Key_Escape)
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
    press(page.options.rows["calm"].button, Qt.Key.Key_Down)
    assert page.options.option == DIRECTION  # over the one that cannot be trained
    press(page.options.rows["direction"].button, Qt.Key.Key_Up)
    setup.sound.setCurrentIndex(1)
    order = (page.options.rows["calm"].button, *setup.fields[2:], page.seek, page.start, choosing.leave)
    for before, after in pairwise(order):
        before.setFocus()
        press(before, Qt.Key.Key_Tab)
        wait_until(after.hasFocus)
    QTest.keyClick(choosing, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    wait_until(choosing.sessions.isVisible)
    QTest.keyClick(choosing, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    wait_until(page.isVisible)
    QTest.keyClick(choosing, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until(choosing.running.isVisible)
    assert choosing.running.scene.accessibleName()
