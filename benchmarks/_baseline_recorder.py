"""A recorder of the usual design, to compare with: the whole screen, a clock, and OCR of every picture that changed.

Every three seconds the whole monitor is grabbed and compared with the picture that was kept last. When more than a
blinking caret or a clock changed, it becomes a WebP on disk, all text in it is read, the text becomes vectors, and a
row goes into a full-text table. What cannot be kept up with is left out: the newest picture is next. Grabbing goes on
beside reading, as in such programs. The models are the program's own. Text is read as the library reads a picture:
whole, and nothing is remembered, since remembering lines is ours.

``python _baseline_recorder.py FOLDER`` writes ``screens.db`` and pictures there, and ``ready`` once it watches.
"""

from __future__ import annotations

import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mss
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rapidocr import RapidOCR

from embeddings import model_place
from embeddings.passages import passages
from embeddings.text import TextModel

EVERY_SECONDS = 3.0
CHANGED = 0.0005  # share of pixels: a line of text is more, a caret or a clock is less
QUALITY = 80  # of the WebP
GREEN = 1  # the channel compared; it holds most of the light

Pixels = NDArray[np.uint8]


@dataclass
class Newest:
    """The picture to be read next; a newer one takes the place of one nobody took."""

    picture: Pixels | None = None

    def __post_init__(self) -> None:
        self._changed = threading.Condition()

    def put(self, picture: Pixels) -> None:
        with self._changed:
            self.picture = picture
            self._changed.notify()

    def take(self) -> Pixels:
        """Wait for a picture."""
        with self._changed:
            while self.picture is None:
                self._changed.wait()
            picture, self.picture = self.picture, None
            return picture


def watch(newest: Newest, ready: Path) -> None:
    """Grab the monitor by the clock, and pass on what changed."""
    last: Pixels | None = None
    with mss.mss() as screen:
        ready.touch()
        while True:
            begin = time.monotonic()
            grabbed = screen.grab(screen.monitors[1])
            picture: Pixels = np.frombuffer(grabbed.bgra, np.uint8).reshape(grabbed.height, grabbed.width, 4)
            if last is None or changed(last, picture):
                last = picture
                newest.put(picture)
            time.sleep(max(0.0, begin + EVERY_SECONDS - time.monotonic()))


def changed(last: Pixels, picture: Pixels) -> bool:
    """Whether more than a caret or a clock is different."""
    different = np.count_nonzero(last[:, :, GREEN] != picture[:, :, GREEN])
    return bool(different > CHANGED * picture.shape[0] * picture.shape[1])


class Keeping:
    """Reads a picture and keeps it, its text and its vectors."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The orientation classifier is off, and two threads work, as the program had it when it read whole pictures.
        self._reader: Any = RapidOCR(
            params={
                "Global.use_cls": False,
                "Global.log_level": "error",
                "EngineConfig.onnxruntime.intra_op_num_threads": 2,
            }
        )
        self._model = TextModel.load(model_place.find())
        self._model.encode(["ready"])
        self._db = sqlite3.connect(folder / "screens.db")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS screens USING fts5(text, tokenize = 'porter unicode61')")
        self._db.execute("CREATE TABLE IF NOT EXISTS vectors (screen INTEGER, part INTEGER, vector BLOB)")
        self._db.commit()

    def keep(self, picture: Pixels) -> None:
        """Do all of it."""
        rgb = np.ascontiguousarray(picture[:, :, 2::-1])
        Image.fromarray(rgb).save(self._folder / f"{time.time_ns()}.webp", quality=QUALITY)
        text = "\n".join(self._reader(np.ascontiguousarray(rgb[:, :, ::-1])).txts or ())
        vectors = self._model.encode(passages(text)) if text else np.empty((0, 0), np.float32)
        with self._db:
            row = self._db.execute("INSERT INTO screens (text) VALUES (?)", [text]).lastrowid
            rows = [(row, part, vector.astype(np.float16).tobytes()) for part, vector in enumerate(vectors)]
            self._db.executemany("INSERT INTO vectors VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        self._db.close()


def main(folder: Path) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    newest = Newest()
    with closing(Keeping(folder)) as keeping:
        threading.Thread(target=watch, args=(newest, folder / "ready"), daemon=True).start()
        while True:
            keeping.keep(newest.take())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
