"""A session step by step, as it is kept: what the person saw, and apart from it what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from companion.feedback.types import Phase
from embeddings.feedback.plan import Step

if TYPE_CHECKING:  # it is needed once a session runs
    import numpy as np
    from numpy.typing import NDArray

PHASES = (Phase.BASELINE, Phase.BLOCK, Phase.REST)
NAN = float("nan")
INHIBIT = "inhibit_"  # and its number: what is held down, among what is measured


@dataclass(slots=True)
class Log:
    """Grows while a session runs; one entry a step.

    Attributes
    ----------
    time
        UTC seconds.
    phase, block
        Place in `PHASES`, and the number of the block.
    margin
        What was shown, in spreads above the threshold; not a number where nothing was.
    muted
        Place in ``words``; 0 where nothing was muted.
    held
        1 where it stood still because something began that might have been a blink.
    value
        What was measured. Never shown while a session is blind.
    own
        The margin of the person's own signal.
    inhibits
        The powers that are held down, a list each.

    """

    time: list[float] = field(default_factory=list)
    phase: list[int] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    margin: list[float] = field(default_factory=list)
    muted: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    inhibits: list[list[float]] = field(default_factory=list)
    words: list[str] = field(default_factory=lambda: [""])

    def add(self, step: Step, phase: Phase, block: int, *, margin: float | None, own: float | None) -> None:
        """Take down a step."""
        if step.muted not in self.words:
            self.words.append(step.muted)
        self.time.append(step.time)
        self.phase.append(PHASES.index(phase))
        self.block.append(block)
        self.margin.append(NAN if margin is None else margin)
        self.muted.append(self.words.index(step.muted))
        self.held.append(int(step.held))
        self.value.append(NAN if step.value is None else step.value)
        self.own.append(NAN if own is None else own)
        for number, power in enumerate(step.inhibits):
            if number == len(self.inhibits):
                self.inhibits.append([])
            its = self.inhibits[number]
            its += [NAN] * (len(self.time) - 1 - len(its))  # steps in which it was not known
            its.append(power)

    def visible(self) -> dict[str, NDArray[np.generic]]:
        """Return what a blinded person may see: times (seconds from the earliest), phases, margins, mutes."""
        import numpy as np

        first = min(self.time, default=0.0)
        return {
            "time": np.array(self.time, np.float64) - first,
            "phase": np.array(self.phase, np.uint8),
            "block": np.array(self.block, np.uint8),
            "margin": np.array(self.margin, np.float16),
            "muted": np.array(self.muted, np.uint8),
            "held": np.array(self.held, np.uint8),
        }

    def hidden(self) -> dict[str, NDArray[np.generic]]:
        """Return what was measured, whatever was shown; fine enough to be rewarded again in a replay."""
        import numpy as np

        found: dict[str, NDArray[np.generic]] = {
            "value": np.array(self.value, np.float32),
            "own": np.array(self.own, np.float16),
        }
        for number, its in enumerate(self.inhibits):
            rest = len(self.time) - len(its)
            found[f"{INHIBIT}{number}"] = np.array([*its, *[NAN] * rest], np.float32)
        return found
