"""Frames on disk: an encrypted PNG or WebP each and a thumbnail beside it, until they are grouped."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from index.pictures import cold_frames, encoding
from index.replacing import FOLDER_MODE, replace_file
from index.types import FrameError, VaultError
from index.vault import Vault

DAY = "%Y-%m-%d"  # UTC, how the folders are named
THUMBNAIL = (384, 240)  # 16:10, twice the size it is shown at


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame, encoded as PNG or WebP, and its thumbnail, as WebP."""

    whole: bytes
    small: bytes


def encode(image: NDArray[np.uint8]) -> Picture:
    """Return ``image`` (``uint8[height, width, 3]``, RGB) as it is kept."""
    picture = Image.fromarray(image)
    most = encoding.LARGEST_SIDE  # a screenshot of a long page can be larger, and is shrunk to it
    whole = encoding.whole(_within(picture, (most, most)))
    return Picture(whole, encoding.small(_within(picture, THUMBNAIL)))


def name_of(vault: Vault, moment_id: int, time: float) -> str:
    """Return how the frame of a moment that began at ``time`` (UTC seconds) is named, a path relative to the vault."""
    day = vault.frames / datetime.fromtimestamp(time, UTC).strftime(DAY)
    return str((day / f"{moment_id}.frame").relative_to(vault.root))


def save(vault: Vault, moment_id: int, time: float, image: NDArray[np.uint8] | Picture) -> str:
    """Write a frame (``uint8[height, width, 3]``, RGB, or encoded already) and its thumbnail.

    Returns its name. Raises `VaultError` when the disk will not take both; one may be there then.
    """
    name = name_of(vault, moment_id, time)
    day = (vault.root / name).parent
    picture = image if isinstance(image, Picture) else encode(image)
    try:
        day.mkdir(exist_ok=True, mode=FOLDER_MODE)
    except OSError as error:
        raise VaultError(f"The folder {day} could not be made ({error.strerror}). Is the disk full?") from error
    _write(vault, name, picture.whole)
    _write(vault, thumbnail(name), picture.small)
    return name


def read(vault: Vault, name: str) -> bytes:
    """Return the image file of a frame or thumbnail: PNG, WebP, or PPM of one that was grouped.

    Raises `FrameError` when it is gone or damaged, `UnreachableError` when the disk does not give it now.
    """
    if cold_frames.is_cold(name):
        return _bitmap(cold_frames.read(vault, name))
    return cold_frames.plain(vault, name)


def written(vault: Vault, name: str) -> tuple[int, int] | None:
    """Return what tells one writing of a frame's file from the next, which has its name; None in a group, or gone."""
    if cold_frames.is_cold(name):
        return None  # no other is ever written under its name
    try:
        told = (vault.root / name).stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size  # no inode: of a disk in a network it may change by itself


def decode(picture: bytes) -> NDArray[np.uint8]:
    """Return a picture as ``uint8[height, width, 3]``, RGB; raises `FrameError`."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            return np.asarray(opened if opened.mode == "RGB" else opened.convert("RGB"))
    except (OSError, ValueError, SyntaxError) as error:  # the latter two of damaged PNG
        raise FrameError(f"A frame cannot be decoded ({error}).") from error


def thumbnail(name: str) -> str:
    """Return the name of the thumbnail of the frame ``name``."""
    if cold_frames.is_cold(name):
        return cold_frames.thumbnail(name)
    return str(Path(name).with_suffix(".small"))


def thumbnail_of(vault: Vault, name: str) -> NDArray[np.uint8]:
    """Return the thumbnail of a frame, ``uint8[height, width, 3]`` RGB, made anew where it is damaged."""
    thumb = thumbnail(name)
    return small(decode(read(vault, name))) if damage(vault, thumb) else decode(read(vault, thumb))


def damage(vault: Vault, name: str) -> FrameError | None:
    """Return why a frame or thumbnail is gone or damaged, None when it is whole; raises `UnreachableError`."""
    try:
        decode(read(vault, name))
    except cold_frames.UnreachableError:
        raise
    except FrameError as error:
        return error
    return None


def new_thumbnail(vault: Vault, name: str) -> None:
    """Make the thumbnail of a frame that can be read anew, of one in a group those of all; raises `VaultError`."""
    if cold_frames.is_cold(name):
        cold_frames.new_thumbnails(vault, cold_frames.file_of(name), small)
    else:
        picture = Image.fromarray(decode(read(vault, name)))
        _write(vault, thumbnail(name), encoding.small(_within(picture, THUMBNAIL)))


def small(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture (``uint8[height, width, 3]``, RGB) as small as a thumbnail is."""
    return np.asarray(_within(Image.fromarray(image), THUMBNAIL))


def _within(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a picture no larger than ``size``, its shape kept."""
    if picture.width <= size[0] and picture.height <= size[1]:
        return picture
    wanted = _shrunk(picture.width / picture.height, *size)
    return picture.resize(wanted, Image.Resampling.BICUBIC, reducing_gap=1.0)  # a third of the time without a gap


def _shrunk(shape: float, width: int, height: int) -> tuple[int, int]:
    """Return the largest size of a shape (width by height) within another, to the pixel as `Image.thumbnail` has it.

    It made the thumbnails of older vaults, and those of a group have to be of one size.
    """
    if shape <= width / height:
        return _nearest(height * shape, lambda side: abs(shape - side / height)), height
    return width, _nearest(width / shape, lambda side: abs(shape - width / side))


def _nearest(side: float, off: Callable[[int], float]) -> int:
    """Return a side in whole pixels; of two the one that is less ``off``, of equals the shorter."""
    return min(max(1, math.floor(side)), max(1, math.ceil(side)), key=off)


def _bitmap(image: NDArray[np.uint8]) -> bytes:
    """Return pixels as a file that every reader of images knows, in no time."""
    encoded = io.BytesIO()
    Image.fromarray(image).save(encoded, "PPM")
    return encoded.getvalue()


def _write(vault: Vault, name: str, plain: bytes) -> None:
    """Encrypt and write, in one step."""
    path, sealed = vault.root / name, vault.keys.frames.seal(plain, name.encode())
    with vault.ledger.room(path, len(sealed)):
        replace_file(path, sealed, durable=False)
