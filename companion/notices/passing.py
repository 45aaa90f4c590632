"""Showing what the gate lets through while do-not-disturb is on, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from companion.notices.server import Server
from companion.notices.types import CRITICAL, Judged, Notice, NoticesError, Semantics
from companion.notices.watching import PART
from companion.notices.wire import Original

UNSHOWN = "A notification that should have been shown could not be, and is in the digest instead."

Show = Callable[[Judged], bool]


class Passing:
    """Shows notices. For one thread.

    Parameters
    ----------
    show
        Shows a notice in a window of our own, where do-not-disturb holds critical ones too; returns whether it does.
    close
        Has the daemon let go of a notice, so that it is not shown twice.

    """

    def __init__(
        self,
        server: Server,
        *,
        show: Show | None,
        close: Callable[[list[Notice]], object],
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._server, self._show, self._close, self._on_incident = server, show, close, on_incident

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
        if not semantics.replays:
            return notice
        self._close([notice])
        return replace(notice, daemon_id=None)  # that the daemon let go of it says nothing of the person

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
