"""The search for a person's own alpha frequency: some closed eyes are listened to, a process works it out."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from companion.brain.types import Chunk
from companion.feedback.measuring import alpha_frequency
from companion.feedback.port import AlphaSearch
from companion.feedback.protocols import FeedbackError
from companion.feedback.worn import Worn
from embeddings.types import EEGWindow
from index import alpha
from index.alpha import Kept
from index.types import VaultError
from index.writer import Writer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from embeddings.feedback.plan import AlphaFrequency

ASKED_SECONDS = 75.0  # of signal; some of it is blinks and movement, half a minute has to be clean
PATIENCE_SECONDS = 20.0  # without a sample until it is given up

CLOSE = "Close your eyes, sit still and let your jaw hang loose until you are told that it is over."
OPEN = "You may open your eyes. It is being worked out."
SILENT = "Nothing comes from the headset: the search was given up. Look at it (Headset), and begin again."
BROKEN_OFF = "The search was broken off."
FAILED = "The search ended by an error in the program."
NOT_KEPT = "The headset is simulated, so that this is nobody's and is not kept."


@dataclass(slots=True)
class _Stretch:
    """Chunks without a gap between them, of one device."""

    segment: int
    sfreq: float
    ch_names: tuple[str, ...]
    time_end: float = 0.0
    parts: list[NDArray[np.float64]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(sum(part.shape[1] for part in self.parts)) / self.sfreq


class AlphaSeeking:
    """One search after another; every method may be called from any thread.

    Parameters
    ----------
    worn
        What is listened to, while no session does.
    on_incident
        Takes a part and a sentence.
    seconds
        Of signal that are listened to.

    """

    def __init__(
        self, worn: Worn, *, writer: Writer, on_incident: Callable[[str, str], None], seconds: float = ASKED_SECONDS
    ) -> None:
        self._worn, self._writer, self._on_incident, self._seconds = worn, writer, on_incident, seconds
        self._chunks: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None
        self._search = AlphaSearch()

    @property
    def search(self) -> AlphaSearch:
        """How it stands."""
        return self._search

    def remember(self, found: AlphaFrequency | None) -> None:
        """Show what an earlier search found, until there is another."""
        if self._thread is None:
            self._search = AlphaSearch(found=found)

    def begin(self, *, made_up: bool = False) -> None:
        """Begin; the search before must be over (`stop`). What is found in a ``made_up`` signal is not kept."""
        self._leaving.clear()
        self._chunks = queue.SimpleQueue()
        self._search = AlphaSearch(running=True, left=self._seconds, sentence=CLOSE)
        self._thread = threading.Thread(target=self._run, args=(made_up,), name="alpha", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Break it off."""
        self._leaving.set()
        self._chunks.put(None)

    def stop(self) -> None:
        """Break it off, and wait until its process is gone."""
        self.leave()
        if self._thread is not None:
            self._thread.join()

    def _run(self, made_up: bool) -> None:
        ended = AlphaSearch(sentence=FAILED)
        try:
            ended = self._sought(made_up)
        except (FeedbackError, VaultError) as error:
            ended = AlphaSearch(sentence=BROKEN_OFF if self._leaving.is_set() else str(error))
        finally:
            self._search = ended

    def _sought(self, made_up: bool) -> AlphaSearch:
        stretches = self._heard()
        self._search = AlphaSearch(running=True, sentence=OPEN)
        windows = [EEGWindow(_joined(one), one.sfreq, one.ch_names, one.time_end) for one in stretches]
        found = alpha_frequency(windows, on_incident=self._on_incident, broken_off=self._leaving.is_set)
        if found.frequency is None or made_up:
            told = f"{found.sentence} {NOT_KEPT}" if made_up else found.sentence
            return AlphaSearch(sentence=told, found=found)
        last = stretches[-1]
        first = stretches[0].time_end - stretches[0].seconds
        self._writer.do(alpha.put, Kept(first, last.time_end, last.ch_names, asdict(found))).result()
        return AlphaSearch(sentence=found.sentence, found=found)

    def _heard(self) -> list[_Stretch]:
        """Listen until enough has come from one device; raises `FeedbackError` where it does not come."""
        stretches: list[_Stretch] = []
        self._worn.follow(self._chunks.put)
        try:
            while (left := self._seconds - sum(one.seconds for one in stretches)) > 0:
                self._search = AlphaSearch(running=True, left=left, sentence=CLOSE)
                stretches = _with(stretches, self._next())
        finally:
            self._worn.unfollow()
        return stretches

    def _next(self) -> Chunk:
        try:
            chunk = self._chunks.get(timeout=PATIENCE_SECONDS)
        except queue.Empty as error:
            raise FeedbackError(SILENT) from error
        if chunk is None or self._leaving.is_set():
            raise FeedbackError(BROKEN_OFF)
        return chunk


def _with(stretches: list[_Stretch], chunk: Chunk) -> list[_Stretch]:
    """Return the stretches with one more chunk; of another device it is the first."""
    device = chunk.stream.sfreq, chunk.stream.ch_names
    last = stretches[-1] if stretches else None
    if last is not None and (last.sfreq, last.ch_names) != device:
        stretches, last = [], None
    joins = last is not None and (
        chunk.segment == last.segment or (chunk.continues and chunk.segment == last.segment + 1)
    )
    if last is None or not joins:
        last = _Stretch(chunk.segment, *device)
        stretches = [*stretches, last]
    last.segment = chunk.segment
    last.parts.append(chunk.data)
    last.time_end = chunk.time_start + chunk.data.shape[1] / chunk.stream.sfreq
    return stretches


def _joined(stretch: _Stretch) -> NDArray[np.float64]:
    import numpy as np

    return np.hstack(stretch.parts)
