"""Shapes and colours that the scene is made of."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPixmap, QRadialGradient

from ui.theme import SCENE

Points = tuple[tuple[float, float], ...]
FAR: Points = (
    (0.0, 0.2),
    (0.12, 0.5),
    (0.22, 0.35),
    (0.35, 0.85),
    (0.47, 0.3),
    (0.6, 0.55),
    (0.74, 1.0),
    (0.87, 0.4),
    (1.0, 0.6),
)
NEAR: Points = (
    (0.0, 1.0),
    (0.1, 0.75),
    (0.2, 0.4),
    (0.3, 0.1),
    (0.42, 0.0),
    (0.62, 0.0),
    (0.75, 0.2),
    (0.88, 0.55),
    (1.0, 0.8),
)


@dataclass(frozen=True, slots=True)
class Dash:
    """A short light on the water: where, how wide, and how it moves."""

    across: float
    depth: float
    width: float
    speed: float
    phase: float


def between(pair: tuple[str, str], share: float) -> QColor:
    """Return the colour that lies so far from the first of two to the second."""
    first, second = QColor(pair[0]), QColor(pair[1])

    def mixed(low: float, high: float) -> float:
        return low + (high - low) * share

    return QColor.fromRgbF(
        mixed(first.redF(), second.redF()),
        mixed(first.greenF(), second.greenF()),
        mixed(first.blueF(), second.blueF()),
    )


def faint(colour: str, opacity: float) -> QColor:
    """Return a colour so opaque, 0 to 1."""
    made = QColor(colour)
    made.setAlphaF(min(1.0, max(0.0, opacity)))
    return made


def ground(room: QRectF, colours: list[QColor]) -> QLinearGradient:
    """Return colours that go into one another from the top of a room to its bottom."""
    gradient = QLinearGradient(room.topLeft(), room.bottomLeft())
    for at, colour in enumerate(colours):
        gradient.setColorAt(at / (len(colours) - 1), colour)
    return gradient


def glow(radius: int) -> QPixmap:
    """Return the light around the sun, which fades to nothing."""
    picture = QPixmap(2 * radius, 2 * radius)
    picture.fill(Qt.GlobalColor.transparent)
    gradient = QRadialGradient(radius, radius, radius)
    for at, opacity in ((0.0, 0.9), (0.2, 0.45), (0.5, 0.15), (1.0, 0.0)):
        gradient.setColorAt(at, faint(SCENE.glow, opacity))
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), gradient)
    painter.end()
    return picture


def ridge(points: Points, sky: QRectF, high: float) -> QPainterPath:
    """Return hills through some points (share of the width, share of ``high``), down to the water."""
    places = [QPointF(x * sky.width(), sky.bottom() - y * high) for x, y in points]
    path = QPainterPath(QPointF(0, sky.bottom() + 1))
    path.lineTo(places[0])
    for before, after in pairwise(places):
        middle = (before.x() + after.x()) / 2
        path.cubicTo(QPointF(middle, before.y()), QPointF(middle, after.y()), after)
    path.lineTo(QPointF(sky.right(), sky.bottom() + 1))
    path.closeSubpath()
    return path


def dash(some: random.Random, depth: float) -> Dash:
    """Return a light somewhere across the water, so near (1) or far (0)."""
    return Dash(some.random(), depth, 0.5 + 0.9 * some.random(), 0.6 + 0.8 * some.random(), some.random() * 2 * math.pi)
