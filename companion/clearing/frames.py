"""Reads what a frame shows, and takes secrets out of it: what comes out may be stored."""

from __future__ import annotations

import traceback
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import Protocol

from companion.capture.accessible.reading import Reading
from companion.capture.accessible.text import joined
from companion.capture.reuse import Read, done, plan
from companion.capture.types import Frame, Hands, Image, Rect
from companion.clearing import drawn_secrets
from companion.clearing.hidden_addresses import hidden
from companion.clearing.known_secrets import KnownSecrets, Program
from companion.clearing.shown_secrets import shown
from companion.clearing.told_secrets import Held, held
from companion.jobs.worker import TaskFailed, WorkerCrashed
from companion.masking import pixels, spans
from companion.masking.pixels import Box
from embeddings.reading.boxes import overlapping, without
from embeddings.reading.order import as_text
from embeddings.types import EmbeddingsError, TextLine

#: Windows whose last picture and lines are kept, to read only what changed in them.
REMEMBERED = 4

#: Share of a line's height from which on it counts as black.
MOST_HIGH = 0.75

#: Pixels from which on a block of text that holds a secret is read to tell where in it the secret stands; of a lower
#: one nothing is left.
TALL = 40

#: Pixels of a picture from which on it can hold a secret in words.
LEAST_WIDE, LEAST_HIGH = 40, 10

UNREAD = "Pictures are not recorded, as secrets in them cannot be found: {}"


class Reader(Protocol):
    """Reads the text of parts of a picture, in another process."""

    def __call__(self, image: Image, regions: Sequence[Box]) -> list[TextLine]:
        """Return the lines in some boxes of ``uint8[height, width, 3]``; raises `EmbeddingsError`."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a moment is kept; the rest is read to find secrets, and dropped."""

    text: bool = True
    addresses: bool = True
    hands: bool = True
    typed: bool = False


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture that was read.

    Attributes
    ----------
    image
        ``uint8[height, width, 3]``, without secrets.
    text
        What only it shows, without secrets.
    beside
        Blocks that hold a secret beside that, told by their number, with the secret taken out.
    secrets
        What of the blocks is secret, word for word, with its kind.

    """

    image: Image
    text: str
    beside: Mapping[int, str]
    secrets: tuple[tuple[str, str], ...]


class Clearing:
    """Clears frames, one at a time and in order.

    Parameters
    ----------
    read
        OCR.
    wanted
        What the person consented to.
    on_problem
        Told why pictures cannot be read, empty once they can again.

    """

    def __init__(self, read: Reader, *, wanted: Wanted, on_problem: Callable[[str], None]) -> None:
        self._read, self._wanted, self._on_problem = read, wanted, on_problem
        self._known: OrderedDict[tuple[str, int, int], Read] = OrderedDict()
        self._remembered = KnownSecrets()
        self._problem = ""

    def __call__(self, frame: Frame) -> Frame:
        """Return the frame without secrets, and with the text of what it shows."""
        frame = frame if self._wanted.addresses else hidden(frame)
        blocks = dict(_placed(frame))
        told = spans.masked(frame.reading.text) if frame.reading is not None else ""
        secret = held(frame.reading) if frame.reading is not None and told != frame.reading.text else {}
        picture = self._picture(frame, blocks, secret)
        told = self._told(frame, told, picture)
        text = "\n".join(filter(None, (told, picture.text if picture is not None else "")))
        return replace(
            frame,
            image=picture.image if picture is not None else None,
            text=text if self._wanted.text else "",
            hands=frame.hands if self._wanted.hands else Hands(),
            typed=frame.typed if self._wanted.typed else "",
            secrets=self._shown(frame, blocks) if self._wanted.typed else (),
            reading=None,
        )

    def _told(self, frame: Frame, told: str, picture: _Picture | None) -> str:
        """Return what a program tells without what is secret by what is drawn beside it, now or before.

        ``told`` is without what is secret by itself.
        """
        if frame.reading is None:
            return ""
        if picture is None:
            return spans.masked(frame.reading.text, self._remembered.spans(_program(frame), frame.reading.text))
        self._remembered.keep(_program(frame), ((word, kind) for word, kind in picture.secrets if word.strip() in told))
        return _told(frame.reading, picture.beside) if picture.beside else told

    def _shown(self, frame: Frame, blocks: Mapping[int, TextLine]) -> tuple[tuple[str, str], ...]:
        """Return what a frame shows that must not be in what was typed either."""
        read = self._known.get(_key(frame)) if frame.image is not None else None
        seen = shown(frame.reading, [*blocks.values(), *(read.lines if read is not None else ())])
        return tuple(dict.fromkeys((*seen, *self._remembered.of(_program(frame)))))

    def _picture(self, frame: Frame, blocks: Mapping[int, TextLine], secret: Mapping[int, Held]) -> _Picture | None:
        """Return what is kept of the picture; None where there is none, or it cannot be read."""
        if frame.image is None or _anywhere(frame.reading, secret):
            return None
        private = _boxes(frame.window.rect, (*_blackened(frame.reading), *frame.above))
        covered = _covered([block.box for block in blocks.values()], _boxes(frame.window.rect, _untold(frame)))
        try:
            lines = self._lines(frame, frame.image, [*covered, *private])
            boxes = list(self._secret(frame.image, blocks, lines, secret))
        except (EmbeddingsError, WorkerCrashed, TaskFailed, CancelledError) as error:
            self._say(UNREAD.format((str(error).strip() or "reading was ended").splitlines()[-1]))
            return None
        except Exception as error:  # noqa: BLE001 a bug that one picture meets: that is set aside, the next are read
            traceback.print_exception(error)
            self._known.clear()  # whatever of it was to be compared with
            self._say(UNREAD.format(f"an error in the program ({type(error).__name__}: {error})."))
            return None
        self._say("")
        return _cleared(frame, frame.image, blocks, lines, (boxes, private))

    def _lines(self, frame: Frame, image: Image, covered: Sequence[Box]) -> tuple[TextLine, ...]:
        """Return the lines that only the picture shows, read anew where it changed."""
        key = _key(frame)
        planned = plan(self._known.get(key), image, covered)
        read = self._read(image, planned.regions) if planned.regions else []
        self._known[key] = done(planned, image, read, covered)
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return self._known[key].lines

    def _secret(
        self, image: Image, blocks: Mapping[int, TextLine], lines: Sequence[TextLine], secret: Mapping[int, Held]
    ) -> Iterator[Box]:
        """Yield the boxes of pixels that show a secret."""
        everything = [*blocks.values(), *lines]
        for box in drawn_secrets.touched(everything, told=len(blocks), width=image.shape[1]):
            drawn = any(_centred(box, line.box) for line in lines)
            if drawn or not any(_centred(box, block.box) for block in blocks.values()):  # those are looked at below
                yield box
        touched = drawn_secrets.touched_lines(everything, told=len(blocks))
        boxes = [block.box for block in blocks.values()]
        for place, (number, block) in enumerate(blocks.items()):
            if number in secret or place in touched:
                for box in self._inside(image, block, secret.get(number)):
                    whole = box[0] <= block.box[0] or block.box[2] <= box[2]
                    yield drawn_secrets.running_on(image, box, boxes) if whole else box

    def _inside(self, image: Image, block: TextLine, holds: Held | None) -> Iterator[Box]:
        """Yield the boxes of a block that show its secrets: all of it where it is not known where they stand.

        A field can be wider than its text, and of several lines, so that the place in the text says nothing of it.
        """
        if holds is None or holds.parted or block.box[3] - block.box[1] <= TALL:
            yield drawn_secrets.around(block.box)
            return
        inside = self._read(image, [block.box])
        seen = Counter(span.kind for span in spans.found("\n".join(line.text for line in inside)))
        yield from pixels.touched(inside) if Counter(holds.kinds) <= seen else [drawn_secrets.around(block.box)]

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self._on_problem(problem)


def _key(frame: Frame) -> tuple[str, int, int]:
    return frame.window.app, frame.window.pid, frame.window.monitor


def _program(frame: Frame) -> Program:
    return frame.window.app, frame.window.pid


def _cleared(
    frame: Frame,
    image: Image,
    blocks: Mapping[int, TextLine],
    lines: Sequence[TextLine],
    black: tuple[Sequence[Box], Sequence[Box]],
) -> _Picture:
    """Return a picture that was read, without what is ``black``: the boxes of secrets, and of what is private."""
    # In the order given the blocks come first, so that a label told by a program and a value it draws meet.
    everything, told, width = [*blocks.values(), *lines], len(blocks), image.shape[1]
    masked = drawn_secrets.masked_lines(everything, told=told, width=width)
    said = _unplaced(frame.reading)
    read = zip(lines, masked[told:], strict=True)
    left = [line for before, line in read if line.text and not _gone(before, line, black[0])]
    beside = {
        number: line.text
        for (number, block), line in zip(blocks.items(), masked, strict=False)
        if line.text != block.text
    }
    return _Picture(
        pixels.blackened(image, [*black[0], *black[1]]),
        as_text([line for line in left if line.text.strip() not in said]),
        beside,
        tuple(drawn_secrets.of_told(everything, told=told, width=width)) if beside else (),
    )


def _placed(frame: Frame) -> Iterator[tuple[int, TextLine]]:
    """Yield what a program tells as lines with boxes in the picture, and their numbers among its blocks."""
    rect = frame.window.rect
    for number, block in enumerate(frame.reading.blocks if frame.reading is not None else ()):
        if rect is not None and block.rect is not None and block.rect.overlaps(rect):
            yield number, TextLine(block.text, 1.0, _box(rect, block.rect))


def _told(reading: Reading, masked: Mapping[int, str]) -> str:
    """Return what a program tells, where some of its blocks hold a secret by what is drawn beside them."""
    blocks = [replace(one, text=masked.get(place, one.text)) for place, one in enumerate(reading.blocks)]
    return spans.masked(joined(blocks))


def _gone(before: TextLine, masked: TextLine, black: Sequence[Box]) -> bool:
    """Whether a line is black in the picture though no secret was found in it: one beside it runs on into it."""
    return before.text == masked.text and any(_in_row(before.box, box) for box in black)


def _unplaced(reading: Reading | None) -> set[str]:
    """Return the lines a program tells without a place, which are read off the picture again."""
    blocks = reading.blocks if reading is not None else ()
    return {line.strip() for block in blocks if block.rect is None for line in block.text.split("\n")}


def _blackened(reading: Reading | None) -> tuple[Rect, ...]:
    return (*reading.private, *reading.hidden) if reading is not None else ()


def _untold(frame: Frame) -> tuple[Rect, ...]:
    """Return where something is drawn over what a program tells that it does not tell of."""
    drawn = frame.reading.drawn if frame.reading is not None else ()
    legible = [one for one in drawn if one.width >= LEAST_WIDE and one.height >= LEAST_HIGH]
    return (*legible, *frame.popups)


def _covered(blocks: Sequence[Box], holes: Sequence[Box]) -> list[Box]:
    """Return the pixels that show nothing but what a program tells."""
    return [part for block in blocks for part in without(block, (one for one in holes if overlapping(one, block)))]


def _anywhere(reading: Reading | None, secret: Mapping[int, Held]) -> bool:
    """Whether a program tells a secret without telling where it stands."""
    return reading is not None and any(reading.blocks[number].rect is None for number in secret)


def _boxes(rect: Rect | None, rects: Sequence[Rect]) -> list[Box]:
    return [_box(rect, one) for one in rects] if rect is not None else []


def _box(rect: Rect, inside: Rect) -> Box:
    left, top = inside.left - rect.left, inside.top - rect.top
    return left, top, left + inside.width, top + inside.height


def _in_row(box: Box, black: Box) -> bool:
    """Whether the middle of a line is black, and most of its height: what is black above it may reach into it."""
    across, shared = (box[0] + box[2]) / 2, min(box[3], black[3]) - max(box[1], black[1])
    return black[0] <= across < black[2] and shared >= MOST_HIGH * (box[3] - box[1])


def _centred(box: Box, within: Box) -> bool:
    """Whether the middle of a box lies in another."""
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return within[0] <= across < within[2] and within[1] <= down < within[3]
