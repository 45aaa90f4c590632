"""The engine while the vault is locked: it records what it cannot read, and answers nothing."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from companion import budgeting
from companion.giving_back import GivingBack
from companion.jobs.worker import Worker
from companion.keeper import Keeper
from companion.locked.entries import INCIDENT, Entry, Journal
from companion.locked.listening import SealedListening
from companion.locked.moments import SealedMoments
from companion.ports import Answer, Gone, Question
from companion.settings import Settings
from companion.sources import Sources
from companion.status import Activity, Status, summarise
from embeddings.types import EEGWindow
from index.types import LockedError, Moment, VaultError
from index.vault import Vault

if TYPE_CHECKING:
    from companion.deep_work.port import Offer

LOCKED = "The vault is locked: unlock it to look at what it holds."
NOT_FORGOTTEN = (
    "The vault is locked, and what is recorded now is sealed: nothing of it can be found to be forgotten. Unlock it, "
    "then forget."
)


@dataclass(frozen=True, slots=True)
class LockedParts:
    """What the engine is made of; put together by `companion.app`. ``vault`` is claimed already."""

    vault: Vault
    journal: Journal
    moments: SealedMoments
    reader: Worker
    make_keeper: Callable[[Settings], Keeper | None]
    make_listening: Callable[[Settings], SealedListening | None]
    on_incident: Callable[[str, str], None]


class LockedEngine:
    """Records what the settings allow into the journal, within the budget. Satisfies `companion.ports.EnginePort`."""

    def __init__(self, parts: LockedParts, *, settings: Settings, clock: Callable[[], float]) -> None:
        self._parts = parts
        self._limit(settings)
        self._giving_back = GivingBack()
        self._sources = Sources(
            settings=settings,
            clock=clock,
            make_keeper=parts.make_keeper,
            make_listening=parts.make_listening,
            on_failure=lambda error: parts.on_incident("engine", "".join(traceback.format_exception(error))),
        )

    def start(self) -> None:
        """Begin with what the settings allow."""
        self._giving_back.start()
        self._sources.start()

    def stop(self) -> None:
        """Close the open moment and the journal."""
        self._sources.stop()
        self._sources.close()
        self._giving_back.stop()
        self._parts.reader.stop()
        self._parts.journal.close()
        self._parts.vault.release()

    def pause(self, seconds: float | None) -> None:
        """Stop recording for ``seconds``, or until `resume` when None."""
        self._sources.pause(seconds)

    def resume(self) -> None:
        """Record again."""
        self._sources.resume()

    def apply(self, settings: Settings) -> None:
        """Take over new settings at once."""
        self._limit(settings)
        self._sources.apply(settings)

    def status(self) -> Status:
        """Return how everything is now."""
        keeper = self._sources.keeper  # another thread may let go of it meanwhile
        seeing = keeper.seeing if keeper else None
        refused = self._parts.journal.refused
        told = seeing is not None and seeing.problem == refused
        obstacles = [self._sources.failure, "" if told else refused]
        status = summarise(
            seeing=seeing,
            headset=self._sources.headset(),
            paused_until=self._sources.paused_until,
            moments=self._parts.moments.count,
            backlog=keeper.waiting if keeper else 0,
            quarantined=0,
            obstacles=[obstacle for obstacle in obstacles if obstacle],
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

    def headset_window(self, seconds: float) -> EEGWindow | None:
        """Return None: what the headset sends is sealed at once."""
        del seconds
        return None

    @property
    def electrodes(self) -> None:
        """Nothing: they are not judged while the vault is locked."""
        return None

    @property
    def deep_work(self) -> None:
        """Nothing: what focus is told by lies in the vault."""
        return None

    def offered_by(self, offer: Offer | None) -> None:
        """Do nothing: what was held lies in the vault."""
        del offer

    @property
    def sending(self) -> None:
        """Nothing: mails that wait lie in the vault, and what is not shown is not held."""
        return None

    @property
    def training(self) -> None:
        """Nothing: sessions are kept in the vault."""
        return None

    def forget_last(self, seconds: float) -> Future[Gone]:
        """Return a future that raises `LockedError`: what is recorded now is sealed, and cannot be told apart."""
        del seconds
        refused: Future[Gone] = Future()
        refused.set_exception(LockedError(NOT_FORGOTTEN))
        return refused

    def pending(self) -> int:
        """Return 0: what waits for text and vectors waits for the unlocking too."""
        return 0

    def finished(self) -> bool:
        """Whether everything that was chosen has come to its end, so that nothing will come."""
        return self._sources.finished()

    def _limit(self, settings: Settings) -> None:
        """Keep the journal within the budget: the vault's bytes can be counted without its keys."""
        ledger = self._parts.vault.ledger
        ledger.limits = budgeting.limits(settings)
        if ledger.limits.whole:
            ledger.measure()
        self._parts.journal.stay_within(ledger)


def sealed_note(journal: Journal, clock: Callable[[], float]) -> Callable[[str, str], None]:
    """Return what takes down incidents while the vault is locked; one the disk refuses is told on standard error."""

    def note(part: str, what: str) -> None:
        try:
            journal.append(Entry(INCIDENT, {"time": clock(), "part": part, "what": what}))
        except VaultError as error:
            print(f"companion: {part}: {what} ({error})", file=sys.stderr)

    return note
