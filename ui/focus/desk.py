"""What is seen of focus beside the tray: its window, the digest, and what passes while the desktop holds all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from companion.focus.types import Mode
from ui import failures
from ui.bridge import Bridge
from ui.engine_link import EngineLink

if TYPE_CHECKING:  # the windows are imported when they are opened first
    from companion.deep_work.port import DeepWorkPort
    from companion.notices.digest import Digest
    from companion.notices.types import Judged, Notice
    from companion.ports import EnginePort
    from companion.settings import Settings
    from ui.digest.window import DigestWindow
    from ui.focus.calibration import FocusCalibration
    from ui.focus.window import FocusWindow
    from ui.toasts.pile import ToastPile

LOOK_MS = 1000
OWN = -1  # the number of a notice that is Companion's own


class FocusDesk(QObject):
    """Owns these windows, and tells what follows focus that they are there.

    Parameters
    ----------
    settings
        Returns what the person chose.
    now
        UTC seconds.

    """

    settings_wanted = Signal()
    unlock_wanted = Signal()
    headset_wanted = Signal()
    told_of = Signal()
    """What `tell` showed was clicked."""
    toasts_there = Signal(int)
    """How many notices are on the screen now."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        link: EngineLink,
        settings: Callable[[], Settings],
        now: Callable[[], float],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._link, self._settings, self._now = bridge, link, settings, now
        self._known: DeepWorkPort | None = None
        self._engine: EnginePort | None = None  # the one that hands what was held to this
        self._over = False
        self.window: FocusWindow | None = None
        self.digest: DigestWindow | None = None
        self.toasts: ToastPile | None = None
        self.calibration: FocusCalibration | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def deep(self) -> DeepWorkPort | None:
        """Return what follows focus now."""
        engine = self._link.engine
        return None if engine is None else engine.deep_work

    def look(self) -> None:
        """Find out whether something else follows focus now; what was shown for the last is let go of."""
        self._look_at_engine()
        deep = self.deep()
        if deep is self._known or self._over:
            return
        if self._known is not None:
            self._let_go_of_windows()
            if self.toasts is not None and deep is not None:
                self.toasts.let_go()
            elif self.toasts is not None:
                self.toasts.disown()
        self._known = deep
        if deep is not None:
            deep.shown_by(self._show, self._offer, self._take_down)

    def _look_at_engine(self) -> None:
        """Show what was held, and not told of before focus was followed no more, for an engine that is new."""
        engine = self._link.engine
        if engine is not self._engine and not self._over:
            self._engine = engine
            if engine is not None:
                engine.offered_by(self._offer)

    def set_mode(self, mode: Mode, seconds: float | None = None) -> None:
        """Have focus on for so long, None for as long as it may last; off; or automatic."""
        deep = self.deep()
        if deep is None:
            return
        deep.override(mode, None if seconds is None else self._now() + seconds)
        QTimer.singleShot(LOOK_MS, self, self._link.look)

    def open(self) -> None:
        """Show the focus window."""
        if self.window is None:
            from ui.focus.window import FocusWindow

            self.window = FocusWindow(
                bridge=self._bridge,
                deep=self.deep,
                state=lambda: self._link.state,
                settings=self._settings,
                now=self._now,
            )
            self.window.mode_wanted.connect(self.set_mode)
            self.window.settings_wanted.connect(self.settings_wanted)
            self.window.unlock_wanted.connect(self.unlock_wanted)
            self.window.digest_wanted.connect(self._last_digest)
            self.window.calibration_wanted.connect(self.calibrate)
        self.window.appear()

    def calibrate(self) -> None:
        """Show how focus is calibrated."""
        if self.calibration is None:
            from ui.focus.bell import Bell
            from ui.focus.calibration import FocusCalibration

            self.calibration = FocusCalibration(
                bridge=self._bridge, deep=self.deep, bell=Bell(bridge=self._bridge, parent=self)
            )
            self.calibration.headset_wanted.connect(self.headset_wanted)
        self.calibration.appear()

    def close_toasts(self) -> None:
        """Close the notices that are on the screen."""
        if self.toasts is not None:
            self.toasts.close_shown()

    def let_go(self) -> None:
        """Show nothing any more of what may be forgotten."""
        self._let_go_of_windows()
        if self.toasts is not None:
            self.toasts.let_go()

    def _let_go_of_windows(self) -> None:
        if self.window is not None:
            self.window.let_go()
        if self.digest is not None:
            self.digest.let_go()

    def stop(self) -> None:
        """Close everything, and show nothing any more."""
        self._over = True
        self._timer.stop()
        if self._known is not None:
            self._known.shown_by(None, None)
        if self._engine is not None:
            self._engine.offered_by(None)
        self.let_go()
        if self.window is not None:
            self.window.reject()
        if self.calibration is not None:
            self.calibration.put_away()

    def _show(self, judged: Judged) -> bool:
        """Show what passes; returns whether it is. Called on the thread of the notices."""
        try:
            return self._bridge.call(lambda: self._toast(judged))
        except CancelledError:  # the program closes
            return False

    def _offer(self, digest: Digest) -> None:
        """Show a digest. Called on the thread of the notices."""
        self._bridge.post(lambda: self._offered(digest))

    def _offered(self, digest: Digest) -> None:
        self.look()  # where focus is followed no more, its windows go before this one comes
        self._show_digest(digest)

    def tell(self, title: str, body: str) -> None:
        """Show a notice of Companion's own, among those that pass."""
        from companion.notices.types import Decision, Judged, Notice

        self._toast(Judged(Notice(OWN, self._now(), "Companion", title, body), Decision.PASS))

    def _toast(self, judged: Judged) -> bool:
        if self._over:
            return False
        if self.toasts is None:
            from ui.toasts.pile import ToastPile

            self.toasts = ToastPile(self)
            self.toasts.opened.connect(self._open_original)
            self.toasts.left_opened.connect(self._open_left)
            self.toasts.unseen.connect(self._unseen)
            self.toasts.there_are.connect(self.toasts_there)
        return self.toasts.show(judged)

    def _take_down(self, of: Callable[[Notice], bool]) -> None:
        """Show some of what passed no more. Called on the thread of the notices."""
        self._bridge.post(lambda: self._gone(of))

    def _gone(self, of: Callable[[Notice], bool]) -> None:
        if self.toasts is not None:
            self.toasts.take_down(of)

    def _unseen(self, passed: list[Judged]) -> None:
        """Have those held that may not have been seen; Companion's own say nothing that is to be told later."""
        of_others = [one for one in passed if one.notice.number != OWN]
        if self._known is not None and of_others:
            self._known.unseen(of_others)

    def _open_original(self, number: int) -> None:
        """Show the original of a notification, or the focus window where that cannot be."""
        deep = self.deep()
        if number == OWN:
            self.told_of.emit()
        elif deep is None or deep is not self._known:  # another, whose numbers are its own
            self.open()
        else:
            self._bridge.follow(deep.open_notice(number), self._opened)

    def _open_left(self, number: int) -> None:
        """Show the focus window for a notification that nobody knows any more, by whom its number was given."""
        if number == OWN:
            self.told_of.emit()
        else:
            self.open()

    def _opened(self, opening: Future[bool]) -> None:
        error = None if opening.cancelled() else opening.exception()
        if self._over or not (opening.cancelled() or error is not None or not opening.result()):
            return
        self.open()
        if error is not None and self.window is not None:
            self.window.held.complain(failures.sentence(error))

    def _last_digest(self) -> None:
        deep = self.deep()
        digest = deep.state().notices.digest if deep is not None else None
        if digest is not None:
            self._show_digest(digest)

    def _show_digest(self, digest: Digest) -> None:
        if self._over:
            return
        if self.digest is None:
            from ui.digest.window import DigestWindow

            self.digest = DigestWindow(bridge=self._bridge, deep=self.deep, now=self._now)
        self.digest.show_digest(digest)
        deep = self.deep()
        if deep is not None:
            self._bridge.follow(deep.looked_at(digest), _took_in)


def _took_in(looking: Future[None]) -> None:
    """See that it went well."""
    if not looking.cancelled():
        looking.result()
