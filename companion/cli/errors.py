"""Errors that the person can mend, and the exit codes of all commands."""

from __future__ import annotations

from companion.answering import RecallError
from companion.brain.types import BoardError
from companion.capture.types import CaptureError
from companion.settings import SettingsError
from embeddings.types import EmbeddingsError
from index.types import VaultError

MENDABLE = (RecallError, BoardError, CaptureError, SettingsError, EmbeddingsError, VaultError)

DONE, NO, WRONG = 0, 1, 2
