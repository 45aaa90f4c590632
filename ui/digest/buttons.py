"""Where the two buttons of a painted line lie."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont, QFontMetrics

from ui import theme
from ui.digest.model import WORDS

PAD, SIDE = 2 * theme.GRID, 3 * theme.GRID
"""Room above and below what a row says, and beside it."""
NAMES = {important: word.capitalize() for important, word in WORDS.items()}


def button_at(place: QPoint, rect: QRect, font: QFont) -> bool | None:
    """Return which button of a row in ``rect`` lies at a place: important or not, None for neither."""
    return next((important for important, box in buttons(rect, font).items() if box.contains(place)), None)


def buttons(rect: QRect, font: QFont) -> dict[bool, QRect]:
    """Return where the two buttons of a row lie."""
    metrics = QFontMetrics(theme.font(font, "small"))
    high, right = metrics.height() + theme.GRID, rect.right() - SIDE
    boxes: dict[bool, QRect] = {}
    for important in (False, True):
        wide = metrics.horizontalAdvance(NAMES[important]) + 4 * theme.GRID
        boxes[important] = QRect(right - wide, rect.top() + theme.GRID, wide, high)
        right -= wide + theme.GRID
    return boxes
