"""In what order things go for want of room: by age, where what is worth more to the person counts as younger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from index.pictures import cold_frames

DAY = 86_400.0
CHOSEN = 365 * DAY  # opened from an answer, or tagged
WORDS = 30 * DAY  # has text
UNREAD = 30 * DAY  # its text or its EEG is still waited for
LINGERED = 30 * DAY  # attention stayed for an hour or more, less for less
LINGERED_SECONDS = 3600.0
STAYS = float("inf")
WINDOW = 256  # things looked at first

_CHOSEN = (
    "EXISTS (SELECT 1 FROM tags WHERE tags.moment_id = moments.id) "
    "OR EXISTS (SELECT 1 FROM feedback WHERE feedback.moment_id = moments.id AND opened = 1)"
)
_LOOK = (
    f"SELECT id, time_start, time_end, frame, {_CHOSEN}, length(text) > 0, "  # noqa: S608 constants
    "EXISTS (SELECT 1 FROM jobs WHERE jobs.moment_id = moments.id AND quarantined = 0 AND kind = 'read') FROM moments "
)
_GROUP = f"{_LOOK} WHERE substr(frame, 1, 12) = 'frames/cold/' AND frame >= ? AND frame < ?"
_AGED = "open = 0 AND time_start < (SELECT max(time_start) FROM moments) - ? ORDER BY time_start, id LIMIT ?"
_MOMENTS = f"{_LOOK} WHERE {{}} AND {_AGED}"


@dataclass(frozen=True, slots=True)
class Thing:
    """What may go: a moment's picture, a moment, or a recording.

    Attributes
    ----------
    start, end
        UTC seconds.
    file
        Its file, relative to the vault; empty without one.
    worth
        Seconds by which it counts as younger; of a picture in a group, that of the group's most valuable one, and
        `STAYS` where one of these is too new to go.
    shares
        How many moments have their picture in its file: they lose it together.

    """

    id: int
    start: float
    end: float
    file: str
    worth: float
    shares: int = 1


def worth(*, chosen: bool, words: bool, unread: bool, seconds: float) -> float:
    """Return the seconds by which something counts as younger."""
    lingered = LINGERED * min(1.0, max(0.0, seconds) / LINGERED_SECONDS)
    return CHOSEN * chosen + WORDS * words + UNREAD * unread + lingered


def enough(oldest: Callable[[int], Sequence[Thing]], size: Callable[[Thing], int], wanted: int) -> list[Thing]:
    """Return the things to go first that have ``wanted`` bytes together, or all there are.

    ``oldest`` returns so many of the oldest things, in order of their start. Among them those are certain to go
    before all that were not looked at which, their worth added, are still older than the youngest of them.
    """
    limit = WINDOW
    while True:
        found = oldest(limit)
        everything = len(found) < limit
        edge = float("inf") if everything else found[-1].start
        order = sorted(found, key=lambda thing: (thing.start + thing.worth, thing.id))
        certain = [thing for thing in order if thing.worth < STAYS and thing.start + thing.worth <= edge]
        chosen = _up_to(certain, size, wanted)
        if everything or sum(map(size, chosen)) >= wanted:
            return chosen
        limit *= 2


def pictured(db: Database, limit: int, newest: float) -> list[Thing]:
    """Return the oldest moments with a picture; not those of the last ``newest`` seconds of what was recorded."""
    found = _things(db, _MOMENTS.format("frame <> ''"), [newest, limit])
    edge = db.execute("SELECT max(time_start) FROM moments").fetchone()[0] - newest if found else 0.0
    groups: dict[str, list[Thing]] = {}
    for thing in found:
        file = cold_frames.file_of(thing.file)
        if cold_frames.is_cold(thing.file) and file not in groups:
            groups[file] = group(db, file)
    return [_grouped(thing, groups.get(cold_frames.file_of(thing.file), []), edge) for thing in found]


def group(db: Database, file: str) -> list[Thing]:
    """Return the moments whose pictures are in a group's file."""
    return _things(db, _GROUP, [f"{file}#", f"{file}$"])  # "$" comes after "#"


def _grouped(thing: Thing, members: Sequence[Thing], edge: float) -> Thing:
    if not members:
        return thing
    new = any(member.start >= edge for member in members)  # of a reel, minutes after what else is in it
    return replace(thing, worth=STAYS if new else max(one.worth for one in members), shares=len(members))


def moments(db: Database, limit: int, newest: float) -> list[Thing]:
    """Return the oldest moments; not those of the last ``newest`` seconds of what was recorded."""
    return _things(db, _MOMENTS.format("1"), [newest, limit])


def recordings(db: Database, limit: int) -> list[Thing]:
    """Return the oldest recordings; not those that are written to, nor the newest."""
    inside = "FROM moments WHERE moments.time_start < recordings.time_end AND moments.time_end > recordings.time_start"
    sql = (
        f"SELECT id, time_start, time_end, path, EXISTS (SELECT 1 {inside} AND ({_CHOSEN})), "  # noqa: S608 constants
        f"EXISTS (SELECT 1 {inside} AND EXISTS (SELECT 1 FROM jobs WHERE jobs.moment_id = moments.id "
        "AND quarantined = 0 AND kind = 'brain')) FROM recordings WHERE open = 0 "
        "AND time_end < (SELECT max(time_end) FROM recordings) ORDER BY time_start, id LIMIT ?"
    )
    return [
        Thing(number, start, end, file, worth(chosen=bool(chosen), words=False, unread=bool(unread), seconds=0.0))
        for number, start, end, file, chosen, unread in db.execute(sql, [limit]).fetchall()
    ]


def _things(db: Database, sql: str, arguments: Sequence[float | str]) -> list[Thing]:
    found = []
    for row in db.execute(sql, list(arguments)).fetchall():
        number, start, end, file, chosen, words, unread = row
        value = worth(chosen=bool(chosen), words=bool(words), unread=bool(unread), seconds=end - start)
        found.append(Thing(number, start, end, file, value))
    return found


def _up_to(things: Sequence[Thing], size: Callable[[Thing], int], wanted: int) -> list[Thing]:
    """Return the first things that have ``wanted`` bytes together."""
    chosen: list[Thing] = []
    total = 0
    for thing in things:
        if total >= wanted:
            break
        chosen.append(thing)
        total += size(thing)
    return chosen
