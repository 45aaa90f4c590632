"""The headset's way into the journal."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from companion.brain.headset import Headset
from companion.brain.types import BoardSpec, Chunk, HeadsetState
from companion.locked.entries import SAMPLES, Entry, Journal
from embeddings.types import EEGWindow
from index.types import VaultError

BLOCK_SECONDS = 1.0  # of signal in one entry
HELD_SECONDS = 60.0  # of signal kept in memory while the disk refuses it


class SealedListening:
    """One chosen headset, recorded into the journal. Satisfies what the engine asks of `listening.Listening`."""

    def __init__(
        self,
        spec: BoardSpec,
        *,
        journal: Journal,
        clock: Callable[[], float],
        on_incident: Callable[[str, str], None],
        source: str = "",
    ) -> None:
        self._journal, self._on_incident = journal, on_incident
        self._source = source or f"{spec.kind}:{spec.name}"
        self._headset = Headset(spec, on_chunk=self._take, on_incident=on_incident, clock=clock)
        self._waiting: list[Chunk] = []
        self._refused = False
        self.received = self.lost = 0  # samples a channel

    @property
    def pid(self) -> int | None:
        """The acquisition process."""
        return self._headset.pid

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._headset.start()

    def stop(self) -> None:
        """Release the device, write what waits."""
        self._headset.stop()
        self._write(all_of_it=True)
        self.lost += _samples(self._waiting)
        self._waiting.clear()

    def state(self) -> HeadsetState:
        """Return what the headset is doing."""
        return self._headset.state()

    def last(self, seconds: float) -> EEGWindow | None:
        """Return None: nothing that was recorded is kept where it could be read."""
        del seconds
        return None

    def _take(self, chunk: Chunk) -> None:
        self.received += chunk.data.shape[1]
        self._waiting.append(chunk)
        while _samples(self._waiting) > HELD_SECONDS * chunk.stream.sfreq:
            self.lost += self._waiting.pop(0).data.shape[1]
        self._write()

    def _write(self, *, all_of_it: bool = False) -> None:
        """Write the blocks that are full; what the disk refuses waits."""
        try:
            while (count := _block(self._waiting, all_of_it=all_of_it)) > 0:
                self._journal.append(_entry(self._waiting[:count], self._source))
                del self._waiting[:count]
        except VaultError as error:
            if not self._refused:
                self._on_incident("recorder", str(error))
            self._refused = True
        else:
            if self._refused:
                self._on_incident("recorder", f"EEG is recorded again. {self.lost} samples could not be written.")
            self._refused = False


def _samples(chunks: list[Chunk]) -> int:
    return sum(chunk.data.shape[1] for chunk in chunks)


def _block(chunks: list[Chunk], *, all_of_it: bool) -> int:
    """Return how many of the chunks are the next block: of one segment, and a second of it or more; 0 for none yet."""
    if not chunks:
        return 0
    first, samples = chunks[0], 0
    for count, chunk in enumerate(chunks, start=1):
        if chunk.segment != first.segment or chunk.stream != first.stream:
            return count - 1
        samples += chunk.data.shape[1]
        if samples >= math.ceil(BLOCK_SECONDS * first.stream.sfreq):
            return count
    return len(chunks) if all_of_it else 0


def _entry(chunks: list[Chunk], source: str) -> Entry:
    """Return consecutive chunks of one segment as an entry; ``float32`` holds the 24 bits of every headset exactly."""
    data = np.concatenate([chunk.data for chunk in chunks], axis=1)
    stream = chunks[0].stream
    facts = {
        "device": stream.device,
        "sfreq": stream.sfreq,
        "ch_names": list(stream.ch_names),
        "simulated": stream.simulated,
        "time_start": chunks[0].time_start,
        "segment": chunks[0].segment,
        "continues": chunks[0].continues,
        "source": source,
    }
    return Entry(SAMPLES, facts, np.ascontiguousarray(data, "<f4").tobytes())
