"""A disk that has a hiccup: it tears what is written, and takes nothing back meanwhile."""

from __future__ import annotations

import errno
from typing import Any, BinaryIO


class IllFile:
    """An open, unbuffered file on such a disk."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.ill = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: memoryview) -> int:
        if self.ill and len(content) < 2:
            raise hiccup()
        return self._file.write(content[: len(content) // 2] if self.ill else content)

    def truncate(self, size: int) -> int:
        if self.ill:
            raise hiccup()
        return self._file.truncate(size)


def hiccup() -> OSError:
    return OSError(errno.EIO, "Input/output error")


def refuse(_: object, **__: object) -> None:
    raise hiccup()
