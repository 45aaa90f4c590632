"""The learner's tasks with few, short rounds and a checkpoint after each, importable by the process that runs them."""

from __future__ import annotations

from companion.learning.round import LearnerTasks
from embeddings.mapping import course, rounds, training

QUICK_ROUNDS, QUICK_STEPS = 4, 10


def quick_learner() -> LearnerTasks:
    training.LEAST_ROUNDS = QUICK_ROUNDS
    rounds.STEPS = QUICK_STEPS
    course.CHECKPOINT_SECONDS = 0.0
    return LearnerTasks()
