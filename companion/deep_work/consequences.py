"""What follows from deep focus: do-not-disturb goes on, notifications are held, and all is undone when it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import TypeVar

from companion.deep_work import looking_back
from companion.deep_work.choices import Chosen
from companion.deep_work.deep_quiet import LONGEST_ASKED, DeepQuiet
from companion.deep_work.front import Front
from companion.deep_work.looking_back import Past
from companion.deep_work.port import DeepWorkState, Offer, Show, TakeDown
from companion.focus.calibration import Step
from companion.focus.types import FocusError, FocusState, Mode
from companion.focus.watch import FocusWatch
from companion.notices.digest import Digest
from companion.notices.notices import Notices
from companion.notices.notices import Snapshot as NoticesSnapshot
from companion.notices.types import Judged
from companion.quiet.keeping import Keeping, Standing
from companion.settings import Settings
from index.focus_history import Span, Totals
from index.store import Store

T = TypeVar("T")

TOO_FAR = "That is too far away. Choose a time within the next 24 hours."


class DeepWork:
    """Ties the parts together. Satisfies `companion.deep_work.port.DeepWorkPort`.

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
    on_incident
        Takes a part and a sentence.
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
        on_incident: Callable[[str, str], None],
        clock: Callable[[], float],
    ) -> None:
        self.watch, self.notices = watch, notices
        self._front, self._store = front, store
        self._errands = ThreadPoolExecutor(max_workers=1, thread_name_prefix="deep work errands")
        self._chosen, self._clock = chosen, clock
        self._quiet = DeepQuiet(
            watch=watch,
            make_keeping=make_keeping,
            notices=notices,
            front=front,
            chosen=chosen,
            on_incident=on_incident,
        )

    def start(self) -> None:
        """Begin; first what a run left that was ended early is put back. Raises `VaultError`."""
        self._quiet.keeping.start()
        self.notices.start()
        self.watch.start()
        self._quiet.start()

    def stop(self, *, for_good: bool = False) -> None:
        """End; do-not-disturb is as it was before, and what was held is told of.

        What nobody has answered is told of anew when this begins again, ``for_good`` now.
        """
        self._errands.shutdown(wait=True, cancel_futures=True)
        with ExitStack() as ending:  # from the last to the first, each whatever became of the others
            ending.callback(self._quiet.keeping.stop)
            ending.callback(self.notices.stop, for_good=for_good)
            ending.callback(self._quiet.stop)
            self.watch.stop()

    def override(self, mode: Mode, until: float | None = None) -> None:
        """Have it on or off whatever the signs say; see `FocusWatch.override`.

        Raises `FocusError`, for a time more than a day away as well.
        """
        if until is not None and not until - self._clock() <= LONGEST_ASKED:
            raise FocusError(TOO_FAR)
        self.watch.override(mode, until)

    def turned_to(self, app: str) -> None:
        """Take in that the person turned to a program: what it told of is acted on."""
        if app:
            self.notices.turned_to(app, self._clock())

    def apply(self, settings: Settings) -> None:
        """Take over other choices."""
        before = self._chosen.quiet
        self._chosen.take(settings)
        self.watch.set_rules(self._chosen.rules)
        self.watch.set_kinds(self._chosen.kinds)
        self.watch.set_hands(told=self._chosen.hands)
        if self._chosen.quiet and not before:
            self._quiet.asked_for()
        else:
            self._quiet.look()

    def forgotten(self, start: float, end: float) -> None:
        """Let go of what is in memory of a time (UTC seconds), once the vault forgot it. Raises `VaultError`."""
        self._front.forget()
        self.notices.forgotten(start, end)
        self.watch.forget(start, end)

    def state(self) -> DeepWorkState:
        """Return how it stands now."""
        focus, quiet = self.watch.snapshot(), self._quiet.standing
        notices = self._quiet.counted(self.notices.snapshot())
        return DeepWorkState(focus, quiet, notices, told(focus, quiet, notices))

    def shown_by(self, show: Show | None, offer: Offer | None, take_down: TakeDown | None = None) -> None:
        """Say who shows what passes where the desktop would hold it, and who shows a digest; None for nobody."""
        self._front.shown_by(show, offer, take_down)
        if show is None:
            self._quiet.look()
        else:
            self._quiet.may_begin()  # it may have had to wait for somebody who shows what passes

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

    def calibrate(self) -> None:
        """Begin the guided minutes of rest and of work; see `FocusWatch.calibrate`. Raises `FocusError`."""
        self.watch.calibrate()

    def calibrating(self) -> Step | None:
        """Return where the calibration is; see `FocusWatch.calibrating`."""
        return self.watch.calibrating()

    def end_calibration(self) -> Future[None]:
        """Break the calibration off, or put away its last step; raises `VaultError` in the future."""
        return self._errand(self.watch.end_calibration)

    def open_notice(self, number: int) -> Future[bool]:
        """Show a notice again; see `Notices.open`, whose errors are the future's."""
        return self._errand(self.notices.open, number)

    def looked_at(self, digest: Digest) -> Future[None]:
        """Take in that the person has a digest before them; see `Notices.looked_at`."""
        return self._errand(self.notices.looked_at, digest)

    def unseen(self, passed: Sequence[Judged]) -> None:
        """Take in that notices which passed may not have been seen; see `Notices.unseen`."""
        self.notices.unseen(passed)

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


def told(focus: FocusState, quiet: Standing, notices: NoticesSnapshot) -> str:
    """Say in a sentence or two how focus stands, and what is held for it."""
    if not focus.deep:
        return f"{focus.why} {quiet.limits}" if quiet.holds else focus.why  # it could not be turned off yet
    if not quiet.holds:
        return " ".join(filter(None, (focus.why, quiet.limits)))
    held = "nothing has been held yet" if not notices.held else f"{notices.held} held so far"
    return f"{focus.why} Do-not-disturb is on; {held}."


def without_content(state: DeepWorkState) -> DeepWorkState:
    """Return the same without a word of any notification, for what other programs may ask."""
    return replace(state, notices=replace(state.notices, recent=(), digest=None))
