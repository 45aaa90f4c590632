"""What the program mends when it starts after a crash, before anything new is recorded."""

from __future__ import annotations

from index import bdf, changes
from index.writer import Writer


def recover(writer: Writer, *, time: float) -> list[str]:
    """Close moments and recordings a crash left open; returns what was done, in sentences."""
    done = []
    moments = writer.do(changes.close_left_open).result()
    if moments:
        done.append(f"{moments} moment(s) were still open: closed at the last time they were seen.")
    done += [_recording(writer, path) for path in writer.do(changes.left_open_recordings).result()]
    for sentence in done:
        writer.do(changes.incident, time, "start", f"The program did not end properly last time. {sentence}").result()
    return done


def _recording(writer: Writer, path: str) -> str:
    """Repair one recording and note how much of it is there."""
    file = writer.vault.root / path
    try:
        samples = bdf.repair(file)
    except (OSError, ValueError) as error:
        writer.do(changes.extend_recording, path, 0, closed=True).result()
        return f"The recording {path} cannot be read any more ({error})."
    writer.do(changes.extend_recording, path, samples, closed=True).result()
    return f"The recording {path} was repaired: {samples} samples are there."
