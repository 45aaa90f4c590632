from __future__ import annotations

import gc
import io
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from filling import T0
from numpy.typing import NDArray
from PIL import Image
from rendered import page

from embeddings.reading.ocr import TextReader, as_text
from index.keys.keys import Keys
from index.pictures import cold_frames, frames
from index.pictures.cold_frames import EncodingError, Group
from index.types import FrameError, LockedError
from index.vault import Vault

COLOURS = ((200, 40, 20), (20, 160, 60), (30, 60, 220))


@pytest.fixture
def own(tmp_path: Path) -> Vault:
    made = Vault(tmp_path / "own", keys=Keys.random())
    made.create()
    return made


def flat(*colours: tuple[int, int, int], size: tuple[int, int] = (48, 64)) -> list[NDArray[np.uint8]]:
    return [np.full((*size, 3), colour, np.uint8) for colour in colours]


def stored(vault: Vault, pictures: list[NDArray[np.uint8]]) -> str:
    blob = cold_frames.encode(pictures)
    return cold_frames.write(vault, T0, Group(blob, cold_frames.encode([each[::4, ::4] for each in pictures])))


def test_each_frame_of_a_group_comes_back_in_its_place_whatever_is_asked_first(own: Vault) -> None:
    file = stored(own, flat(*COLOURS))
    for place in (2, 0, 1, 1, 2):
        seen = cold_frames.read(own, cold_frames.frame_name(file, place))
        assert seen.shape == (48, 64, 3)
        assert np.abs(seen.astype(int) - COLOURS[place]).max() <= 8


def test_a_grouped_frame_is_served_like_any_other_and_so_is_its_thumbnail(own: Vault) -> None:
    name = cold_frames.frame_name(stored(own, flat(*COLOURS)), 1)
    served = frames.read(own, name)
    with Image.open(io.BytesIO(served)) as picture:
        assert picture.size == (64, 48)
    assert np.abs(frames.decode(served).astype(int) - COLOURS[1]).max() <= 8
    small = frames.decode(frames.read(own, frames.thumbnail(name)))
    assert small.shape == (12, 16, 3)
    assert np.abs(small.astype(int) - COLOURS[1]).max() <= 8


def test_a_name_leads_to_its_file(own: Vault) -> None:
    file = stored(own, flat(*COLOURS))
    assert cold_frames.file_of(cold_frames.frame_name(file, 2)) == file
    assert (own.root / file).is_file()
    assert (own.root / cold_frames.thumbnail(file)).is_file()
    assert cold_frames.file_of("frames/2026-01-01/5.frame") == "frames/2026-01-01/5.frame"


def test_like_frames_take_less_than_half_together() -> None:
    lines = [f"line {i} of a text that is read slowly, with figures {i * 7919}" for i in range(12)]
    pictures = [page(lines[: 8 + i], size=(640, 480), points=16) for i in range(4)]
    alone = sum(len(frames.encode(picture).whole) for picture in pictures)
    assert len(cold_frames.encode(pictures)) < alone / 2


def test_nothing_of_a_group_is_readable_on_disk_or_for_others(own: Vault) -> None:
    path = own.root / stored(own, flat(*COLOURS))
    for file in (path, own.root / cold_frames.thumbnail(str(path.relative_to(own.root)))):
        assert b"ftyp" not in file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (path.parent, path.parent.parent)} == {0o700}


def test_a_locked_vault_shows_nothing_even_of_what_it_showed_before(own: Vault) -> None:
    name = cold_frames.frame_name(stored(own, flat(*COLOURS)), 0)
    cold_frames.read(own, name)
    own._keys = None
    with pytest.raises(LockedError):
        cold_frames.read(own, name)


def test_what_is_let_go_is_not_kept_in_memory(own: Vault) -> None:
    cold_frames.read(own, cold_frames.frame_name(stored(own, flat(*COLOURS)), 0))
    assert own in cold_frames._shelves
    cold_frames.let_go(own)
    assert own not in cold_frames._shelves


def test_a_vault_that_is_gone_takes_its_pictures_along(own: Vault) -> None:
    other = Vault(own.root, own.keys)
    cold_frames.read(other, cold_frames.frame_name(stored(own, flat(*COLOURS)), 0))
    gc.collect()
    before = len(cold_frames._shelves)
    del other
    gc.collect()
    assert len(cold_frames._shelves) == before - 1


@pytest.mark.parametrize("damage", ["gone", "cut", "changed", "swapped", "no such place"])
def test_a_damaged_group_is_named(own: Vault, damage: str) -> None:
    file, other = stored(own, flat(*COLOURS)), stored(own, flat(*COLOURS))
    path, blob = own.root / file, (own.root / file).read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(blob[: len(blob) // 2])
    elif damage == "changed":
        path.write_bytes(blob[:-1] + bytes([blob[-1] ^ 1]))
    elif damage == "swapped":
        path.write_bytes((own.root / other).read_bytes())
    with pytest.raises(FrameError, match=path.name):
        cold_frames.read(own, cold_frames.frame_name(file, 9 if damage == "no such place" else 0))


def test_a_frame_is_served_again_after_one_that_was_damaged(own: Vault) -> None:
    file = stored(own, flat(*COLOURS))
    with pytest.raises(FrameError):
        cold_frames.read(own, cold_frames.frame_name(file, 9))
    assert np.abs(cold_frames.read(own, cold_frames.frame_name(file, 0)).astype(int) - COLOURS[0]).max() <= 8


def test_an_encoder_that_fails_says_so() -> None:
    with pytest.raises(EncodingError, match="stay as they are"):
        cold_frames.encode([*flat(COLOURS[0]), *flat(COLOURS[1], size=(30, 30))])


def test_groups_of_large_pictures_are_short() -> None:
    sizes = ((100, 100), (800, 1280), (1080, 1920), (2160, 3840), (16_000, 4000))
    lengths = [cold_frames.length(*size) for size in sizes]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == cold_frames.MOST_FRAMES
    assert lengths[-1] == 1


@pytest.mark.model
def test_text_of_a_grouped_frame_is_still_legible(own: Vault, reader: TextReader) -> None:
    lines = ["Dear Ms Okafor, the boiler was serviced on 14 March.", "Pressure 1.6 bar, flue gas 62 C, next in April."]
    pictures = [page([*lines, f"Invoice {20931 + i}"], points=16, size=(760, 200)) for i in range(3)]
    kept = [frames.decode(frames.encode(picture).whole) for picture in pictures]
    seen = cold_frames.read(own, cold_frames.frame_name(stored(own, kept), 2))
    wanted = as_text(reader.read(kept[2]))
    assert "Invoice 20933" in wanted
    assert SequenceMatcher(None, as_text(reader.read(seen)), wanted).ratio() >= 0.97
