"""The header of a BDF+ file.

Field widths are those of the EDF+ specification (https://www.edfplus.info/specs/edfplus.html);
BDF+ is the same with 24-bit samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from index.signals.bdf_notes import PADDING, Start, encode_annotation
from index.types import VaultError

DIGITAL_MAX = 8_000_000
SAMPLE_BYTES = 3
COUNT_OFFSET = 236  # where the number of data records stands
COUNT_WIDTH = 8

_FIXED_BYTES = 256
_LABEL_WIDTH = 16
_DEVICE_WIDTH = 50  # what an 80-character field leaves after "Startdate 01-JAN-2026 X X "
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_SHORTEST, _LONGEST = 0.5, 4.0  # seconds a data record
_LARGEST_RATE_ERROR = 1e-6
_SLOWEST, _FASTEST = 1.0, 100_000.0  # Hz
_ANNOTATION_LABEL = "BDF Annotations"


@dataclass(frozen=True, slots=True)
class Layout:
    """How signal is cut into data records.

    Attributes
    ----------
    samples
        Samples of one channel in one data record.
    duration
        Seconds of one data record, exactly as the header says.
    annotation_bytes
        Bytes kept for annotations in each data record.
    max_abs
        Largest absolute value that can be written, in µV.

    """

    ch_names: tuple[str, ...]
    samples: int
    duration: Decimal
    annotation_bytes: int
    max_abs: float

    @property
    def sfreq(self) -> float:
        """Samples a second, as every reader computes it."""
        return self.samples / float(self.duration)

    @property
    def lsb(self) -> float:
        """µV of one step."""
        return self.max_abs / DIGITAL_MAX

    @property
    def header_bytes(self) -> int:
        """Bytes before the first data record."""
        return _FIXED_BYTES * (len(self.ch_names) + 2)

    @property
    def signal_bytes(self) -> int:
        """Bytes of signal in one data record."""
        return len(self.ch_names) * self.samples * SAMPLE_BYTES

    @property
    def record_bytes(self) -> int:
        """Bytes of one data record."""
        return self.signal_bytes + self.annotation_bytes


def layout(*, ch_names: tuple[str, ...], sfreq: float, max_abs: float, start: Start) -> Layout:
    """Choose data records of about a second. Raises ValueError for what BDF cannot hold."""
    _check_names(ch_names)
    _check_range(max_abs)
    samples, duration = record_length(sfreq)
    longest = encode_annotation(Decimal("9999999.999999"), Decimal("9.999999"), PADDING)
    needed = 2 * len(longest) + len(encode_annotation(Decimal("0.999999"), None, start.text))
    return Layout(ch_names, samples, duration, math.ceil(needed / SAMPLE_BYTES) * SAMPLE_BYTES, max_abs)


def record_length(sfreq: float) -> tuple[int, Decimal]:
    """Return samples and seconds of a data record whose quotient is ``sfreq``.

    Exactly so where 8 characters of seconds allow it (the record nearest to 1 s wins), else as near as they allow
    (about 1e-8 at 256 Hz).

    Raises
    ------
    ValueError
        When no record of 0.5 to 4 s comes nearer than 1e-6.

    """
    if not _SLOWEST <= sfreq <= _FASTEST:  # NaN fails too
        raise ValueError(f"{sfreq} Hz cannot be written: it must lie between {_SLOWEST:g} and {_FASTEST:g} Hz")
    best: tuple[float, int, Decimal] | None = None
    counts = range(math.ceil(sfreq * _SHORTEST), math.floor(sfreq * _LONGEST) + 1)
    for samples in sorted(counts, key=lambda count: abs(count - sfreq)):
        duration = Decimal(f"{samples / sfreq:.6f}")
        error = abs(samples / float(duration) - sfreq) / sfreq
        if best is None or error < best[0]:
            best = (error, samples, duration)
        if error == 0.0:
            break
    if best is None or best[0] > _LARGEST_RATE_ERROR:
        raise ValueError(f"{sfreq} Hz cannot be written with whole samples in a data record")
    return best[1], best[2]


def encode_header(form: Layout, start: Start) -> bytes:
    """Return the header of a file that has no data record yet."""
    time = start.time
    date = f"{time.day:02}-{_MONTHS[time.month - 1]}-{time.year}"
    readable = "".join(letter if "!" <= letter <= "~" else "_" for letter in start.device)[:_DEVICE_WIDTH] or "X"
    fixed = [
        b"\xffBIOSEMI",
        _field("X X X X", 80),
        _field(f"Startdate {date} X X {readable}", 80),
        _field(f"{time.day:02}.{time.month:02}.{time.year % 100:02}", 8),
        _field(f"{time.hour:02}.{time.minute:02}.{time.second:02}", 8),
        _field(str(form.header_bytes), 8),
        _field("BDF+C", 44),
        encode_count(0),
        _field(f"{form.duration:f}", 8),
        _field(str(len(form.ch_names) + 1), 4),
    ]
    return b"".join(fixed) + _signal_fields(form)


def encode_count(records: int) -> bytes:
    """Return the header's number of data records."""
    return _field(str(records), COUNT_WIDTH)


def decode_count(head: bytes, name: str) -> int:
    """Return the number of data records that the header tells. Raises `VaultError`."""
    cell = head[COUNT_OFFSET : COUNT_OFFSET + COUNT_WIDTH].strip()
    if not cell.isdigit():
        raise VaultError(f"{name} does not tell how long it is. Start `companion run` once, which mends it.")
    return int(cell)


def decode_header(head: bytes, name: str) -> Layout:
    """Return the layout. Raises `VaultError` for a header that is not ours."""
    try:
        return _decode_header(head)
    except (ValueError, ArithmeticError, IndexError) as error:
        raise VaultError(
            f"{name} is not a recording of this program or its beginning is damaged ({error}). "
            "Bring it back from a backup, or delete it."
        ) from error


def _decode_header(head: bytes) -> Layout:
    """As `decode_header`, with whatever exception parsing raises."""
    if head[:8] != b"\xffBIOSEMI" or head[192:197] != b"BDF+C":
        raise ValueError("no BDF+C signature")
    count = int(head[252:256])
    columns = _columns(head[_FIXED_BYTES : _FIXED_BYTES * (count + 1)], count)
    if columns["label"][-1] != _ANNOTATION_LABEL:
        raise ValueError("the last signal does not hold annotations")
    form = Layout(
        ch_names=tuple(columns["label"][:-1]),
        samples=int(columns["samples"][0]),
        duration=Decimal(head[244:252].decode("ascii").strip()),
        annotation_bytes=int(columns["samples"][-1]) * SAMPLE_BYTES,
        max_abs=float(columns["physical_max"][0]),
    )
    if form.samples <= 0 or not 0 < form.duration < math.inf or form.annotation_bytes <= 0:
        raise ValueError("its data records are empty")
    _check_names(form.ch_names)
    _check_range(form.max_abs)
    return form


_SIGNAL_FIELDS = (
    ("label", _LABEL_WIDTH),
    ("transducer", 80),
    ("dimension", 8),
    ("physical_min", 8),
    ("physical_max", 8),
    ("digital_min", 8),
    ("digital_max", 8),
    ("prefiltering", 80),
    ("samples", 8),
    ("reserved", 32),
)


def _signal_fields(form: Layout) -> bytes:
    """Return the part of the header that describes the signals, the annotations last."""
    limit = f"{form.max_abs:.8g}"
    shared = ("", "uV", f"-{limit}", limit, str(-DIGITAL_MAX), str(DIGITAL_MAX), "", str(form.samples), "")
    notes = str(form.annotation_bytes // SAMPLE_BYTES)
    rows = [(name, *shared) for name in form.ch_names]
    rows.append((_ANNOTATION_LABEL, "", "", "-8388608", "8388607", "-8388608", "8388607", "", notes, ""))
    return b"".join(_field(row[i], width) for i, (_, width) in enumerate(_SIGNAL_FIELDS) for row in rows)


def _columns(raw: bytes, count: int) -> dict[str, list[str]]:
    """Cut the signals' part of a header into its fields."""
    columns: dict[str, list[str]] = {}
    offset = 0
    for name, width in _SIGNAL_FIELDS:
        cells = (raw[offset + i * width : offset + (i + 1) * width] for i in range(count))
        columns[name] = [cell.decode("ascii").strip() for cell in cells]
        offset += width * count
    return columns


def _field(text: str, width: int) -> bytes:
    """Return ``text`` padded to the ``width`` of its header field; raises ValueError when it does not fit."""
    raw = text.encode("ascii")
    if len(raw) > width:
        raise ValueError(f"{text!r} does not fit {width} characters of a BDF header")
    return raw.ljust(width)


def _check_names(ch_names: tuple[str, ...]) -> None:
    """Refuse channel names that the header cannot hold or that other tools would rename."""
    if not ch_names or len(set(ch_names)) != len(ch_names):
        raise ValueError(f"channels need names of their own, not {list(ch_names)}")
    for name in ch_names:
        fits = 0 < len(name) <= _LABEL_WIDTH and name.isascii() and name.isprintable() and name == name.strip()
        if not fits or name == _ANNOTATION_LABEL:
            raise ValueError(f"the channel name {name!r} must be 1 to {_LABEL_WIDTH} ASCII characters")


def _check_range(max_abs: float) -> None:
    """Refuse a range whose step is not a power of two of a µV or that 8 characters cannot hold."""
    mantissa, _ = math.frexp(max_abs / 250_000.0)
    if mantissa != 0.5 or float(f"{max_abs:.8g}") != max_abs or len(f"-{max_abs:.8g}") > COUNT_WIDTH:  # noqa: PLR2004
        raise ValueError(f"max_abs must be 250000 µV times a power of two that fits 7 characters, not {max_abs}")
