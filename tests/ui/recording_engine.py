"""An engine that writes down what it is asked and answers when told to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QBuffer
from PySide6.QtGui import QImage

from companion.brain.types import Contact, HeadsetState
from companion.contact_watch import Electrodes
from companion.deep_work.port import Offer
from companion.feedback.port import TrainingPort
from companion.ports import Answer, EnginePort, Gone, Question
from companion.sending.port import SendingPort
from companion.settings import Settings
from companion.status import Activity, Status
from embeddings.types import EEGWindow
from index.types import Hit, Moment

NOW = 1_794_997_800.0


def moment(number: int, title: str = "A page", *, text: str = "words", url: str = "") -> Moment:
    start = NOW - 3600 * (number + 2)
    return Moment(number, start, start + 120, "firefox", title, url, 0, "screen", "", text)


def hit(number: int, title: str = "A page", snippet: str = "some [words] here") -> Hit:
    return Hit(moment(number, title), 0.8, "text", "same words", snippet, {"text": 0.8})


def png(width: int, height: int) -> bytes:
    """Return a black image as it comes from a vault: encoded."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0)
    encoded = QBuffer()
    image.save(encoded, "PNG")  # type: ignore[call-overload]  # Qt takes text, its stubs do not
    return bytes(encoded.data().data())


def status(
    activity: Activity = Activity.RECORDING,
    *,
    contact: Contact = Contact.STREAMING,
    moments: int = 12,
    paused_until: float | None = None,
    backlog: int = 0,
    locked: bool = False,
) -> Status:
    headset = HeadsetState(contact, f"The headset is {contact}.")
    sentence = f"Now {activity}."
    return Status(
        activity, sentence, headset, paused_until=paused_until, moments=moments, backlog=backlog, locked=locked
    )


class RecordingEngine:
    def __init__(self, now: Status | None = None) -> None:
        self.now = now or status()
        self.calls: list[tuple[str, object]] = []
        self.asked: list[tuple[Question, Future[Answer]]] = []
        self.beside: dict[int, Moment] = {}
        self.pictures: dict[int, bytes] = {}
        self.forgetting: Future[Gone] = Future()
        self.signal: Callable[[float], EEGWindow | None] = lambda _seconds: None
        self.electrodes: Electrodes | None = None
        self.sending: SendingPort | None = None
        self.training: TrainingPort | None = None
        self.offer: Offer | None = None

    def headset_window(self, seconds: float) -> EEGWindow | None:
        return self.signal(seconds)

    @property
    def questions(self) -> list[Question]:
        return [question for question, _ in self.asked]

    def answer(self, *hits: Hit, notes: tuple[str, ...] = (), at: int = -1) -> None:
        question, future = self.asked[at]
        future.set_result(Answer(question, hits, notes, 0.01))

    def fail(self, error: Exception) -> None:
        self.asked[-1][1].set_exception(error)

    def start(self) -> None:
        self.calls.append(("start", None))

    def stop(self) -> None:
        self.calls.append(("stop", None))

    def status(self) -> Status:
        return self.now

    def pause(self, seconds: float | None) -> None:
        self.calls.append(("pause", seconds))

    def resume(self) -> None:
        self.calls.append(("resume", None))

    def recall(self, question: Question) -> Future[Answer]:
        future: Future[Answer] = Future()
        self.asked.append((question, future))
        return future

    def opened(self, answer: Answer, rank: int) -> None:
        self.calls.append(("opened", (answer.hits[rank].moment.id, rank)))

    def moment(self, moment_id: int) -> Moment:
        return moment(moment_id)

    def neighbour(self, moment_id: int, step: int) -> Moment | None:
        return self.beside.get(moment_id + step)

    def picture(self, moment: Moment, *, thumbnail: bool) -> bytes | None:  # noqa: ARG002  the port's signature
        return self.pictures.get(moment.id)

    @property
    def deep_work(self) -> None:
        return None

    def offered_by(self, offer: Offer | None) -> None:
        self.offer = offer

    def forget_last(self, seconds: float) -> Future[Gone]:
        self.calls.append(("forget", seconds))
        self.forgetting = Future()
        return self.forgetting

    def apply(self, settings: Settings) -> None:
        self.calls.append(("apply", settings))


_port: type[EnginePort] = RecordingEngine  # mypy compares them
