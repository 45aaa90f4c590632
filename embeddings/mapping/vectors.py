"""The mapping in use: EEG features and content vectors into one space. NumPy alone, so that any process can encode."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import special

from embeddings.mapping import file
from embeddings.types import EmbeddingsError, Vector

VERSION = 1
CLIP = 6.0  # spreads from the person's mean; beyond is an artefact, and must not decide a direction
NORM_EPSILON = 1e-5  # of the layer norms
_KIND = "mapping"
_LAYERS = ("first", "first_norm", "second", "second_norm", "mean", "log_variance", "content")
_NAMES = frozenset(
    [f"{layer}.{part}" for layer in _LAYERS for part in ("weight", "bias")]
    + ["skip.weight", "brain.weight", "log_temperature", "state_log_temperature"]
)
_TINY = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A trained network: a trunk with a linear way around it, a bottleneck, and a head for each side.

    Attributes
    ----------
    weights
        Named arrays, ``float32``.
    facts
        What it was trained on and how: numbers and words, nothing that names a person.

    """

    weights: Table[str, NDArray[np.float32]]
    facts: Table[str, Any] = field(default_factory=dict)

    @property
    def inputs(self) -> int:
        """Length of a row of EEG features."""
        return int(self.weights["first.weight"].shape[1])

    @property
    def state_dimension(self) -> int:
        """Length of a state vector."""
        return int(self.weights["mean.weight"].shape[0])

    @property
    def shared_dimension(self) -> int:
        """Length of a shared vector."""
        return int(self.weights["brain.weight"].shape[0])

    @property
    def content_dimension(self) -> int:
        """Length of the content vectors it was trained with."""
        return int(self.weights["content.weight"].shape[1])

    @property
    def knows_content(self) -> bool:
        """Whether it has learned what goes with content; else it knows states alone."""
        return bool(self.weights["brain.weight"].any())

    def encode_brain(self, x: Vector) -> Vector:
        """Return the shared vectors ``float32[n, shared]`` (unit norm) of EEG features ``float32[n, inputs]``.

        Raises `EmbeddingsError` when it has learned from no content.
        """
        if not self.knows_content:
            raise EmbeddingsError(
                "This mapping knows states alone: too little content was seen beside EEG. Let it learn from more."
            )
        return _unit(self._bottleneck(x) @ self.weights["brain.weight"].T)

    def encode_state(self, x: Vector) -> Vector:
        """Return the state vectors ``float32[n, state]`` (unit norm): similar states have a small angle."""
        return _unit(self._bottleneck(x))

    def encode_content(self, vectors: Vector) -> Vector:
        """Return the shared vectors ``float32[n, shared]`` (unit norm) of content ``float32[n, content]``."""
        if vectors.shape[-1] != self.content_dimension:
            raise EmbeddingsError(
                f"These content vectors have {vectors.shape[-1]} numbers, the mapping was trained with "
                f"{self.content_dimension}: the text model has changed. Train the mapping again."
            )
        return _unit(self._linear("content", np.asarray(vectors, np.float32)))

    def dump(self) -> bytes:
        """Return it as bytes for `load`."""
        return file.pack(_KIND, VERSION, self.weights, self.facts)

    @classmethod
    def load(cls, blob: bytes) -> Self:
        """Undo `dump`; raises `EmbeddingsError` for bytes that are damaged or no mapping of this version."""
        arrays, facts = file.unpack(_KIND, VERSION, blob)
        if not _whole(arrays):
            raise EmbeddingsError("The stored mapping is not whole. Delete it; it is learned again.")
        return cls({name: np.asarray(array, np.float32) for name, array in arrays.items()}, facts)

    def _bottleneck(self, x: Vector) -> Vector:
        """Return the mean of the state, ``float32[n, state]``."""
        if x.ndim != 2 or x.shape[1] != self.inputs:  # noqa: PLR2004 rows and columns
            raise ValueError(f"{x.shape} is not [n, {self.inputs}]")
        if not np.isfinite(x).all():
            raise ValueError("EEG features are finite")
        clipped = np.clip(x, -CLIP, CLIP).astype(np.float32, copy=False)
        hidden = self._layer("first", clipped)
        hidden = hidden + self._layer("second", hidden)
        return self._linear("mean", hidden) + clipped @ self.weights["skip.weight"].T

    def _layer(self, name: str, x: Vector) -> Vector:
        """Return SiLU of the layer norm (Ba et al. 2016, arXiv:1607.06450) of a linear map."""
        y = self._linear(name, x)
        y -= y.mean(axis=1, keepdims=True)
        y /= np.sqrt(np.mean(y * y, axis=1, keepdims=True) + NORM_EPSILON)
        y = y * self.weights[f"{name}_norm.weight"] + self.weights[f"{name}_norm.bias"]
        return np.asarray(y * special.expit(y), np.float32)

    def _linear(self, name: str, x: Vector) -> Vector:
        return np.asarray(x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"], np.float32)


def _whole(arrays: Table[str, NDArray[Any]]) -> bool:
    """Whether every weight is there, is a number and fits the others."""
    if set(arrays) != _NAMES or not all(np.isfinite(array).all() for array in arrays.values()):
        return False
    if any(arrays[name].ndim != 2 for name in ("first.weight", "brain.weight", "content.weight")):  # noqa: PLR2004
        return False
    hidden, inputs = arrays["first.weight"].shape
    shared, state = arrays["brain.weight"].shape
    expected: dict[str, tuple[int, ...]] = {"first": (hidden, inputs), "skip": (state, inputs)}
    expected |= {"mean": (state, hidden), "log_variance": (state, hidden), "first_norm": (hidden,)}
    expected |= {"second": (hidden, hidden), "second_norm": (hidden,)}
    expected |= {"content": (shared, arrays["content.weight"].shape[-1])}
    fits = [arrays[f"{layer}.weight"].shape == shape for layer, shape in expected.items()]
    biases = {layer: shape[0] for layer, shape in expected.items() if layer != "skip"}
    return all(fits) and all(arrays[f"{layer}.bias"].shape == (length,) for layer, length in biases.items())


def _unit(vectors: Vector) -> Vector:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, _TINY), np.float32)
