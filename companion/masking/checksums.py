"""Check digits: what tells a card, an account or a person's number from any other digits."""

from __future__ import annotations

import hashlib

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

# The multiplication of the dihedral group D5 and the permutation of Verhoeff's code (J. Verhoeff, Error detecting
# decimal codes, 1969), made from their definition: rotations 0 to 4, reflections 5 to 9.
_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def luhn(digits: str) -> bool:
    """Whether the digits hold by ISO/IEC 7812-1, annex B."""
    doubled = (int(one) * (2 if place % 2 else 1) for place, one in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0  # noqa: PLR2004 the digits of the double


def mod_97(text: str) -> int:
    """Return the remainder by 97 of letters and digits, A being 10 (ISO/IEC 7064)."""
    return int("".join(str(int(one, 36)) for one in text)) % 97


def mod_11_10(digits: str) -> bool:
    """Whether the digits hold by ISO/IEC 7064, MOD 11,10."""
    product = 10
    for one in digits[:-1]:
        total = (int(one) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def mod_11_2(text: str) -> bool:
    """Whether digits with a check character (X is ten) hold by ISO/IEC 7064, MOD 11-2."""
    total = 0
    for one in text[:-1]:
        total = (total + int(one)) * 2 % 11
    return (12 - total) % 11 == (10 if text[-1] in "xX" else int(text[-1]))


def weighted(digits: str, weights: tuple[int, ...], modulus: int) -> int:
    """Return the weighted sum of as many digits as there are weights, by ``modulus``."""
    return sum(int(one) * weight for one, weight in zip(digits, weights, strict=False)) % modulus


def _product(one: int, other: int) -> int:
    """Return the product in D5."""
    if one < 5:  # noqa: PLR2004 a rotation
        return (one + other) % 5 if other < 5 else 5 + (one + other) % 5  # noqa: PLR2004
    return 5 + (one - other) % 5 if other < 5 else (one - other) % 5  # noqa: PLR2004


def verhoeff(digits: str) -> bool:
    """Whether the digits hold by Verhoeff's code."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        for _ in range(place % 8):
            value = _PERMUTATION[value]
        total = _product(total, value)
    return total == 0


def base58check(text: str) -> bool:
    """Whether a text in base 58 ends with the first four bytes of the double SHA-256 of what is before them."""
    number = 0
    for one in text:
        number = number * 58 + _BASE58.index(one)
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    body, check = raw[:-4], raw[-4:]
    return hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == check
