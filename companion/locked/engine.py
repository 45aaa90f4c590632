"""The engine while the vault is locked: it records what it cannot read, and answers nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from companion.brain.types import BoardError, Contact, HeadsetState
from companion.keeper import Keeper
from companion.locked.entries import INCIDENT, Entry, Journal
from companion.locked.listening import SealedListening
from companion.locked.moments import SealedMoments
from companion.pausing import Pause
from companion.ports import Answer, Question
from companion.settings import Settings
from companion.status import NO_HEADSET, Activity, Status, summarise
from index.types import LockedError, Moment, VaultError
from index.vault import Vault

LOCKED = "The vault is locked: unlock it to look at what it holds."


@dataclass(frozen=True, slots=True)
class LockedParts:
    """What the engine is made of; put together by `companion.app`. ``vault`` is claimed already."""

    vault: Vault
    journal: Journal
    moments: SealedMoments
    make_keeper: Callable[[Settings], Keeper | None]
    make_listening: Callable[[Settings], SealedListening | None]


class LockedEngine:
    """Records what the settings allow into the journal. Satisfies `companion.ports.EnginePort`."""

    def __init__(self, parts: LockedParts, *, settings: Settings, clock: Callable[[], float]) -> None:
        self._parts, self._settings = parts, settings
        self._control = ThreadPoolExecutor(max_workers=1, thread_name_prefix="control")
        self._pause = Pause(clock=clock, on_over=self.resume)
        self._keeper: Keeper | None = None
        self._listening: SealedListening | None = None
        self._no_headset = NO_HEADSET
        self._failure = ""
        self._recording = False

    def start(self) -> None:
        """Begin with what the settings allow."""
        self._soon(self._record)

    def stop(self) -> None:
        """Close the open moment and the journal."""
        self._pause.end()
        self._soon(self._rest)
        self._control.shutdown(wait=True)
        self._parts.journal.close()
        self._parts.vault.release()

    def pause(self, seconds: float | None) -> None:
        """Stop recording for ``seconds``, or until `resume` when None."""
        self._pause.begin(seconds)
        self._soon(self._rest)

    def resume(self) -> None:
        """Record again."""
        self._pause.end()
        self._soon(self._record)

    def apply(self, settings: Settings) -> None:
        """Take over new settings at once."""
        self._settings = settings
        self._soon(self._rest)
        self._soon(self._record)

    def status(self) -> Status:
        """Return how everything is now."""
        keeper, listening = self._keeper, self._listening
        status = summarise(
            seeing=keeper.seeing if keeper else None,
            headset=listening.state() if listening else self._no_headset,
            paused_until=self._pause.until,
            moments=self._parts.moments.count,
            backlog=0,
            quarantined=0,
            obstacles=[self._failure] if self._failure else [],
        )
        sentence = f"Locked. {status.sentence} What is recorded now can be read after unlocking."
        recording = status.activity in {Activity.RECORDING, Activity.NO_HEADSET}
        return replace(
            status,
            locked=True,
            activity=Activity.LOCKED if recording else status.activity,
            sentence=sentence if recording else f"Locked. {status.sentence}",
        )

    def recall(self, question: Question) -> Future[Answer]:
        """Return a future that raises `LockedError`."""
        del question
        refused: Future[Answer] = Future()
        refused.set_exception(LockedError(LOCKED))
        return refused

    def opened(self, answer: Answer, rank: int) -> None:
        """Raise `LockedError`: there was no answer."""
        del answer, rank
        raise LockedError(LOCKED)

    def moment(self, moment_id: int) -> Moment:
        """Raise `LockedError`."""
        del moment_id
        raise LockedError(LOCKED)

    def neighbour(self, moment_id: int, step: int) -> Moment | None:
        """Raise `LockedError`."""
        del moment_id, step
        raise LockedError(LOCKED)

    def picture(self, moment: Moment, *, thumbnail: bool) -> bytes | None:
        """Raise `LockedError`."""
        del moment, thumbnail
        raise LockedError(LOCKED)

    def pending(self) -> int:
        """Return 0: what waits for text and vectors waits for the unlocking too."""
        return 0

    def finished(self) -> bool:
        """Whether everything that was chosen has come to its end, so that nothing will come."""
        keeper, listening = self._keeper, self._listening
        if not self._recording or (keeper is None and listening is None):
            return False
        seen = keeper is None or keeper.seeing.ended
        return seen and (listening is None or listening.state().contact in {Contact.ENDED, Contact.FAILED})

    def _soon(self, change: Callable[[], None]) -> None:
        self._control.submit(change).add_done_callback(self._surface)

    def _surface(self, future: Future[None]) -> None:
        """Show what went wrong in a change nobody waits for."""
        error = future.exception()
        if error is not None:
            self._failure = f"Recording could not be started or stopped ({error}). Quit Companion and start it again."

    def _record(self) -> None:
        if self._pause.until is not None:
            return
        if self._keeper is None:
            self._keeper = self._parts.make_keeper(self._settings)
            if self._keeper is not None:
                self._keeper.start()
        if self._listening is None:
            self._no_headset = NO_HEADSET
            try:
                self._listening = self._parts.make_listening(self._settings)
            except BoardError as error:
                self._no_headset = HeadsetState(Contact.FAILED, str(error))
            if self._listening is not None:
                self._listening.start()
        self._recording = True

    def _rest(self) -> None:
        self._recording = False
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper = None
        if self._listening is not None:
            self._listening.stop()
            self._listening = None


def sealed_note(journal: Journal, clock: Callable[[], float]) -> Callable[[str, str], None]:
    """Return what takes down incidents while the vault is locked; one the disk refuses is told on standard error."""

    def note(part: str, what: str) -> None:
        try:
            journal.append(Entry(INCIDENT, {"time": clock(), "part": part, "what": what}))
        except VaultError as error:
            print(f"companion: {part}: {what} ({error})", file=sys.stderr)

    return note
