"""When the person blinked, clenched the jaw or moved, as far as it was judged."""

from __future__ import annotations

from dataclasses import dataclass

from companion.contact_watch import Electrodes


@dataclass(frozen=True, slots=True)
class Shade:
    """One electrode heard ``word`` somewhere between ``start`` and ``end`` (UTC seconds)."""

    name: str
    word: str
    start: float
    end: float


class Shades:
    """Gathers what the newest judgements said; those that overlap and say the same are one."""

    def __init__(self) -> None:
        self._shades: tuple[Shade, ...] = ()
        self._taken = float("-inf")

    def take(self, electrodes: Electrodes, since: float) -> tuple[Shade, ...]:
        """Return every shade that reaches beyond ``since``, with those of the newest judgement."""
        kept = [shade for shade in self._shades if shade.end > since]
        if electrodes.time_end != self._taken:
            self._taken = electrodes.time_end
            kept = _joined(
                kept,
                [
                    Shade(name, word, electrodes.time_start, electrodes.time_end)
                    for name, word in electrodes.disturbed
                    if word
                ],
            )
        self._shades = tuple(kept)
        return self._shades


def _joined(kept: list[Shade], new: list[Shade]) -> list[Shade]:
    joined = list(kept)
    for shade in new:
        like = [old for old in joined if (old.name, old.word) == (shade.name, shade.word) and old.end >= shade.start]
        joined = [old for old in joined if old not in like]
        start = min([shade.start, *(old.start for old in like)])
        joined.append(Shade(shade.name, shade.word, start, shade.end))
    return joined
