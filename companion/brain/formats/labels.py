"""Which channels of a file are EEG, what they are called, and in which unit they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 16  # what the EDF family keeps of a name

_MICROVOLTS = {
    "uv": 1.0,
    "µv": 1.0,
    "μv": 1.0,
    "âµv": 1.0,  # UTF-8 read as Latin-1
    "î¼v": 1.0,
    "microvolt": 1.0,
    "mv": 1e3,
    "millivolt": 1e3,
    "v": 1e6,
    "volt": 1e6,
    "nv": 1e-3,
    "nanovolt": 1e-3,
}

# Words that begin the names of channels that are not EEG: other body signals, contact, motion, triggers, housekeeping.
_OTHER = re.compile(
    r"^(ecg|ekg|emg|eog|heog|veog|erg|meg|mcg|resp|spo2|sao2|ppg|pulse|bvp|gsr|eda|temp(?!oral)|hsi|cq|acc|gyr|mag|mot|"
    r"imu|x$|y$|z$|aux|right aux|left aux|status|trig|sti|marker|event|batt|counter|sample|packet|time|interpolated|"
    r"raw_cq|light|sound|body|flow|thor|abd|snore|photic|dc\d*$|not used|digital|analog)|\b(ecg|ekg|emg|eog)\b",
    re.IGNORECASE,
)
_EEG = re.compile(r"eeg[\s_:-]+", re.IGNORECASE)


def microvolts(unit: str) -> float | None:
    """Return µV in one of ``unit``, None when it is no voltage."""
    word = unit.strip().lower()
    return _MICROVOLTS.get(word, _MICROVOLTS.get(word.removesuffix("s")))


def eeg_channels(labels: Sequence[str]) -> list[int]:
    """Return which labels are EEG: those that say so (``EEG Fp1``) if any does, else all that name nothing else."""
    told = [i for i, label in enumerate(labels) if _EEG.match(label)]
    return told or [i for i, label in enumerate(labels) if not _OTHER.search(label.strip())]


def channel_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Return names of at most 16 printable ASCII characters, each once.

    ``EEG`` before a name and the dots some tools fill names up with are left out; what is too long is cut; what is
    there twice gets a number.
    """
    names: list[str] = []
    for i, label in enumerate(labels):
        plain = _EEG.sub("", label.strip(), count=1).rstrip(".").strip()
        plain = "".join(letter if " " <= letter <= "~" else "?" for letter in plain)[:_LONGEST].strip() or f"Ch{i + 1}"
        names.append(_once(plain, names))
    return tuple(names)


def _once(name: str, taken: Sequence[str]) -> str:
    """Return ``name``, with a number when it is taken."""
    free, number = name, 2
    while free in taken:
        end = f"-{number}"
        free, number = name[: _LONGEST - len(end)] + end, number + 1
    return free
