"""A moment's picture under the name it has now: minutes after it was stored it is grouped, days later once more."""

from __future__ import annotations

from index.pictures import frames
from index.store import Store
from index.types import FrameError


def read(store: Store, moment: int, frame: str, *, thumbnail: bool = False) -> bytes:
    """Return the image file of a moment's frame (see `frames.read`) or thumbnail; ``frame`` is the name it had.

    Raises `FrameError` when it is gone or damaged, `UnreachableError` when the disk does not give it now.
    """
    while True:
        try:
            return frames.read(store.vault, frames.thumbnail(frame) if thumbnail else frame)
        except FrameError:
            now = store.value("SELECT frame FROM moments WHERE id = ?", [moment])
            if not now or now == frame:
                raise
            frame = now
