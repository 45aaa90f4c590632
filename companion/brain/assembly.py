"""From what a device gives to chunks, and what is strange about it in words. Pure: no clock, no device."""

from __future__ import annotations

from companion.brain.device import Block, Counter
from companion.brain.drift import LARGEST_RATE
from companion.brain.timeline import Timeline
from companion.brain.types import Chunk, Stream
from companion.brain.valueless import Valueless

NO_VALUES = (
    "No values come from {}; the other electrodes go on. See to its plug and its place, and to what the headset's "
    "program sends."
)
WRONG_RATE = (
    "{} says {:g} samples a second and gives {} {:.3g}. Its times are put right again and again, and frequencies are "
    "off by as much. Set the right rate in the program that sends it."
)


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

    """

    def __init__(self, stream: Stream, *, counter: Counter | None, segment: int) -> None:
        self._stream, self._counter = stream, counter
        self._valueless = Valueless(stream)
        self._timeline = Timeline(stream, counter=counter, segment=segment)
        self._rate = ""

    @property
    def missing(self) -> float:
        """See `Valueless.missing`."""
        return self._valueless.missing

    @property
    def strange(self) -> str:
        """What the person should know of the signal; empty where nothing is strange."""
        names = self._valueless.names
        told = [NO_VALUES.format(", ".join(names)) if names else "", self._rate]
        return " ".join(sentence for sentence in told if sentence)

    def add(self, block: Block) -> list[Chunk]:
        """Return the chunks that are certain now."""
        chunks: list[Chunk] = []
        if self._valueless.take(block):
            chunks = self._timeline.finish()
            segment = self._timeline.next_segment
            self._timeline = Timeline(self._valueless.stream, counter=self._counter, segment=segment)
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
            self._rate = WRONG_RATE.format(self._stream.device, told, how, told / (1 + rate))
