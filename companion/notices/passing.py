"""Showing what the gate lets through while do-not-disturb is on, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from companion.notices.server import Server
from companion.notices.types import CRITICAL, Cause, Happened, Judged, Notice, NoticesError, Semantics
from companion.notices.watching import PART
from companion.notices.wire import Original

UNSHOWN = "A notification that should have been shown could not be, and is in the digest instead."

Show = Callable[[Judged], bool]
TakeDown = Callable[[Callable[[Notice], bool]], object]


class Passing:
    """Shows notices. For one thread.

    Parameters
    ----------
    show
        Shows a notice in a window of our own, where do-not-disturb holds critical ones too; returns whether it does.
    close
        Has the daemon let go of a notice at the end of focus, so that it is not shown twice.
    take_down
        Has the windows of our own that are about some notices go.

    """

    def __init__(
        self,
        server: Server,
        *,
        show: Show | None,
        close: Callable[[Notice], object],
        take_down: TakeDown | None = None,
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._server, self._show, self._close, self._on_incident = server, show, close, on_incident
        self._take_down, self._showed = take_down, False

    def let_through(self, judged: Judged, original: Original | None, semantics: Semantics) -> Notice | None:
        """Show a notice; returns it as it is on the desktop now, None where it could not be shown.

        Critical ones where these pass are shown already. Others are sent again as critical, in place of themselves, so
        that the program's own actions go on working and nothing is there twice.
        """
        notice = judged.notice
        if self.is_shown(notice, semantics):
            return notice
        if semantics.critical_passes and original is not None:
            return self._resend(notice, original, semantics)
        if self._show is None or not self._show(judged):
            self._on_incident(PART, UNSHOWN)
            return None
        self._showed = True
        if not semantics.replays:
            return notice
        self._close(notice)
        return replace(notice, daemon_id=None)  # that the daemon lets go of it says nothing of the person

    def not_by_us(self, notice: Notice) -> None:
        """Show no more what a notice takes the place of that is held, or shown by its daemon alone."""
        if notice.replaces or notice.tag:
            self._taken_down(notice.goes_on_with)

    def happened(self, what: Happened) -> None:
        """Show no more what its program took back."""
        if what.cause is Cause.WITHDRAWN:
            self._taken_down(lambda notice: notice.met(what))

    def is_shown(self, notice: Notice, semantics: Semantics) -> bool:
        """Whether its daemon shows a notice by itself."""
        return semantics.critical_passes and notice.urgency >= CRITICAL

    def is_own(self, notice: Notice) -> bool:
        """Whether a notice is one that was sent here."""
        return self._server.is_own(notice)

    def _resend(self, notice: Notice, original: Original, semantics: Semantics) -> Notice | None:
        try:
            number = self._server.as_critical(original, replaces=notice.daemon_id or 0, kept=semantics.keeps)
        except NoticesError as error:
            self._on_incident(PART, f"{UNSHOWN} {error}")
            return None
        return replace(notice, daemon_id=number)

    def _taken_down(self, of: Callable[[Notice], bool]) -> None:
        if self._take_down is not None and self._showed:
            self._take_down(of)
