"""Do-not-disturb for the length of a focus: on, and back as it was, without ever undoing what the person did."""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from companion.quiet.choose import Chosen, choose
from companion.quiet.following import Following
from companion.quiet.guard import Guard
from companion.quiet.held import Again, Held
from companion.quiet.journal import Entry, Journal, lock_within
from companion.quiet.restoring import ADDRESS, restore_left
from companion.quiet.types import QuietError, Semantics

PART = "do-not-disturb"
#: Seconds that another run's watchdog is waited for.
LOCK_SECONDS = 5.0
#: How often what a run left that was ended early is tried again, every few seconds: ten minutes.
TRIES = 200

#: What is said where it is not for us to turn on; all else that stands in the way may pass.
OWN = "Your own do-not-disturb is on: nothing is changed, and nothing will be turned off."
_OFF_BY_HAND = "Do-not-disturb was turned off by hand: it stays off until the next focus."
_OFF_WITH_DAEMON = (
    "Do-not-disturb went off with what shows notifications, which has ended or was started anew: it stays off until "
    "the next focus."
)
_STILL_ON = "Do-not-disturb is still on. {error} Turning it off is tried every few seconds."
_ANOTHER = "Another run of Companion keeps do-not-disturb at the moment."
_NOT_RESTORED = (
    "{error} It is written down that do-not-disturb was off: that is tried again every few seconds for a while, and "
    "tried again at the next start."
)
_NOT_OFF = "{error} Turning do-not-disturb off is tried again every few seconds, and tried again at the next start."


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
        self._held: Held | None = None
        self._left: Again | None = None  # what a run left that was ended early, and could not be put back yet
        self._tries = 0
        self._turn = threading.Lock()  # one begins or ends at a time
        self._taking = threading.Lock()  # of `_held` and what is known of it, never for long

    @property
    def holds(self) -> bool:
        """Whether do-not-disturb is on by us."""
        held = self._held
        return held is not None and not held.off

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
                self._told(_NOT_RESTORED.format(error=error))
                self._left, self._tries = Again(self._restored_since), 0
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
            if self._held is not None and not self._held.ending:
                return True
            self._end()
            if self._held is not None:  # what was on before could not be put back yet
                return False
            try:
                return self._begin()
            except QuietError as error:
                if str(error) != self.limits:  # which the person has been told already
                    self._told(str(error))
                if self._held is None:
                    self._say(replace(self._standing, holds=False, limits=str(error)))
                return False

    def end(self) -> None:
        """Bring it back as it was before `begin`; where it was turned off by hand meanwhile, it stays as it is.

        What cannot be brought back now is tried again until it is off.
        """
        with self._turn:
            self._end()

    def stop(self) -> None:
        """End, and let the watchdog end too: where that is needed it goes on trying. `begin` may be called again."""
        with self._turn:
            self._end()
            if self._held is not None:
                self._let_go(self._held, self.limits)  # and leave the journal
            if self._left is not None:
                self._left.close()
            self._guard.close()

    def _begin(self) -> bool:
        with ExitStack() as owned:
            lock = self._journal.lock()
            if not lock_within(lock, LOCK_SECONDS):
                self._say(replace(self._standing, limits=_ANOTHER))
                return False
            owned.callback(lock.release)
            self._restore_left()  # before looking: what was left on would pass for the person's own
            chosen = self._chosen(self._environ, wake=True)
            owned.callback(chosen.quiet.close)
            if chosen.quiet.is_on():
                self._say(_of(chosen, limits=OWN))
                return False
            entry = self._written_down(chosen)
            held = self._held = Held(chosen.quiet, entry, owned.pop_all())
        self._turn_on(held, chosen)
        return True

    def _written_down(self, chosen: Chosen) -> Entry:
        """Return what has to be put back, with the watchdog awake and the journal written."""
        prior = chosen.quiet.prior()
        self._guard.start()
        address = self._environ.get(ADDRESS, "")
        entry = Entry(chosen.quiet.name, prior, self._guard.holder, self._clock(), address)
        self._journal.write(entry)
        return entry

    def _turn_on(self, held: Held, chosen: Chosen) -> None:
        try:
            held.quiet.turn_on()
            self._say(_of(chosen, holds=True))
            held.following = Following(held.quiet, off=lambda: self._went_off(held), lost=self._lost)
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        held = self._held
        if held is None:
            return
        with self._taking:
            held.ending = True
        try:
            self._put_back(held)
        except Exception as error:  # noqa: BLE001 it is told, and tried again until it is off
            self._not_off(held, error)

    def _put_back(self, held: Held) -> None:
        held.put_back(self._environ)
        self._journal.remove()
        self._let_go(held)

    def _not_off(self, held: Held, error: Exception) -> None:
        """Say what went wrong, and have it tried again."""
        if isinstance(error, QuietError):
            what, why = _NOT_OFF.format(error=error), str(error)
        else:
            what, why = "".join(traceback.format_exception(error)), "Something unexpected went wrong."
        if what not in held.told:
            held.told.add(what)
            self._told(what)
        if held.again is None:
            held.again = Again(partial(self._try_again, held))
        limits = why if held.off else _STILL_ON.format(error=why)
        self._say(replace(self._standing, holds=not held.off, limits=limits))

    def _try_again(self, held: Held) -> bool:
        """Return whether there is nothing left to try."""
        with self._turn:
            if self._held is held:
                self._end()
            return self._held is not held

    def _went_off(self, held: Held) -> None:
        """Take in, on the thread that follows it, that it is off; whoever ends it just now lets go of it."""
        with self._taking:
            if self._held is not held:
                return
            ending, again = held.ending, held.again
            held.off = held.ending = True
            held.by_itself = not ending
        if ending:
            if again is not None:
                again.wake()
            return
        try:
            self._journal.remove()  # at once: what comes on from now on is the person's own
        except QuietError as error:
            self._not_off(held, error)
        else:
            self._let_go(held)

    def _let_go(self, held: Held, limits: str = "") -> None:
        with self._taking:
            if self._held is not held:
                return
            self._held = None
        if held.by_itself:  # whoever lets go of it
            limits = _why_off(held)
        held.let_go()
        if self._held is None:  # else it was begun anew, and that is said already
            self._say(replace(self._standing, holds=False, limits=limits))

    def _restore_at_start(self) -> None:
        lock = self._journal.lock()
        if not lock_within(lock, 0.0):
            return  # whoever has it does the same, or keeps do-not-disturb
        try:
            self._restore_left()
        finally:
            lock.release()

    def _restored_since(self) -> bool:
        """Return whether nothing is left to try; whoever began meanwhile has put it back before."""
        self._tries += 1
        with self._turn:
            if self._held is not None:
                return True
            try:
                self._restore_at_start()
            except QuietError:
                return self._tries >= TRIES
        return True

    def _restore_left(self) -> None:
        said = restore_left(self._journal, self._environ)
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


def _why_off(held: Held) -> str:
    """Say why it went off without us."""
    try:
        return _OFF_WITH_DAEMON if held.quiet.gone() else _OFF_BY_HAND
    except QuietError:  # who would know does not answer; a person's hand is the likeliest
        return _OFF_BY_HAND
