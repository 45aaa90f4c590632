"""Stand-ins for what `DeepWork` ties together: each keeps to what the real one promises, and writes down what it is
asked. Do-not-disturb is kept by the real `Keeping`, on a desktop that is a variable."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from desktop import wait_until

from companion.deep_work.choices import Chosen
from companion.deep_work.consequences import DeepWork
from companion.deep_work.front import Front
from companion.focus.kinds import Kind
from companion.focus.rules import Rules
from companion.focus.types import Cause, FocusState, Mode
from companion.focus.watch import FocusWatch
from companion.notices.notices import Notices, Snapshot
from companion.notices.types import NoticesError
from companion.quiet.choose import Chosen as ChosenQuiet
from companion.quiet.keeping import Keeping
from companion.quiet.types import Heard, QuietError, Semantics
from companion.settings import Settings
from index.store import Store

START = 1_772_442_720.0
MARK = 7
SETTINGS = Settings(follow_focus=True, quiet_in_focus=True)
LIKE_DUNST = Semantics(critical_passes=False, replays=True, keeps=True)
LIKE_XFCE = Semantics(critical_passes=True, replays=False, keeps=False)
NO_FOCUS = FocusState(START, None, None, None, "", deep=False, since=START, why="Why.", frozen=False)


class Desktop:
    """Do-not-disturb of one desktop, and the person's hand on it."""

    name = "dunst"

    def __init__(self, semantics: Semantics) -> None:
        self.semantics = semantics
        self.on = self.left = False
        self.turns: list[bool] = []
        self._heard: Heard = lambda _on: None

    def by_hand(self, *, on: bool) -> None:
        self.on = on
        self._heard(on)

    def is_on(self) -> bool:
        return self.on

    def gone(self) -> bool:
        return self.left

    def prior(self) -> str:
        return '{"daemon": "bus :1.1"}'

    def turn_on(self) -> None:
        self._turn(on=True)

    def restore(self, prior: str) -> None:
        assert prior == self.prior()
        self._turn(on=False)

    def follow(self, heard: Heard) -> None:
        self._heard = heard

    def close(self) -> None:
        self._heard = lambda _on: None

    def _turn(self, *, on: bool) -> None:
        self.turns.append(on)
        self.on = on
        self._heard(on)


class NoGuard:
    """Stands for the watchdog: none is needed here."""

    holder, process = "word", None

    def __init__(self, *_given: object, **_named: object) -> None: ...
    def start(self) -> None: ...
    def close(self) -> None: ...


class Watch:
    """Says how focus is when it is told to; each time it is asked a second has passed, while it is ``alive``."""

    def __init__(self) -> None:
        self.alive = True
        self.state, self.rules = NO_FOCUS, Rules()
        self._one_at_a_time = threading.Lock()  # one thread asks, another tells
        self.hands = True
        self.overrides: list[tuple[Mode, float | None]] = []
        self._listeners: list[Callable[[FocusState], None]] = []

    def listen(self, listener: Callable[[FocusState], None]) -> None:
        self._listeners.append(listener)

    def start(self) -> None: ...
    def stop(self) -> None: ...

    def snapshot(self) -> FocusState:
        with self._one_at_a_time:
            if self.alive:
                self.state = replace(self.state)
            return self.state

    def set_rules(self, rules: Rules) -> None:
        self.rules = rules

    def set_kinds(self, chosen: Mapping[str, Kind]) -> None:
        self.kinds = chosen

    def set_hands(self, *, told: bool) -> None:
        self.hands = told

    def override(self, mode: Mode, until: float | None = None) -> None:
        self.overrides.append((mode, until))

    def say(self, *, deep: bool, cause: Cause = Cause.SIGNS) -> None:
        """Decide; a second passes."""
        with self._one_at_a_time:
            before, time = self.state, self.state.time + 1.0
            since = before.since if before.deep is deep else time
            self.state = replace(before, time=time, deep=deep, since=since, cause=cause)
        if deep is not before.deep:
            for listener in self._listeners:
                listener(self.state)

    def go_on(self) -> None:
        """Let a second pass in which nothing changes."""
        with self._one_at_a_time:
            self.state = replace(self.state, time=self.state.time + 1.0)


class Noticing:
    """Holds or does not; what is asked of it may fail."""

    def __init__(self) -> None:
        self.holds, self.sees, self.limits = False, True, ""
        self.passed = self.held = 0  # since the program started
        self.marks = 0  # how many were asked for
        self.meanwhile: Callable[[], None] = lambda: None
        self.fails: Exception | None = None
        self.began: list[str] = []
        self.calls: list[str] = []

    def start(self) -> None:
        self.calls.append("start")

    def stop(self, *, for_good: bool = False) -> None:
        self.calls.append("stop for good" if for_good else "stop")

    def mark(self) -> int:
        self.marks += 1
        if not self.sees:
            raise NoticesError("The session bus is too busy.")
        return MARK

    def focus_began(self, semantics: Semantics, name: str, since: int | None = None) -> bool:
        assert isinstance(semantics, Semantics)
        assert since == MARK
        self.meanwhile()
        if self.fails is not None:
            raise self.fails
        self.holds = self.sees
        self.began.append(name)
        return self.sees

    def focus_ended(self, release: Callable[[], object] = lambda: None) -> None:
        self.holds = False
        release()

    def snapshot(self) -> Snapshot:
        return Snapshot(self.limits, self.holds, 0, self.passed, self.held, 0, 0, (), None)


@dataclass
class Parts:
    """A `DeepWork`, what it is made of, and what went wrong."""

    desktop: Desktop
    watch: Watch = field(default_factory=Watch)
    notices: Noticing = field(default_factory=Noticing)
    front: Front = field(default_factory=Front)
    incidents: list[str] = field(default_factory=list)
    awake: bool = True  # whether the desktop's daemon runs already
    deep: DeepWork = field(init=False)

    def found(self, _environ: Mapping[str, str], *, wake: bool = False) -> ChosenQuiet:
        if not (self.awake or wake):
            raise QuietError("Nothing shows notifications.")
        return ChosenQuiet(self.desktop, "because")


@contextmanager
def parts(
    folder: Path, *, semantics: Semantics = LIKE_XFCE, settings: Settings = SETTINGS, awake: bool = True
) -> Iterator[Parts]:
    """Start a `DeepWork` of stand-ins; it is stopped in the end."""
    made = Parts(Desktop(semantics), awake=awake)

    def note(_part: str, what: str) -> None:
        made.incidents.append(what)

    made.deep = DeepWork(
        watch=cast("FocusWatch", made.watch),
        make_keeping=lambda changed: Keeping(
            folder, on_incident=note, on_change=changed, environ={}, chosen=made.found, clock=lambda: START
        ),
        notices=cast("Notices", made.notices),
        front=made.front,
        store=cast("Store", None),
        chosen=Chosen(settings),
        on_incident=note,
        clock=lambda: START,
    )
    with ExitStack() as ending:
        ending.callback(made.deep.stop)
        made.deep.start()
        yield made


class Ticks:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def held(some: Parts) -> None:
    wait_until(lambda: some.desktop.on and some.notices.holds, "do-not-disturb and what is held")


def over(some: Parts) -> None:
    wait_until(lambda: not some.desktop.on and not some.notices.holds, "both to be over")


def says(some: Parts, words: str) -> None:
    wait_until(lambda: words in some.deep.state().sentence, f"the words: {words}")


def settle(some: Parts) -> None:
    """Wait until all that was said to it has been taken in."""
    done: list[bool] = []
    chosen, really = some.deep._quiet, some.deep._quiet._seen

    def seen() -> object:
        done.append(True)
        return really()

    chosen._seen = seen  # type: ignore[assignment,method-assign]
    some.deep._quiet.look()
    wait_until(lambda: done and chosen._wakes.empty(), "the thread to look")
    del chosen._seen  # type: ignore[method-assign]
