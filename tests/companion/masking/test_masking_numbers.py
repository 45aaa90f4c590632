"""Check digits, against examples that the issuers or the standards give."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from companion.masking.checksums import base58check, luhn, mod_11_2, mod_11_10, mod_97, verhoeff
from companion.masking.spans import found


@pytest.mark.parametrize(("check", "good"), [
    (luhn, "79927398713"), (mod_11_2, "11010519491231002X"), (mod_11_10, "86095742719"), (verhoeff, "2363"),
    (base58check, "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"),
])  # fmt: skip
def test_an_example_holds_and_the_same_with_one_character_changed_does_not(
    check: Callable[[str], bool], good: str
) -> None:
    assert check(good)
    place = len(good) // 2
    assert not check(good[:place] + ("3" if good[place] != "3" else "4") + good[place + 1 :])


def test_the_remainder_by_97_of_an_account_is_one() -> None:
    assert mod_97("3704004405320130001314" + "89") == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SSN 078-05-1120", "US social security number"),
        ("NINO QQ 12 34 56 C", None),
        ("AB 12 34 56 C", "UK insurance number"),
        ("Steuer-ID 86 095 742 719", "German tax number"),
        ("NIR 2 55 08 14 168 025 38", "French insurance number"),
        ("RSSMRA85T10A562S", "Italian tax code"),
        ("DNI 12345678Z", "Spanish identity number"),
        ("DNI 12345678A", None),
        ("c-lang.o:00000000 T print_lang", None),
        ("NIE X0000001R", "Spanish identity number"),
        ("PESEL 44051401359", "Polish identity number"),
        ("BSN 111222333", "Dutch citizen number"),
        ("order 111222333", None),
        ("811218-9876", "Swedish identity number"),
        ("CPF 529.982.247-25", "Brazilian tax number"),
        ("11010519491231002X", "Chinese identity number"),
        ("756.9217.0769.85", "Swiss insurance number"),
        ("131052-308T", "Finnish identity number"),
    ],
)
def test_numbers_of_persons_by_their_states_examples(text: str, kind: str | None) -> None:
    assert [span.kind for span in found(text)] == ([] if kind is None else [kind])
