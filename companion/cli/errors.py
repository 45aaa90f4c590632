"""Errors that the person can mend. Knows every part of the program: not on the way to the first window."""

from __future__ import annotations

from companion.answering import RecallError
from companion.brain.types import BoardError
from companion.capture.types import CaptureError
from companion.evaluation.errors import EvaluationError
from companion.feedback.protocols import FeedbackError
from companion.settings import SettingsError
from embeddings.types import EmbeddingsError
from index.types import VaultError

MENDABLE = (
    RecallError,
    BoardError,
    CaptureError,
    EvaluationError,
    FeedbackError,
    SettingsError,
    EmbeddingsError,
    VaultError,
)
