"""The headset as the engine sees it: keeps the acquisition process alive and says how it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum, auto

from companion.brain.acquisition import (
    DRAIN_SECONDS,
    Acquisition,
    Connected,
    Ended,
    Heard,
    Message,
    Pause,
    Refused,
    Strange,
    Waiting,
)
from companion.brain.assembly import Oddity
from companion.brain.scale import ScaleWatch
from companion.brain.types import BoardSpec, Chunk, Contact, HeadsetState, Stream

PART = "headset"
SILENCE = 3.0  # seconds without a sample after which something is wrong
CONNECT_LIMIT = 60.0  # seconds a device may take to be found
# A device that is there but silent is asked again this often, so that it is heard within 10 s of its return.
FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 2.0
STEADY = 10.0  # seconds of streaming after which the next failure is a new one
POLL = 0.1
SEE_TO_IT = "Check how it sits, and the program that sends them."


class Outcome(Enum):
    """How one life of the acquisition process ended."""

    STOPPED = auto()
    OVER = auto()  # ended or failed for good: nothing to try again
    AGAIN = auto()


class Headset:
    """One chosen headset: connects, reconnects, and says what is going on.

    Parameters
    ----------
    spec
        Which headset.
    on_chunk
        Takes each chunk, on the supervising thread. While it works nothing else is read, but nothing is lost.
    on_incident
        Takes the part ("headset") and a sentence, once when something goes wrong and once when it works again.
    clock
        UTC seconds.

    """

    def __init__(
        self,
        spec: BoardSpec,
        *,
        on_chunk: Callable[[Chunk], None],
        on_incident: Callable[[str, str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._spec = spec
        self._on_chunk = on_chunk
        self._on_incident = on_incident
        self._clock = clock
        self._lock = threading.Lock()
        self._state = HeadsetState(Contact.NONE, "No headset chosen.")
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._process: Acquisition | None = None
        self._pace = DRAIN_SECONDS
        self._segment = 0  # number of the next life's first segment
        self._trouble_since: float | None = None
        self._streaming_since: float | None = None
        self._worked = False
        self._watched: tuple[Stream, ScaleWatch] | None = None
        self._doubt = ""  # what is strange about the values, as the person was told
        self._strange = ""  # what the process finds strange
        self._told: set[str] = set()  # what of that the person was told about: it may come and go

    def start(self) -> None:
        """Begin to connect; returns at once. Does nothing when no headset is chosen or it was started."""
        if self._spec.kind == "none" or self._thread is not None:
            return
        self._stopping.clear()
        self._trouble_since, self._worked = None, False
        self._watched, self._doubt = None, ""
        self._told.clear()
        self._set(Contact.CONNECTING, "Looking for the headset.")
        self._thread = threading.Thread(target=self._supervise, name="headset", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Release the device and end the process. Not to be called from ``on_chunk`` or ``on_incident``."""
        if self._thread is None:
            return
        self._stopping.set()
        self._thread.join()
        self._thread = None
        if self.state().contact not in {Contact.ENDED, Contact.FAILED}:
            self._set(Contact.NONE, "The headset is switched off here.")

    def drain_every(self, seconds: float = DRAIN_SECONDS) -> None:
        """Take samples from the device this often from now on, also after it was lost; from any thread."""
        self._pace = seconds

    def state(self) -> HeadsetState:
        """Return how it is now."""
        with self._lock:
            return self._state

    @property
    def pid(self) -> int | None:
        """The acquisition process's id, or None when there is none."""
        process = self._process
        return process.pid if process else None

    def _supervise(self) -> None:
        """Give the acquisition process one life after another."""
        backoff = FIRST_BACKOFF
        try:
            while self._live() is Outcome.AGAIN:
                if self._was_steady():
                    backoff = FIRST_BACKOFF
                self._streaming_since = None
                if self._stopping.wait(backoff):
                    return
                backoff = min(2 * backoff, LONGEST_BACKOFF)
        except BaseException:
            # A bug or a callback's error: it must be seen, and the state must not claim that samples come.
            self._set(Contact.FAILED, "The headset stopped because of an error in the program. Choose it again.")
            raise

    def _live(self) -> Outcome:
        """Run one acquisition process to its end."""
        process = self._process = Acquisition(self._spec, segment=self._segment, pace=self._pace)
        self._strange = ""
        quiet_until = time.monotonic() + CONNECT_LIMIT
        try:
            while not self._stopping.is_set():
                process.keep_pace(self._pace)
                message = process.receive(POLL)
                if message is not None:
                    outcome = self._take(message)
                    if outcome is not None:
                        return outcome
                    quiet_until = time.monotonic() + _patience(message)
                elif time.monotonic() > quiet_until:
                    return self._silent()
        except EOFError:
            return self._died()
        finally:
            self._process = None
            process.stop(self._deliver)
        return Outcome.STOPPED

    def _take(self, message: Message) -> Outcome | None:
        """Act on what the process says; return an outcome when its life is over."""
        match message:
            case Chunk():
                self._deliver(message)
                self._check_scale(message)
                self._streams(message.stream)
            case Waiting(sentence):
                self._trouble(Contact.LOST, sentence)
            case Connected(stream):
                with self._lock:
                    self._state = replace(self._state, device=stream.device, simulated=stream.simulated)
            case Heard(missing) if missing > SILENCE:
                self._trouble(Contact.SILENT, f"{self.state().device} sends samples without values. {SEE_TO_IT}")
            case Strange(oddities):
                self._tell(oddities)
            case Pause(seconds) if seconds >= SILENCE:
                sentence = f"The recording has a gap; it goes on in {seconds:.0f} seconds."
                self._set(Contact.SILENT, sentence)
            case Refused(sentence, lasting):
                return self._refused(sentence, lasting=lasting)
            case Ended():
                self._set(Contact.ENDED, "The recording reached its end.")
                return Outcome.OVER
        return None

    def _deliver(self, chunk: Chunk) -> None:
        """Hand a chunk on and count it."""
        self._segment = chunk.segment + 1
        self._worked = True
        self._on_chunk(chunk)
        with self._lock:
            samples = self._state.samples + chunk.data.shape[1]
            self._state = replace(self._state, last_sample=self._clock(), samples=samples)

    def _check_scale(self, chunk: Chunk) -> None:
        """Say it when the values cannot be microvolts; they are handed on as they came."""
        if self._watched is None or self._watched[0] != chunk.stream:
            self._watched = chunk.stream, ScaleWatch(chunk.stream)
        told = self._watched[1].add(chunk.data)
        if told is None:
            return
        if told and told != self._doubt:
            self._on_incident(PART, told)
        self._doubt = told

    def _tell(self, oddities: Sequence[Oddity]) -> None:
        """Say what is strange about the signal; each once."""
        self._strange = " ".join(oddity.sentence for oddity in oddities)
        for oddity in oddities:
            if oddity.about not in self._told:
                self._told.add(oddity.about)
                self._on_incident(PART, oddity.sentence)

    def _streams(self, stream: Stream) -> None:
        """Show that samples come; report it when they had not."""
        if self._streaming_since is None:
            self._streaming_since = time.monotonic()
        device = stream.device
        how = f"{device}{' (simulated)' if stream.simulated else ''} is streaming."
        self._set(Contact.STREAMING, " ".join(filter(None, (how, self._doubt, self._strange))))
        if self._trouble_since is not None:
            seconds = time.monotonic() - self._trouble_since
            self._trouble_since = None
            self._on_incident(PART, f"{device} is streaming again after {seconds:.0f} seconds.")

    def _refused(self, sentence: str, *, lasting: bool) -> Outcome:
        if lasting and not self._worked:
            self._set(Contact.FAILED, sentence)
            self._on_incident(PART, sentence)
            return Outcome.OVER
        self._trouble(Contact.LOST, sentence)
        return Outcome.AGAIN

    def _silent(self) -> Outcome:
        device = self.state().device
        if device:
            self._trouble(Contact.SILENT, f"{device} sends nothing. Check that it is on and near; trying again.")
        else:
            self._trouble(Contact.LOST, "The headset does not answer. Check that it is on and near; trying again.")
        return Outcome.AGAIN

    def _died(self) -> Outcome:
        device = self.state().device or "the headset"
        self._trouble(Contact.LOST, f"The process that listens to {device} stopped; it is being started again.")
        return Outcome.AGAIN

    def _trouble(self, contact: Contact, sentence: str) -> None:
        """Show what is wrong; report it once, until samples come again."""
        self._set(contact, sentence)
        if self._trouble_since is None:
            self._trouble_since = time.monotonic()
            self._on_incident(PART, sentence)

    def _set(self, contact: Contact, sentence: str) -> None:
        with self._lock:
            self._state = replace(self._state, contact=contact, sentence=sentence)

    def _was_steady(self) -> bool:
        return self._streaming_since is not None and time.monotonic() - self._streaming_since > STEADY


def _patience(message: Message) -> float:
    """Return the seconds of silence that are in order after a message."""
    match message:
        case Waiting():
            return CONNECT_LIMIT
        case Pause(seconds):
            return SILENCE + seconds
        case _:
            return SILENCE
