"""What of the told text was found secret by what is drawn beside it: it stays so where no picture can be read."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

from companion.masking.types import Span

#: Programs that are remembered, secrets of one, and characters of one.
PROGRAMS, SECRETS, LONGEST = 32, 64, 400

#: Characters below which a part of a secret says nothing of it, and would be met in any text.
LEAST = 3

#: Seconds for which a secret is remembered after it was met last.
SECONDS = 3_600.0

#: The name of a program and its process id.
Program = tuple[str, int]


class KnownSecrets:
    """Remembers secrets from one look to the next, in memory alone.

    Parameters
    ----------
    clock
        Seconds that never go back.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._programs: OrderedDict[Program, OrderedDict[str, tuple[str, float]]] = OrderedDict()

    def keep(self, program: Program, secrets: Iterable[tuple[str, str]]) -> None:
        """Take in secrets, word for word, each with its kind."""
        worth = [(text.strip(), kind) for text, kind in secrets if LEAST <= len(text.strip()) <= LONGEST]
        if not worth:
            return
        known = self._programs.setdefault(program, OrderedDict())
        for text, kind in worth:
            known[text] = kind, self._clock()
            known.move_to_end(text)
        while len(known) > SECRETS:
            known.popitem(last=False)
        self._programs.move_to_end(program)
        while len(self._programs) > PROGRAMS:
            self._programs.popitem(last=False)

    def of(self, program: Program) -> tuple[tuple[str, str], ...]:
        """Return what is known of a program's secrets, each with its kind."""
        known, oldest = self._programs.get(program, OrderedDict()), self._clock() - SECONDS
        for text in [text for text, (_, met) in known.items() if met < oldest]:
            del known[text]
        return tuple((text, kind) for text, (kind, _) in known.items())

    def spans(self, program: Program, text: str) -> tuple[Span, ...]:
        """Return where a text that a program tells holds one of them, with what may have been written on behind it."""
        met = [(secret, Span(*place, kind)) for secret, kind in self.of(program) for place in _places(secret, text)]
        self.keep(program, ((secret, span.kind) for secret, span in met))
        return tuple(span for _, span in met)


def _places(secret: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a secret stands; its parts may have come on lines of their own."""
    begins = r"(?<!\w)" if re.match(r"\w", secret) else ""
    words = r"\s{1,40}".join(map(re.escape, secret.split()))
    for match in re.finditer(rf"{begins}{words}\S*", text):
        yield match.span()
