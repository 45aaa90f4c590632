"""Which blocks of what a program tells hold a secret, or a part of one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from companion.capture.accessible.reading import Block, Reading
from companion.masking.spans import Span, found


@dataclass(frozen=True, slots=True)
class Held:
    """What a block holds.

    Attributes
    ----------
    kinds
        Of the secrets that stand in it from end to end.
    parted
        Whether it also holds a part of one that goes on in another block.

    """

    kinds: tuple[str, ...]
    parted: bool


def held(reading: Reading) -> Mapping[int, Held]:
    """Return the places in ``reading.blocks`` of those that hold a secret, and what.

    Secrets are looked for in the text as a whole, as it is stored: a label, or the first half of a key, can stand in
    another block. A block that is not to be found again in that text counts by itself, and where a secret of the text
    stands in no block that is, it may be in any other.
    """
    spans = found(reading.text)
    placed = list(_places(reading))
    lone = {number: found(reading.blocks[number].text) for number, place in enumerate(placed) if place is None}
    known = {reading.blocks[number].text[span.start : span.end] for number, some in lone.items() for span in some}
    homeless = [span for span in spans if not any(place is not None and _meets(span, place) for place in placed)]
    missed = any(reading.text[span.start : span.end] not in known for span in homeless)
    of_blocks = {number: Held(tuple(span.kind for span in some), parted=missed) for number, some in lone.items()}
    for number, place in enumerate(placed):
        if place is not None:
            here = [span for span in spans if _meets(span, place)]
            whole = tuple(span.kind for span in here if place[0] <= span.start and span.end <= place[1])
            of_blocks[number] = Held(whole, parted=len(whole) < len(here))
    return {number: one for number, one in of_blocks.items() if one.kinds or one.parted}


def _places(reading: Reading) -> Iterator[tuple[int, int] | None]:
    """Yield where in the whole text each block stands (start and end), None for one that is not found again.

    Blocks follow each other with nothing but white space between; what says the same as the one before is said once.
    """
    at = (0, 0)
    before = ""
    for block in reading.blocks:
        text = _as_joined(block)
        start = reading.text.find(text, at[1])
        if start >= 0 and not reading.text[at[1] : start].strip():
            at, before = (start, start + len(text)), text
            yield at
        else:
            yield at if text == before else None


def _as_joined(block: Block) -> str:
    return "\n".join(line.rstrip(" ") for line in block.text.split("\n")).strip()


def _meets(span: Span, place: Sequence[int]) -> bool:
    return span.start < place[1] and place[0] < span.end
