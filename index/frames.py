"""Frames on disk: one WebP an image, and a thumbnail beside it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from index.types import FrameError, VaultError
from index.vault import FILE_MODE, FOLDER_MODE

QUALITY = 80  # text stays readable by OCR, a page of it takes about 60 KB
LARGEST_SIDE = 16_383  # pixels, of WebP; a screenshot of a long page can be larger and is shrunk to it
THUMBNAIL = (384, 240)  # 16:10, twice the size it is shown at


def save(folder: Path, moment_id: int, time: float, image: NDArray[np.uint8]) -> str:
    """Write ``image`` (``uint8[height, width, 3]``, RGB) and its thumbnail.

    Returns the path relative to ``folder``'s parent. Raises `VaultError` when the disk will not take it.
    """
    day = folder / datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
    path = day / f"{moment_id}.webp"
    try:
        day.mkdir(exist_ok=True, mode=FOLDER_MODE)
        picture = Image.fromarray(image)
        _write(path, _within(picture, (LARGEST_SIDE, LARGEST_SIDE)))
        _write(thumbnail(path), _within(picture, THUMBNAIL))
    except OSError as error:
        raise VaultError(f"The frame could not be saved to {path} ({error}). Is the disk full?") from error
    return str(path.relative_to(folder.parent))


def load(path: Path) -> NDArray[np.uint8]:
    """Return a frame as ``uint8[height, width, 3]``, RGB; raises `FrameError` when it is gone or damaged."""
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGB"))
    except (OSError, UnidentifiedImageError) as error:
        raise FrameError(f"The frame {path} cannot be read ({error}).") from error


def thumbnail(path: Path) -> Path:
    """Return where the thumbnail of the frame at ``path`` lies."""
    return path.with_name(f"{path.stem}-small.webp")


def _within(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a picture no larger than ``size``, its shape kept."""
    small = picture.copy()
    small.thumbnail(size)
    return small


def _write(path: Path, picture: Image.Image) -> None:
    """Write so that a crash leaves either the whole file or none under its name, and a full disk nothing at all."""
    draft = path.with_suffix(".draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            picture.save(file, "WEBP", quality=QUALITY, method=3)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
