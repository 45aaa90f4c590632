"""Opening notifications again, and saying what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui import failures
from ui.bridge import Bridge
from ui.digest.list import DigestList

if TYPE_CHECKING:
    from companion.deep_work.port import DeepWorkPort

GONE = "Focus is not followed any more: what was held cannot be asked for now."
NOT_ORIGINAL = (
    "The desktop does not show the original now: what was kept of it is shown, without its buttons and without secrets."
)


class DigestActions(QObject):
    """Asks what follows focus for what is done in a list, and says what came of it.

    Parameters
    ----------
    deep
        Returns what follows focus now.

    """

    told = Signal(str)
    """What the person should know; empty where all went well."""

    def __init__(self, shown: DigestList, deep: Callable[[], DeepWorkPort | None], *, bridge: Bridge) -> None:
        super().__init__(shown)
        self._shown, self._deep, self._bridge = shown, deep, bridge
        shown.opened.connect(self.open)
        shown.judged.connect(self.judge)

    def open(self, number: int) -> None:
        """Show a held notification again."""
        deep = self._found()
        if deep is not None:
            self._bridge.follow(deep.open_notice(number), self._opened)

    def judge(self, number: int, important: bool) -> None:
        """Say that a notification was important, or not; it is shown at once, and taken back where it is refused."""
        deep = self._found()
        if deep is None:
            return
        before = self._shown.lines.said(number)
        self._shown.lines.say(number, important)
        learning = deep.judge_notice(number, important=important)
        self._bridge.follow(learning, lambda done: self._judged(done, number, before))

    def _found(self) -> DeepWorkPort | None:
        deep = self._deep()
        self.told.emit("" if deep is not None else GONE)
        return deep

    def _opened(self, opening: Future[bool]) -> None:
        if opening.cancelled():
            return
        error = opening.exception()
        if error is not None:
            self.told.emit(failures.sentence(error))
        elif not opening.result():
            self.told.emit(NOT_ORIGINAL)

    def _judged(self, learning: Future[None], number: int, before: bool | None) -> None:
        if learning.cancelled():
            return
        error = learning.exception()
        if error is not None:
            self._shown.lines.say(number, before)
            self.told.emit(failures.sentence(error))
