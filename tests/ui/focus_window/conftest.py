"""A focus window over a fake."""

from __future__ import annotations

import pytest
from focus_window_desk import Desk
from recording_deep_work import RecordingDeepWork, morning

from ui.bridge import Bridge


@pytest.fixture
def deep() -> RecordingDeepWork:
    made = RecordingDeepWork()
    made.known = morning()
    return made


@pytest.fixture
def desk(bridge: Bridge, deep: RecordingDeepWork) -> Desk:
    return Desk(bridge, deep)
