"""Drawn pictures one after the other: of each only what none of the few before it shows, in place or moved up or down.

For windows of text, which a program drew (`index.pictures.encoding`): a line is written, a page scrolled, a window
shown again. A picture is cut into tiles. One that an earlier picture, its reference, shows in the same place is not
stored, nor one that stands higher or lower there by the one number of rows that fits most of them; the others are,
without loss, as one WebP of nothing else, beside a map of all. A whole picture is a WebP where that takes less.

A tile counts as shown where no channel of any pixel differs by more than a tolerance and few pixels do: both pictures
were brought to palettes of their own, whose rare shades differ. Places are never off by more than twice the tolerance
of `index.pictures.encoding` from what was on screen.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from index.pictures import encoding, first_reels
from index.pictures.encoding import Pixels
from index.pictures.first_reels import FirstRecord

MAGIC = b"reel\x02"  # earlier ones: `index.pictures.first_reels`
_HEAD = struct.Struct("<BhHI")  # pictures back (0: whole), rows moved, bytes of the map and of the WebP

MOST_WORK, MOST_PIXELS = 2.0, 6_300_000  # pictures, and pixels, that are decoded to show one beside a whole one
REACH = 2  # pictures back that may be referred to: two windows of one name take turns
HIGH, WIDE = 8, 64  # pixels, of a tile
TOLERANCE = 24  # levels of 256, as the last of `encoding.TOLERANCES`
MOST_OFF = 1 / 16  # of a tile's pixels: edges of letters
BANDS = 4  # a row is known again by how many pixels of each are ink
NEAR = 2  # pixels
ASKED = 96  # rows that are looked for
LEAST_MOVED = 8  # of them, where they moved to
INK = 80  # levels off the background
SAME, MOVED, NEW = range(3)  # what a tile is
ANEW = 0.05  # pictures' worth of work to show one again of which nothing is new

Tiles = NDArray[np.bool_]  # [down, across]
Kinds = NDArray[np.uint8]  # [down, across], what each is
Ink = NDArray[np.int32]  # [height, BANDS], pixels
Padded = tuple[Pixels, tuple[int, int]]  # a picture of whole tiles; its own height and width


@dataclass(frozen=True, slots=True)
class _Shown:
    """A picture as it comes out of the reel; the ink in each row; the height and width that are not padding.

    ``work`` is what has to be decoded to show it, beside a whole picture: in pictures.
    """

    pixels: Pixels
    ink: Ink
    size: tuple[int, int]
    work: float = 0.0


@dataclass(frozen=True, slots=True)
class _Record:
    """One picture of a reel."""

    back: int
    rows: int
    kinds: bytes
    webp: bytes

    @property
    def stored(self) -> bytes:
        """What it is in the file."""
        return _HEAD.pack(self.back, self.rows, len(self.kinds), len(self.webp)) + self.kinds + self.webp


def is_reel(content: bytes) -> bool:
    """Whether a file's content is a reel."""
    return content.startswith((MAGIC, first_reels.MAGIC))


def encode(files: Iterable[bytes], *, tolerance: int = TOLERANCE) -> bytes:
    """Return pictures of one size as a reel; each is a PNG, or a WebP without loss, as `encoding.whole` returns it.

    ``tolerance`` is 0 for pictures of a reel: they may be off already.
    """
    parts, before, last = [MAGIC], deque[_Shown](maxlen=REACH), b""
    for file in files:
        record, shown = (_Record(1, 0, b"", b""), before[-1]) if file == last else _record(file, before, tolerance)
        before.append(shown)
        last = file
        parts.append(record.stored)
    return b"".join(parts)


class Reel:
    """A reel that is looked at; keeps the few pictures shown last. Not for several threads at once.

    Raises ValueError where the content is none.
    """

    def __init__(self, content: bytes) -> None:
        if not is_reel(content):
            raise ValueError("it is no reel")
        read = _records if content.startswith(MAGIC) else first_reels.records
        self._records: list[_Record | FirstRecord] = list(read(content))
        self._shown: dict[int, Padded] = {}

    def __len__(self) -> int:
        return len(self._records)

    def picture(self, place: int) -> NDArray[np.uint8]:
        """Return a picture, ``uint8[height, width, 3]`` RGB, ``place`` from 0.

        Raises ValueError or OSError where it is none.
        """
        if not 0 <= place < len(self._records):
            raise ValueError(f"it has {len(self._records)} pictures, and none at {place}")
        pixels, (height, width) = self._padded(place)
        return _rgb(pixels[:height, :width])

    def _padded(self, place: int) -> Padded:
        """Return a picture, all that it refers to being shown before."""
        wanted = [place]
        while wanted[-1] not in self._shown and (back := self._records[wanted[-1]].back):
            if back > wanted[-1]:
                raise ValueError(f"picture {wanted[-1]} refers to none")
            wanted.append(wanted[-1] - back)
        for each in reversed(wanted):
            if each not in self._shown:
                self._shown[each] = self._made(each)
            for old in [known for known in self._shown if not each - REACH < known <= each]:
                del self._shown[old]
        return self._shown[place]

    def _made(self, place: int) -> Padded:
        record = self._records[place]
        if not record.back:
            whole = _opened(record.webp)
            return _padded(whole), (len(whole), whole.shape[1])
        pixels, size = self._shown[place - record.back]
        if isinstance(record, FirstRecord):
            return _restored_first(pixels, size, record), size
        return _restored(pixels, size, record), size


def _records(content: bytes) -> Iterator[_Record]:
    place = len(MAGIC)
    while place < len(content):
        if place + _HEAD.size > len(content):
            raise ValueError("it breaks off")
        back, rows, kinds, webp = _HEAD.unpack_from(content, place)
        place += _HEAD.size
        if place + kinds + webp > len(content):
            raise ValueError("it breaks off")
        yield _Record(back, rows, content[place : place + kinds], content[place + kinds : place + kinds + webp])
        place += kinds + webp


def _record(file: bytes, before: Sequence[_Shown], tolerance: int) -> tuple[_Record, _Shown]:
    """Return how a picture is stored, and how it is shown then."""
    new = _shown(_opened(file))
    fitting = [(back, each) for back, each in enumerate(reversed(before), 1) if each.size == new.size]
    if not fitting:
        return _whole(file, new), new
    moves = [(_move(new.ink, old.ink), back, old) for back, old in fitting]
    (_, rows), back, old = max(moves, key=lambda move: move[0][0])  # of equals the first: the nearest
    kinds, shown = _difference(new, old, rows, tolerance)
    work = old.work + ANEW + np.count_nonzero(kinds == NEW) / kinds.size
    if work > min(MOST_WORK, MOST_PIXELS / new.pixels.size) or not _fits(kinds):
        return _whole(file, new), new
    record = _Record(back, rows, *_stored(kinds, new.pixels))
    if len(record.stored) >= len(file):
        return _whole(file, new), new
    return record, _shown_again(shown, new.size, work)


def _whole(file: bytes, shown: _Shown) -> _Record:
    """Return how a picture is stored that refers to none: as the file it is, or in fewer bytes."""
    height, width = shown.size
    return _Record(0, 0, b"", min(file, encoding.exact(_rgb(shown.pixels[:height, :width])), key=len))


def _shown(pixels: Pixels) -> _Shown:
    return _shown_again(_padded(pixels), pixels.shape)


def _padded(pixels: Pixels) -> Pixels:
    """Return a picture of whole tiles."""
    height, width = pixels.shape
    return np.pad(pixels, ((0, -height % HIGH), (0, -width % WIDE)))


def _shown_again(padded: Pixels, size: tuple[int, int], work: float = 0.0) -> _Shown:
    """Return a picture with its rows' ink, of the middle alone: at the sides are bars that scroll otherwise."""
    wide = padded.shape[1] // 8
    green = padded[:, wide : wide * 6].view(np.uint8)[:, 1::4]
    usual = int(np.bincount(green[::HIGH, ::HIGH].ravel(), minlength=256).argmax())
    ink = np.abs(green.astype(np.int16) - usual) > INK
    starts = np.arange(BANDS) * (ink.shape[1] // BANDS)
    return _Shown(padded, np.add.reduceat(ink, starts, axis=1, dtype=np.int32), size, work)


def _move(new: Ink, old: Ink) -> tuple[int, int]:
    """Return how many rows of a picture an older one may show, and by how many rows lower it shows most of the rest."""
    changed = np.flatnonzero((np.abs(new - old) > NEAR).any(axis=1))
    kept = len(new) - len(changed)
    told = changed[new[changed].any(axis=1)]
    if len(told) < LEAST_MOVED:
        return kept, 0
    asked = told[:: -(-len(told) // ASKED)]
    which, there = np.nonzero((np.abs(new[asked][:, None] - old[None]) <= NEAR).all(axis=2))
    lags, votes = np.unique(there - asked[which], return_counts=True)
    best = int(votes.argmax()) if len(votes) else 0
    if not len(votes) or votes[best] < LEAST_MOVED:
        return kept, 0
    return kept + int(votes[best]) * len(told) // len(asked), int(lags[best])


def _difference(new: _Shown, old: _Shown, rows: int, tolerance: int) -> tuple[Kinds, Pixels]:
    """Return what each tile of a picture is, and the picture as it is shown then, padded."""
    same = _alike(new, old.pixels, np.ones(_tiled(new.pixels).shape[:2], np.bool_), tolerance)
    kinds, shown = np.where(same, np.uint8(SAME), np.uint8(NEW)), new.pixels.copy()
    if rows:
        moved = _moved(old.pixels, rows, new.size[0])
        there = _alike(new, moved, ~same & _inside(new.pixels, rows), tolerance)
        kinds[there] = MOVED
        _put(shown, there, moved)
    _put(shown, same, old.pixels)
    return kinds, shown


def _tiled(pixels: Pixels) -> Pixels:
    """Return a view ``[down, across, HIGH, WIDE]``."""
    height, width = pixels.shape
    return pixels.reshape(height // HIGH, HIGH, width // WIDE, WIDE).swapaxes(1, 2)


def _alike(new: _Shown, old: Pixels, among: Tiles, tolerance: int) -> Tiles:
    """Return which of some tiles show the same."""
    off = np.count_nonzero(_tiled(new.pixels != old), axis=(2, 3))
    alike: Tiles = among & (off == 0)
    near = among & (off > 0) & (off <= MOST_OFF * _within(new))
    if tolerance and near.any():
        a, b = (_tiled(each)[near].view(np.uint8).astype(np.int16) for each in (new.pixels, old))
        alike[near] = np.abs(a - b).reshape(len(a), -1).max(axis=1) <= tolerance
    return alike


def _within(shown: _Shown) -> NDArray[np.intp]:
    """Return how many pixels of each tile are the picture's, and not padding."""
    (height, width), (high, wide) = shown.size, shown.pixels.shape
    down = np.clip(height - np.arange(0, high, HIGH), 0, HIGH)
    across = np.clip(width - np.arange(0, wide, WIDE), 0, WIDE)
    return np.outer(down, across)


def _moved(old: Pixels, rows: int, height: int) -> Pixels:
    """Return a picture whose rows are those ``rows`` lower in another; what comes from outside is empty."""
    moved = np.zeros_like(old)
    first, last = max(rows, 0), min(height + rows, len(old))
    if first < last:
        moved[first - rows : last - rows] = old[first:last]
    return moved


def _inside(pixels: Pixels, rows: int) -> Tiles:
    """Return which tiles come from within a picture that moved."""
    tops = np.arange(0, len(pixels), HIGH)
    fits = (tops + rows >= 0) & (tops + HIGH + rows <= len(pixels))
    return np.broadcast_to(fits[:, None], _tiled(pixels).shape[:2])


def _put(pixels: Pixels, tiles: Tiles, other: Pixels) -> None:
    _tiled(pixels)[tiles] = _tiled(other)[tiles]


def _stored(kinds: Kinds, pixels: Pixels) -> tuple[bytes, bytes]:
    """Return the map of a picture's tiles, and those that are new side by side as a WebP."""
    if not kinds.any():
        return b"", b""
    new = _tiled(pixels)[kinds == NEW]
    return zlib.compress(kinds.tobytes(), 9), encoding.exact(_rgb(_joined(new, kinds.shape[1]))) if len(new) else b""


def _fits(kinds: Kinds) -> bool:
    """Whether a WebP takes what is new side by side: whole tiles can be larger than the largest picture."""
    down = -(-np.count_nonzero(kinds == NEW) // kinds.shape[1])
    return bool(max(down * HIGH, kinds.shape[1] * WIDE) <= encoding.LARGEST_SIDE)


def _joined(tiles: Pixels, across: int) -> Pixels:
    """Return tiles ``[count, HIGH, WIDE]`` as a picture of so many across; the last fills its row."""
    filled = np.concatenate([tiles, np.repeat(tiles[-1:], -len(tiles) % across, axis=0)])
    return filled.reshape(-1, across, HIGH, WIDE).swapaxes(1, 2).reshape(-1, across * WIDE)


def _restored(old: Pixels, size: tuple[int, int], record: _Record) -> Pixels:
    """Return a picture from its reference, both padded, and what is stored of it."""
    shown = old.copy()
    if not record.kinds:
        return shown
    tiles = _tiled(shown)
    try:
        kinds = np.frombuffer(zlib.decompress(record.kinds), np.uint8).reshape(tiles.shape[:2])
    except zlib.error as error:
        raise ValueError(f"the map of a picture is damaged ({error})") from error
    if record.rows:
        _put(shown, kinds == MOVED, _moved(old, record.rows, size[0]))
    if count := int(np.count_nonzero(kinds == NEW)):
        new = _opened(record.webp)
        if new.shape != (-(-count // tiles.shape[1]) * HIGH, shown.shape[1]):
            raise ValueError("a picture does not fit its reference")
        tiles[kinds == NEW] = _tiled(new).reshape(-1, HIGH, WIDE)[:count]
    return shown


def _restored_first(old: Pixels, size: tuple[int, int], record: FirstRecord) -> Pixels:
    """Do so with what an earlier version stored."""
    shown = old.copy()
    record.paint(shown, _moved(old, record.rows, size[0]), size)
    return shown


def _rgb(pixels: Pixels) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)[:, :, :3])


def _opened(webp: bytes) -> Pixels:
    """Return a picture's pixels, red in the lowest byte, the highest 0; raises OSError where it is none."""
    with Image.open(io.BytesIO(webp)) as opened:
        raw = (opened if opened.mode == "RGB" else opened.convert("RGB")).tobytes("raw", "RGBX")
        return (np.frombuffer(raw, "<u4") & np.uint32(0xFFFFFF)).reshape(opened.height, opened.width)
