"""What was on screen, as vectors: sentences by the text model, marker codes as directions that mean nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from companion.evaluation.errors import EvaluationError
from embeddings import model_place
from embeddings.text import TextModel
from embeddings.types import EmbeddingsError

CODE_DIMENSION = 64
LEAST_LETTERS = 3  # fewer are a code, not a word

CODES_NOTE = (
    "Contents are marker codes, not text: each code of a task is a direction drawn at random, so codes can be told "
    "apart, but nothing can be found by meaning. Eyes, muscles and a code's place in its trial may tell them apart as "
    "well as thought does."
)

Vectors = NDArray[np.float32]


def is_code(content: str) -> bool:
    """Whether it says nothing to a text model: a number, or fewer than three letters."""
    return len(re.findall(r"[^\W\d_]", content)) < LEAST_LETTERS


def vectors(contents: Sequence[str], tasks: Sequence[str]) -> tuple[Vectors, str]:
    """Return unit vectors ``float32[n, dimension]``, and a note on what they stand for (empty for text).

    A code counts within its task: 1 in one experiment is not 1 in another. Raises `EvaluationError` when there is text
    and no text model.
    """
    if all(is_code(content) for content in set(contents)):
        told = [f"{task} {content}" for task, content in zip(tasks, contents, strict=True)]
        return _each_once(told, _of_codes), CODES_NOTE
    return _each_once(contents, _of_texts), ""


def _each_once(contents: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
    names, which = np.unique(np.array(contents, np.str_), return_inverse=True)
    return encode(names.tolist())[which]


def _of_codes(codes: Sequence[str]) -> Vectors:
    """Return the same directions for the same codes, in every set and on every machine."""
    seeds = [int.from_bytes(hashlib.sha256(code.encode()).digest()[:8], "big") for code in codes]
    drawn = np.array([np.random.default_rng(seed).standard_normal(CODE_DIMENSION) for seed in seeds])
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


def _of_texts(texts: Sequence[str]) -> Vectors:
    return _text_model().encode(texts)


@lru_cache(maxsize=1)
def _text_model() -> TextModel:
    """Load the text model that is on this machine; nothing is downloaded for an evaluation."""
    try:
        place = model_place.here()
        if place is None:
            raise EvaluationError(
                f"The contents of this set are text, and the text model for them is missing. {model_place.MEND}"
            )
        return TextModel.load(place)
    except EmbeddingsError as error:
        raise EvaluationError(str(error)) from error
