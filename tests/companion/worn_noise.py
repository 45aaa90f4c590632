"""EEG of a headset that hears nothing but noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from scripted import BEGIN

from index import changes
from index.signals.bdf import BdfAppender
from index.writer import Writer

MUSE, SFREQ = ("TP9", "AF7", "AF8", "TP10"), 256.0


def record(writer: Writer, seconds: float) -> str:
    """Store noise as a headset's EEG, from the first moment on; returns the recording's name."""
    path = writer.vault.eeg / "worn.bdf"
    named: dict[str, Any] = {"ch_names": MUSE, "sfreq": SFREQ}
    file = BdfAppender(path, time_start=BEGIN, device="test", sealer=writer.vault.keys.eeg, **named)
    samples = round(seconds * SFREQ)
    file.append(20.0 * np.random.default_rng(1).standard_normal((len(MUSE), samples)))
    file.close()
    name = changes.relative(writer.vault, path)
    writer.do(changes.open_recording, name, device="test", source="test", time_start=BEGIN, **named).result()
    writer.do(changes.extend_recording, name, samples, closed=True).result()
    return name
