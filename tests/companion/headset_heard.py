"""A headset that is followed, and what it told."""

import time
from collections.abc import Callable

from companion.brain.headset import Headset
from companion.brain.types import BoardSpec, Chunk, Contact


class Heard:
    """A headset and all that it told."""

    def __init__(self, spec: BoardSpec) -> None:
        self.chunks: list[Chunk] = []
        self.incidents: list[str] = []
        self.headset = Headset(spec, on_chunk=self.chunks.append, on_incident=self._incident)

    def _incident(self, part: str, sentence: str) -> None:
        assert part == "headset"
        self.incidents.append(sentence)

    def wait(self, fits: Callable[[], bool], seconds: float = 20.0) -> None:
        until = time.monotonic() + seconds
        while not fits():
            assert time.monotonic() < until, (self.headset.state(), self.incidents, len(self.chunks))
            time.sleep(0.02)

    def wait_for(self, contact: Contact, seconds: float = 20.0) -> None:
        self.wait(lambda: self.headset.state().contact is contact, seconds)
