"""The scene on the screen: follows snapshots, a frame at a time."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from companion.feedback.types import Snapshot
from ui import theme
from ui.progress_line import less_motion
from ui.training.drawing import Drawing
from ui.training.look import Look, Looking

NAME = "A bay at dawn"
HOW = "It grows light, the sun fills its ring and the water lies still as what you train rises."


class TrainingScene(QWidget):
    """Paints a `Look`; takes the keyboard, so that Space does what the page has it do."""

    def __init__(self) -> None:
        super().__init__()
        self._looking = Looking(calm=less_motion())
        self._drawing: Drawing | None = None
        self._font = theme.font(self.font(), "title")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(NAME)
        self.setAccessibleDescription(HOW)

    @property
    def look(self) -> Look:
        """What is shown."""
        return self._looking.look

    def begin(self) -> None:
        """Begin anew, with the motion that the desktop asks for now."""
        self._looking = Looking(calm=less_motion())
        self.update()

    def follow(self, snapshot: Snapshot, passed: float) -> None:
        """Go on for ``passed`` seconds towards a snapshot."""
        before = self._looking.look
        after = self._looking.follow(snapshot, passed)
        if after != before:
            self.update()
        if after.words != before.words:
            self.setAccessibleDescription(after.words or HOW)

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(225 * theme.GRID, 130 * theme.GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be seen."""
        return QSize(100 * theme.GRID, 60 * theme.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw it."""
        if self._drawing is None or self._drawing.size != self.size():
            self._drawing = Drawing(self.size())
        painter = QPainter(self)
        self._drawing.draw(painter, self._looking.look, self._font)
        painter.end()
