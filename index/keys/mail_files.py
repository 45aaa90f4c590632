"""Files of mails that wait to be sent, as far as a vault knows them: which they are, and what is bound to each.

What is in them is for `companion.sending` to understand. A file has the name of its mail and ends in the state that the
mail is in, so that it can change its state by a rename: the ending is not bound to it.
"""

from __future__ import annotations

from pathlib import Path

from index.keys.sealing import Sealer

NOTE = ".note"  # what came of a mail, beside the mail itself
SENT = ".sent"
COMING = ".coming"  # whoever hands it in has it still
OTHERS = frozenset({".lock", ".draft"})


def files(folder: Path) -> list[Path]:
    """Return all that is sealed in the folder of mails, in order; nothing where there is no folder."""
    if not folder.exists():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix not in OTHERS)


def unsent(folder: Path) -> list[Path]:
    """Return the files of mails that nobody has but this folder; told by their names, so also while it is locked."""
    return [path for path in files(folder) if path.suffix not in {NOTE, SENT, COMING}]


def bound_to(path: Path) -> bytes:
    """Return what a file is bound to: its mail, and whether it is the mail or the note."""
    return f"{'note' if path.suffix == NOTE else 'mail'} {path.stem}".encode()


def opened(path: Path, sealer: Sealer) -> bytes:
    """Return what a file holds; raises `DamagedError`, OSError."""
    return sealer.open(path.read_bytes(), bound_to(path))
