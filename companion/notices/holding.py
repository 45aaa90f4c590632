"""What is held: kept in the vault before the daemon is asked to let go of it, so that no crash loses any."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from companion.notices.outcomes import Place, place, place_of
from companion.notices.server import Server
from companion.notices.types import Cause, Happened, Judged, Notice, NoticesError, Semantics
from companion.notices.watching import PART
from index import notices as rows
from index.notices import HeldNotice, Replaced
from index.types import VaultError
from index.writer import Writer

MOST_REMEMBERED = 20_000  # held notices that are known again when their programs take them back


class Holding:
    """Keeps notices. For one thread.

    Where the daemon would show by itself what it held, each is closed as soon as the vault has it: the daemon's own
    history has it then, and nothing pops up when do-not-disturb goes off, whoever turns it off.
    """

    def __init__(self, writer: Writer, server: Server, on_incident: Callable[[str, str], None]) -> None:
        self._writer, self._server, self._on_incident = writer, server, on_incident
        self._held: OrderedDict[Place, Notice] = OrderedDict()

    def hold(self, some: Sequence[Judged], semantics: Semantics) -> bool:
        """Keep some; False where the vault refuses: then none is kept and none was closed."""
        replaced = [_replaced(one.notice) for one in some if one.notice.replaces or one.notice.tag]
        try:
            self._writer.do(rows.hold, [held(one) for one in some], replaced).result()
        except VaultError as error:
            self._on_incident(PART, f"Notifications cannot be held: {error}")
            return False
        for one in some:
            if (at := place(one.notice)) is not None:
                self._held[at] = one.notice
        while len(self._held) > MOST_REMEMBERED:
            self._held.popitem(last=False)
        if semantics.replays:
            self.close([one.notice for one in some])
        return True

    def close(self, notices: Sequence[Notice]) -> None:
        """Have the daemon let go of some."""
        numbers = [one.daemon_id for one in notices if one.daemon_id is not None]
        try:
            self._server.close(numbers)
        except NoticesError as error:
            self._on_incident(PART, f"Held notifications may pop up after focus: {error}")

    def replaced(self, notice: Notice) -> None:
        """Note that a notice that is not held takes the place of one that may be."""
        if (notice.replaces or notice.tag) and self._held:
            self._note(lambda: self._writer.do(rows.hold, [], [_replaced(notice)]).result())

    def happened(self, what: Happened) -> None:
        """Take in that a program took back what is held."""
        at = place_of(what)
        if what.cause is not Cause.WITHDRAWN or at is None:
            return
        notice = self._held.pop(at, None)
        if notice is not None and what.daemon in ("", notice.daemon):
            self._note(lambda: self._writer.do(rows.withdraw, [notice.number]).result())

    def forget(self) -> None:
        """Know none of them again: they are told, or forgotten."""
        self._held.clear()

    def _note(self, change: Callable[[], object]) -> None:
        try:
            change()
        except VaultError as error:
            self._on_incident(PART, str(error))


def held(judged: Judged) -> HeldNotice:
    """Return a notice as it is kept."""
    one = judged.notice
    about = (one.number, one.time, one.app, one.summary, one.body, one.urgency, one.category, one.sender)
    place_and_kind = (one.desktop_entry, one.actions, one.daemon, one.daemon_id, one.tag, judged.decision.value)
    return HeldNotice(*about, *place_and_kind, judged.why)


def noticed(one: HeldNotice) -> Notice:
    """Return a kept notice as it was seen."""
    about = (one.number, one.time, one.app, one.summary, one.body, one.urgency, one.category, one.sender)
    return Notice(
        *about, one.desktop_entry, daemon_id=one.daemon_id, actions=one.actions, daemon=one.daemon, tag=one.tag
    )


def _replaced(notice: Notice) -> Replaced:
    return Replaced(notice.number, notice.daemon, notice.replaces, notice.app, notice.tag)
