"""Plays what a `Feed` makes, where the machine can; where it cannot, says so and stays silent."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QObject, Qt, QTimer, Signal

from companion.feedback.sound import SAMPLE_RATE
from ui.bridge import Bridge, in_background
from ui.training.feed import BLOCK_BYTES, WAITING_BLOCKS, Feed

if TYPE_CHECKING:  # loaded once sound is wanted, on a thread of its own
    from types import ModuleType

    from PySide6.QtMultimedia import QAudioSink, QMediaDevices

FILL_MS = 8
STALL_SECONDS = 1.5  # without room for a block: PulseAudio that is gone is told of by nothing else
NOT_THERE = (
    "No sound: Qt's part for it cannot be loaded ({}). On Debian and Ubuntu: sudo apt-get install libpulse0. The scene "
    "goes on without."
)
NO_DEVICE = "No sound: this machine has nothing to play it with just now. The scene goes on without."
UNFIT = "No sound: {} does not take 16-bit sound of 44.1 kHz. The scene goes on without."
LOST = "The sound has stopped: {} cannot be reached any more. The scene goes on without."


class Speaker(QObject):
    """Owns at most one open device; begins again when one comes back."""

    said = Signal(str)
    """Why nothing is heard; empty when it is heard."""

    def __init__(self, *, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._loading: Future[ModuleType] | None = None
        self._kit: ModuleType | None = None
        self._devices: QMediaDevices | None = None
        self._sink: QAudioSink | None = None
        self._into: QIODevice | None = None
        self._name = ""
        self._written = 0.0
        self._volume = 1.0
        self.feed: Feed | None = None
        self.problem = ""
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FILL_MS)
        self._timer.timeout.connect(self.fill)

    @property
    def plays(self) -> bool:
        """Whether a device is open."""
        return self._sink is not None

    def play(self, feed: Feed, *, volume: float) -> None:
        """Play this from now on; ``volume`` from 0 to 1."""
        self.stop()
        self.feed = feed
        self.set_volume(volume)
        if self._kit is not None:
            self._open()
        elif self._loading is None:
            self._loading = in_background(_load, name="sound")
            self._bridge.follow(self._loading, self._loaded)

    def set_volume(self, volume: float) -> None:
        """Play so loud, 0 to 1, as ears count."""
        self._volume = volume
        if self._sink is not None:
            self._sink.setVolume(volume**2)

    def stop(self) -> None:
        """Play nothing any more."""
        self.feed = None
        self._close()
        self._say("")

    def fill(self) -> None:
        """Hand on what the device has room for; one that never has any is gone."""
        if self._sink is None or self._into is None or self.feed is None:
            return
        blocks, now = min(WAITING_BLOCKS, self._sink.bytesFree() // BLOCK_BYTES), time.monotonic()
        for _ in range(blocks):
            self._into.write(self.feed.block())
        if blocks:
            self._written = now
        elif now - self._written > STALL_SECONDS:
            self._lose()

    def _loaded(self, loading: Future[ModuleType]) -> None:
        self._loading = None
        error = loading.exception()
        if isinstance(error, ImportError):
            self._say(NOT_THERE.format(error))
            return
        self._kit = loading.result()
        self._devices = self._kit.QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self._look)
        if self.feed is not None:
            self._open()

    def _open(self) -> None:
        """Open the desktop's usual device."""
        kit = self._kit
        if kit is None:
            return
        device, form = kit.QMediaDevices.defaultAudioOutput(), kit.QAudioFormat()
        form.setSampleRate(SAMPLE_RATE)
        form.setChannelCount(1)
        form.setSampleFormat(kit.QAudioFormat.SampleFormat.Int16)
        self._name = device.description()
        if device.isNull():
            self._say(NO_DEVICE)
        elif not device.isFormatSupported(form):
            self._say(UNFIT.format(self._name))
        else:
            self._sink = sink = kit.QAudioSink(device, form, self)
            sink.setBufferSize(WAITING_BLOCKS * BLOCK_BYTES)
            sink.setVolume(self._volume**2)
            sink.stateChanged.connect(self._changed)
            self._say("")
            self._into, self._written = sink.start(), time.monotonic()
            self._timer.start()

    def _close(self) -> None:
        self._timer.stop()
        sink, self._sink, self._into = self._sink, None, None
        if sink is not None:
            sink.stateChanged.disconnect(self._changed)
            sink.stop()
            sink.deleteLater()

    def _changed(self) -> None:
        """Find out whether the device gave up."""
        sink, kit = self._sink, self._kit
        if sink is None or kit is None or sink.state() is not kit.QtAudio.State.StoppedState:
            return
        self._lose()

    def _lose(self) -> None:
        self._close()
        self._say(LOST.format(self._name))

    def _look(self) -> None:
        """Take the device that is there now: another one, or the first."""
        kit = self._kit
        if kit is None or self.feed is None:
            return
        if self._sink is None:
            self._open()
        elif self._name not in [one.description() for one in kit.QMediaDevices.audioOutputs()]:
            self._lose()
            self._open()

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self.said.emit(problem)


def _load() -> ModuleType:
    import numpy as np  # noqa: F401  what makes the blocks needs it, and it is not to be waited for on Qt's thread
    from PySide6 import QtMultimedia

    return QtMultimedia
