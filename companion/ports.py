"""What a user interface may ask of the engine."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from companion.settings import Settings
from companion.status import Status
from index.types import Filters, Hit, Moment

if TYPE_CHECKING:  # the tray icon is there before NumPy is
    from companion.contact_watch import Electrodes
    from companion.deep_work.port import DeepWorkPort, Offer
    from companion.feedback.port import TrainingPort
    from companion.sending.port import SendingPort
    from embeddings.types import EEGWindow


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of memory: words, a moment to be alike, or the present thought, which may come with words.

    Filters alone ask for the latest moments that satisfy them.

    Attributes
    ----------
    exclude_minutes
        Moments this near in time to the query itself are left out when searching by state.

    """

    text: str = ""
    like: int | None = None
    thought: bool = False
    k: int = 10
    filters: Filters = field(default_factory=Filters)
    exclude_minutes: float = 5.0

    @property
    def kind(self) -> str:
        """``thought``, ``words`` or ``like``."""
        return "thought" if self.thought else "words" if self.text.strip() else "like"


@dataclass(frozen=True, slots=True)
class Answer:
    """Ranked hits and what the person should know about them.

    Attributes
    ----------
    notes
        Sentences such as "The text model is missing: searched by words only."
    seconds
        The program's own time, model loading left out.
    time
        When it was given, UTC seconds; an answer is known by it.

    """

    question: Question
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class Gone:
    """What was forgotten together."""

    moments: int
    frames: int
    eeg_seconds: float


class EnginePort(Protocol):
    """The engine as the windows see it. No call blocks for longer than a frame; futures resolve on another thread."""

    def start(self) -> None:
        """Begin with what the settings allow."""
        ...

    def stop(self) -> None:
        """Close the open moment and everything that runs; may take a few seconds."""
        ...

    def status(self) -> Status:
        """Return the newest snapshot."""
        ...

    def pause(self, seconds: float | None) -> None:
        """Stop recording for ``seconds``, or until `resume` when None."""
        ...

    def resume(self) -> None:
        """Record again."""
        ...

    def recall(self, question: Question) -> Future[Answer]:
        """Ask memory. Cancelling the future drops the question. Raises in the future: `VaultError`, `RecallError`."""
        ...

    def opened(self, answer: Answer, rank: int) -> None:
        """Note that the person opened the hit at ``rank`` (from 0) of an answer: later answers learn from it."""
        ...

    def moment(self, moment_id: int) -> Moment:
        """Return one moment; raises `VaultError` when there is none."""
        ...

    def neighbour(self, moment_id: int, step: int) -> Moment | None:
        """Return the moment before (``-1``) or after (``+1``) in time, or None at the ends."""
        ...

    def picture(self, moment: Moment, *, thumbnail: bool) -> bytes | None:
        """Return the image of a moment's frame, encoded, or None when it has none; raises `FrameError`."""
        ...

    def forget_last(self, seconds: float) -> Future[Gone]:
        """Forget what was recorded within the last ``seconds``, for good; recording goes on. Raises `VaultError`."""
        ...

    def headset_window(self, seconds: float) -> EEGWindow | None:
        """Return a copy of the newest gap-free ``seconds`` of what the headset sends, or None when there is less.

        Of a simulated headset too, as `status` says; of none while memory is locked.
        """
        ...

    @property
    def electrodes(self) -> Electrodes | None:
        """How the electrodes lie on the head; None while that is not known, as of a simulated headset."""
        ...

    @property
    def deep_work(self) -> DeepWorkPort | None:
        """What follows focus; None where nothing does, and while memory is locked."""
        ...

    def offered_by(self, offer: Offer | None) -> None:
        """Say who shows what was held for focus while it is not followed any more; None for nobody.

        Called on another thread, where anything was held and not told of yet.
        """
        ...

    @property
    def sending(self) -> SendingPort | None:
        """What holds outgoing mails; None while memory is locked: they lie in the vault."""
        ...

    @property
    def training(self) -> TrainingPort | None:
        """Neurofeedback; None while memory is locked."""
        ...

    def apply(self, settings: Settings) -> None:
        """Take over new settings (consent, headset) at once."""
        ...
