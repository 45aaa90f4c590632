"""Asks the encoder process once a second what the newest EEG says of focus, and never waits long for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

from companion.focus.fusion import Heard
from companion.focus.trackers import SECONDS, Said
from companion.jobs.tasks import Encoder
from companion.jobs.worker import TaskFailed, WorkerCrashed
from embeddings.types import EEGWindow, EmbeddingsError

ANSWER_SECONDS = 0.4  # that are waited for an answer; a later one counts at the next second
PATIENCE_SECONDS = 10.0  # until an answer tells of a time that was, and an older one is not taken for now
NEW_SECONDS = 0.5  # of signal that must have come since the last window
PART = "focus"

NO_HEADSET, BUSY, LEARNING = "no headset", "not judged yet", "getting to know your rest"
GOOD = "good"


Rests = Mapping[tuple[str, ...], bytes]  # what `FocusTracker.dump` told, by electrodes


@dataclass(slots=True)
class _Asked:
    """A window on its way: its electrodes, when it was sent (monotonic), whether rest is learned from it on."""

    future: Future[Said]
    ch_names: tuple[str, ...]
    at: float
    anew: bool


class Brain:
    """What the EEG says of focus. Looked at by one thread; the person's rest may be set from any.

    Parameters
    ----------
    last
        Returns the newest gap-free stretch of so many seconds, or None.
    on_incident
        Takes a part and a sentence, once while it does not work.

    """

    def __init__(
        self,
        *,
        encoder: Encoder,
        last: Callable[[float], EEGWindow | None],
        on_incident: Callable[[str, str], None],
    ) -> None:
        self._encoder, self._last, self._on_incident = encoder, last, on_incident
        self._rests: dict[tuple[str, ...], bytes] = {}
        self._told: Rests | None = None  # what the rest is to be from the next look on
        self._asked: _Asked | None = None
        self._said: Said | None = None
        self._said_at, self._came_at, self._ended = -PATIENCE_SECONDS, -PATIENCE_SECONDS, 0.0
        self._ch_names: tuple[str, ...] = ()
        self._anew = self._failing = False

    @property
    def ch_names(self) -> tuple[str, ...]:
        """The electrodes that were heard last."""
        return self._ch_names

    @property
    def said(self) -> Said | None:
        """What the newest window said; None where none tells of now."""
        return self._said

    @property
    def rest(self) -> bytes | None:
        """The person's rest with these electrodes; None until it is known."""
        return self._rests.get(self._ch_names)

    def use_rests(self, rests: Rests) -> None:
        """Measure against this rest, by electrodes, from now on; that of others is learned from now on.

        No answer to what was sent before is taken.
        """
        self._told = rests

    def look(self, now: float) -> Heard | None:
        """Return what is known at ``now`` (monotonic); None where no EEG comes, or nothing is known of it yet."""
        self._take_over()
        self._ask(now)
        self._collect(now)
        if self._said is not None and now - self._said_at > PATIENCE_SECONDS:
            self._said = None
        if self._said is None or now - self._came_at > PATIENCE_SECONDS:
            return None
        disturbed = bool(self._said.artefacts) and not self._said.faults
        return Heard(self._said.log_odds, self._said.fit, disturbed)

    def quality(self, now: float) -> str:
        """Say how the signal is."""
        if now - self._came_at > PATIENCE_SECONDS:
            return NO_HEADSET
        if self._said is None:
            return BUSY
        if self._said.faults:
            return ", ".join(f"{fault} at {name}" for name, fault in self._said.faults)
        if self._said.artefacts:
            return ", ".join(self._said.artefacts)
        return f"{LEARNING}: {self._said.known:.0%}" if self._said.known < 1.0 else GOOD

    def _take_over(self) -> None:
        told, self._told = self._told, None
        if told is not None:
            self._drop()
            self._rests, self._anew = dict(told), True

    def _ask(self, now: float) -> None:
        if self._asked is not None and now - self._asked.at > PATIENCE_SECONDS:
            self._drop()
        if self._asked is not None:
            return
        window = self._last(SECONDS)
        if window is None or abs(window.time_end - self._ended) < NEW_SECONDS:
            return
        self._ended, self._came_at = window.time_end, now
        rest, anew = self._rests.get(window.ch_names), self._anew
        try:
            future = self._encoder.submit("focus", window, rest, anew, urgent=True)
        except OSError as error:
            self._failed(error)
            return
        self._asked, self._anew = _Asked(future, window.ch_names, now, anew), False

    def _collect(self, now: float) -> None:
        if self._asked is None:
            return
        asked = self._asked
        try:
            said = asked.future.result(ANSWER_SECONDS)
        except NotYet:
            return
        except CancelledError:
            self._drop()
            return
        except (TaskFailed, WorkerCrashed, EmbeddingsError, OSError) as error:
            self._drop()
            self._failed(error)
            return
        self._asked, self._failing = None, False
        self._said, self._said_at, self._ch_names = said, now, asked.ch_names
        if said.rest is not None:
            self._rests[asked.ch_names] = said.rest  # learned, for this run alone

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            self._on_incident(PART, f"The EEG could not be asked about focus: {error}")
        self._failing = True

    def _drop(self) -> None:
        if self._asked is not None:
            self._asked.future.cancel()
            self._anew |= self._asked.anew  # nobody knows whether it was begun
        self._asked = self._said = None
