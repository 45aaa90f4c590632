"""What made-up secrets are drawn from: alphabets, shapes and the check digits of standards."""

from __future__ import annotations

import hashlib
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALNUM = LOWER + UPPER + DIGITS
HEX = "0123456789abcdef"
URL64 = ALNUM + "-_"
BASE64 = ALNUM + "+/"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def chars(rng: random.Random, alphabet: str, count: int) -> str:
    return "".join(rng.choices(alphabet, k=count))


def uuid(rng: random.Random) -> str:
    return "-".join(chars(rng, HEX, count) for count in (8, 4, 4, 4, 12))


def ends(rng: random.Random, prefix: str, alphabet: str, count: int) -> str:
    """Return a token that ends with a letter or digit, so that a full stop after it is no part of it."""
    return prefix + chars(rng, alphabet, count - 1) + rng.choice([one for one in alphabet if one.isalnum()])


def shape(prefix: str, alphabet: str, *counts: int, suffix: str = "") -> Callable[[random.Random], str]:
    return lambda rng: ends(rng, prefix, alphabet, rng.choice(counts)) + suffix


def with_luhn(body: str) -> str:
    """Append the digit that makes the weighted sum a multiple of ten."""
    for digit in DIGITS:
        total = 0
        for place, one in enumerate(reversed(body + digit)):
            value = int(one) * (1 + place % 2)
            total += value // 10 + value % 10
        if total % 10 == 0:
            return body + digit
    raise AssertionError(body)


def with_mod_11_2(body: str) -> str:
    total = sum(int(one) * 2 ** (17 - place) for place, one in enumerate(body))
    return body + "10X98765432"[total % 11]


_D = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
_P = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
]


def with_verhoeff(body: str) -> str:
    for digit in DIGITS:
        total = 0
        for place, one in enumerate(reversed(body + digit)):
            total = _D[total][_P[place % 8][int(one)]]
        if total == 0:
            return body + digit
    raise AssertionError(body)


def base58check(payload: bytes) -> str:
    raw = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = BASE58[rest] + text
    return text


@dataclass(frozen=True)
class Kind:
    """How one kind of secret is made and what people and programs call it.

    Attributes
    ----------
    variable, label, spoken
        Its name in settings and JSON, on a form, and in a sentence; drawn from.
    bare
        Whether it is also shown without any name.
    block
        Whether it is of several lines, and shown as such.
    form, below
        Whether it is shown on a form alone, behind its label or below it; or below it alone.
    core
        The part that is the secret, its first group; the rest may be seen.

    """

    name: str
    make: Callable[[random.Random], str]
    variable: tuple[str, ...]
    label: tuple[str, ...]
    spoken: tuple[str, ...]
    bare: bool = True
    block: bool = False
    form: bool = False
    below: bool = False
    core: str = r"(.+)"
