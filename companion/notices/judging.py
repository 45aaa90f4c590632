"""Judging notices as they come, and doing with each what was decided."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from companion.notices.gate import NO_FOCUS, Context, decide
from companion.notices.holding import Holding
from companion.notices.learner import Learner
from companion.notices.passing import Passing
from companion.notices.repeats import Repeats
from companion.notices.rules import Choices
from companion.notices.types import Decision, Judged, Notice, Semantics
from companion.notices.watching import PART
from companion.notices.wire import Original, as_seen, without_pictures

REMEMBERED = 500  # judged notices that are shown in windows and can be corrected
PICTURED = 16  # of these, the newest: what is judged anew came seconds ago, and a picture takes as much as all they say
SEEN, PASSED, HELD = "seen", "passed", "held"
UNKEPT = "It could not be kept, so it was shown."
UNSEEN = "Held for the digest because you may not have seen it on the screen."
UNJUDGED = "Passed because it could not be judged ({}: {})."
PAUSED = "recording is paused"
UNHELD = "Shown because recording is paused: nothing is held then."
LOST = "A notification that came while recording was paused could not be shown, and is not kept either."


@dataclass(frozen=True, slots=True)
class Focus:
    """A time in which notifications are held: which numbers came during it, and what do-not-disturb does."""

    semantics: Semantics
    first: int
    until: int = 1 << 62

    def has(self, notice: Notice) -> bool:
        """Whether a notice came during it."""
        return self.first <= notice.number < self.until


@dataclass(frozen=True, slots=True)
class Decided:
    """A notice that was judged, as its program sent it, and the focus that it came in; None for none.

    ``earlier`` is how many of the same sender came within minutes before.
    """

    judged: Judged
    original: Original
    focus: Focus | None
    earlier: int = 0

    @property
    def notice(self) -> Notice:
        """The notice."""
        return self.judged.notice


class Judging:
    """Judges and carries out on one thread; focus is set and looked at from others.

    Parameters
    ----------
    anew
        Has something done on that thread later.
    may_keep
        Returns whether anything may be taken down now: nothing is held or learned from while it may not.

    """

    def __init__(
        self,
        learner: Learner,
        holding: Holding,
        passing: Passing,
        *,
        choices: Callable[[], Choices],
        anew: Callable[[Callable[[], object]], object],
        may_keep: Callable[[], bool] = lambda: True,
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._learner, self._holding, self._passing, self._choices = learner, holding, passing, choices
        self._anew, self._may_keep, self._on_incident = anew, may_keep, on_incident
        self._lock = threading.Lock()
        self._repeats, self._counts = Repeats(), Counter[str]()
        self._focus: Focus | None = None
        self._last_focus: Focus | None = None
        self._forgotten = (0, 0.0, 0.0)  # up to which number, and from when to when
        self._recent: deque[Decided] = deque(maxlen=REMEMBERED)

    @property
    def focus(self) -> Focus | None:
        """The focus that notifications are held for, None for none."""
        with self._lock:
            return self._focus

    @focus.setter
    def focus(self, focus: Focus | None) -> None:
        with self._lock:
            self._focus, self._last_focus = focus, focus or self._last_focus

    def recent(self) -> list[Decided]:
        """Return what was judged last, newest first."""
        with self._lock:
            return list(reversed(self._recent))

    def known(self, number: int) -> Decided | None:
        """Return one of those by its number, None where it is not among them."""
        with self._lock:
            return next((one for one in reversed(self._recent) if one.notice.number == number), None)

    def counts(self) -> tuple[int, int, int]:
        """Return how many were seen; of those that came during focus, how many were let through and held."""
        with self._lock:
            return self._counts[SEEN], self._counts[PASSED], self._counts[HELD]

    def take(self, notice: Notice, original: Original) -> None:
        """Judge a notice and do what was decided; our own are none."""
        if self._passing.is_own(notice) or self._is_forgotten(notice):
            return
        known = self.known(notice.number)
        if known is not None:
            self._numbered(known, notice)
            return
        choices = self._choices()
        with self._lock:
            earlier = self._repeats.note(notice, choices.repeat_minutes)
        focus = self.focus
        focus = focus if focus is not None and focus.has(notice) else None
        made = Decided(self._judge(notice, choices, earlier, focus), original, focus, earlier)
        with self._lock:
            self._remember([made])
            self._counts[SEEN] += 1
        self.carry_out([made])

    def judge_anew(self, first: int, focus: Focus) -> None:
        """Judge again what came from a number on and was taken for outside of focus."""
        choices = self._choices()
        late = self._taken_out(lambda one: one.focus is None and one.notice.number >= first)
        anew = [replace(one, judged=self._judge(one.notice, choices, one.earlier, focus), focus=focus) for one in late]
        self._learner.drop(one.notice.number for one in anew)
        with self._lock:
            self._remember(anew)
        self.carry_out(anew)

    def unseen(self, passed: Sequence[Judged]) -> None:
        """Hold what passed and may not have been seen: there was no room for it, or it was to stay and could not."""
        known = {one.notice.number: one for one in self.recent()}
        current = (one for one in passed if not self._is_forgotten(one.notice) and not self._went_on(one.notice))
        some = [known.get(one.notice.number) or Decided(one, as_seen(one.notice), self._last_focus) for one in current]
        some = [one for one in some if one.judged.decision is Decision.PASS]
        numbers = {one.notice.number for one in some}
        self._taken_out(lambda one: one.notice.number in numbers)
        self._learner.drop(one.notice.number for one in some)
        held = [replace(one, judged=replace(one.judged, decision=Decision.HOLD, why=UNSEEN)) for one in some]
        with self._lock:
            self._remember(held)
            self._counts[PASSED] -= len(held)
        self.carry_out(held)

    def forget(self, start: float, end: float, below: int) -> None:
        """Forget what is in memory of a time (UTC seconds), and what has yet to come of it: numbers ``below`` this."""
        with self._lock:
            self._repeats.forget(start, end)
            self._forgotten = below, start, end
        gone = self._taken_out(lambda one: start <= one.notice.time < end)
        self._learner.drop(one.notice.number for one in gone)

    def carry_out(self, decided: Sequence[Decided]) -> None:
        """Do with each what was decided."""
        to_hold: list[Decided] = []
        for one in decided:
            if one.focus is None:
                self._passing.not_by_us(one.notice)
                self._shown(one.notice, focused=False)
            elif one.judged.rule == PAUSED and one.focus.semantics.replays:
                continue  # the daemon shows it: focus ends within the second, or when it would have ended
            elif one.judged.decision is not Decision.PASS:
                to_hold.append(one)
            elif not self._let_through(one, one.focus):
                to_hold.append(replace(one, judged=replace(one.judged, decision=Decision.HOLD)))
        for focus in {one.focus.first: one.focus for one in to_hold if one.focus is not None}.values():
            self._hold([one for one in to_hold if one.focus is not None and one.focus.first == focus.first], focus)

    def _is_forgotten(self, notice: Notice) -> bool:
        with self._lock:
            below, start, end = self._forgotten
        return notice.number < below and start <= notice.time < end

    def _went_on(self, notice: Notice) -> bool:
        """Whether another one has taken the place of a notice since."""
        return any(one.notice.goes_on_with(notice) for one in self.recent())

    def _judge(self, notice: Notice, choices: Choices, earlier: int, focus: Focus | None) -> Judged:
        """Return what becomes of a notice; nothing is held while recording is paused."""
        judged = self._ruled(notice, choices, earlier, focused=focus is not None)
        if focus is None or self._may_keep():
            return judged
        if judged.decision is Decision.PASS:
            return replace(judged, paused=True)
        return Judged(notice, Decision.PASS, PAUSED, why=UNHELD, paused=True)

    def _ruled(self, notice: Notice, choices: Choices, earlier: int, *, focused: bool) -> Judged:
        """Return what the gate decides; what fails on the way lets a notice through rather than lose it."""
        try:
            estimate = self._learner.estimate(notice, focused=focused)
            return decide(notice, Context(focused, earlier, estimate, self._learner.answers), choices)
        except Exception as error:  # noqa: BLE001 it is told of
            why = UNJUDGED.format(type(error).__name__, error)
            self._on_incident(PART, why)
            return Judged(notice, Decision.PASS, "" if focused else NO_FOCUS, why=why)

    def _let_through(self, one: Decided, focus: Focus) -> bool:
        """Show one that passes; returns whether it is shown."""
        shown = self._passing.let_through(one.judged, one.original, focus.semantics)
        if shown is None:
            return False
        self._count(PASSED, 1)
        self._shown(shown, focused=True)
        return True

    def _shown(self, notice: Notice, *, focused: bool) -> None:
        self._holding.replaced(notice)
        if self._may_keep():
            self._learner.shown(notice, focused=focused)

    def _hold(self, some: Sequence[Decided], focus: Focus) -> None:
        """Hold some; where they cannot be kept and the daemon would lose them, show them."""
        by_number = {one.notice.number: one for one in some if not one.judged.paused}
        for _ in range(len(some) - len(by_number)):
            self._on_incident(PART, LOST)
        for one in some:
            self._passing.not_by_us(one.notice)

        def show(judged: Sequence[Judged]) -> None:
            for one in (by_number[each.notice.number] for each in judged):
                self._let_through(replace(one, judged=replace(one.judged, why=UNKEPT)), focus)

        self._holding.hold(
            [one.judged for one in by_number.values()],
            focus.semantics,
            kept=lambda judged: self._count(HELD, len(judged)),
            refused=lambda judged: self._anew(lambda: show(judged)),
        )

    def _remember(self, some: Sequence[Decided]) -> None:
        """Take some down, and let the pictures of those go that are not among the newest any more. With the lock."""
        self._recent.extend(some)
        newest = len(self._recent) - PICTURED
        for at in range(max(0, newest - len(some)), max(0, newest)):
            self._recent[at] = replace(self._recent[at], original=without_pictures(self._recent[at].original))

    def _numbered(self, known: Decided, notice: Notice) -> None:
        """Take in the daemon's number of a notice that was judged before it had one."""
        judged = replace(known.judged, notice=notice)
        with self._lock:
            self._recent = deque(
                (replace(one, judged=judged) if one is known else one for one in self._recent), maxlen=REMEMBERED
            )
        semantics = known.focus.semantics if known.focus is not None else None
        if semantics is None or not semantics.replays or self._passing.is_shown(notice, semantics):
            return
        if judged.decision is not Decision.PASS:
            self._holding.close([notice])
        elif judged.rule != PAUSED:
            self._holding.close_later(notice)

    def _count(self, what: str, more: int) -> None:
        with self._lock:
            self._counts[what] += more

    def _taken_out(self, of: Callable[[Decided], bool]) -> list[Decided]:
        """Take some out of what is remembered, and return them."""
        with self._lock:
            taken = [one for one in self._recent if of(one)]
            self._recent = deque((one for one in self._recent if not of(one)), maxlen=REMEMBERED)
        return taken
