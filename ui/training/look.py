"""What the scene looks like at a moment, and how it gets there from a session's snapshots. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from companion.feedback.types import Phase, Snapshot
from ui.training.easing import Easing

AT_REST = 0.3  # what the scene shows while it follows nothing
VALUE_RATE = 0.9  # of its range a second; with VEIL_RATE it keeps the light from pulsing more than three times a second
VEIL_RATE = 0.6
LIGHT_POWER = 0.6
SLOW_RATE = 0.35  # of all of it where the desktop asks for little motion
LONGEST_STEP = 0.1  # seconds; after a longer while the scene goes on from where it was
_UNSEEN = 0.02
_STILL = frozenset({Phase.PAUSED, Phase.WAITING})


@dataclass(frozen=True, slots=True)
class Look:
    """All that is drawn, each from 0 to 1.

    Attributes
    ----------
    value
        How light it is, how large the sun, how still the water; the target is at 0.5.
    target
        How plainly the ring of the target is seen.
    reward
        How plainly that ring says that it is reached.
    veil
        How dim all of it is.
    time
        Seconds that the water has moved.
    words, told
        What is written in it, and how plainly.

    """

    value: float = AT_REST
    target: float = 0.0
    reward: float = 0.0
    veil: float = 0.0
    time: float = 0.0
    words: str = ""
    told: float = 0.0

    @property
    def light(self) -> float:
        """How far from night to morning the colours are: so that luminance grows evenly with the value."""
        return float(self.value**LIGHT_POWER)


class Looking:
    """Follows snapshots.

    Parameters
    ----------
    calm
        Whether little should move: all changes are slow and the water stands still.

    """

    def __init__(self, *, calm: bool = False) -> None:
        self._calm = calm
        self._value = Easing(AT_REST, seconds=0.12, rate=SLOW_RATE if calm else VALUE_RATE)
        self._veil = Easing(0.0, seconds=0.25, rate=SLOW_RATE if calm else VEIL_RATE)
        self._target = Easing(0.0, seconds=0.4, rate=SLOW_RATE if calm else 1.0)
        self._reward = Easing(0.0, seconds=0.4, rate=SLOW_RATE if calm else 1.0)
        self._told = Easing(0.0, seconds=0.25, rate=SLOW_RATE if calm else 2.0)
        self._time = 0.0
        self._words = ""
        self._held = AT_REST
        self.look = Look()

    def follow(self, snapshot: Snapshot, passed: float) -> Look:
        """Go on for ``passed`` seconds towards a snapshot."""
        step = min(passed, LONGEST_STEP)
        in_block = snapshot.phase is Phase.BLOCK and snapshot.value is not None
        if snapshot.phase is not Phase.PAUSED:  # over a pause it stands still
            self._held = snapshot.value if in_block and snapshot.value is not None else AT_REST
            self._time += 0.0 if self._calm else step
        words = _words(snapshot)
        told = self._told.towards(float(bool(words)), step)
        self._words = words or (self._words if told > _UNSEEN else "")
        self.look = Look(
            value=self._value.towards(self._held, step),
            target=self._target.towards(float(in_block), step),
            reward=self._reward.towards(float(snapshot.rewarded), step),
            veil=self._veil.towards(_veil(snapshot), step),
            time=self._time,
            words=self._words,
            told=told,
        )
        return self.look


def _veil(snapshot: Snapshot) -> float:
    if snapshot.phase in _STILL:
        return 0.8
    return 1.0 if snapshot.muted else 0.0


def _words(snapshot: Snapshot) -> str:
    if snapshot.phase in _STILL or snapshot.phase in {Phase.REST, Phase.BASELINE}:
        return snapshot.sentence
    return snapshot.why if snapshot.muted else ""
