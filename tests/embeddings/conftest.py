"""The models, loaded once a run."""

from __future__ import annotations

import pytest
from loaded_models import text_model, text_reader

from embeddings.reading.ocr import TextReader
from embeddings.text import TextModel


@pytest.fixture(scope="session")
def model() -> TextModel:
    return text_model()


@pytest.fixture(scope="session")
def reader() -> TextReader:
    return text_reader()
