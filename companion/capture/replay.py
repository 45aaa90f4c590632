"""A folder of screenshots as a source of frames."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from companion.capture.privacy import Rules
from companion.capture.replay_folder import Entry, read_folder
from companion.capture.types import CaptureError, Frame, Image, Skipped

_ANYTHING = Rules()


class ReplaySource:
    """Shows the images of a folder as if they were seen at the time they name.

    The person handed the folder over, so images of unknown windows are shown too; excluded programs and titles are not.
    ``len()`` is the number of images.

    Parameters
    ----------
    folder
        Images named by UTC time, and ``manifest.jsonl`` if there is one (`companion.capture.replay_folder`).
    speed
        How many times faster than it happened; None for as fast as it can.
    rules
        Whose exclusions hold.
    clock
        Seconds that only ever grow.

    Raises
    ------
    CaptureError
        For a speed that is not above 0.

    """

    def __init__(
        self,
        folder: Path | str,
        *,
        speed: float | None = None,
        rules: Rules = _ANYTHING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if speed is not None and not 0 < speed < float("inf"):
            raise CaptureError(f"A replay's speed must be above 0, such as 1 for real time; it is {speed:g}.")
        self.folder = Path(folder)
        self.name = f"replay:{self.folder.resolve().name}"
        self._speed = speed
        self._rules = rules
        self._clock = clock
        self._entries: tuple[Entry, ...] | None = None

    @property
    def limits(self) -> str:
        """Nothing: a folder shows all that it has."""
        return ""

    def __len__(self) -> int:
        return len(self._read())

    def check(self) -> None:
        """Read the whole folder but the pixels; raises `CaptureError` naming file and line."""
        self._entries = read_folder(self.folder)

    def frames(self, stop: threading.Event) -> Iterator[Frame | Skipped]:
        """Yield the frames by time until the last or ``stop``; raises `CaptureError`."""
        entries = self._read()
        began = self._clock()
        for entry in entries:
            if self._speed is not None:
                due = began + (entry.time - entries[0].time) / self._speed
                stop.wait(max(0.0, due - self._clock()))
            if stop.is_set():
                return
            yield self._show(entry)

    def _read(self) -> tuple[Entry, ...]:
        if self._entries is None:
            self._entries = read_folder(self.folder)
        return self._entries

    def _show(self, entry: Entry) -> Frame | Skipped:
        reason = self._rules.excluded(entry.window)
        if reason is not None:
            return Skipped(entry.time, reason, private=True)
        try:
            image = read_image(entry.path)
        except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Pillow.DecompressionBombError) as error:
            return Skipped(entry.time, f"{entry.path.name} is not an image that can be read ({error}).")
        return Frame(image, entry.time, entry.window, entry.time_end)


def read_image(path: Path) -> Image:
    """Return a file's picture, ``uint8[height, width, 3]``, RGB. Raises what Pillow raises for files it cannot read."""
    with Pillow.open(path) as picture:
        return np.array(picture.convert("RGB"), dtype=np.uint8)
