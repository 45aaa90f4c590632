from __future__ import annotations

import io
import re
import subprocess
import sys
import threading
import time
from difflib import SequenceMatcher

import numpy as np
import pytest
from filling import T0
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from rendered import page

from embeddings.reading.ocr import TextReader, as_text
from index.keys.keys import Keys
from index.keys.sealing import HEAD_BYTES
from index.pictures import frames
from index.types import FrameError, LockedError, VaultError
from index.vault import Vault

LINES = [
    "Dear Ms Okafor, the boiler was serviced on 14 March.",
    "Pressure 1.6 bar, flue gas 62 C, next visit in April 2027.",
    "Invoice 20931: 184.50 EUR, payable within 14 days.",
    "Kind regards, Lindqvist Heating and Plumbing",
]

SAVE_FOREVER = """
import sys
from pathlib import Path
import numpy as np
from index.pictures import frames
from vaults import vault_at
vault = vault_at(Path(sys.argv[1]))
image = np.random.default_rng(0).integers(0, 256, (400, 600, 3), np.uint8)
for n in range(1_000_000):
    frames.save(vault, n, 1_790_000_000.0, image)
    print(n, flush=True)
"""


KEYS = Keys.random()
BLANK = np.zeros((50, 50, 3), np.uint8)


def loaded(vault: Vault, name: str) -> NDArray[np.uint8]:
    return frames.decode(frames.read(vault, name))


def files(vault: Vault) -> list[str]:
    return [str(path.relative_to(vault.root)) for path in sorted(vault.frames.rglob("*")) if path.is_file()]


@pytest.mark.model
def test_a_saved_frame_is_still_legible(vault: Vault, reader: TextReader) -> None:
    image = page(LINES, points=16, size=(760, 200))
    kept = loaded(vault, frames.save(vault, 1, T0, image))
    assert kept.shape == image.shape
    read = as_text(reader.read(kept))
    assert SequenceMatcher(None, read, "\n".join(LINES)).ratio() >= 0.98


def test_colours_keep_their_order(vault: Vault) -> None:
    image = np.full((64, 64, 3), (200, 100, 20), np.uint8)
    kept = loaded(vault, frames.save(vault, 1, T0, image))
    assert np.abs(kept.astype(int) - image).max() <= 6


def test_frames_lie_by_day_in_utc_with_a_small_one_beside(vault: Vault) -> None:
    name = frames.save(vault, 7, 1_767_225_599.0, np.zeros((1000, 2000, 3), np.uint8))
    assert name == "frames/2025-12-31/7.frame"
    with Image.open(io.BytesIO(frames.read(vault, frames.thumbnail(name)))) as small:
        assert (small.format, small.size) == ("WEBP", (384, 192))


def test_nothing_but_the_frame_and_its_thumbnail_is_left(vault: Vault) -> None:
    name = frames.save(vault, 1, T0, BLANK)
    assert files(vault) == [name, frames.thumbnail(name)]


def test_no_file_says_what_it_shows(vault: Vault) -> None:
    name = frames.save(vault, 1, T0, BLANK)
    plain, path = frames.read(vault, name), vault.root / name
    assert plain.startswith(b"\x89PNG")
    assert all(plain[at : at + 8] not in path.read_bytes() for at in range(0, len(plain) - 8, 8))
    with pytest.raises(UnidentifiedImageError):
        Image.open(path)


def test_two_frames_of_the_same_look_are_two_files_that_have_nothing_in_common(vault: Vault) -> None:
    one, other = ((vault.root / frames.save(vault, number, T0, BLANK)).read_bytes() for number in (1, 2))
    assert one[HEAD_BYTES:] != other[HEAD_BYTES:]


def test_a_frame_in_the_place_of_another_is_refused(vault: Vault) -> None:
    one, other = (frames.save(vault, number, T0, BLANK) for number in (1, 2))
    (vault.root / other).write_bytes((vault.root / one).read_bytes())
    with pytest.raises(FrameError, match="belong to another file"):
        frames.read(vault, other)
    (vault.root / one).write_bytes((vault.root / frames.thumbnail(one)).read_bytes())
    with pytest.raises(FrameError, match="belong to another file"):
        frames.read(vault, one)


def test_the_keys_of_another_vault_open_no_frame(vault: Vault) -> None:
    name = frames.save(vault, 1, T0, BLANK)
    with pytest.raises(FrameError, match="key"):
        frames.read(Vault(vault.root, Keys.random()), name)


def test_of_a_locked_vault_no_frame_is_read_or_saved(vault: Vault) -> None:
    name = frames.save(vault, 1, T0, BLANK)
    with pytest.raises(LockedError, match="locked"):
        frames.read(Vault(vault.root), name)
    with pytest.raises(LockedError, match="locked"):
        frames.save(Vault(vault.root), 2, T0, BLANK)
    assert len(files(vault)) == 2


def test_whoever_reads_a_frame_while_it_is_written_again_sees_a_whole_one(vault: Vault) -> None:
    image = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    name = frames.save(vault, 1, T0, image)
    writing = threading.Thread(target=lambda: [frames.save(vault, 1, T0, image) for _ in range(25)])
    writing.start()
    reads = 0
    while writing.is_alive():
        loaded(vault, name)
        reads += 1
    writing.join()
    assert reads > 0


def test_a_crash_while_saving_leaves_only_whole_frames(vault: Vault) -> None:
    with subprocess.Popen([sys.executable, "-c", SAVE_FOREVER, str(vault.root)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for _ in range(3):
            child.stdout.readline()
        time.sleep(0.02)
        child.kill()
    found = [name for name in files(vault) if not name.endswith(".draft")]
    assert len(found) >= 6
    for name in found:
        loaded(vault, name)


def test_a_folder_the_disk_refuses_is_named(vault: Vault) -> None:
    vault.frames.rmdir()
    vault.frames.write_text("not a folder")
    with pytest.raises(VaultError, match=r"could not be made .*Is the disk full"):
        frames.save(vault, 1, T0, BLANK)


def test_a_frame_the_disk_refuses_leaves_nothing_and_says_so(vault: Vault) -> None:
    name = frames.save(vault, 1, T0, BLANK)
    (vault.root / name).unlink()
    (vault.root / name).mkdir()
    with pytest.raises(VaultError, match=r"could not be written .*Is the disk full"):
        frames.save(vault, 1, T0, BLANK)
    assert files(vault) == [frames.thumbnail(name)]


def test_a_screenshot_of_a_page_longer_than_the_format_allows_is_kept_smaller(vault: Vault) -> None:
    image = np.zeros((20_000, 40, 3), np.uint8)
    image[10_000:] = 200
    kept = loaded(vault, frames.save(vault, 1, T0, image))
    assert kept.shape[0] == 16_383
    assert np.abs(kept[-100:].astype(int) - 200).max() <= 6


@settings(max_examples=200)
@given(width=st.integers(1, 4000), height=st.integers(1, 2500))
@example(width=300, height=384)
@example(width=342, height=960)
@example(width=1000, height=3)
@example(width=3, height=2500)
def test_thumbnails_are_as_large_as_those_of_older_vaults(width: int, height: int) -> None:
    older = Image.new("1", (width, height))
    older.thumbnail(frames.THUMBNAIL)
    assert frames.small(np.zeros((height, width, 3), np.uint8)).shape[1::-1] == older.size


def test_a_frame_that_is_gone_is_named(vault: Vault) -> None:
    with pytest.raises(FrameError, match=re.escape(str(vault.frames / "9.frame"))):
        frames.read(vault, "frames/9.frame")


@pytest.mark.parametrize("damage", [b"", b"RIFF", b"not an image at all" * 50])
def test_a_damaged_frame_is_named(vault: Vault, damage: bytes) -> None:
    name = frames.save(vault, 1, T0, BLANK)
    (vault.root / name).write_bytes(damage)
    with pytest.raises(FrameError, match=re.escape(str(vault.root / name))):
        frames.read(vault, name)


@pytest.mark.parametrize("picture", [b"", b"RIFF", b"not an image at all" * 50])
def test_what_is_no_picture_is_refused(picture: bytes) -> None:
    with pytest.raises(FrameError, match="cannot be decoded"):
        frames.decode(picture)


@settings(max_examples=150)
@given(
    kind=st.sampled_from(["WEBP", "PNG"]),
    places=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 400),
)
@example(kind="WEBP", places=[], cut=60)
@example(kind="WEBP", places=[(24, 255), (25, 255), (26, 255), (27, 255), (28, 255), (29, 255)], cut=400)
@example(kind="PNG", places=[(11, 1)], cut=400)
@example(kind="PNG", places=[(36, 9)], cut=400)
def test_however_a_picture_is_damaged_it_is_decoded_or_refused(
    kind: str, places: list[tuple[int, int]], cut: int
) -> None:
    plain = io.BytesIO()
    Image.fromarray(np.arange(48 * 64 * 3, dtype=np.uint8).reshape(48, 64, 3)).save(plain, kind, quality=80)
    try:
        image = frames.decode(damaged(plain.getvalue(), places, cut))
    except FrameError:
        return
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3


@settings(max_examples=50)
@given(places=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6), cut=st.integers(0, 400))
def test_a_damaged_file_gives_what_was_saved_or_is_named(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[int, int]], cut: int
) -> None:
    vault = Vault(tmp_path_factory.mktemp("vault"), KEYS)
    vault.create()
    name = frames.save(vault, 1, T0, BLANK)
    path, plain = vault.root / name, frames.read(vault, name)
    whole = path.read_bytes()
    path.write_bytes(damaged(whole, places, cut))
    if path.read_bytes() == whole:
        assert frames.read(vault, name) == plain
    else:
        with pytest.raises(FrameError, match=re.escape(str(path))):
            frames.read(vault, name)


def damaged(whole: bytes, places: list[tuple[int, int]], cut: int) -> bytes:
    blob = bytearray(whole[:cut])
    for place, value in places:
        if place < len(blob):
            blob[place] = value
    return bytes(blob)
