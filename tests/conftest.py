"""Fixtures for every test."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desktop import Desktop
from hypothesis import settings
from kept_secrets import keep_in

# Before anything loads OpenMP: on two busy cores its threads wait for each other longer than they work.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A shell's background job ignores Ctrl+C, and so would every program that is started here to be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# No test is about time: on a busy machine the first example of any takes longer than another's deadline.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
# Before anything asks for a keyring, here or in a child process.
_secrets = tempfile.TemporaryDirectory(prefix="companion-keyring-")
keep_in(Path(_secrets.name) / "secrets.json")


def _enter(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", desktop.display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A private desktop with openbox; DISPLAY names it for the length of the test."""
    with Desktop() as desktop:
        _enter(desktop, monkeypatch)
        yield desktop


@pytest.fixture
def bare_desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A private X server without a window manager."""
    with Desktop(window_manager=False) as desktop:
        _enter(desktop, monkeypatch)
        yield desktop
