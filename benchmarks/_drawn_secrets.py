"""Made-up secrets drawn as text, cleared as a screen is before it is stored, and read once more off what is left."""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from _made_secrets import KINDS, Made, made
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from companion.capture.types import Frame, Window
from companion.clearing.frames import Clearing, Wanted
from embeddings.reading.ocr import TextReader

SIZES = (14, 17, 20)  # points
MARGIN, LEADING = 24, 1.7
WIDEST = 2_400  # pixels; no screen shows longer lines
_MARK = re.compile(r"\[[A-Za-z][A-Za-z0-9 .'-]{1,40}\]")  # what stands in place of one
LEAST = 4  # letters and digits in a row from which on a part of a secret counts as read; of a shorter one all of it


@dataclass
class Drawn:
    """What came of secrets that were drawn: how many, and which could be read again; in the picture, or as text."""

    pictures: int = 0
    unread: int = 0
    in_pictures: list[str] = field(default_factory=list)
    in_texts: list[str] = field(default_factory=list)


def drawn(seed: int, each: int) -> Drawn:
    """Draw so many secrets of each kind."""
    count, reader = Drawn(), TextReader()
    again = TextReader()  # that has not seen any of it
    clear = Clearing(reader.read, wanted=Wanted(), on_problem=_refuse)
    for number, one in enumerate(_latin(seed, each)):
        image = _image(one.text, SIZES[number % len(SIZES)])
        frame = clear(Frame(image, 0.0, Window(f"app {number}", "made up", pid=1, rect=None)))
        if frame.image is None:
            raise AssertionError("no picture is left")
        count.pictures += 1
        count.unread += not _shows([line.text for line in reader.read(image)], one)
        if _shows([line.text for line in again.read(frame.image)], one):
            count.in_pictures.append(f"{one.kind} in a {one.surroundings}")
        if _shows([frame.text or ""], one):
            count.in_texts.append(f"{one.kind} in a {one.surroundings}")
    return count


def _latin(seed: int, each: int) -> Iterator[Made]:
    """Yield secrets whose letters the font has, and whose lines a screen shows whole."""
    wanted = dict.fromkeys((kind.name for kind in KINDS), each)
    for one in made(random.Random(seed), 12 * each * len(KINDS)):  # noqa: S311 made-up secrets are repeated by their seed
        if wanted[one.kind] and one.text.isascii() and max(map(len, one.text.split("\n"))) * SIZES[-1] * 0.6 < WIDEST:
            wanted[one.kind] -= 1
            yield one


def _image(text: str, points: int) -> NDArray[np.uint8]:
    lines, font = text.expandtabs(8).split("\n"), ImageFont.load_default(size=points)
    wide = max(font.getlength(line) for line in lines)
    picture = Image.new(
        "RGB", (int(wide) + 2 * MARGIN, int(len(lines) * points * LEADING) + 2 * MARGIN), (250, 250, 248)
    )
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        draw.text((MARGIN, MARGIN + row * points * LEADING), line, fill=(20, 20, 30), font=font)
    return np.asarray(picture)


def _shows(lines: Sequence[str], one: Made) -> bool:
    """Whether a part of a secret that its surroundings do not hold as well stands in what was read."""
    secret, read = _plain(one.text[one.start : one.end]), _plain(_MARK.sub(" ", " ".join(lines)))
    around = _plain(one.text[: one.start] + " " + one.text[one.end :])
    match = difflib.SequenceMatcher(None, secret, read, autojunk=False).find_longest_match()
    part = secret[match.a : match.a + match.size]
    return len(part) >= min(LEAST, len(secret)) and part not in around


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _refuse(problem: str) -> None:
    if problem:
        raise AssertionError(problem)
