from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ranking import fusion
from index.words.lexical import Match

shares = st.floats(0, 1)
matches = st.builds(Match, coverage=shares, adjacency=shares, rank=st.integers(0, 199))
found_by_words = st.dictionaries(st.integers(1, 30), matches, max_size=20)
found_by_content = st.dictionaries(st.integers(1, 30), st.floats(-1, 1), max_size=20)


@given(words=found_by_words, cosines=found_by_content)
def test_every_moment_found_gets_a_score_from_0_to_1(words: dict[int, Match], cosines: dict[int, float]) -> None:
    fused = fusion.fuse(words, cosines)
    assert fused.keys() == words.keys() | cosines.keys()
    for found in fused.values():
        for figure in (found.score, found.words, found.content, found.words_weight):
            assert 0 <= figure <= 1


@given(words=found_by_words, cosines=found_by_content, better=st.floats(0, 1))
def test_a_moment_never_falls_by_being_nearer(
    words: dict[int, Match], cosines: dict[int, float], better: float
) -> None:
    for moment_id, cosine in cosines.items():
        nearer = fusion.fuse(words, cosines | {moment_id: min(1.0, cosine + better)})
        assert nearer[moment_id].score >= fusion.fuse(words, cosines)[moment_id].score


@given(others=found_by_words, cosines=found_by_content)
def test_the_moment_that_holds_the_query_word_for_word_stays_first(
    others: dict[int, Match], cosines: dict[int, float]
) -> None:
    partly = {i: Match(min(m.coverage, 0.9), m.adjacency, m.rank + 1) for i, m in others.items()}
    fused = fusion.fuse(partly | {99: Match(1.0, 1.0, 0)}, cosines)
    assert max(fused, key=lambda i: fused[i].score) == 99


@given(cosines=st.dictionaries(st.integers(1, 30), st.floats(0.06, 0.74), min_size=2, max_size=20))
def test_without_shared_words_content_alone_decides(cosines: dict[int, float]) -> None:
    fused = fusion.fuse({}, cosines)
    assert max(fused.values(), key=lambda found: found.score).content == fusion.closeness(max(cosines.values()))


@given(words=found_by_words)
def test_without_content_words_alone_decide(words: dict[int, Match]) -> None:
    for moment_id, found in fusion.fuse(words, {}).items():
        assert found.score == pytest.approx(fusion.nearness(words[moment_id]))


def test_a_few_shared_words_do_not_outweigh_what_a_description_is_about() -> None:
    fused = fusion.fuse({1: Match(0.35, 0.0, 0), 2: Match(0.1, 0.0, 1)}, {1: 0.15, 2: 0.55})
    assert fused[2].score > fused[1].score


def test_side_by_side_beats_scattered() -> None:
    fused = fusion.fuse({1: Match(1.0, 0.1, 0), 2: Match(1.0, 1.0, 1)}, {1: 0.6, 2: 0.1})
    assert fused[2].score > fused[1].score


def test_a_moment_without_a_vector_is_as_far_as_can_be() -> None:
    assert fusion.closeness(None) == 0.0
    assert fusion.closeness(-1.0) == 0.0
    assert fusion.closeness(1.0) == 1.0


@given(one=shares, other=shares)
def test_the_better_the_quotation_the_more_words_weigh(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert fusion.words_weight(low) <= fusion.words_weight(high)
    assert math.isfinite(fusion.words_weight(low))
