"""What follows from deep focus: do-not-disturb goes on, notifications are held, and all is undone when it ends."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from companion import looking_back
from companion.deep_work_port import Offer, Show
from companion.focus.types import FocusState, Mode
from companion.focus.watch import FocusWatch
from companion.focus_choices import Chosen
from companion.front import Front
from companion.looking_back import Past
from companion.notices.notices import Notices
from companion.notices.notices import Snapshot as NoticesSnapshot
from companion.quiet.keeping import Keeping, Standing
from companion.settings import Settings
from index.focus_history import Span, Totals
from index.store import Store

T = TypeVar("T")

HOLDS_ALL = "Do-not-disturb stays off: {} would hold what is urgent too, and without windows nobody here can show it."


@dataclass(frozen=True, slots=True)
class DeepWorkState:
    """How it stands; see the parts.

    Attributes
    ----------
    focus, quiet, notices
        What each part says.
    sentence
        The one that the tray and ``companion focus status`` show.

    """

    focus: FocusState
    quiet: Standing
    notices: NoticesSnapshot
    sentence: str


class DeepWork:
    """Ties the parts together, on a thread of its own: turning do-not-disturb on may take seconds.

    Satisfies `companion.deep_work_port.DeepWorkPort`.

    Parameters
    ----------
    watch, notices
        Focus once a second, and the desktop's notifications.
    front
        What the notices are shown by, where that is a window of our own.
    store
        Where what is over is read.
    make_keeping
        Makes what keeps the desktop's do-not-disturb; it is given what to call when that is not as it was.
    chosen
        What the person wants.
    clock
        UTC seconds since 1970.

    """

    def __init__(
        self,
        *,
        watch: FocusWatch,
        make_keeping: Callable[[Callable[[], None]], Keeping],
        notices: Notices,
        front: Front,
        store: Store,
        chosen: Chosen,
        clock: Callable[[], float],
    ) -> None:
        self.watch, self.notices = watch, notices
        self._front, self._store = front, store
        self._errands = ThreadPoolExecutor(max_workers=1, thread_name_prefix="deep work errands")
        self._chosen, self._clock = chosen, clock
        self._keeping = make_keeping(self.quiet_changed)
        self._deep: queue.SimpleQueue[bool | None] = queue.SimpleQueue()
        self._holding, self._limits = False, ""
        self._thread: threading.Thread | None = None
        watch.listen(lambda state: self._deep.put(state.deep))

    def start(self) -> None:
        """Begin; first what a run left that was ended early is put back. Raises `VaultError`."""
        self._keeping.start()
        self.notices.start()
        self.watch.start()
        self._thread = threading.Thread(target=self._run, name="deep work", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; do-not-disturb is as it was before, and what was held is told of."""
        self._errands.shutdown(wait=True, cancel_futures=True)
        self.watch.stop()
        if self._thread is not None:
            self._deep.put(None)
            self._thread.join()
        self._end()
        self.notices.stop()
        self._keeping.stop()

    def quiet_changed(self) -> None:
        """Take in that do-not-disturb is not as it was; where a person turned it off, nothing is held any more."""
        if self._holding and not self._keeping.holds:
            self._deep.put(False)

    def override(self, mode: Mode, until: float | None = None) -> None:
        """Have it on or off whatever the signs say; see `FocusWatch.override`. Raises `FocusError`."""
        self.watch.override(mode, until)

    def turned_to(self, app: str) -> None:
        """Take in that the person turned to a program: what it told of is acted on."""
        if app:
            self.notices.turned_to(app, self._clock())

    def apply(self, settings: Settings) -> None:
        """Take over other choices."""
        self._chosen.take(settings)
        self.watch.set_rules(self._chosen.rules)

    def forgotten(self, start: float, end: float) -> None:
        """Let go of what is in memory of a time (UTC seconds), once the vault forgot it. Raises `VaultError`."""
        self._front.forget()
        self.notices.forgotten(start, end)
        self.watch.forget(start, end)

    def state(self) -> DeepWorkState:
        """Return how it stands now."""
        focus, quiet, notices = self.watch.snapshot(), self._keeping.standing, self.notices.snapshot()
        quiet = replace(quiet, limits=self._limits) if self._limits else quiet
        return DeepWorkState(focus, quiet, notices, told(focus, quiet, notices))

    def shown_by(self, show: Show | None, offer: Offer | None) -> None:
        """Say who shows what passes where the desktop would hold it, and who shows a digest; None for nobody."""
        self._front.shown_by(show, offer)
        if show is not None and self.watch.snapshot().deep:
            self._deep.put(True)  # it may have had to wait for somebody who shows what passes

    def past(self, start: float, end: float) -> Future[Past]:
        """Return what a time (UTC seconds) came to; raises `VaultError` in the future."""
        return self._errand(looking_back.past, self._store, start, end)

    def totals(self, spans: Sequence[Span]) -> Future[tuple[Totals, ...]]:
        """Return what each of some times (UTC seconds) came to; raises `VaultError` in the future."""
        return self._errand(looking_back.totals, self._store, spans)

    def correct(self, start: float, end: float, *, focused: bool) -> Future[int]:
        """Learn whether the person was focused; see `FocusWatch.correct`, whose errors are the future's."""
        return self._errand(self.watch.correct, start, end, focused=focused)

    def take_back(self, correction: int) -> Future[None]:
        """Take back a correction, and what was learned from it; raises `VaultError` in the future."""
        return self._errand(self.watch.take_back, correction)

    def open_notice(self, number: int) -> Future[bool]:
        """Show a held notice again; see `Notices.open`, whose errors are the future's."""
        return self._errand(self.notices.open, number)

    def judge_notice(self, number: int, *, important: bool) -> Future[None]:
        """Learn that the person calls a notice important, or not; raises `NoticesError` in the future."""
        return self._errand(self.notices.correct, number, important)

    def _errand(self, call: Callable[..., T], *given: object, **named: object) -> Future[T]:
        """Make a call on the thread for what takes a while; once this has ended, none is made."""
        try:
            return self._errands.submit(call, *given, **named)
        except RuntimeError:  # it is shut down
            refused: Future[T] = Future()
            refused.cancel()
            refused.set_running_or_notify_cancel()
            return refused

    def _run(self) -> None:
        while (deep := self._deep.get()) is not None:
            if deep:
                self._begin()
            else:
                self._end()

    def _begin(self) -> None:
        if self._holding or not self._chosen.quiet or self._would_hold_all():
            return
        since = self._clock()
        if not self._keeping.begin():
            return
        standing = self._keeping.standing
        if standing.semantics is None or not self.notices.focus_began(standing.semantics, standing.backend, since):
            self._keeping.end()  # what is not seen would be held and never told of
            return
        self._holding = True

    def _would_hold_all(self) -> bool:
        """Whether even what is urgent would be held; `state` says why then nothing is."""
        standing = self._keeping.standing
        passes = standing.semantics is None or standing.semantics.critical_passes or self._front.shows
        self._limits = "" if passes else HOLDS_ALL.format(standing.backend)
        return not passes

    def _end(self) -> None:
        if self._holding:
            self._holding = False
            self.notices.focus_ended(self._keeping.end)


def told(focus: FocusState, quiet: Standing, notices: NoticesSnapshot) -> str:
    """Say in a sentence or two how focus stands, and what is held for it."""
    if not focus.deep:
        return focus.why
    if not quiet.holds:
        return " ".join(filter(None, (focus.why, quiet.limits)))
    held = "nothing has been held yet" if not notices.held else f"{notices.held} held so far"
    return f"{focus.why} Do-not-disturb is on; {held}."


def without_content(state: DeepWorkState) -> DeepWorkState:
    """Return the same without a word of any notification, for what other programs may ask."""
    return replace(state, notices=replace(state.notices, recent=(), digest=None))
