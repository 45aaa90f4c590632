"""The headset's way into the vault: ring for the present, recorder for the past, rows for what is on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from companion.brain.headset import Headset
from companion.brain.recorder import Recorder
from companion.brain.ring import Ring
from companion.brain.types import BoardSpec, Chunk, HeadsetState, Stream
from embeddings.types import EEGWindow
from index import changes
from index.writer import Writer


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
        )
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

    def state(self) -> HeadsetState:
        """Return what the headset is doing."""
        return self._headset.state()

    def last(self, seconds: float) -> EEGWindow | None:
        """Return the newest gap-free ``seconds`` of EEG, or None."""
        return self._ring.last(seconds)

    def _take(self, chunk: Chunk) -> None:
        self.received += chunk.data.shape[1]
        self._ring.append(chunk)
        self._recorder.append(chunk)

    def _opened(self, path: Path, stream: Stream, time_start: float) -> None:
        self._writer.do(
            changes.open_recording,
            changes.relative(self._writer.vault, path),
            device=stream.device,
            source=self._source,
            sfreq=stream.sfreq,
            ch_names=stream.ch_names,
            time_start=time_start,
        )

    def _progressed(self, path: Path, samples: int) -> None:
        self._writer.do(changes.extend_recording, changes.relative(self._writer.vault, path), samples)
        self._writer.do(changes.output, "headset", self._clock(), note=f"{samples} samples in {path.name}")

    def _closed(self, path: Path, samples: int) -> None:
        self._writer.do(changes.extend_recording, changes.relative(self._writer.vault, path), samples, closed=True)
