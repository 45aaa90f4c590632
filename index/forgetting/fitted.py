"""Spaces whose vectors are made with something that was fitted to moments that go: they go as well.

They are asked for anew from what is left.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlite_utils import Database

from index import changes
from index.types import Job


def note(db: Database, ids: Sequence[int]) -> None:
    """Write down which spaces were fitted to any of these moments: in the transaction that takes their vectors.

    What began after the fit is in the space, but not in what was fitted.
    """
    db.execute(
        "INSERT INTO forgetting (kind, path) SELECT 'space', name FROM spaces WHERE data <> x'' AND EXISTS "
        "(SELECT 1 FROM vectors JOIN moments ON moments.id = vectors.moment_id WHERE space = name "
        "AND time_start <= made_at AND moment_id IN (SELECT value FROM json_each(?))) "
        "AND NOT EXISTS (SELECT 1 FROM forgetting WHERE kind = 'space' AND path = name)",
        [json.dumps(list(ids))],
    )


def forget_some(db: Database, at_once: int) -> int:
    """Let go of some vectors of a space that was written down, or of what is left of it; returns 0 when there is none.

    With the last of it the newest moment it knew is asked to be encoded anew: whoever does that finds nothing fitted.
    """
    noted = db.execute("SELECT path FROM forgetting WHERE kind = 'space' LIMIT 1").fetchone()
    if noted is None:
        return 0
    left = "EXISTS (SELECT 1 FROM features WHERE features.moment_id = vectors.moment_id)"
    some = f"SELECT moment_id, id, {left} FROM vectors WHERE space = ? ORDER BY id LIMIT ?"  # noqa: S608 constants
    rows = db.execute(some, [noted[0], at_once + 1]).fetchall()
    # Stays until the last: the newest of those looked at so far, in whatever order they were given their vectors.
    newest = max((row for row in rows if row[2]), default=None)
    others = [(row[1],) for row in rows if row != newest]
    if others:
        db.conn.executemany("DELETE FROM vectors WHERE id = ?", others)
        return len(others)
    changes.drop_space(db, noted[0])
    if newest is not None:
        changes.want(db, newest[0], Job.BRAIN)
    return int(db.execute("DELETE FROM forgetting WHERE kind = 'space' AND path = ?", [noted[0]]).rowcount)
