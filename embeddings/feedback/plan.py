"""What a training measures, in words that any process can read; the signal work is in `embeddings.feedback.stream`."""

from __future__ import annotations

from dataclasses import dataclass

Band = tuple[float, float]  # Hz, from and to

STEP_SECONDS = 0.05  # of signal from one step to the next
SMOOTHING_SECONDS = 0.5  # time constant of the running mean of band power
COSPECTRA_SECONDS = 1.5  # and of that of co-spectra
SETTLING = "settling"  # why nothing is rewarded: the filters have yet to hear enough after a start or a gap


@dataclass(frozen=True, slots=True)
class BandPlan:
    """Log power of some bands against others, the mean over electrodes.

    Attributes
    ----------
    up, under
        The value is the log of the power summed over ``up``, less that over ``under``; nothing is subtracted without
        any ``under``.
    inhibits
        Bands whose log power must stay low, whatever the value.

    """

    electrodes: tuple[str, ...]
    up: tuple[Band, ...]
    under: tuple[Band, ...] = ()
    inhibits: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class FocusPlan:
    """The shipped focus score against a person's rest.

    Attributes
    ----------
    electrodes
        All whose co-spectra are kept (`embeddings.sites.kept`), as in ``rest``.
    rest
        What `embeddings.focus_tracker.FocusTracker.dump` tells.

    """

    electrodes: tuple[str, ...]
    rest: bytes


@dataclass(frozen=True, slots=True)
class StatePlan:
    """How near the present is to a direction of a state space, the cosine.

    Attributes
    ----------
    direction
        ``float32[dimension]`` as bytes; its length does not matter.
    baseline
        `embeddings.state.Baseline.dump` of that space.

    """

    electrodes: tuple[str, ...]
    direction: bytes
    baseline: bytes


@dataclass(frozen=True, slots=True)
class SharedPlan:
    """How near the present is to a direction of the shared space, the cosine.

    Attributes
    ----------
    direction
        ``float32[dimension]`` as bytes.
    mapping
        `embeddings.mapping.Mapping.dump`.
    rest
        ``float32[windows, features]`` as bytes: how this putting-on of the headset began.
    spread
        ``float64[features]`` as bytes: the person's usual spread, as kept with the mapping.

    """

    electrodes: tuple[str, ...]
    direction: bytes
    mapping: bytes
    rest: bytes
    spread: bytes


Plan = BandPlan | FocusPlan | StatePlan | SharedPlan


def smoothing(plan: Plan) -> float:
    """Return the time constant, in seconds, of the running mean that a plan's value is of."""
    return SMOOTHING_SECONDS if isinstance(plan, BandPlan) else COSPECTRA_SECONDS


@dataclass(frozen=True, slots=True)
class Step:
    """What the newest piece of signal says.

    Attributes
    ----------
    time
        UTC seconds of the sample after the last that is in it.
    value
        What is trained; stands still while muted. None while nothing is known yet.
    inhibits
        Log power of each band that must stay low.
    muted
        Why nothing may be rewarded, in words (``blink``, ``AF7: poor contact``, `SETTLING`); empty when all is well.
    faults
        What is wrong with each electrode; empty where nothing is.
    held
        Whether something begins that may turn out to be a blink, see `embeddings.feedback.onset`: it stands still as
        while muted, but nothing is said of it.

    """

    time: float
    value: float | None
    inhibits: tuple[float, ...]
    muted: str
    faults: tuple[str, ...]
    held: bool = False

    @property
    def counts(self) -> bool:
        """Whether what it says is of the brain: known, neither muted nor held."""
        return not self.muted and not self.held and self.value is not None


@dataclass(frozen=True, slots=True)
class AlphaFrequency:
    """What `embeddings.alpha.find` found of a person's own alpha rhythm.

    Attributes
    ----------
    frequency
        Hz, the centre of gravity of what stands above the background; None where nothing does for sure.
    peak
        Hz, where it is highest.
    low, high
        Hz, 95 % interval of the frequency.
    height
        How far the peak stands above the background, log10 of power.
    pieces
        How many clean pieces of 4 s it rests on (half overlapping).
    sentence
        For people.

    """

    frequency: float | None
    peak: float | None
    low: float | None
    high: float | None
    height: float
    pieces: int
    sentence: str
