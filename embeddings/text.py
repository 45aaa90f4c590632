"""Text to vectors with sentence-transformers. Loading costs seconds: only in the encoder process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from embeddings import spaces
from embeddings.model_place import ModelPlace
from embeddings.recent import Recent
from embeddings.types import EmbeddingsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


#: Passages whose vectors are remembered (1.5 KB each): much of what one looks at was there a moment before.
KNOWN_PASSAGES = 512

AT_ONCE = 2  # texts: eight, all brought to the longest, take a fifth more of the processor, and memory that stays


class TextModel:
    """Maps texts to unit vectors of the space ``content:NAME``."""

    def __init__(self, model: SentenceTransformer, place: ModelPlace) -> None:
        self._model = model
        self.name = place.name
        self.space = spaces.content(place.name)
        self._known: Recent[NDArray[np.float32]] = Recent(KNOWN_PASSAGES)
        self.dimension = int(model.get_embedding_dimension() or 0)

    @classmethod
    def load(cls, place: ModelPlace) -> Self:
        """Load the model; raises `EmbeddingsError` when its files cannot be used."""
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        torch.set_num_threads(1)  # two are a fifth quicker and take a third more of the processor's time
        # It is no quicker here, and keeps some 40 KB for every new shape of a batch.
        torch.backends.mkldnn.enabled = False  # type: ignore[assignment] # its setter takes it
        logging.disable_progress_bar()  # type: ignore[no-untyped-call] # a bar for a tenth of a second is noise
        try:
            model = SentenceTransformer(
                str(place.folder), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EmbeddingsError(f"The text model in {place.folder} cannot be loaded ({error}).") from error
        return cls(model, place)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``float32[len(texts), dimension]``, each row of unit norm."""
        found = {text: self._known.get(text) for text in texts}
        new = [text for text, vector in found.items() if vector is None]
        for text, vector in zip(new, self._encoded(new), strict=True):
            found[text] = own = vector.copy()  # else one that is asked for often keeps all that came with it
            self._known.put(text, own)
        return np.array([found[text] for text in texts], np.float32).reshape(len(texts), self.dimension)

    def _encoded(self, texts: list[str]) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        vectors = self._model.encode(
            texts, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False, batch_size=AT_ONCE
        )
        return np.asarray(vectors, np.float32)
