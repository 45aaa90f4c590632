"""Do-not-disturb on, and notifications held, for as long as focus is deep: and never for longer."""

from __future__ import annotations

import math
import queue
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from companion.deep_work.choices import Chosen
from companion.deep_work.front import Front
from companion.focus.types import Cause, FocusState
from companion.focus.watch import FocusWatch
from companion.notices.notices import PAUSED, Notices
from companion.notices.snapshot import Snapshot
from companion.notices.types import NoticesError
from companion.quiet.keeping import OWN, Keeping, Standing

PART = "focus"
#: Seconds from one look to the next while something is held, and until a state of focus counts as one of the past.
LOOK_SECONDS, STALE_SECONDS = 1.0, 30.0
#: Seconds that the person themselves may have focus on, and that is waited beyond what focus ends after by itself.
LONGEST_ASKED, GRACE_SECONDS = 24 * 3600.0, 60.0
#: Seconds until what failed as it began is tried again: each time twice as long, up to the second.
TRY_SECONDS, LONGEST_TRY_SECONDS = 5.0, 60.0

HOLDS_ALL = "Do-not-disturb stays off: {} would hold what is urgent too, and without windows nobody here can show it."
NOT_FOLLOWED = (
    "Do-not-disturb is off: nothing was heard of your focus for half a minute. If this stays, restart Companion."
)
NOT_SEEN = "Do-not-disturb is off while notifications are not seen."
NOT_MARKED = "Do-not-disturb stays off until notifications can be asked for. {}"
NOT_KEPT = "Do-not-disturb is off while recording is paused."
TOO_LONG = (
    "Do-not-disturb is off until the next focus: it was on for longer than focus may last. Restart Companion if this "
    "comes again."
)


class _Wake(Enum):
    LOOK = "something may have changed"
    BEGIN = "it may begin"
    ASKED = "the person wants it to begin"
    STOP = "no more"


class DeepQuiet:
    """Begins and ends it on a thread of its own: turning do-not-disturb on may take seconds.

    What goes wrong on that thread ends what is held, and is told.

    Parameters
    ----------
    watch, notices, front, make_keeping, chosen, on_incident
        As `companion.deep_work.consequences.DeepWork` has them.
    monotonic
        Seconds that only ever grow.

    """

    def __init__(
        self,
        *,
        watch: FocusWatch,
        make_keeping: Callable[[Callable[[], None]], Keeping],
        notices: Notices,
        front: Front,
        chosen: Chosen,
        on_incident: Callable[[str, str], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._watch, self._notices, self._front, self._chosen = watch, notices, front, chosen
        self._on_incident, self._monotonic = on_incident, monotonic
        self._wakes: queue.SimpleQueue[_Wake] = queue.SimpleQueue()
        self._holding, self._limits = False, ""
        self._waiting = False  # for what may pass: it ended although focus goes on, or could not begin
        self._try_at, self._apart = -math.inf, TRY_SECONDS  # when it is tried again, monotonic, and what comes between
        self._told = False  # that notices cannot be asked, which keeps it from beginning
        self._counted = 0, 0  # of those that came during focus, how many had passed and been held before this one
        self._declined: float | None = None  # since when the focus is in which nothing is begun any more
        self._newest: FocusState | None = None
        self._focus, self._newest_at, self._began = 0.0, 0.0, 0.0
        self._thread: threading.Thread | None = None
        self.keeping = make_keeping(self.look)
        watch.listen(lambda state: self._wakes.put(_Wake.BEGIN if state.deep else _Wake.LOOK))

    @property
    def standing(self) -> Standing:
        """How do-not-disturb stands."""
        standing = self.keeping.standing
        return replace(standing, limits=self._limits) if self._limits else standing

    def counted(self, notices: Snapshot) -> Snapshot:
        """Return the same with what passed and was held since do-not-disturb went on last."""
        passed, held = self._counted
        return replace(notices, passed=max(0, notices.passed - passed), held=max(0, notices.held - held))

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name="deep work", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what is held is ended. Never raises."""
        if self._thread is not None:
            self._wakes.put(_Wake.STOP)
            self._thread.join()
        try:
            if self._holding:
                self._end()
        except Exception as error:  # noqa: BLE001 it is told, and all the rest has yet to end
            self._break_off(error)

    def look(self) -> None:
        """Take in that something may have changed."""
        self._wakes.put(_Wake.LOOK)

    def may_begin(self) -> None:
        """Take in that what stood in the way may not do so any more."""
        self._wakes.put(_Wake.BEGIN)

    def asked_for(self) -> None:
        """Take in that the person wants it, also where they turned it off by hand before."""
        self._wakes.put(_Wake.ASKED)

    def _run(self) -> None:
        while (wake := self._next()) is not _Wake.STOP:
            try:
                self._take_in(wake)
            except Exception as error:  # noqa: BLE001 whatever it is, nobody may be left cut off; it is told
                self._break_off(error)

    def _next(self) -> _Wake:
        try:
            return self._wakes.get(timeout=LOOK_SECONDS if self._holding or self._waiting else None)
        except queue.Empty:
            return _Wake.LOOK

    def _take_in(self, wake: _Wake) -> None:
        state = self._seen()
        if not state.deep:
            self._waiting, self._limits, self._apart, self._told = False, "", TRY_SECONDS, False
        if wake is _Wake.ASKED:
            self._declined = None
        if self._holding:
            self._end_unless_it_goes_on()
        elif wake in (_Wake.BEGIN, _Wake.ASKED) or (self._is_due() and not self._hindrance()):
            self._begin(state)

    def _is_due(self) -> bool:
        return self._waiting and self._monotonic() >= self._try_at

    def _begin(self, state: FocusState) -> None:
        self._waiting, self._limits, self._try_at = False, "", -math.inf
        if not state.deep or not self._chosen.quiet or state.since == self._declined or self._would_hold_all():
            return
        if self._has_to_wait() or (since := self._marked()) is None:
            return
        self._count()
        if not self.keeping.begin():
            if self.keeping.limits != OWN:
                self._try_later()
            return
        standing = self.keeping.standing  # who shows notifications may not have been there before
        semantics = None if self._would_hold_all() else standing.semantics
        if semantics is None:
            self.keeping.end()
            return
        if not self._notices.focus_began(semantics, standing.backend, since):
            if not self._has_to_wait():
                self._try_later(NOT_SEEN)
            self.keeping.end()  # what is not seen would be held and never told of
            return
        self._holding, self._focus, self._began = True, state.since, self._monotonic()
        self._apart, self._told = TRY_SECONDS, False
        self._end_unless_it_goes_on()  # it may have been turned off by hand meanwhile

    def _marked(self) -> int | None:
        """Return the mark for what is to begin; None where notices cannot be asked, which is told once."""
        try:
            return self._notices.mark()
        except NoticesError as error:
            if not self._has_to_wait():  # else they tell why themselves
                self._try_later(NOT_SEEN)
                if not self._told:
                    self._on_incident(PART, NOT_MARKED.format(error))
                self._told = True
            return None

    def _try_later(self, limits: str = "") -> None:
        """Have it tried again: a bus that does not answer, or a daemon that is not there yet, may well be soon."""
        self._waiting, self._try_at, self._limits = True, self._monotonic() + self._apart, limits
        self._apart = min(2.0 * self._apart, LONGEST_TRY_SECONDS)

    def _count(self) -> None:
        notices = self._notices.snapshot()
        self._counted = notices.passed, notices.held

    def _end_unless_it_goes_on(self) -> None:
        if not self._goes_on():
            self._end()

    def _goes_on(self) -> bool:
        """Whether what is held may be held on."""
        state, hindrance = self._seen(), self._hindrance()
        if not self.keeping.holds:
            self._declined = state.since  # nothing is turned on again before the next focus
            return False
        if hindrance:
            self._waiting, self._limits = True, hindrance
            if hindrance == NOT_FOLLOWED:  # of notices that are not seen, these tell themselves
                self._on_incident(PART, hindrance)
            return False
        if state.since != self._focus:  # another began in the same breath in which the last one ended
            self._focus, self._began = state.since, self._monotonic()
            self._count()
        if self._monotonic() - self._began > self._longest(state):
            self._declined, self._limits = state.since, TOO_LONG
            self._on_incident(PART, TOO_LONG)
            return False
        return state.deep and self._chosen.quiet and not self._would_hold_all()

    def _hindrance(self) -> str:
        """Return what makes it wrong to hold anything just now: a sentence, empty for nothing."""
        self._seen()
        if self._monotonic() - self._newest_at > STALE_SECONDS:
            return NOT_FOLLOWED
        limits = self._notices.snapshot().limits
        return NOT_KEPT if limits == PAUSED else NOT_SEEN if limits else ""

    def _has_to_wait(self) -> bool:
        """Whether something has to pass before anything is held; `standing` says what, and it begins after that."""
        self._limits = self._hindrance()
        self._waiting = bool(self._limits)
        return self._waiting

    def _longest(self, state: FocusState) -> float:
        """Return the seconds after which it was forgotten to end it."""
        asked = state.cause in (Cause.OVERRIDE, Cause.QUIET_HOURS)
        return GRACE_SECONDS + (LONGEST_ASKED if asked else self._chosen.rules.longest)

    def _seen(self) -> FocusState:
        """Return the newest state of focus, with its time noted."""
        state = self._watch.snapshot()
        if state is not self._newest:
            self._newest, self._newest_at = state, self._monotonic()
        return state

    def _would_hold_all(self) -> bool:
        """Whether even what is urgent would be held; `standing` says why then nothing is."""
        standing = self.keeping.standing
        passes = standing.semantics is None or standing.semantics.critical_passes or self._front.shows
        if not passes:
            self._limits = HOLDS_ALL.format(standing.backend)
        return not passes

    def _end(self) -> None:
        self._holding = False
        self._notices.focus_ended(self.keeping.end)

    def _break_off(self, error: Exception) -> None:
        """Hold nothing any more, whatever is broken: first of all do-not-disturb."""
        self._holding = self._waiting = False
        self._on_incident(PART, "".join(traceback.format_exception(error)))
        for undo in (self.keeping.end, self._notices.focus_ended):
            try:
                undo()
            except Exception as another:  # noqa: BLE001 it is told, and the other is to be undone all the same
                self._on_incident(PART, "".join(traceback.format_exception(another)))
