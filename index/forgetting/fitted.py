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
    newest = f"SELECT id, moment_id FROM vectors WHERE space = ? AND {left} ORDER BY id DESC LIMIT 1"  # noqa: S608 constants
    row, moment_id = db.execute(newest, [noted[0]]).fetchone() or (0, None)
    others = "DELETE FROM vectors WHERE id IN (SELECT id FROM vectors WHERE space = ? AND id <> ? LIMIT ?)"
    if gone := db.execute(others, [noted[0], row, at_once]).rowcount:
        return int(gone)
    changes.drop_space(db, noted[0])
    if moment_id is not None:
        changes.want(db, moment_id, Job.BRAIN)
    return int(db.execute("DELETE FROM forgetting WHERE kind = 'space' AND path = ?", [noted[0]]).rowcount)
