from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.keys.keys import Keys
from index.keys.sealing import DamagedError
from index.spaces import segment_build, segments
from index.spaces.quantizer import InterruptedWorkError, Quantizer, lists_for
from index.spaces.segments import Card, DamagedSegmentError, Part, Segment
from index.spaces.vector_bytes import halved, pack, unpack
from index.spaces.vector_rows import Identity, Span
from index.spaces.vector_scan import Halves

SEALER = Keys.random().vectors
CARD = Card(Identity("content:m", "m", 8, 1.5), 3, Span(10, 90), 0, (0, 0))


def part(rows: list[int]) -> Part:
    ids = np.array(rows, np.int64)
    return Part(ids, ids * 100, np.random.default_rng(0).integers(0, 256, (len(ids), 8), np.uint8))


PARTS = [(1, part([11, 15, 80])), (2, part([])), (4, part([12]))]


def written(folder: Path, name: str = "a.segment") -> Path:
    segments.write(folder / name, SEALER, CARD, PARTS, lists=6)
    return folder / name


def test_a_segment_gives_back_what_was_written(tmp_path: Path) -> None:
    segment = Segment.open(written(tmp_path), SEALER)
    assert segment.card == replace(CARD, count=4, moments=(1100, 8000))
    assert segment.lengths.tolist() == [0, 3, 0, 0, 1, 0]
    assert segment.is_current
    for number, wanted in (PARTS[0], PARTS[2]):
        found = segment.read(number)
        assert found.rows.tolist() == wanted.rows.tolist()
        assert found.moments.tolist() == wanted.moments.tolist()
        assert found.codes.tobytes() == wanted.codes.tobytes()
    assert [number for number, _ in segment.parts()] == [1, 4]
    assert [file.name for file in tmp_path.iterdir()] == ["a.segment"]


def test_every_byte_of_a_segment_counts(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(DamagedError):
            list(Segment.open(path, SEALER).parts())


def test_a_segment_cut_short_anywhere_is_not_opened(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedError):
            Segment.open(path, SEALER)


def test_a_segment_under_another_name_is_not_believed(tmp_path: Path) -> None:
    path = written(tmp_path)
    with pytest.raises(DamagedError):
        Segment.open(path.rename(tmp_path / "b.segment"), SEALER)


def test_lists_of_two_segments_cannot_be_exchanged(tmp_path: Path) -> None:
    first, second = written(tmp_path), written(tmp_path, "b.segment")
    end = len(first.read_bytes()) // 3
    first.write_bytes(first.read_bytes()[:30] + second.read_bytes()[30:end] + first.read_bytes()[end:])
    with pytest.raises(DamagedSegmentError) as raised:
        list(Segment.open(first, SEALER).parts())
    assert raised.value.segment.path == first


def test_a_segment_of_another_key_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(DamagedError):
        Segment.open(written(tmp_path), Keys.random().vectors)


def test_a_segment_that_is_gone_is_told() -> None:
    with pytest.raises(DamagedError, match="cannot be read"):
        Segment.open(Path("/nowhere/a.segment"), SEALER)


def test_a_segment_without_rows_is_whole(tmp_path: Path) -> None:
    segments.write(tmp_path / "e", SEALER, CARD, [], lists=3)
    segment = Segment.open(tmp_path / "e", SEALER)
    assert segment.card == CARD
    assert list(segment.parts()) == []


def clustered(count: int, dimension: int = 32) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(20, dimension))[rng.integers(20, size=count)] + 0.5 * rng.normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def quantizer(rows: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> Quantizer:
    return Quantizer.train(rows, 16, stop=lambda: False)


def test_codes_of_vectors_give_their_cosines() -> None:
    rows = clustered(2_000)
    made = quantizer(rows)
    lists, codes = made.encode(rows)
    query = rows[5]
    near, cosines = made.nearest(query, 16)
    scan, order = made.scan(query, 2_000), []
    for number, cosine in zip(near.tolist(), cosines.tolist(), strict=True):
        within = np.flatnonzero(lists == number)
        if len(within):
            scan.look(number, cosine, np.ascontiguousarray(codes[within]))
            order.append(within)
    places, found = scan.best()
    assert np.abs(rows[np.concatenate(order)[places]] @ query - found).max() < 0.02
    assert len(places) == 2_000


def test_a_quantizer_is_the_same_after_it_was_stored() -> None:
    rows = clustered(500)
    made = quantizer(rows)
    again = Quantizer.from_bytes(made.to_bytes())
    assert (again.lists, again.dimension) == (16, 32)
    assert again.encode(rows)[1].tobytes() == made.encode(rows)[1].tobytes()


def test_training_can_be_stopped() -> None:
    asked = iter([False, False, True])
    with pytest.raises(InterruptedWorkError):
        Quantizer.train(clustered(500), 16, stop=lambda: next(asked))


def test_lists_grow_with_the_square_root_of_the_rows() -> None:
    assert [lists_for(rows) for rows in (0, 65_536, 1_000_000, 10_000_000, 10**9)] == [1, 256, 1024, 4096, 4096]


def test_scans_of_halves_are_exact_and_find_fewer_when_there_are_fewer() -> None:
    rows = clustered(300).astype(np.float16)
    query = clustered(1)[0]
    scan = Halves(32).scan(query, 10)
    scan.look(0, 0.0, rows.view(np.uint8))
    places, cosines = scan.best()
    exact = rows.astype(np.float32) @ query
    assert sorted(places.tolist()) == sorted(np.argsort(-exact)[:10].tolist())
    assert cosines == pytest.approx(exact[places], abs=1e-5)
    scan = Halves(32).scan(query, 10)
    scan.look(0, 0.0, rows[:3].view(np.uint8))
    assert sorted(scan.best()[0].tolist()) == [0, 1, 2]


def test_which_rows_are_held_is_told_for_each() -> None:
    held = np.array([2, 5, 9])
    assert segment_build.held_among(np.array([9, 1, 5, 10]), held).tolist() == [True, False, True, False]
    assert segment_build.held_among(np.array([1, 2]), held[:0]).tolist() == [False, False]


def test_vectors_are_stored_in_half_precision_and_lose_next_to_nothing() -> None:
    rows = clustered(200, 384)
    stored = np.array([unpack(pack(row)) for row in rows])
    assert len(pack(rows[0])) == 768
    assert np.abs(stored @ stored.T - rows @ rows.T).max() < 5e-4
    assert halved(rows[0].tobytes()) == pack(rows[0])


@pytest.mark.parametrize("bad", [70_000.0, np.inf, np.nan])
def test_a_vector_that_half_precision_cannot_hold_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        pack(np.array([0.5, bad], np.float32))
