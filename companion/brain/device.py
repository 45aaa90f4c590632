"""What every adapter to a headset offers, and what it hands over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from companion.brain.formats import labels
from companion.brain.types import BoardError, Stream


class UnreachableError(BoardError):
    """The headset cannot be reached at present; it may come by itself (switched on, brought near), so try again."""


@dataclass(frozen=True, slots=True)
class Counter:
    """How a device numbers what it sends.

    Attributes
    ----------
    modulus
        The number after which it starts at zero again.
    samples
        Samples that share one number (a packet).

    """

    modulus: int
    samples: int = 1


@dataclass(frozen=True, slots=True)
class Block:
    """What was waiting in the device when it was drained, oldest first.

    Attributes
    ----------
    data
        ``float64[channels, samples]`` in µV; a sample the device lost but still sends is not finite.
    times
        ``float64[samples]`` UTC seconds: when each sample arrived, or when the device says it was taken.
    counters
        ``int64[samples]`` the device's own numbers, or None when it has none worth trusting.
    after_gap
        The first sample does not follow the last of the block before, whatever the numbers say.

    """

    data: NDArray[np.float64]
    times: NDArray[np.float64]
    counters: NDArray[np.int64] | None = None
    after_gap: bool = False


class Board(Protocol):
    """One connected device; closed by whoever opened it."""

    @property
    def stream(self) -> Stream:
        """What the device says of itself."""
        ...

    @property
    def counter(self) -> Counter | None:
        """How `Block.counters` counts."""
        ...

    @property
    def ended(self) -> bool:
        """Whether nothing will ever come again (a recording was played to its end)."""
        ...

    @property
    def pause(self) -> float:
        """Seconds of silence that are in order now (a gap in a recording); 0 for a live device."""
        ...

    def read(self) -> list[Block]:
        """Take what is waiting, without waiting for more. Raises `UnreachableError` when the device went away."""
        ...

    def close(self) -> None:
        """Let go of the device."""
        ...


def channel_names(names: Sequence[str], count: int) -> tuple[str, ...]:
    """Return ``count`` different names: from the labels when every channel has one, else ``EEG1``, ``EEG2``, ..."""
    if len(names) == count and all(name.strip() for name in names):
        return labels.channel_names(names)
    return tuple(f"EEG{number}" for number in range(1, count + 1))
