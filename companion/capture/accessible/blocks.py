"""From what was looked at to blocks of text in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from companion.capture.accessible.node import Node
from companion.capture.accessible.order import reading_order
from companion.capture.accessible.reading import Block
from companion.capture.accessible.roles import CELLS, INLINE, STACKED, TITLED, Role

#: Stands in an object's own text where one of its children is (U+FFFC, object replacement character).
EMBEDDED = "\ufffc"


def blocks_of(root: Node, strays: Sequence[Node] = ()) -> tuple[Block, ...]:
    """Return the text of a tree as blocks in reading order, then that of ``strays``, which are not in it."""
    numbers = count()
    return tuple(block for node in (root, *strays) for block in _blocks(node, numbers, _Around(next(numbers))))


@dataclass(frozen=True, slots=True)
class _Around:
    """What a piece of text lies in."""

    paragraph: int
    cell: bool = False


def _blocks(node: Node, numbers: Iterator[int], around: _Around) -> Iterator[Block]:
    if not node.shown:
        return
    if node.role not in INLINE:
        around = _Around(next(numbers), around.cell or node.role in CELLS)
    found = list(_inside(node, numbers, around))
    if node.role in TITLED | {Role.PAGE_TAB} and not node.document:
        yield from _titled(node, found, next(numbers))
    elif not found:
        text = node.own if node.own and _says_something(node.own) else node.name
        found = [_block(node, text, around)] if _says_something(text) else []
    yield from found


def _titled(node: Node, found: Sequence[Block], paragraph: int) -> Iterator[Block]:
    """Yield a name that is drawn beside what is inside, unless that says it. Where a panel draws it is not known."""
    if _says_something(node.name) and not any(node.name.strip() == block.text.strip() for block in found):
        yield Block(node.role, node.name, node.lies if node.role == Role.PAGE_TAB else None, paragraph)


def _inside(node: Node, numbers: Iterator[int], around: _Around) -> Iterator[Block]:
    own = node.own or ""
    if node.editor and _says_something(own.replace(EMBEDDED, "")):
        yield _block(node, own.replace(EMBEDDED, ""), around)
        return
    if node.document and not node.partial and own.count(EMBEDDED) == len(node.children):
        yield from _interleaved(node, own, numbers, around)
        return
    for child in _in_order(node):
        yield from _blocks(child, numbers, around)


def _interleaved(node: Node, own: str, numbers: Iterator[int], around: _Around) -> Iterator[Block]:
    """Return own text with each child where its mark stands: the way Firefox tells a paragraph."""
    pieces = own.split(EMBEDDED)
    for place, piece in enumerate(pieces):
        if piece:
            yield _block(node, piece, around)
        if place < len(node.children):
            yield from _blocks(node.children[place], numbers, around)


def _in_order(node: Node) -> list[Node]:
    """Return the children that show, as a person reads them; pages, lists and tables are told in that order."""
    shown = [child for child in node.children if child.shown]
    if node.document or node.role in STACKED | CELLS:
        return shown
    rects = [child.rect for child in shown if child.rect is not None]
    return [shown[place] for place in reading_order(rects)] if len(rects) == len(shown) else shown


def _block(node: Node, text: str, around: _Around) -> Block:
    name = node.ref.name if node.editor else ""
    return Block(node.role, text, node.lies, around.paragraph, node.document, node.editor, around.cell, name)


def _says_something(text: str) -> bool:
    return bool(text.replace(EMBEDDED, "").strip())
