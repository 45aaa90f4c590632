"""Names a person gives to moments, to find them by."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlite_utils import Database

from index.store import Store
from index.types import VaultError

LONGEST = 100  # characters


def tag_of(name: str) -> str:
    """Return a name as it is kept, without case and double spaces; raises `VaultError` when it is none."""
    tag = " ".join(name.split()).casefold()
    if not tag or len(tag) > LONGEST:
        raise VaultError(f"A tag is a name of 1 to {LONGEST} characters, such as “taxes”; {name!r} is none.")
    return tag


def add(db: Database, moment_id: int, name: str) -> None:
    """Give a moment a tag; raises `VaultError` when there is no such moment."""
    if db.execute("SELECT 1 FROM moments WHERE id = ?", [moment_id]).fetchone() is None:
        raise VaultError(f"There is no moment {moment_id} to be tagged. `companion recall` prints their numbers.")
    db.execute("INSERT OR IGNORE INTO tags (tag, moment_id) VALUES (?, ?)", [tag_of(name), moment_id])


def remove(db: Database, moment_id: int, name: str) -> None:
    """Take a tag from a moment; raises `VaultError` when it has none of that name."""
    if not db.execute("DELETE FROM tags WHERE moment_id = ? AND tag = ?", [moment_id, tag_of(name)]).rowcount:
        raise VaultError(f"Moment {moment_id} has no tag “{tag_of(name)}”.")


def tags(store: Store, moments: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return the tags of those moments that have any, in order of the alphabet."""
    found: dict[int, tuple[str, ...]] = {}
    sql = "SELECT moment_id, tag FROM tags WHERE moment_id IN (SELECT value FROM json_each(?)) ORDER BY moment_id, tag"
    for moment_id, tag in store.rows(sql, [json.dumps([int(i) for i in moments])]):
        found[moment_id] = (*found.get(moment_id, ()), tag)
    return found
