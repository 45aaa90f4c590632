from __future__ import annotations

import numpy as np
import pytest

from embeddings.text import TextModel

pytestmark = pytest.mark.model

# A sentence, and the same thing in other words.
PAIRS = [
    ("the boiler was serviced in March", "heating maintenance took place in spring"),
    ("meeting moved to Thursday at ten", "the appointment was rescheduled"),
    ("invoice overdue, please pay", "reminder of an unpaid bill"),
    ("python dictionary raises KeyError", "missing key exception in a hash map"),
    ("flight to Lisbon delayed", "the plane to Portugal leaves late"),
    ("sourdough starter smells of acetone", "old bread culture gone off"),
]


def test_every_vector_has_unit_norm_and_the_said_dimension(model: TextModel) -> None:
    vectors = model.encode(["a", "", "word " * 3000, "🦊", "Übersicht\n\nüber alles", "\0"])
    assert vectors.shape == (6, model.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    assert model.dimension == 384


def test_nothing_to_encode_gives_no_rows(model: TextModel) -> None:
    assert model.encode([]).shape == (0, model.dimension)


def test_a_paraphrase_is_nearer_than_anything_unrelated(model: TextModel) -> None:
    sentences, paraphrases = (model.encode(side) for side in zip(*PAIRS, strict=True))
    cosines = sentences @ paraphrases.T
    assert cosines.argmax(axis=1).tolist() == list(range(len(PAIRS)))
    assert cosines.argmax(axis=0).tolist() == list(range(len(PAIRS)))


def test_a_text_has_the_same_vector_whatever_it_is_encoded_with(model: TextModel) -> None:
    alone = model.encode([PAIRS[0][0]])[0]
    together = model.encode(["x", "a much longer text " * 40, PAIRS[0][0]])[2]
    assert alone @ together == pytest.approx(1, abs=1e-5)


def test_the_space_carries_the_models_name(model: TextModel) -> None:
    assert model.space == f"content:{model.name}"
    assert model.name == "all-MiniLM-L6-v2"
