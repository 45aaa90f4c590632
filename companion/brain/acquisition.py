"""The process that holds the headset: drains the board and sends chunks through a pipe, more often when asked to.

BrainFlow holds one lock for the whole process, also while it looks for a device; here it can stop nothing else. The
process imports what it needs and no more, and ends by itself when the other end of the pipe is gone.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from companion.brain import board
from companion.brain.assembly import Assembly, Oddity
from companion.brain.device import Board, UnreachableError
from companion.brain.types import BoardError, BoardSpec, Chunk, Stream

DRAIN_SECONDS = 0.1
RETRY_SECONDS = 2.0  # until a device that was not found is looked for again
STOP = "stop"


@dataclass(frozen=True, slots=True)
class Pace:
    """From the parent: drain the board every so many seconds from now on."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Connected:
    """The headset answered; samples follow."""

    stream: Stream


@dataclass(frozen=True, slots=True)
class Pause:
    """A gap in a recording was reached: nothing will come for ``seconds``, and nothing is wrong."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Heard:
    """Samples came, but are held back until it is known where they belong.

    Attributes
    ----------
    missing
        Seconds of signal since there was a sample with all its values.

    """

    missing: float = 0.0


@dataclass(frozen=True, slots=True)
class Strange:
    """What the person should know of the signal that comes; empty when all that is over."""

    oddities: tuple[Oddity, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The headset was not found; it is being looked for again. Nothing has to be started anew."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The headset could not be used; ``lasting`` when it will not work until the person mends it."""

    sentence: str
    lasting: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """All samples were sent: the recording is over, or the process was asked to stop."""


Message = Connected | Heard | Strange | Pause | Waiting | Refused | Ended | Chunk


class Acquisition:
    """A running acquisition process, seen from the parent.

    Parameters
    ----------
    spec
        The headset.
    segment
        Number of the first segment it sends.
    pace
        Seconds from one draining of the board to the next; see also `keep_pace`.

    """

    def __init__(self, spec: BoardSpec, *, segment: int, pace: float = DRAIN_SECONDS) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, far_end = context.Pipe()
        self._process = context.Process(
            target=acquire, args=(spec, segment, far_end, pace), name="companion-acquisition", daemon=True
        )
        self._process.start()
        self._pace = pace
        far_end.close()  # so that the pipe ends when the process does
        self._grace = board.grace(spec)

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._process.pid

    def keep_pace(self, seconds: float) -> None:
        """Let the board be drained every so many seconds; from the thread that receives alone. Raises `EOFError`."""
        if seconds == self._pace:
            return
        try:
            self._pipe.send(Pace(seconds))
        except OSError as error:  # it died
            raise EOFError from error
        self._pace = seconds

    def receive(self, seconds: float) -> Message | None:
        """Return the next message, or None when none came for ``seconds``. Raises `EOFError` once it died."""
        try:
            if not self._pipe.poll(seconds):
                return None
            message: Message = self._pipe.recv()
        except OSError as error:  # it died in the middle of a message
            raise EOFError from error
        return message

    def stop(self, take: Callable[[Chunk], None]) -> None:
        """Ask it to let go of the device, hand over what it still sends, and make sure that it is gone."""
        deadline = time.monotonic() + self._grace
        try:
            self._take_rest(take, deadline)
        finally:
            self._end(deadline)

    def _take_rest(self, take: Callable[[Chunk], None], deadline: float) -> None:
        """Say stop and hand over the chunks that are still on the way."""
        with suppress(EOFError, ConnectionError):  # it is gone already, which is what was wanted
            self._pipe.send(STOP)
            while (left := deadline - time.monotonic()) > 0:
                message = self.receive(left)
                if message is None or isinstance(message, Ended):
                    return
                if isinstance(message, Chunk):
                    take(message)

    def _end(self, deadline: float) -> None:
        """Wait until it let go of the device, then make sure."""
        self._pipe.close()
        self._process.join(max(0.1, deadline - time.monotonic()))
        for end in (self._process.terminate, self._process.kill):
            if self._process.is_alive():
                end()
                self._process.join(0.3)
        self._process.join()
        self._process.close()


def acquire(spec: BoardSpec, segment: int, pipe: Connection, pace: float = DRAIN_SECONDS) -> None:
    """Drain the headset until it ends, fails, or the parent stops or is gone: the process's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which stops this in good order
    orders = _Orders(pipe, pace)
    try:
        while not _attempt(spec, segment, orders):
            pass
    except BoardError as error:
        _last_words(pipe, Refused(str(error), lasting=not isinstance(error, UnreachableError)))
    except ConnectionError:
        return  # the parent is gone; the board was released on the way here


class _Orders:
    """The pipe to the parent, and what it said last."""

    def __init__(self, pipe: Connection, pace: float) -> None:
        self.pipe, self.pace = pipe, pace

    def stop(self, seconds: float) -> bool:
        """Wait a while, or until something is said; return whether it is the end. Raises `ConnectionError`."""
        if not self.pipe.poll(seconds):
            return False
        try:
            order = self.pipe.recv()
        except EOFError as error:  # the parent is gone
            raise ConnectionError from error
        if isinstance(order, Pace):
            self.pace = order.seconds
        return bool(order == STOP)


def _attempt(spec: BoardSpec, segment: int, orders: _Orders) -> bool:
    """Listen to the headset to the end; return False when it was not there, and the parent goes on waiting for it."""
    pipe, connected = orders.pipe, False
    try:
        with board.open(spec) as device:
            connected = True
            pipe.send(Connected(device.stream))
            _drain(device, segment, orders, lsl=spec.kind == "lsl")
    except UnreachableError as error:
        if connected:
            raise
        pipe.send(Waiting(str(error)))
        return orders.stop(RETRY_SECONDS)
    return True


def _drain(device: Board, segment: int, orders: _Orders, *, lsl: bool) -> None:
    """Send chunks until the end."""
    pipe = orders.pipe
    assembly = Assembly(device.stream, counter=device.counter, segment=segment, lsl=lsl)
    pause, strange = 0.0, assembly.strange
    stopped = False
    while not (stopped or device.ended):
        stopped = orders.stop(orders.pace)
        blocks = device.read()
        chunks = [chunk for block in blocks for chunk in assembly.add(block)]
        for chunk in chunks:
            pipe.send(chunk)
        if blocks and not chunks:
            pipe.send(Heard(assembly.missing))
        if assembly.strange != strange:
            strange = assembly.strange
            pipe.send(Strange(strange))
        if device.pause != pause:
            pause = device.pause
            pipe.send(Pause(pause))
    for chunk in assembly.finish():
        pipe.send(chunk)
    pipe.send(Ended())


def _last_words(pipe: Connection, message: Message) -> None:
    """Say why the process ends, if anyone still listens."""
    try:
        pipe.send(message)
    except ConnectionError:
        return
