"""Recording the sample day's EEG the way a headset's is recorded: through BrainFlow's playback board."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from companion.brain.types import BoardError, BoardSpec, Contact, Segment
from companion.demo import sample_day
from companion.listening import Listening
from index.signals.bdf import BdfAppender
from index.vault import Vault
from index.writer import Writer

SPEED = 40
LOOK_SECONDS = 0.2


def record(day: Sequence[sample_day.Page], scratch: Path, vault: Vault) -> None:
    """Write the day's EEG to a file, play it back at its recorded times, and record what the board gives.

    Raises `BoardError` when any of it was lost on the way.
    """
    segment = sample_day.eeg(list(day))
    spec = BoardSpec("playback", str(write(segment, scratch)), {"speed": str(SPEED), "clock": "recorded"})
    problems: list[str] = []
    with Writer(vault) as writer:
        headset = Listening(
            spec, writer=writer, clock=time.time, on_incident=lambda _, what: problems.append(what), source="demo"
        )
        headset.start()
        _wait(headset, segment.data.shape[1])
        state = headset.state()
        headset.stop()
    if state.contact is not Contact.ENDED or headset.received != segment.data.shape[1] or headset.lost:
        raise BoardError(" ".join(["The simulated headset did not play to its end.", state.sentence, *problems]))


def write(segment: Segment, folder: Path) -> Path:
    """Write a stretch of EEG as a BDF+ file; returns its path."""
    path = folder / "headset.bdf"
    file = BdfAppender(
        path,
        ch_names=segment.ch_names,
        sfreq=segment.sfreq,
        time_start=segment.time_start,
        device=segment.device,
    )
    file.append(segment.data)
    file.close()
    return path


def _wait(headset: Listening, samples: int) -> None:
    """Show how far the playback is, until it ended or failed."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("simulated headset", total=samples)
        while headset.state().contact not in {Contact.ENDED, Contact.FAILED}:
            progress.update(bar, completed=headset.received)
            time.sleep(LOOK_SECONDS)
        progress.update(bar, completed=headset.received)
