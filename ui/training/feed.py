"""Blocks of sound that follow snapshots, made one at a time as they are asked for. Knows no device."""

from __future__ import annotations

from companion.feedback.sound import BLOCK_SECONDS, SAMPLE_RATE, Sound, Synthesizer
from companion.feedback.types import Snapshot

FRAMES = round(SAMPLE_RATE * BLOCK_SECONDS)
BLOCK_BYTES = 2 * FRAMES  # 16 bits a frame, one channel
WAITING_BLOCKS = 2  # that lie ready: what is heard is 50 ms behind at most


class Feed:
    """Follows one session.

    Attributes
    ----------
    quiet
        Whether to glide into silence and stay there.

    """

    def __init__(self, sound: Sound) -> None:
        self._made = Synthesizer(sound)
        self._value: float | None = None
        self._rewarded = self._muted = False
        self.quiet = False

    def follow(self, snapshot: Snapshot) -> None:
        """Have what comes next follow this."""
        self._value, self._rewarded, self._muted = snapshot.value, snapshot.rewarded, snapshot.muted

    def ring(self) -> None:
        """Have what comes next be a reward."""
        self._value, self._rewarded, self._muted = 1.0, True, False

    def block(self) -> bytes:
        """Return the next block, `BLOCK_BYTES` of 16-bit PCM."""
        value = None if self.quiet else self._value
        made = self._made.block(value, rewarded=self._rewarded, muted=self._muted, frames=FRAMES)
        return made.tobytes()
