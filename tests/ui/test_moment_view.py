from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from recording_engine import NOW, RecordingEngine, moment, png

from index.types import Moment, VaultError
from ui.recall.moment_view import MomentView

BESIDE = QRect(380, 0, 420, 800)
PARENT: list[QWidget] = []


@pytest.fixture(autouse=True)
def sidebar_in_its_place(qt: QApplication) -> Iterator[None]:  # noqa: ARG001  windows need it
    PARENT.append(QWidget())
    yield
    PARENT.clear()


def opened(engine: RecordingEngine, shown: Moment, urls: list[str] | None = None, *, opens: bool = True) -> MomentView:
    def open_url(url: QUrl) -> bool:
        (urls if urls is not None else []).append(url.toString())
        return opens

    view = MomentView(parent=PARENT[-1], now=lambda: NOW, open_url=open_url)
    view.set_engine(engine)
    view.open(shown, beside=BESIDE)
    return view


def test_it_shows_what_when_and_the_text(engine: RecordingEngine) -> None:
    view = opened(engine, moment(1, "Rates", text="the words"))
    assert view.heading.text() == "Rates"
    assert view.about.text().startswith("Firefox · ")
    assert view.text.toPlainText() == "the words"
    assert view.text.isReadOnly()


def test_its_text_can_be_selected_and_copied(engine: RecordingEngine) -> None:
    view = opened(engine, moment(1, text="the words"))
    view.text.selectAll()
    view.text.copy()
    assert QApplication.clipboard().text() == "the words"


def test_the_picture_is_described_for_those_who_cannot_see_it(engine: RecordingEngine) -> None:
    engine.pictures[1] = png(64, 40)
    view = opened(engine, moment(1, "Rates"))
    assert view.picture.accessibleName().startswith("Picture of Rates, Firefox · ")
    assert "cannot" not in view.picture.accessibleName()


def test_a_missing_or_broken_picture_is_said(engine: RecordingEngine) -> None:
    assert "has no picture" in opened(engine, moment(1)).picture.accessibleName()
    engine.pictures[1] = b"not an image"
    assert "cannot be read" in opened(engine, moment(1)).picture.accessibleName()


def test_arrows_go_along_time_and_stop_at_the_ends(engine: RecordingEngine) -> None:
    engine.beside = {1: moment(1, "before"), 2: moment(2, "now"), 3: moment(3, "after")}
    view = opened(engine, moment(2, "now"))
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.heading.text() == "before"
    assert (view.before.isEnabled(), view.after.isEnabled()) == (False, True)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.heading.text() == "before"
    view.after.click()
    view.after.click()
    assert view.heading.text() == "after"
    assert (view.before.isEnabled(), view.after.isEnabled()) == (True, False)


def test_a_link_is_opened_only_when_it_is_one_of_the_web(engine: RecordingEngine) -> None:
    urls: list[str] = []
    view = opened(engine, moment(1, url="https://example.org/a"), urls)
    view.link.click()
    assert urls == ["https://example.org/a"]
    for url in ("", "javascript:alert(1)", "file:///etc/passwd", "smb://host/share"):
        assert not opened(engine, moment(1, url=url)).link.isVisible()


def test_a_link_nothing_opens_is_said(engine: RecordingEngine) -> None:
    view = opened(engine, moment(1, url="https://example.org/a"), opens=False)
    view.link.click()
    assert "No program opened https://example.org/a" in view.problem.text()
    assert view.problem.isVisible()


def test_a_vault_that_fails_is_said_and_the_rest_still_shown() -> None:
    class Broken(RecordingEngine):
        def neighbour(self, moment_id: int, step: int) -> Moment | None:
            raise VaultError(f"Moment {moment_id} has no neighbour at {step}: plug the disk in.")

    view = opened(Broken(), moment(1, "Rates"))
    assert "plug the disk in" in view.problem.text()
    assert view.heading.text() == "Rates"
    assert not view.before.isEnabled()


def test_escape_closes_it(engine: RecordingEngine) -> None:
    view = opened(engine, moment(1))
    closed: list[bool] = []
    view.closed.connect(lambda: closed.append(True))
    QTest.keyClick(view.text, Qt.Key.Key_Escape)
    assert not view.isVisible()
    assert closed == [True]


def test_a_title_that_looks_like_markup_is_shown_as_it_is(engine: RecordingEngine) -> None:
    view = opened(engine, moment(1, "<b>bold</b>"))
    assert view.heading.text() == "<b>bold</b>"
    assert view.heading.textFormat() == Qt.TextFormat.PlainText
