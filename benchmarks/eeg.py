"""The EEG that is stored is the EEG that went in: a recording that counts its own samples is played and compared."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from companion.brain.types import BoardError, BoardSpec, Contact
from companion.figures import Bar, report
from companion.listening import Listening
from index.keys.keys import Keys
from index.signals.bdf import BdfAppender, BdfFile
from index.store import Store
from index.vault import Vault
from index.writer import Writer

SECONDS, SFREQ, SPEED = 600, 256, 20
CH_NAMES = ("COUNT", "AF7", "AF8", "TP10")
LSB = 1 / 32  # µV, of both files


def main() -> int:
    samples = SECONDS * SFREQ
    data = np.random.default_rng(0).normal(0, 30, (len(CH_NAMES), samples))
    data[0] = np.arange(samples)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "counting.bdf"
        with BdfAppender(source, ch_names=CH_NAMES, sfreq=SFREQ, time_start=1.7e9, device="counter") as file:
            file.append(data)
        start = time.perf_counter()
        stored = _through(source, Vault(Path(folder) / "vault", Keys.random()))
        seconds = time.perf_counter() - start
    counts = np.rint(stored[0]).astype(int)
    lost = samples - len(np.intersect1d(counts, np.arange(samples)))
    same = stored.shape == data.shape
    off = float(np.abs(stored - data).max() / LSB) if same else float("nan")
    figures = {"samples": samples, "stored": stored.shape[1], "speed": SPEED, "seconds": round(seconds, 1)}
    bars = [
        Bar("samples lost", lost, 0),
        Bar("samples out of order or doubled", int((np.diff(counts) != 1).sum()), 0),
        Bar("largest difference, in LSB of the file", round(off, 3), 1.0),
    ]
    return report("eeg", figures, bars)


def _through(source: Path, vault: Vault) -> np.ndarray:
    """Play a file back into a vault; returns what the vault then holds, ``float64[channels, samples]``."""
    spec = BoardSpec("playback", str(source), {"speed": str(SPEED), "clock": "recorded"})
    with Writer(vault) as writer:
        headset = Listening(spec, writer=writer, clock=time.time, on_incident=print)
        headset.start()
        while headset.state().contact not in {Contact.ENDED, Contact.FAILED}:
            time.sleep(0.1)
        state = headset.state()
        headset.stop()
    if state.contact is Contact.FAILED:
        raise BoardError(state.sentence)
    store = Store(vault)
    files = [BdfFile(vault.root / info.path, vault.keys.eeg) for info in store.recordings_between(0, float("inf"))]
    store.close()
    return np.hstack([file.read(0, file.samples) for file in files])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BoardError as error:
        print(f"eeg: {error}", file=sys.stderr)
        sys.exit(2)
