from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from recording_engine import NOW
from recording_training import DAY, RecordingTraining, progress, training
from waiting import settle, wait_until

from companion.feedback.crednf import ITEMS
from companion.feedback.report import NO_CLAIM
from index.types import VaultError
from ui import theme
from ui.bridge import Bridge
from ui.training.blind import TrainingBlind
from ui.training.checklist import TrainingChecklist
from ui.training.progress import TrainingProgress
from ui.training.report import BROKEN
from ui.training.sessions import EMPTY, WRITTEN, TrainingSessions


@pytest.fixture
def port() -> RecordingTraining:
    made = RecordingTraining()
    made.kept = {1: training(1, ago=3 * DAY), 2: training(2, blind=True)}
    return made


@pytest.fixture
def page(bridge: Bridge, port: RecordingTraining) -> Iterator[TrainingSessions]:
    made = TrainingSessions(bridge=bridge, port=lambda: port, now=lambda: NOW)
    made.resize(900, 700)
    made.show()
    wait_until(lambda: made.report.report is not None)
    yield made
    made.close()


def said(page: TrainingSessions) -> str:
    return "\n".join(label.text() for label in page.report.findChildren(QLabel) if not label.isHidden())


def choose(page: TrainingSessions, number: int) -> None:
    page.renew(number)
    wait_until(lambda: page.report.report is not None and page.report.report.training.id == number)


def blind(page: TrainingSessions) -> TrainingBlind:
    assert page.report.blind is not None
    return page.report.blind


def checklist(page: TrainingSessions) -> TrainingChecklist:
    assert page.report.checklist is not None
    return page.report.checklist


def test_sessions_are_listed_newest_first_and_the_newest_is_shown(page: TrainingSessions) -> None:
    assert page.list.count() == 2
    assert page.list.item(0).text().startswith("Calm up, blind, not yet told · yesterday")
    assert page.number == 2


def test_a_report_has_a_row_a_block_with_intervals_its_plots_and_no_claim(page: TrainingSessions) -> None:
    choose(page, 1)
    words = said(page)
    assert "60% (55% to 65%)" in words
    assert "+0.40 (+0.10 to +0.70)" in words
    assert "too little to tell" in words  # of the block that has no interval
    assert words.count("health") == 1
    assert NO_CLAIM in words
    assert [plot.accessibleName() for plot in page.report.plots] == [
        "What was shown over the session",
        "What was measured over the session",
    ]


def test_a_sealed_session_tells_nothing_that_was_measured_or_drawn(page: TrainingSessions) -> None:
    words = said(page)
    assert "+0.40" not in words
    assert words.count("sealed") >= 3
    assert "5ea1" in words  # the seal
    assert page.report.plots == ()


def test_the_guess_comes_before_the_answer(page: TrainingSessions, port: RecordingTraining) -> None:
    frame = blind(page)
    assert not frame.tell.isEnabled()
    frame.guesses["a replay"].click()
    frame.tell.click()
    assert not port.asked("unblind")  # it asks once more
    frame.question.no.click()
    assert not port.asked("unblind")
    frame.tell.click()
    frame.question.yes.click()
    wait_until(lambda: page.report.blind is None)
    acts = [call for call in port.calls if call[0] in {"answer", "unblind"}]
    assert acts == [("answer", 2, {"guess": "a replay"}), ("unblind", 2)]
    words = said(page)
    assert "Your guess: a replay" in words
    assert "+0.40" in words
    assert len(page.report.plots) == 2


def test_the_checklist_is_folded_and_keeps_what_the_person_says(
    page: TrainingSessions, port: RecordingTraining
) -> None:
    choose(page, 1)
    items = checklist(page)
    assert items.all.isHidden()
    assert items.fold.text() == f"Show the checklist ({len(ITEMS)} items)"
    items.fold.click()
    assert items.all.isVisible()
    assert {"1a", "1b", "3a", "3c", "6a", "6b"} <= set(items.fields)
    assert "4a" not in items.fields  # the program knows
    assert not items.keep.isEnabled()
    field = items.fields["3c"]
    assert field.accessibleName().startswith("3c What did the person try?")
    field.setFocus()
    QTest.keyClicks(field, "breathed out")
    items.keep.click()
    assert port.asked("answer") == [("answer", 1, {"3c": "breathed out"})]
    choose(page, 2)
    choose(page, 1)
    assert checklist(page).fields["3c"].text() == "breathed out"


def test_forgetting_asks_first(page: TrainingSessions, port: RecordingTraining) -> None:
    choose(page, 1)
    page.report.forget.click()
    assert page.report.question.no.hasFocus()
    assert not port.asked("forget")
    page.report.question.yes.click()
    wait_until(lambda: page.list.count() == 1)
    assert port.asked("forget") == [("forget", 1)]
    assert page.number == 2


def test_a_report_is_saved_as_a_page(page: TrainingSessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(page, 1)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine.html"), ""))
    page.report.save.click()
    wait_until(page.done.isVisible)
    assert page.done.text() == WRITTEN.format(tmp_path / "mine.html")
    assert "60% (55% to 65%)" in (tmp_path / "mine.html").read_text()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "nowhere" / "mine.html"), ""))
    page.report.save.click()
    wait_until(page.problem.isVisible)
    assert "could not be written" in page.problem.text()


def test_a_saved_page_has_the_answers_just_kept(
    page: TrainingSessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(page, 1)
    items = checklist(page)
    items.fold.click()
    items.fields["3c"].setFocus()
    QTest.keyClicks(items.fields["3c"], "breathed out")
    items.keep.click()
    settle()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine.html"), ""))
    page.report.save.click()
    wait_until(page.done.isVisible)
    assert "breathed out" in (tmp_path / "mine.html").read_text()
    assert checklist(page).all.isVisible()  # what is seen stays as it is


def late(page: TrainingSessions, port: RecordingTraining, monkeypatch: pytest.MonkeyPatch, *, shown: int) -> None:
    """Show one session and click another, whose report does not come yet."""
    choose(page, shown)
    monkeypatch.setattr(port, "report", lambda _number: Future())
    page.list.setCurrentRow(1 - page.list.currentRow())
    settle()
    assert page.number != shown


def test_what_is_done_is_done_to_the_session_that_is_seen(
    page: TrainingSessions, port: RecordingTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    late(page, port, monkeypatch, shown=1)
    items = checklist(page)
    items.fold.click()
    QTest.keyClicks(items.fields["3c"], "breathed out")
    items.keep.click()
    page.report.forget.click()
    page.report.question.yes.click()
    settle()
    assert port.asked("answer") == [("answer", 1, {"3c": "breathed out"})]
    assert port.asked("forget") == [("forget", 1)]


def test_what_is_asked_of_a_blind_session_is_asked_of_the_one_that_is_seen(
    page: TrainingSessions, port: RecordingTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    late(page, port, monkeypatch, shown=2)
    frame = blind(page)
    frame.guesses["a replay"].click()
    frame.tell.click()
    frame.question.yes.click()
    settle()
    acts = [call for call in port.calls if call[0] in {"answer", "unblind"}]
    assert acts == [("answer", 2, {"guess": "a replay"}), ("unblind", 2)]


def test_what_went_wrong_is_said(page: TrainingSessions, port: RecordingTraining) -> None:
    port.failing = VaultError("Training 1 is damaged. Forget it; the others are not.")
    page.renew(1)
    wait_until(lambda: page.problem.text().startswith("Training 1 is damaged"))
    assert page.problem.isVisible()


def test_a_session_that_cannot_be_shown_can_be_forgotten_and_no_other_is_shown_for_it(
    page: TrainingSessions, port: RecordingTraining
) -> None:
    choose(page, 1)
    port.failing = VaultError("Training 2 is damaged. Forget it; the others are not.")
    page.list.setCurrentRow(1 - page.list.currentRow())
    wait_until(lambda: BROKEN in said(page))
    assert page.report.report is None
    assert page.report.save.isHidden()
    page.report.forget.click()
    page.report.question.yes.click()
    settle()
    assert port.asked("forget") == [("forget", 2)]


def test_without_sessions_it_says_so_and_after_forgetting_nothing_is_shown(
    page: TrainingSessions, port: RecordingTraining
) -> None:
    page.let_go()
    assert page.list.count() == 0
    assert page.report.report is None
    assert "Calm up" not in said(page)
    port.kept = {}
    page.renew()
    wait_until(lambda: EMPTY in said(page))


def test_an_answer_that_comes_after_it_was_let_go_of_is_not_shown(page: TrainingSessions) -> None:
    page.renew(1)
    page.let_go()  # the port has answered, and the window not yet heard
    settle()
    assert page.report.report is None


def test_progress_over_weeks_is_told_and_drawn_with_its_interval(page: TrainingSessions, qt: QApplication) -> None:
    wait_until(lambda: bool(page.trend.text()))
    assert page.trend.text() == "Calm up, over weeks. 5 sessions: +0.10 spreads a week."
    drawing = page.progress
    assert "Week 2: 3 sessions, +0.30 (+0.10 to +0.50)" in drawing.accessibleDescription()
    assert "Week 1: 2 sessions, too little to tell" in drawing.accessibleDescription()

    def colours() -> set[str]:
        image = drawing.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}

    assert {theme.LIGHT.text, theme.LIGHT.focus} <= colours()
    theme.apply(qt, theme.DARK)
    try:
        settle()
        assert {theme.DARK.text, theme.DARK.focus} <= colours()
    finally:
        theme.apply(qt, theme.LIGHT)


def test_plots_take_the_colour_of_the_text_around_them(page: TrainingSessions, qt: QApplication) -> None:
    choose(page, 1)
    plot = page.report.plots[0]

    def darkest() -> int:
        image = plot.grab().toImage()
        return min(image.pixelColor(x, y).value() for x in range(0, image.width(), 2) for y in range(image.height()))

    def lightest() -> int:
        image = plot.grab().toImage()
        return max(image.pixelColor(x, y).value() for x in range(0, image.width(), 2) for y in range(image.height()))

    assert darkest() < 80
    theme.apply(qt, theme.DARK)
    try:
        settle()
        assert lightest() > 200
    finally:
        theme.apply(qt, theme.LIGHT)


def test_one_session_alone_is_drawn_too(qt: QApplication) -> None:
    del qt
    drawing = TrainingProgress()
    drawing.resize(280, 168)
    whole = progress()
    drawing.show_progress(None)
    assert drawing.isHidden()
    drawing.show_progress(type(whole)("calm", whole.points[:1], (), None, None, 0, "1 session.", ""))
    assert not drawing.isHidden()
    assert drawing.grab().width() == 280
