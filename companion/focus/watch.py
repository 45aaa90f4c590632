"""The person's focus, once a second: what they do and what the EEG says, decided, told and taken down."""

from __future__ import annotations

import threading
import time as system_time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace

from companion.capture.types import Trigger
from companion.focus.brain import NO_HEADSET, PART, Brain
from companion.focus.calibration import Calibration, Part, Step
from companion.focus.following import Following
from companion.focus.kinds import NOTHING_CHOSEN, Kind
from companion.focus.memory import Memory
from companion.focus.rules import Local, Override, Rules
from companion.focus.types import FocusError, FocusState, Mode
from companion.jobs.tasks import Encoder
from embeddings.types import EEGWindow
from index.focus_history import Source
from index.store import Store
from index.types import VaultError
from index.writer import Writer

EVERY_SECONDS = 1.0
NOW_SECONDS = 30.0  # a correction that reaches this near to now is of now as well

Listener = Callable[[FocusState], None]


class FocusWatch:
    """Follows the person's focus. Every method may be called from any thread.

    Parameters
    ----------
    encoder
        The process that judges EEG (`companion.jobs.tasks.EncoderTasks`).
    last
        Returns the newest gap-free stretch of so many seconds of EEG, or None.
    idle
        Returns for how many seconds nothing was touched, None where that is not told; infinity at a locked screen.
        Called on the thread of this; must not raise.
    on_incident
        Takes a part and a sentence.
    chosen
        What kinds the person said programs and sites are, see `kinds.kind_of`.
    hands
        Whether hands are told of, see `following.Following`.
    clock, monotonic
        UTC seconds since 1970, and seconds that only ever grow, those of `companion.capture.screen.Happened`.
    local
        Returns the time on the person's wall for UTC seconds.
    every
        Seconds from one look to the next.
    may_keep
        Whether anything may be taken down now: not while recording is paused.

    """

    def __init__(
        self,
        *,
        writer: Writer,
        store: Store,
        encoder: Encoder,
        last: Callable[[float], EEGWindow | None],
        idle: Callable[[], float | None],
        on_incident: Callable[[str, str], None],
        rules: Rules | None = None,
        chosen: Mapping[str, Kind] = NOTHING_CHOSEN,
        hands: bool = True,
        clock: Callable[[], float] = system_time.time,
        monotonic: Callable[[], float] = system_time.monotonic,
        local: Callable[[float], Local] | None = None,
        every: float = EVERY_SECONDS,
        may_keep: Callable[[], bool] = lambda: True,
    ) -> None:
        self._idle, self._on_incident, self._every, self._may_keep = idle, on_incident, every, may_keep
        self._clock, self._monotonic, self._local = clock, monotonic, local or wall_time
        self._memory = Memory(writer, store, clock=clock)
        self._brain = Brain(encoder=encoder, last=last, on_incident=on_incident)
        self._lock = threading.Lock()  # around what follows
        self._following = Following(rules or Rules(), chosen, hands=hands)
        self._calibration: Calibration | None = None
        self._step: Step | None = None
        self._listeners: list[Listener] = []
        now = clock()
        self._state = FocusState(now, None, None, None, NO_HEADSET, deep=False, since=now, why="", frozen=False)
        self._last: float | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with what was learned before; raises `VaultError`."""
        self._learn()
        self._brain.use_rests(self._memory.rests())
        self._thread = threading.Thread(target=self._run, name="focus", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what was seen is written first."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        try:
            self._memory.flush()
        except VaultError as error:
            self._on_incident(PART, f"The last minutes of focus could not be taken down. {error}")

    def snapshot(self) -> FocusState:
        """Return what was known at the last second."""
        return self._state

    def calibrating(self) -> Step | None:
        """Return where the calibration is; None where none was begun. The last step stays until `end_calibration`."""
        return self._step

    def listen(self, listener: Listener) -> None:
        """Have ``listener`` called, on the thread of this, each time `FocusState.deep` changes."""
        with self._lock:
            self._listeners.append(listener)

    def happened(self, trigger: Trigger, time: float, count: int = 1) -> None:
        """Take in keys, clicks or scrolling, at ``time`` (monotonic)."""
        with self._lock:
            self._following.behaviour.happened(trigger, time, count)

    def window(self, app: str, url: str, time: float) -> None:
        """Take in that the attention is on this program, and this page, from ``time`` (monotonic) on.

        An empty ``app`` is where the attention is on nothing, or on what nobody may know of.
        """
        with self._lock:
            self._following.window(app, url, time)

    def override(self, mode: Mode, until: float | None = None) -> None:
        """Switch focus on or off, until a time (UTC seconds) or, None, for as long as it may last; or to automatic.

        Raises `FocusError` for a time that is over.
        """
        now = self._clock()
        if until is not None and until <= now:
            raise FocusError("That time is over. Choose a later one.")
        with self._lock:
            self._following.policy.override(Override(mode, until), self._monotonic(), now)

    def set_rules(self, rules: Rules) -> None:
        """Decide by these rules from now on."""
        with self._lock:
            self._following.policy.rules = rules

    def set_kinds(self, chosen: Mapping[str, Kind]) -> None:
        """Go by what the person says programs and sites are for, from now on."""
        with self._lock:
            self._following.behaviour.choose(chosen)

    def set_hands(self, *, told: bool) -> None:
        """Go by whether hands are told of, from now on."""
        with self._lock:
            if self._following.hands is not told:
                self._following.hands = told
                self._following.window(self._following.app, "", self._monotonic())

    def correct(self, start: float, end: float, *, focused: bool) -> int:
        """Learn that the person was, or was not, focused during a time (UTC seconds); returns the correction's number.

        Raises `FocusError` for no time, or one to come, `VaultError` where it cannot be kept.
        """
        now = self._clock()
        if not start < end <= now + 1.0:
            raise FocusError("A correction is of a time that is over. Choose a beginning and an end before now.")
        number = self._memory.label((start, end), focused=focused, source=Source.CORRECTION)
        self._learn()
        if not focused and end >= now - NOW_SECONDS:
            with self._lock:
                self._following.policy.corrected(self._monotonic(), now)
        return number

    def take_back(self, correction: int) -> None:
        """Take back a correction, and what was learned from it. Raises `VaultError`."""
        self._memory.take_back(correction)
        self._learn()

    def calibrate(self) -> None:
        """Begin the guided minutes of rest and work; see `calibrating`. Raises `FocusError` without EEG."""
        with self._lock:
            if self._state.quality == NO_HEADSET:
                raise FocusError("Calibration needs a headset that sends. Put it on, and look at it under Headset.")
            now = self._monotonic()
            self._calibration = Calibration(now)
            self._step = self._calibration.step(now, None)
        self._brain.use_rests({})

    def end_calibration(self) -> None:
        """Break the calibration off, or put away its last step. Raises `VaultError`.

        Broken off, what was known of the rest before is used again.
        """
        with self._lock:
            broken_off = self._calibration is not None
            self._calibration = self._step = None
        if broken_off:
            self._brain.use_rests(self._memory.rests())

    def let_go(self, start: float, end: float) -> None:
        """Let go of what is in memory of a time (UTC seconds) before the vault forgets it, so that none is written.

        A calibration that goes on fails.
        """
        with self._lock:
            self._following.forget(self._monotonic())
            if self._calibration is not None:
                self._calibration.forget()
            else:
                self._step = None  # what the last one came to
        self._memory.forget(start, end)

    def forget(self, start: float, end: float) -> None:
        """Let go of what is in memory of a time (UTC seconds), after the vault has forgotten it. Raises `VaultError`.

        Of what was done in the last minutes nothing is kept, so that it takes a minute until something is known again;
        deep focus may end meanwhile.
        """
        self.let_go(start, end)
        self._brain.use_rests(self._memory.rests())
        self._learn()

    def _run(self) -> None:
        told = ""
        while not self._stopping.wait(self._every):
            try:
                self._second()
            except Exception as error:  # noqa: BLE001 focus has to go on, and to end, whatever one second came to
                what = "".join(traceback.format_exception(error))
                if what != told:
                    self._on_incident(PART, what)
                told = what

    def _second(self) -> None:
        """Look, decide, take down and tell."""
        now, time, idle = self._monotonic(), self._clock(), self._idle()
        heard = self._brain.look(now)
        seconds, self._last = 0.0 if self._last is None else now - self._last, now
        with self._lock:
            before = self._state.deep
            second = self._following.step(
                now,
                time,
                self._local(time),
                heard=heard,
                idle=idle,
                quality=self._brain.quality(now),
                waiting=self._calibration is not None,
            )
            self._state = second.state
            listeners = tuple(self._listeners) if second.state.deep != before else ()
        if seconds > 0.0 and self._may_keep():
            self._memory.add(second, seconds)
        self._calibrate(now, ahead=time - now)
        for listener in listeners:
            listener(second.state)

    def _calibrate(self, now: float, *, ahead: float) -> None:
        """Go on with the calibration, where there is one; ``ahead`` is UTC less monotonic seconds."""
        with self._lock:
            calibration = self._calibration
            if calibration is None:
                return
            said = self._brain.said
            usable = None if said is None or not said.fit else said.log_odds
            step = calibration.step(now, None if said is None else said.known, usable)
            if not calibration.over:
                self._step = step
                return
        step = self._ended(calibration, step, ahead)
        with self._lock:
            if self._calibration is calibration:  # else it was broken off, or begun anew
                self._calibration, self._step = None, step

    def _ended(self, calibration: Calibration, step: Step, ahead: float) -> Step:
        """Keep what came of a calibration that is done, and return its last step; a failed one leaves all as it was."""
        before = self._following.person.belief
        try:
            if step.part is Part.DONE and self._brain.rest is not None:
                self._keep(calibration, self._brain.rest, ahead)
            else:
                self._brain.use_rests(self._memory.rests())
        except VaultError as error:
            sentence = f"The calibration could not be kept: it counts until you quit. {error}"
            self._on_incident(PART, sentence)
            return replace(step, sentence=sentence)
        if step.part is not Part.DONE:
            return step
        return replace(step, outcome=calibration.outcome(before, self._following.person.belief))

    def _keep(self, calibration: Calibration, rest: bytes, ahead: float) -> None:
        spans = [(span.start + ahead, span.end + ahead, span.focused) for span in calibration.spans]
        self._memory.keep_rest(self._brain.ch_names, (calibration.begun + ahead, spans[-1][1]), rest)
        for start, end, focused in spans:
            self._memory.label((start, end), focused=focused, source=Source.CALIBRATION)
        self._learn()

    def _learn(self) -> None:
        person = self._memory.person()
        with self._lock:
            self._following.person = person


def wall_time(time: float) -> Local:
    """Return the local day and minute of UTC seconds."""
    told = system_time.localtime(time)
    return Local(told.tm_wday, told.tm_hour * 60 + told.tm_min)
