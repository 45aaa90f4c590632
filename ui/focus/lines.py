"""What EEG and behaviour say each by itself, as thin lines beside the curve: how they look, and who wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from ui import theme

if TYPE_CHECKING:
    from companion.deep_work.looking_back import Point

SAMPLE = QSize(7 * theme.GRID, 3 * theme.GRID)
THICK, THIN = 1.8, 1.2


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, the key that switches it, its field of `Point`, its colour and dashes."""

    name: str
    keys: str
    of: str
    colour: str
    style: Qt.PenStyle
    wide: float = THIN

    def pen(self, colours: theme.Colours) -> QPen:
        """Return what it is drawn with."""
        return QPen(QColor(getattr(colours, self.colour)), self.wide, self.style)

    def value(self, point: Point) -> float | None:
        """Return what it says at a point, None where it says nothing."""
        value: float | None = getattr(point, self.of)
        return value


WHOLE = Line("All together", "", "probability", "text", Qt.PenStyle.SolidLine, THICK)
PARTS = (
    Line("What you do", "Ctrl+B", "behaviour", "hands", Qt.PenStyle.DashLine),
    Line("EEG", "Ctrl+E", "eeg", "eeg", Qt.PenStyle.SolidLine),
)


class FocusLines(QWidget):
    """The legend, in which each part is switched on and off."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.whole, self._sample = QLabel(WHOLE.name), QLabel()
        self.switches = {line: _switch(line) for line in PARTS}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        for label in (self._sample, self.whole):
            row.addWidget(label)
        for switch in self.switches.values():
            row.addSpacing(3 * theme.GRID)
            row.addWidget(switch)
            switch.toggled.connect(self.changed)
        self._draw()

    @property
    def wanted(self) -> tuple[Line, ...]:
        """The parts that are switched on."""
        return tuple(line for line, switch in self.switches.items() if switch.isChecked())

    def changeEvent(self, event: QEvent) -> None:
        """Draw the samples anew in other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        colours = theme.of(self.palette())
        self._sample.setPixmap(self._drawn(WHOLE, colours))
        for line, switch in self.switches.items():
            switch.setIcon(QIcon(self._drawn(line, colours)))

    def _drawn(self, line: Line, colours: theme.Colours) -> QPixmap:
        ratio = self.devicePixelRatioF()
        drawn = QPixmap(SAMPLE * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter, middle = QPainter(drawn), SAMPLE.height() / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(line.pen(colours))
        painter.drawLine(QPointF(0, middle), QPointF(SAMPLE.width(), middle))
        painter.end()
        return drawn


def _switch(line: Line) -> QCheckBox:
    switch = QCheckBox(line.name)
    switch.setIconSize(SAMPLE)
    switch.setShortcut(QKeySequence(line.keys))
    switch.setToolTip(f"{line.name} alone, as a line of its own ({line.keys})")
    switch.setAccessibleName(f"{line.name}, as a line of its own")
    return switch
