from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.mapping import Mapping, file
from embeddings.mapping.net import Net, Shape, to_mapping
from embeddings.types import EmbeddingsError

INPUTS, CONTENT = 90, 24


def random_net(seed: int = 0) -> Net:
    """A network none of whose weights is nothing, as after long training."""
    torch.manual_seed(seed)
    net = Net(Shape(INPUTS, CONTENT))
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    return net.eval()


def random_mapping(seed: int = 0) -> Mapping:
    return to_mapping(random_net(seed).state_dict(), {"pairs": 3})


def rows(count: int, seed: int = 0, spread: float = 3.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=spread, size=(count, INPUTS)).astype(np.float32)


def test_numpy_gives_what_torch_gives() -> None:
    net, x = random_net(), rows(64)
    mapping = to_mapping(net.state_dict(), {})
    with torch.no_grad():
        found = net.bottleneck(torch.from_numpy(x))
        shared = net.encode_brain(found.draw).numpy()
        content = net.encode_content(torch.from_numpy(x[:, :CONTENT])).numpy()
    assert mapping.encode_brain(x) == pytest.approx(shared, abs=1e-5)
    assert mapping.encode_content(x[:, :CONTENT]) == pytest.approx(content, abs=1e-5)
    states = torch.nn.functional.normalize(found.mean, dim=1).numpy()
    assert mapping.encode_state(x) == pytest.approx(states, abs=1e-5)


@settings(max_examples=25)
@given(count=st.integers(0, 5), seed=st.integers(0, 99), spread=st.floats(0, 1e4))
def test_every_vector_has_unit_norm_whatever_goes_in(count: int, seed: int, spread: float) -> None:
    mapping, x = random_mapping(), rows(count, seed, spread)
    for vectors in (mapping.encode_brain(x), mapping.encode_state(x), mapping.encode_content(x[:, :CONTENT])):
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(count), abs=1e-4)


def test_states_between_two_others_lie_between_them() -> None:
    mapping, (one, other) = random_mapping(), rows(2)
    way = np.linspace(0, 1, 9, dtype=np.float32)[:, None]
    states = mapping.encode_state(one + way * (other - one))
    steps = np.einsum("ij,ij->i", states[1:], states[:-1])
    assert (steps > states[0] @ states[-1]).all()


def test_an_artefact_counts_no_more_than_six_spreads() -> None:
    mapping, x = random_mapping(), rows(1)
    x[0, 3] = 6.0
    wild = x.copy()
    wild[0, 3] = 1e6
    assert (mapping.encode_brain(wild) == mapping.encode_brain(x)).all()


def test_what_is_loaded_encodes_as_what_was_dumped() -> None:
    mapping = random_mapping()
    again = Mapping.load(mapping.dump())
    assert (again.encode_brain(rows(5)) == mapping.encode_brain(rows(5))).all()
    assert again.facts == mapping.facts
    assert again.dump() == mapping.dump()
    lengths = again.inputs, again.state_dimension, again.shared_dimension, again.content_dimension
    assert lengths == (INPUTS, 32, 64, CONTENT)


@pytest.mark.parametrize("cut", [0, 1, 7, 8, 100, 5_000, -1])
def test_a_mapping_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(EmbeddingsError, match="damaged"):
        Mapping.load(random_mapping().dump()[:cut])


def test_bytes_of_something_else_are_refused() -> None:
    arrays = {"first.weight": np.zeros((2, 2), np.float32)}
    with pytest.raises(EmbeddingsError, match="This is a cake version 1"):
        Mapping.load(file.pack("a cake", 1, arrays, {}))
    with pytest.raises(EmbeddingsError, match="version 99"):
        Mapping.load(file.pack("mapping", 99, arrays, {}))
    with pytest.raises(EmbeddingsError, match="not whole"):
        Mapping.load(file.pack("mapping", 1, arrays, {}))
    with pytest.raises(EmbeddingsError, match="damaged"):
        Mapping.load(json.dumps({"kind": "mapping"}).encode())


@pytest.mark.parametrize(("name", "shape"), [("mean.bias", 5), ("first.weight", 5), ("second.weight", (128, 5))])
def test_a_mapping_with_weights_of_other_lengths_is_refused(name: str, shape: int | tuple[int, int]) -> None:
    weights = {**random_mapping().weights, name: np.zeros(shape, np.float32)}
    with pytest.raises(EmbeddingsError, match="not whole"):
        Mapping.load(Mapping(weights).dump())


def test_a_weight_that_is_no_number_is_refused() -> None:
    mapping = random_mapping()
    weights = {**mapping.weights, "mean.bias": np.full(32, np.nan, np.float32)}
    with pytest.raises(EmbeddingsError, match="not whole"):
        Mapping.load(Mapping(weights).dump())


def test_content_of_another_text_model_is_refused_and_says_why() -> None:
    with pytest.raises(EmbeddingsError, match="text model has changed"):
        random_mapping().encode_content(np.ones((1, 384), np.float32))


@pytest.mark.parametrize("wrong", [np.zeros((2, 3)), np.zeros(INPUTS), np.full((1, INPUTS), np.nan)])
def test_rows_that_are_no_features_are_an_error_of_the_caller(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"is not \[n, 90\]|finite"):
        random_mapping().encode_brain(wrong.astype(np.float32))


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    file.write(path, b"old")
    file.write(path, b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("kept", b"new")]
