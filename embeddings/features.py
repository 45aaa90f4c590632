"""What a window of EEG says: how much power each band has at each electrode, and how electrodes go together in it.

A window becomes one real co-spectrum a band (the real part of the cross-spectral matrix, Welch's method, 1 s Hann
segments, half overlapping). Its diagonal is band power; the rest is what two electrodes share. Everything the
encoders know is derived from these matrices, so that a person's past can be encoded anew without its raw signal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from embeddings.types import Signal

# Hz, from and below. Finer than the usual five where focus and calm differ: around theta, alpha and beta.
BANDS = ((1, 3), (3, 5), (5, 8), (8, 10), (10, 13), (13, 18), (18, 24), (24, 31), (31, 41))
SHRINKAGE = 0.05  # towards equal power: a band of 4 s has too few degrees of freedom for 8 electrodes
SEGMENT_SECONDS = 1.0
_TINY = np.finfo(float).tiny


def cospectra(filtered: Signal, sfreq: float) -> NDArray[np.float64]:
    """Return the mean co-spectrum (µV²/Hz) of each band, ``float64[bands, channels, channels]``."""
    length = round(SEGMENT_SECONDS * sfreq)
    taper: Signal = signal.get_window("hann", length)
    segments = np.lib.stride_tricks.sliding_window_view(filtered, length, axis=-1)[:, :: length // 2]
    spectra = np.fft.rfft(segments * taper, axis=-1)  # [channels, segments, frequencies]
    frequencies: Signal = np.asarray(np.fft.rfftfreq(length, 1 / sfreq), np.float64)
    scale = 2 / (sfreq * np.sum(taper**2))
    bands = [np.flatnonzero(_within(frequencies, band)) for band in BANDS]
    return np.stack([scale * _mean_product(spectra[:, :, inside]) for inside in bands])


def row(filtered: Signal, sfreq: float) -> NDArray[np.float32]:
    """Return a window's co-spectra as one ``float32[bands * channels * (channels + 1) / 2]`` (upper triangles)."""
    upper = np.triu_indices(len(filtered))
    return cospectra(filtered, sfreq)[:, *upper].ravel().astype(np.float32)


def matrices(rows: NDArray[np.float32], channels: int) -> NDArray[np.float64]:
    """Undo `row` for many, shrunk until positive definite: ``float64[windows, bands, channels, channels]``."""
    first, second = np.triu_indices(channels)
    found = np.zeros((len(rows), len(BANDS), channels, channels))
    triangles = rows.reshape(len(rows), len(BANDS), len(first))
    found[..., first, second] = triangles
    found[..., second, first] = triangles
    return shrunk(found)


def shrunk(spectra: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return matrices ``float64[..., channels, channels]`` drawn a little towards equal power at every electrode."""
    channels = spectra.shape[-1]
    level = np.trace(spectra, axis1=-2, axis2=-1)[..., np.newaxis, np.newaxis] / channels
    drawn: NDArray[np.float64] = (1 - SHRINKAGE) * spectra + (SHRINKAGE * level + _TINY) * np.eye(channels)
    return drawn


def _within(frequencies: NDArray[np.float64], band: tuple[int, int]) -> NDArray[np.bool_]:
    return (frequencies >= band[0]) & (frequencies < band[1])


def _mean_product(spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return the real part of the mean outer product of ``complex[channels, segments, frequencies]``."""
    flat = spectra.reshape(len(spectra), -1)
    product: NDArray[np.float64] = np.real(flat @ flat.conj().T) / flat.shape[1]
    return product
