"""Pixels to text with rapidocr, whose models lie in its own wheel: nothing is downloaded."""

from __future__ import annotations

from typing import Any

import numpy as np

from embeddings.types import EmbeddingsError, Image, TextLine

LEAST_CONFIDENCE = 0.5
# Pixels the shorter side is enlarged to. Text of a screen is found as well as at rapidocr's 736, that of a small window
# up to six times faster, and a narrow strip does not become an image 70,000 pixels long.
LEAST_SIDE = 128
SMALLEST_SIDE = 16  # pixels; nothing legible is smaller


class TextReader:
    """Finds and reads the lines of text in an image. Loading costs about a second and 200 MB."""

    def __init__(self, threads: int = 2) -> None:
        try:
            from rapidocr import RapidOCR
        except ImportError as error:
            raise EmbeddingsError(f"Text on screen cannot be read: rapidocr is not installed ({error}).") from error
        self._engine: Any = RapidOCR(
            params={
                "Global.use_cls": False,  # text on a screen stands upright
                "Global.log_level": "error",
                "Global.text_score": LEAST_CONFIDENCE,
                "Det.limit_side_len": LEAST_SIDE,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            }
        )

    def read(self, image: Image) -> list[TextLine]:
        """Return the lines in reading order; ``image`` is ``uint8[height, width, 3]``, RGB."""
        if min(image.shape[:2]) < SMALLEST_SIDE:
            return []
        found = self._engine(np.ascontiguousarray(image[:, :, ::-1]))
        if found.txts is None:
            return []
        boxes = [_bounds(corners) for corners in found.boxes]
        lines = zip(found.txts, found.scores, boxes, strict=True)
        return [TextLine(text.strip(), float(score), box) for text, score, box in lines if text.strip()]


def as_text(lines: list[TextLine]) -> str:
    """Return lines as one text, pieces that stand on one row of the screen joined."""
    rows: list[list[TextLine]] = []
    for line in lines:
        if rows and _same_row(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return "\n".join("  ".join(line.text for line in sorted(row, key=lambda line: line.box[0])) for row in rows)


def _same_row(one: TextLine, other: TextLine) -> bool:
    """Whether two boxes overlap by more than half of the lower one's height."""
    top, bottom = max(one.box[1], other.box[1]), min(one.box[3], other.box[3])
    height = min(one.box[3] - one.box[1], other.box[3] - other.box[1])
    return bottom - top > height / 2


def _bounds(corners: Any) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of four corners ``float[4, 2]``."""
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
