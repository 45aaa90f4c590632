"""Do-not-disturb for the length of a focus: on, and back as it was, without ever undoing what the person did."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from companion.quiet.choose import Chosen, choose, named
from companion.quiet.following import Following
from companion.quiet.guard import Guard
from companion.quiet.journal import Entry, Journal, lock_within
from companion.quiet.restoring import restore_left
from companion.quiet.types import Quiet, QuietError, Semantics

if TYPE_CHECKING:
    from filelock import FileLock

PART = "do-not-disturb"
#: Seconds that another run's watchdog is waited for.
LOCK_SECONDS = 5.0

_OWN = "Your own do-not-disturb is on: nothing is changed, and nothing will be turned off."
_OFF_BY_HAND = "Do-not-disturb was turned off by hand: it stays off until the next focus."
_ANOTHER = "Another run of Companion keeps do-not-disturb at the moment."
_NOT_RESTORED = "{error} It is written down that do-not-disturb was off, and tried again at the next start."


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands.

    Attributes
    ----------
    holds
        Do-not-disturb is on, and we turned it on.
    backend
        Whose do-not-disturb this is; empty where there is none.
    why
        Why that one was taken: a sentence.
    limits
        Why it is not on although it was asked for, or cannot be; empty where nothing stands in the way.
    semantics
        What holds of that desktop; None where there is none.

    """

    holds: bool = False
    backend: str = ""
    why: str = ""
    limits: str = ""
    semantics: Semantics | None = None


@dataclass(slots=True)
class _Held:
    """What is on by us. Whoever takes it out of `Keeping` ends it."""

    quiet: Quiet
    prior: str
    lock: FileLock
    following: Following | None = None


class Keeping:
    """Turns do-not-disturb on and brings it back. Any thread may ask.

    Parameters
    ----------
    folder
        Where the journal lies; `usual_folder` unless something speaks against it.
    environ
        Where the session's bus and the person's home are looked up.
    on_incident
        Told the part and a sentence when something went wrong that the person should know.
    on_change
        Called, on any thread, when `standing` says something new; must not begin or end anything itself.
    clock
        UTC seconds since 1970.
    chosen
        Finds the session's do-not-disturb as `companion.quiet.choose.choose` does.

    """

    def __init__(
        self,
        folder: Path,
        *,
        on_incident: Callable[[str, str], None],
        on_change: Callable[[], None] = lambda: None,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
        chosen: Callable[..., Chosen] = choose,
    ) -> None:
        self._journal = Journal(folder)
        self._guard = Guard(folder, environ, on_incident=self._told)
        self._environ, self._clock, self._chosen = environ, clock, chosen
        self._on_incident, self._on_change = on_incident, on_change
        self._standing = Standing()
        self._held: _Held | None = None
        self._turn = threading.Lock()  # one begins or ends at a time
        self._taking = threading.Lock()  # of `_held`, never for long

    @property
    def holds(self) -> bool:
        """Whether do-not-disturb is on by us."""
        return self._held is not None

    @property
    def backend(self) -> str:
        """Whose do-not-disturb this is, empty where there is none."""
        return self._standing.backend

    @property
    def limits(self) -> str:
        """Why it is not on although it was asked for, or cannot be."""
        return self._standing.limits

    @property
    def standing(self) -> Standing:
        """Everything at once."""
        return self._standing

    @property
    def watchdog(self) -> int | None:
        """The process that restores when this one is gone; None before the first `begin`."""
        return self._guard.process

    def start(self) -> None:
        """Put back what a run left that was ended early, and look whose do-not-disturb this is."""
        with self._turn:
            try:
                self._restore_at_start()
            except QuietError as error:
                self._told(str(error))
            try:
                chosen = self._chosen(self._environ)
            except QuietError as error:
                self._say(Standing(limits=str(error)))
                return
            chosen.quiet.close()
            self._say(_of(chosen))

    def begin(self) -> bool:
        """Turn it on. False where that is not for us to do, or cannot be done; `limits` says why."""
        with self._turn:
            if self._held is not None:
                return True
            try:
                return self._begin()
            except QuietError as error:
                if str(error) != self.limits:  # which the person has been told already
                    self._told(str(error))
                self._say(replace(self._standing, holds=False, limits=str(error)))
                return False

    def end(self) -> None:
        """Bring it back as it was before `begin`; where it was turned off by hand meanwhile, it stays as it is."""
        with self._turn:
            self._end()

    def stop(self) -> None:
        """End, and let the watchdog end too. `begin` may be called again."""
        with self._turn:
            self._end()
            self._guard.close()

    def _begin(self) -> bool:
        lock = self._journal.lock()
        if not lock_within(lock, LOCK_SECONDS):
            self._say(replace(self._standing, limits=_ANOTHER))
            return False
        on = False
        try:
            self._restore_left()  # before looking: what was left on would pass for the person's own
            on = self._turn_on(self._chosen(self._environ, wake=True), lock)
        finally:
            if not on:
                lock.release()
        return on

    def _turn_on(self, chosen: Chosen, lock: FileLock) -> bool:
        quiet, on = chosen.quiet, False
        try:
            if quiet.is_on():
                self._say(_of(chosen, limits=_OWN))
            else:
                self._hold(chosen, lock)
                on = True
        finally:
            if not on:
                quiet.close()
        return on

    def _hold(self, chosen: Chosen, lock: FileLock) -> None:
        """Turn it on, with the watchdog awake and the journal written first."""
        quiet, prior = chosen.quiet, chosen.quiet.prior()
        self._guard.start()
        self._journal.write(Entry(quiet.name, prior, self._guard.holder, self._clock()))
        held = _Held(quiet, prior, lock)
        try:
            quiet.turn_on()
            self._held = held
            self._say(_of(chosen, holds=True))
            held.following = Following(quiet, off=lambda: self._off_by_hand(held), lost=self._lost)
        except BaseException:
            self._held = None
            quiet.restore(prior)
            self._journal.remove()
            raise

    def _end(self) -> None:
        held = self._take()
        if held is None:
            return
        try:
            if held.quiet.is_on():
                held.quiet.restore(held.prior)
            self._journal.remove()
        except QuietError as error:
            self._told(_NOT_RESTORED.format(error=error))
        finally:
            self._let_go(held, "")

    def _off_by_hand(self, held: _Held) -> None:
        if self._take(held) is None:
            return
        try:
            self._journal.remove()
        except QuietError as error:
            self._told(str(error))
        finally:
            self._let_go(held, _OFF_BY_HAND)

    def _take(self, wanted: _Held | None = None) -> _Held | None:
        """Return what is held to whoever asks first, and to nobody else; what is followed ends."""
        with self._taking:
            held = self._held
            if held is None or (wanted is not None and wanted is not held):
                return None
            self._held = None
        if held.following is not None:
            held.following.close()
        return held

    def _let_go(self, held: _Held, limits: str) -> None:
        held.quiet.close()
        held.lock.release()
        self._say(replace(self._standing, holds=False, limits=limits))

    def _restore_at_start(self) -> None:
        lock = self._journal.lock()
        if not lock_within(lock, 0.0):
            return  # whoever has it does the same, or keeps do-not-disturb
        try:
            self._restore_left()
        except QuietError as error:
            raise QuietError(_NOT_RESTORED.format(error=error)) from error
        finally:
            lock.release()

    def _restore_left(self) -> None:
        said = restore_left(self._journal, opened=lambda name: named(name, self._environ))
        if said:
            self._told(said)

    def _lost(self, error: QuietError) -> None:
        self._told(f"Whether do-not-disturb was turned off by hand cannot be asked just now. {error}")

    def _told(self, sentence: str) -> None:
        self._on_incident(PART, sentence)

    def _say(self, standing: Standing) -> None:
        changed, self._standing = standing != self._standing, standing
        if changed:
            self._on_change()


def _of(chosen: Chosen, *, holds: bool = False, limits: str = "") -> Standing:
    return Standing(holds, chosen.quiet.name, chosen.why, limits, chosen.quiet.semantics)
