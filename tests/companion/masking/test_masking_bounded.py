"""Lines made to be slow, and the second opinion."""

from __future__ import annotations

import re

import pytest

from companion.masking import (
    calls,
    codes,
    commands,
    entry_codes,
    issuers,
    links,
    pairs,
    private_keys,
    second_opinion,
    services,
    tools,
)
from companion.masking import spans as masking
from companion.masking.spans import found
from companion.masking.types import BELOW, Rule, Seen


@pytest.mark.timeout(60)  # a pattern that goes back and forth takes hours; the time itself is a benchmark's
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "://",
        "password=",
        "4111 ",
        "-----BEGIN PRIVATE KEY-----\n",
        "otp 1234 ",
        "token=",
        "-----END PRIVATE KEY-----\n",
        "id 1",
    ],
)
def test_a_line_of_100000_characters_comes_to_an_end(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert all(0 <= span.start < span.end <= len(text) for span in found(text))
    assert found(f"{text}\nDB_PASSWORD=hunter2")[-1].kind == "password"


def test_no_rule_of_ours_repeats_without_end() -> None:
    shapes = (*issuers.ISSUERS, *services.SERVICES, *private_keys.PRIVATE_KEYS, *links.RULES, *commands.RULES)
    told = (*tools.RULES, *calls.RULES, *pairs.RULES, *entry_codes.RULES, *codes.RULES)
    rules = (*shapes, *told)
    assert len(rules) > 90
    for rule in rules:
        bare = re.sub(r"\\.", "", rule.pattern.pattern)
        assert not re.search(r"[*+](?![^\[]*\])|\{\d+,\}", re.sub(r"\[[^\]]*\]", "x", bare)), rule.kind


def test_the_second_opinion_knows_tokens_that_have_no_rule_of_ours() -> None:
    text = 'token: "AKCp5budTFpbypBqbQiuqpnGZ6rZKWqYqkQnxE"\n'
    assert [text[one.start : one.end].strip('" ') for one in second_opinion.opinion(Seen.of(text))] == [
        "AKCp5budTFpbypBqbQiuqpnGZ6rZKWqYqkQnxE"
    ]


def test_the_second_opinion_finds_what_lies_over_the_edge_of_a_piece() -> None:
    secret = "ghp_" + "a1B2" * 9
    for before in (second_opinion.PIECE - 20, second_opinion.PIECE - second_opinion.OVERLAP - 3):
        text = " " * before + secret
        assert {text[one.start : one.end] for one in second_opinion.opinion(Seen.of(text))} >= {secret}


def test_every_detector_of_the_second_opinion_has_patterns_and_none_goes_by_entropy() -> None:
    detectors = second_opinion._detectors()
    assert len(detectors) == len(second_opinion.DETECTORS)
    assert all(patterns for patterns, _, _ in detectors)
    assert not any("Entropy" in name for _, name, _, _ in second_opinion.DETECTORS)


def test_a_rule_that_is_tried_near_its_hints_has_some() -> None:
    near = [rule for rule in masking._RULES if rule.near]
    assert len(near) > 40
    assert all(rule.hints for rule in near)


@pytest.mark.parametrize("above", [0, 3])
def test_a_rule_is_tried_from_the_line_above_its_hint_to_those_below(above: int) -> None:
    rule = Rule("any", ("hint",), re.compile(r"secret\d"), near=True)
    lines = [f"secret{number}" for number in range(9)]
    lines[above] += " HINT"
    seen = Seen.of("\n".join(lines))
    expected = [f"secret{number}" for number in range(max(0, above - 1), above + BELOW + 1)]
    assert [seen.text[span.start : span.end] for span in rule.spans(seen)] == expected


def test_parts_around_hints_that_meet_are_looked_through_once() -> None:
    rule = Rule("any", ("hint",), re.compile(r"secret\d"), near=True)
    seen = Seen.of("\n".join([*(f"hint secret{number} hint" for number in range(4)), *["-"] * 9, "hint secret9"]))
    assert [seen.text[span.start : span.end] for span in rule.spans(seen)] == [f"secret{n}" for n in (0, 1, 2, 3, 9)]


@pytest.mark.parametrize("length", range(56, 64))
def test_a_key_in_base_64_of_any_length_is_no_error(length: int) -> None:
    head = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg"
    (span,) = found(head + "A" * length)
    assert (span.start, span.end) == (0, len(head) + length)
    assert found(("LS0tLS1CRUdJTiB" + "QUJD\nQ" * 20)[:length]) == ()
