from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.spaces import segment_plan
from index.spaces.segment_plan import FAN, LARGEST, SMALLEST
from index.spaces.vector_rows import Span


def test_what_is_not_covered_is_told_newest_first() -> None:
    covered = [Span(10, 20), Span(20, 30), Span(45, 50)]
    assert segment_plan.gaps(covered, 60) == [Span(50, 60), Span(30, 45), Span(0, 10)]
    assert segment_plan.gaps([Span(0, 60)], 60) == []
    assert segment_plan.gaps([], 60) == [Span(0, 60)]
    assert segment_plan.gaps([], 0) == []


def test_neighbours_of_one_size_become_one() -> None:
    small = SMALLEST
    assert segment_plan.run_to_merge([small] * (FAN - 1), [1] * (FAN - 1)) is None
    assert segment_plan.run_to_merge([100 * small] + [small] * FAN, [1] * (FAN + 1)) == slice(1, FAN + 1)


def test_segments_of_two_generations_never_become_one() -> None:
    assert segment_plan.run_to_merge([SMALLEST] * 6, [1, 1, 1, 2, 2, 2]) is None
    assert segment_plan.run_to_merge([SMALLEST] * 7, [1, 1, 1, 2, 2, 2, 2]) == slice(3, 7)


def test_no_merge_makes_a_segment_beyond_the_largest() -> None:
    assert segment_plan.run_to_merge([LARGEST // FAN + 1] * FAN, [1] * FAN) == slice(0, FAN - 1)
    assert segment_plan.run_to_merge([LARGEST // 2 + 1] * FAN, [1] * FAN) is None


def test_a_space_built_at_once_ends_with_few_segments() -> None:
    counts = [8 * SMALLEST] * 76
    while (run := segment_plan.run_to_merge(counts, [1] * len(counts))) is not None:
        counts[run] = [sum(counts[run])]
    assert sum(counts) == 76 * 8 * SMALLEST
    assert len(counts) <= FAN
    assert max(counts) <= LARGEST


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 600))
def test_a_growing_space_keeps_few_segments_and_writes_each_row_few_times(seed: int, times: int) -> None:
    sealed = np.random.default_rng(seed).integers(SMALLEST, 3 * SMALLEST, times).tolist()
    counts: list[int] = []
    written = 0
    for rows in sealed:
        counts.append(rows)
        while (run := segment_plan.run_to_merge(counts, [1] * len(counts))) is not None:
            merged = sum(counts[run])
            written += merged
            assert merged <= LARGEST
            counts[run] = [merged]
    assert sum(counts) == sum(sealed)
    assert len(counts) <= 4 * FAN + sum(sealed) // (LARGEST // 2)
    assert written <= 5 * sum(sealed)


@pytest.mark.parametrize(("rows", "anew"), [(100_000, False), (399_999, False), (400_000, True)])
def test_a_generation_is_outgrown_at_four_times_its_rows(rows: int, *, anew: bool) -> None:
    assert segment_plan.is_outgrown(rows, 100_000) is anew


@given(st.integers(1, 500), st.integers(0, 500), st.integers(1, 10))
def test_a_search_that_is_not_satisfied_always_looks_further(k: int, kept: int, times: int) -> None:
    reach = segment_plan.first_reach(k)
    for _ in range(times):
        found, kept = max(reach.want, kept), min(kept, k - 1)
        wider = segment_plan.wider(reach, k, found=found, kept=kept, rows=10**60)
        assert wider.want >= 2 * reach.want
        assert wider.probes >= 2 * reach.probes
        reach = wider


def test_a_part_of_a_hundredth_is_looked_for_among_as_many_candidates_at_once() -> None:
    first = segment_plan.first_reach(10)
    assert segment_plan.wider(first, 10, found=1000, kept=10, rows=10**6).want >= 1000


def test_no_search_takes_more_candidates_than_there_are() -> None:
    reach = segment_plan.first_reach(400)
    for _ in range(5):
        reach = segment_plan.wider(reach, 400, found=reach.want, kept=0, rows=520_000)
        assert reach.want <= 520_000


def test_a_space_with_segments_holds_less_in_memory() -> None:
    assert segment_plan.most_hot(1000, segments=0) == (1000, 250)
    assert segment_plan.most_hot(1000, segments=3) == (500, 250)
