"""How one line about a notification is painted."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import theme
from ui.digest.buttons import NAMES, PAD, SIDE, buttons
from ui.digest.lines import Kind, Line
from ui.digest.model import LINE, SAID, WORDS, Index

MOST_LINES = 4
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class DigestRow(QStyledItemDelegate):
    """Paints the rows of a `DigestModel`. The buttons show on the chosen row and on the one pointed at."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a row; the reason takes as many lines as it needs, `MOST_LINES` at the most."""
        line: Line = index.data(LINE)
        if line.kind is not Kind.NOTICE:
            return QSize(0, _high(option.font, "strong") + 2 * PAD)
        small = QFontMetrics(theme.font(option.font, "small"))
        view = self.parent()
        wide = view.viewport().width() if isinstance(view, QAbstractItemView) else option.rect.width()
        lines = bool(line.body) + min(MOST_LINES, _needed(_reason(line), small, wide - 2 * SIDE))
        return QSize(0, _high(option.font, "body") + lines * small.lineSpacing() + 2 * PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        painter.save()
        row = _Row(painter, option)
        line: Line = index.data(LINE)
        if line.kind is Kind.NOTICE:
            row.notice(line, index.data(SAID))
        else:
            row.heading(line)
        painter.restore()


class _Row:
    """One row while it is being painted."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        self.painter = painter
        self.rect: QRect = option.rect
        self.base: QFont = option.font
        self.state: QStyle.StateFlag = option.state
        self.colours = theme.of(option.palette)
        self.line = QRect(self.rect.left() + SIDE, self.rect.top() + PAD, self.rect.width() - 2 * SIDE, 0)

    def heading(self, line: Line) -> None:
        """Write a program, or a sender, and how many there are of it."""
        role: theme.TypeRole = "strong" if line.kind is Kind.PROGRAM else "body"
        if line.kind is Kind.PROGRAM:
            self.painter.fillRect(self.rect, QColor(self.colours.window))
        self._write(line.title, role, self.colours.text, beside=line.about)

    def notice(self, line: Line, said: bool | None) -> None:
        """Write who and what, when, and why; the buttons where they can be reached."""
        chosen = bool(self.state & QStyle.StateFlag.State_Selected)
        pointed_at = bool(self.state & QStyle.StateFlag.State_MouseOver)
        self._ground(chosen, pointed_at)
        told = "" if said is None else f"You said: {WORDS[said]}"
        if chosen or pointed_at:
            self._buttons(said)
            self.line.setRight(buttons(self.rect, self.base)[True].left() - SIDE)
        self._write(line.title, "body", self.colours.text, beside="" if chosen or pointed_at else told)
        self.line.setRight(self.rect.right() - SIDE)
        if line.body:
            self._write(line.body, "small", self.colours.text)
        self._wrapped(_reason(line))

    def _ground(self, chosen: bool, pointed_at: bool) -> None:
        """Fill the row; the chosen one has a bar at its left, and a frame while the list has the focus."""
        colours = self.colours
        ground = colours.selected if chosen else colours.window if pointed_at else colours.surface
        self.painter.fillRect(self.rect, QColor(ground))
        self.painter.fillRect(self.rect.adjusted(SIDE, self.rect.height() - 1, -SIDE, 0), QColor(colours.line))
        if not chosen:
            return
        self.painter.fillRect(QRect(self.rect.topLeft(), QSize(theme.GRID, self.rect.height())), QColor(colours.text))
        if self.state & QStyle.StateFlag.State_HasFocus:
            self.painter.setPen(QPen(QColor(colours.text), 1))
            self.painter.drawRect(self.rect.adjusted(0, 0, -1, -1))

    def _buttons(self, said: bool | None) -> None:
        """Draw the buttons; the one that was said is filled."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setFont(theme.font(self.base, "small"))
        for important, box in buttons(self.rect, self.base).items():
            on = said is important
            self.painter.setPen(QPen(QColor(self.colours.soft), 1))
            self.painter.setBrush(QColor(self.colours.strong if on else self.colours.surface))
            self.painter.drawRoundedRect(box, theme.GRID, theme.GRID)
            self.painter.setPen(QColor(self.colours.on_strong if on else self.colours.text))
            self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, NAMES[important])
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _write(self, text: str, role: theme.TypeRole, colour: str, *, beside: str = "") -> None:
        """Write one line, with something softer at its right, and move on to the next."""
        self.line.setHeight(_high(self.base, role))
        room = self.line.width()
        if beside:
            small = theme.font(self.base, "small")
            self.painter.setFont(small)
            self.painter.setPen(QColor(self.colours.soft))
            self.painter.drawText(self.line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, beside)
            room -= QFontMetrics(small).horizontalAdvance(beside) + SIDE
        font = theme.font(self.base, role)
        self.painter.setFont(font)
        self.painter.setPen(QColor(colour))
        self.painter.drawText(self.line, LEFT, QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room))
        self.line.moveTop(self.line.bottom() + 1)

    def _wrapped(self, text: str) -> None:
        """Write what may take several lines into what is left of the row."""
        metrics = QFontMetrics(theme.font(self.base, "small"))
        room = QRect(
            self.line.left(), self.line.top(), self.line.width(), self.rect.bottom() - PAD - self.line.top() + 1
        )
        self.painter.setFont(theme.font(self.base, "small"))
        self.painter.setPen(QColor(self.colours.soft))
        if _needed(text, metrics, room.width()) > MOST_LINES:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round((MOST_LINES - 0.5) * room.width()))
        self.painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, text)


def _reason(line: Line) -> str:
    return " · ".join(filter(None, (line.about, line.why)))


def _needed(text: str, metrics: QFontMetrics, wide: int) -> int:
    """Return how many lines a text takes."""
    box = metrics.boundingRect(QRect(0, 0, max(1, wide), 1000), Qt.TextFlag.TextWordWrap, text)
    return max(1, round(box.height() / metrics.lineSpacing()))


def _high(font: QFont, role: theme.TypeRole) -> int:
    return QFontMetrics(theme.font(font, role)).height()
