"""What the two worker processes can do. Heavy libraries are imported when first needed, never by the main process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from companion.fetching import Fetching
from embeddings import model_place
from embeddings.model_place import ModelPlace
from embeddings.types import EEGWindow
from index import frames

if TYPE_CHECKING:
    from embeddings.ocr import TextReader
    from embeddings.text import TextModel

LEAST_SFREQ = 80.0  # Hz; twice the highest frequency that is looked at


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors of one space: ``float32[parts, dimension]`` for each thing encoded."""

    space: str
    model: str
    dimension: int
    parts: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class BrainFeatures:
    """What the EEG of a stretch says.

    Attributes
    ----------
    rows
        ``float32[fit windows, features]``.
    windows
        How many windows there were, fit or not.
    faults
        What was wrong most often, in words; empty when nothing was.

    """

    montage: str
    channels: int
    rows: NDArray[np.float32]
    windows: int
    faults: str


class ReaderTasks:
    """Reads text off frames."""

    def __init__(self) -> None:
        self._reader: TextReader | None = None

    def read(self, frame: Path) -> str:
        """Return the text of a stored frame; raises `VaultError`, `EmbeddingsError`."""
        from embeddings.ocr import TextReader, as_text

        if self._reader is None:
            self._reader = TextReader()
        return as_text(self._reader.read(frames.load(frame)))


class EncoderTasks:
    """Encodes texts and EEG.

    Parameters
    ----------
    configured_model
        Folder of the text model, or empty to look for it.
    find
        Returns where the model is; by default it downloads one that is not on this machine, and waits for it.

    """

    def __init__(self, configured_model: str = "", find: Callable[[str], ModelPlace] = model_place.find) -> None:
        self._configured, self._find = configured_model, find
        self._text_model: TextModel | None = None

    def warm(self) -> str:
        """Load the text model and encode once, which is slow the first time; returns its space.

        Raises `EmbeddingsError`.
        """
        model = self._model()
        model.encode(["ready"])
        return model.space

    def warm_brain(self) -> None:
        """Import what EEG needs, which takes seconds."""
        from embeddings import features, quality, signal, state  # noqa: F401

    def encode_text(self, text: str) -> Vectors:
        """Return the one vector of a query."""
        model = self._model()
        return Vectors(model.space, model.name, model.dimension, (model.encode([text]),))

    def encode_moments(self, texts: Sequence[tuple[str, str]]) -> Vectors:
        """Return the passages' vectors of each (title, text)."""
        from embeddings.passages import passages

        model = self._model()
        cut = [passages(text, title=title) for title, text in texts]
        vectors = model.encode([passage for parts in cut for passage in parts])
        ends = np.cumsum([len(parts) for parts in cut])[:-1]
        return Vectors(model.space, model.name, model.dimension, tuple(np.split(vectors, ends)))

    def brain_features(self, stretches: Sequence[EEGWindow], most: int) -> BrainFeatures:
        """Return features of at most ``most`` fit windows, spread over the (one montage's) stretches."""
        from embeddings import features, quality, signal, spaces

        names, sfreq = stretches[0].ch_names, stretches[0].sfreq
        if sfreq < LEAST_SFREQ:
            few = np.empty((0, 0), np.float32)
            fault = f"sampled at {sfreq:g} Hz, {LEAST_SFREQ:g} Hz are needed"
            return BrainFeatures(spaces.montage(names), len(names), few, 0, fault)
        rows, faults, total = [], [], 0
        for stretch in stretches:
            for raw, filtered in signal.windows(stretch):
                total += 1
                judged = quality.assess(raw, filtered)
                if judged.fit:
                    rows.append(features.row(filtered, raw.sfreq))
                faults += [
                    f"{name}: {fault}" for name, fault in zip(judged.ch_names, judged.faults, strict=True) if fault
                ]
        kept = [rows[i] for i in np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(int)] if rows else []
        table = np.array(kept, np.float32) if kept else np.empty((0, 0), np.float32)
        worst = max(set(faults), key=faults.count) if faults else ""
        return BrainFeatures(spaces.montage(names), len(names), table, total, worst)

    def fit_baseline(self, rows: NDArray[np.float32], channels: int) -> tuple[bytes, int]:
        """Return a person's baseline (see `embeddings.state.Baseline.dump`) and the dimension of its vectors."""
        from embeddings.state import Baseline

        baseline = Baseline.fit(rows, channels)
        return baseline.dump(), baseline.dimension

    def state_vectors(self, baseline: bytes, tables: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Return ``float32[dimension]`` for each table of windows ``float32[windows, features]``."""
        from embeddings.state import Baseline

        loaded = Baseline.load(baseline)
        return [loaded.encode(table) for table in tables]

    def _model(self) -> TextModel:
        if self._text_model is None:
            from embeddings.text import TextModel

            self._text_model = TextModel.load(self._find(self._configured))
        return self._text_model


def patient_encoder(configured_model: str = "") -> EncoderTasks:
    """Return the tasks for a process that has more to do than to wait for a download."""
    return EncoderTasks(configured_model, Fetching().find)
