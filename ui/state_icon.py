"""What the program is doing as one sign, told apart by shape as well as by colour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from companion.status import Activity
from ui import theme

SIZES = (16, 22, 24, 32, 48, 64, 128)
_UNIT = 32.0
_CENTRE = QPointF(16, 16)


def state_icon(activity: Activity | None, *, deep: bool = False) -> QIcon:
    """Return the sign of ``activity`` in every size a panel may ask for; None = not started yet."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(sign(activity, size, deep=deep))
    return icon


def sign(activity: Activity | None, size: int, ratio: float = 1.0, *, deep: bool = False) -> QPixmap:
    """Paint the sign on a transparent square of ``size`` logical pixels; ``deep`` adds that of deep focus."""
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size * ratio / _UNIT, size * ratio / _UNIT)
    _SIGNS[activity](painter)
    if deep:
        _deep_focus(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _deep_focus(painter: QPainter) -> None:
    """Set a diamond into the lower right corner, with room around it: what is recorded stays to be seen."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.drawPolygon(_diamond(9))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(QColor(theme.TRAY.focus))
    painter.drawPolygon(_diamond(6.5))


def _diamond(radius: float) -> QPolygonF:
    x, y = 25.5, 25.5
    corners = ((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y))
    return QPolygonF([QPointF(*corner) for corner in corners])


def _ring(painter: QPainter, colour: str, start: int = 0, span: int = 360) -> None:
    """Draw an arc; degrees, counter-clockwise from three o'clock."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawArc(QRectF(4, 4, 24, 24), start * 16, span * 16)


def _dot(painter: QPainter, colour: str, radius: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(_CENTRE, radius, radius)


def _recording(painter: QPainter) -> None:
    """Draw a ring around a full dot."""
    _ring(painter, theme.TRAY.accent)
    _dot(painter, theme.TRAY.accent, 6.5)


def _no_headset(painter: QPainter) -> None:
    """Draw the ring open and struck through at the top right: half of what could be recorded is missing."""
    _ring(painter, theme.TRAY.accent, 75, 300)
    _dot(painter, theme.TRAY.accent, 5)
    painter.setPen(QPen(QColor(theme.TRAY.accent), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(22, 10), QPointF(29, 3))


def _paused(painter: QPainter) -> None:
    """Draw two bars."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.TRAY.grey))
    for left in (6, 18):
        painter.drawRoundedRect(QRectF(left, 4, 8, 24), 2, 2)


def _locked(painter: QPainter) -> None:
    """Draw a padlock with the dot of recording as its keyhole: it goes on, and nobody can look."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.TRAY.accent), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    shackle = QPainterPath(QPointF(9, 16))
    shackle.lineTo(9, 11)
    shackle.arcTo(QRectF(9, 4, 14, 14), 180, -180)
    shackle.lineTo(23, 16)
    painter.drawPath(shackle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.TRAY.accent))
    painter.drawRoundedRect(QRectF(4, 14, 24, 16), 3, 3)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.drawEllipse(QPointF(16, 22), 3.6, 3.6)


def _filtering(painter: QPainter) -> None:
    """Draw an empty ring with a bar across: something is kept out."""
    _ring(painter, theme.TRAY.amber)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.TRAY.amber))
    painter.drawRect(QRectF(9, 14, 14, 4))


def _error(painter: QPainter) -> None:
    """Draw a triangle with an exclamation mark cut out of it."""
    painter.setBrush(QColor(theme.TRAY.red))
    painter.setPen(
        QPen(QColor(theme.TRAY.red), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.drawPolygon(QPolygonF([QPointF(16, 4.5), QPointF(29, 27), QPointF(3, 27)]))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(QRectF(14.2, 11, 3.6, 9), 1, 1)
    painter.drawEllipse(QPointF(16, 23.5), 2.1, 2.1)


def _starting(painter: QPainter) -> None:
    """Draw three dots."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.TRAY.grey))
    for centre in (6, 16, 26):
        painter.drawEllipse(QPointF(centre, 16), 3.6, 3.6)


_SIGNS: dict[Activity | None, Callable[[QPainter], None]] = {
    None: _starting,
    Activity.RECORDING: _recording,
    Activity.NO_HEADSET: _no_headset,
    Activity.PAUSED: _paused,
    Activity.LOCKED: _locked,
    Activity.FILTERING: _filtering,
    Activity.ERROR: _error,
}
