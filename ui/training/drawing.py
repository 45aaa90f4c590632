"""The scene: a bay at dawn, the sun above its water. What does not change from frame to frame is kept."""

from __future__ import annotations

import math
import random

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QPainter,
    QPen,
    QPolygonF,
)

from ui.theme import SCENE
from ui.training import shapes
from ui.training.look import Look

HORIZON = 0.62  # of the height
SUN_HEIGHT = 0.44
RING = 0.085  # radius of the target, of the shorter side
VEIL = 0.5  # how much of the light a full veil takes
GROUND = 0.5  # likewise what lies under words
_SEED = 7
_STARS, _GLINTS, _WAVES = 60, 26, 46


class Drawing:
    """Draws a `Look` in a rectangle of one size."""

    def __init__(self, size: QSize) -> None:
        self.size = size
        wide, high = float(size.width()), float(size.height())
        self._sky = QRectF(0, 0, wide, HORIZON * high)
        self._water = QRectF(0, HORIZON * high, wide, high - HORIZON * high)
        self._sun = QPointF(wide / 2, SUN_HEIGHT * high)
        self._ring = RING * min(wide, high)
        self._far = shapes.ridge(shapes.FAR, self._sky, 0.13 * high)
        self._near = shapes.ridge(shapes.NEAR, self._sky, 0.2 * high)
        self._glow = shapes.glow(round(6 * self._ring))
        some = random.Random(_SEED)  # noqa: S311  the same bay each time
        self._stars = QPolygonF(
            [QPointF(some.random() * wide, some.random() * 0.75 * self._sky.height()) for _ in range(_STARS)]
        )
        self._glints = [shapes.dash(some, at / (_GLINTS - 1)) for at in range(_GLINTS)]
        self._waves = [shapes.dash(some, (at / (_WAVES - 1)) ** 1.3) for at in range(_WAVES)]

    def draw(self, painter: QPainter, look: Look, font: QFont) -> None:
        """Draw all of it."""
        self._draw_sky(painter, look.light)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_sun(painter, look)
        self._draw_land(painter, look.light)
        self._draw_water(painter, look)
        self._draw_ring(painter, look)
        if look.veil > 0:
            painter.fillRect(QRectF(QPointF(0, 0), self.size.toSizeF()), shapes.faint(SCENE.veil, VEIL * look.veil))
        if look.words:
            self._write(painter, look, font)

    def _draw_sky(self, painter: QPainter, light: float) -> None:
        colours = (SCENE.sky_top, SCENE.sky_middle, SCENE.sky_low)
        painter.fillRect(self._sky, shapes.ground(self._sky, [shapes.between(pair, light) for pair in colours]))
        if light < 1:
            painter.setPen(QPen(shapes.faint(SCENE.star, 0.8 * (1 - light) ** 2), 1.5))
            painter.drawPoints(self._stars)

    def _draw_sun(self, painter: QPainter, look: Look) -> None:
        half = self._glow.width() / 2
        painter.setOpacity(0.15 + 0.75 * look.value)
        painter.drawPixmap(QPointF(self._sun.x() - half, self._sun.y() - half), self._glow)
        painter.setOpacity(1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shapes.between(SCENE.sun, look.light))
        radius = self._ring * size_of_sun(look.value)
        painter.drawEllipse(self._sun, radius, radius)

    def _draw_ring(self, painter: QPainter, look: Look) -> None:
        """Draw the target, which the sun fills when it is reached: then it is wider, too."""
        if look.target <= 0:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        plain = look.target * (0.45 + 0.4 * look.reward)
        painter.setPen(QPen(shapes.faint(SCENE.ring, plain), 1.5 + 2 * look.reward))
        radius = self._ring * (1 + 0.9 * look.reward * max(0.0, look.value - 0.5))
        painter.drawEllipse(self._sun, radius, radius)

    def _draw_land(self, painter: QPainter, light: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for ridge, pair in ((self._far, SCENE.hills_far), (self._near, SCENE.hills_near)):
            painter.setBrush(shapes.between(pair, light))
            painter.drawPath(ridge)

    def _draw_water(self, painter: QPainter, look: Look) -> None:
        colours = [shapes.between(SCENE.water_far, look.light), shapes.between(SCENE.water_near, look.light)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.fillRect(self._water, shapes.ground(self._water, colours))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rough = 1 - look.value
        painter.setBrush(shapes.faint(shapes.between(SCENE.wave, look.light).name(), 0.3 * rough))
        for wave in self._waves:
            self._draw_dash(painter, wave, wave.across * self.size.width(), look.time, rough)
        painter.setBrush(shapes.faint(shapes.between(SCENE.sun, look.light).name(), 0.2 + 0.5 * look.value))
        for glint in self._glints:
            strays = (glint.across - 0.5) * rough * self.size.width() * 0.35
            self._draw_dash(painter, glint, self._sun.x() + strays, look.time, rough, wider=1 + look.value)

    def _draw_dash(
        self, painter: QPainter, dash: shapes.Dash, x: float, time: float, rough: float, *, wider: float = 1.0
    ) -> None:
        """Draw one light; near ones are larger, and on rough water they sway."""
        swing = math.sin(dash.speed * time + dash.phase)
        near = 0.25 + dash.depth
        wide = dash.width * near * wider * self._ring * (1 - 0.3 * rough * swing)
        high = max(1.5, 0.035 * near * self._ring * 2)
        y = self._water.top() + (0.03 + 0.94 * dash.depth) * self._water.height() + 5 * rough * near * swing
        sway = 14 * rough * near * math.cos(dash.speed * time * 0.7 + dash.phase)
        painter.drawRoundedRect(QRectF(x - wide / 2 + sway, y, wide, high), high / 2, high / 2)

    def _write(self, painter: QPainter, look: Look, font: QFont) -> None:
        """Write on a darker ground, so that it can be read on bright water too."""
        painter.setFont(font)
        room = self._water.adjusted(0.15 * self.size.width(), 0, -0.15 * self.size.width(), 0)
        how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        side = painter.fontMetrics().height()
        words = QRectF(painter.fontMetrics().boundingRect(room.toRect(), how, look.words))
        ground = words.adjusted(-side, -0.6 * side, side, 0.6 * side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shapes.faint(SCENE.veil, GROUND * look.told))
        painter.drawRoundedRect(ground, side, side)
        painter.setPen(shapes.faint(SCENE.ink, look.told))
        painter.drawText(room, how, look.words)


def size_of_sun(value: float) -> float:
    """Return the sun's radius against that of the ring: as large where the target is reached."""
    return 0.45 + 1.1 * value
