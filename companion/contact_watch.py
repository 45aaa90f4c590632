"""Says while the headset is worn which electrode to press on: the last seconds are judged every few seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

from companion.jobs.worker import TaskFailed, Worker, WorkerCrashed
from embeddings.types import EEGWindow, EmbeddingsError

EVERY_SECONDS = 3.0
JUDGED_SECONDS = 4.0
WINDOW_SECONDS = 7.0  # 3 s before those judged, that the judge looks back on
PATIENCE_SECONDS = 10.0  # an answer that comes later tells of a contact that was

# In the words of `embeddings.quality`, which is not imported here: it brings SciPy along. The worst comes first.
WHAT_TO_DO = {
    "no signal": "{} gives no signal: see that it touches the skin, and that its plug is in.",
    "jumps": "{} jumps: hold its cable still, and see that its plug sits tight.",
    "mains hum": "{} hears the mains: moisten the skin, press it on, keep away from chargers and power cables.",
    "poor contact": "{} lies badly: moisten the skin, move hair away, press it on.",
}
NO_SIGNAL = "no signal"
GOOD = "All electrodes lie well."
ALL_BAD = (
    "No electrode lies well, so look at what they share first: how the headset sits, and its reference electrode "
    "(on a Muse the middle of the forehead)."
)


@dataclass(frozen=True, slots=True)
class Electrodes:
    """How the electrodes lay when they were last judged.

    Attributes
    ----------
    time_start, time_end
        The seconds that were judged, UTC; the end left out.
    faults
        What is wrong with each electrode (name, words), in the headset's order; empty words where nothing is.
    disturbed
        What the person did as each electrode heard it (``blink``, ``jaw or muscle``, ``moving``), likewise.

    """

    time_start: float
    time_end: float
    faults: tuple[tuple[str, str], ...]
    disturbed: tuple[tuple[str, str], ...]

    @property
    def sentence(self) -> str:
        """Everything that is wrong, or that all is well."""
        return told(dict(self.faults))

    @property
    def worst(self) -> str:
        """The name of the electrode to see to first; empty when all lie well."""
        wrong = [(list(WHAT_TO_DO).index(fault), at, name) for at, (name, fault) in enumerate(self.faults) if fault]
        return min(wrong)[2] if wrong else ""

    @property
    def advice(self) -> str:
        """What to do about the worst electrode, or that all is well."""
        if not self.worst:
            return GOOD
        if len(self.faults) > 1 and all(fault for _, fault in self.faults):
            return ALL_BAD
        return WHAT_TO_DO[dict(self.faults)[self.worst]].format(self.worst)


class ContactWatch:
    """Asks the encoder process how the electrodes lie.

    Parameters
    ----------
    last
        Returns the newest gap-free stretch of so many seconds, or None.
    on_incident
        Takes a part and a sentence, once while judging does not work.

    """

    def __init__(
        self,
        *,
        encoder: Worker,
        last: Callable[[float], EEGWindow | None],
        on_incident: Callable[[str, str], None],
        every: float = EVERY_SECONDS,
    ) -> None:
        self._encoder, self._last, self._on_incident, self._every = encoder, last, on_incident, every
        self._electrodes: Electrodes | None = None
        self._failing = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def electrodes(self) -> Electrodes | None:
        """How each electrode lies; None while nothing is known."""
        return self._electrodes

    @property
    def sentence(self) -> str:
        """What the person can do for a better signal, or that it is good; empty while nothing is known."""
        electrodes = self._electrodes
        return "" if electrodes is None else electrodes.sentence

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="contact", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; waits for the question in hand."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            window = self._last(WINDOW_SECONDS)
            self._electrodes = None if window is None else self._judged(window)

    def _judged(self, window: EEGWindow) -> Electrodes | None:
        future = self._encoder.submit("contact", window, urgent=True)
        try:
            judged: Mapping[str, tuple[str, str]] = future.result(PATIENCE_SECONDS)
        except NotYet:
            future.cancel()
            return None
        except CancelledError:
            return None
        except (TaskFailed, WorkerCrashed, EmbeddingsError, OSError) as error:
            if not self._failing:
                self._on_incident("contact", f"The contact of the electrodes could not be judged: {error}")
            self._failing = True
            return None
        self._failing = False
        faults = tuple((name, fault) for name, (fault, _) in judged.items())
        disturbed = tuple((name, word) for name, (_, word) in judged.items())
        return Electrodes(window.time_end - JUDGED_SECONDS, window.time_end, faults, disturbed)


def told(faults: Mapping[str, str]) -> str:
    """Say what is wrong with which electrode (name to fault, empty where nothing is), or that all is well."""
    wrong = [f"{name} ({fault})" for name, fault in faults.items() if fault]
    if not wrong:
        return GOOD
    return f"Adjust {', '.join(wrong)}: moisten the skin, move hair away, press it on."
