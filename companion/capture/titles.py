"""What of a window's title says what the person is looking at, and what only ticks."""

from __future__ import annotations

import re

#: Glyphs that programs turn or blink in their titles: braille and circle spinners, dots, stars.
_GLYPHS = "\u2800-\u28ff◐◑◒◓◴◵◶◷◜◝◞◟⏳⌛●○◉•∙·✱✳✶✻✽✢⣿"

_TICKING = (
    re.compile(r"(?<!\S)[(\[]\s*\d+\+?\s*[)\]](?!\S)"),  # (3), [12], (99+): unread, not the copy number of file(2).pdf
    re.compile(r"(?<!\S)\d{1,3}(?:[.,]\d+)?\s?%(?!\S)"),  # 45 %
    re.compile(r"(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])"),  # a clock, a timer
    re.compile(rf"(?<!\S)[{_GLYPHS}]+(?!\S)|^[{_GLYPHS}]+|[{_GLYPHS}]+$"),
    re.compile(r"(?<!\S)[|/\\](?!\S)(?=\s*\S)"),  # one turn of the spinner | / - \ (a dash is taken at the edges only)
    re.compile(r"(?<!\S)\*+|\*+(?!\S)"),  # *notes.txt, notes.txt*
    re.compile(r"(?<!\S)\[\+\](?!\S)|(?<!\S)[(\[](?:modified|edited|unsaved)[)\]](?!\S)", re.IGNORECASE),
)
_SPACES = re.compile(r"\s+")
_EDGES = " \t-–—|:"  # noqa: RUF001 - separators left over at the ends


def normalised_title(title: str) -> str:
    """Return the title without counters, clocks, spinners and modified marks; equal titles mean the same thing seen."""
    before = None
    while title != before:  # taking one mark away can bring another to the edge
        before = title
        for pattern in _TICKING:
            title = pattern.sub(" ", title)
        title = _SPACES.sub(" ", title).strip(_EDGES)
    return title
