"""How likely a window of EEG comes from focused work rather than rest, for a person the model has never met.

The model is linear in features of any montage that are relative to the person's own minute of rest, and it looks at
mirror-symmetric features alone (`site_features.EVEN`). Linear is a decision, not a saving: a score that also rises when
a feature moves the *other* way would call everything unusual focus (a slipped electrode, another file), and such
models look splendid on public sets whose two conditions are two files. See docs/adr/0011-focus.md.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from embeddings import sites
from embeddings.site_features import DIMENSION, SiteReference
from embeddings.sites import Sites
from embeddings.types import EmbeddingsError

SMOOTHING_SECONDS = 32.0  # over which scores are averaged before anything is decided
LIMIT = 6.0  # spreads; one wild feature must not decide
FILE = "focus.npz"

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """The model of one kind of montage.

    Attributes
    ----------
    coefficients, intercept
        Of the score, ``float64[DIMENSION]``; 0 where the montage is silent.
    scores, probabilities
        Knots of what a score means, ``float64[knots]`` each, rising; between them it is interpolated.
    neutral
        The score that says nothing: halfway between what rest and what work score on average in people left out.

    """

    coefficients: Numbers
    intercept: float
    scores: Numbers
    probabilities: Numbers
    neutral: float

    def score(self, features: Numbers) -> Numbers:
        """Return the log odds, uncalibrated, of ``float64[windows, DIMENSION]``: ``float64[windows]``."""
        return np.clip(features, -LIMIT, LIMIT) @ self.coefficients + self.intercept

    def probability(self, scores: Numbers) -> Numbers:
        """Return the calibrated probability of each score, ``float64[windows]``."""
        return np.interp(scores, self.scores, self.probabilities)

    def evidence(self, score: float) -> float:
        """Return by how much a score moves the log odds of focus; 0 for the neutral one.

        How much of the time the people it was learned from worked says nothing of anybody's day, and drops out.
        """
        sure, usual = self.probability(np.array([score, self.neutral]))
        return float(np.log(sure / (1.0 - sure)) - np.log(usual / (1.0 - usual)))


@dataclass(frozen=True, slots=True)
class FocusModel:
    """Lines by kind of montage (`sites.Sites.kind`), and the spread of features usual among people.

    Attributes
    ----------
    others
        ``float64[DIMENSION]``, what `SiteReference.fit` leans on.

    """

    lines: Mapping[str, Line]
    others: Numbers

    def line(self, kind: str) -> Line:
        """Return the model of a montage; that of electrodes nobody placed where its kind has none, see `where`."""
        return self.lines.get(kind) or self.lines[""]

    def dump(self) -> bytes:
        """Return it as bytes for `load`."""
        arrays: dict[str, Any] = {
            f"{kind}/{name}": getattr(line, name) for kind, line in sorted(self.lines.items()) for name in _PARTS
        }
        stream = io.BytesIO()
        np.savez_compressed(stream, allow_pickle=False, others=self.others, **arrays)
        return stream.getvalue()

    @classmethod
    def load(cls, blob: bytes) -> Self:
        """Undo `dump`; raises `EmbeddingsError` for anything else."""
        try:
            with np.load(io.BytesIO(blob), allow_pickle=False) as saved:
                kinds = sorted({name.rpartition("/")[0] for name in saved.files if "/" in name})
                lines = {kind: Line(**{part: saved[f"{kind}/{part}"] for part in _PARTS}) for kind in kinds}
                model = cls(lines, saved["others"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise EmbeddingsError(
                f"The weights of the focus model are damaged ({error}). Install Companion again."
            ) from error
        if model.others.shape != (DIMENSION,) or "" not in model.lines:
            raise EmbeddingsError("The weights of the focus model belong to another version. Install Companion again.")
        return model


_PARTS = ("coefficients", "intercept", "scores", "probabilities", "neutral")


@lru_cache
def shipped() -> FocusModel:
    """Return the start that comes with the program. Raises `EmbeddingsError`."""
    try:
        return FocusModel.load(resources.files("embeddings").joinpath("weights", FILE).read_bytes())
    except OSError as error:
        raise EmbeddingsError(
            f"The weights of the focus model are missing ({error}). Install Companion again."
        ) from error


def where(model: FocusModel, ch_names: Sequence[str]) -> Sites:
    """Return the sites that electrodes are scored by: none where the model has no line for their kind.

    One electrode alone counts as one that nobody placed, which the model learned from every place of the head. By its
    own site it would speak for the front or the back only, and the other half of the score would stay silent.
    """
    found = sites.find(ch_names)
    return found if found.kind in model.lines else Sites(None, None)


def scores(model: FocusModel, reference: SiteReference, matrices: Numbers) -> Numbers:
    """Return the score of each window, ``float64[windows]``, against a person's rest at the sites of `where`."""
    return model.line(reference.sites.kind).score(reference.features(matrices))


def smoothed(values: Numbers, *, step: float, seconds: float = SMOOTHING_SECONDS) -> Numbers:
    """Return the mean of each value and those before it within ``seconds``; causal. ``step`` in s between values."""
    length = max(1, round(seconds / step))
    total = np.cumsum(np.concatenate([[0.0], values]))
    ends = np.arange(1, len(values) + 1)
    begins = np.maximum(ends - length, 0)
    means: Numbers = (total[ends] - total[begins]) / (ends - begins)
    return means
