"""How a picture is kept: what a program drew, from a palette; what a camera took, with loss."""

from __future__ import annotations

import io
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from embeddings.reading.ocr import TextReader, as_text
from index.pictures import encoding, frames

NEAR, LESS_NEAR = encoding.TOLERANCES
PHOTO = Path(sklearn.__file__).parent / "datasets" / "images" / "china.jpg"
LINES = [f"{i + 1} The boiler was serviced on {i + 3} March, pressure {i / 7:.2f} bar" for i in range(18)]
SIZE = (640, 480)
LIGHT = ((250, 250, 248), ((20, 20, 30),))
DARK = ((30, 31, 34), ((213, 215, 218), (126, 179, 255)))
MARKED = ((250, 250, 248), ((0, 128, 0), (186, 33, 33), (0, 0, 200)))
CODE = ((40, 44, 52), ((198, 120, 221), (97, 175, 239), (152, 195, 121), (224, 108, 117), (229, 192, 123)))

Colour = tuple[int, int, int]
Theme = tuple[Colour, tuple[Colour, ...]]


def text(theme: Theme = LIGHT, *, wider: int = 1) -> Image.Image:
    """Draw lines of text, each in the next colour of a theme, so many times as wide as high."""
    ground, inks = theme
    picture = Image.new("RGB", SIZE, ground).resize((SIZE[0] * wider, SIZE[1]))
    font = ImageFont.load_default(size=15)
    for i, line in enumerate(LINES):
        mask = Image.new("L", (SIZE[0], 24))
        ImageDraw.Draw(mask).text((24, 0), line, fill=255, font=font)
        picture.paste(inks[i % len(inks)], (0, 12 + 24 * i), mask.resize((SIZE[0] * wider, 24)))
    return picture


def with_coloured_edges(theme: Theme) -> Image.Image:
    """Draw text with each channel a third of a pixel beside the next, as they are on a flat screen, and smoothed."""
    wide = np.asarray(text(theme, wider=3)).astype(np.uint16)
    smooth = (np.roll(wide, 1, axis=1) + wide + np.roll(wide, -1, axis=1)) // 3
    return Image.fromarray(np.stack([smooth[:, channel::3, channel] for channel in range(3)], axis=2).astype(np.uint8))


def photograph(size: tuple[int, int] = SIZE) -> Image.Image:
    with Image.open(PHOTO) as opened:
        return opened.convert("RGB").resize(size)


def grey_photograph() -> Image.Image:
    return photograph().convert("L").convert("RGB")


def gradient() -> Image.Image:
    """Return a slanting gradient from blue to pink, dithered as browsers do it."""
    down, across = np.mgrid[: SIZE[1], : SIZE[0]]
    along = ((down + across) / (down + across).max())[..., np.newaxis]
    noise = np.random.default_rng(3).random((SIZE[1], SIZE[0], 1))
    return Image.fromarray(
        (np.array((79, 70, 229)) * (1 - along) + np.array((219, 39, 119)) * along + noise).astype("u1")
    )


def plain(picture: Image.Image, *, quality: int = 80, kind: str = "WEBP") -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, kind, quality=quality)
    return encoded.getvalue()


def off(picture: Image.Image, blob: bytes) -> NDArray[np.int16]:
    """Return by how many levels each pixel of what is kept is off, in the worst of its channels."""
    levels: NDArray[np.int16] = np.abs(frames.decode(blob).astype(np.int16) - np.asarray(picture)).max(axis=2)
    return levels


@pytest.mark.parametrize("theme", [LIGHT, DARK, CODE], ids=["light", "dark", "code"])
def test_text_takes_less_than_half_and_is_nearer_to_the_screen(theme: Theme) -> None:
    picture = text(theme)
    kept, before = encoding.whole(picture), plain(picture)
    assert encoding.is_drawn(kept)
    assert len(kept) < len(before) / 2
    assert off(picture, kept).max() <= NEAR
    assert off(picture, kept).mean() < off(picture, before).mean()


def test_letters_with_coloured_edges_keep_them() -> None:
    picture = with_coloured_edges(CODE)
    kept, before = encoding.whole(picture), plain(picture)
    assert encoding.is_drawn(kept)
    assert len(kept) < len(before)
    assert off(picture, kept).max() <= LESS_NEAR < off(picture, before).max()


def test_flat_colours_stay_as_they_are_however_alike() -> None:
    picture = text()
    panels = np.repeat(np.arange(200, 220, dtype=np.uint8), 24)  # they differ by one level
    picture.paste(Image.fromarray(np.stack([np.broadcast_to(panels[:, np.newaxis], (480, 40))] * 3, axis=2)), (600, 0))
    kept = encoding.whole(picture)
    assert encoding.is_drawn(kept)
    assert off(picture, kept)[:, 600:].max() == 0
    assert off(picture, kept)[:10].max() == 0


@pytest.mark.parametrize("made", [photograph, grey_photograph, gradient])
def test_what_would_show_bands_is_kept_with_loss(made: Callable[[], Image.Image]) -> None:
    picture = made()
    kept = encoding.whole(picture)
    assert not encoding.is_drawn(kept)
    assert len(kept) < len(plain(picture))
    assert off(picture, kept).mean() < 2 * off(picture, plain(picture)).mean()


def test_a_photograph_within_text_is_kept_with_loss_and_a_face_beside_it_from_a_palette() -> None:
    faced, pictured = text(), text()
    faced.paste(photograph((36, 36)), (590, 20))
    pictured.paste(photograph((200, 150)), (420, 20))
    assert off(faced, encoding.whole(faced)).max() <= LESS_NEAR
    assert encoding.is_drawn(encoding.whole(faced))
    assert not encoding.is_drawn(encoding.whole(pictured))


def test_text_is_a_png_at_first_and_takes_less_as_a_webp_later() -> None:
    kept = encoding.whole(text(DARK))
    assert kept.startswith(b"\x89PNG")
    exact = encoding.exact(frames.decode(kept))
    assert len(exact) < len(kept)
    assert np.array_equal(frames.decode(exact), frames.decode(kept))


def test_what_is_small_enough_as_a_webp_without_loss_alone_stays_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "LOSSY", {"quality": 0, "method": 0})  # smaller than anything
    picture = text(CODE)
    kept = encoding.whole(picture)
    assert encoding.is_drawn(kept)
    assert not kept.startswith(b"\x89PNG")
    assert len(kept) < encoding.USUAL * picture.width * picture.height


def test_text_that_was_a_jpeg_takes_no_more_than_with_loss() -> None:
    with Image.open(io.BytesIO(plain(text(), quality=70, kind="JPEG"))) as opened:
        noisy = opened.convert("RGB")
    assert len(encoding.whole(noisy)) < len(plain(noisy))


def speckled(count: int, apart: int) -> Image.Image:
    """Return a page with so many single pixels within a tile, their colours so many levels apart in some channel."""
    levels = np.arange(0, 256, apart)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)[:count]
    image = np.full((SIZE[1], SIZE[0], 3), 255, np.uint8)
    places = np.arange(len(colours))
    image[64 + places // 32, 64 + places % 32] = colours
    return Image.fromarray(image)


def test_where_a_palette_is_too_small_colours_move_further_or_loss_is_taken() -> None:
    few, more, many = (encoding.whole(speckled(count, apart)) for count, apart in ((200, 20), (400, 20), (400, 26)))
    assert off(speckled(200, 20), few).max() == 0
    assert NEAR < off(speckled(400, 20), more).max() <= LESS_NEAR
    assert encoding.is_drawn(more)
    assert not encoding.is_drawn(many)


@settings(max_examples=80)
@given(
    size=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    colours=st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=20),
    run=st.integers(1, 40),
    seed=st.integers(0, 9),
)
def test_whatever_is_drawn_stays_within_its_bound(
    size: tuple[int, int], colours: list[Colour], run: int, seed: int
) -> None:
    places = np.random.default_rng(seed).integers(0, len(colours), size[0] * size[1] // run + 1).repeat(run)
    picture = Image.fromarray(np.array(colours, np.uint8)[places[: size[0] * size[1]]].reshape(*size, 3))
    kept = encoding.whole(picture)
    assert frames.decode(kept).shape == (*size, 3)
    if encoding.is_drawn(kept):
        assert off(picture, kept).max() <= NEAR


def test_a_thumbnail_takes_less_than_it_did() -> None:
    picture = frames.encode(np.asarray(photograph()))
    seen = frames.decode(picture.small)
    assert seen.shape == (240, 320, 3)
    assert len(picture.small) < 0.8 * len(plain(Image.fromarray(frames.small(np.asarray(photograph())))))


@pytest.mark.model
def test_letters_with_coloured_edges_are_still_legible(reader: TextReader) -> None:
    kept = encoding.whole(with_coloured_edges(MARKED).crop((0, 0, 640, 200)))
    assert encoding.is_drawn(kept)
    read = as_text(reader.read(frames.decode(kept)))
    assert SequenceMatcher(None, read, "\n".join(LINES[:8]), autojunk=False).ratio() >= 0.98
