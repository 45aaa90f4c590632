"""The windows of a program that runs, before an engine that only takes down what is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from recording_door import RecordingDoor
from recording_engine import NOW, RecordingEngine
from recording_settings import Kept
from waiting import settle, wait_until

from companion.settings import Settings
from ui.app import App
from ui.options import Options


@contextmanager
def running(engine: RecordingEngine) -> Iterator[App]:
    """Yield the windows once they have met the engine; they end with the block."""
    made = App(
        settings=Settings(first_run_done=True),
        door=RecordingDoor(lambda _settings: engine),
        save=Kept().save,
        now=lambda: NOW,
        options=Options(),
    )
    made.start()
    wait_until(lambda: made.link.engine is not None)
    settle()
    yield made
    made.end()
