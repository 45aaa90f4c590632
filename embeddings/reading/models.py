"""The models that find and recognise text (rapidocr's, which lie in its own wheel: nothing is downloaded)."""

from __future__ import annotations

from typing import Any

import numpy as np

from embeddings.reading.boxes import Box
from embeddings.silent import silence
from embeddings.types import EmbeddingsError, Image

SIDE = 32  # pixels; the sides of a picture that text is found in are multiples of it
HIGH = 48  # pixels; a line is brought to this height

#: A line is made narrower by this before it is recognised: it costs that much less, and is read as well.
NARROWER = 0.85

#: How sure a pixel, and on average a box, must be of belonging to text. Lower than rapidocr has it: punctuation and
#: single letters are found too, and what is no text is refused when it is read.
LEAST_PIXEL, LEAST_BOX = 0.2, 0.35

_SHARED = {
    "Global.use_cls": False,  # text on a screen stands upright
    "Global.log_level": "error",
    "Global.use_preprocess_img": False,  # no shrinking: what comes here has the right size
    "Global.use_vertical_padding": False,
    # Lines are spread over threads instead: as fast, and no processor time is lost on keeping them in step.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


class TextModels:
    """Loaded when first used, which takes about a second and 100 MB. Safe to use from several threads."""

    def __init__(self) -> None:
        silence()
        try:
            import cv2
            from rapidocr import RapidOCR
        except ImportError as error:
            raise EmbeddingsError(f"Text on screen cannot be read: rapidocr is not installed ({error}).") from error
        self._resize: Any = cv2.resize
        finding = {
            "Global.use_rec": False,
            "Det.limit_side_len": SIDE,
            "Det.thresh": LEAST_PIXEL,
            "Det.box_thresh": LEAST_BOX,
        }
        recognising = {"Global.use_det": False, "Rec.rec_img_shape": [3, HIGH, SIDE]}
        self._finder: Any = RapidOCR(params=_SHARED | finding)
        self._recogniser: Any = RapidOCR(params=_SHARED | recognising)

    def find(self, image: Image) -> list[Box]:
        """Return where lines of text are in ``uint8[height, width, 3]``, RGB, whose sides are multiples of `SIDE`."""
        found = self._finder(np.ascontiguousarray(image[:, :, ::-1]))
        return [] if found.boxes is None else [_bounds(corners) for corners in found.boxes]

    def recognise(self, line: Image) -> tuple[str, float]:
        """Return what one line ``uint8[height, width, 3]``, RGB, says, and how sure that is, 0 to 1."""
        width = max(1, round(line.shape[1] * HIGH / line.shape[0] * NARROWER))
        read = self._recogniser(self._resize(np.ascontiguousarray(line[:, :, ::-1]), (width, HIGH)))
        return str(read.txts[0]), float(read.scores[0])


def _bounds(corners: Any) -> Box:
    """Return the box around four corners ``float[4, 2]``."""
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
