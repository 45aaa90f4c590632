"""The picture of a calibration: an eye that is open or closed, and a ring that fills."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.focus.calibration_acts import Act

ACROSS = 44 * theme.GRID
WIDE = 1.5 * theme.GRID
TURN = 16  # Qt counts sixteenths of a degree
NUMBERS = "1000  993  986"
_CLOSED = frozenset({Act.REST, Act.COUNT})
_LASHES = (-0.6, -0.2, 0.2, 0.6)


class CalibrationPicture(QWidget):
    """Shows one act, and how much of the whole is done."""

    def __init__(self) -> None:
        super().__init__()
        self.act, self.share = Act.BEFORE, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_act(self, act: Act, share: float) -> None:
        """Show this; ``share`` is 0 to 1."""
        if (act, share) != (self.act, self.share):
            self.act, self.share = act, share
            self.setAccessibleName(f"{act.value}, {share:.0%} done")
            self.update()

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(ACROSS, ACROSS)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw the ring, and what is in it."""
        colours, painter = theme.of(self.palette()), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(0, 0, ACROSS - 2 * WIDE, ACROSS - 2 * WIDE)
        ring.moveCenter(QRectF(self.rect()).center())
        if self.act in _CLOSED:  # seen through closed lids as well
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected))
            painter.drawEllipse(ring)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.line), WIDE))
        painter.drawEllipse(ring)
        painter.setPen(QPen(QColor(colours.text), WIDE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, 90 * TURN, -round(360 * TURN * self.share))
        painter.setPen(QPen(QColor(colours.text), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        self._inside(painter, ring)
        painter.end()

    def _inside(self, painter: QPainter, ring: QRectF) -> None:
        middle, reach = ring.center(), ring.width() * 0.28
        if self.act is Act.DONE:
            tick = ((-0.8, 0.0), (-0.2, 0.6), (0.9, -0.6))
            painter.drawPolyline([middle + QPointF(x * reach, y * reach) for x, y in tick])
        elif self.act is Act.FAILED:
            painter.drawLine(middle + QPointF(0, -reach), middle + QPointF(0, 0.3 * reach))
            painter.setBrush(painter.pen().color())
            painter.drawEllipse(middle + QPointF(0, 0.8 * reach), 1.5, 1.5)
        else:
            _eye(painter, middle, reach, closed=self.act in _CLOSED)
        if self.act is Act.COUNT:
            painter.setFont(theme.font(self.font(), "strong"))
            below = QRectF(ring.left(), middle.y() + 0.55 * reach, ring.width(), reach)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, NUMBERS)


def _eye(painter: QPainter, middle: QPointF, reach: float, *, closed: bool) -> None:
    left, right = middle - QPointF(reach, 0), middle + QPointF(reach, 0)
    lid = QPainterPath(left)
    lid.quadTo(middle + QPointF(0, 0.9 * reach), right)
    if not closed:
        lid.quadTo(middle - QPointF(0, 0.9 * reach), left)
        painter.drawEllipse(middle, 0.28 * reach, 0.28 * reach)
    painter.drawPath(lid)
    if closed:
        for at in _LASHES:
            root = middle + QPointF(at * reach, 0.45 * reach * (1 - at * at))
            painter.drawLine(root, root + QPointF(0.18 * at * reach, 0.25 * reach))
