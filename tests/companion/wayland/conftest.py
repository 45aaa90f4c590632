"""One private sway for the tests of a file, empty at the start of each, and what looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sway_desk import MISSING, SwayDesk, sway_desk

from companion.capture.screen import Screen
from companion.capture.wayland.opening import open_wayland


@pytest.fixture(scope="module")
def shared_sway() -> Iterator[SwayDesk]:
    if MISSING:
        pytest.skip(f"not installed: {', '.join(MISSING)}")
    with sway_desk() as desk:
        yield desk


@pytest.fixture(scope="module")
def shared_screen(shared_sway: SwayDesk) -> Iterator[Screen]:
    with open_wayland(shared_sway.environ, listen=True) as screen:
        yield screen


@pytest.fixture
def sway(shared_sway: SwayDesk) -> Iterator[SwayDesk]:
    yield shared_sway
    shared_sway.clear()


@pytest.fixture
def screen(sway: SwayDesk, shared_screen: Screen) -> Screen:  # noqa: ARG001 - cleared when the test is over
    return shared_screen
