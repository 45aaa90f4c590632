"""From what a device gives to chunks, and what is strange about it in words. Pure: no clock, no device."""

from __future__ import annotations

from dataclasses import dataclass

from companion.brain.device import Block, Counter
from companion.brain.drift import LARGEST_RATE, Drift
from companion.brain.timeline import Timeline
from companion.brain.types import Chunk, Stream
from companion.brain.valueless import Valueless

NO_VALUES = "No values come from {}; the other electrodes go on. See to its plug and its place{}."
PROGRAM_SENDS = ", and to what the headset's program sends"
WRONG_RATE = (
    "{} says {:g} samples a second and gives {} {:.3g}. Its times are put right again and again, and frequencies are "
    "off by as much. {}"
)
RIGHT_PROGRAM = "Set the right rate in the program that sends it."
RIGHT_BOARD = "Check that the board you chose is the one you wear, and that none of its own settings changed its rate."


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something strange about the signal.

    Attributes
    ----------
    about
        What is the same as long as it is the same thing, also where its figures change.
    sentence
        For people.

    """

    about: str
    sentence: str


class Assembly:
    """A `Timeline` of the electrodes that give values, begun anew when these change.

    Parameters
    ----------
    stream
        The device.
    counter
        How it counts, or None.
    segment
        Number of the first segment.
    lsl
        Whether it is an LSL stream, which some program sends.

    """

    def __init__(self, stream: Stream, *, counter: Counter | None, segment: int, lsl: bool = False) -> None:
        self._stream, self._counter, self._lsl = stream, counter, lsl
        self._valueless = Valueless(stream)
        self._drift = Drift()  # of all timelines: the device's clock is the same
        self._timeline = Timeline(stream, counter=counter, segment=segment, drift=self._drift)
        self._rate = ""

    @property
    def missing(self) -> float:
        """See `Valueless.missing`."""
        return self._valueless.missing

    @property
    def strange(self) -> tuple[Oddity, ...]:
        """What the person should know of the signal."""
        found = []
        if names := self._valueless.names:
            told = NO_VALUES.format(", ".join(names), PROGRAM_SENDS if self._lsl else "")
            found.append(Oddity(told, told))
        if self._rate:
            found.append(Oddity(f"a rate that is not {self._stream.sfreq:g}", self._rate))
        return tuple(found)

    def add(self, block: Block) -> list[Chunk]:
        """Return the chunks that are certain now."""
        chunks: list[Chunk] = []
        if self._valueless.take(block):
            chunks = self._timeline.finish()
            segment = self._timeline.next_segment
            stream = self._valueless.stream
            self._timeline = Timeline(stream, counter=self._counter, segment=segment, drift=self._drift)
        chunks += self._timeline.add(self._valueless.part(block))
        self._look_at_rate()
        return chunks

    def finish(self) -> list[Chunk]:
        """Return what was held back; nothing more will come."""
        return self._timeline.finish()

    def _look_at_rate(self) -> None:
        """Say once that the rate is wrong; what is played or made up has that of a busy computer."""
        rate = self._timeline.wrong_rate
        if not rate or self._stream.simulated:
            self._rate = ""
        elif not self._rate:
            how = "about" if abs(rate) < LARGEST_RATE else "fewer than" if rate > 0 else "more than"
            told = self._stream.sfreq
            mend = RIGHT_PROGRAM if self._lsl else RIGHT_BOARD
            self._rate = WRONG_RATE.format(self._stream.device, told, how, told / (1 + rate), mend)
