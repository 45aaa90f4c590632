"""The list of hits, walked with the arrow keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from ui.recall.hit_row import HitRow
from ui.recall.hits import HitModel


class HitList(QListView):
    """Says which row is opened, and when the arrows leave it upwards."""

    opened = Signal(int)
    left = Signal()

    def __init__(self, now: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hits = HitModel(now, self)
        self.setModel(self.hits)
        self.setItemDelegate(HitRow(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("Moments, best first")
        self.clicked.connect(self._clicked)

    def row(self) -> int:
        """Return the chosen row, -1 when none is."""
        return self.currentIndex().row()

    def enter(self) -> None:
        """Take the focus, with a row chosen."""
        if self.hits.rowCount() == 0:
            return
        if self.row() < 0:
            self.setCurrentIndex(self.hits.index(0))
        self.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open at Enter, leave upwards from the first row; Escape is for the window."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.row() >= 0:
            self.opened.emit(self.row())
        elif key == Qt.Key.Key_Up and self.row() <= 0:
            self.left.emit()
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())
