"""Pairs in which the EEG follows what the content is about, or does not, while it drifts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.mapping import Pairs

INPUTS, CONTENT, TOPICS = 90, 24, 12


def made(
    count: int,
    *,
    strength: float = 0.5,
    drift: float = 1.0,
    sessions: int = 4,
    seed: int = 0,
    person: int = 0,
    content: int = CONTENT,
) -> Pairs:
    """Return pairs of ``sessions`` days; what topics do to the EEG is the same for every seed and person."""
    world, rng = np.random.default_rng(1234), np.random.default_rng([seed, person])
    topics = world.normal(size=(TOPICS, content))
    effect = world.normal(size=(TOPICS, INPUTS))
    each = count // sessions
    days = [_day(rng, each, topics, effect * strength, drift) for _ in range(sessions)]
    return Pairs(
        brain=np.concatenate([day[0] for day in days]).astype(np.float32),
        content=np.concatenate([day[1] for day in days]).astype(np.float32),
        time=np.concatenate([number * 86_400 + 4.0 * np.arange(each) for number in range(sessions)]),
        session=np.repeat(np.arange(sessions), each),
        weight=np.ones(each * sessions, np.float32),
    )


def _day(
    rng: np.random.Generator, count: int, topics: NDArray[np.float64], effect: NDArray[np.float64], drift: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return EEG and content of one day: a topic lasts for a few pairs, each with words of its own."""
    topic = np.repeat(rng.integers(len(topics), size=count), rng.integers(2, 12, size=count))[:count]
    words = topics[topic] + 0.7 * rng.normal(size=(count, topics.shape[1]))
    slow = np.cumsum(rng.normal(size=(count, effect.shape[1])), axis=0) * drift / np.sqrt(count)
    brain = effect[topic] + slow + rng.normal(size=(count, effect.shape[1]))
    return brain, words / np.linalg.norm(words, axis=1, keepdims=True)
