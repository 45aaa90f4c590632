"""How one hit is painted: thumbnail, title, app and time, what matched, why it is here."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from index.types import Hit
from ui import theme, wording
from ui.recall import snippets
from ui.recall.hits import HIT, PICTURE, HitModel, Picture

PAD = 2 * theme.GRID
SIDE = 3 * theme.GRID
TEXT_WIDTH = theme.SIDEBAR_WIDTH - theme.THUMBNAIL[0] - 3 * SIDE - 1
GAP = 2
Index = QModelIndex | QPersistentModelIndex


class HitRow(QStyledItemDelegate):
    """Paints the rows of a `HitModel`; all rows of one answer are equally high."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of any row: with room for the longest reason, on two lines if it takes them."""
        small = QFontMetrics(theme.font(option.font, "small"))
        model = cast("HitModel", index.model())
        long = any(small.horizontalAdvance(_why(model.hit(row))) > TEXT_WIDTH for row in range(model.rowCount()))
        words = QFontMetrics(theme.font(option.font, "strong")).height() + (3 + long) * small.height() + 3 * GAP
        return QSize(theme.SIDEBAR_WIDTH, max(words, theme.THUMBNAIL[1]) + 2 * PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        row = _Row(painter, option, index)
        row.ground()
        row.thumbnail(index.data(PICTURE))
        row.words(index.data(HIT))


class _Row:
    """One row while it is being painted."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.painter = painter
        self.model = cast("HitModel", index.model())
        self.rect: QRect = option.rect
        self.base: QFont = option.font
        self.state: QStyle.StateFlag = option.state
        self.colours = theme.of(option.palette)

    def ground(self) -> None:
        """Fill the row; the chosen one has a bar at its left, and a frame while the list has the focus."""
        chosen = bool(self.state & QStyle.StateFlag.State_Selected)
        hovered = bool(self.state & QStyle.StateFlag.State_MouseOver)
        colours = self.colours
        ground = colours.selected if chosen else colours.window if hovered else colours.surface
        self.painter.fillRect(self.rect, QColor(ground))
        self.painter.fillRect(self.rect.adjusted(SIDE, self.rect.height() - 1, -SIDE, 0), QColor(colours.line))
        if not chosen:
            return
        self.painter.fillRect(QRect(self.rect.topLeft(), QSize(theme.GRID, self.rect.height())), QColor(colours.text))
        if self.state & QStyle.StateFlag.State_HasFocus:
            self.painter.setPen(QPen(QColor(colours.text), 1))
            self.painter.drawRect(self.rect.adjusted(0, 0, -1, -1))

    def thumbnail(self, picture: Picture) -> None:
        """Draw the picture in rounded corners, or say that there is none."""
        width, height = theme.THUMBNAIL
        box = QRectF(self.rect.left() + SIDE, self.rect.center().y() - height / 2, width, height)
        path = QPainterPath()
        path.addRoundedRect(box, theme.GRID, theme.GRID)
        painter = self.painter
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if picture.pixmap is None:
            painter.fillPath(path, QColor(self.colours.window))
            painter.setFont(theme.font(self.base, "small"))
            painter.setPen(QColor(self.colours.soft))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, picture.sentence)
        else:
            painter.setClipPath(path)
            painter.drawPixmap(box.toRect(), picture.pixmap)
            painter.setClipping(False)
        painter.setPen(QPen(QColor(self.colours.line), 1))
        painter.drawPath(path)
        painter.restore()

    def words(self, hit: Hit) -> None:
        """Write the four lines."""
        left = self.rect.left() + SIDE + theme.THUMBNAIL[0] + SIDE
        self.line = QRect(left, self.rect.top() + PAD, self.rect.right() - SIDE - left, 0)
        self._line(wording.title(hit.moment), "strong", self.colours.text)
        self._line(self.model.about(hit), "small", self.colours.soft)
        self._snippet(snippets.runs(hit.snippet or hit.moment.text[:200]))
        self._reason(_why(hit))

    def _next_line(self, role: theme.TypeRole) -> QFontMetrics:
        """Move on to the next line and take its font."""
        font = theme.font(self.base, role)
        metrics = QFontMetrics(font)
        self.painter.setFont(font)
        self.line = QRect(self.line.left(), self.line.bottom() + 1, self.line.width(), metrics.height())
        return metrics

    def _line(self, text: str, role: theme.TypeRole, colour: str) -> None:
        metrics = self._next_line(role)
        self.painter.setPen(QColor(colour))
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.line.width())
        self.painter.drawText(self.line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
        self.line.setBottom(self.line.bottom() + GAP)

    def _reason(self, why: str) -> None:
        metrics = self._next_line("small")
        self.line.setBottom(self.rect.bottom() - PAD)
        self.painter.setPen(QColor(self.colours.soft))
        cut = metrics.elidedText(why, Qt.TextElideMode.ElideRight, round(1.8 * self.line.width()))
        self.painter.drawText(self.line, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, cut)

    def _snippet(self, parts: tuple[snippets.Run, ...]) -> None:
        metrics = self._next_line("small")
        shown = snippets.visible(parts, self.line.width(), lambda text, _marked: metrics.horizontalAdvance(text))
        at = self.line.left()
        for run in shown:
            room = self.line.right() - at
            text = metrics.elidedText(run.text, Qt.TextElideMode.ElideRight, room)
            box = QRect(at, self.line.top(), metrics.horizontalAdvance(text), self.line.height())
            if run.marked:
                self.painter.fillRect(box, QColor(self.colours.mark))
            self.painter.setPen(QColor(self.colours.on_mark if run.marked else self.colours.text))
            self.painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            at += box.width()
            if text != run.text:
                break
        self.line.setBottom(self.line.bottom() + GAP)


def _why(hit: Hit) -> str:
    """Return the reason behind its sign: ``=`` the same words, ``≈`` something alike."""
    return f"{'=' if hit.space == 'text' else '≈'} {hit.reason}" if hit.reason else ""
