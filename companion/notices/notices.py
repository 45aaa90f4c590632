"""Notifications, in one piece: watched, judged, held or shown, told of afterwards, and learned from."""

from __future__ import annotations

import queue
import threading
import time as system_time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TypeVar

from companion.notices.digest import Digest
from companion.notices.holding import Holding, noticed
from companion.notices.judging import Decided, Focus, Judging
from companion.notices.learner import Learner
from companion.notices.passing import Passing, Show
from companion.notices.rules import Choices
from companion.notices.server import Server
from companion.notices.telling import Telling
from companion.notices.types import Happened, Judged, Notice, NoticesError, Response, Semantics
from companion.notices.watching import PART, Watcher
from companion.notices.wire import Original
from index import notices as rows
from index.store import Store
from index.types import VaultError
from index.writer import Writer

T = TypeVar("T")

AT_ONCE = 256  # taken together, and kept in one change
WORK_SECONDS = 120.0  # what waits is worked off by then, or never
BEAT_SECONDS = 1.0
UNKNOWN = "There is no notification {} any more: it may have been forgotten. Choose one of those that are listed."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How notifications are.

    Attributes
    ----------
    limits
        Why they are not seen; empty while they are.
    focused
        Whether they are held now.
    seen, passed, held
        How many since the start; of those that came during focus, how many were let through and held.
    answers, corrections
        How many answers the model learned from, and how many of them were corrections.
    recent
        What was judged last, newest first.
    digest
        The last digest, None before the first.

    """

    limits: str
    focused: bool
    seen: int
    passed: int
    held: int
    answers: int
    corrections: int
    recent: tuple[Judged, ...]
    digest: Digest | None


_Work = tuple[Notice, Original] | Callable[[], object] | None  # None: no more


class Notices:
    """Watches notifications from `start` to `stop`, and holds them between `focus_began` and `focus_ended`.

    Safe to use from several threads.

    Parameters
    ----------
    environ
        Where the session bus's address is looked up.
    choices
        Returns what the person chose; asked for each notice.
    show
        Shows a notice in a window of our own, where do-not-disturb holds critical ones too; returns whether it does.
        Called on the thread of the notices.
    offer
        Is handed a digest when the person chooses to see it. Called on the thread of the notices.
    response
        Returns what the EEG did in the seconds after a time (UTC seconds), None where nothing is known of it.
    on_incident
        Gets the part and a sentence.
    clock
        UTC seconds since 1970.

    """

    def __init__(
        self,
        writer: Writer,
        store: Store,
        environ: Mapping[str, str],
        *,
        choices: Callable[[], Choices] = Choices,
        show: Show | None = None,
        offer: Callable[[Digest], None] = lambda _digest: None,
        response: Callable[[float], Response | None] = lambda _time: None,
        on_incident: Callable[[str, str], None],
        clock: Callable[[], float] = system_time.time,
    ) -> None:
        self._store, self._on_incident = store, on_incident
        self._waiting: queue.SimpleQueue[_Work] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._digest: Digest | None = None
        self._watcher = Watcher(
            environ,
            on_notice=lambda notice, original: self._waiting.put((notice, original)),
            on_happened=lambda what: self._waiting.put(lambda: self._happened(what)),
            on_incident=on_incident,
            first=rows.last_number(store) + 1,
            clock=clock,
        )
        server = Server(self._watcher)
        self._learner = Learner(writer, store, response=response, on_incident=on_incident, clock=clock)
        self._holding = Holding(writer, server, on_incident)
        passing = Passing(server, show=show, close=self._holding.close, on_incident=on_incident)
        self._judging = Judging(self._learner, self._holding, passing, choices=choices)
        self._telling = Telling(writer, store, server, offer=offer, on_incident=on_incident, clock=clock)

    def start(self) -> None:
        """Watch from now on, and tell of what a crash left held."""
        self._learner.load()
        self._watcher.start()
        self._thread = threading.Thread(target=self._work, name="notices", daemon=True)
        self._thread.start()
        self._waiting.put(self._tell)

    def stop(self) -> None:
        """Watch no more; what waits is worked off and what was learned is kept."""
        if self._thread is None:
            return
        self._waiting.put(None)
        self._thread.join()
        self._thread = None
        self._watcher.stop()
        self._learner.save()

    def focus_began(self, semantics: Semantics, name: str, since: float | None = None) -> bool:
        """Hold notifications from now on; ``name`` is that of the desktop's do-not-disturb.

        ``since`` (UTC seconds) is when do-not-disturb went on, where that was before: what came in between is judged
        anew. Returns whether notifications are seen. Where they are not, nothing is held, and do-not-disturb would
        only lose them.
        """
        try:
            first = self._watcher.barrier()
        except NoticesError as error:
            self._on_incident(PART, f"Nothing is held while {name} is quiet. {error}")
            return False
        focus = self._judging.focus = Focus(semantics, first)
        if since is not None:
            self._waiting.put(lambda: self._judging.judge_anew(since, focus))
        return True

    def focus_ended(self, release: Callable[[], object] = lambda: None) -> Digest | None:
        """Hold no more, and tell of what was held; returns the digest, None where nothing was held.

        ``release`` turns do-not-disturb off. It is called once the daemon has let go of what was held and before the
        digest is shown; it is called as well where anything before it fails.
        """
        began = self._judging.focus is not None
        try:
            if began:
                self._end_focus()
        finally:
            release()
        return self._do(self._tell) if began else None

    def correct(self, number: int, important: bool) -> None:
        """Learn that the person calls a notice important, or not; raises `NoticesError` where it is not known."""
        found = next((one for one in self._judging.recent() if one.notice.number == number), None)
        if found is not None:
            notice, focused = found.notice, found.focus is not None
        else:
            notice, focused = noticed(self._kept(number)), True
        self._learner.correct(notice, focused=focused, important=important)
        self._waiting.put(self._learner.save)

    def open(self, number: int) -> bool:
        """Show a held notice again, and learn that the person wanted it; returns whether it is the original.

        Raises `NoticesError` where there is none of this number, or the daemon cannot be asked.
        """
        original = self._telling.again(self._kept(number))
        self._learner.opened(number)
        return original

    def looked_at(self, digest: Digest) -> None:
        """Take in that the person looks at a digest: what they open of it is learned from, and what not."""
        self._learner.in_digest(noticed(one) for one in digest.notices)

    def turned_to(self, app: str, time: float) -> None:
        """Take in that the person turned to a program at a time (UTC seconds): its notices are acted on."""
        self._learner.turned_to(app, time)

    def forgotten(self, start: float, end: float) -> None:
        """Forget what is in memory of a time (UTC seconds); what the vault has of it is forgotten there."""
        self._judging.forget(start, end)
        self._digest = None
        self._waiting.put(self._holding.forget)

    def snapshot(self) -> Snapshot:
        """Return how notifications are now."""
        return Snapshot(
            self._watcher.limits,
            self._judging.focus is not None,
            *self._judging.counts(),
            self._learner.answers,
            self._learner.corrections,
            tuple(one.judged for one in self._judging.recent()),
            self._digest,
        )

    def _kept(self, number: int) -> rows.HeldNotice:
        found = rows.numbered(self._store, [number])
        if not found:
            raise NoticesError(UNKNOWN.format(number))
        return found[0]

    def _end_focus(self) -> None:
        """Have all that came during focus judged and, where need be, let go of by the daemon."""
        try:
            until = self._watcher.barrier()
            focus = self._judging.focus
            self._judging.focus = None if focus is None else replace(focus, until=until)
        except NoticesError as error:
            self._on_incident(PART, f"Some notifications may have been missed at the end of focus. {error}")
        try:
            self._do(lambda: None)
        finally:
            self._judging.focus = None

    def _do(self, work: Callable[[], T]) -> T:
        """Have something done on the thread of the notices, after all that waits, and wait for it."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001 it is raised where it is waited for
                done.set_exception(error)

        self._waiting.put(run)
        return done.result(WORK_SECONDS)

    def _work(self) -> None:
        goes_on = True
        while goes_on:
            decided: list[Decided] = []
            for one in self._some():
                if isinstance(one, tuple):
                    decided += self._judging.judged(*one)
                    continue
                self._judging.carry_out(decided)
                decided = []
                if one is None:
                    goes_on = False
                else:
                    one()
            self._judging.carry_out(decided)
            self._learner.go_on()

    def _some(self) -> list[_Work]:
        """Return what waits, some at a time; nothing after a while."""
        some: list[_Work] = []
        try:
            some.append(self._waiting.get(timeout=BEAT_SECONDS))
            while len(some) < AT_ONCE:
                some.append(self._waiting.get_nowait())
        except queue.Empty:
            pass
        return some

    def _happened(self, what: Happened) -> None:
        digest = self._telling.happened(what)
        if digest is not None:
            self.looked_at(digest)
        self._learner.happened(what)
        self._holding.happened(what)

    def _tell(self) -> Digest | None:
        """Tell of all that is held; returns the last digest that was made. What cannot be told now is told later."""
        try:
            self._telling.gather()
            told = self._telling.tell()
        except VaultError as error:
            self._on_incident(PART, f"What was held is told once the vault can be read and written again. {error}")
            return None
        self._holding.forget()
        self._digest = told[-1] if told else self._digest
        return told[-1] if told else None
