"""The training window over a port that is as the test has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from recording_engine import NOW, status
from recording_training import BLOCK, RecordingTraining
from waiting import wait_until

from ui.bridge import Bridge
from ui.training import sound
from ui.training.window import TrainingWindow
from ui.view_state import view

STREAMING = view(status())


@pytest.fixture
def port() -> RecordingTraining:
    return RecordingTraining()


@pytest.fixture(autouse=True)
def no_sound_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep Qt from looking for devices, of which it has much to say; what it plays is tested elsewhere."""

    def load() -> object:
        raise ImportError("not in this test")

    monkeypatch.setattr(sound, "_load", load)


@pytest.fixture
def window(bridge: Bridge, port: RecordingTraining) -> Iterator[TrainingWindow]:
    made = TrainingWindow(STREAMING, bridge=bridge, port=lambda: port, now=lambda: NOW)
    yield made
    made.put_away()


@pytest.fixture
def choosing(window: TrainingWindow) -> TrainingWindow:
    window.appear()
    wait_until(lambda: bool(window.choosing.options.rows))
    return window


@pytest.fixture
def running(choosing: TrainingWindow, port: RecordingTraining) -> TrainingWindow:
    choosing.choosing.start.click()
    wait_until(choosing.running.isVisible)
    port.now = BLOCK
    wait_until(lambda: choosing.running.strip.part.text() == "Block 2 of 3")
    return choosing
