"""The recovery code, shown once."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from ui import theme
from ui.switch import Switch

WHY = (
    "It opens your memory when the passphrase or this machine's keyring is lost. Write it down on paper and keep it "
    "off this machine. It is shown only now, and it is stored nowhere."
)
NOT_YET = "Write the code down and say so first: it is not shown again."
SECRET = "x-kde-passwordManagerHint"  # noqa: S105  how clipboard histories are told not to keep it


class RecoveryWindow(QDialog):
    """Stays until the person says that the code is written down."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.setWindowTitle("Companion: recovery code")
        self.code = QLabel(_in_two_lines(code))
        self.copy = QPushButton("Copy")
        self.written = Switch("I have written it down", words=("Not yet", "Yes"))
        self.onward = QPushButton("Done")
        self.problem = QLabel(NOT_YET)
        self._lay_out()
        self.copy.clicked.connect(lambda: _copy(code))
        self.written.toggled.connect(self._said)
        self.onward.clicked.connect(self.accept)

    def appear(self) -> None:
        """Open in front."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def done(self, result: int) -> None:
        """Close once the person said so, whichever way it is asked to; the code is then nowhere any more."""
        if not self.written.isChecked():
            self.problem.show()
            return
        self.code.clear()
        super().done(result)
        self.deleteLater()

    def _said(self, written: bool) -> None:
        self.onward.setEnabled(written)
        self.problem.setVisible(not written)

    def _lay_out(self) -> None:
        heading, why = QLabel("Recovery code"), QLabel(WHY)
        heading.setFont(theme.font(self.font(), "title"))
        why.setProperty("look", "soft")
        self.problem.setProperty("look", "problem")
        self.problem.hide()
        for label in (why, self.problem):
            label.setWordWrap(True)
        self.onward.setProperty("look", "main")
        self.onward.setEnabled(False)
        self.copy.setAutoDefault(False)
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(*(4 * (6 * theme.GRID,)))
        column.setSpacing(3 * theme.GRID)
        for part in (heading, why, self._card(), self.written, self.problem):
            column.addWidget(part)
        column.addStretch()
        row.addStretch()
        row.addWidget(self.copy)
        row.addWidget(self.onward)
        column.addLayout(row)
        self.setFixedWidth(110 * theme.GRID)

    def _card(self) -> QFrame:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.code.setFont(theme.font(font, "title"))
        self.code.setTextFormat(Qt.TextFormat.PlainText)
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        frame = QFrame()
        frame.setProperty("look", "card")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(*(4 * (4 * theme.GRID,)))
        inner.addWidget(self.code)
        return frame


def _in_two_lines(code: str) -> str:
    """Return the groups of a code on two lines, so that they can be read out and copied by hand."""
    groups = code.split("-")
    half = (len(groups) + 1) // 2
    return "-".join(groups[:half]) + "\n" + "-".join(groups[half:]) if len(groups) > 1 else code


def _copy(code: str) -> None:
    data = QMimeData()
    data.setText(code)
    data.setData(SECRET, b"secret")
    QGuiApplication.clipboard().setMimeData(data)
