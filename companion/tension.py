"""How tense the EEG is: the last minute ranked among the last half hour, and around a time. Calibrated by nobody."""

from __future__ import annotations

import statistics
import threading
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet

from companion.jobs.tasks import Encoder
from companion.jobs.worker import TaskFailed, WorkerCrashed
from embeddings.types import EEGWindow, EmbeddingsError

EVERY_SECONDS = 5.0
WINDOW_SECONDS = 7.0  # 4 s looked at, 3 s before them that filters and judges look back on
PATIENCE_SECONDS = 10.0
NOW_SECONDS, USUAL_SECONDS = 60.0, 1800.0
AROUND_SECONDS, LOOKED_BACK = 12.0, 4.0  # on either side of a time; that each figure is of
LEAST_AROUND = 2
LEAST_NOW, LEAST_USUAL = 4, 60  # windows fit to be looked at: a third of a minute, five minutes
PART = "mail"


class Ranked:
    """Figures of one set of electrodes, each with its time (UTC seconds). Pure."""

    def __init__(self) -> None:
        self._figures: deque[tuple[float, float]] = deque()
        self._ch_names: tuple[str, ...] = ()

    def add(self, time: float, figure: float, ch_names: tuple[str, ...]) -> None:
        """Take in one; figures of other electrodes cannot be compared with it and go."""
        if ch_names != self._ch_names:
            self.forget()
            self._ch_names = ch_names
        self._figures.append((time, figure))
        while self._figures[0][0] < time - USUAL_SECONDS:
            self._figures.popleft()

    def forget(self) -> None:
        """Let go of everything."""
        self._figures.clear()

    def rank(self, now: float) -> float | None:
        """Return which share of the figures before lie below those of the last minute, 0 to 1.

        None where too few are known, of now or of before.
        """
        newest = [figure for time, figure in self._figures if now - NOW_SECONDS <= time]
        before = sorted(figure for time, figure in self._figures if now - USUAL_SECONDS <= time < now - NOW_SECONDS)
        if len(newest) < LEAST_NOW or len(before) < LEAST_USUAL:
            return None
        middle = statistics.median(newest)
        return (bisect_left(before, middle) + bisect_right(before, middle)) / (2 * len(before))

    def change(self, time: float) -> float | None:
        """Return by how much the figures after a time (UTC seconds) lie above those before it.

        None where too few are known on either side. A figure is after it once nothing it looked at was before.
        """
        before = [figure for at, figure in self._figures if time - AROUND_SECONDS <= at <= time]
        first = time + LOOKED_BACK
        after = [figure for at, figure in self._figures if first <= at <= first + AROUND_SECONDS]
        if min(len(before), len(after)) < LEAST_AROUND:
            return None
        return statistics.fmean(after) - statistics.fmean(before)


class TensionWatch:
    """Asks the encoder process, on a thread of its own, as long as a headset is worn.

    Parameters
    ----------
    last
        Returns the newest gap-free stretch of so many seconds of a head's EEG, or None.
    clock
        UTC seconds.
    on_incident
        Takes a part and a sentence, once while it does not work.
    part
        The part that it is asked for.

    """

    def __init__(
        self,
        *,
        encoder: Encoder,
        last: Callable[[float], EEGWindow | None],
        clock: Callable[[], float],
        on_incident: Callable[[str, str], None],
        every: float = EVERY_SECONDS,
        part: str = PART,
    ) -> None:
        self._encoder, self._last, self._clock = encoder, last, clock
        self._on_incident, self._every = on_incident, every
        self._ranked, self._lock = Ranked(), threading.Lock()
        self._ended, self._failing, self._part = 0.0, False, part
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tension", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def tense(self) -> float | None:
        """Return how tense the last minute was, 0 to 1; None where that is not known."""
        with self._lock:
            return self._ranked.rank(self._clock())

    def change(self, time: float) -> float | None:
        """Return by how much more tense the seconds after a time (UTC seconds) were than those before; see `Ranked`."""
        with self._lock:
            return self._ranked.change(time)

    def forget(self) -> None:
        """Let go of what was seen."""
        with self._lock:
            self._ranked.forget()

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            self._look()

    def _look(self) -> None:
        stretch = self._last(WINDOW_SECONDS)
        if stretch is None or stretch.time_end == self._ended:
            return
        self._ended = stretch.time_end
        try:
            figure = self._asked(stretch)
        except (NotYet, CancelledError):
            return
        except (TaskFailed, WorkerCrashed, EmbeddingsError, OSError) as error:
            if not self._failing:
                self._on_incident(self._part, f"The EEG could not be asked how tense you are: {error}")
            self._failing = True
            return
        self._failing = False
        if figure is not None:
            with self._lock:
                self._ranked.add(stretch.time_end, figure, stretch.ch_names)

    def _asked(self, stretch: EEGWindow) -> float | None:
        future = self._encoder.submit("tension", stretch, urgent=True)
        try:
            figure: float | None = future.result(PATIENCE_SECONDS)
        except NotYet:
            future.cancel()
            raise
        return figure
