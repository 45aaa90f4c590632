"""What can go wrong with an evaluation that the person can mend."""

from __future__ import annotations


class EvaluationError(Exception):
    """Something the person can mend; the message says how."""


class NoWindowError(EvaluationError):
    """Nothing is wrong with the recordings, but no window fits into any of them where one is wanted."""
