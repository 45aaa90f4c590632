"""What was typed during one moment, secrets taken out of the whole of it: they may come in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from companion.masking.spans import Span

#: Characters that are looked through together; more of one moment settles, and is not looked at again.
TOGETHER = 8_000

#: A share of these, of what settled, is looked through once more with what comes behind: a label can be the end of it.
AGAIN = 8

#: Characters of a word from which on it says something of the secret it is a part of.
TELLING = 4

#: Secrets of a moment's window that are held, and characters of one.
SECRETS, LONGEST = 64, 400


class Typed:
    """Gathers the pieces of one moment. What is secret of them stays in memory alone, and goes with this."""

    def __init__(self) -> None:
        self._settled, self._raw = "", ""
        self._from = 0  # of the raw text, from where on it has not settled; what is before tells what it is
        self._secrets: dict[str, str] = {}  # what its window showed as secret, and of what kind

    def add(self, piece: str, secrets: Iterable[tuple[str, str]] = ()) -> str:
        """Return all that was typed with ``piece`` after it, without secrets.

        Parameters
        ----------
        piece
            What was typed since.
        secrets
            What the window was found to show that nobody may see, and of what kind: a field's label says that it holds
            one, and what is typed comes without it.

        """
        self._secrets |= {text: kind for text, kind in secrets if text and len(text) <= LONGEST}
        self._secrets = dict(list(self._secrets.items())[-SECRETS:])
        self._raw += piece
        while len(self._raw) > TOGETHER:
            spans = self._spans()
            end = _between(self._raw, spans, self._from)
            self._settled += _without(self._raw, spans, self._from, end)
            start = max(0, end - TOGETHER // AGAIN)
            self._raw, self._from = self._raw[start:], end - start
        return self._settled + _without(self._raw, self._spans(), self._from, len(self._raw))

    def _spans(self) -> list[Span]:
        """Return where in the raw text secrets are, in order; none overlaps another."""
        from companion.masking.spans import found, together  # its patterns take a while, and the tray does not wait

        shown = (span for text, kind in self._secrets.items() for span in _typed_of(text, kind, self._raw))
        return list(together([*found(self._raw), *shown]))


def _typed_of(secret: str, kind: str, raw: str) -> Iterable[Span]:
    """Yield what may have been typed of a secret: more of it than was shown then, or a part of it."""
    from companion.masking.spans import Span

    for match in re.finditer(rf"{re.escape(secret)}\S*", raw):
        yield Span(*match.span(), kind)
    for match in re.finditer(r"\S+", raw):
        word, alone = match[0], _alone(raw, *match.span())
        if word in secret and (alone or len(word) >= TELLING):
            yield Span(*match.span(), kind)


def _alone(raw: str, start: int, end: int) -> bool:
    """Whether a word is all that was typed in one place."""
    return (start == 0 or raw[start - 1] == "\n") and raw[end : end + 1] in {"", "\n"}


def _between(raw: str, spans: Sequence[Span], settled: int) -> int:
    """Return up to where a text settles: after a line or, where there is none, a word; never within a secret."""
    half = max(TOGETHER // 2, settled + 1)
    end = next((at + 1 for mark in ("\n", " ") if (at := raw.rfind(mark, settled, half)) > settled), half)
    within = next((span for span in spans if span.start < end < span.end), None)
    if within is None:
        return end
    return within.start if within.start > settled else within.end


def _without(raw: str, spans: Sequence[Span], start: int, end: int) -> str:
    """Return a part of a text, with a mark for each secret that begins in it; of others nothing is left."""
    from companion.masking.spans import mark

    parts = []
    for span in spans:
        if span.end > start and span.start < end:
            parts += [raw[start : span.start], mark(span.kind) if span.start >= start else ""]
            start = span.end
    return "".join([*parts, raw[start:end]])
