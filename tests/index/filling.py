"""Short ways to put moments and vectors into a vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from index import changes
from index.types import NewMoment
from index.writer import Writer

T0 = 1_790_000_000.0


def new(time: float = T0, *, app: str = "Firefox", title: str = "", url: str = "") -> NewMoment:
    return NewMoment(time_start=time, time_end=time, app=app, title=title, url=url)


def add(
    writer: Writer, text: str = "", *, time: float = T0, seconds: float = 10.0, app: str = "Firefox", title: str = ""
) -> int:
    """Store one closed moment that holds ``text`` and return its id."""
    moment = new(time, app=app, title=title)
    moment_id = writer.do(changes.open_moment, writer.vault, moment, None).result()
    writer.do(changes.put_text, moment_id, text).result()
    writer.do(changes.close_moment, moment_id, time + seconds).result()
    return moment_id


def add_many(writer: Writer, texts: Sequence[str], titles: Sequence[str] = ()) -> list[int]:
    """Store moments a minute apart in one transaction."""

    def change(db: Database) -> list[int]:
        ids = []
        for i, text in enumerate(texts):
            moment = new(T0 + 60 * i, title=titles[i] if titles else "")
            ids.append(changes.open_moment(db, writer.vault, moment, None))
            changes.put_text(db, ids[-1], text)
            changes.close_moment(db, ids[-1], T0 + 60 * i + 50)
        return ids

    return writer.do(change).result()


def put(writer: Writer, space: str, vectors: Mapping[int, NDArray[np.float32]]) -> None:
    """Store the vectors of moments, ``float32[parts, dimension]`` each, in a space that is made when missing."""
    dimension = next(iter(vectors.values())).shape[1]
    writer.do(changes.put_space, space, model="m", dimension=dimension, time=T0).result()
    writer.do(changes.put_vectors, space, vectors).result()


def unit(rows: NDArray[Any]) -> NDArray[np.float32]:
    """Return rows at unit norm."""
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


def results(futures: Sequence[Future[Any]]) -> list[Any]:
    return [future.result() for future in futures]
