"""What was typed during one moment, secrets taken out of the whole of it: they may come in pieces."""

from __future__ import annotations

#: Characters that are looked through together; more of one moment settles, and is not looked at again.
TOGETHER = 8_000


class Typed:
    """Gathers the pieces of one moment. What is secret of them stays in memory alone, and goes with this."""

    def __init__(self) -> None:
        self._settled, self._raw = "", ""

    def add(self, piece: str) -> str:
        """Return all that was typed with ``piece`` after it, without secrets."""
        from companion.masking.spans import masked  # its patterns take a while, and the tray icon does not wait

        self._raw += piece
        while len(self._raw) > TOGETHER:
            end = _between_words(self._raw)
            self._settled += masked(self._raw[:end])
            self._raw = self._raw[end:]
        return self._settled + masked(self._raw)


def _between_words(text: str) -> int:
    """Return where the first half of a text ends: after a line or, where there is none, a word."""
    half = TOGETHER // 2
    return next((end + 1 for mark in ("\n", " ") if (end := text.rfind(mark, 0, half)) > 0), half)
