"""What lies in a folder of screenshots: images named by time, and a manifest."""

from __future__ import annotations

import json
import math
import os
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from companion.capture.types import CaptureError, Window

MANIFEST = "manifest.jsonl"
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})

#: Seconds a frame lasts at most where nothing says when attention moved on, and how long the last one does.
LONGEST = 300.0
LAST = 60.0

NAMING = (
    "Name images by their UTC time, such as 20260302T091200Z.png or 20260302T091200.250Z.jpg, "
    f"or give their time in {MANIFEST}."
)

_NAME = re.compile(r"(\d{8}T\d{6})(\.\d{1,9})?Z")
_NEVER = 253402300800.0  # 10000-01-01: a time beyond is in another unit


@dataclass(frozen=True, slots=True)
class Entry:
    """One image to be shown. Times are UTC seconds since 1970; ``time_end`` is None where nothing says."""

    path: Path
    time: float
    time_end: float | None
    window: Window


def read_folder(folder: Path) -> tuple[Entry, ...]:
    """Return what the folder shows, by time, every ``time_end`` filled in. Raises `CaptureError`."""
    if not folder.is_dir():
        raise CaptureError(f"{folder} is not a folder. Name a folder of screenshots.")
    listed = _read_manifest(folder)
    entries = listed + _unlisted(folder, {entry.path for entry in listed})
    if not entries:
        raise CaptureError(f"{folder} has no images (.png, .jpg, .jpeg, .webp). {NAMING}")
    entries.sort(key=lambda entry: (entry.time, entry.path.name))
    return _with_ends(entries)


def time_of_name(name: str) -> float | None:
    """Return the UTC seconds that a file's name says, or None when it names no time."""
    match = _NAME.fullmatch(Path(name).stem)
    if match is None:
        return None
    try:
        whole = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return whole.timestamp() + float(match[2] or 0.0)


def parse_line(line: str, folder: Path, where: str) -> Entry:
    """Return what one line of a manifest says; ``where`` names it in errors. Keys not known are left alone.

    Raises
    ------
    CaptureError
        For anything that is not what the manifest's keys promise, or a file that is not there.

    """
    try:
        said = json.loads(line)
    except ValueError as error:
        raise CaptureError(f"{where}: not JSON ({error}). Write one JSON object a line.") from error
    if not isinstance(said, dict):
        raise CaptureError(f"{where}: not a JSON object. Write one JSON object a line.")
    path = _file(said, folder, where)
    time = _seconds(said, "time", where)
    time = time_of_name(path.name) if time is None else time
    if time is None:
        raise CaptureError(f"{where}: `time` is missing and the name {path.name} says none. {NAMING}")
    end = _seconds(said, "time_end", where)
    if end is not None and end < time:
        raise CaptureError(f"{where}: `time_end` ({end}) is before `time` ({time}). Mend one of them.")
    return Entry(path, time, end, _window(said, where))


def _read_manifest(folder: Path) -> list[Entry]:
    path = folder / MANIFEST
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CaptureError(f"{path} cannot be read ({error}). Save it as UTF-8 text that you may read.") from error
    numbered = enumerate(lines, start=1)
    return [parse_line(line, folder, f"{path}, line {number}") for number, line in numbered if line.strip()]


def _unlisted(folder: Path, listed: set[Path]) -> list[Entry]:
    images = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES and path.is_file())
    entries, unnamed = [], []
    for path in images:
        if path in listed:
            continue
        time = time_of_name(path.name)
        if time is None:
            unnamed.append(path.name)
        else:
            entries.append(Entry(_readable(path, str(path)), time, None, Window(app="", title="")))
    if unnamed:
        some = ", ".join(unnamed[:5]) + (f" and {len(unnamed) - 5} more" if len(unnamed) > 5 else "")  # noqa: PLR2004 - a few
        raise CaptureError(f"{folder}: no time is known for {some}. {NAMING}")
    return entries


def _with_ends(entries: list[Entry]) -> tuple[Entry, ...]:
    """Fill in when attention moved on: with the next frame of the same monitor, or after `LONGEST`.

    The last of a monitor lasts `LAST` seconds.
    """
    after: dict[int, float] = {}  # when a monitor's next frame begins
    ended = []
    for entry in reversed(entries):
        monitor = entry.window.monitor
        end = min(after[monitor], entry.time + LONGEST) if monitor in after else entry.time + LAST
        after[monitor] = entry.time
        ended.append(entry if entry.time_end is not None else replace(entry, time_end=end))
    return tuple(reversed(ended))


def _file(said: dict[str, Any], folder: Path, where: str) -> Path:
    name = said.get("file")
    if not isinstance(name, str) or not name:
        raise CaptureError(f"{where}: `file` is missing. Name the image, relative to {folder}.")
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve())
    except (OSError, ValueError) as error:
        raise CaptureError(f"{where}: `file` is not a file's name ({error}).") from error
    if not inside:
        raise CaptureError(f"{where}: {name} lies outside {folder}. Move it into the folder.")
    if path.suffix.lower() not in SUFFIXES:
        raise CaptureError(f"{where}: {name} is not a .png, .jpg, .jpeg or .webp image.")
    return _readable(folder / name, where)


def _readable(path: Path, where: str) -> Path:
    try:
        there = path.is_file() and os.access(path, os.R_OK)
    except OSError as error:
        raise CaptureError(f"{where}: {path.name} cannot be read ({error}).") from error
    if not there:
        raise CaptureError(f"{where}: {path.name} is not there or may not be read. Put it back or take the line out.")
    return path


def _seconds(said: dict[str, Any], key: str, where: str) -> float | None:
    value = said.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise CaptureError(f"{where}: `{key}` is {value!r}. Give seconds since 1970 (UTC).")
    if not 0 <= value < _NEVER:
        raise CaptureError(f"{where}: `{key}` is {value!r}. Give seconds since 1970 (UTC), not milliseconds.")
    return float(value)


def _window(said: dict[str, Any], where: str) -> Window:
    app, title, url = (_words(said, key, where) for key in ("app", "title", "url"))
    monitor = said.get("monitor")
    monitor = 0 if monitor is None else monitor
    if isinstance(monitor, bool) or not isinstance(monitor, int) or monitor < 0:
        raise CaptureError(f"{where}: `monitor` is {monitor!r}. Give a whole number from 0.")
    return Window(app=app, title=title, url=url, monitor=monitor)


def _words(said: dict[str, Any], key: str, where: str) -> str:
    value = said.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise CaptureError(f"{where}: `{key}` is {value!r}. Give text in quotes.")
    return value
