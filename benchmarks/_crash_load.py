"""What the child process of `companion bench crash` does until it is killed: a full load, and a mode beside it.

It says on standard output what is committed, a line each, right after the commit.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Self

import numpy as np

from companion import forgetting
from index import changes
from index.forgetting.wish import Wish, plan
from index.keys import keyfile, rekeying
from index.keys.keyfile import KeyFile, Opened, Way
from index.keys.keys import Keys, Secrets
from index.pictures import compaction
from index.signals.bdf import BdfAppender
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters, NewMoment
from index.vault import Vault
from index.writer import Writer

SECRET = b"0123456789abcdef"  # opens the scratch vaults
SPACE, DIMENSION, HOT = "content:m", 64, 64
SFREQ, CH_NAMES = 256.0, ("TP9", "AF7", "AF8", "TP10")
T0 = 1_790_000_000.0
WORDS = ["train", "venice", "sleeper", "invoice", "printer", "roof", "swift", "kettle", "harbour", "ticket"]
TURN = 0.3  # seconds of load before each change that needs the vault for itself
SECONDS = 60.0  # nobody lives longer


def make(root: Path) -> None:
    """Make an empty vault that `opened` opens."""
    vault = Vault(root)
    vault.create()
    file, held = keyfile.new(Secrets.random())
    file.with_slot(Way.RECOVERY, SECRET, held).save(vault.key_file)
    Writer(opened(root)[0]).close()


def opened(root: Path) -> tuple[Vault, KeyFile, Opened]:
    """Return a vault, unlocked, and its keys."""
    file = keyfile.load(root / "keys.json")
    held = file.open(Way.RECOVERY, SECRET)
    return Vault(root, Keys.of(held.secrets)), file, held


def tell(line: str) -> None:
    """Say a line at once, whole."""
    os.write(1, f"{line}\n".encode())


class Load:
    """Everything the program writes, as fast as the vault takes it. Use as a context manager."""

    def __init__(self, vault: Vault, seed: int) -> None:
        self.writer = Writer(vault)
        self.store = Store(vault)
        self.vectors = Vectors(self.store, hot_rows=HOT)
        self._stop = threading.Event()
        self._seed = seed
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._moments, self._eeg)]
        self.writer.do(changes.put_space, SPACE, model="m", dimension=DIMENSION, time=T0).result()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.store.close()
        self.writer.close()

    def _moments(self) -> None:
        """Open, fill and close one moment after another; its vectors come beside the next one."""
        rng, number, coming = np.random.default_rng(self._seed), 0, Future[None]()
        coming.set_result(None)
        while not self._stop.is_set():
            number += 1
            word, start = f"w{self._seed}x{number}", T0 + 10 * number
            image = rng.integers(0, 255, (90, 160, 3), np.uint8)
            tell("begin")
            new = NewMoment(start, start + 9, "app", word)
            moment = self.writer.do(changes.open_moment, self.writer.vault, new, image).result()
            tell(f"moment {moment}")
            self.writer.do(changes.put_text, moment, " ".join([word, *rng.choice(WORDS, 60)])).result()
            tell(f"text {moment} {word}")
            self.writer.do(changes.close_moment, moment, start + 9).result()
            coming.result()
            coming = self.writer.do(changes.put_vectors, SPACE, {moment: _unit(rng)})
            coming.add_done_callback(lambda _, moment=moment: tell(f"vector {moment}"))  # type: ignore[misc] # mypy cannot infer it
        coming.result()

    def _eeg(self) -> None:
        """Append EEG a second at a time, a new file every few seconds of signal."""
        rng, part = np.random.default_rng(self._seed + 1), 0
        while not self._stop.is_set():
            part += 1
            start = T0 + 1_000_000 + 5_000 * (self._seed % 10_000) + 10 * part
            path = self.writer.vault.eeg / f"{self._seed}-{part}.bdf"
            name = changes.relative(self.writer.vault, path)
            about = {"ch_names": CH_NAMES, "sfreq": SFREQ, "time_start": start, "device": "board"}
            with BdfAppender(path, sealer=self.writer.vault.keys.eeg, **about) as appender:  # type: ignore[arg-type] # a plain dictionary
                self.writer.do(changes.open_recording, name, source="board:x", **about).result()
                for _ in range(8):
                    appender.append(rng.normal(0, 30, (len(CH_NAMES), 300)))
                    appender.flush()
                    samples = appender.samples
                    tell(f"eeg {name} {samples}")
                    self.writer.do(changes.extend_recording, name, samples).result()
            self.writer.do(changes.extend_recording, name, appender.samples, closed=True).result()


def write(vault: Vault, seed: int) -> None:
    """Do nothing beside the load."""
    with Load(vault, seed):
        tell("work")
        time.sleep(SECONDS)


def merge(vault: Vault, seed: int) -> None:
    """Keep the vectors' files in order beside the load."""
    with Load(vault, seed) as load:
        while True:
            tell("work")
            load.vectors.merge()


def compact(vault: Vault, seed: int) -> None:
    """Group pictures beside the load."""
    with Load(vault, seed) as load:
        while True:
            for framed in compaction.plan(load.store, before=T0 + 1e9).groups[:2]:
                tell("work")
                names = [one.frame for one in framed]
                compaction.put(load.writer, framed, compaction.encoded(vault, names))


def forget(vault: Vault, seed: int) -> None:
    """Forget moments, then a stretch of EEG, again and again, with a little load between."""
    rng = np.random.default_rng(seed)
    for turn in range(round(SECONDS / TURN)):
        with Load(vault, seed + 10_007 * turn) as load:
            time.sleep(TURN)
            while load.vectors.merge():  # what is forgotten is to be in segments too
                pass
        with Writer(vault) as writer, closing(Store(vault)) as store:
            ids = [row[0] for row in store.rows("SELECT id FROM moments")]
            chosen = tuple(int(i) for i in rng.choice(ids, min(10, len(ids)), replace=False))
            tell("work")
            tell("forget " + " ".join(map(str, chosen)))
            forgetting.forget(writer, store, plan(store, Wish(moments=chosen)), time=T0)
            tell("gone " + " ".join(map(str, chosen)))
        with Writer(vault) as writer, closing(Store(vault)) as store:
            path, start = store.rows("SELECT path, time_start FROM recordings WHERE samples > 0 ORDER BY random()")[0]
            tell(f"cut {path}")
            wish = Wish(Filters(since=start + 1, until=start + 3))
            forgetting.forget(writer, store, plan(store, wish), time=T0)


def rekey(vault: Vault, seed: int) -> None:
    """Change all keys, again and again, with a little load between."""
    for turn in range(round(SECONDS / TURN)):
        with Load(vault, seed + 10_007 * turn):
            time.sleep(TURN)
        tell("work")
        vault.claim()
        secrets = rekeying.renewed(opened(vault.root)[2].secrets, journal_empty=True)
        file, held = keyfile.new(secrets)
        file = file.with_slot(Way.RECOVERY, SECRET, held)
        file.save(vault.key_file)
        rekeying.finish(vault.root, held)
        vault.release()
        vault = opened(vault.root)[0]


MODES: dict[str, Callable[[Vault, int], None]] = {
    "write": write,
    "merge": merge,
    "compact": compact,
    "forget": forget,
    "rekey": rekey,
}


def live(mode: str, root: Path, seed: int) -> None:
    """Be the child that is killed."""
    vault = opened(root)[0]
    tell("ready")
    MODES[mode](vault, seed)


def _unit(rng: np.random.Generator) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = rng.standard_normal((2, DIMENSION)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
