"""An hour of a desktop's frames, kept, in reels and compacted: bytes, time, legibility, how fast one is served.

The hour is made and stored as the program does it (`_working_hour.py`), made reels of as it does it within minutes, and
compacted as it does it when idle. All are compared with a plain WebP of each frame, with loss, of quality 80. What OCR
reads off a frame of a reel, and off a compacted one, is compared with what it reads off the kept one; beside it what
that and the plain one lost against the screen, and what is left when a group was encoded once more because a frame of
it was forgotten.
"""

from __future__ import annotations

import argparse
import io
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
from PIL import Image

from companion.figures import Bar, report
from embeddings.reading.ocr import TextReader, as_text
from index import changes
from index.keys.keys import Keys
from index.pictures import cold_frames, compaction, encoding, reeling
from index.pictures import frames as kept_frames
from index.store import Store
from index.types import NewMoment
from index.vault import Vault
from index.writer import Writer

READ, MENDED = 24, 4  # frames that are read by OCR
LEAST_RATIO, LEAST_SIMILARITY, MOST_SECONDS = 5.0, 0.97, 0.060
LATER = 4e9  # UTC seconds; everything is old by then
PLAIN = {"quality": 80, "method": 3}  # the usual WebP


@dataclass
class Hour:
    """The stored hour: its moments in order, the kept file of each, and what the screen showed at some.

    ``plain`` and ``drawn`` are the bytes of all as plain WebP, and how many are kept from a palette; the seconds are of
    the processor, for all frames and their thumbnails.
    """

    moments: list[int] = field(default_factory=list)
    single: dict[int, bytes] = field(default_factory=dict)
    screens: dict[int, NDArray[np.uint8]] = field(default_factory=dict)
    plain: int = 0
    drawn: int = 0
    plain_seconds: float = 0.0
    kept_seconds: float = 0.0


@dataclass(frozen=True)
class Served:
    """Seconds until a frame is there: alone, by the clock and of the processor; and in the order of its group."""

    alone: list[float]
    cpu: list[float]
    in_order: list[float]


@dataclass(frozen=True)
class Compacted:
    """What compacting the hour took, of the clock and the processor, and made; sizes are of frames and thumbnails."""

    groups: int
    before: tuple[int, int]
    after: tuple[int, int]
    seconds: float
    cpu: float


@dataclass(frozen=True)
class Reeled:
    """What making reels came to: frames in them, sizes, processor seconds; seconds to serve one, and how it reads."""

    frames: int
    after: tuple[int, int]
    cpu: float
    served: list[float]
    alike: list[float]


@dataclass(frozen=True)
class Legible:
    """How alike texts are, frame by frame: of the compacted to the kept one, of that and of a plain WebP to the screen.

    ``again``: of those whose group was made anew, to the kept one.
    """

    compacted: list[float]
    kept: list[float]
    plain: list[float]
    again: list[float]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--acts", type=int, default=ACTS, help="ten seconds of work each")
    options.add_argument("--read", type=int, default=READ, help="frames that are read by OCR")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, Writer(Vault(Path(folder), keys=Keys.random())) as writer:
        store = Store(writer.vault)
        hour = _stored(writer, store, chosen.acts, max(1, chosen.acts * 2 // 3 // chosen.read))
        before = _sizes(writer.vault)
        reeled = _reeled(writer, store, hour)
        compacted = _compacted(writer, store, before)
        served = _served(store, hour.moments)
        legible = _legible(writer, store, hour)
        store.close()
    bars = [
        Bar("times smaller than plain WebP", round(hour.plain / compacted.after[0], 2), LEAST_RATIO, "least"),
        Bar("similarity of text read, mean", _mean(legible.compacted), LEAST_SIMILARITY, "least"),
        Bar("seconds until one frame is served, p95", round(float(np.quantile(served.alone, 0.95)), 4), MOST_SECONDS),
        Bar("the same of a reel", round(float(np.quantile(reeled.served, 0.95)), 4), MOST_SECONDS),
        Bar("similarity of text read of a reel, mean", _mean(reeled.alike), LEAST_SIMILARITY, "least"),
    ]
    told = _told(len(hour.moments), compacted, served, legible)
    return report("frames", _kept(hour, compacted) | _told_of_reels(len(hour.moments), reeled, compacted) | told, bars)


def _kept(hour: Hour, compacted: Compacted) -> dict[str, float]:
    """Return what keeping the frames took, beside a plain WebP of each."""
    count, kept = len(hour.moments), compacted.before[0]
    return {
        "frames": count,
        "from_a_palette": hour.drawn,
        "kilobytes_a_plain_webp": round(hour.plain / count / 1000, 1),
        "kilobytes_a_kept": round(kept / count / 1000, 1),
        "kept_share_of_plain_bytes": round(kept / hour.plain, 3),
        "kept_share_of_plain_cpu": round(hour.kept_seconds / hour.plain_seconds, 3),
        "cpu_milliseconds_to_keep": round(1000 * hour.kept_seconds / count, 1),
    }


def _told_of_reels(count: int, reeled: Reeled, compacted: Compacted) -> dict[str, float]:
    return {
        "frames_in_reels": reeled.frames,
        "kilobytes_a_frame_with_reels": round(reeled.after[0] / count / 1000, 1),
        "thumbnail_kilobytes_kept": round(compacted.before[1] / count / 1000, 1),
        "thumbnail_kilobytes_with_reels": round(reeled.after[1] / count / 1000, 1),
        "reels_share_of_kept_bytes": round(sum(reeled.after) / sum(compacted.before), 3),
        "cpu_milliseconds_a_frame_to_reel": round(1000 * reeled.cpu / max(1, reeled.frames), 1),
        "seconds_served_of_a_reel_p50": round(float(np.median(reeled.served)), 4),
    }


def _told(count: int, compacted: Compacted, served: Served, legible: Legible) -> dict[str, float]:
    """Return what compacting took, and what it did to the frames."""
    before, after = compacted.before, compacted.after
    return {
        "groups": compacted.groups,
        "kilobytes_a_compacted": round(after[0] / count / 1000, 1),
        "times_smaller_than_kept": round(before[0] / after[0], 2),
        "the_same_with_thumbnails": round(sum(before) / sum(after), 2),
        "seconds_a_frame_to_compact": round(compacted.seconds / count, 2),
        "cpu_seconds_a_frame_to_compact": round(compacted.cpu / count, 2),
        "seconds_served_p50": round(float(np.median(served.alone)), 4),
        "cpu_seconds_served_p95": round(float(np.quantile(served.cpu, 0.95)), 4),
        "seconds_served_in_order_p95": round(float(np.quantile(served.in_order, 0.95)), 4),
        "frames_read": len(legible.compacted),
        "similarity_lowest": round(min(legible.compacted), 4),
        "similarity_of_kept_to_screen": _mean(legible.kept),
        "similarity_of_plain_to_screen": _mean(legible.plain),
        "similarity_encoded_once_more": _mean(legible.again),
    }


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


def _stored(writer: Writer, store: Store, acts: int, every: int) -> Hour:
    """Store the hour's moments as read already, and keep what the screen showed at every so many."""
    hour = Hour()
    for frame in frames(acts):
        new = NewMoment(frame.time, frame.time, frame.window.app, frame.window.title)
        moment = writer.do(changes.open_moment, writer.vault, new, _encoded(hour, frame.image)).result()
        writer.do(changes.put_text, moment, "read").result()
        writer.do(changes.close_moment, moment, frame.time + 1).result()
        if len(hour.moments) % every == 0:
            hour.screens[moment] = frame.image
        hour.moments.append(moment)
        hour.single[moment] = kept_frames.read(writer.vault, store.moment(moment).frame)
    return hour


def _encoded(hour: Hour, image: NDArray[np.uint8]) -> kept_frames.Picture:
    """Return a frame as it is kept, and note what that took, and what a plain WebP takes."""
    start = time.process_time()
    picture = kept_frames.encode(image)
    hour.kept_seconds += time.process_time() - start
    start = time.process_time()
    hour.plain += len(_plain(image))
    _plain(kept_frames.small(image))
    hour.plain_seconds += time.process_time() - start
    hour.drawn += encoding.is_drawn(picture.whole)
    return picture


def _plain(image: NDArray[np.uint8]) -> bytes:
    encoded = io.BytesIO()
    Image.fromarray(image).save(encoded, "WEBP", **PLAIN)
    return encoded.getvalue()


def _sizes(vault: Vault) -> tuple[int, int]:
    """Return the bytes on disk of all frames, and of all thumbnails."""
    files = [path for path in vault.frames.rglob("*") if path.is_file()]
    small = sum(path.stat().st_size for path in files if path.suffix in {".small", *cold_frames.SMALL.values()})
    return sum(path.stat().st_size for path in files) - small, small


def _reeled(writer: Writer, store: Store, hour: Hour) -> Reeled:
    """Make reels of everything as the program does, serve each frame with nothing in memory, and read some."""
    count, cpu = 0, time.process_time()
    while groups := reeling.plan(store, now=LATER).groups:
        for group in groups:
            compaction.put(writer, group, reeling.encoded(writer.vault, [one.frame for one in group]))
            count += len(group)
    cpu = time.process_time() - cpu
    names = [name for name in (store.moment(moment).frame for moment in hour.moments) if cold_frames.is_cold(name)]
    served = []
    for name in names:
        cold_frames.let_go(store.vault)
        served.append(_serve(store, name)[0])
    reader, alike = TextReader(), []
    for moment in hour.screens:
        kept = as_text(reader.read(kept_frames.decode(hour.single[moment])))
        alike.append(_alike(_text(store, reader, moment), kept))
    return Reeled(count, _sizes(writer.vault), cpu, served, alike)


def _compacted(writer: Writer, store: Store, before: tuple[int, int]) -> Compacted:
    """Group everything as the program does when it is cold."""
    count = 0
    start, cpu = time.perf_counter(), time.process_time()
    while groups := compaction.plan(store, before=LATER).groups:
        for group in groups:
            made = compaction.encoded(writer.vault, [one.frame for one in group])
            count += compaction.put(writer, group, made)
    took, worked = time.perf_counter() - start, time.process_time() - cpu
    compaction.mend(writer, store)  # reels that nothing is left of go
    return Compacted(count, before, _sizes(writer.vault), took, worked)


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


def _legible(writer: Writer, store: Store, hour: Hour) -> Legible:
    """Read some frames as they are grouped, as they were kept, as plain WebP and as the screen showed them."""
    reader, found = TextReader(), Legible([], [], [], [])
    for moment, screen in hour.screens.items():
        shown, plain = (as_text(reader.read(image)) for image in (screen, kept_frames.decode(_plain(screen))))
        kept = as_text(reader.read(kept_frames.decode(hour.single[moment])))
        found.compacted.append(_alike(_text(store, reader, moment), kept))
        found.kept.append(_alike(kept, shown))
        found.plain.append(_alike(plain, shown))
    found.again.extend(_mended(writer, store, reader, hour))
    return found


def _mended(writer: Writer, store: Store, reader: TextReader, hour: Hour) -> list[float]:
    """Forget a frame of some groups, and return how alike the text of another of the group then is to the kept one."""
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
