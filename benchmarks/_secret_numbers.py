# ruff: noqa: PLR2004 shares, lengths and first digits are what this file is about
"""Made-up numbers of cards, accounts and persons, with check digits as the standards compute them."""

from __future__ import annotations

import random

from _secret_parts import (
    DIGITS,
    UPPER,
    chars,
    with_luhn,
    with_mod_11_2,
    with_verhoeff,
)


def card(rng: random.Random) -> str:
    network = rng.choice(["visa", "mastercard", "mastercard2", "amex", "discover", "jcb", "unionpay", "diners"])
    first, length = {
        "visa": ("4", 16),
        "mastercard": (f"5{rng.randint(1, 5)}", 16),
        "mastercard2": (str(rng.randint(2221, 2720)), 16),
        "amex": (rng.choice(["34", "37"]), 15),
        "discover": (rng.choice(["6011", "65"]), 16),
        "diners": ("36", 14),
        "jcb": (str(rng.randint(3528, 3589)), 16),
        "unionpay": ("62", 16),
    }[network]
    number = with_luhn(first + chars(rng, DIGITS, length - 1 - len(first)))
    sizes = {15: (4, 6, 5), 14: (4, 6, 4)}.get(length, (4, 4, 4, 4))
    gap = rng.choice(["", " ", " ", "-", "  ", "\u00a0"])
    places = [sum(sizes[:one]) for one in range(len(sizes))]
    return gap.join(number[place : place + size] for place, size in zip(places, sizes, strict=True))


_BBAN = {
    "DE": "d18",
    "FR": "d20d3",
    "GB": "a4d14",
    "ES": "d20",
    "IT": "a1d22",
    "NL": "a4d10",
    "CH": "d17",
    "AT": "d16",
    "PL": "d24",
    "BE": "d12",
    "SE": "d20",
    "NO": "d11",
    "PT": "d21",
    "IE": "a4d14",
    "FI": "d14",
}


def account(rng: random.Random) -> str:
    country, shape = rng.choice(sorted(_BBAN.items()))
    body, place = "", 0
    while place < len(shape):
        kind, end = shape[place], place + 1
        while end < len(shape) and shape[end].isdigit():
            end += 1
        body += chars(rng, DIGITS if kind == "d" else UPPER, int(shape[place + 1 : end]))
        place = end
    as_number = int("".join(str(int(one, 36)) for one in body + country + "00"))
    plain = f"{country}{98 - as_number % 97:02d}{body}"
    return plain if rng.random() < 0.4 else " ".join(plain[one : one + 4] for one in range(0, len(plain), 4))


def nino(rng: random.Random) -> str:
    first = rng.choice(["AB", "CE", "JX", "PR", "SW", "WM", "YZ", "HL"])
    parts = [first, *(chars(rng, DIGITS, 2) for _ in range(3)), rng.choice("ABCD")]
    return rng.choice(["", " "]).join(parts)


def german_tax(rng: random.Random) -> str:
    while True:
        digits = rng.sample(DIGITS, 9)  # one digit twice, one not at all
        digits.insert(rng.randint(0, 9), rng.choice(digits))
        if digits[0] != "0":
            break
    product = 10
    for one in digits:
        total = (int(one) + product) % 10
        product = (total or 10) * 2 % 11
    number = "".join(digits) + str((11 - product) % 10)
    return number if rng.random() < 0.5 else f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"


def french(rng: random.Random) -> str:
    parts = [rng.choice("12"), f"{rng.randint(0, 99):02d}", f"{rng.randint(1, 12):02d}", f"{rng.randint(1, 95):02d}"]
    parts += [f"{rng.randint(1, 989):03d}", f"{rng.randint(1, 999):03d}"]
    key = f"{97 - int(''.join(parts)) % 97:02d}"
    return rng.choice(["", " "]).join([*parts, key])


def italian(rng: random.Random) -> str:
    body = chars(rng, "BCDFGLMNPRSTVZ", 6) + f"{rng.randint(0, 99):02d}" + rng.choice("ABCDEHLMPRST")
    body += f"{rng.randint(1, 28) + rng.choice([0, 40]):02d}" + rng.choice("ABCDEFGHIL") + chars(rng, DIGITS, 3)
    odd = {
        **dict(zip(DIGITS, "BAFHJNPRTV", strict=True)),
        **dict(zip(UPPER, "BAFHJNPRTVCESULDGIMOQKWZYX", strict=True)),
    }
    total = sum(ord(odd[one]) - 65 for one in body[::2])
    total += sum(int(one) if one.isdigit() else ord(one) - 65 for one in body[1::2])
    return body + UPPER[total % 26]


def spanish(rng: random.Random) -> str:
    letters = "TRWAGMYFPDXBNJZSQVHLCKE"
    if rng.random() < 0.3:
        place, body = rng.randint(0, 2), chars(rng, DIGITS, 7)
        return (
            f"{'XYZ'[place]}{rng.choice(['', '-'])}{body}{rng.choice(['', '-'])}{letters[int(f'{place}{body}') % 23]}"
        )
    number = rng.randint(10_000_000, 99_999_999)
    return f"{number}{rng.choice(['', '-', ' '])}{letters[number % 23]}"


def polish(rng: random.Random) -> str:
    month = rng.choice([0, 20]) + rng.randint(1, 12)
    body = f"{rng.randint(0, 99):02d}{month:02d}{rng.randint(1, 28):02d}{chars(rng, DIGITS, 4)}"
    total = sum(int(one) * weight for one, weight in zip(body, (1, 3, 7, 9) * 3, strict=False))
    return f"{body}{-total % 10}"


def dutch(rng: random.Random) -> str:
    while True:
        body = f"{rng.randint(1, 9)}{chars(rng, DIGITS, 7)}"
        rest = sum(int(one) * (9 - place) for place, one in enumerate(body)) % 11
        if rest < 10:
            return f"{body}{rest}"


def swedish(rng: random.Random) -> str:
    body = f"{rng.randint(0, 99):02d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(1, 999):03d}"
    number = with_luhn(body)
    century = rng.choice(["", "19", "20"])
    return f"{century}{number[:6]}{rng.choice(['-', '-', ''])}{number[6:]}"


def brazilian(rng: random.Random) -> str:
    digits = [rng.randint(0, 9) for _ in range(9)]
    for _ in range(2):
        total = sum(one * weight for one, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
        digits.append(total * 10 % 11 % 10)
    plain = "".join(map(str, digits))
    return plain if rng.random() < 0.4 else f"{plain[:3]}.{plain[3:6]}.{plain[6:9]}-{plain[9:]}"


def aadhaar(rng: random.Random) -> str:
    number = with_verhoeff(rng.choice("23456789") + chars(rng, DIGITS, 10))
    return number if rng.random() < 0.3 else f"{number[:4]} {number[4:8]} {number[8:]}"


def chinese(rng: random.Random) -> str:
    place = rng.choice(["110101", "310115", "440305", "510104", "330106"])
    return with_mod_11_2(
        f"{place}{rng.randint(1940, 2015)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{chars(rng, DIGITS, 3)}"
    )


def social_security(rng: random.Random) -> str:
    area = rng.choice([one for one in range(1, 900) if one != 666])
    return rng.choice(["-", "-", " ", ""]).join(
        [f"{area:03d}", f"{rng.randint(1, 99):02d}", f"{rng.randint(1, 9999):04d}"]
    )


def swiss(rng: random.Random) -> str:
    body = "756" + chars(rng, DIGITS, 9)
    total = sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(body))
    number = f"{body}{-total % 10}"
    return f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"
