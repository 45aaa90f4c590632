"""How likely an electrode does not lie on the skin as it should, learned from a headband's own contact scores.

docs/adr/0008-contact.md tells from which data, and how well it does on people it has never seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embeddings import contact_features
from embeddings.contact_trees import Trees
from embeddings.types import EmbeddingsError, Signal

FORMAT = "companion contact 1"
HOP_SECONDS = 0.2  # from one look to the next; a headband's own score changes no faster
SHIPPED = "contact.json"

_MEND = "Train it again with `companion cohort-start`, or install the program again."


@dataclass(frozen=True, slots=True)
class ContactModel:
    """The trained model.

    Attributes
    ----------
    card
        What it was trained on and how well it does, for people: plain lists, dicts, numbers and words.

    """

    trees: Trees
    card: Mapping[str, Any]

    def share_bad(self, data: Signal, sfreq: float, samples: int) -> NDArray[np.float64]:
        """Return the expected share of the last ``samples`` in which each electrode lay badly, ``float64[channels]``.

        Parameters
        ----------
        data
            ``float64[channels, past + samples]`` in µV, raw, finite, without a gap. More than
            `contact_features.PAST_SECONDS` of past add nothing; less is made do with.

        """
        ends = looks(data.shape[1], sfreq, samples)
        made = contact_features.features(data, sfreq, ends)
        probabilities = self.trees.probabilities(made.reshape(-1, made.shape[2]))
        return np.asarray(probabilities.reshape(made.shape[:2]).mean(axis=1), np.float64)

    def dump(self) -> str:
        """Return it as JSON for `load`."""
        told = {
            "format": FORMAT,
            "features": contact_features.names(),
            "card": dict(self.card),
            "trees": self.trees.to_json(),
        }
        return json.dumps(told, allow_nan=False)

    @classmethod
    def load(cls, text: str) -> Self:
        """Undo `dump`; raises `EmbeddingsError` when it is no contact model, or one of another version."""
        try:
            told = json.loads(text)
            made, features = told["format"], tuple(told["features"])
            if made != FORMAT or features != contact_features.names():
                raise EmbeddingsError(f"The contact model was made by another version of this program. {_MEND}")
            return cls(Trees.from_json(told["trees"], features=len(features)), told["card"])
        except (ValueError, KeyError, TypeError) as error:
            raise EmbeddingsError(f"The contact model is damaged ({error!r}). {_MEND}") from error


def looks(total: int, sfreq: float, samples: int) -> NDArray[np.intp]:
    """Return at which of ``total`` samples the last ``samples`` are looked at: the end, and back by ``HOP_SECONDS``."""
    hop, least = round(HOP_SECONDS * sfreq), round(contact_features.LEAST_SECONDS * sfreq)
    first = max(total - samples + 1, least)
    if total < first:
        raise ValueError(f"{total} samples are too few to judge contact by: {least} are needed")
    return np.arange(total, first - 1, -hop, dtype=np.intp)[::-1]


@lru_cache(maxsize=1)
def shipped() -> ContactModel:
    """Return the model that comes with the program; raises `EmbeddingsError` when it is damaged or missing."""
    try:
        text = resources.files("embeddings").joinpath("weights", SHIPPED).read_text("utf-8")
    except OSError as error:
        raise EmbeddingsError(f"The contact model is missing ({error}). Install the program again.") from error
    return ContactModel.load(text)
