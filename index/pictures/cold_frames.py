"""Groups of like frames on disk: a reel, an AVIF sequence (inter-frame AV1), or the WebP of a lone frame, encrypted.

A frame of a group is named ``frames/cold/DAY/GROUP.group#PLACE``; its thumbnail lies at the same place of
``GROUP.thumbs``. Frames that a program drew are first a reel (`index.pictures.reels`): ``GROUP.reel#PLACE``, with
``GROUP.strip``. An AVIF sequence has one key frame, its first: to show a frame is to decode all before it, so that
groups of large pictures are short. How the figures below were found is told in docs/adr/0015-cold-frames.md.
"""

from __future__ import annotations

import io
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from index.keys.sealing import DamagedError
from index.pictures.reels import Reel, is_reel
from index.replacing import FOLDER_MODE, replace_file, sync_folder
from index.types import FrameError, VaultError
from index.vault import Vault

FOLDER = "frames/cold/"
SMALL = {".group": ".thumbs", ".reel": ".strip"}  # the thumbnails' file of each kind
GROUP, REEL = SMALL
QUALITY, SPEED = 40, 6  # of libavif, 0 to 100 and 0 to 10
OF_REEL = {"quality": 50, "speed": 9}  # thumbnails; below it, a page shows through the one it was scrolled from
# Pixels a group: decoding what comes before a frame takes longer than a person waits, and single frames more bytes.
MOST_PIXELS, MOST_FRAMES = 12_000_000, 16
ENCODER = {
    "tune-content": "screen",  # palettes and copies within a picture, for text and flat areas
    "auto-alt-ref": "0",  # hidden pictures cost decoding time, and among screens gain nothing
    "enable-cdef": "0",  # filters after decoding, made for films
    "enable-restoration": "0",
}
_UNDECODABLE = (OSError, EOFError, ValueError, RuntimeError, SyntaxError, UnidentifiedImageError)
THREADS = 1  # of the encoder: it works behind the person's back

Pictures = Sequence[NDArray[np.uint8]]


class EncodingError(VaultError):
    """Frames could not be encoded as a group; they stay as they are."""


class UnreachableError(FrameError):
    """The disk did not give a frame now (too many files open, no right to it, a loose cable): it may well be whole."""


@dataclass(frozen=True, slots=True)
class Group:
    """Frames (an AVIF sequence, a reel or a lone WebP) and thumbnails of one group, both encoded, in one order."""

    whole: bytes
    small: bytes


class _Sequence:
    """A file of Pillow's with one picture or several."""

    def __init__(self, content: bytes) -> None:
        self._opened = Image.open(io.BytesIO(content))

    def __len__(self) -> int:
        return getattr(self._opened, "n_frames", 1)

    def picture(self, place: int) -> NDArray[np.uint8]:
        """Return the picture at a place from 0, ``uint8[height, width, 3]`` RGB."""
        self._opened.seek(place)
        return np.asarray(self._opened if self._opened.mode == "RGB" else self._opened.convert("RGB"))


@dataclass(slots=True)
class _Shelf:
    """The file of a group that was read last, open: its next frames are there at once."""

    file: str = ""
    opened: _Sequence | Reel | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_shelves: WeakKeyDictionary[Vault, _Shelf] = WeakKeyDictionary()
_making = threading.Lock()


def is_cold(name: str) -> bool:
    """Whether a frame or thumbnail of this name is one of a group."""
    return name.startswith(FOLDER)


def file_of(name: str) -> str:
    """Return the file, relative to the vault, that holds the frame or thumbnail ``name``."""
    return name.partition("#")[0] if is_cold(name) else name


def frame_name(file: str, place: int) -> str:
    """Return the name of the frame at a place (from 0) of a group's file."""
    return f"{file}#{place}"


def thumbnail(name: str) -> str:
    """Return the name of the thumbnail of the frame ``name``, or the thumbnails' file of a group's file."""
    for whole, small in SMALL.items():
        name = name.replace(whole, small, 1)
    return name


def whole(file: str) -> str:
    """Return the frames' file of a group's file, be that the frames' or the thumbnails'."""
    for kind, small in SMALL.items():
        file = file.replace(small, kind, 1)
    return file


def length(height: int, width: int) -> int:
    """Return how many frames of this size (pixels) make a group."""
    return max(1, min(MOST_FRAMES, MOST_PIXELS // (height * width)))


def encode(pictures: Pictures, *, quality: int = QUALITY, speed: int = SPEED) -> bytes:
    """Return pictures of one size, ``uint8[height, width, 3]`` RGB, as an AVIF sequence; raises `EncodingError`."""
    first, *rest = map(Image.fromarray, pictures)
    made = io.BytesIO()
    try:
        first.save(
            made,
            "AVIF",
            save_all=True,
            append_images=rest,
            duration=1000,
            quality=quality,
            speed=speed,
            subsampling="4:2:0",  # text is read as well, and decoded in three quarters of the time
            codec="aom",
            max_threads=THREADS,
            advanced=ENCODER,
        )
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        raise EncodingError(
            f"{len(pictures)} pictures of {first.width} x {first.height} could not be compacted ({error}); they stay "
            "as they are. Is there enough memory?"
        ) from error
    return made.getvalue()


def write(vault: Vault, time: float, group: Group) -> str:
    """Write a new group, safe from a power cut, and return its file relative to the vault; ``time`` is its first's.

    Raises `VaultError`.
    """
    day = vault.root / FOLDER / datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")
    kind = REEL if is_reel(group.whole) else GROUP
    file = str((day / f"{secrets.token_hex(8)}{kind}").relative_to(vault.root))
    try:
        for folder in (day.parent, day):
            if not folder.exists():
                folder.mkdir(mode=FOLDER_MODE)
                sync_folder(folder.parent)
    except OSError as error:
        raise VaultError(f"The folder {day} could not be made ({error.strerror}). Is the disk full?") from error
    write_file(vault, thumbnail(file), group.small)
    try:
        write_file(vault, file, group.whole)
    except VaultError:  # nothing of a picture stays that is not known of, and could not be forgotten
        _remove(vault, thumbnail(file))
        raise
    return file


def _remove(vault: Vault, file: str) -> None:
    try:
        vault.ledger.remove(vault.root / file)
    except OSError as error:
        raise VaultError(f"{vault.root / file} could not be deleted ({error.strerror}). Make it yours.") from error


def write_file(vault: Vault, file: str, content: bytes) -> None:
    """Write one file of a group, safe from a power cut; raises `VaultError`."""
    sealed = vault.keys.frames.seal(content, file.encode())
    with vault.ledger.room(vault.root / file, len(sealed)):
        replace_file(vault.root / file, sealed)


def read(vault: Vault, name: str) -> NDArray[np.uint8]:
    """Return a frame or thumbnail of a group, ``uint8[height, width, 3]`` RGB.

    Raises `FrameError` when it is gone or damaged, `UnreachableError` when the disk does not give it now, `LockedError`
    when the vault is locked.
    """
    _ = vault.keys  # what is still in memory of a vault that was locked is not shown
    file, _, place = name.partition("#")
    shelf = _shelf(vault)
    with shelf.lock:
        try:
            if shelf.file != file or shelf.opened is None:
                shelf.opened, shelf.file = _opened(plain(vault, file)), file
            return shelf.opened.picture(int(place))
        except _UNDECODABLE as error:
            shelf.opened = None
            raise FrameError(f"The frame {vault.root / name} cannot be read ({error}).") from error


def _opened(content: bytes) -> _Sequence | Reel:
    return Reel(content) if is_reel(content) else _Sequence(content)


def let_go(vault: Vault) -> None:
    """Keep nothing of a vault's frames in memory: it is being locked, something was forgotten, or nobody looks."""
    with _making:
        _shelves.pop(vault, None)


def _shelf(vault: Vault) -> _Shelf:
    with _making:
        return _shelves.setdefault(vault, _Shelf())


def plain(vault: Vault, file: str) -> bytes:
    """Return what a file of pictures holds.

    Raises `FrameError` when it is gone or damaged, `UnreachableError` when the disk does not give it now.
    """
    path = vault.root / file
    try:
        return vault.keys.frames.open(path.read_bytes(), file.encode())
    except (FileNotFoundError, DamagedError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise FrameError(f"The frame {path} cannot be read ({reason}).") from error
    except OSError as error:
        raise UnreachableError(
            f"The frame {path} cannot be read now ({error.strerror}). Make sure that the disk is well and the file "
            "yours, then try again."
        ) from error


def new_thumbnails(vault: Vault, file: str, small: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]) -> None:
    """Make a group's thumbnails anew from its frames, up to the first that cannot be decoded; raises `VaultError`."""
    made: list[NDArray[np.uint8]] = []
    opened = _opened(plain(vault, file))
    for place in range(len(opened)):
        try:
            made.append(small(opened.picture(place)))
        except _UNDECODABLE:
            break  # no frame behind it can be decoded either
    write_file(vault, thumbnail(file), encode(made, **(OF_REEL if file.endswith(REEL) else {})))
    let_go(vault)
