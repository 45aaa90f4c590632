"""Says while the headset is worn which electrode to press on: the last seconds are judged every few seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet

from companion.worker import TaskFailed, Worker, WorkerCrashed
from embeddings.types import EEGWindow

EVERY_SECONDS = 3.0
WINDOW_SECONDS = 7.0  # 4 s judged, 3 s before them that the judge looks back on
PATIENCE_SECONDS = 10.0  # an answer that comes later tells of a contact that was


class ContactWatch:
    """Asks the encoder process how the electrodes lie; `sentence` is empty while nothing is known.

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
        self._sentence, self._failing = "", False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def sentence(self) -> str:
        """What the person can do for a better signal, or that it is good; empty while no EEG comes."""
        return self._sentence

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
            self._sentence = "" if window is None else self._judged(window)

    def _judged(self, window: EEGWindow) -> str:
        future = self._encoder.submit("contact", window, urgent=True)
        try:
            faults: dict[str, str] = future.result(PATIENCE_SECONDS)
        except NotYet:
            future.cancel()
            return ""
        except CancelledError:
            return ""
        except (TaskFailed, WorkerCrashed, OSError) as error:
            if not self._failing:
                self._on_incident("contact", f"The contact of the electrodes could not be judged: {error}")
            self._failing = True
            return ""
        self._failing = False
        return told(faults)


def told(faults: dict[str, str]) -> str:
    """Say what is wrong with which electrode (name to fault, empty where nothing is), or that all is well."""
    wrong = [f"{name} ({fault})" for name, fault in faults.items() if fault]
    if not wrong:
        return "All electrodes lie well."
    return f"Adjust {', '.join(wrong)}: moisten the skin, move hair away, press it on."
