from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from filling import T0
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from rendered import page

from embeddings.ocr import TextReader, as_text
from index import frames
from index.types import FrameError, VaultError

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
from index import frames
folder = Path(sys.argv[1])
image = np.random.default_rng(0).integers(0, 256, (400, 600, 3), np.uint8)
for n in range(1_000_000):
    frames.save(folder, n, 1_790_000_000.0, image)
    print(n, flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "frames"
    folder.mkdir()
    return folder


@pytest.mark.model
def test_a_saved_frame_is_still_legible(folder: Path, reader: TextReader) -> None:
    image = page(LINES, points=16, size=(760, 200))
    loaded = frames.load(folder.parent / frames.save(folder, 1, T0, image))
    assert loaded.shape == image.shape
    read = as_text(reader.read(loaded))
    assert SequenceMatcher(None, read, "\n".join(LINES)).ratio() >= 0.98


def test_colours_keep_their_order(folder: Path) -> None:
    image = np.full((64, 64, 3), (200, 100, 20), np.uint8)
    loaded = frames.load(folder.parent / frames.save(folder, 1, T0, image))
    assert np.abs(loaded.astype(int) - image).max() <= 6


def test_frames_lie_by_day_in_utc_with_a_small_one_beside(folder: Path) -> None:
    path = frames.save(folder, 7, 1_767_225_599.0, np.zeros((1000, 2000, 3), np.uint8))
    assert path == "frames/2025-12-31/7.webp"
    with Image.open(frames.thumbnail(folder.parent / path)) as small:
        assert small.size == (384, 192)


def test_nothing_but_the_frame_and_its_thumbnail_is_left(folder: Path) -> None:
    path = folder.parent / frames.save(folder, 1, T0, np.zeros((50, 50, 3), np.uint8))
    assert set(path.parent.iterdir()) == {path, frames.thumbnail(path)}


def test_whoever_reads_a_frame_while_it_is_written_again_sees_a_whole_one(folder: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    path = folder.parent / frames.save(folder, 1, T0, image)
    writing = threading.Thread(target=lambda: [frames.save(folder, 1, T0, image) for _ in range(25)])
    writing.start()
    reads = 0
    while writing.is_alive():
        frames.load(path)
        reads += 1
    writing.join()
    assert reads > 0


def test_a_crash_while_saving_leaves_only_whole_frames(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SAVE_FOREVER, str(folder)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for _ in range(3):
            child.stdout.readline()
        time.sleep(0.02)
        child.kill()
    found = sorted(folder.rglob("*.webp"))
    assert len(found) >= 6
    for path in found:
        frames.load(path)


def test_a_frame_the_disk_refuses_leaves_nothing_and_says_so(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")
    with pytest.raises(VaultError, match=r"could not be saved .*Is the disk full"):
        frames.save(folder, 1, T0, np.zeros((50, 50, 3), np.uint8))


def test_a_screenshot_of_a_page_longer_than_the_format_allows_is_kept_smaller(folder: Path) -> None:
    image = np.zeros((20_000, 40, 3), np.uint8)
    image[10_000:] = 200
    loaded = frames.load(folder.parent / frames.save(folder, 1, T0, image))
    assert loaded.shape[0] == 16_383
    assert np.abs(loaded[-100:].astype(int) - 200).max() <= 6


def test_a_frame_that_is_gone_is_named(folder: Path) -> None:
    with pytest.raises(FrameError, match=re.escape(str(folder / "9.webp"))):
        frames.load(folder / "9.webp")


@pytest.mark.parametrize("damage", [b"", b"RIFF", b"not an image at all" * 50])
def test_a_damaged_frame_is_named(folder: Path, damage: bytes) -> None:
    path = folder.parent / frames.save(folder, 1, T0, np.zeros((50, 50, 3), np.uint8))
    path.write_bytes(damage)
    with pytest.raises(FrameError, match=re.escape(str(path))):
        frames.load(path)


@settings(max_examples=150, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6), cut=st.integers(0, 400))
@example(places=[], cut=60)
@example(places=[(24, 255), (25, 255), (26, 255), (27, 255), (28, 255), (29, 255)], cut=400)
def test_however_it_is_damaged_a_frame_loads_or_is_named(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[int, int]], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("vault") / "frames"
    folder.mkdir()
    whole = folder.parent / frames.save(folder, 1, T0, np.arange(48 * 64 * 3, dtype=np.uint8).reshape(48, 64, 3))
    blob = bytearray(whole.read_bytes()[:cut])
    for place, value in places:
        if place < len(blob):
            blob[place] = value
    whole.write_bytes(blob)
    try:
        image = frames.load(whole)
    except FrameError:
        return
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
