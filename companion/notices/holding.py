"""What is held: kept in the vault before the daemon is asked to let go of it, so that no crash loses any.

The vault is waited for on a thread of its own. What is judged meanwhile waits in memory, in order.
"""

from __future__ import annotations

import threading
import time as system_time
from collections import OrderedDict, deque
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace

from companion.notices.kept import kept, replaced
from companion.notices.line import Line
from companion.notices.outcomes import Place, place, place_of
from companion.notices.rules import Choices
from companion.notices.server import Server, UnclosedError
from companion.notices.types import Cause, Happened, Judged, Notice, Semantics
from companion.notices.watching import PART
from companion.wording import counted
from index import notices as rows
from index.types import VaultError
from index.writer import Writer

AT_ONCE = 256  # kept in one change
PATIENCE_SECONDS = 1.0  # that the vault is given at the end of focus, before the daemon lets go all the same
CLOSED_SECONDS, TRIES = 20.0, 4
BUSY = "their daemon is too busy to close them."
MOST_REMEMBERED = 20_000  # held notices that are known again when their programs take them back

Some = Callable[[Sequence[Judged]], object]


@dataclass(frozen=True, slots=True)
class _Unkept:
    judged: Judged
    replays: bool
    kept: Some
    refused: Some


class Holding:
    """Keeps notices; no call waits for the vault. Safe to use from several threads.

    Where the daemon would show by itself what it held, each is closed as soon as the vault has it: the daemon's own
    history has it then, and nothing pops up when do-not-disturb goes off, whoever turns it off.

    Parameters
    ----------
    line
        Whose thread waits for the vault.
    choices
        Returns what the person chose: of excluded programs no text is kept.

    """

    def __init__(
        self,
        writer: Writer,
        server: Server,
        line: Line,
        *,
        choices: Callable[[], Choices],
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._writer, self._server, self._line, self._on_incident = writer, server, line, on_incident
        self._choices = choices
        self._changed = threading.Condition()
        self._unkept: deque[_Unkept] = deque()
        self._unclosed: OrderedDict[int, Notice] = OrderedDict()  # by number: what the daemon has to let go of
        self._late: dict[int, Notice] = {}  # by number: those whose daemon did not answer
        self._passed: dict[tuple[str, int | None], Notice] = {}  # by where they are: closed at the end of focus
        self._closing = 0  # how many are being closed now
        self._held: OrderedDict[Place, Notice] = OrderedDict()

    def hold(self, some: Sequence[Judged], semantics: Semantics, *, kept: Some, refused: Some) -> None:
        """Keep some.

        ``kept`` is called with those that the vault has; ``refused`` with those that it refuses, where the daemon has
        them no more. Both are called on the thread that waits for the vault.
        """
        with self._changed:
            for one in some:
                self._unkept.append(_Unkept(one, semantics.replays, kept, refused))
                if semantics.replays and one.notice.daemon_id is not None:
                    self._unclosed[one.notice.number] = one.notice
                if (at := place(one.notice)) is not None:
                    self._held[at] = one.notice
            while len(self._held) > MOST_REMEMBERED:
                self._held.popitem(last=False)
        if some:
            self._line.put(self._keep)

    def close_later(self, notice: Notice) -> None:
        """Have the daemon let go of one that was shown elsewhere once focus ends.

        Not at once: its program would be told, and many know it no more then. They could neither go on with it nor
        take it back.
        """
        if notice.daemon_id is not None:
            with self._changed:
                self._passed[notice.daemon, notice.daemon_id] = replace(notice, summary="", body="")

    def let_go(self) -> None:
        """Have the daemon let go of all that is held, or was shown elsewhere: focus ends.

        What the vault has not taken after a second, because something keeps it busy, is closed before it is kept. It
        stays in memory until it is, and the digest tells of it then.
        """
        until = system_time.monotonic() + CLOSED_SECONDS
        with self._changed:
            while self._gets_on(len(self._unclosed)) and system_time.monotonic() < until:
                pass
            self._unclosed.update((one.number, one) for one in self._passed.values())
            self._passed.clear()
            some = list(self._unclosed.values())
        for _ in range(TRIES):
            why = self._close_these(some)
            with self._changed:
                self._changed.wait_for(lambda: not self._closing, CLOSED_SECONDS)
                some = list(self._unclosed.values())
            if not some:
                return
        self._on_incident(PART, f"{counted(len(some), 'held notification')} may pop up: {why or BUSY}")

    def close(self, notices: Sequence[Notice]) -> str:
        """Have the daemon let go of some; returns why it did not let go of all, empty where it did.

        What is left is tried again.
        """
        try:
            self._server.close(self._server.standing((one.daemon, one.daemon_id) for one in notices))
        except UnclosedError as error:
            with self._changed:
                left = [one for one in notices if one.daemon_id in error.left]
                self._unclosed.update((one.number, one) for one in left)
                self._late.update((one.number, one) for one in left)
            return str(error)
        return ""

    def replaced(self, notice: Notice) -> None:
        """Note that a notice that is not held takes the place of one that may be."""
        places = replaced(notice)
        if places and self._held:
            self._note(lambda: self._writer.do(rows.hold, [], places).result())

    def happened(self, what: Happened) -> None:
        """Take in that a program took back what is held."""
        at = place_of(what)
        if what.cause is not Cause.WITHDRAWN or at is None:
            return
        with self._changed:
            notice = self._held.get(at)
            if notice is None or not notice.met(what):
                return
            del self._held[at]
        number = notice.number
        self._note(lambda: self._writer.do(rows.withdraw, [number]).result())

    def remembered(self) -> frozenset[int]:
        """Return the numbers of those that would be known again."""
        with self._changed:
            return frozenset(one.number for one in self._held.values())

    def forget(self, numbers: Container[int] | None = None) -> None:
        """Know none of them again, or none of these: they are told, or forgotten."""
        with self._changed:
            for at in [at for at, one in self._held.items() if numbers is None or one.number in numbers]:
                del self._held[at]

    def forget_between(self, start: float, end: float) -> None:
        """Forget what is in memory of a time (UTC seconds)."""
        with self._changed:
            self._unkept = deque(one for one in self._unkept if not start <= one.judged.notice.time < end)
        self.forget()

    def _gets_on(self, left: int) -> bool:
        """Wait until fewer than ``left`` are to be closed; False where there are none or nothing moves."""
        moved = self._changed.wait_for(lambda: len(self._unclosed) < left or not left, PATIENCE_SECONDS)
        return bool(self._unclosed) and (moved or bool(self._closing))

    def _keep(self) -> None:
        """Keep what waits, some at a time, and have the daemon let go of it."""
        with self._changed:
            some = [self._unkept[i] for i in range(min(AT_ONCE, len(self._unkept)))]
        if not some:
            return
        places = [place for one in some for place in replaced(one.judged.notice)]
        excluded = self._choices().exclude_apps
        try:
            self._writer.do(rows.hold, [kept(one.judged, excluded) for one in some], places).result()
        except VaultError as error:
            self._on_incident(PART, f"Notifications cannot be held: {error}")
            self._refuse(some)
            return
        self._taken(some)
        with self._changed:
            late, self._late = list(self._late.values()), {}
        self._close_these([*late, *(one.judged.notice for one in some if one.replays)])
        for one in some:
            one.kept([one.judged])

    def _refuse(self, some: Sequence[_Unkept]) -> None:
        """Leave some to their daemon where it has them still; the others have to be shown."""
        self._taken(some)
        with self._changed:
            left = {one.judged.notice.number for one in some if one.replays and one.judged.notice.daemon_id is None}
            left |= {one.judged.notice.number for one in some if self._unclosed.pop(one.judged.notice.number, None)}
            self._changed.notify_all()
        for one in some:
            if one.judged.notice.number not in left:
                one.refused([one.judged])

    def _taken(self, some: Sequence[_Unkept]) -> None:
        """Wait no more for some; what was forgotten meanwhile is not among them."""
        done = {id(one) for one in some}
        with self._changed:
            self._unkept = deque(one for one in self._unkept if id(one) not in done)

    def _close_these(self, notices: Sequence[Notice]) -> str:
        """Close those of some that nobody closed yet; returns as `close`."""
        with self._changed:
            mine = [one for one in notices if self._unclosed.pop(one.number, None) is not None]
            self._closing += len(mine)
        try:
            return self.close(mine)
        finally:
            with self._changed:
                self._closing -= len(mine)
                self._changed.notify_all()

    def _note(self, change: Callable[[], object]) -> None:
        def noted() -> None:
            try:
                change()
            except VaultError as error:
                self._on_incident(PART, str(error))

        self._line.put(noted)
