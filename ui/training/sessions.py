"""Past sessions: which there were, how their protocol went over weeks, and what one of them came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from companion.feedback import comparable, protocols
from ui import failures, theme
from ui.bridge import Bridge, in_background
from ui.settings.sources import sentence
from ui.training import words as training_words
from ui.training.progress import TrainingProgress
from ui.training.report import GUESS, TrainingReport

if TYPE_CHECKING:
    from companion.feedback.port import TrainingPort
    from companion.feedback.progress import Progress
    from companion.feedback.reported import Report
    from index.trainings import Training

Result = TypeVar("Result")
EMPTY = "No session yet. What you train is kept here, with its figures and how sure they are."
PAGES = "Pages (*.html)"
WRITTEN = "{} is written. It is not encrypted: whoever can read it reads how you trained."
OPEN_MS = 500
_MOST_LOOKS = 20  # at a session that is still being stored


class TrainingSessions(QWidget):
    """Asks when it is shown, and after each change.

    Parameters
    ----------
    now
        UTC seconds.

    """

    def __init__(self, *, bridge: Bridge, port: Callable[[], TrainingPort | None], now: Callable[[], float]) -> None:
        super().__init__()
        self._bridge, self._port, self._now = bridge, port, now
        self._sessions: tuple[Training, ...] = ()
        self._wanted: int | None = None
        self._asked = 0  # what comes of older questions is dropped
        self._era = 0  # what was asked before all was let go of is dropped
        self._looks = 0
        self.list, self.progress, self.report = QListWidget(), TrainingProgress(), TrainingReport()
        self.trend = sentence("", base=self)
        self.problem, self.done = sentence("", look="problem", base=self), sentence("", look="caution", base=self)
        self._lay_out()
        self._connect()

    @property
    def number(self) -> int | None:
        """The number of the session that is chosen."""
        at = self.list.currentRow()
        return self._sessions[at].id if 0 <= at < len(self._sessions) else None

    def renew(self, number: int | None = None) -> None:
        """Ask which there are; choose one of them, or the one that was chosen before."""
        port = self._port()
        if port is None:
            return
        if number is not None:
            self._wanted = number
        self._follow(port.sessions(), self._show)

    def let_go(self) -> None:
        """Show nothing any more."""
        self._era += 1
        self._sessions = ()
        self.list.clear()
        self._show_nothing("")

    def showEvent(self, event: QShowEvent) -> None:
        """Ask anew."""
        super().showEvent(event)
        self._looks = 0
        self.renew()

    def _show(self, sessions: tuple[Training, ...]) -> None:
        self.complain("")
        now = self._now()
        self._sessions = sessions
        self.list.blockSignals(True)
        self.list.clear()
        for one in sessions:
            title = protocols.named(one.protocol).title
            self.list.addItem(QListWidgetItem(training_words.session(one, title, now)))
        numbers = [one.id for one in sessions]
        self.list.setCurrentRow(numbers.index(self._wanted) if self._wanted in numbers else 0)
        self.list.blockSignals(False)
        if sessions:
            self._ask()
        else:
            self._show_nothing(EMPTY)

    def _choose(self) -> None:
        self._wanted = self.number
        self.say("")
        self._ask()

    def _show_nothing(self, words: str) -> None:
        self.report.say(words)
        self.progress.show_progress(None)
        self.trend.setText("")

    def _ask(self) -> None:
        """Ask for what the chosen session came to, and for its protocol's progress."""
        port, number = self._port(), self.number
        if port is None or number is None:
            return
        self._asked += 1
        asked = self._asked
        kind = comparable.kind(self._sessions[self.list.currentRow()])
        self._follow(
            port.report(number),
            lambda report: self._show_report(report, asked),
            lambda: self._show_none(number, asked),
        )
        self._follow(port.progress(kind), lambda progress: self._show_progress(progress, asked))

    def _show_report(self, report: Report, asked: int) -> None:
        if asked != self._asked:
            return
        self.report.show_report(report)
        port = self._port()
        if report.training.open and port is not None and not port.running and self._looks < _MOST_LOOKS:
            self._looks += 1
            QTimer.singleShot(OPEN_MS, self, self.renew)  # its end is still being stored

    def _show_none(self, number: int, asked: int) -> None:
        """Show no other session's report in its place: what is done is done to the one that is seen."""
        if asked == self._asked:
            self.report.show_none(number)

    def _show_progress(self, progress: Progress, asked: int) -> None:
        if asked != self._asked:
            return
        self.progress.show_progress(progress)
        title = protocols.named(progress.protocol).title
        told = " ".join(filter(None, (progress.sentence, training_words.against_sham(progress))))
        self.trend.setText(f"{title}, over weeks. {told}")

    def _unblind(self, guess: str) -> None:
        """Note the guess first, then ask what was shown."""
        port, number = self._port(), self.report.number
        if port is None or number is None:
            return
        self._follow(
            port.answer(number, {GUESS: guess}), lambda _none: self._follow(port.unblind(number), self._renewed)
        )

    def _answer(self, answers: Mapping[str, str]) -> None:
        port, number = self._port(), self.report.number
        if port is not None and number is not None:
            self._follow(port.answer(number, answers), lambda _none: None)

    def _forget(self) -> None:
        port, number = self._port(), self.report.number
        if port is not None and number is not None:
            self._follow(port.forget(number), self._renewed)

    def _save(self) -> None:
        """Ask for the report anew and write it: what was answered since is in it."""
        port, number = self._port(), self.report.number
        if port is None or number is None:
            return
        path, _ = QFileDialog.getSaveFileName(self, "Save as a page", f"training-{number}.html", PAGES)
        if path:
            self._follow(port.report(number), lambda report: self._write(Path(path), report))

    def _write(self, path: Path, report: Report) -> None:
        self._follow(in_background(lambda: _write(path, report), name="save a report"), self.say)

    def _renewed(self, _result: object) -> None:
        self.renew()

    def _follow(
        self, asked: Future[Result], use: Callable[[Result], None], failed: Callable[[], None] = lambda: None
    ) -> None:
        era = self._era

        def done(finished: Future[Result]) -> None:
            if finished.cancelled() or era != self._era:
                return
            error = finished.exception()
            if error is not None:
                self.complain(failures.sentence(error))
                failed()
            else:
                use(finished.result())

        self._bridge.follow(asked, done)

    def say(self, said: str) -> None:
        """Say what was done."""
        self.done.setText(said)
        self.done.setVisible(bool(said))

    def complain(self, said: str) -> None:
        """Say what did not work."""
        self.problem.setText(said)
        self.problem.setVisible(bool(said))

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._choose)
        self.report.unblind_wanted.connect(self._unblind)
        self.report.answered.connect(self._answer)
        self.report.forget_wanted.connect(self._forget)
        self.report.save_wanted.connect(self._save)

    def _lay_out(self) -> None:
        self.complain("")
        self.say("")
        self.list.setAccessibleName("Sessions, newest first")
        self.list.setWordWrap(True)
        self.list.setSpacing(theme.GRID // 2)
        self.list.setProperty("look", "card")
        sides, left, column = QHBoxLayout(), QVBoxLayout(), QVBoxLayout(self)
        left.setSpacing(2 * theme.GRID)
        left.addWidget(sentence("Sessions", look="", role="strong", base=self))
        left.addWidget(self.list, 1)
        left.addWidget(self.progress)
        left.addWidget(self.trend)
        sides.setSpacing(6 * theme.GRID)
        sides.addLayout(left, 2)
        sides.addWidget(self.report, 5)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.GRID)
        column.addLayout(sides, 1)
        column.addWidget(self.problem)
        column.addWidget(self.done)


def _write(path: Path, report: Report) -> str:
    """Write a report as a page and return what to tell; raises `VaultError`."""
    from companion.feedback import page
    from index.replacing import replace_file

    replace_file(path, page.html(report).encode())
    return WRITTEN.format(path)
