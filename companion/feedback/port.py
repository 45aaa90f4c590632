"""What a user interface may ask of neurofeedback."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from companion.feedback.progress import Progress
    from companion.feedback.reported import Report
    from companion.feedback.types import Snapshot, Times
    from embeddings.feedback.plan import AlphaFrequency
    from index.trainings import Training


@dataclass(frozen=True, slots=True)
class Option:
    """One protocol, and whether it can be trained now.

    Attributes
    ----------
    name, title, sentence
        As in `companion.feedback.protocols.Protocol`.
    obstacle
        Why it cannot be trained now and how to mend that; empty when it can.
    note
        What the person should know before (electrodes that are not where it wants them, an alpha frequency that is not
        known); may be empty.
    towards
        Whether a moment or a tag has to be chosen.

    """

    name: str
    title: str
    sentence: str
    obstacle: str = ""
    note: str = ""
    towards: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose to train.

    Attributes
    ----------
    protocol
        The name of an `Option`.
    times
        How long the parts last; None for the usual ones.
    rate
        Share of unmuted time that should be rewarded, 0.3 to 0.9.
    blind
        Whether a sealed draw decides between the own signal and a replay.
    sound
        What is heard beside the scene, a name of `companion.feedback.sound.Sound`; empty for nothing.
    strategy
        What they mean to try, in their words.
    moment, tag
        What a training towards a state goes towards: a moment's number, or a tag; one of the two.

    """

    protocol: str
    times: Times | None = None
    rate: float = 0.6
    blind: bool = False
    sound: str = ""
    strategy: str = ""
    moment: int | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class AlphaSearch:
    """How the search for the own alpha frequency stands.

    Attributes
    ----------
    running
        Whether it still listens or works it out.
    left
        Seconds of closed eyes still to come.
    sentence
        What to do now, or what came of it.
    found
        What was found by the last search; None before any.

    """

    running: bool = False
    left: float = 0.0
    sentence: str = ""
    found: AlphaFrequency | None = None


class TrainingPort(Protocol):
    """Satisfied by `companion.feedback.room.TrainingRoom`. No call takes long; what takes a while returns a future.

    Errors in futures: `companion.feedback.protocols.FeedbackError` (a person can mend it), `VaultError`.
    """

    def options(self) -> Future[tuple[Option, ...]]:
        """Return what there is to train, with the headset that is worn now."""
        ...

    def tags(self) -> Future[tuple[str, ...]]:
        """Return the tags that a training may go towards."""
        ...

    def start(self, choice: Choice) -> Future[None]:
        """Begin a session."""
        ...

    def pause(self) -> None:
        """Stand still."""
        ...

    def go_on(self) -> None:
        """Go on after a pause."""
        ...

    def end(self) -> None:
        """End the session early; what there was is kept."""
        ...

    def snapshot(self) -> Snapshot:
        """Return how the session is now; quick enough to be asked 60 times a second."""
        ...

    @property
    def running(self) -> bool:
        """Whether a session is not over yet."""
        ...

    @property
    def seal(self) -> str:
        """The seal of the draw of the present or last session if it is blind; else empty."""
        ...

    @property
    def number(self) -> int | None:
        """The number under which the present or last session is kept; None before anything was kept."""
        ...

    def seek_alpha(self) -> Future[None]:
        """Begin to look for the own alpha frequency: half a minute and more of closed eyes, by the headset worn."""
        ...

    def leave_alpha(self) -> None:
        """Break the search off."""
        ...

    def alpha(self) -> AlphaSearch:
        """Return how that search stands."""
        ...

    def sessions(self) -> Future[tuple[Training, ...]]:
        """Return the sessions that are kept, newest first."""
        ...

    def report(self, number: int) -> Future[Report]:
        """Return the report of a session."""
        ...

    def progress(self, protocol: str) -> Future[Progress]:
        """Return how a protocol went over weeks; of a direction, what `companion.feedback.comparable.kind` tells."""
        ...

    def answer(self, number: int, answers: Mapping[str, str]) -> Future[None]:
        """Note what the person said of a session, by item of the checklist; ``guess``: what they think was shown."""
        ...

    def unblind(self, number: int) -> Future[bool | None]:
        """Tell whether a replay was shown; None where nothing was drawn. Cannot be taken back."""
        ...

    def forget(self, number: int) -> Future[None]:
        """Forget a session for good."""
        ...
