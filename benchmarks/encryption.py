"""What encryption costs: one vault as it is, one with keys that do nothing, the same done to both in turn.

The keys that do nothing are defined here alone, and so is the connection without a key: no code of the program can
make such a vault. Pictures are encoded beforehand, so that encoding them hides nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from sqlite_utils import Database

# Beside this file lies index.py, which must not pass for the package of that name.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from companion.figures import Bar, report
from index import changes, database
from index.keys.keys import Keys
from index.keys.sealing import HEAD_BYTES, TAG_BYTES
from index.pictures import frames
from index.pictures.frames import Picture
from index.ranking import recall
from index.ranking.recall import Asked
from index.signals.bdf import BdfAppender
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import NewMoment
from index.vault import Vault
from index.words import lexical, terms
from index.writer import Writer

MOMENTS, WRITES, BLOCK, QUERIES = 20_000, 600, 10, 120
AT_ONCE = 200  # moments a transaction while the vaults are filled
LIMIT = 1.5
SPACE, DIMENSION, PARTS = "content:m", 384, 2
HOT = 2_048  # rows in memory: nearly all of them are in segments, as in a vault of years
ARRANGED = 4  # times all segments are made anew
SFREQ, CH_NAMES, STRETCH = 256.0, ("TP9", "AF7", "AF8", "TP10"), 8  # a headset, and seconds of EEG at a time
WORDS, LENGTH = 30_000, 110  # how many there are, and how many a text has
SYLLABLES = [f"{a}{b}" for a in "bdfgklmnprstvz" for b in "aeiou"]
T0 = 1_790_000_000.0
PLAIN = "none"  # the key of a database without encryption, known to this file alone


class PlainBlocks:
    """`Blocks` that leave everything as it is, with room where a tag would be."""

    def seal(self, _number: int, plain: bytes, _about: bytes = b"") -> bytes:
        """Return what was given."""
        return plain + bytes(TAG_BYTES)

    def open(self, _number: int, sealed: bytes, _about: bytes = b"") -> bytes:
        """Return what was given."""
        return sealed[:-TAG_BYTES]


class PlainSealer:
    """A `Sealer` that leaves everything as it is, in the same layout."""

    def seal(self, plain: bytes, _about: bytes = b"") -> bytes:
        """Return what was given."""
        return bytes(HEAD_BYTES) + plain + bytes(TAG_BYTES)

    def open(self, sealed: bytes, _about: bytes = b"") -> bytes:
        """Return what was given."""
        return sealed[HEAD_BYTES:-TAG_BYTES]

    def new_head(self) -> bytes:
        """Return a head."""
        return bytes(HEAD_BYTES)

    def blocks(self, _head: bytes) -> PlainBlocks:
        """Return what leaves blocks as they are."""
        return PlainBlocks()

    def is_current(self, _head: bytes) -> bool:
        """Return True."""
        return True


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two vaults, open."""

    writer: Writer
    store: Store
    vectors: Vectors

    @classmethod
    def of(cls, stack: ExitStack, vault: Vault) -> Self:
        """Open a vault for as long as ``stack``."""
        writer = stack.enter_context(Writer(vault))
        store = stack.enter_context(closing(Store(vault)))
        return cls(writer, store, Vectors(store, hot_rows=HOT))


Act = Callable[[Side, int], None]
Seconds = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=MOMENTS)
    moments = parser.parse_args().moments
    _let_plain_databases_open()
    plain = PlainSealer()
    keys = Keys((PLAIN,), frames=plain, vectors=plain, files=plain, eeg=plain, private=b"")
    with tempfile.TemporaryDirectory(prefix="companion-encryption-") as folder:
        vaults = Vault(Path(folder) / "encrypted", Keys.random()), Vault(Path(folder) / "plain", keys)
        with ExitStack() as stack:
            sides = tuple(Side.of(stack, vault) for vault in vaults)
            made = Made(moments)
            for side in sides:
                _fill(side, made, moments)
            return _measure(sides, made, moments)


def _measure(sides: tuple[Side, ...], made: Made, moments: int) -> int:
    acts: dict[str, tuple[Act, int, int]] = {
        "write": (lambda side, i: _write(side, made, moments + i), WRITES // BLOCK, BLOCK),
        "words": (made.by_words, QUERIES, 1),
        "content": (made.by_content, QUERIES, 1),
        "fused": (made.fused, QUERIES, 1),
        "picture": (made.picture, QUERIES, 1),
        "eeg": (made.listen, WRITES // BLOCK, 1),
        "arrange": (_arrange, ARRANGED, 1),
    }
    figures: dict[str, object] = {"moments": moments, "queries": QUERIES, "writes": WRITES}
    bars = []
    for name, (act, times, each) in acts.items():
        seconds, spent = _pairs(sides, act, times, each)
        encrypted, plain = (float(np.median(column)) / each for column in seconds.T)
        ratio = float(np.median(seconds[:, 0] / seconds[:, 1]))
        figures[f"{name}_ms_encrypted"], figures[f"{name}_ms_plain"] = (
            round(1000 * each, 3) for each in (encrypted, plain)
        )
        figures[f"{name}_ratio"], figures[f"{name}_ratio_of_sums"] = (
            round(ratio, 3),
            round(float(seconds[:, 0].sum() / seconds[:, 1].sum()), 3),
        )
        figures[f"{name}_processor_ratio"] = round(float(spent[:, 0].sum() / spent[:, 1].sum()), 3)
        bars.append(Bar(f"{name}: encrypted over plain", ratio, LIMIT))
    return report("encryption", figures, bars)


def _pairs(sides: tuple[Side, ...], act: Act, times: int, each: int) -> tuple[Seconds, Seconds]:
    """Return the seconds of ``times`` blocks of ``each`` acts, ``[times, 2]``, by the clock and of the processor.

    Who comes first changes every time.
    """
    seconds, spent = np.empty((times, 2)), np.empty((times, 2))
    for block in range(times):
        for which in (0, 1) if block % 2 else (1, 0):
            begin, processor = time.perf_counter(), time.process_time()
            for i in range(block * each, (block + 1) * each):
                act(sides[which], i)
            seconds[block, which] = time.perf_counter() - begin
            spent[block, which] = time.process_time() - processor
    return seconds[1:], spent[1:]  # the first is warming up


class Made:
    """What is stored and asked, the same for both, made before anything is timed."""

    def __init__(self, moments: int) -> None:
        rng, self._count = np.random.default_rng(0), moments
        words = [f"{a}{b}{c}" for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES][:WORDS]
        often = 1.0 / np.arange(1, len(words) + 1)
        drawn = rng.choice(len(words), (moments + WRITES, LENGTH), p=often / often.sum())
        self.texts = [" ".join(words[i] for i in row) for row in drawn]
        rows = rng.standard_normal((moments + WRITES, PARTS, DIMENSION), np.float32)
        self.vectors = rows / np.linalg.norm(rows, axis=2, keepdims=True)
        image = np.zeros((800, 1280, 3), np.uint8) + 250
        image[40:700:18, 60:1200] = rng.integers(0, 255, (37, 1140, 1), np.uint8)
        self.image = frames.encode(image)
        self.eeg = rng.normal(0, 30, (STRETCH, len(CH_NAMES), round(SFREQ)))

    def query(self, number: int) -> str:
        """Return three words of a stored text."""
        words = self.texts[97 * number % self._count].split()
        return " ".join(words[number % 50 : number % 50 + 3])

    def by_words(self, side: Side, number: int) -> None:
        """Ask by words."""
        lexical.search(side.store, terms.read(side.store, self.query(number)))

    def by_content(self, side: Side, number: int) -> None:
        """Ask by a vector."""
        side.vectors.search(SPACE, self.vectors[number, 0], 10)

    def fused(self, side: Side, number: int) -> None:
        """Ask by both."""
        asked = Asked(SPACE, self.vectors[number, 0])
        recall.by_words(side.store, side.vectors, self.query(number), asked, k=10)

    def picture(self, side: Side, number: int) -> None:
        """Read a picture that was written before."""
        frames.decode(frames.read(side.store.vault, side.store.moment(self._count + 1 + number).frame))

    def listen(self, side: Side, number: int) -> None:
        """Record a stretch of EEG as the program does, safe on disk every second."""
        vault = side.writer.vault
        path, start = vault.eeg / f"{number}.bdf", T0 + STRETCH * number
        about = {"ch_names": CH_NAMES, "sfreq": SFREQ, "time_start": start, "device": "board"}
        with BdfAppender(path, sealer=vault.keys.eeg, ledger=vault.ledger, **about) as appender:  # type: ignore[arg-type] # a plain dictionary
            for second in self.eeg:
                appender.append(second)
                appender.flush()


def _fill(side: Side, made: Made, moments: int) -> None:
    side.writer.do(changes.put_space, SPACE, model="m", dimension=DIMENSION, time=T0).result()
    for first in range(0, moments, AT_ONCE):
        side.writer.do(_put_many, side.writer.vault, made, range(first, min(first + AT_ONCE, moments))).result()
    while side.vectors.merge():
        pass
    side.vectors.search(SPACE, made.vectors[0, 0], 1)


def _arrange(side: Side, _number: int) -> None:
    """Make every segment anew."""
    side.vectors.rebuild()
    while side.vectors.merge():
        pass


def _put_many(db: Database, vault: Vault, made: Made, numbers: range) -> None:
    for number in numbers:
        _put(db, vault, made, number, None)


def _put(db: Database, vault: Vault, made: Made, number: int, image: Picture | None) -> None:
    start = T0 + 10 * number
    moment = changes.open_moment(db, vault, NewMoment(start, start + 9, "app", f"title {number}"), image)
    changes.put_text(db, moment, made.texts[number])
    changes.close_moment(db, moment, start + 9)
    changes.put_vectors(db, SPACE, {moment: made.vectors[number]})


def _write(side: Side, made: Made, number: int) -> None:
    """Store a moment as the program does: its parts one after another, each in a transaction."""
    start, vault = T0 + 10 * number, side.writer.vault
    new = NewMoment(start, start + 9, "app", f"title {number}")
    moment = side.writer.do(changes.open_moment, vault, new, made.image).result()
    side.writer.do(changes.close_moment, moment, start + 9).result()
    side.writer.do(changes.put_text, moment, made.texts[number]).result()
    side.writer.do(changes.put_vectors, SPACE, {moment: made.vectors[number]}).result()


def _let_plain_databases_open() -> None:
    """Leave out the key of a database whose key is `PLAIN`, in this process."""
    keyed = database._keyed  # noqa: SLF001 a benchmark's switch, which the program itself must not have

    def keyed_or_plain(path: Path, key: str, *, write: bool) -> Any:
        if key != PLAIN:
            return keyed(path, key, write=write)
        return database.dbapi2.connect(
            os.fspath(path), timeout=database.BUSY_TIMEOUT, check_same_thread=False, isolation_level=None
        )

    database._keyed = keyed_or_plain  # noqa: SLF001 as above


if __name__ == "__main__":
    sys.exit(main())
