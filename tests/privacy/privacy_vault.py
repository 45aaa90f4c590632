"""Canaries, and where in a vault they are."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from privacy_alike import holds

from index.pictures import frames
from index.store import Store
from index.vault import Vault

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

#: Colours that nothing else on the desktop comes near to: their hue stays what it is in thin strokes of a picture
#: that was compressed.
MAGENTA, GREEN = (255, 0, 255), (0, 255, 0)
_STRONG = 70  # how far the channels of a canary's colour stand out, of 255
_FEWEST = 4  # pixels
_FIRST = (
    "pelican",
    "lantern",
    "saffron",
    "harvest",
    "copper",
    "meadow",
    "velvet",
    "granite",
    "walnut",
    "thunder",
    "pepper",
    "garden",
    "silver",
    "winter",
    "bamboo",
    "timber",
    "cotton",
    "hazel",
    "juniper",
    "basalt",
    "forest",
    "canyon",
    "desert",
)
_SECOND = (
    "quartz",
    "ribbon",
    "cactus",
    "falcon",
    "marble",
    "summit",
    "orchid",
    "puffin",
    "anchor",
    "tulip",
    "dragon",
    "badger",
    "kettle",
    "magnet",
    "pebble",
    "rocket",
    "spider",
    "violin",
    "walrus",
    "yogurt",
    "donkey",
    "parrot",
    "turtle",
)
_SYLLABLES = [consonant + vowel for consonant in "bfhkpstxz" for vowel in "aeu"]  # OCR takes none for another
_drawn = random.Random(8)  # noqa: S311 an order, no secret

#: No two are alike, and none is a word of any language.
WORDS = tuple("".join(_drawn.choices(_SYLLABLES, k=6)) for _ in range(1_000))
_NO_LETTER = re.compile(r"[\W_]+")
_LETTERS = string.ascii_letters.translate(str.maketrans("", "", "IlOo"))  # those that OCR takes for others


@dataclass
class Found:
    """Where canaries were found."""

    text: list[str] = field(default_factory=list)
    pixels: list[str] = field(default_factory=list)


def made_secrets(number: int) -> tuple[str, str, str]:
    """Return a key, a password and the number of a card, of the shape of real ones."""
    drawn = random.Random(number)  # noqa: S311 they open nothing
    key = "ghp_" + "".join(drawn.choice(_LETTERS + "23456789") for _ in range(35)) + "f"
    password = f"{drawn.choice(_FIRST).title()}{drawn.randint(10, 99)}&{drawn.choice(_SECOND).title()}{number % 10}"
    digits = [4, *(drawn.randint(0, 9) for _ in range(14))]
    doubled = sum(sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits))
    card = "".join(map(str, [*digits, -doubled % 10]))  # the last digit checks the others (Luhn)
    return key, password, " ".join(card[start : start + 4] for start in range(0, 16, 4))


def pictures_in(vault: Vault) -> set[str]:
    """Return the names of all frames and thumbnails."""
    names = {str(path.relative_to(vault.root)) for path in vault.frames.rglob("*") if path.is_file()}
    assert all(name.endswith((".frame", ".small")) for name in names), names
    return names


def found_in(store: Store, words: list[str], colour: Colour, *, before: set[str]) -> Found:
    """Look for words in every table and the full text, and for a colour in every picture not among ``before``."""
    text = [where for word in words for where in _tables_with(store, word)]
    fresh = pictures_in(store.vault) - before
    return Found(text, [name for name in sorted(fresh) if shows(frames.decode(frames.read(store.vault, name)), colour)])


def shows(image: Image, colour: Colour) -> bool:
    """Whether a picture has pixels of a canary's hue."""
    bright = np.array(colour) > 0
    standing_out = image[..., bright].min(axis=2).astype(int) - image[..., ~bright].max(axis=2)
    return int((standing_out > _STRONG).sum()) >= _FEWEST


def _tables_with(store: Store, word: str) -> Iterator[str]:
    wanted = plain(word)
    for (table,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        rows = store.rows(f'SELECT * FROM "{table}"')  # noqa: S608 names of its own
        if any(holds(plain(cell), wanted) for row in rows for cell in row):
            yield table
    asked = f'"{word}"'
    if store.rows("SELECT rowid FROM moments_fts WHERE moments_fts MATCH ?", [asked]):
        yield "the full text"


def plain(cell: object) -> str:
    """Return a cell as letters and digits alone: what OCR reads can have a space more."""
    raw = cell.decode("latin-1") if isinstance(cell, bytes) else str(cell)
    return _NO_LETTER.sub("", raw).casefold()
