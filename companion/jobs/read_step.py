"""The job of reading a frame's text."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion.jobs.worker import Worker
from embeddings.reading.order import as_text
from embeddings.types import TextLine
from index import changes
from index.pictures import current, frames
from index.pictures.cold_frames import UnreachableError
from index.store import Store
from index.types import Job
from index.vault import Vault
from index.writer import Writer

REST_SECONDS = 600.0  # between tries of a frame that the disk does not give


class ReadStep:
    """Frame of a replay -> text, and the frame without the secrets it shows."""

    kind, batch = Job.READ, 1

    def __init__(
        self, *, store: Store, writer: Writer, reader: Worker, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._writer, self._reader, self._clock = store, writer, reader, clock
        self._resting: dict[int, tuple[float, str]] = {}  # moments whose frame the disk did not give: until when, why
        self._untold = False  # whether any of these is new

    def ready(self, moment_ids: Sequence[int]) -> list[int]:
        """Return the newest of all that wait whose frame the disk gives, as far as is known.

        Raises `UnreachableError`, once, where only others are left.
        """
        if not moment_ids:
            return []
        now = self._clock()
        self._resting = {moment: rest for moment, rest in self._resting.items() if rest[0] > now}
        found = self._store.waiting(self.kind, self.batch, without=list(self._resting))
        if not found and self._resting and self._untold:
            self._tell()
        return found

    def fill(self, moment_ids: Sequence[int]) -> None:
        """Read each frame and store its text; where the disk does not give one, others are read before that is told."""
        for moment in self._store.moments(moment_ids).values():
            try:
                picture = current.read(self._store, moment.id, moment.frame)
            except UnreachableError as error:
                self._rest(moment.id, str(error))
            else:
                self._resting.pop(moment.id, None)
                self._read(moment.id, picture)

    def _rest(self, moment_id: int, why: str) -> None:
        """Note that a frame is not given now; raises `UnreachableError` where no other is left to be read."""
        self._resting[moment_id], self._untold = (self._clock() + REST_SECONDS, why), True
        self._writer.do(changes.put_off, moment_id, Job.READ, why).result()
        if not self._store.waiting(self.kind, 1, without=list(self._resting)):
            self._tell()

    def _tell(self) -> NoReturn:
        self._untold = False
        raise UnreachableError(self._resting[max(self._resting)][1])  # one sentence, whichever was tried last

    def _read(self, moment_id: int, picture: bytes) -> None:
        from companion.clearing import (
            drawn_secrets,  # its patterns take a while, and the tray icon does not wait for them
        )
        from companion.masking import pixels

        lines: list[TextLine] = self._reader.submit("read", picture).result()
        shown = frames.decode(picture)
        secret = drawn_secrets.touched(lines, told=0, width=shown.shape[1])
        image = pixels.blackened(shown, secret) if secret else None
        masked = drawn_secrets.masked_lines(lines, told=0, width=shown.shape[1])
        text = as_text([line for line in masked if line.text])
        self._writer.do(_store_text, self._writer.vault, moment_id, text, image).result()


def _store_text(db: Database, vault: Vault, moment_id: int, text: str, image: NDArray[np.uint8] | None) -> None:
    """Store what a frame says; first what it looks like without secrets, where it shows any."""
    if not changes.there(db, [moment_id]):
        return
    if image is not None:
        changes.put_frame(db, vault, moment_id, image)
    changes.put_text(db, moment_id, text)
