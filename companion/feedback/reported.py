"""What a session's report holds."""

from __future__ import annotations

from dataclasses import dataclass

from companion.feedback.crednf import Filled
from companion.feedback.figures import Interval
from index.trainings import Training


@dataclass(frozen=True, slots=True)
class BlockFigures:
    """One block.

    Attributes
    ----------
    seconds
        How long it lasted.
    rewarded
        Share of unmuted time with a reward.
    muted
        Share of its time that was muted.
    value
        What was trained, in spreads from the baseline's mean, unmuted; None while the session is sealed.

    """

    block: int
    seconds: float
    rewarded: Interval | None
    muted: float
    value: Interval | None


@dataclass(frozen=True, slots=True)
class Report:
    """A session's report.

    Attributes
    ----------
    sham
        Whether a replay was shown; None while that is sealed or where nothing was drawn.
    rewarded, muted
        Over all blocks.
    whys
        Why it was muted, and the share of all time in blocks, most frequent first.
    change
        How much higher the value was in the last block than in the first, in spreads of the baseline.
    value
        Over all blocks against the baseline, in spreads.
    inhibits
        Bands that are held down, and how much higher than in the baseline each lay, in spreads; none while sealed.
    items
        The checklist.
    pictures
        SVG by name: ``shown`` and ``measured``; none while sealed, as a replay is like an earlier session's picture.
    sentences
        For people.

    """

    training: Training
    sham: bool | None
    blocks: tuple[BlockFigures, ...]
    rewarded: Interval | None
    muted: float
    whys: tuple[tuple[str, float], ...]
    change: Interval | None
    value: Interval | None
    inhibits: tuple[tuple[str, Interval | None], ...]
    items: tuple[Filled, ...]
    pictures: dict[str, str]
    sentences: tuple[str, ...]
