"""What the two worker processes can do. Heavy libraries are imported when first needed, never by the main process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from companion.capture.titles import normalised_title
from companion.fetching import Fetching
from companion.focus.trackers import FocusTrackers, Said
from companion.jobs import brain_features
from companion.jobs.brain_features import LEAST_SFREQ, BrainFeatures, Rows
from companion.learning import pairs
from embeddings import model_place
from embeddings.model_place import ModelPlace
from embeddings.types import EEGWindow, EmbeddingsError, TextLine
from index.pictures import frames

if TYPE_CHECKING:
    from embeddings.reading.ocr import TextReader
    from embeddings.text import TextModel


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors of one space: ``float32[parts, dimension]`` for each thing encoded."""

    space: str
    model: str
    dimension: int
    parts: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class MomentRows:
    """One moment's EEG: its windows ``float32[windows, features]``, and those its session began with."""

    ch_names: tuple[str, ...]
    first: Rows
    rows: Rows


class Encoder(Protocol):
    """Runs the tasks of `EncoderTasks`, here or in another process."""

    def submit(self, task: str, *arguments: object, urgent: bool = False) -> Future[Any]:
        """Ask for ``task(*arguments)``."""
        ...


class ReaderTasks:
    """Reads text off frames."""

    def __init__(self) -> None:
        self._reader: TextReader | None = None

    def read(self, picture: bytes) -> list[TextLine]:
        """Return the lines of a frame as it was stored; raises `VaultError`, `EmbeddingsError`."""
        return self._text_reader().read(frames.decode(picture))

    def read_parts(self, image: NDArray[np.uint8], regions: Sequence[tuple[int, int, int, int]]) -> list[TextLine]:
        """Return the lines in some boxes of ``uint8[height, width, 3]``; raises `EmbeddingsError`."""
        return self._text_reader().read(image, regions)

    def forget(self) -> None:
        """Keep nothing in memory of what was read."""
        if self._reader is not None:
            self._reader.forget()

    def _text_reader(self) -> TextReader:
        from embeddings.reading.ocr import TextReader

        if self._reader is None:
            self._reader = TextReader()
        return self._reader


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
        self._focus = FocusTrackers()

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
        # Without the mark of an unsaved file and the like, so that what was known before is known again.
        cut = [passages(text, title=normalised_title(title)) for title, text in texts]
        vectors = model.encode([passage for parts in cut for passage in parts])
        ends = np.cumsum([len(parts) for parts in cut])[:-1]
        return Vectors(model.space, model.name, model.dimension, tuple(np.split(vectors, ends)))

    def brain_features(self, stretches: Sequence[EEGWindow], most: int) -> BrainFeatures:
        """Return features of at most ``most`` fit windows, spread over the (one montage's) stretches."""
        return brain_features.of_stretches(stretches, most)

    def contact(self, stretch: EEGWindow) -> dict[str, tuple[str, str]]:
        """Return what is wrong with each electrode in the last 4 s of a stretch, and what the person did, as it heard.

        Empty words where nothing is, and where nothing was done. Raises `EmbeddingsError` below `LEAST_SFREQ`.
        """
        from embeddings import quality, signal

        if stretch.sfreq < LEAST_SFREQ:
            raise EmbeddingsError(
                f"the headset gives {stretch.sfreq:g} samples a second, and {LEAST_SFREQ:g} are needed. Set it to "
                "more, or choose another one."
            )
        length = round(signal.WINDOW_SECONDS * stretch.sfreq)
        filtered = signal.bandpass(stretch.data, stretch.sfreq)[:, -length:]
        window = replace(stretch, data=stretch.data[:, -length:])
        judged = quality.assess(window, filtered, stretch.data[:, :-length])
        return dict(zip(judged.ch_names, zip(judged.faults, judged.disturbed, strict=True), strict=True))

    def tension(self, stretch: EEGWindow) -> float | None:
        """Return fast against alpha rhythms in the last 4 s of a stretch; None where they are not fit to be looked at.

        See `embeddings.tension.ratio`.
        """
        from embeddings import tension

        found = brain_features.of_stretches([stretch], 1)
        return tension.ratio(found.rows[0], len(found.ch_names)) if found.fit else None

    def focus(self, stretch: EEGWindow, rest: bytes | None, anew: bool) -> Said:
        """Return what the newest `SECONDS` of EEG say of focus, see `FocusTrackers.take`; raises `EmbeddingsError`."""
        return self._focus.take(stretch, rest, anew=anew)

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

    def shared_brain(self, mapping: bytes, spread: bytes, moments: Sequence[MomentRows]) -> list[NDArray[np.float32]]:
        """Return the vector ``float32[dimension]`` of each moment's EEG in the space that was learned."""
        from embeddings.mapping import Mapping

        def session(i: int) -> tuple[tuple[str, ...], bytes]:
            return moments[i].ch_names, moments[i].first.tobytes()

        usual, loaded = pairs.spread_of(spread), Mapping.load(mapping)
        vectors: dict[int, NDArray[np.float32]] = {}
        for _, alike in groupby(sorted(range(len(moments)), key=session), key=session):
            numbers = list(alike)  # what was usual in a session is worked out once
            first, names = moments[numbers[0]].first, moments[numbers[0]].ch_names
            brains = pairs.relative(first, [moments[i].rows for i in numbers], names, usual)
            vectors |= dict(zip(numbers, loaded.encode_brain(brains), strict=True))
        return [vectors[i] for i in range(len(moments))]

    def shared_content(self, mapping: bytes, contents: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Return the vectors ``float32[parts, dimension]`` of each moment's content in the space that was learned."""
        from embeddings.mapping import Mapping

        loaded = Mapping.load(mapping)
        return [loaded.encode_content(matrix) for matrix in contents]

    def _model(self) -> TextModel:
        if self._text_model is None:
            from embeddings.text import TextModel

            self._text_model = TextModel.load(self._find(self._configured))
        return self._text_model


def patient_encoder(configured_model: str = "") -> EncoderTasks:
    """Return the tasks for a process that has more to do than to wait for a download."""
    return EncoderTasks(configured_model, Fetching().find)
