"""Pictures as files: what a program drew from a palette and without loss, what a camera took as a WebP with loss.

A window of text has a few flat colours and, where letters end, shades between them. Shades are many and each is rare:
one that is near a more frequent colour becomes that one. No channel of any pixel is off by more than a tolerance then;
and where whole places would be off (photographs, gradients, which would show bands), the picture is encoded with loss.
What was drawn is a PNG at first, in a fifth of the time: within minutes it is part of a reel, which takes less bytes.
How the figures were found is told in docs/adr/0022-frames.md.
"""

from __future__ import annotations

import io
import mmap

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LARGEST_SIDE = 16_383  # pixels, of WebP
QUICK = {"compress_level": 1}  # of PNG
LOSSLESS = {"lossless": True, "quality": 20, "method": 1}  # from 25 on twice the time, for a fifth fewer bytes
SMALLER = {"lossless": True, "quality": 60, "method": 1}  # a quarter fewer bytes: for what stays, and can wait
LOSSY = {"quality": 60, "method": 2}  # method 3 takes twice the time, for 3 % fewer bytes
SMALL = {"quality": 50, "method": 2}

TOLERANCES = (16, 24)  # levels of 256; the second for letters whose edges are coloured, on many colours
MOST_SHADES = 256  # as many as WebP takes into a palette
MOST_COLOURS = 8192  # code with coloured edges has 5,000, a page with a photograph 15,000 and more
FLAT = 1 / 500  # of all pixels: a colour that so many have stays as it is
MOST_CHANGES = 1 / 4  # of all pixels are unlike their left neighbour: in text one in ten, in noise every second
USUAL = 1 / 16  # bytes a pixel: what takes more without loss (text that was a JPEG) may take less with it
TILE = 32  # pixels
MOST_OFF = 4.0  # levels, the mean of a tile: up to 4 in text, 5 to 15 in gradients and photographs
MOST_TILES_OFF = 1 / 50  # of all tiles: an icon or a face may show bands

_ROWS, _STEP = 8, 2  # what is estimated looks at every eighth row, or at every second pixel each way

Pixels = NDArray[np.uint32]  # [height, width], red in the lowest byte
Colours = NDArray[np.int16]  # [3, count], the most frequent first


def whole(picture: Image.Image) -> bytes:
    """Return an RGB picture as a WebP with loss, or with no channel of a pixel off by more than the last tolerance."""
    drawn = _from_palette(picture)
    if drawn is None:
        return _encoded(picture, "WEBP", LOSSY)
    usual = USUAL * drawn.width * drawn.height
    quick = _encoded(drawn, "PNG", QUICK)
    if len(quick) < usual:
        return quick
    smaller = min(quick, _encoded(drawn, "WEBP", LOSSLESS), key=len)
    return smaller if len(smaller) < usual else min(smaller, _encoded(picture, "WEBP", LOSSY), key=len)


def small(picture: Image.Image) -> bytes:
    """Return an RGB picture as WebP, as a thumbnail is: looked at in passing."""
    return _encoded(picture, "WEBP", SMALL)


def exact(picture: NDArray[np.uint8]) -> bytes:
    """Return ``uint8[height, width, 3]``, RGB, as WebP without any loss."""
    return _encoded(Image.fromarray(picture), "WEBP", SMALLER)


def is_drawn(file: bytes) -> bool:
    """Whether an image file is a PNG, or a WebP without loss: what `whole` makes of what a program drew."""
    return file.startswith(b"\x89PNG") or (file[:4] == b"RIFF" and file[12:16] == b"VP8L")


def _from_palette(picture: Image.Image) -> Image.Image | None:
    """Return a picture in the colours of a palette, None where that would show or not be worth it."""
    packed = np.frombuffer(picture.tobytes("raw", "RGBX"), "<u4") & np.uint32(0xFFFFFF)
    pixels = packed.reshape(picture.height, picture.width)
    rows = pixels[::_ROWS]
    if np.count_nonzero(rows[:, 1:] != rows[:, :-1]) > MOST_CHANGES * rows.size:
        return None
    found = picture.getcolors(MOST_COLOURS)
    if found is None:
        return None
    found.sort(reverse=True)
    colours = np.array([colour for _, colour in found], np.int16).T
    flat = sum(count > FLAT * pixels.size for count, _ in found)
    tried = (_shades(colours, flat, tolerance) for tolerance in TOLERANCES)
    shades = next((each for each in tried if each is not None), None)
    if shades is None or _shows(pixels, colours, shades):
        return None
    return _painted(pixels, colours, shades)


def _shades(colours: Colours, flat: int, tolerance: int) -> NDArray[np.intp] | None:
    """Return which colour each becomes, the first ``flat`` themselves; None if more are left than a palette takes."""
    shades = np.arange(colours.shape[1])
    left, rest = shades.copy(), colours.copy()
    for _ in range(MOST_SHADES):
        if not left.size:
            break
        red, green, blue = np.abs(rest - rest[:, :1])
        near = (np.maximum(np.maximum(red, green), blue) <= tolerance) & (left >= flat)
        near[0] = True
        shades[left[near]] = left[0]
        far = np.flatnonzero(~near)
        left, rest = left[far], rest[:, far]
    return None if left.size else shades


def _shows(pixels: Pixels, colours: Colours, shades: NDArray[np.intp]) -> bool:
    """Whether whole places would be off, and not only the edges of letters."""
    off = _looked_up(pixels[::_STEP, ::_STEP], colours, np.abs(colours - colours[:, shades]).max(axis=0))
    side = TILE // _STEP
    high, wide = off.shape[0] // side, off.shape[1] // side
    tiles = off[: high * side, : wide * side].reshape(high, side, wide, side).mean(axis=(1, 3))
    return bool(np.count_nonzero(tiles > MOST_OFF) > MOST_TILES_OFF * tiles.size)


def _painted(pixels: Pixels, colours: Colours, shades: NDArray[np.intp]) -> Image.Image:
    palette, places = np.unique(shades, return_inverse=True)
    painted = Image.fromarray(_looked_up(pixels, colours, places), "P")
    painted.putpalette(colours[:, palette].T.astype(np.uint8).tobytes())
    return painted


def _looked_up(pixels: Pixels, colours: Colours, values: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return the value (0 to 255) of each pixel's colour."""
    with mmap.mmap(-1, 1 << 24) as memory:  # 16 MB, of which little is touched; it goes at once
        table = np.frombuffer(memory, np.uint8)
        table[np.array([1, 1 << 8, 1 << 16]) @ colours] = values
        found: NDArray[np.uint8] = table[pixels]
        del table  # before the memory
    return found


def _encoded(picture: Image.Image, kind: str, options: dict[str, int]) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, kind, **options)
    return encoded.getvalue()
