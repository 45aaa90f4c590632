"""Blocks as one text."""

from __future__ import annotations

from collections.abc import Sequence

from companion.capture.accessible.reading import Block
from companion.capture.types import Rect

_SAME_LINE = 0.5  # share of the lower one's height that two pieces of one line have in common


def joined(blocks: Sequence[Block]) -> str:
    """Return the text of ``blocks`` in their order.

    Pieces of one paragraph follow each other directly, cells of one row a tab apart, other neighbours on one line a
    space apart; everything else begins a line. What says the same as its neighbour in the same place (a button and the
    label on it, a box and its caption) is said once.
    """
    text = ""
    before: Block | None = None
    for block in blocks:
        if before is not None:
            if _said_twice(before, block):
                continue
            text = _with(text, _separator(before, block))
        text += block.text
        before = block
    return "\n".join(line.rstrip(" ") for line in text.split("\n")).strip("\n")


def _with(text: str, separator: str) -> str:
    if separator == " " and text[-1:].isspace():
        return text
    return text.rstrip("\n") + separator if separator == "\n" else text + separator


def _separator(before: Block, block: Block) -> str:
    if before.paragraph == block.paragraph:
        return ""
    if not _on_one_line(before.rect, block.rect):
        return "\n"
    return "\t" if before.cell and block.cell else " "


def _on_one_line(left: Rect | None, right: Rect | None) -> bool:
    if left is None or right is None or right.left < left.left:
        return False
    common = min(left.bottom, right.bottom) - max(left.top, right.top)
    alike = max(left.height, right.height) < 3 * min(left.height, right.height)
    return alike and common >= _SAME_LINE * min(left.height, right.height)


def _said_twice(before: Block, block: Block) -> bool:
    if before.text.strip() != block.text.strip() or before.role == block.role:
        return False
    if before.cell or before.editable or block.cell or block.editable:
        return False
    return _on_one_line(before.rect, block.rect) or _on_one_line(block.rect, before.rect)
