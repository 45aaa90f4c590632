from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from recording_deep_work import RecordingDeepWork
from recording_engine import NOW, RecordingEngine, status
from waiting import settle

from ui import theme
from ui.bridge import Bridge
from ui.ending import delete_windows
from ui.recall.sidebar import Sidebar
from ui.view_state import view

# What the offscreen platform lacks; no real one says so.
OFFSCREEN = (
    "This plugin does not support raise()",
    "This plugin does not support propagateSizeHints()",
    "QObject::connect: No such signal QPlatformNativeInterface::systemTrayWindowChanged(QScreen*)",
)


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep from the person's own folders; a socket's name has to be short."""
    monkeypatch.setenv("COMPANION_VAULT", str(tmp_path / "vault"))
    with tempfile.TemporaryDirectory(prefix="companion-") as short:
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        yield


@pytest.fixture(scope="session")
def qt() -> QApplication:
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, theme.LIGHT)
    return app


@pytest.fixture(autouse=True)
def no_qt_messages(qt: QApplication) -> Iterator[None]:  # noqa: ARG001  there must be one
    said: list[str] = []

    def hear(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if message not in OFFSCREEN:
            said.append(message)

    qInstallMessageHandler(hear)
    yield
    delete_windows()
    settle()
    qInstallMessageHandler(None)
    assert said == []


@pytest.fixture
def bridge(qt: QApplication) -> Iterator[Bridge]:  # noqa: ARG001  it listens on Qt's thread
    made = Bridge()
    yield made
    made.close()


@pytest.fixture
def engine() -> RecordingEngine:
    return RecordingEngine()


@pytest.fixture
def bare_sidebar(bridge: Bridge) -> Sidebar:
    """A sidebar whose engine is still starting."""
    made = Sidebar(bridge=bridge, now=lambda: NOW)
    made.open()
    settle()
    return made


@pytest.fixture
def sidebar(bare_sidebar: Sidebar, engine: RecordingEngine) -> Sidebar:
    bare_sidebar.show_state(view(status()))
    bare_sidebar.set_engine(engine, exclude_minutes=7.0)
    return bare_sidebar


@pytest.fixture
def deep() -> RecordingDeepWork:
    return RecordingDeepWork()
