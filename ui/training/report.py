"""What a session came to: sentences, figures, plots, the checklist, and what was shown once it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ui import theme
from ui.settings.sources import sentence
from ui.training.asking import TrainingQuestion
from ui.training.blind import NOTED, TrainingBlind
from ui.training.blocks import WHAT, TrainingBlocks
from ui.training.checklist import TrainingChecklist
from ui.training.plot import TrainingPlot

if TYPE_CHECKING:
    from companion.feedback.reported import Report

FORGET = "Forget this session for good? Its figures and its series go; the EEG that was recorded stays."
BROKEN = "This session cannot be shown."
OPEN = "HTML with plots and checklist. It is not encrypted: whoever can read it reads how you trained."
GUESS = "guess"  # among the answers: what the person thinks was shown
PLOTS = {"shown": "What was shown over the session", "measured": "What was measured over the session"}


class TrainingReport(QScrollArea):
    """Shows one `Report`; nothing in it is asked of the program twice."""

    unblind_wanted = Signal(str)
    """The guess."""
    answered = Signal(object)
    """A dict of answers by item."""
    forget_wanted = Signal()
    save_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName("Report of a session")
        self.report: Report | None = None
        self.number: int | None = None  # of the session that is seen
        self.blind: TrainingBlind | None = None
        self.checklist: TrainingChecklist | None = None
        self.plots: tuple[TrainingPlot, ...] = ()
        self.forget, self.save = QPushButton(), QPushButton()
        self.question = TrainingQuestion()
        self.say("")

    def say(self, words: str) -> None:
        """Show words and no report."""
        self._empty(None)
        self._show([sentence(words, base=self)])

    def show_none(self, number: int) -> None:
        """Show that a session has no report that could be made; it can be forgotten."""
        self._empty(number)
        end = self._end()
        self.save.hide()
        self._show([sentence(BROKEN, base=self), end])

    def show_report(self, report: Report) -> None:
        """Show this."""
        self.report, self.number = report, report.training.id
        sealed = report.training.sealed
        self.blind = TrainingBlind(str(report.training.facts["seal"])) if sealed else None
        self.checklist = TrainingChecklist(report.items)
        self.plots = tuple(TrainingPlot(PLOTS[name], svg) for name, svg in report.pictures.items())
        parts: list[QWidget] = [sentence(text, look="", base=self) for text in self._sentences(report)]
        if self.blind is not None:
            self.blind.told.connect(self.unblind_wanted)
            parts.append(self.blind)
        parts += [TrainingBlocks(report.blocks, sealed=sealed), sentence(WHAT, base=self), *self.plots]
        parts += [self.checklist, self._end()]
        self.checklist.answered.connect(self.answered)
        self._show(parts)

    def _empty(self, number: int | None) -> None:
        self.report = self.blind = self.checklist = None
        self.number, self.plots = number, ()

    def _sentences(self, report: Report) -> list[str]:
        """Return the report's own sentences; that they say nothing about health stands there in any case."""
        from companion.feedback.report import NO_CLAIM  # whoever made the report has loaded it

        said = [one for one in report.sentences if one != NO_CLAIM]
        guess = report.training.answers.get(GUESS, "")
        if guess and not report.training.sealed:
            said.append(NOTED.format(guess, report.training.facts["seal"]))
        return [*said, NO_CLAIM]

    def _end(self) -> QWidget:
        """Return what can be done with all of it."""
        self.forget, self.save = QPushButton("Forget this session…"), QPushButton("Save as a page…")
        self.question = TrainingQuestion()
        for button in (self.forget, self.save):
            button.setAutoDefault(False)
        self.save.setToolTip(OPEN)
        self.save.setAccessibleDescription(OPEN)
        self.forget.clicked.connect(self._ask)
        self.save.clicked.connect(self.save_wanted)
        end = QWidget()
        column, row = QVBoxLayout(end), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        row.addStretch()
        row.addWidget(self.save)
        row.addWidget(self.forget)
        column.addLayout(row)
        column.addWidget(self.question)
        return end

    def _ask(self) -> None:
        self.question.ask(FORGET, yes="Forget it", no="Keep it", on_yes=self.forget_wanted.emit)

    def _show(self, parts: list[QWidget]) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 3 * theme.GRID, 0)
        column.setSpacing(3 * theme.GRID)
        for part in parts:
            column.addWidget(part)
        column.addStretch()
        self.setWidget(page)  # the one before is deleted
