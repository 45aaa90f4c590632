"""A film in a window of its own: another picture 25 times a second while it plays; the space bar starts and halts it.

A camera goes over a photograph while a ball flies through the picture. ``python _film.py PHOTO``.
"""

from __future__ import annotations

import math
import sys

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

TITLE = "holiday.mp4 - Player"
SIZE = (960, 540)
FRAME_MILLISECONDS = 40
SCALE = 2.5  # of the photograph, which is larger than the picture then
BALL = 46.0  # radius, pixels


class Film(QWidget):
    """The picture."""

    def __init__(self, photo: str) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setFixedSize(*SIZE)
        loaded = QPixmap(photo)
        self._photo = loaded.scaled(loaded.size() * SCALE, mode=Qt.TransformationMode.SmoothTransformation)
        self._frame = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        """Start or halt."""
        if event.key() != Qt.Key.Key_Space:
            return
        if self._timer.isActive():
            self._timer.stop()
        else:
            self._timer.start(FRAME_MILLISECONDS)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 Qt's name
        """Draw the frame whose turn it is."""
        painter, at = QPainter(self), self._frame / 25.0
        across, down = self._photo.width() - self.width(), self._photo.height() - self.height()
        painter.drawPixmap(
            QPointF(-across * _wave(at, 17.0), -down * _wave(at, 11.0)),
            self._photo,
        )
        painter.setBrush(QColor.fromHsv(round(at * 40) % 360, 220, 240))
        painter.drawEllipse(QPointF(self.width() * _wave(at, 3.1), self.height() * _wave(at, 2.3)), BALL, BALL)
        painter.end()

    def _next(self) -> None:
        self._frame += 1
        self.update()


def _wave(at: float, seconds: float) -> float:
    """Return a number that goes from 0 to 1 and back in so many seconds."""
    return (1 - math.cos(2 * math.pi * at / seconds)) / 2


def main(photo: str) -> int:
    app = QApplication(["player"])
    film = Film(photo)
    film.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
