"""Moments whose frames a program drew, and reels of them."""

from __future__ import annotations

import numpy as np
from filling import T0, new

from index import changes
from index.pictures import cold_frames, compaction, frames, reeling
from index.pictures.reeling import MOST, SETTLED
from index.store import Store
from index.writer import Writer

SOON = T0 + 10 * 2 * MOST + SETTLED + 5
SIZE = (96, 128)


def drawn(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Return a picture of its own for each number: a dark bar that grows."""
    picture = np.full((*size, 3), 250, np.uint8)
    picture[8:24, : 2 * number + 2] = 20
    return picture


def noise(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (*SIZE, 3), dtype=np.uint8)


def add(writer: Writer, number: int, image: np.ndarray, *, app: str = "Editor", read: bool = True) -> int:
    moment = writer.do(changes.open_moment, writer.vault, new(T0 + 10 * number, app=app, title="t"), image).result()
    if read:
        writer.do(changes.put_text, moment, "text").result()
    writer.do(changes.close_moment, moment, T0 + 10 * number + 5).result()
    return moment


def fill(writer: Writer, count: int, *, app: str = "Editor") -> list[int]:
    return [add(writer, number, drawn(number), app=app) for number in range(count)]


def reeled(writer: Writer, store: Store, *, now: float = SOON) -> set[str]:
    """Make the reels that are to be made; returns their files."""
    made = set()
    for framed in reeling.plan(store, now=now).groups:
        group = reeling.encoded(writer.vault, [one.frame for one in framed])
        assert compaction.put(writer, framed, group)
        made |= {cold_frames.file_of(store.moment(one.moment).frame) for one in framed}
    return made


def shows(store: Store, moment: int, number: int) -> bool:
    picture = frames.decode(frames.read(store.vault, store.moment(moment).frame))
    small = frames.decode(frames.read(store.vault, frames.thumbnail(store.moment(moment).frame)))
    return np.array_equal(picture, drawn(number)) and abs(float(small.mean()) - float(picture.mean())) < 3
