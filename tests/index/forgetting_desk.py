"""Moments and recordings to forget, and forgetting them to the end."""

from __future__ import annotations

import numpy as np
from filling import T0, new, put, unit
from numpy.typing import NDArray

from index import changes
from index.forgetting import forgetting, wish
from index.forgetting.forgetting import OfBrain
from index.forgetting.wish import Wish
from index.signals.bdf import BdfAppender
from index.store import Store
from index.types import SignalQuality
from index.writer import Writer

CH_NAMES, SFREQ = ("TP9", "AF7", "AF8", "TP10"), 256.0


BRAIN = OfBrain(spaces=("state:*", "shared:*"), parts=("headset",))


def moment(writer: Writer, number: int, *, app: str = "Firefox", url: str = "") -> int:
    """Store a moment of 50 s with a picture, text, a vector and features; each begins a minute after the one before."""
    image = np.full((40, 60, 3), number, np.uint8)
    start = T0 + 60 * number
    made = writer.do(
        changes.open_moment, writer.vault, new(start, app=app, title=f"title{number}", url=url), image
    ).result()
    writer.do(changes.put_text, made, f"words number{number}").result()
    writer.do(changes.close_moment, made, start + 50).result()
    put(writer, "content:m", {made: unit(np.eye(1, 8, number % 8))})
    put(writer, "state:m", {made: unit(np.eye(1, 8, number % 8))})
    writer.do(changes.put_features, made, "m", 1.0, b"features", ch_names=CH_NAMES).result()
    writer.do(changes.put_quality, made, "m", SignalQuality(4, 4, "")).result()
    return int(made)


def recording(writer: Writer, start: float, seconds: float, *, source: str = "board") -> NDArray[np.float64]:
    """Store EEG and return it as the file holds it, ``float64[channels, samples]`` in µV."""
    data = np.random.default_rng(0).integers(-3000, 3000, (4, round(seconds * SFREQ))) / 32
    path = writer.vault.eeg / f"{start:.0f}.bdf"
    named = {"ch_names": CH_NAMES, "sfreq": SFREQ}
    with BdfAppender(path, time_start=start, device="Muse", sealer=writer.vault.keys.eeg, **named) as file:
        file.append(data)
    name = changes.relative(writer.vault, path)
    writer.do(changes.open_recording, name, device="Muse", source=source, time_start=start, **named).result()
    writer.do(changes.extend_recording, name, data.shape[1], closed=True).result()
    return data


def forget(writer: Writer, store: Store, wished: Wish) -> wish.Plan:
    planned = wish.plan(store, wished)
    forgetting.begin(writer, planned, time=T0 + 9000)
    forgetting.finish(writer, store, brain=BRAIN)
    return planned


def apps(store: Store) -> list[str]:
    return [row[0] for row in store.rows("SELECT app FROM moments ORDER BY id")]


def everything_of(store: Store, moment_id: int) -> list[str]:
    """Return the tables that still know a moment."""
    held = {"moments": "id", **dict.fromkeys(("jobs", "vectors", "features", "signal_quality", "tags"), "moment_id")}
    return [name for name, key in held.items() if rows_of(store, f"{name} WHERE {key} = {moment_id}")]


def rows_of(store: Store, of: str) -> int:
    return int(store.value(f"SELECT count(*) FROM {of}"))  # noqa: S608 the test's own words
