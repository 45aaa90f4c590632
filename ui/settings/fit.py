"""Windows that stay as high as their wrapped sentences need, as far as the screen goes; pages that are scrolled."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QFrame, QScrollArea, QSizePolicy, QWidget

NEEDED = "needed height"  # the last time, pixels
LEAST = 200  # pixels of a page that are seen
FRAME = 40  # pixels of a title bar nobody knows yet


def grow(window: QWidget, event: QEvent, *, scrolled: bool = False) -> None:
    """Make ``window`` high enough after something in it was laid out anew: Qt asks for that only once.

    It is never made smaller, nor higher than its screen. Where its pages are ``scrolled`` it stays as small as its
    person made it until more is said.
    """
    if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
        needed = min(window.heightForWidth(window.width()), _room(window).height())
        more = needed > (window.property(NEEDED) or 0)
        window.setProperty(NEEDED, needed)
        if needed > window.height() and (more or not scrolled):
            window.resize(window.width(), needed)
            _lift(window, needed)


def fit_height(window: QWidget) -> None:
    """Make ``window`` as high as its sentences need, as far as its screen goes."""
    high = min(window.heightForWidth(window.width()), _room(window).height())
    window.resize(window.width(), high)
    _lift(window, high)


def open_at(window: QWidget, width: int, height: int) -> None:
    """Give ``window`` a size to open with, as far as its screen goes."""
    window.resize(QSize(width, height).boundedTo(_room(window)))


def _room(window: QWidget) -> QSize:
    """Return how large a window can be beside panels and within its frame."""
    frame = window.frameGeometry().height() - window.geometry().height() or FRAME
    return window.screen().availableGeometry().size() - QSize(0, frame)


def _lift(window: QWidget, high: int) -> None:
    """Move ``window`` up as far as its lower edge lies below the screen, now that it is ``high``."""
    top = window.frameGeometry().top()
    room = window.screen().availableGeometry()
    over = window.geometry().top() + high - 1 - room.bottom()
    if window.isVisible() and over > 0:
        window.move(window.x(), max(room.top(), top - over))


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
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def eventFilter(self, part: QObject, event: QEvent) -> bool:
        """Let the page have the wheel."""
        if event.type() == QEvent.Type.Wheel and isinstance(part, QWidget) and not part.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(part, event)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Bring what is given the keyboard into view, once it has its place: Qt does so at Tab alone."""
        if now is not None and self._page.isAncestorOf(now):
            QTimer.singleShot(0, now, lambda: self._bring(now))

    def _bring(self, part: QWidget) -> None:
        if self._page.isAncestorOf(part):
            self.ensureWidgetVisible(part)

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
