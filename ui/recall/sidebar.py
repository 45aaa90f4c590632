"""Recall at the right edge of the screen: one field, the hits, one line of state."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QGuiApplication, QKeyEvent, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from companion.ports import Answer, EnginePort, Question
from ui import messages, theme, wording
from ui.bridge import Bridge
from ui.message_view import MessageView
from ui.messages import Message
from ui.progress_line import ProgressLine
from ui.recall.asking import Asking
from ui.recall.hit_list import HitList
from ui.recall.moment_view import MomentView
from ui.recall.search_bar import SearchBar
from ui.recall.think_button import SHORTCUT
from ui.status_line import StatusLine
from ui.view_state import ViewState, before_start


class Sidebar(QWidget):
    """The one window of recall. Everything it shows came from the engine."""

    settings_wanted = Signal()
    resume_wanted = Signal()
    unlock_wanted = Signal()
    focus_wanted = Signal()
    headset_wanted = Signal()

    def __init__(self, *, bridge: Bridge, now: Callable[[], float]) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint,
        )
        self.setWindowTitle("Companion: recall")
        self.setFixedWidth(theme.SIDEBAR_WIDTH)
        self.exclude_minutes = Question().exclude_minutes
        self._retry: Question | None = None
        self._hindered = False  # a thought was asked for and could not be, which is said until something else is
        self._engine: EnginePort | None = None
        self._answer: Answer | None = None
        self._state = before_start()
        self.asking = Asking(bridge, self)
        self.search = SearchBar()
        self.progress = ProgressLine()
        self.list = HitList(now)
        self.message = MessageView()
        self.notes = QLabel()
        self.status = StatusLine()
        self.moment = MomentView(parent=self, now=now)
        self._lay_out()
        self._connect()
        self.show_state(self._state)
        self._say(messages.idle(self._state))

    def set_engine(self, engine: EnginePort, *, exclude_minutes: float) -> None:
        """Ask ``engine`` from now on."""
        self._engine = engine
        self.exclude_minutes = exclude_minutes
        self.moment.set_engine(engine)
        self.asking.set_engine(engine)

    def show_state(self, state: ViewState) -> None:
        """Show what the engine is doing."""
        before, self._state = self._state, state
        self.status.show_state(state)
        waiting = self.asking.newest
        if state != before and (waiting is None or state.locked):
            self.progress.end("")
            obstacle = messages.thought_needs(state) if self._hindered else None
            self._hindered = obstacle is not None
            self._say(obstacle or messages.idle(state))
        elif waiting is not None and before.locked:
            self._say(messages.idle(state))
            self._began(waiting)

    def open(self, screen: QScreen | None = None) -> None:
        """Appear on ``screen`` (default: the one with the pointer), ready to be typed into."""
        screen = screen or QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        self.setGeometry(room.right() + 1 - theme.SIDEBAR_WIDTH, room.top(), theme.SIDEBAR_WIDTH, room.height())
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.take_focus()

    def toggle(self) -> None:
        """Open, or close when it has the person's attention already."""
        if self.isVisible() and (self.isActiveWindow() or self.moment.isActiveWindow()):
            self.close()
        else:
            self.open()

    def think(self) -> None:
        """Ask for moments like the present state; say so when no signal is coming."""
        self.search.clear()
        obstacle = messages.thought_needs(self._state)
        if obstacle is None:
            self.ask(Question(thought=True, exclude_minutes=self.exclude_minutes))
            return
        self.asking.drop()
        self._retry = Question(thought=True, exclude_minutes=self.exclude_minutes)
        self._hindered = True
        self._say(obstacle)

    def ask(self, question: Question) -> None:
        """Ask this."""
        self._retry, self._hindered = question, False
        self.asking.ask(question)

    def let_go(self) -> None:
        """Show nothing any more that was found before: some of it may be forgotten."""
        if self.moment.isVisible():
            self.moment.close()
        self._answer = None
        self.list.hits.show((), lambda _moment: None)
        self.asking.drop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close at Escape: the open moment first."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.moment.isVisible():
            self.moment.close()
        else:
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Take the open moment along."""
        self.moment.close()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        self.notes.setWordWrap(True)
        self.notes.setProperty("look", "caution")
        self.notes.setFont(theme.font(self.font(), "small"))
        self.notes.setContentsMargins(3 * theme.GRID, 2 * theme.GRID, 3 * theme.GRID, 0)
        self.notes.hide()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.message)
        self.stack.addWidget(self.list)
        edge = QFrame()
        edge.setProperty("look", "line")
        edge.setFixedHeight(1)
        side = QFrame()
        side.setProperty("look", "line")
        side.setFixedWidth(1)
        row, column = QHBoxLayout(self), QVBoxLayout()
        for layout in (row, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        row.addWidget(side)
        row.addLayout(column)
        column.addWidget(self.search)
        column.addWidget(self.progress)
        column.addWidget(self.stack, 1)
        column.addWidget(edge)
        column.addWidget(self.notes)
        column.addWidget(self.status)
        for before, after in ((self.search.field, self.search.think), (self.search.think, self.progress.cancel)):
            QWidget.setTabOrder(before, after)
        QWidget.setTabOrder(self.progress.cancel, self.message.button)
        QWidget.setTabOrder(self.message.button, self.list)

    def _connect(self) -> None:
        self.search.asked.connect(
            lambda words: self.ask(Question(text=words, exclude_minutes=self.exclude_minutes)),
        )
        self.search.emptied.connect(self.asking.drop)
        self.search.thought.connect(self.think)
        self.search.entered.connect(self._open_first)
        self.search.left.connect(self.list.enter)
        self.list.left.connect(self.search.take_focus)
        self.list.opened.connect(self._open_row)
        self.moment.like_wanted.connect(self._ask_like)
        self.moment.closed.connect(self.activateWindow)
        self.progress.cancelled.connect(self.asking.drop)
        self.message.chosen.connect(self._help)
        self.status.focus_wanted.connect(self.focus_wanted)
        self.status.headset_wanted.connect(self.headset_wanted)
        self.asking.began.connect(self._began)
        self.asking.answered.connect(self._answered)
        self.asking.failed.connect(self._failed)
        self.asking.dropped.connect(self._dropped)
        QShortcut(QKeySequence(SHORTCUT), self, self.think)

    def _began(self, question: Question) -> None:
        if self._state.locked:  # it is answered once memory is unlocked
            self._say(messages.locked(self._state))
            return
        self.search.think.set_listening(question.thought)
        self.progress.begin(_doing(question) if self._state.running else "Waiting for memory to start…")

    def _answered(self, answer: Answer) -> None:
        self.search.think.set_listening(False)
        count = wording.count(len(answer.hits), "moment", "moments")
        self.progress.end(
            f"{count}{_of(answer.question)}" if answer.hits else "", f"Answered in {answer.seconds:.2f} s"
        )
        self._note(answer.notes)
        if not answer.hits:
            self._say(messages.no_hit(answer.question, self._state))
            return
        self._answer = answer
        engine = self._engine
        self.list.hits.ratio = self.devicePixelRatioF()
        self.list.hits.show(
            answer.hits, lambda moment: engine.picture(moment, thumbnail=True) if engine is not None else None
        )
        self.list.scrollToTop()
        self.stack.setCurrentWidget(self.list)

    def _failed(self, sentence: str) -> None:
        self.search.think.set_listening(False)
        self.progress.end("")
        self._note(())
        self._say(messages.failed(sentence))

    def _dropped(self) -> None:
        self.search.think.set_listening(False)
        self.progress.end("")
        self._note(())
        self._hindered = False
        self._say(messages.idle(self._state))

    def _say(self, message: Message) -> None:
        self.message.show_message(message)
        if self.list.hasFocus():
            self.search.take_focus()
        self.stack.setCurrentWidget(self.message)

    def _note(self, notes: tuple[str, ...]) -> None:
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))

    def _open_first(self) -> None:
        if self._state.locked:
            self.unlock_wanted.emit()
        if self.asking.busy or self._state.locked:
            return
        if self.stack.currentWidget() is self.list:
            self._open_row(max(0, self.list.row()))
        elif self._retry is not None:
            self.ask(self._retry)

    def _open_row(self, row: int) -> None:
        self.list.setCurrentIndex(self.list.hits.index(row))
        if self._engine is not None and self._answer is not None:
            self._engine.opened(self._answer, row)
        self.moment.open(self.list.hits.hit(row).moment, beside=self.geometry())

    def _ask_like(self, moment_id: int) -> None:
        self.search.clear()
        self.ask(Question(like=moment_id, exclude_minutes=self.exclude_minutes))

    def _help(self, action: str) -> None:
        if action == "settings":
            self.settings_wanted.emit()
        elif action == "resume":
            self.resume_wanted.emit()
        elif action == "unlock":
            self.unlock_wanted.emit()
        elif self._retry is not None and self._retry.thought:
            self.think()
        elif self._retry is not None:
            self.ask(self._retry)


def _doing(question: Question) -> str:
    if question.thought:
        return "Looking for moments when your state was like now…"
    return "Looking for moments like this one…" if question.like is not None else "Searching…"


def _of(question: Question) -> str:
    if question.thought:
        return " like your state now"
    return " like the one you chose" if question.like is not None else ""
