"""What one part, EEG or behaviour, says of focus: in words, and as a mark between rest and work."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui import theme


class FocusPart(QWidget):
    """A name, what it says, and a mark on a line; a hollow one where it says nothing."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.words, self.mark = QLabel(name), QLabel(), _Mark()
        self.name.setFont(theme.font(self.font(), "strong"))
        self.words.setFont(theme.font(self.font(), "body"))
        self.words.setProperty("look", "soft")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        column, top = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        top.addWidget(self.name)
        top.addWidget(self.mark, 1)
        column.addLayout(top)
        column.addWidget(self.words)
        column.addStretch()

    def show_part(self, probability: float | None, words: str, figure: str, *, frozen: bool = False) -> None:
        """Show this; ``frozen`` where it says nothing of just now."""
        self.words.setText(words[:1].upper() + words[1:])
        self.mark.show_probability(probability, frozen=frozen)
        self.setToolTip(figure)
        self.setAccessibleName(f"{self.name.text()} {words}")


class _Mark(QWidget):
    """A line from no to yes, with a mark where the part stands."""

    def __init__(self) -> None:
        super().__init__()
        self._probability: float | None = None
        self._frozen = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_probability(self, probability: float | None, *, frozen: bool) -> None:
        """Show this, from 0 to 1; None where nothing is known."""
        if (probability, frozen) != (self._probability, self._frozen):
            self._probability, self._frozen = probability, frozen
            self.update()

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(40 * theme.GRID, 4 * theme.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw the line, its middle and the mark."""
        colours, painter = theme.of(self.palette()), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius, middle = 1.5 * theme.GRID, self.height() / 2
        line = QRectF(radius + 1, middle, self.width() - 2 * radius - 2, 0)
        painter.setPen(QPen(QColor(colours.soft), 1))
        painter.drawLine(line.topLeft(), line.topRight())
        painter.drawLine(QPointF(line.center().x(), middle - theme.GRID), QPointF(line.center().x(), middle + 4))
        if self._probability is not None:
            hollow = self._frozen
            painter.setPen(QPen(QColor(colours.soft if hollow else colours.text), 1.5))
            painter.setBrush(QColor(colours.surface if hollow else colours.text))
            painter.drawEllipse(QPointF(line.left() + self._probability * line.width(), middle), radius, radius)
        painter.end()
