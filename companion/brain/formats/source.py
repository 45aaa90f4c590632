"""A file to be read, and what each format offers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from companion.brain.types import BoardError, Segment

_HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A file, its first bytes, and the board it was recorded with where the person said so.

    Attributes
    ----------
    head
        Enough of the beginning to tell one format from another.
    board
        BrainFlow's name of the board (``MUSE_2_BOARD`` or ``muse_2``), or empty.

    """

    path: Path
    head: bytes
    board: str = ""

    @classmethod
    def open(cls, path: Path, board: str = "") -> Source:
        """Look at the beginning of a file. Raises `BoardError` when it cannot be read or is empty."""
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD_BYTES)
        except OSError as error:
            raise BoardError(
                f"{path} cannot be read ({error.strerror}). Check the name and that it is yours."
            ) from error
        if not head:
            raise BoardError(f"{path.name} is empty. Record or export it again.")
        return cls(path, head, board)

    @property
    def lines(self) -> list[str]:
        """The first whole lines without their ends; none when it is not text."""
        if b"\x00" in self.head:
            return []
        lines = self.head.decode("utf-8-sig", errors="replace").splitlines()
        return lines[:-1] if len(self.head) == _HEAD_BYTES else lines

    def wrong(self, what: str, mend: str) -> BoardError:
        """Return the error that says what is wrong with this file and how to mend it."""
        return BoardError(f"{self.path.name}: {what}. {mend}.")


class Format(Protocol):
    """One module of this package: a kind of file."""

    NAME: str

    def fits(self, source: Source, /) -> bool:
        """Whether the file is of this kind, by its content."""
        ...

    def read(self, source: Source, /) -> tuple[Segment, ...]:
        """Return its gap-free stretches, in the order of the file. Raises `BoardError`."""
        ...
