"""kill -9 at random points under full write load: nothing committed is lost, and the vault is whole each time.

A child process opens a vault, writes moments with pictures, texts, vectors and EEG as fast as it can, and does
meanwhile what its mode says (merges vectors, compacts pictures, forgets, changes the keys). It tells over a pipe what
is committed, after the commit. It is killed at a random time; then the vault is opened as the program opens it,
everything that was told is looked for, and every byte is verified.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

# Beside this file lies index.py, which must not pass for the package of that name.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from _crash_load import DIMENSION, HOT, MODES, SPACE, T0, live, make, opened

from companion import forgetting
from companion.figures import Bar, report
from companion.recover import recover
from index import changes
from index.care import sweeping
from index.care.verifying import verify
from index.forgetting import forgotten
from index.keys import rekeying
from index.pictures import compaction
from index.signals.bdf import BdfFile
from index.spaces.segments import Segment
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer

KILLS = 200
A_VAULT = 10  # kills, until a new one is begun: its size would come to be what is measured
SLOWEST = 5.0  # seconds until the index answers
LONGEST = 2.5  # seconds of load before the kill
ASKED, ANSWERS = "venice", 10  # what is asked for as soon as a vault is open, and how many of it
LOOKED_UP = 20  # moments, by their own vectors


@dataclass
class Told:
    """What a child said is committed."""

    moments: set[int] = field(default_factory=set)
    texts: dict[int, str] = field(default_factory=dict)  # moment -> a word of its own
    vectors: set[int] = field(default_factory=set)
    eeg: dict[str, int] = field(default_factory=dict)  # file -> samples
    cut: set[str] = field(default_factory=set)  # files some of whose EEG is to be forgotten
    forgotten: set[int] = field(default_factory=set)  # begun or done
    gone: set[int] = field(default_factory=set)  # done
    begun: int = 0
    worked: bool = False  # what its mode is about had begun


@dataclass
class Outcome:
    """What a kill came to."""

    lost: int = 0
    corrupt: int = 0
    unclean: int = 0
    unfinished: int = 0
    worked: int = 0
    seconds: float = 0.0  # until the index answers, what a crash left mended
    rekey_seconds: float = 0.0  # to go on with a change of keys after that
    said: list[str] = field(default_factory=list)


def main() -> int:
    arguments = _arguments()
    if arguments.child:
        live(arguments.child, Path(arguments.root), arguments.seed)
        return 0
    chance = random.Random(arguments.seed)  # noqa: S311 a benchmark, no secret
    modes = [arguments.mode] if arguments.mode else list(MODES)
    by_mode: dict[str, Counter[str]] = {mode: Counter() for mode in modes}
    slowest, slowest_rekey, said, most_unfinished = 0.0, 0.0, [], 0
    with tempfile.TemporaryDirectory(prefix="companion-crash-") as folder:
        for number in range(arguments.kills):
            root, mode = Path(folder) / f"vault{number // A_VAULT}", modes[number % len(modes)]
            if number % A_VAULT == 0:
                shutil.rmtree(Path(folder) / f"vault{number // A_VAULT - 1}", ignore_errors=True)
                make(root)
            outcome = _one(root, mode, arguments.seed * 100_000 + number, chance.uniform(0.02, LONGEST))
            counted = {
                "kills": 1,
                "in_its_midst": outcome.worked,
                "lost": outcome.lost,
                "corrupt": outcome.corrupt,
                "unclean": outcome.unclean,
            }
            by_mode[mode].update(counted)
            slowest, most_unfinished = max(slowest, outcome.seconds), max(most_unfinished, outcome.unfinished)
            slowest_rekey = max(slowest_rekey, outcome.rekey_seconds)
            said += [f"{number} {mode}: {sentence}" for sentence in outcome.said]
            if outcome.corrupt:  # what comes after would say nothing
                shutil.rmtree(root)
                make(root)
    total = sum(by_mode.values(), Counter())
    figures = {
        "kills": total["kills"],
        "lost": total["lost"],
        "corrupt": total["corrupt"],
        "unclean": total["unclean"],
        "unfinished_most": most_unfinished,
        "slowest_opening_seconds": round(slowest, 3),
        "slowest_rekey_going_on_seconds": round(slowest_rekey, 3),
        "by_mode": {mode: dict(counted) for mode, counted in by_mode.items()},
        "said": said[:20],
    }
    bars = [
        Bar("kills", total["kills"], KILLS, "least"),
        Bar("committed moments lost", total["lost"], 0),
        Bar("corrupt vaults", total["corrupt"], 0),
        Bar("unfinished moments gone at a kill", most_unfinished, 1),
        Bar("vaults that verify not clean", total["unclean"], 0),
        Bar("seconds until the index answers", slowest, SLOWEST),
    ]
    return report("crash", figures, bars)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mode", choices=list(MODES))
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    return parser.parse_args()


def _one(root: Path, mode: str, seed: int, seconds: float) -> Outcome:
    """Let a child write for ``seconds``, kill it, and look at what it left."""
    before = _known(root)
    command = [sys.executable, __file__, "--child", mode, "--root", str(root), "--seed", str(seed)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"})
    if child.stdout is None or child.stdout.readline() != b"ready\n":
        raise RuntimeError(f"the child in mode {mode} did not begin")
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    told = _told(child.stdout.read())
    if child.wait() != -signal.SIGKILL:
        raise RuntimeError(f"the child in mode {mode} ended by itself with {child.returncode}")
    child.stdout.close()
    outcome = Outcome(worked=int(told.worked))
    try:
        _look(root, told, before, outcome)
    except VaultError as error:
        outcome.corrupt = 1
        outcome.said.append(str(error))
    return outcome


def _told(raw: bytes) -> Told:
    """Return what was told in whole lines."""
    told = Told()
    for line in raw.decode().split("\n")[:-1]:
        kind, *rest = line.split(" ")
        TAKE[kind](told, rest)
    return told


TAKE: dict[str, Callable[[Told, list[str]], object]] = {
    "work": lambda told, _: setattr(told, "worked", True),
    "begin": lambda told, _: setattr(told, "begun", told.begun + 1),
    "moment": lambda told, rest: told.moments.add(int(rest[0])),
    "text": lambda told, rest: told.texts.update({int(rest[0]): rest[1]}),
    "vector": lambda told, rest: told.vectors.add(int(rest[0])),
    "eeg": lambda told, rest: told.eeg.update({rest[0]: int(rest[1])}),
    "cut": lambda told, rest: told.cut.add(rest[0]),
    "forget": lambda told, rest: told.forgotten.update(map(int, rest)),
    "gone": lambda told, rest: told.gone.update(map(int, rest)),
}


def _known(root: Path) -> set[int]:
    with closing(Store(opened(root)[0])) as store:
        return {row[0] for row in store.rows("SELECT id FROM moments")}


def _look(root: Path, told: Told, before: set[int], outcome: Outcome) -> None:
    """Open the vault as the program does, then compare and verify."""
    begin = time.perf_counter()
    vault, _, held = opened(root)
    with Writer(vault) as writer, closing(Store(vault)) as store:
        recover(writer, time=T0)
        forgetting.go_on(writer, store)
        forgotten.remove_files(writer)
        sweeping.sweep(store, tell=lambda what: writer.do(changes.incident, T0, "start", what).result())
        compaction.sweep(vault, store)
        answers = _ask(store)
        outcome.seconds = time.perf_counter() - begin
        compaction.mend(writer, store)
        _compare(store, told, before, outcome)
        _judge(store, told, answers, outcome)
    if rekeying.unfinished(held.secrets):
        begin = time.perf_counter()
        vault.claim()
        try:
            rekeying.finish(root, held)
        finally:
            vault.release()
        outcome.rekey_seconds = time.perf_counter() - begin
        vault = opened(root)[0]
    found = verify(vault)
    outcome.unclean = int(not found.clean)
    outcome.said += [f"{problem.part}: {problem.what}" for problem in found.problems]


def _ask(store: Store) -> tuple[set[int], set[int]]:
    """Ask by vector and by word, as soon as the vault is open; returns the moments of both answers."""
    vectors = Vectors(store, hot_rows=HOT)
    query = np.ones(DIMENSION, np.float32) / np.sqrt(np.float32(DIMENSION))
    by_word = store.rows("SELECT rowid FROM moments_fts WHERE moments_fts MATCH ? LIMIT ?", [ASKED, ANSWERS])
    return set(vectors.search(SPACE, query, ANSWERS)), {row[0] for row in by_word}


def _judge(store: Store, told: Told, answers: tuple[set[int], set[int]], outcome: Outcome) -> None:
    """Count what the index said that the database does not, and what its files hold of what is gone."""
    nearest, by_word = answers
    with_vector = {row[0] for row in store.rows("SELECT DISTINCT moment_id FROM vectors WHERE space = ?", [SPACE])}
    holding = {i for i, text in store.rows("SELECT id, text FROM moments") if ASKED in text.split()}
    wrong = {
        "answered by vector": not nearest <= with_vector or bool(nearest) != bool(with_vector),
        "answered by word": not by_word <= holding or len(by_word) != min(ANSWERS, len(holding)),
        "gone, and in a segment": bool(told.gone & _in_segments(store.vault)),
    }
    _find_by_vector(store, sorted(with_vector)[:: max(1, len(with_vector) // LOOKED_UP)], outcome)
    outcome.lost += sum(wrong.values())
    outcome.said += [what for what, is_wrong in wrong.items() if is_wrong]


def _in_segments(vault: Vault) -> set[int]:
    """Return the moments of which any file holds a code."""
    segments = [Segment.open(file, vault.keys.vectors) for file in vault.vectors.glob("*.segment")]
    return {moment for segment in segments for _, part in segment.parts() for moment in part.moments.tolist()}


def _compare(store: Store, told: Told, before: set[int], outcome: Outcome) -> None:
    """Count what was told to be committed and is not there, or was told to be gone and is."""
    texts = dict(store.rows("SELECT id, text FROM moments"))
    gone = [i for i in (before | told.moments) - told.forgotten if i not in texts]
    wrong = [i for i, word in told.texts.items() if i in texts and word not in texts[i].split()]
    found = {row[0] for row in store.rows("SELECT DISTINCT moment_id FROM vectors WHERE space = ?", [SPACE])}
    without = [i for i in told.vectors - told.forgotten if i not in found]
    back = [i for i in told.gone if i in texts]
    short = [
        name for name, samples in told.eeg.items() if name not in told.cut and _samples(store.vault, name) < samples
    ]
    outcome.lost = len(gone) + len(wrong) + len(without) + len(back) + len(short)
    outcome.unfinished = max(0, told.begun - len(told.moments))
    for what, which in (
        ("lost", gone),
        ("wrong text", wrong),
        ("no vector", without),
        ("forgotten, and back", back),
        ("EEG cut", short),
    ):
        if which:
            outcome.said.append(f"{what}: {which[:5]}")


def _find_by_vector(store: Store, moments: list[int], outcome: Outcome) -> None:
    """Look moments up among all by their own vectors, once all is in order: the index has to hold them."""
    vectors = Vectors(store, hot_rows=HOT)
    while vectors.merge():
        pass
    for moment in moments:
        vector = store.vector(moment, SPACE)
        if vector is None or moment not in vectors.search(SPACE, vector, 1):
            outcome.lost += 1
            outcome.said.append(f"not found by its vector: {moment}")


def _samples(vault: Vault, name: str) -> int:
    return BdfFile(vault.root / name, vault.keys.eeg).samples


if __name__ == "__main__":
    sys.exit(main())
