"""The learner's tasks with short rounds and a checkpoint after each, importable by the process that runs them."""

from __future__ import annotations

from companion.learning_round import LearnerTasks
from embeddings import mapping_course, mapping_training

QUICK_ROUNDS = 4


def quick_learner() -> LearnerTasks:
    mapping_training.LEAST_ROUNDS = QUICK_ROUNDS
    mapping_course.CHECKPOINT_SECONDS = 0.0
    return LearnerTasks()
