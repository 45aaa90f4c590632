"""Tokens of more services, keys without their beginning, hashes of passwords and numbers of more states."""

from __future__ import annotations

import base64
import random
import string

import pytest
from mnemonic import Mnemonic

from companion.masking.likely import mixed
from companion.masking.spans import found

_DRAWN = random.Random(5)  # noqa: S311 made-up tokens are repeated by their seed
_HEX, _SMALL = "0123456789abcdef", string.ascii_lowercase + string.digits
_ALL = string.ascii_letters + string.digits


def drawn(count: int, letters: str = _ALL) -> str:
    return "a1B" * (letters == _ALL) + "".join(_DRAWN.choice(letters) for _ in range(count - 3 * (letters == _ALL)))


def is_whole(text: str, secret: str) -> bool:
    place = text.index(secret)
    return any(span.start <= place and place + len(secret) <= span.end for span in found(text))


TOKENS = {
    "Vercel": "vcp_" + drawn(56),
    "Supabase": "sb_secret_" + drawn(22) + "_" + drawn(8),
    "Neon": "napi_" + drawn(64, _SMALL),
    "Tencent": "AKID" + drawn(32),
    "SonarQube": "sqp_" + drawn(40, _HEX),
    "Clojars": "CLOJARS_" + drawn(60, _SMALL),
    "1Password": "ops_eyJ" + drawn(300),
    "Honeycomb": "hcaik_" + drawn(58, _SMALL),
    "NVIDIA": "nvapi-" + drawn(64),
    "LangSmith": "lsv2_pt_" + drawn(32, _HEX) + "_" + drawn(10, _HEX),
    "Pinecone": "pcsk_" + drawn(6) + "_" + drawn(63),
    "Resend": "re_" + drawn(8) + "_" + drawn(24),
    "Brevo by mail": "xsmtpsib-" + drawn(64, _HEX) + "-" + drawn(16),
    "Shippo": "shippo_live_" + drawn(40, _HEX),
    "Twitter": "1234567890123456789-" + drawn(30),
    "Artifactory": "AKCp8" + drawn(68),
    "Okta": "00" + drawn(40),
    "New Relic licence": drawn(36, _HEX) + "NRAL",
    "AWS session": "IQoJb3JpZ2luX2Vj" + drawn(400) + "==",
    "Telegram in an address": "bot123456789:" + drawn(35),
    "purse without a right check": "K" + drawn(51, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
    "apr1": "$apr1$" + drawn(8) + "$" + drawn(22),
    "Django": "pbkdf2_sha256$600000$" + drawn(22) + "$" + drawn(43) + "=",
    "LDAP": "{SSHA}" + drawn(32),
    "MySQL": "*" + drawn(40, "0123456789ABCDEF"),
    "web token without a right header": f"eyJ{drawn(33)}.eyJ{drawn(60)}.{drawn(43)}",
    "password and name": base64.b64encode(b"bob:tiger5347!").decode(),
}


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("around", ["{}", '"auth": "{}",', "it is auth={} now", "| auth: {} |"])
def test_a_token_of_one_more_service(name: str, around: str) -> None:
    if name == "password and name" and around == "{}":
        around = "auth: {}"
    assert is_whole(around.format(TOKENS[name]), TOKENS[name])


def test_a_key_whose_beginning_is_above_the_edge_of_the_window() -> None:
    lines = "\n".join(drawn(64) for _ in range(3)) + "\n" + drawn(20) + "=="
    assert is_whole(f"{lines}\n-----END RSA PRIVATE KEY-----\n$ ", lines)
    assert found("said\n\nthe line -----END RSA PRIVATE KEY----- ends it") == ()


def test_a_key_that_is_put_in_base_64_once_more() -> None:
    body = base64.b64encode(b"-----BEGIN RSA PRIVATE KEY-----\n" + drawn(300).encode()).decode()
    assert is_whole(f"    client-key-data: {body}\n", body)
    certificate = base64.b64encode(b"-----BEGIN CERTIFICATE-----\n" + b"ab" * 150).decode()
    assert found(f"    client-certificate: {certificate}\n") == ()


def test_the_private_parts_of_a_web_key() -> None:
    private = drawn(86)
    text = f'{{"kty":"EC","crv":"P-256","x":"{drawn(43)}","d":"{private}"}}'
    assert is_whole(text, private)


def test_a_key_encrypted_at_its_beginning_that_has_no_end() -> None:
    lines = "\n".join(drawn(64) for _ in range(3))
    assert is_whole(
        f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n{lines}", lines
    )


@pytest.mark.parametrize(
    "number",
    ["10.746.488-3", "480301-2696005", "1-3066-23687-20-9", "T3541241C", "V531448(8)", "750-081-912 77", "929-81-5445"],
)
def test_a_number_that_its_shape_and_its_check_give_away(number: str) -> None:
    assert is_whole(f"und {number} steht da", number)


def test_a_card_is_as_long_as_it_can_be() -> None:
    number = "6212  3503  0980  9218  999"
    assert is_whole(f"card:{number};", number)


def test_twelve_signs_of_a_seed_phrase_on_lines_of_their_own() -> None:
    words = Mnemonic("chinese_simplified").to_mnemonic(bytes(range(16))).split()
    assert [span.kind for span in found("\n".join(words))] == ["seed phrase"]


def test_a_word_that_the_list_of_a_language_has_wrongly() -> None:
    words = Mnemonic("russian").to_mnemonic(bytes(range(16))).split()
    text = " ".join([*words[:6], "снова", *words[6:]])
    assert is_whole(text, text)


def test_a_phrase_that_repeats_words_is_asked_for_its_checksum() -> None:
    assert [span.kind for span in found("abandon " * 11 + "about")] == ["seed phrase"]
    assert found("border left " * 12) == ()


def test_a_name_of_many_words_is_not_drawn_by_a_machine() -> None:
    assert mixed(drawn(24))
    assert mixed("eBqVQfvoIzUwJvxl")
    for name in ("getHttp2ClientFactory", "XMLHttpRequest2Adapter", "-------------------"):
        assert not mixed(name)
