"""The headset's way into the vault: ring for the present, recorder for the past, rows for what is on disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from companion.brain.acquisition import DRAIN_SECONDS
from companion.brain.headset import Headset
from companion.brain.recorder import Recorder
from companion.brain.ring import Ring
from companion.brain.types import BoardSpec, Chunk, HeadsetState, Stream
from embeddings.types import EEGWindow
from index import changes
from index.database import make_durable
from index.types import VaultError
from index.writer import Writer

NO_TIME = 0.0, 0.0


class Listening:
    """One chosen headset, recorded.

    Parameters
    ----------
    source
        What the recordings say they came from.

    """

    def __init__(
        self,
        spec: BoardSpec,
        *,
        writer: Writer,
        clock: Callable[[], float],
        on_incident: Callable[[str, str], None],
        source: str = "",
    ) -> None:
        self._writer, self._clock, self._on_incident = writer, clock, on_incident
        self._source = source or f"{spec.kind}:{spec.name}"
        self._ring = Ring()
        self._headset = Headset(spec, on_chunk=self._take, on_incident=on_incident, clock=clock)
        self._recorder = Recorder(
            writer.vault.eeg,
            on_open=self._opened,
            on_progress=self._progressed,
            on_close=self._closed,
            on_error=lambda sentence: on_incident("recorder", sentence),
            sealer=writer.vault.keys.eeg,
            ledger=writer.vault.ledger,
        )
        self._unknown: dict[Path, tuple[Stream, float]] = {}  # files the database would not take down yet
        self._unsafe = False  # a file was made known, and a power cut might take that back
        self._refused = ""
        self._taking = threading.Lock()
        self._left_out = NO_TIME
        self._follower: Callable[[Chunk], None] | None = None
        self.received = 0  # samples a channel

    @property
    def lost(self) -> int:
        """Samples a channel that could not be written."""
        return self._recorder.lost

    @property
    def pid(self) -> int | None:
        """The acquisition process."""
        return self._headset.pid

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._headset.start()

    def stop(self) -> None:
        """Release the device, finish the file."""
        self._headset.stop()
        self._recorder.close()
        self._ring.clear()

    def cut(self, start: float, end: float) -> None:
        """Finish the open file and let go of what is in memory; samples of this time that still come are not taken.

        The headset goes on. Times are UTC seconds, the end left out. Raises `VaultError` where the vault does not take
        down what was recorded so far.
        """
        with self._taking:
            self._left_out = start, end
            self._recorder.close()
            self._ring.clear()
            if self._unknown:
                raise VaultError(self._refused)

    def state(self) -> HeadsetState:
        """Return what the headset is doing."""
        return self._headset.state()

    def last(self, seconds: float) -> EEGWindow | None:
        """Return the newest gap-free ``seconds`` of EEG, or None."""
        return self._ring.last(seconds)

    def follow(self, take: Callable[[Chunk], None], *, every: float) -> None:
        """Hand each chunk to ``take`` as well, on the headset's thread and before it is written; one at a time follows.

        ``every`` is how often samples are taken from the device meanwhile, seconds.
        """
        self._follower = take
        self._headset.drain_every(every)

    def unfollow(self) -> None:
        """Hand chunks to nobody else any more."""
        self._follower = None
        self._headset.drain_every(DRAIN_SECONDS)

    def _take(self, chunk: Chunk) -> None:
        self.received += chunk.data.shape[1]
        with self._taking:
            start, end = self._left_out
            taken = chunk.since(end) if start <= chunk.time_start < end else chunk
            if taken is not None:
                self._left_out = NO_TIME
                self._ring.append(taken)
                follower = self._follower
                if follower is not None:
                    follower(taken)
                self._recorder.append(taken)

    def _opened(self, path: Path, stream: Stream, time_start: float) -> None:
        self._unknown[path] = stream, time_start
        self._note(path, 0)

    def _progressed(self, path: Path, samples: int) -> None:
        self._note(path, samples)

    def _closed(self, path: Path, samples: int) -> None:
        self._note(path, samples, closed=True)

    def _note(self, path: Path, samples: int, *, closed: bool = False) -> None:
        """Take down what is on disk; what the database refuses now is taken down with the next second."""
        try:
            for new, (stream, time_start) in list(self._unknown.items()):
                self._make_known(new, stream, time_start)
                del self._unknown[new]
                self._unsafe = True
            if self._unsafe:
                make_durable(self._writer.vault)
                self._unsafe = False
            file = changes.relative(self._writer.vault, path)
            self._writer.do(changes.extend_recording, file, samples, closed=closed).result()
            if samples:
                note = f"{samples} samples in {path.name}"
                self._writer.do(changes.output, "headset", self._clock(), note=note).result()
        except VaultError as error:
            if not self._refused:
                self._on_incident("recorder", str(error))
            self._refused = str(error)
        else:
            if self._refused:
                lost = f" {self.lost} samples could not be written." if self.lost else ""
                self._on_incident("recorder", f"The recording is noted in the vault again.{lost}")
            self._refused = ""

    def _make_known(self, path: Path, stream: Stream, time_start: float) -> None:
        self._writer.do(
            changes.open_recording,
            changes.relative(self._writer.vault, path),
            device=stream.device,
            source=self._source,
            sfreq=stream.sfreq,
            ch_names=stream.ch_names,
            time_start=time_start,
        ).result()
