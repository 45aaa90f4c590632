"""A recording of rest that a playback board plays faster than it was, and an engine or a room that listens to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from feedback_steps import MUSE

from companion.brain.types import BoardSpec, Chunk, Contact, HeadsetState, Stream
from companion.feedback.port import TrainingPort
from companion.feedback.types import Times
from companion.feedback.worn import Heard
from companion.listening import Listening
from companion.settings import Settings
from embeddings.types import EEGWindow
from index.signals.bdf import BdfAppender
from index.writer import Writer

NOW = 1_790_000_000.0
PATIENCE = 60.0
STREAMS = HeadsetState(Contact.STREAMING, "Muse 2 is streaming.", "Muse 2")
SPEED = 8
TIMES = Times(baseline=5.0, block=2.0, rest=0.0, blocks=1)  # seconds of the clock: `SPEED` times as much of signal
LONG = Times(baseline=5.0, block=600.0, rest=0.0, blocks=1)


def until(fits: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not fits():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    """Something that lies well on skin: a walk that is drawn back, and an alpha rhythm."""
    samples = round(seconds * 256)
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.normal(size=(4, samples)), axis=1)
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(samples, 1 / 256), 0.5))
    pink = np.fft.irfft(spectrum, samples, axis=1)
    return 12 * pink / pink.std() + 6 * np.sin(2 * np.pi * 10 * np.arange(samples) / 256)


def recorded(folder: Path, minutes: float = 10) -> Path:
    path = folder / "rest.bdf"
    with BdfAppender(path, ch_names=MUSE, sfreq=256, time_start=1.7e9, device="made") as file:
        file.append(np.tile(noise(60), round(minutes)))
    return path


def listening_to(path: Path, writer: Writer, *, speed: int = SPEED) -> Listening:
    spec = BoardSpec("playback", str(path), {"speed": str(speed)})
    return Listening(spec, writer=writer, clock=time.time, on_incident=lambda *_: None)


def settings(folder: Path, *, speed: int = SPEED) -> Settings:
    """A headset alone is recorded, and no text model is loaded."""
    return Settings(
        consent_eeg=True,
        board=f"playback:{recorded(folder)}",
        board_params={"speed": str(speed)},
        text_model=str(folder / "nowhere"),
    )


def can_train(training: TrainingPort) -> bool:
    return not training.options().result(PATIENCE)[1].obstacle


class Quick:
    """What was heard last, without a headset."""

    def __init__(self, sfreq: float = 256.0, ch_names: tuple[str, ...] = MUSE) -> None:
        self.sfreq, self.ch_names = sfreq, ch_names

    def last(self, seconds: float) -> EEGWindow | None:
        return EEGWindow(noise(seconds), self.sfreq, self.ch_names, NOW)

    def follow(self, take: Callable[[Chunk], None], *, every: float) -> None:
        """Hand nothing on."""

    def unfollow(self) -> None:
        """Hand nothing on."""


class Bursting(Quick):
    """Hands some signal on at once to whoever follows."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def follow(self, take: Callable[[Chunk], None], *, every: float) -> None:  # noqa: ARG002  the port's signature
        take(Chunk(noise(self.seconds), NOW, 0, Stream("made", 256.0, MUSE)))


class Handed:
    """A headset whose chunks the test hands over."""

    def __init__(self) -> None:
        self.take: Callable[[Chunk], None] | None = None

    def follow(self, take: Callable[[Chunk], None], *, every: float) -> None:  # noqa: ARG002
        self.take = take

    def unfollow(self) -> None:
        self.take = None


@dataclass
class Worn:
    """What is recorded from, as it is put."""

    listening: Heard | None = None
    paused_until: float | None = None
    state: HeadsetState | None = None
    made_up: bool = False

    def headset(self) -> HeadsetState:
        if self.state is not None:
            return self.state
        if isinstance(self.listening, Listening):
            return self.listening.state()
        return HeadsetState(Contact.NONE, "No headset chosen.")
