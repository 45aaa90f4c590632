"""The list of notifications, walked with the arrow keys; what each is worth is said with one key or click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from ui import theme
from ui.digest.buttons import button_at
from ui.digest.lines import Kind, Line
from ui.digest.model import DigestModel
from ui.digest.row import DigestRow

AT_ONCE = 100  # rows that are laid out before the window is answered again
HINT = "Enter: open again. I: important. N: not important."
_SAYS = {Qt.Key.Key_I.value: True, Qt.Key.Key_N.value: False}


class DigestList(QListView):
    """Says which notification is opened, and which one is called important or not."""

    opened = Signal(int)
    judged = Signal(int, bool)

    def __init__(self, name: str, *, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self.lines = DigestModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(DigestRow(self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(AT_ONCE)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(name)
        self.setAccessibleDescription(HINT)
        self.doubleClicked.connect(self._open)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; what is chosen stays so, and nothing moves, where it is still there."""
        at, scrolled = self.currentIndex(), self.verticalScrollBar().value()
        number = self.lines.line(at.row()).number if at.isValid() else 0
        self.lines.show(lines)
        row = self.lines.row_of(number)
        if row >= 0 and not self.currentIndex().isValid():
            self.setCurrentIndex(self.lines.index(row))
            self.verticalScrollBar().setValue(scrolled)

    def enter(self) -> None:
        """Take the focus, with a notification chosen."""
        if not self.currentIndex().isValid():
            self._choose_first()
        self.setFocus(Qt.FocusReason.TabFocusReason)

    def minimumSizeHint(self) -> QSize:
        """Return room for a few rows."""
        return QSize(80 * theme.GRID, 40 * theme.GRID)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open at Enter, judge at I and N; Escape is for the window."""
        key, index = event.key(), self.currentIndex()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(index)
        elif key in _SAYS and index.isValid() and self.lines.line(index.row()).kind is Kind.NOTICE:
            self.judged.emit(self.lines.line(index.row()).number, _SAYS[key])
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Judge where a button of a row is clicked."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        if not index.isValid() or self.lines.line(index.row()).kind is not Kind.NOTICE:
            return
        important = button_at(place, self.visualRect(index), self.font())
        if important is not None:
            self.judged.emit(self.lines.line(index.row()).number, important)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines, or why there are none."""
        super().paintEvent(event)
        if self.lines.rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setFont(theme.font(self.font(), "body"))
        painter.setPen(QColor(theme.of(self.palette()).soft))
        room = self.viewport().rect().adjusted(*(2 * (3 * theme.GRID,)), *(2 * (-3 * theme.GRID,)))
        painter.drawText(room, Qt.TextFlag.TextWordWrap, self._empty)
        painter.end()

    def _open(self, index: QModelIndex) -> None:
        if index.isValid() and self.lines.line(index.row()).held:
            self.opened.emit(self.lines.line(index.row()).number)

    def _choose_first(self) -> None:
        rows = range(self.lines.rowCount())
        first = next((row for row in rows if self.lines.line(row).kind is Kind.NOTICE), None)
        if first is not None:
            self.setCurrentIndex(self.lines.index(first))
