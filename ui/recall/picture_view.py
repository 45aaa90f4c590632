"""One image, as large as fits."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme


class PictureView(QWidget):
    """Shows an image whole and unstretched, or says why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._sentence = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80 * theme.GRID, 50 * theme.GRID)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_picture(self, encoded: bytes | None, description: str, *, problem: str = "") -> None:
        """Show an image; ``description`` is what a screen reader says, ``problem`` why there is none to show."""
        self._image = QImage() if encoded is None else QImage.fromData(encoded)
        missing = "This moment has no picture." if encoded is None else "The picture cannot be read."
        self._sentence = problem or missing
        self.setAccessibleName(description if not self._image.isNull() else f"{description}. {self._sentence}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  Qt's own signature
        """Draw the image at the top left, made smaller where it does not fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = theme.of(self.palette())
        if self._image.isNull():
            painter.fillRect(self.rect(), QColor(colours.surface))
            painter.setPen(QColor(colours.soft))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 16, -16, -16), flags, self._sentence)
            painter.end()
            return
        size = self._image.size()
        if size.width() > self.width() or size.height() > self.height():  # never larger than it was: that only blurs
            size.scale(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        # Scaled here, not by the painter: far smaller than the original it would leave out whole lines of text.
        fitted = self._image.scaled(
            size * self.devicePixelRatioF(),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter.drawImage(target, fitted)
        painter.setPen(QColor(colours.text if self.hasFocus() else colours.line))
        painter.drawRect(target.adjusted(0, 0, -1, -1))
        painter.end()
