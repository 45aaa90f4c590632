"""Writing a file so that a crash leaves either the old or the new one, and a full disk the old one."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import BinaryIO

from index.types import VaultError

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def way_out(error: OSError) -> str:
    """Return how the person mends what the disk refuses."""
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "Make the place writable for you, or choose another."
    if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}:
        return "Choose a place that is there."
    return "Is the disk full?"


def replace_file(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write ``content`` under a draft's name, then rename; raises `VaultError`.

    With ``durable`` it survives a power cut when this returns.
    """
    draft = path.with_name(f"{path.name}.draft")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        if durable:
            sync_folder(path.parent)
    except OSError as error:
        raise VaultError(f"{path} could not be written ({error.strerror}). {way_out(error)}") from error


def write_at(file: BinaryIO, offset: int, content: bytes) -> None:
    """Write every byte into an open file from a place on; raises OSError. An unbuffered file may take fewer at once."""
    file.seek(offset)
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def sync_folder(folder: Path) -> None:
    """Make names that were added to a folder or taken away survive a power cut."""
    if os.name != "posix":  # elsewhere a folder cannot be opened as a file
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
