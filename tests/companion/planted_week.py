"""A week of moments whose EEG features say what was on screen, or say nothing, straight into a real vault."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import spaces
from embeddings.features import BANDS
from index import changes
from index.types import NewMoment, SignalQuality
from index.writer import Writer

BEGIN = 1_772_442_720.0  # 2 March 2026, 09:12 UTC
DAY, MOMENT_SECONDS = 86_400.0, 120.0
MUSE = ("TP9", "AF7", "AF8", "TP10")
MONTAGE = spaces.montage(MUSE)
CONTENT = "content:planted"
TOPICS, DIMENSION, WINDOWS = 12, 24, 4

Array = NDArray[np.float64]


class Week:
    """Moments of several days; each is about one of `TOPICS`, and each topic has a brain pattern of its own.

    Parameters
    ----------
    strength
        How far a topic's pattern moves log powers, in spreads of a window's noise; 0 plants nothing.

    """

    def __init__(self, *, strength: float, days: int = 4, a_day: int = 60, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self.topics = self._unit(TOPICS, DIMENSION)
        self._patterns = self._rng.standard_normal((TOPICS, len(BANDS), len(MUSE)))
        self._strength, self.days, self.a_day = strength, days, a_day

    def store(self, writer: Writer, *, first_day: int = 0) -> list[int]:
        """Put the week into a vault; returns each moment's topic, the first moment's first."""
        topics: list[int] = []

        def fill(db: Any) -> None:
            changes.put_space(db, CONTENT, model="planted", dimension=DIMENSION, time=BEGIN)
            for day in range(first_day, first_day + self.days):
                for number in range(self.a_day):
                    topics.append(int(self._rng.integers(TOPICS)))
                    start = BEGIN + day * DAY + number * MOMENT_SECONDS
                    self._add(db, writer, start, topics[-1])

        writer.do(fill).result()
        return topics

    @property
    def end(self) -> float:
        """When the last moment ends, UTC seconds."""
        return BEGIN + (self.days - 1) * DAY + self.a_day * MOMENT_SECONDS - 5

    def rows(self, topic: int, windows: int = WINDOWS) -> NDArray[np.float32]:
        """Return windows of EEG features while something about ``topic`` is looked at."""
        noise = 0.3 * self._rng.standard_normal((windows, len(BANDS), len(MUSE)))
        gains = np.exp((noise + 0.3 * self._strength * self._patterns[topic]) / 2)
        shared = 0.6 * np.eye(len(MUSE)) + 0.4
        spectra = gains[..., :, np.newaxis] * shared * gains[..., np.newaxis, :] * 10
        upper = np.triu_indices(len(MUSE))
        return spectra[..., upper[0], upper[1]].reshape(windows, -1).astype(np.float32)

    def _add(self, db: Any, writer: Writer, start: float, topic: int) -> None:
        new = NewMoment(start, start + MOMENT_SECONDS - 5, "firefox", f"About {topic}")
        moment_id = changes.open_moment(db, writer.vault, new, None)
        db.execute("UPDATE moments SET open = 0 WHERE id = ?", [moment_id])
        content = self.topics[topic] + 0.15 * self._unit(1, DIMENSION)[0]
        content /= np.linalg.norm(content)
        changes.put_vectors(db, CONTENT, {moment_id: content.astype(np.float32)[np.newaxis]})
        rows = self.rows(topic)
        changes.put_features(db, moment_id, MONTAGE, len(rows), rows.tobytes(), ch_names=MUSE)
        changes.put_quality(db, moment_id, MONTAGE, SignalQuality(len(rows), len(rows), ""))

    def _unit(self, rows: int, columns: int) -> Array:
        found = self._rng.standard_normal((rows, columns))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float64)
