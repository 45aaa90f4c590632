"""Cutting a screen's text into passages short enough for the text model to read whole."""

from __future__ import annotations

WORDS = 90  # about 120 word pieces of English: well under the model's 256, one thought of a page
OVERLAP = 20  # a sentence on the border is whole in one of its two passages
MOST = 24  # a passage a screenful; more text than this on one frame is a wall of numbers


def passages(text: str, *, title: str = "") -> list[str]:
    """Return the passages of ``text``, each led by ``title``; at least one unless both are blank."""
    words = text.split()
    lead = f"{title.strip()}. " if title.strip() else ""
    if not words:
        return [title.strip()] if title.strip() else []
    step = WORDS - OVERLAP
    starts = range(0, max(1, len(words) - OVERLAP), step)
    return [lead + " ".join(words[start : start + WORDS]) for start in starts][:MOST]
