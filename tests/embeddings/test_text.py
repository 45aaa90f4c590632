from __future__ import annotations

import numpy as np
import pytest

from embeddings.text import TextModel

pytestmark = pytest.mark.model

# A sentence, the same thing in other words, something else with a word of the first in it.
TRIPLES = [
    ("the boiler was serviced in March", "heating maintenance took place in spring", "he served in the army in March"),
    ("meeting moved to Thursday at ten", "the appointment was rescheduled", "ten people moved house"),
    ("invoice overdue, please pay", "reminder of an unpaid bill", "please water the plants"),
    ("python dictionary raises KeyError", "missing key exception in a hash map", "the snake ate a key ring"),
    ("flight to Lisbon delayed", "the plane to Portugal leaves late", "Lisbon has fine pastry"),
]


def test_every_vector_has_unit_norm_and_the_said_dimension(model: TextModel) -> None:
    vectors = model.encode(["a", "", "word " * 3000, "🦊", "Übersicht\n\nüber alles", "\0"])
    assert vectors.shape == (6, model.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    assert model.dimension == 384


def test_nothing_to_encode_gives_no_rows(model: TextModel) -> None:
    assert model.encode([]).shape == (0, model.dimension)


@pytest.mark.parametrize("triple", TRIPLES)
def test_a_paraphrase_is_nearer_than_a_shared_word(model: TextModel, triple: tuple[str, str, str]) -> None:
    sentence, paraphrase, unrelated = model.encode(triple)
    assert sentence @ paraphrase > sentence @ unrelated + 0.05


def test_a_text_has_the_same_vector_whatever_it_is_encoded_with(model: TextModel) -> None:
    alone = model.encode([TRIPLES[0][0]])[0]
    together = model.encode(["x", "a much longer text " * 40, TRIPLES[0][0]])[2]
    assert alone @ together == pytest.approx(1, abs=1e-5)


def test_the_space_carries_the_models_name(model: TextModel) -> None:
    assert model.space == f"content:{model.name}"
    assert model.name == "all-MiniLM-L6-v2"
