"""The engine: starts and stops the parts, and says how they are. It knows no window and no command line."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from companion import budgeting, forgetting
from companion.answering import THOUGHT_SECONDS, Answering
from companion.brain.types import Contact, HeadsetState
from companion.capture.attended import Attended, Each
from companion.contact_watch import ContactWatch, Electrodes
from companion.deep_work.focusing import Focusing
from companion.deep_work.left import tell_left
from companion.feedback.place import TrainingPlace
from companion.jobs.fill import Filler
from companion.jobs.recoding import Recoding
from companion.jobs.worker import Worker
from companion.keeper import Keeper
from companion.learning.background import Learning
from companion.listening import Listening
from companion.ports import Answer, Gone, Question
from companion.settings import Settings
from companion.sources import Sources
from companion.status import Status, summarise
from embeddings.types import EEGWindow
from index import feedback
from index.pictures import current
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Moment
from index.writer import Writer

if TYPE_CHECKING:
    from companion.deep_work.consequences import DeepWork
    from companion.deep_work.port import Offer
    from companion.feedback.room import TrainingRoom
    from companion.sending.mail_guard import MailGuard

OVER_BUDGET = "The vault could not be brought within its new budget:"
COUNTING_SHARE = 100.0  # counting a million moments takes a twentieth of a second, and is asked for once a second


class Upkeep(Protocol):
    """What keeps the vault in order beside everything else."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the engine is made of; put together by `companion.app`."""

    store: Store
    writer: Writer
    vectors: Vectors
    reader: Worker
    encoder: Worker
    learning: Learning
    fillers: tuple[Filler, ...]
    upkeep: tuple[Upkeep, ...]
    make_keeper: Callable[[Settings, Attended], Keeper | None]
    make_listening: Callable[[Settings], Listening | None]
    make_answering: Callable[[Callable[[], EEGWindow | None], Callable[[], bool]], Answering]
    make_deep_work: Callable[[Callable[[float], EEGWindow | None], Callable[[], bool], Settings], DeepWork]
    make_mail_guard: Callable[[Callable[[float], EEGWindow | None]], MailGuard]
    make_training: Callable[[Sources[Listening], Callable[[], bool]], TrainingRoom]
    make_encoder: Callable[[Settings], Callable[[], object]]
    is_simulated: Callable[[Settings], bool]
    listens: Callable[[Settings], bool]
    on_incident: Callable[[str, str], None]


class Engine:
    """Records what the settings allow, fills in what is missing, answers questions.

    Satisfies `companion.ports.EnginePort`.
    """

    def __init__(self, parts: Parts, *, settings: Settings, clock: Callable[[], float]) -> None:
        self._parts, self._clock = parts, clock
        self._focusing = Focusing(
            partial(parts.make_deep_work, self._worn, self._may_keep),
            tell_left=partial(tell_left, parts.writer, parts.store),
            on_incident=parts.on_incident,
        )
        self._mails = parts.make_mail_guard(self._worn)
        attended = Each(self._focusing, self._mails)
        self._training = TrainingPlace(lambda: parts.make_training(self._sources, self._simulated))
        self._sources = Sources(
            settings=settings,
            clock=clock,
            make_keeper=lambda chosen: parts.make_keeper(chosen, attended),
            make_listening=parts.make_listening,
            on_failure=lambda error: parts.on_incident("engine", "".join(traceback.format_exception(error))),
            on_headset=self._training.headset_changed,
        )
        self._contact = ContactWatch(encoder=parts.encoder, last=self._worn, on_incident=parts.on_incident)
        self._recoding = Recoding(parts.store, parts.writer, parts.encoder, on_incident=parts.on_incident)
        self._counted, self._count_again = 0, 0.0
        self._answering = parts.make_answering(self._thought, self._simulated)
        self._recall = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recall")
        self._forgetting = ThreadPoolExecutor(max_workers=1, thread_name_prefix="forgetting")
        self._leaving = threading.Event()

    def start(self) -> None:
        """Begin with what the settings allow."""
        for filler in self._parts.fillers:
            filler.start()
        self._parts.learning.start()
        for part in self._parts.upkeep:
            part.start()
        self._contact.start()
        self._sources.start()
        self._focusing.apply(self._sources.settings)
        self._mails.apply(self._sources.settings)
        self._warm(self._sources.settings)
        self._recoding.start()

    def stop(self) -> None:
        """Close the open moment and everything that runs; what waits for text or vectors waits on disk."""
        self._leaving.set()
        self._forgetting.shutdown(wait=True, cancel_futures=True)  # it has parts rest, and start again
        self._sources.stop()
        self._recoding.leave()
        with ThreadPoolExecutor(thread_name_prefix="ending") as ending:  # each may have to be waited for
            workers = [ending.submit(part.stop) for part in (self._parts.encoder, self._parts.learning)]
            workers += [ending.submit(part.stop) for part in self._parts.upkeep]
            workers.append(ending.submit(self._training.stop))
            workers.append(ending.submit(self._contact.stop))  # let go by the encoder, if it waits for it
            workers.append(ending.submit(self._focusing.stop))  # likewise
            workers.append(ending.submit(self._mails.stop))  # likewise
            self._sources.close()
            workers.append(ending.submit(self._parts.reader.stop))  # what was seen is read before
        for worker in workers:
            worker.result()
        # Only now: a question that waits for a worker is let go with it.
        self._recoding.stop()
        self._answering.leave()
        self._recall.shutdown(wait=True, cancel_futures=True)
        for filler in self._parts.fillers:
            filler.stop()
        self._parts.vectors.save()
        self._parts.store.close()
        self._parts.writer.close()

    def pause(self, seconds: float | None) -> None:
        """Stop recording for ``seconds``, or until `resume` when None."""
        self._sources.pause(seconds)

    def resume(self) -> None:
        """Record again."""
        self._sources.resume()

    def apply(self, settings: Settings) -> None:
        """Take over new settings at once; what is over another budget goes while this goes on."""
        limited = self._parts.writer.limit(budgeting.limits(settings))
        limited.add_done_callback(partial(self._complain, "budget", OVER_BUDGET))
        other_model = settings.text_model != self._sources.settings.text_model
        if other_model:
            self._recoding.leave()
            self._parts.encoder.renew(self._parts.make_encoder(settings))
            self._warm(settings)
            self._recoding.start(chosen=True)
        elif not self._parts.listens(self._sources.settings):
            self._warm_brain(settings)
        for filler in self._parts.fillers:
            filler.retry()
        self._sources.apply(settings)
        self._focusing.apply(settings)
        self._mails.apply(settings)

    def headset_window(self, seconds: float) -> EEGWindow | None:
        """Return the newest gap-free ``seconds`` of what the headset sends, a simulated one too, or None."""
        listening = self._sources.listening
        return None if listening is None else listening.last(seconds)

    @property
    def electrodes(self) -> Electrodes | None:
        """How the electrodes lie on the head; None while that is not known."""
        return self._contact.electrodes

    @property
    def deep_work(self) -> DeepWork | None:
        """What follows focus now; None while the person does not want it."""
        return self._focusing.deep_work

    def offered_by(self, offer: Offer | None) -> None:
        """Say who shows what was held for focus while it is not followed; None for nobody."""
        self._focusing.offered_by(offer)

    @property
    def sending(self) -> MailGuard:
        """What holds outgoing mails."""
        return self._mails

    @property
    def training(self) -> TrainingRoom:
        """Neurofeedback; put together when it is first asked for."""
        return self._training.room

    def status(self) -> Status:
        """Return how everything is now."""
        backlog = self._parts.store.backlog()
        obstacles = [told for told in (self._sources.failure, self._parts.learning.obstacle) if told]
        obstacles += [sentence for filler in self._parts.fillers for sentence in list(filler.obstacles.values())]
        coming = " ".join(sentence for filler in self._parts.fillers for sentence in list(filler.coming.values()))
        keeper = self._sources.keeper  # another thread may let go of it meanwhile
        status = summarise(
            seeing=keeper.seeing if keeper else None,
            headset=self._with_contact(self._sources.headset()),
            paused_until=self._sources.paused_until,
            moments=self._count(),
            backlog=sum(backlog.values()) + (keeper.waiting if keeper else 0),
            quarantined=self._parts.store.set_aside(),
            obstacles=obstacles,
            went=budgeting.went_today(self._parts.store, self._clock()),
        )
        deep = self._focusing.deep_work
        status = replace(status, focus=deep.state().sentence) if deep is not None else status
        return replace(status, sentence=f"{status.sentence} {coming}") if coming else status

    def _count(self) -> int:
        """Return how many moments there are, as counted when counting last took less than a hundredth of the time."""
        now = time.monotonic()
        if now >= self._count_again:
            self._counted = self._parts.store.count()
            self._count_again = now + COUNTING_SHARE * (time.monotonic() - now)
        return self._counted

    def recall(self, question: Question) -> Future[Answer]:
        """Ask memory."""
        return self._recall.submit(self._answering.put(question))

    def opened(self, answer: Answer, rank: int) -> None:
        """Note that a hit was opened."""
        asked, now = answer.question.kind, self._clock()
        noted = self._parts.writer.do(feedback.opened, answer.time, asked, answer.hits, rank, time=now)
        noted.add_done_callback(partial(self._complain, "feedback", "What was opened could not be noted:"))

    def forget_last(self, seconds: float) -> Future[Gone]:
        """Forget what was recorded within the last ``seconds``; recording goes on."""
        return self._forgetting.submit(self._forget_since, self._clock() - seconds)

    def _forget_since(self, start: float) -> Gone:
        parts = self._parts
        with parts.learning.at_rest(), self._training.at_rest():
            end = self._sources.begin_anew(lambda listening, now: listening.cut(start, now)).result()
            self._focusing.let_go(start, end)
            gone = forgetting.forget_between(parts.writer, parts.vectors, start, end, stop=self._leaving.is_set)
        self._focusing.forgotten(start, end)
        self._mails.forgotten()
        return gone

    def moment(self, moment_id: int) -> Moment:
        """Return one moment."""
        return self._parts.store.moment(moment_id)

    def neighbour(self, moment_id: int, step: int) -> Moment | None:
        """Return the moment before (-1) or after (1) in time."""
        return self._parts.store.neighbour(moment_id, step)

    def picture(self, moment: Moment, *, thumbnail: bool) -> bytes | None:
        """Return the image of a moment's frame, encoded, or None when it has none; raises `FrameError`."""
        if not moment.frame:
            return None
        return current.read(self._parts.store, moment.id, moment.frame, thumbnail=thumbnail)

    @property
    def pids(self) -> dict[str, int | None]:
        """The processes that run beside this one."""
        listening = self._sources.listening
        headset = listening.pid if listening else None
        parts = {"reader": self._parts.reader.pid, "encoder": self._parts.encoder.pid, "headset": headset}
        learner = self._parts.learning.pid  # only while there is something to learn
        return parts if learner is None else {**parts, "learner": learner}

    @property
    def keeper(self) -> Keeper | None:
        """What follows the screen now, if anything does."""
        return self._sources.keeper

    @property
    def listening(self) -> Listening | None:
        """What follows the headset now, if anything does."""
        return self._sources.listening

    def pending(self) -> int:
        """Return how many jobs can be done without the person mending something first."""
        stuck = {kind for filler in self._parts.fillers for kind in list(filler.obstacles)}
        return sum(count for kind, count in self._parts.store.backlog().items() if kind not in stuck)

    def finished(self) -> bool:
        """Whether everything that was chosen has come to its end (a replay, a playback), so that nothing will come."""
        return self._sources.finished()

    def _complain(self, part: str, what: str, future: Future[None]) -> None:
        """Note that the writer could not do what nobody waits for."""
        error = future.exception()
        if error is not None:
            self._parts.on_incident(part, f"{what} {error}")

    def _warm(self, settings: Settings) -> None:
        """Load the models while nobody waits for them; why one cannot be is said by `status` once it is needed."""
        self._parts.encoder.submit("warm", urgent=True)
        self._warm_brain(settings)

    def _warm_brain(self, settings: Settings) -> None:
        if self._parts.listens(settings):  # what it needs takes 150 MB
            self._parts.encoder.submit("warm_brain", urgent=True)

    def _thought(self) -> EEGWindow | None:
        listening = self._sources.listening
        return listening.last(THOUGHT_SECONDS) if listening is not None else None

    def _worn(self, seconds: float) -> EEGWindow | None:
        """Return the newest EEG of a head; a simulated headset is on none."""
        listening = self._sources.listening
        return None if listening is None or self._simulated() else listening.last(seconds)

    def _may_keep(self) -> bool:
        return self._sources.paused_until is None

    def _with_contact(self, state: HeadsetState) -> HeadsetState:
        """Return the state with how the electrodes lie, while samples come."""
        sentence = self._contact.sentence
        if state.contact is not Contact.STREAMING or not sentence:
            return state
        return replace(state, sentence=f"{state.sentence} {sentence}")

    def _simulated(self) -> bool:
        return self._sources.listening is not None and self._parts.is_simulated(self._sources.settings)
