"""What the tests of the whole engine share: folders of pages, engines that are always stopped, patience."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import mne
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rendered import page
from vaults import plain_bdf, vault_at

from companion.engine import Engine
from index.store import Store
from index.types import RecordingInfo

T = TypeVar("T")

BEGIN = 1_772_442_720.0  # 2 March 2026, 09:12 UTC
PATIENCE = 60.0
DATA = Path(os.environ.get("COMPANION_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
CH_NAMES = ("TP9", "AF7", "AF8", "TP10")
SFREQ = 256.0
LSB = 1 / 32  # µV; of a recording in its usual range

TEXTS = (
    ("Reviving a sourdough", "Feed the sourdough starter with rye flour every twelve hours."),
    ("Night trains", "The sleeper to Venice leaves Vienna at nine in the evening."),
    ("Swifts", "Swifts sleep on the wing and nest under old roof tiles."),
    ("Quarterly invoice", "The invoice for the printer repair is due in fourteen days."),
    ("Gradient descent", "Gradient descent converges linearly on strongly convex functions."),
    ("Bicycle brakes", "Bleed the hydraulic brakes with mineral oil and two syringes."),
)


@dataclass(frozen=True)
class Shot:
    """One line of a folder's manifest."""

    title: str
    text: str
    second: float
    lasts: float


def day(count: int = len(TEXTS), *, lasts: float = 20.0) -> list[Shot]:
    """Return so many pages, one after another."""
    return [Shot(title, text, i * lasts, lasts) for i, (title, text) in enumerate(TEXTS[:count])]


def write_pages(folder: Path, shots: Sequence[Shot], *, begin: float = BEGIN) -> Path:
    """Write a folder of small screenshots that ``replay:`` takes; quick to read for the OCR."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, shot in enumerate(shots):
        grey = page([shot.title, shot.text], size=(900, 130), points=22)
        Image.fromarray(grey).save(folder / f"{number}.png")
        start = begin + shot.second
        said = {"file": f"{number}.png", "time": start, "time_end": start + shot.lasts}
        lines.append(json.dumps({**said, "app": "firefox", "title": shot.title, "url": ""}))
    (folder / "manifest.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def wait_until(true: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Return the first true answer; fail with ``what`` when none comes."""
    due = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < due, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(0.05)
    return answer


def at_its_end(engine: Engine) -> bool:
    """Whether nothing will come and nothing is left to be filled in."""
    return engine.finished() and not engine.pending()


class Looking:
    """A store on a vault, closed at the end of a ``with`` block."""

    def __init__(self, vault: Path) -> None:
        self._store = Store(vault_at(vault))

    def __enter__(self) -> Store:
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


def recordings(store: Store) -> list[RecordingInfo]:
    return store.recordings_between(0.0, float("inf"))


def signal_on_disk(store: Store, info: RecordingInfo) -> NDArray[np.float64]:
    """Return a recording as MNE reads it, ``float64[channels, samples]`` in µV, padding left out."""
    with tempfile.TemporaryDirectory() as folder:
        plain = plain_bdf(store.vault.root / info.path, store.vault.keys.eeg, Path(folder) / "plain.bdf")
        raw = mne.io.read_raw_bdf(plain, preload=True, verbose="error")
    assert raw.info["sfreq"] == info.sfreq
    assert tuple(raw.ch_names) == info.ch_names
    data: NDArray[np.float64] = raw.get_data()[:, : info.samples] * 1e6
    return data


def companion(*arguments: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end, without a display."""
    return subprocess.run(
        [sys.executable, "-m", "companion", *map(str, arguments)],
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def environment(**more: str) -> dict[str, str]:
    """Return this environment without a display; the vault and settings of the test are in it."""
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"}
    return {**{name: value for name, value in os.environ.items() if name not in hidden}, "COLUMNS": "120", **more}
