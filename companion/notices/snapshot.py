"""How notifications are, in one piece."""

from __future__ import annotations

from dataclasses import dataclass

from companion.notices.digest import Digest
from companion.notices.types import Judged


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How notifications are.

    Attributes
    ----------
    limits
        Why they are not seen; empty while they are.
    focused
        Whether they are held now.
    seen, passed, held
        How many since the start; of those that came during focus, how many were let through and held.
    answers, corrections
        How many answers the model learned from, and how many of them were corrections.
    recent
        What was judged last, newest first.
    digest
        The last digest, None before the first.

    """

    limits: str
    focused: bool
    seen: int
    passed: int
    held: int
    answers: int
    corrections: int
    recent: tuple[Judged, ...]
    digest: Digest | None
