"""Annotations inside the data records of a BDF+ file: when a record begins, how it all began, what is padding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

PADDING = "BAD_padding"  # MNE leaves out what is annotated with a text that begins with "BAD"

_YEARS = range(1985, 2085)  # two digits of a year are all that the header's date has
_DEVICE_BYTES = 80
_ANNOTATION = re.compile(rb"([+-]\d+(?:\.\d+)?)(?:\x15(\d+(?:\.\d+)?))?\x14([^\x00]*?)\x14\x00")
_START = re.compile(r"Recording start (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00), device (.*)")


@dataclass(frozen=True, slots=True)
class Annotation:
    """Seconds after the header's start, seconds it lasts, and what it says (empty: start of a data record)."""

    onset: Decimal
    duration: Decimal | None
    text: str


@dataclass(frozen=True, slots=True)
class Start:
    """When a recording began, to the microsecond, and on what."""

    time: datetime
    device: str

    @classmethod
    def of(cls, seconds: float, device: str) -> Start:
        """Check and keep what the header can hold. Raises ValueError."""
        time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        if time.year not in _YEARS:
            raise ValueError(f"a BDF file can only start between 1985 and 2084, not at {time.isoformat()}")
        if not device.isprintable() or len(device.encode()) > _DEVICE_BYTES:
            raise ValueError(f"the device's name {device!r} must be printable and at most {_DEVICE_BYTES} bytes long")
        return cls(time, device)

    @classmethod
    def parse(cls, text: str) -> Start | None:
        """Return what the annotation ``text`` says of the start, None when it says nothing of it."""
        found = _START.fullmatch(text)
        return cls(datetime.fromisoformat(found[1]), found[2]) if found else None

    @property
    def fraction(self) -> Decimal:
        """Seconds after the whole second that the header holds."""
        return Decimal(self.time.microsecond).scaleb(-6)

    @property
    def text(self) -> str:
        """The annotation at the first sample: the only place where MNE shows the fraction of the second."""
        return f"Recording start {self.time.isoformat(timespec='microseconds')}, device {self.device}"


def encode_annotation(onset: Decimal, duration: Decimal | None, text: str) -> bytes:
    """Return one time-stamped annotation; no text marks the start of a data record."""
    lasts = b"" if duration is None else b"\x15" + _plain(duration).encode()
    return b"+" + _plain(onset).encode() + lasts + b"\x14" + text.encode() + b"\x14\x00"


def decode_annotations(raw: bytes) -> list[Annotation]:
    """Return the annotations of one data record, empty when there is none that can be read."""
    return [
        Annotation(Decimal(onset.decode()), Decimal(lasts.decode()) if lasts else None, text.decode(errors="replace"))
        for onset, lasts, text in _ANNOTATION.findall(raw)
    ]


def padding_seconds(notes: Sequence[Annotation]) -> float:
    """Return how many seconds at the end of a data record are padding."""
    return float(sum(note.duration for note in notes if note.text == PADDING and note.duration is not None))


def begins(notes: Sequence[Annotation], seconds: Decimal) -> bool:
    """Whether a data record's annotations say that it begins ``seconds`` after the first one."""
    return bool(notes) and notes[0].text == "" and 0 <= notes[0].onset - seconds < 1


def _plain(number: Decimal) -> str:
    """Return a decimal number without exponent or needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
