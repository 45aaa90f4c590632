"""Jobs to work off, and a filler that lives as long as a test."""

from __future__ import annotations

from typing import Any

from scripted import BEGIN

from companion.jobs.fill import Filler
from index import changes
from index.store import Store
from index.types import Job, NewMoment
from index.writer import Writer

Incidents = list[tuple[str, str]]


def add(writer: Writer, *titles: str, kind: Job = Job.CONTENT) -> list[int]:
    """Store closed moments that lack one thing each."""

    def change(db: Any) -> list[int]:
        ids = []
        for number, title in enumerate(titles):
            new = NewMoment(BEGIN + 20 * number, BEGIN + 20 * number + 20, "app", title)
            ids.append(changes.open_moment(db, writer.vault, new, None))
            db.execute("UPDATE moments SET open = 0 WHERE id = ?", [ids[-1]])
            changes.want(db, ids[-1], kind)
        return ids

    return writer.do(change).result()


class Filling:
    """A filler over the steps of a test, ended with it."""

    def __init__(self, store: Store, writer: Writer, incidents: Incidents, *steps: Any) -> None:
        self.filler = Filler(
            "filler", steps, store=store, writer=writer, on_incident=lambda part, what: incidents.append((part, what))
        )

    def __enter__(self) -> Filler:
        self.filler.start()
        return self.filler

    def __exit__(self, *_: object) -> None:
        self.filler.stop()
