"""What the reader process can be instead: broken, wrong, dying, or slow."""

from __future__ import annotations

import os
import time
from typing import Any

from companion.jobs.tasks import ReaderTasks
from embeddings.types import EmbeddingsError, TextLine

#: Names the file that `Gated` waits for.
GATE = "COMPANION_TEST_GATE"
_PATIENCE = 60.0  # seconds


class Broken:
    """Cannot read."""

    def read_parts(self, *_: Any) -> list[TextLine]:
        raise EmbeddingsError("The models are damaged: install rapidocr again.")


class Wrong:
    """Has a mistake in it."""

    def read_parts(self, image: Any, _: Any) -> list[TextLine]:
        raise RuntimeError(f"no idea what to do with {image.shape}")


class Dying:
    """Dies of whatever it is given."""

    def read_parts(self, *_: Any) -> list[TextLine]:
        os._exit(3)


class Gated(ReaderTasks):
    """Reads once a file is there."""

    def read_parts(self, *what: Any) -> list[TextLine]:
        due = time.monotonic() + _PATIENCE
        while not os.path.exists(os.environ[GATE]) and time.monotonic() < due:  # noqa: PTH110 it is asked often
            time.sleep(0.02)
        return super().read_parts(*what)
