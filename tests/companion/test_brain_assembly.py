from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from companion.brain.assembly import Assembly, Oddity
from companion.brain.device import Block, Counter
from companion.brain.types import Chunk, Stream
from companion.brain.valueless import BACK_SECONDS, LEFT_OUT_SECONDS, Valueless

AMP = Stream("amp", 250.0, ("TP9", "AF7", "AUX"))
START = 1_700_000_000.0
DRAIN = 25


def drained(data: np.ndarray, *, rate: float = 0.0, lap: int | None = None) -> Iterator[Block]:
    """What a device gives, drained ten times a second; by so much slower than it says."""
    times = START + np.arange(data.shape[1]) / 250 * (1 + rate)
    for a in range(0, data.shape[1], DRAIN):
        numbers = None if lap is None else np.arange(a, a + DRAIN) % lap
        yield Block(data[:, a : a + DRAIN], times[a : a + DRAIN], numbers)


def numbered(seconds: float) -> np.ndarray:
    """Three electrodes whose first tells each sample's number."""
    index = np.arange(round(seconds * 250.0))
    return np.vstack([index, np.sin(index), np.cos(index)])


def assembled(data: np.ndarray, *, lap: int | None = None, segment: int = 0) -> tuple[list[Chunk], Assembly]:
    made = Assembly(AMP, counter=None if lap is None else Counter(lap), segment=segment)
    return [chunk for block in drained(data, lap=lap) for chunk in made.add(block)] + made.finish(), made


def sentences(made: Assembly) -> str:
    return " ".join(oddity.sentence for oddity in made.strange)


@pytest.mark.parametrize("lap", [None, 256])
@pytest.mark.parametrize("begins", [0.0, 10.0])
def test_an_electrode_without_values_is_named_and_left_out_and_the_others_go_on(lap: int | None, begins: float) -> None:
    data = numbered(60)
    data[2, round(begins * 250) :] = np.nan
    chunks, made = assembled(data, lap=lap, segment=7)
    without = [chunk for chunk in chunks if chunk.stream.ch_names == ("TP9", "AF7")]
    assert {chunk.stream.ch_names for chunk in chunks} == {without[0].stream.ch_names} | (
        {AMP.ch_names} if begins else set()
    )
    numbers = np.concatenate([chunk.data[0] for chunk in without])
    assert numbers.tolist() == list(range(round((begins + LEFT_OUT_SECONDS) * 250) - DRAIN, 60 * 250))
    for chunk in without:
        assert chunk.time_start == pytest.approx(START + chunk.data[0, 0] / 250, abs=1e-3)
    segments = list(dict.fromkeys(chunk.segment for chunk in chunks))
    assert segments == list(range(7, 7 + len(segments)))
    assert len({chunk.stream for chunk in chunks if chunk.segment == without[0].segment}) == 1
    assert "No values come from AUX" in sentences(made)


def test_it_counts_again_once_it_gave_values_for_a_while() -> None:
    data = numbered(60)
    data[2, 10 * 250 : 20 * 250] = np.nan
    data[2, 25 * 250] = np.nan
    chunks, made = assembled(data)
    runs = [names for names, _ in itertools.groupby(chunk.stream.ch_names for chunk in chunks)]
    assert runs == [AMP.ch_names, ("TP9", "AF7"), AMP.ch_names]
    again = next(chunk for chunk in chunks if chunk.stream == AMP and chunk.data[0, 0] > 20 * 250)
    assert again.data[0, 0] == pytest.approx((25 + BACK_SECONDS) * 250, abs=DRAIN)
    assert made.strange == ()
    assert sum(chunk.data.shape[1] for chunk in chunks) > 57 * 250


def test_a_missing_value_now_and_then_leaves_no_electrode_out() -> None:
    data = numbered(20)
    data[1, 5 * 250 : 6 * 250] = np.nan
    data[2, 300::400] = np.nan
    chunks, made = assembled(data)
    assert {chunk.stream for chunk in chunks} == {AMP}
    assert made.strange == ()


def test_where_no_electrode_gives_values_none_is_left_out_and_it_is_known_for_how_long() -> None:
    data = numbered(20)
    data[:, 10 * 250 :] = np.nan
    _, made = assembled(data)
    assert made.strange == ()
    assert made.missing == pytest.approx(10.0)
    made = Assembly(AMP, counter=None, segment=0)
    for block in drained(numbered(1)):
        made.add(block)
    assert made.missing == 0.0


def test_electrodes_that_never_give_values_at_once_are_known_to_give_no_sample() -> None:
    followed, data = Valueless(AMP), numbered(20)
    data[1, ::2], data[2, 1::2] = np.nan, np.nan
    for block in drained(data):
        assert not followed.take(block)
    assert followed.missing == pytest.approx(20.0)


@pytest.mark.parametrize(("rate", "told"), [(0.02, "about 245"), (-0.03, "about 258"), (0.08, "fewer than 238")])
def test_a_rate_that_is_off_by_more_than_a_hundredth_is_told_after_a_minute(rate: float, told: str) -> None:
    made, said = Assembly(AMP, counter=None, segment=0), dict[str, int]()
    for number, block in enumerate(drained(numbered(150), rate=rate)):
        made.add(block)
        said.setdefault(sentences(made), number)
    assert list(said) == ["", sentences(made)]
    assert 600 <= said[sentences(made)] < 1200  # tenths of a second
    assert f"amp says 250 samples a second and gives {told}" in sentences(made)


def test_of_a_rate_that_is_nearly_right_and_of_a_made_up_signal_nothing_is_told() -> None:
    for stream, rate in ((AMP, 0.005), (AMP, -0.0003), (replace(AMP, simulated=True), 0.03)):
        made = Assembly(stream, counter=None, segment=0)
        for block in drained(numbered(120), rate=rate):
            made.add(block)
        assert made.strange == ()


@pytest.mark.parametrize("lap", [None, 256])
def test_a_wrong_rate_stays_known_while_electrodes_come_and_go_and_is_told_apart_from_them(lap: int | None) -> None:
    data = numbered(200)
    for begins in (100, 150):
        data[2, begins * 250 : (begins + 10) * 250] = np.nan
    made = Assembly(AMP, counter=None if lap is None else Counter(lap), segment=0)
    chunks, said = list[Chunk](), list[tuple[Oddity, ...]]()
    for block in drained(data, rate=-0.02, lap=lap):
        chunks += made.add(block)
        said.append(made.strange)
    nothing, rate, (electrode, *others), *later = (oddities for oddities, _ in itertools.groupby(said))
    assert (nothing, len(rate)) == ((), 1)
    assert "No values come from AUX" in electrode.sentence
    assert tuple(others) == rate
    assert later == [rate, (electrode, *rate), rate]
    numbers = np.concatenate([chunk.data[0] for chunk in chunks + made.finish()])
    assert (np.diff(numbers) > 1).sum() == 2  # what had no value before the electrode was left out
    for chunk in chunks:
        true = START + chunk.data[0, 0] / 250 * 0.98
        assert chunk.time_start == pytest.approx(true, abs=0.35)  # what such a rate costs anywhere
    assert len({chunk.segment for chunk in chunks if chunk.data[0, 0] > 100 * 250}) < 20  # it is not learned again


def test_only_of_an_lsl_stream_it_is_said_that_a_program_sends_it() -> None:
    data = numbered(120)
    data[2] = np.nan
    told = []
    for lsl in (True, False):
        made = Assembly(AMP, counter=None, segment=0, lsl=lsl)
        for block in drained(data, rate=0.02):
            made.add(block)
        told.append([oddity.sentence for oddity in made.strange])
    (values, rate), (board_values, board_rate) = told
    assert "the headset's program" in values
    assert "in the program that sends it" in rate
    assert "program" not in board_values + board_rate
    assert "the board you chose is the one you wear" in board_rate
