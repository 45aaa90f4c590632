"""Run beside the tests, where Qt may say what it likes: plays a steady tone, and tells whether it can be heard."""

from __future__ import annotations

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from companion.feedback.sound import Sound
from companion.feedback.types import Phase, Snapshot
from ui.bridge import Bridge
from ui.training.feed import Feed
from ui.training.sound import Speaker

LONGEST_MS = 20_000


def main() -> int:
    """Play until a line comes in; each problem, or that there is none, is told in a line."""
    app = QApplication([])
    bridge = Bridge()
    speaker = Speaker(bridge=bridge)
    speaker.said.connect(lambda said: print(json.dumps({"said": said}), flush=True))
    feed = Feed(Sound.TONE)
    feed.follow(Snapshot(Phase.BLOCK, 1.0, rewarded=True))
    if "without" in sys.argv:
        sys.modules["PySide6.QtMultimedia"] = None  # type: ignore[assignment]  # as if it could not be loaded
    speaker.play(feed, volume=1.0)
    told = QTimer()
    told.timeout.connect(lambda: print(json.dumps({"plays": speaker.plays}), flush=True))
    told.start(100)
    QTimer.singleShot(LONGEST_MS, app.quit)
    app.exec()
    speaker.stop()
    bridge.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
