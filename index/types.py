"""What the vault keeps and what recall answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class VaultError(Exception):
    """Something about the vault that the person can mend; the message says how."""


class LockedError(VaultError):
    """The vault is locked: its keys are not in this process."""


class FrameError(VaultError):
    """One frame is gone or damaged; the rest of the vault is not."""


class RecordingError(VaultError):
    """One recording of EEG is gone or damaged; the rest of the vault is not."""


class Job(StrEnum):
    """What can still be missing from a moment."""

    READ = "read"  # the text of its frame
    CONTENT = "content"  # vectors of its text
    BRAIN = "brain"  # features and state vector of its EEG
    SHARED = "shared"  # vectors of the learned space, where brain and content meet


@dataclass(frozen=True, slots=True)
class NewMoment:
    """A moment as it opens. Times are UTC seconds since 1970."""

    time_start: float
    time_end: float
    app: str
    title: str
    url: str = ""
    monitor: int = 0
    source: str = "screen"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a moment's content beside its picture.

    Attributes
    ----------
    text
        What it says, secrets taken out.
    keys, clicks, scrolls
        What the hands did meanwhile.
    interval, spread
        Mean and standard deviation of the seconds between keys; 0 where too few were pressed.
    typed
        All that was typed so far, secrets taken out; empty where that is not kept.

    """

    text: str
    keys: int = 0
    clicks: int = 0
    scrolls: int = 0
    interval: float = 0.0
    spread: float = 0.0
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the screen: what called for it, what came of it, and how long that took.

    Attributes
    ----------
    time
        When it was done, UTC seconds.
    seconds
        From what called for it until it could be found; None where there is nothing to find.

    """

    time: float
    triggers: tuple[str, ...]
    outcome: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class LookCount:
    """How many looks one kind of trigger called for and one thing came of."""

    trigger: str
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class SignalQuality:
    """How good the EEG of a moment was: windows there were, windows that were fit, what was wrong most often."""

    windows: int
    fit: int
    fault: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of attention on one thing, as stored.

    Attributes
    ----------
    frame
        A path relative to the vault, or empty.
    signal
        How good its EEG was; None without EEG, or before it was looked at.

    """

    id: int
    time_start: float
    time_end: float
    app: str
    title: str
    url: str
    monitor: int
    source: str
    frame: str
    text: str
    signal: SignalQuality | None = None


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """One gap-free stretch of raw EEG on disk.

    Attributes
    ----------
    path
        Relative to the vault.
    samples
        How many samples a channel hold signal (padding of the last data record left out).
    source
        Where it came from: a board's name or an imported file's name.

    """

    id: int
    path: str
    device: str
    source: str
    sfreq: float
    ch_names: tuple[str, ...]
    time_start: float
    samples: int

    @property
    def time_end(self) -> float:
        """UTC seconds of the sample after the last."""
        return self.time_start + self.samples / self.sfreq


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit must satisfy. Empty, or None, is whatever; text compares without case.

    Attributes
    ----------
    since, until
        UTC seconds; a moment that overlaps the time between satisfies it.
    app
        The program.
    site
        The host of the URL, or one it belongs to: ``example.org`` lets ``www.docs.example.org`` through.
    tag
        A name the person gave to the moment.
    state_like
        A moment whose brain state those of the hits resemble.

    """

    since: float | None = None
    until: float | None = None
    app: str = ""
    site: str = ""
    tag: str = ""
    state_like: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked moment.

    Attributes
    ----------
    score
        0 to 1; comparable within one answer only.
    space
        Where most of the score came from: ``text`` (full text) or the name of a vector space.
    reason
        Why it is here, in words.
    snippet
        The part of the text that matched, the matched words between ``[`` and ``]``.
    parts
        What each source found, before weighing: 0 to 1; states as cosines; by thought in spreads from the mean of
        this answer's candidates.
    probability
        How likely it is what the person looks for, where that is known.
    shares
        How much of the score each source gave; they sum to 1. Empty where one rule made the score.

    """

    moment: Moment
    score: float
    space: str
    reason: str
    snippet: str = ""
    parts: dict[str, float] = field(default_factory=dict)
    probability: float | None = None
    shares: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong, and whether it mended itself."""

    time: float
    part: str
    what: str


@dataclass(frozen=True, slots=True)
class Output:
    """The last real output of one source or sink."""

    part: str
    time: float
    count: int
    note: str
