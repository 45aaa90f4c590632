"""The models tests share, each loaded once a run."""

from __future__ import annotations

from functools import cache

from embeddings import model_place
from embeddings.reading.ocr import TextReader
from embeddings.text import TextModel


@cache
def text_model() -> TextModel:
    """Return the small text model, from what is installed: tests never download."""
    return TextModel.load(model_place.find(finders=(model_place.in_cache, model_place.in_package)))


@cache
def text_reader() -> TextReader:
    """Return the OCR."""
    return TextReader()
