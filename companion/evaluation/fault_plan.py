"""What goes wrong between a headset and the host, planted so that the truth is known. Pure: drawn from a seed.

A device takes samples by a crystal that is off, sends them in packets by radio, and the radio loses packets, delays
them, stalls and then sends what has queued up, or loses the connection altogether.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Faults:
    """What is planted; the defaults are a Muse on a crowded radio.

    Attributes
    ----------
    ppm
        Millionths by which the device counts too slowly.
    packet, modulus
        Samples a packet, and the packet number that is zero again.
    lost_share
        Share of packets lost one by one.
    bursts, longest_burst
        Losses of several packets in a row an hour, and the most packets of one.
    stalls, longest_stall
        Times an hour at which nothing comes for a while and then everything at once, and the most seconds of one.
    breaks, longest_break
        Lost connections an hour, and the most seconds until the next one; the counter then begins anywhere.
    least_delay, interval
        Seconds a packet is on its way at least, and the radio's connection interval, of which it waits a part.
    again_share, again_mean
        Share of packets sent again, and the mean seconds that this takes.
    queue
        Seconds between two packets that had queued up.

    """

    ppm: float = 100.0
    packet: int = 12
    modulus: int = 65536
    lost_share: float = 0.001
    bursts: float = 12.0
    longest_burst: int = 60
    stalls: float = 12.0
    longest_stall: float = 2.5
    breaks: float = 2.0
    longest_break: float = 30.0
    least_delay: float = 0.004
    interval: float = 0.015
    again_share: float = 0.1
    again_mean: float = 0.03
    queue: float = 0.002


@dataclass(frozen=True, slots=True)
class Plan:
    """What happened, packet by packet.

    Attributes
    ----------
    taken
        ``float64[packets]`` UTC seconds at which a packet's last sample was taken.
    arrival
        ``float64[packets]`` UTC seconds at which it came, were it not lost.
    number
        ``int64[packets]`` what the device numbered it.
    lost
        ``bool[packets]``.
    connection
        ``int64[packets]``: grows with each lost connection.

    """

    taken: Times
    arrival: Times
    number: Counts
    lost: NDArray[np.bool_]
    connection: Counts


def plan(seconds: float, sfreq: float, start: float, faults: Faults, rng: np.random.Generator) -> Plan:
    """Draw what happens in so many seconds from ``start`` (UTC seconds)."""
    count = int(seconds * sfreq) // faults.packet
    step = faults.packet / sfreq
    taken: Times = np.float64(start) + (np.arange(1, count + 1) * step - 1 / sfreq) * (1 + faults.ppm * 1e-6)
    lost = rng.random(count) < faults.lost_share
    for first, length in _places(rng, faults.bursts, count, step, (2, faults.longest_burst)):
        lost[first : first + length] = True
    held: Times = np.zeros(count)  # UTC seconds before which a packet cannot come
    for first, length in _places(rng, faults.stalls, count, step, (0.3 / step, faults.longest_stall / step)):
        held[first : first + length] = taken[first] + length * step
    connection, number = np.zeros(count, np.int64), np.arange(count) + rng.integers(faults.modulus)
    for first, length in _places(rng, faults.breaks, count, step, (3.0 / step, faults.longest_break / step)):
        lost[first : first + length] = True
        connection[first + length :] += 1
        number[first + length :] += rng.integers(1, faults.modulus)
    lost[:1], lost[-1:] = False, False
    delay: Times = faults.least_delay + rng.uniform(0, faults.interval, count)
    delay += np.where(rng.random(count) < faults.again_share, rng.exponential(faults.again_mean, count), 0)
    arrival = _queued(np.maximum(taken + delay, held), lost, faults.queue)
    return Plan(taken, arrival, number % faults.modulus, lost, connection)


def _places(
    rng: np.random.Generator, hourly: float, count: int, step: float, lengths: tuple[float, float]
) -> list[tuple[int, int]]:
    """Draw where something happens and for how many packets, in order of time."""
    times = int(rng.poisson(hourly * count * step / 3600))
    firsts = np.sort(rng.integers(1, max(2, count - 1), times))
    spans = rng.integers(max(1, int(lengths[0])), int(lengths[1]) + 1, times)
    return list(zip(firsts.tolist(), spans.tolist(), strict=True))


def _queued(arrival: Times, lost: NDArray[np.bool_], spacing: float) -> Times:
    """Return arrivals in order: a packet comes after the one before, at the queue's pace."""
    order = np.cumsum(~lost) * spacing
    return np.asarray(np.maximum.accumulate(np.where(lost, -np.inf, arrival - order)) + order)
