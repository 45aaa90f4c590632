"""Where the engine has its neurofeedback: put together when first asked for, at rest while something is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the tray's start pays for none of it
    from companion.feedback.room import TrainingRoom


class TrainingPlace:
    """Has one `TrainingRoom`; every method may be called from any thread.

    Parameters
    ----------
    make
        Makes it.

    """

    def __init__(self, make: Callable[[], TrainingRoom]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._room: TrainingRoom | None = None

    @property
    def room(self) -> TrainingRoom:
        """What trains."""
        with self._making:
            if self._room is None:
                self._room = self._make()
            return self._room

    def headset_changed(self) -> None:
        """Take in that something else, or nothing, follows the headset now."""
        room = self._room
        if room is not None:
            room.headset_changed()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Have what runs ended and stored, and nothing begun, for as long as this lasts; memory of it is let go of."""
        with self.room.at_rest():
            yield

    def stop(self) -> None:
        """End what runs; it is stored."""
        with self._making:
            room = self._room
        if room is not None:
            room.stop()
