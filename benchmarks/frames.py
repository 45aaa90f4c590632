"""An hour of a desktop's frames, single (WebP) against compacted: bytes, legibility, and how fast one is served.

The hour is made and stored as the program does it (`_working_hour.py`), and compacted as it does it when idle. What
OCR reads off a compacted frame is compared with what it reads off the WebP; beside it what the WebP lost against the
screen, and what is left when a group was encoded once more because a frame of it was forgotten.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from _working_hour import ACTS, frames
from numpy.typing import NDArray

from companion.figures import Bar, report
from embeddings.ocr import TextReader, as_text
from index import changes
from index.keys.keys import Keys
from index.pictures import cold_frames, compaction
from index.pictures import frames as kept_frames
from index.store import Store
from index.types import NewMoment
from index.vault import Vault
from index.writer import Writer

READ, MENDED = 24, 4  # frames that are read by OCR
LEAST_RATIO, LEAST_SIMILARITY, MOST_SECONDS = 5.0, 0.97, 0.060
LATER = 4e9  # UTC seconds; everything is old by then


@dataclass
class Hour:
    """The stored hour: its moments in order, the WebP of each, and what the screen showed at some."""

    moments: list[int] = field(default_factory=list)
    single: dict[int, bytes] = field(default_factory=dict)
    screens: dict[int, NDArray[np.uint8]] = field(default_factory=dict)


@dataclass(frozen=True)
class Served:
    """Seconds until a frame is there: alone, by the clock and of the processor; and in the order of its group."""

    alone: list[float]
    cpu: list[float]
    in_order: list[float]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--acts", type=int, default=ACTS, help="ten seconds of work each")
    options.add_argument("--read", type=int, default=READ, help="frames that are read by OCR")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, Writer(Vault(Path(folder), keys=Keys.random())) as writer:
        store = Store(writer.vault)
        hour = _stored(writer, store, chosen.acts, max(1, chosen.acts * 2 // 3 // chosen.read))
        before = _sizes(writer.vault)
        start, cpu = time.perf_counter(), time.process_time()
        groups = _compacted(writer, store)
        took, worked = time.perf_counter() - start, time.process_time() - cpu
        after = _sizes(writer.vault)
        served = _served(store, hour.moments)
        reader = TextReader()
        alike, webp = _legible(store, reader, hour)
        again = _mended(writer, store, reader, hour)
        store.close()
    count = len(hour.moments)
    figures = {
        "frames": count,
        "groups": groups,
        "kilobytes_a_webp": round(before[0] / count / 1000, 1),
        "kilobytes_a_compacted": round(after[0] / count / 1000, 1),
        "ratio_with_thumbnails": round(sum(before) / sum(after), 2),
        "seconds_a_frame_to_compact": round(took / count, 2),
        "cpu_seconds_a_frame_to_compact": round(worked / count, 2),
        "seconds_served_p50": round(float(np.median(served.alone)), 4),
        "cpu_seconds_served_p95": round(float(np.quantile(served.cpu, 0.95)), 4),
        "seconds_served_in_order_p95": round(float(np.quantile(served.in_order, 0.95)), 4),
        "frames_read": len(alike),
        "similarity_lowest": round(min(alike), 4),
        "similarity_of_webp_to_screen": round(float(np.mean(webp)), 4),
        "similarity_encoded_once_more": round(float(np.mean(again)), 4),
    }
    bars = [
        Bar("times smaller than WebP", round(before[0] / after[0], 2), LEAST_RATIO, "least"),
        Bar("similarity of text read, mean", round(float(np.mean(alike)), 4), LEAST_SIMILARITY, "least"),
        Bar("seconds until one frame is served, p95", round(float(np.quantile(served.alone, 0.95)), 4), MOST_SECONDS),
    ]
    return report("frames", figures, bars)


def _stored(writer: Writer, store: Store, acts: int, every: int) -> Hour:
    """Store the hour's moments as read already, and keep what the screen showed at every so many."""
    hour = Hour()
    for frame in frames(acts):
        new = NewMoment(frame.time, frame.time, frame.window.app, frame.window.title)
        moment = writer.do(changes.open_moment, writer.vault, new, frame.image).result()
        writer.do(changes.put_text, moment, "read").result()
        writer.do(changes.close_moment, moment, frame.time + 1).result()
        if len(hour.moments) % every == 0:
            hour.screens[moment] = frame.image
        hour.moments.append(moment)
        hour.single[moment] = kept_frames.read(writer.vault, store.moment(moment).frame)
    return hour


def _sizes(vault: Vault) -> tuple[int, int]:
    """Return the bytes on disk of all frames, and of all thumbnails."""
    files = [path for path in vault.frames.rglob("*") if path.is_file()]
    small = sum(path.stat().st_size for path in files if path.suffix in (".small", cold_frames.SMALL))
    return sum(path.stat().st_size for path in files) - small, small


def _compacted(writer: Writer, store: Store) -> int:
    """Group everything as the program does; returns how many groups there are."""
    count = 0
    while groups := compaction.plan(store, before=LATER).groups:
        for group in groups:
            made = compaction.encoded(writer.vault, [one.frame for one in group])
            count += compaction.put(writer, group, made)
    return count


def _served(store: Store, moments: Sequence[int]) -> Served:
    """Serve every frame in the order of its group, and then each with nothing of it in memory."""
    names = sorted((store.moment(moment).frame for moment in moments), key=_place)
    in_order = [_serve(store, name)[0] for name in names]
    random.Random(4).shuffle(names)  # noqa: S311 an order, no secret
    alone = []
    for name in names:
        cold_frames.let_go(store.vault)
        alone.append(_serve(store, name))
    return Served([one[0] for one in alone], [one[1] for one in alone], in_order)


def _place(name: str) -> tuple[str, int]:
    file, _, place = name.partition("#")
    return file, int(place)


def _serve(store: Store, name: str) -> tuple[float, float]:
    """Return the seconds until a frame's pixels are there, by the clock and of the processor."""
    start, cpu = time.perf_counter(), time.process_time()
    kept_frames.decode(kept_frames.read(store.vault, name))
    return time.perf_counter() - start, time.process_time() - cpu


def _legible(store: Store, reader: TextReader, hour: Hour) -> tuple[list[float], list[float]]:
    """Return how alike the text is: of compacted frames to their WebP, and of the WebP to the screen."""
    alike, webp = [], []
    for moment, screen in hour.screens.items():
        single = as_text(reader.read(kept_frames.decode(hour.single[moment])))
        alike.append(_alike(_text(store, reader, moment), single))
        webp.append(_alike(single, as_text(reader.read(screen))))
    return alike, webp


def _mended(writer: Writer, store: Store, reader: TextReader, hour: Hour) -> list[float]:
    """Forget a frame of some groups, and return how alike the text of another of the group then is to its WebP."""
    alike = []
    for moment in _spread(list(hour.screens), MENDED):
        file = cold_frames.file_of(store.moment(moment).frame)
        others = [one for one in hour.moments if one != moment and store.moment(one).frame.startswith(f"{file}#")]
        compaction.without(writer, store, file, others[:1])
        single = as_text(reader.read(kept_frames.decode(hour.single[moment])))
        alike.append(_alike(_text(store, reader, moment), single))
    return alike


def _spread(things: Sequence[int], count: int) -> Iterable[int]:
    return things[:: max(1, len(things) // count)][:count]


def _text(store: Store, reader: TextReader, moment: int) -> str:
    return as_text(reader.read(kept_frames.decode(kept_frames.read(store.vault, store.moment(moment).frame))))


def _alike(one: str, other: str) -> float:
    """Return the share of characters two texts have in common, in order."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


if __name__ == "__main__":
    sys.exit(main())
