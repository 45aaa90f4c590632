"""How a device's clock runs against the host's, from when its samples arrive. Pure: no clock, no device.

A sample arrives after it was taken: never earlier, often later (radio, driver, a stall). The least late samples
therefore lie on a line, whose height is the difference of the two clocks and whose slope is the crystal's error; all
others lie above it. The slope is that of the edge below the middle of the lower convex hull, which is the line below
all samples with the least sum of distances to them (Moon, Skelly & Towsley, Estimation and removal of clock skew from
network delay measurements, INFOCOM 1999). The height follows the newest samples, so that a host clock that is
itself being corrected is followed within a minute.
"""

from __future__ import annotations

from collections import deque
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

PIECE = 1.0  # seconds of which the least late sample is kept
HISTORY = 600  # pieces that the slope is fitted to
RECENT = 60  # pieces that the height is taken from
# What a slope may be wrong by: how much less an older sample says of the height now. Before there is a slope, what
# cheap crystals keep (a tuning fork with its temperature; 20 to 100 ppm are specified); later, what a fit leaves.
UNKNOWN, FITTED = 2e-4, 2e-5
FIRST_SLOPE = 20.0  # seconds until a slope can be told from jitter
LARGEST_RATE = 0.05  # what exceeds it is no crystal's error but a wrong nominal rate, or a burst
# A nominal rate that is far off shows sooner: lateness that grows or falls along a line, by more than jitter could.
GROSS_RATE, GROSS_SLOPE = 5e-3, 4.0  # the least such rate; seconds until it can be told
STRAIGHT = 0.1  # of the whole change in lateness: how far from the line it may lie
WRONG_RATE = 0.01  # what a person is told of,
WRONG_PIECES = 60  # once it lasted for as many pieces


class Drift:
    """Fits UTC to a device's seconds, causally.

    Device seconds are counted samples, lost ones included, by the nominal rate.
    """

    def __init__(self) -> None:
        self._pieces: deque[tuple[float, float]] = deque(maxlen=HISTORY)  # device seconds, arrival - device seconds
        self._open: tuple[float, float] | None = None  # the least late sample of the newest piece
        self._piece = 0
        self._rate = 0.0
        self._fitted = False
        self._sure = False  # fitted to as much as it takes in any case
        self._wrong = 0  # newest pieces through which the rate was wrong

    @property
    def known(self) -> bool:
        """Whether any sample was seen."""
        return self._open is not None

    @property
    def rate(self) -> float:
        """How much slower than nominal the device counts (1e-4 = 100 ppm); 0 until it can be told."""
        return self._rate

    @property
    def wrong(self) -> float:
        """The rate where it is beyond `WRONG_RATE` and has been for a minute, however much was lost; 0 otherwise."""
        return self._rate if self._wrong >= WRONG_PIECES else 0.0

    def add(self, device: Times, arrival: Times) -> None:
        """Take in samples, oldest first: ``float64[samples]`` device seconds and UTC seconds of arrival."""
        if not device.size:
            return
        pieces = np.floor(device / PIECE).astype(np.int64)
        edges = [0, *(np.flatnonzero(np.diff(pieces)) + 1).tolist(), device.size]
        lateness = arrival - device
        for start, stop in pairwise(edges):
            least = start + int(np.argmin(lateness[start:stop]))
            self._take(int(pieces[start]), (float(device[least]), float(lateness[least])))

    def utc(self, device: float) -> float:
        """Return the UTC seconds of a sample near the newest one. Raises `ValueError` before any sample."""
        if self._open is None:
            raise ValueError("no sample was seen")
        recent = [*islice(reversed(self._pieces), RECENT), self._open]
        doubt = FITTED if self._fitted else UNKNOWN
        return device + min(late + self._rate * (device - at) + doubt * abs(device - at) for at, late in recent)

    def restart(self) -> None:
        """Forget how the clocks stand to each other, not how fast they run: samples were lost without a count."""
        self._pieces.clear()
        self._open = None

    def _take(self, piece: int, point: tuple[float, float]) -> None:
        """Note the least late sample of (a part of) a piece."""
        if self._open is not None and piece != self._piece:
            self._pieces.append(self._open)
            self._open = None
            self._fit()
        if self._open is None or point[1] < self._open[1]:
            self._open = point
        self._piece = piece

    def _fit(self) -> None:
        """Fit the slope anew once there is enough to tell it."""
        span = self._pieces[-1][0] - self._pieces[0][0]
        self._sure |= span >= FIRST_SLOPE
        if span >= FIRST_SLOPE or (not self._sure and span >= GROSS_SLOPE and self._gross(span)):
            self._fitted = True
            self._rate = float(np.clip(slope(list(self._pieces)), -LARGEST_RATE, LARGEST_RATE))
        self._wrong = self._wrong + 1 if abs(self._rate) > WRONG_RATE else 0

    def _gross(self, span: float) -> bool:
        """Whether lateness changed along a line in all these seconds, as only a rate that is far off makes it."""
        rate = slope(list(self._pieces))
        beside = [late - rate * at for at, late in self._pieces]
        straight = max(beside) - min(beside) < STRAIGHT * abs(rate) * span
        # Samples that come ever sooner may be a queue that drains.
        return straight and (rate > GROSS_RATE or -LARGEST_RATE < rate < -GROSS_RATE)


def slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the lower convex hull below the mean abscissa of two or more points in order."""
    middle = sum(x for x, _ in points) / len(points)
    hull: list[tuple[float, float]] = []
    for point in points:
        while len(hull) > 1 and _above(hull[-1], hull[-2], point):
            hull.pop()
        hull.append(point)
    for (x0, y0), (x1, y1) in pairwise(hull):
        if x1 >= middle:
            return (y1 - y0) / (x1 - x0)
    raise ValueError("a slope needs two points")


def _above(point: tuple[float, float], left: tuple[float, float], right: tuple[float, float]) -> bool:
    """Whether a point lies on or above the line from left to right."""
    height = (point[1] - left[1]) * (right[0] - left[0])
    return height >= (right[1] - left[1]) * (point[0] - left[0])
