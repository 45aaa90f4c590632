"""Notifications, in one piece: watched, judged, held or shown, told of afterwards, and learned from."""

from __future__ import annotations

import math
import time as system_time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace

from companion.notices.digest import Digest
from companion.notices.holding import Holding
from companion.notices.judging import Focus, Judging
from companion.notices.kept import noticed
from companion.notices.learner import Learner
from companion.notices.line import Line
from companion.notices.passing import Passing, Show, TakeDown
from companion.notices.rules import Choices
from companion.notices.server import Server
from companion.notices.snapshot import Snapshot as Snapshot  # noqa: PLC0414 also told of from here
from companion.notices.telling import Offer, Telling
from companion.notices.types import Brain, Happened, Judged, NoticesError, Response, Semantics
from companion.notices.watching import PART, Watcher
from index import notices as rows
from index.store import Store
from index.types import VaultError
from index.writer import Writer

JUDGED_SECONDS = 30.0  # in which all that came during focus is judged
DIGEST_SECONDS = 30.0  # that the end of focus waits for the digest; later it is shown as soon as it is there
AGAIN_SECONDS = 30.0  # after which the vault is asked anew for a digest that it refused
MISSED = "Notifications that come until then are not seen, and some that were held may be missing from the digest."
BEHIND = "Some notifications may be missing from the digest: too many came at once."
PAUSED = "Recording is paused: no notification is held."
UNKNOWN = "There is no notification {} any more: it may have been forgotten. Choose one of those that are listed."


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
    take_down
        Takes windows down that ``show`` has shown: those of the notices of which what it is handed returns True.
    offer
        Is handed a digest when the person chooses to see it, and where the desktop could not say that it is there;
        returns False where nobody can show it now. Called on the thread of the notices.
    brain
        Watches what the EEG does after a notice; None for nothing. It is started and stopped with this.
    may_keep
        Returns whether anything may be taken down now. While it may not, nothing is held.
    quiet
        Returns what is true of the desktop while its do-not-disturb is on, whoever turned it on; None while it is off.
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
        take_down: TakeDown | None = None,
        offer: Offer = lambda _digest: None,
        brain: Brain | None = None,
        may_keep: Callable[[], bool] = lambda: True,
        quiet: Callable[[], Semantics | None] = lambda: None,
        on_incident: Callable[[str, str], None],
        clock: Callable[[], float] = system_time.time,
    ) -> None:
        self._store, self._writer, self._on_incident = store, writer, on_incident
        self._digest: Digest | None = None
        self._looked_at: set[int] = set()  # digests
        self._tell_at = math.inf  # monotonic: when a digest that the vault refused is tried again
        learner = Learner(writer, store, response=self._response, choices=choices, on_incident=on_incident, clock=clock)
        self._judged = Line("notices", on_incident=on_incident, beat=learner.go_on)
        self._vault = Line("notices vault", on_incident=on_incident, beat=self._vault_beat)
        self._watcher = Watcher(
            environ,
            on_notice=lambda notice, original: self._seen(lambda: self._judging.take(notice, original)),
            on_happened=lambda what: self._seen(lambda: self._happened(what)),
            on_incident=on_incident,
            on_lost=self._lost,
            first=rows.last_number(store) + 1,
            clock=clock,
        )
        server = Server(self._watcher)
        self._brain, self._may_keep, self._quiet = brain, may_keep, quiet
        self._holding = holding = Holding(writer, server, self._vault, choices=choices, on_incident=on_incident)
        passing = Passing(server, show=show, close=holding.close_later, take_down=take_down, on_incident=on_incident)
        self._judging = Judging(
            learner, holding, passing, choices=choices, anew=self._anew, may_keep=may_keep, on_incident=on_incident
        )
        self._learner, self._passing = learner, passing
        self._telling = Telling(
            writer, store, server, offer=offer, show=show, quiet=self._quiet_now, on_incident=on_incident
        )

    @property
    def limits(self) -> str:
        """Why notifications are not seen, or may not be held; empty for neither. Whoever holds them ends it then."""
        return self._watcher.limits or ("" if self._may_keep() else PAUSED)

    def start(self) -> None:
        """Watch from now on, and tell of what a crash left held."""
        self._learner.load()
        if self._brain is not None:
            self._brain.start()
        self._watcher.start()
        self._judged.start()
        self._vault.start()
        self._vault.put(self._tell)

    def stop(self, *, for_good: bool = False) -> None:
        """Watch no more; what waits is worked off and what was learned is kept.

        The next start tells anew of what nobody has answered. ``for_good`` where none is to come soon: it is offered
        now, and where nobody shows it its message stays.
        """
        if not self._judged.runs:
            return
        self._judged.stop()
        self._on_vault(self._telling.hand_over if for_good else self._telling.put_away)
        self._vault.put(self._learner.save)
        self._vault.stop()
        self._watcher.stop()
        if self._brain is not None:
            self._brain.stop()

    def mark(self) -> int:
        """Return a number for `focus_began`, to be taken before do-not-disturb goes on; may raise `NoticesError`."""
        return self._watcher.barrier()

    def focus_began(self, semantics: Semantics, name: str, since: int | None = None) -> bool:
        """Hold notifications from now on; ``name`` is that of the desktop's do-not-disturb.

        ``since`` is what `mark` returned before do-not-disturb went on: what came in between is judged anew. Returns
        whether notifications are seen. Where they are not, nothing is held, and do-not-disturb would only lose them.
        """
        try:
            first = self._watcher.barrier()
        except NoticesError as error:
            self._on_incident(PART, f"Nothing is held while {name} is quiet. {error}")
            return False
        focus = self._judging.focus = Focus(semantics, first)
        if since is not None:
            self._judged.put(lambda: self._judging.judge_anew(since, focus))
        return True

    def focus_ended(self, release: Callable[[], object] = lambda: None) -> Digest | None:
        """Hold no more, and tell of what was held.

        Returns the digest; None where nothing was held, or where the vault is too busy for it, or the person's own
        do-not-disturb would have it dropped: it is shown later then.
        ``release`` turns do-not-disturb off, and does not wait for the vault. It is called once the daemon has let go
        of what was held and before the digest is shown; where the daemon would rather drop what it holds, before the
        last notification is taken in, so that none comes too late for the one and too early for the other. It is
        called as well where anything before it fails.
        """
        focus = self._judging.focus
        if focus is None:
            release()
            return None
        first, then = (self._end_focus, release) if focus.semantics.replays else (release, self._end_focus)
        try:
            first()
        finally:
            then()
        try:
            return self._vault.do(self._tell).result(DIGEST_SECONDS)
        except NotYet:
            return None

    def unseen(self, passed: Sequence[Judged]) -> None:
        """Take in that some that ``show`` took may not have been seen: they are held, and told of in the digest.

        Once this has stopped, of the next that starts.
        """
        some = tuple(passed)
        self._judged.put(lambda: self._judging.unseen(some))
        if self._judging.focus is None and self._judged.runs:
            self._judged.put(lambda: self._vault.put(self._tell))

    def correct(self, number: int, important: bool) -> None:
        """Learn that the person calls a notice important, or not; raises `NoticesError` where it is not known."""
        found = self._judging.known(number)
        notice = noticed(self._kept(number)) if found is None else found.notice
        focused = found is None or found.focus is not None
        self._learner.correct(notice, focused=focused, important=important)
        self._vault.put(self._learner.save)

    def open(self, number: int) -> bool:
        """Show a notice again, and learn that the person wanted it; returns whether it is the original.

        One that was held is shown by what it said where its daemon has it no longer; one that passed by its original
        alone, as what it said has just been seen. Raises `NoticesError` where there is none of this number, or the
        daemon cannot be asked.
        """
        judged = self._judging.known(number)
        if judged is not None and not rows.numbered(self._store, [number]):
            self._learner.opened(number)
            return self._telling.original(judged.notice)
        original = self._telling.again(self._kept(number))
        self._learner.opened(number)
        return original

    def looked_at(self, digest: Digest) -> None:
        """Take in that the person has a digest before them: what they open of it is learned from, and what not."""
        self._on_vault(lambda: self._telling.looked_at(digest))
        if digest.number not in self._looked_at:  # seen once more, it says nothing new of what was not opened
            self._looked_at.add(digest.number)
            self._learner.in_digest(noticed(one) for one in digest.notices)

    def turned_to(self, app: str, time: float) -> None:
        """Take in that the person turned to a program at a time (UTC seconds): its notices are acted on."""
        self._learner.turned_to(app, time)

    def forgotten(self, start: float, end: float) -> None:
        """Forget what is in memory of a time (UTC seconds); what the vault has of it is forgotten there."""
        self._judging.forget(start, end, self._watcher.next_number)
        self._holding.forget_between(start, end)
        if self._brain is not None:
            self._brain.forget()
        self._digest = None
        self._looked_at.clear()  # their numbers may be given again
        self._vault.put(lambda: self._forgotten(start, end))

    def snapshot(self) -> Snapshot:
        """Return how notifications are now."""
        return Snapshot(
            self.limits,
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

    def _seen(self, work: Callable[[], object]) -> None:
        """Have something done with what was seen; nothing any more at the end, while its message is put away."""
        if not self._judged.over:
            self._judged.put(work)

    def _anew(self, work: Callable[[], object]) -> None:
        """Have something done on the thread that judges; at once where it has ended."""
        if self._judged.runs:
            self._judged.put(work)
        else:
            work()

    def _end_focus(self) -> None:
        """Have all that came during focus judged and, where need be, let go of by the daemon."""
        try:
            until = self._watcher.barrier()
            focus = self._judging.focus
            self._judging.focus = None if focus is None else replace(focus, until=until)
        except NoticesError as error:
            self._on_incident(PART, f"Some notifications may have been missed at the end of focus. {error}")
        try:
            self._judged.do(lambda: None).result(JUDGED_SECONDS)
        except NotYet:
            self._on_incident(PART, BEHIND)
        try:
            self._holding.let_go()
        finally:
            self._judging.focus = None

    def _happened(self, what: Happened) -> None:
        self._learner.happened(what)
        self._holding.happened(what)
        self._passing.happened(what)
        self._on_vault(lambda: self._telling.happened(what))

    def _on_vault(self, tell: Callable[[], object]) -> None:
        def told() -> None:
            try:
                tell()
            except VaultError as error:
                self._on_incident(PART, f"The digest cannot be shown, or is told of once more: {error}")

        self._vault.put(told)

    def _quiet_now(self) -> Semantics | None:
        """Return what is true of the desktop's do-not-disturb, None while it is off."""
        focus = self._judging.focus
        return self._quiet() if focus is None else focus.semantics

    def _tell(self) -> Digest | None:
        """Tell of all that is held; returns the last digest that was made. What cannot be told now is told later."""
        held = self._holding.remembered()  # what is held from here on, as focus begins, is of the next digest
        if self._judging.focus is not None:  # do-not-disturb would hold the digest too, or drop it: told at its end
            return None
        try:
            self._telling.gather()
            told = self._telling.tell()
        except VaultError as error:
            if self._tell_at == math.inf:
                self._on_incident(PART, f"What was held is told once the vault can be read and written again. {error}")
            self._tell_at = system_time.monotonic() + AGAIN_SECONDS
            return None
        self._tell_at = system_time.monotonic() + AGAIN_SECONDS if self._telling.waits else math.inf
        self._holding.forget(held)
        self._digest = told or self._telling.waits or self._digest
        return told

    def _forgotten(self, start: float, end: float) -> None:
        """Have nothing left of a time in the vault that was on its way there, nor on the screen."""
        self._learner.forgotten(start, end)
        try:
            self._writer.do(rows.drop_between, start, end).result()
            self._telling.take_down_changed()
        except VaultError as error:
            self._on_incident(PART, f"The digest on the screen may still tell of what was forgotten: {error}")
        self._tell()

    def _response(self, time: float) -> Response | None:
        change = None if self._brain is None else self._brain.change(time)
        return None if change is None else Response(change)

    def _lost(self) -> None:
        if self._judging.focus is not None:
            self._on_incident(PART, MISSED)

    def _vault_beat(self) -> None:
        self._learner.save_sometimes()
        if system_time.monotonic() >= self._tell_at:
            self._tell()
