"""One moment, large: its frame, its text, and the way along time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from companion.ports import EnginePort
from companion.wording import signal_quality
from index.types import Moment, VaultError
from ui import failures, theme, wording
from ui.recall.picture_view import PictureView

_WEB = frozenset({"http", "https"})
_ENOUGH_BESIDE = 900
_LARGEST = (1400, 860)


class MomentView(QWidget):
    """A window beside the sidebar."""

    like_wanted = Signal(int)
    closed = Signal()

    def __init__(
        self,
        *,
        parent: QWidget,
        now: Callable[[], float],
        open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog)
        self.setWindowTitle("Companion: moment")
        self._now, self._open_url = now, open_url
        self._engine: EnginePort | None = None
        self.moment: Moment | None = None
        self._sides: dict[int, Moment | None] = {}
        self.heading, self.about, self.problem = QLabel(), QLabel(), QLabel()
        self.picture = PictureView()
        self.text = QPlainTextEdit()
        self.before = self._button("← Before", "Alt+Left", "The moment before this one", lambda: self._step(-1))
        self.after = self._button("After →", "Alt+Right", "The moment after this one", lambda: self._step(1))
        self.like = self._button("More like this", "Ctrl+M", "Find moments like this one", self._like)
        self.link = self._button("Open link", "Ctrl+O", "", self._open_link)
        self._lay_out()

    def set_engine(self, engine: EnginePort) -> None:
        """Take moments and pictures from ``engine``."""
        self._engine = engine

    def open(self, moment: Moment, *, beside: QRect) -> None:
        """Appear with ``moment``, left of the sidebar at ``beside`` where there is room."""
        self.setGeometry(self._place(beside))
        self.show_moment(moment)
        self.show()
        self.raise_()
        self.activateWindow()
        self.picture.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_moment(self, moment: Moment) -> None:
        """Show ``moment`` and find out what lies beside it in time."""
        self.moment = moment
        title = wording.title(moment)
        self.heading.setText(title)
        told = [f"{wording.about(moment, self._now())} · moment {moment.id}"]
        self.about.setText("\n".join([*told, signal_quality(moment.signal)] if moment.signal else told))
        self.text.setPlainText(moment.text)
        self.text.setPlaceholderText("No text was found in this moment.")
        web = QUrl(moment.url).scheme() in _WEB
        self.link.setVisible(web)
        self.link.setToolTip(f"Open {moment.url} (Ctrl+O)")
        self.problem.clear()
        self._sides = {-1: None, 1: None}
        try:
            self._look_around(moment, title)
        except VaultError as error:
            self._complain(failures.sentence(error))
        self.before.setEnabled(self._sides[-1] is not None)
        self.after.setEnabled(self._sides[1] is not None)
        self.problem.setVisible(bool(self.problem.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close at Escape; the arrows go along time."""
        steps = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in steps:
            self._step(steps[event.key()])
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that it closed."""
        super().closeEvent(event)
        self.closed.emit()

    def _look_around(self, moment: Moment, title: str) -> None:
        if self._engine is None:
            return
        described = f"Picture of {title}, {self.about.text()}"
        try:
            self.picture.show_picture(self._engine.picture(moment, thumbnail=False), described)
        except VaultError as error:
            self.picture.show_picture(None, described, problem=str(error))
        self._sides = {step: self._engine.neighbour(moment.id, step) for step in (-1, 1)}

    def _step(self, step: int) -> None:
        side = self._sides.get(step)
        if side is not None:
            self.show_moment(side)

    def _like(self) -> None:
        if self.moment is not None:
            self.like_wanted.emit(self.moment.id)
            self.close()

    def _open_link(self) -> None:
        if self.moment is not None and not self._open_url(QUrl(self.moment.url)):
            self._complain(f"No program opened {self.moment.url}. Choose a web browser in the desktop's settings.")

    def _complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()

    def _button(self, name: str, keys: str, tip: str, call: Callable[[], None]) -> QPushButton:
        button = QPushButton(name)
        button.setShortcut(QKeySequence(keys))
        button.setToolTip(f"{tip} ({keys})")
        button.setAccessibleName(name.strip("←→ "))
        button.clicked.connect(call)
        return button

    def _lay_out(self) -> None:
        self.heading.setFont(theme.font(self.font(), "title"))
        self.about.setFont(theme.font(self.font(), "body"))
        self.about.setProperty("look", "soft")
        self.problem.setProperty("look", "problem")
        for label in (self.heading, self.about, self.problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setReadOnly(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Text of the moment")
        self.text.setFont(theme.font(self.font(), "body"))
        column = QVBoxLayout(self)
        column.setContentsMargins(*(4 * (4 * theme.GRID,)))
        column.setSpacing(2 * theme.GRID)
        for label in (self.heading, self.about, self.problem):
            column.addWidget(label)
        middle, buttons = QHBoxLayout(), QHBoxLayout()
        middle.setSpacing(4 * theme.GRID)
        middle.addWidget(self.picture, 5)
        middle.addWidget(self.text, 3)
        for button in (self.before, self.after):
            buttons.addWidget(button)
        buttons.addStretch()
        for button in (self.link, self.like):
            buttons.addWidget(button)
        column.addLayout(middle, 1)
        column.addLayout(buttons)

    @staticmethod
    def _place(beside: QRect) -> QRect:
        """Return where to appear: in the room the sidebar leaves, or over it on a small screen."""
        screen = QGuiApplication.screenAt(beside.center()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        if beside.left() - room.left() >= _ENOUGH_BESIDE:
            room.setRight(beside.left() - 1)
        margin = 6 * theme.GRID
        width = min(_LARGEST[0], room.width() - 2 * margin)
        height = min(_LARGEST[1], room.height() - 2 * margin)
        place = QRect(0, 0, width, height)
        place.moveCenter(room.center())
        return place
