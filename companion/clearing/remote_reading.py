"""OCR of parts of a picture, done by the reader process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from companion.capture.types import Image
from companion.jobs.worker import Worker
from companion.masking.pixels import Box
from embeddings.types import EmbeddingsError, TextLine

_WAY_OUT = "Close some programs: it is tried again with the next picture."


class RemoteReader:
    """Sends the part of a picture that holds all regions, so that little goes through the pipe."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def __call__(self, image: Image, regions: Sequence[Box]) -> list[TextLine]:
        """Return the lines in some boxes of ``uint8[height, width, 3]``.

        Raises `EmbeddingsError`, also where there is no process to ask, and what else `Worker.submit` tells of.
        """
        height, width = image.shape[:2]
        left, top = max(0, min(box[0] for box in regions)), max(0, min(box[1] for box in regions))
        right, bottom = min(width, max(box[2] for box in regions)), min(height, max(box[3] for box in regions))
        if right <= left or bottom <= top:
            return []
        part = np.ascontiguousarray(image[top:bottom, left:right])
        moved = [(box[0] - left, box[1] - top, box[2] - left, box[3] - top) for box in regions]
        try:
            lines: list[TextLine] = self._worker.submit("read_parts", part, moved, urgent=True).result()
        except OSError as error:  # such as too many processes, or no memory for one more
            raise EmbeddingsError(f"the reader process could not be started or asked ({error}). {_WAY_OUT}") from error
        return [replace(line, box=_moved(line.box, left, top)) for line in lines]


def _moved(box: Box, across: int, down: int) -> Box:
    return box[0] + across, box[1] + down, box[2] + across, box[3] + down
