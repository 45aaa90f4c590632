"""What a user interface may ask of what follows focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from companion.focus.types import FocusState, Mode

if TYPE_CHECKING:
    from companion.deep_work.looking_back import Past
    from companion.focus.calibration import Step
    from companion.notices.digest import Digest
    from companion.notices.notices import Snapshot as NoticesSnapshot
    from companion.notices.types import Judged, Notice
    from companion.quiet.keeping import Standing
    from index.focus_history import Span, Totals

Show = Callable[["Judged"], bool]
TakeDown = Callable[[Callable[["Notice"], bool]], None]
Offer = Callable[["Digest"], None]


@dataclass(frozen=True, slots=True)
class DeepWorkState:
    """How it stands; see the parts.

    Attributes
    ----------
    focus, quiet, notices
        What each part says; of the notices that passed and were held, how many since do-not-disturb went on last.
    sentence
        The one that the tray and ``companion focus status`` show.

    """

    focus: FocusState
    quiet: Standing
    notices: NoticesSnapshot
    sentence: str


class DeepWorkPort(Protocol):
    """Satisfied by `companion.deep_work.consequences.DeepWork`. No call takes long: what does returns a future."""

    def state(self) -> DeepWorkState:
        """Return how it stands now."""
        ...

    def override(self, mode: Mode, until: float | None = None) -> None:
        """Have it on or off until a time (UTC seconds), None for as long as it may last; or automatic.

        Raises `FocusError` for a time that is over.
        """
        ...

    def shown_by(self, show: Show | None, offer: Offer | None, take_down: TakeDown | None = None) -> None:
        """Say who shows what passes where the desktop would hold it, and who shows a digest; None for nobody.

        All are called on the thread of the notices. ``show`` returns whether it shows; ``take_down`` shows those no
        more of which what it is handed returns True.
        """
        ...

    def past(self, start: float, end: float) -> Future[Past]:
        """Return what a time (UTC seconds) came to. Raises in the future: `VaultError`."""
        ...

    def totals(self, spans: Sequence[Span]) -> Future[tuple[Totals, ...]]:
        """Return what each of some times (UTC seconds) came to. Raises in the future: `VaultError`."""
        ...

    def correct(self, start: float, end: float, *, focused: bool) -> Future[int]:
        """Learn whether the person was focused during a time (UTC seconds); returns the correction's number.

        Raises in the future: `FocusError`, `VaultError`.
        """
        ...

    def take_back(self, correction: int) -> Future[None]:
        """Take back a correction, and what was learned from it. Raises in the future: `VaultError`."""
        ...

    def calibrate(self) -> None:
        """Begin the guided minutes of rest and of work. Raises `FocusError` where no EEG comes."""
        ...

    def calibrating(self) -> Step | None:
        """Return where the calibration is, None where none was begun; its last step stays until it is ended."""
        ...

    def end_calibration(self) -> Future[None]:
        """Break the calibration off, or put away its last step. Raises in the future: `VaultError`."""
        ...

    def open_notice(self, number: int) -> Future[bool]:
        """Show a notice again; returns whether it is the original. One that passed is shown by its original alone.

        Raises in the future: `NoticesError`.
        """
        ...

    def looked_at(self, digest: Digest) -> Future[None]:
        """Take in that the person has a digest before them: what they open of it is learned from, and what not."""
        ...

    def unseen(self, passed: Sequence[Judged]) -> None:
        """Take in that notices which ``show`` took may not have been seen: they are held."""
        ...

    def judge_notice(self, number: int, *, important: bool) -> Future[None]:
        """Learn that the person calls a notice important, or not. Raises in the future: `NoticesError`."""
        ...
