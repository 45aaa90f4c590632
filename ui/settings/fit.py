"""Windows that stay as high as their wrapped sentences need, as far as the screen goes; pages that are scrolled."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QFrame, QScrollArea, QSizePolicy, QWidget

NEEDED = "needed height"  # the last time, pixels
LEAST = 200  # pixels of a page that are seen


def grow(window: QWidget, event: QEvent, *, scrolled: bool = False) -> None:
    """Make ``window`` high enough after something in it was laid out anew: Qt asks for that only once.

    It is never made smaller, nor higher than its screen. Where its pages are ``scrolled`` it stays as small as its
    person made it until more is said.
    """
    if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
        frame = window.frameGeometry().height() - window.geometry().height()
        room = window.screen().availableGeometry().height() - frame
        needed = min(window.heightForWidth(window.width()), room)
        more = needed > (window.property(NEEDED) or 0)
        window.setProperty(NEEDED, needed)
        if needed > window.height() and (more or not scrolled):
            window.resize(window.width(), needed)


class Scrolled(QScrollArea):
    """A page that wants all of its height, and is scrolled where the window has less.

    The wheel scrolls it and changes no number or choice on it but one that has the keyboard.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it is reached by Tab, and scrolled into view
        for kind in (QAbstractSpinBox, QComboBox):
            for part in page.findChildren(kind):
                part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel
                part.installEventFilter(self)
        wanted = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        wanted.setHeightForWidth(True)
        self.setSizePolicy(wanted)

    def eventFilter(self, part: QObject, event: QEvent) -> bool:
        """Let the page have the wheel."""
        if event.type() == QEvent.Type.Wheel and isinstance(part, QWidget) and not part.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(part, event)

    def hasHeightForWidth(self) -> bool:
        """Its sentences are wrapped."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return what the page needs beside its scroll bar, which would else be there because it is there."""
        return self._page.heightForWidth(width - self._bar)

    def sizeHint(self) -> QSize:
        """Return the page's own, with the scroll bar."""
        return self._page.sizeHint() + QSize(self._bar, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the page's width, so that it is seldom scrolled sideways."""
        return QSize(self._page.minimumSizeHint().width() + self._bar, LEAST)

    @property
    def _bar(self) -> int:
        return self.verticalScrollBar().sizeHint().width()
