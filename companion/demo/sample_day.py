"""The sample day's screens and EEG: pages rendered from `day.toml`, a simulated signal for how the person was."""

from __future__ import annotations

import json
import textwrap
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from companion.brain.types import Segment

START = 1_772_442_720.0  # 2 March 2026, 09:12 UTC
PAGE_SECONDS = 40.0
SIZE = (1120, 380)
INK, PAPER, BAR = (28, 28, 30), (252, 252, 250), (226, 228, 232)
SFREQ = 256.0
CH_NAMES = ("TP9", "AF7", "AF8", "TP10")
# Amplitudes in µV (standard deviation) of theta, alpha and beta that a state adds to the background.
STATES = {"calm": (3.0, 11.0, 2.5), "absorbed": (4.0, 3.5, 6.0), "weary": (10.0, 5.5, 2.0)}
RHYTHMS = ((4.0, 8.0), (8.0, 13.0), (13.0, 30.0))
BACKGROUND = 8.0


@dataclass(frozen=True, slots=True)
class Page:
    """One thing the person had on screen, from ``time`` for `PAGE_SECONDS`."""

    app: str
    title: str
    text: str
    state: str
    time: float
    url: str = ""


def pages() -> list[Page]:
    """Return the day in order."""
    raw = tomllib.loads(resources.files(__package__).joinpath("day.toml").read_text(encoding="utf-8"))
    return [
        Page(**{**page, "text": page["text"].strip()}, time=START + number * PAGE_SECONDS)
        for number, page in enumerate(raw["page"])
    ]


def write_screens(folder: Path, day: list[Page]) -> None:
    """Render the day as a folder that ``--frames replay:DIR`` and ``companion import`` understand."""
    lines = []
    for number, page in enumerate(day):
        file = f"{number:02}.png"
        Image.fromarray(render(page)).save(folder / file)
        record = {"file": file, "time": page.time, "time_end": page.time + PAGE_SECONDS, "app": page.app}
        lines.append(json.dumps({**record, "title": page.title, "url": page.url}))
    (folder / "manifest.jsonl").write_text("\n".join(lines), encoding="utf-8")


def render(page: Page) -> NDArray[np.uint8]:
    """Return a page as a window would show it, ``uint8[height, width, 3]``."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, SIZE[0], 34), fill=BAR)
    draw.text((14, 7), f"{page.title}", font=_font(16), fill=INK)
    draw.multiline_text((22, 52), _wrapped(page.text), font=_font(17), fill=INK, spacing=9)
    return np.asarray(picture)


def eeg(day: list[Page], *, seed: int = 0) -> Segment:
    """Return a simulated signal of the whole day, and a last half minute in the state the day began with.

    Not a brain: noise with a 1/f spectrum, and rhythms as strong as each page's state says.
    """
    generator = np.random.default_rng(seed)
    states = [page.state for page in day for _ in range(round(PAGE_SECONDS))] + [day[0].state] * 30
    seconds = len(states)
    samples = round(seconds * SFREQ)
    data = BACKGROUND * _noise(generator, samples, (0.5, 60.0), slope=1.0)
    for rhythm, band in enumerate(RHYTHMS):
        strength = np.repeat([STATES[state][rhythm] for state in states], round(SFREQ))
        data += strength * _noise(generator, samples, band)
    return Segment("simulated headband", SFREQ, CH_NAMES, day[0].time, data)


def _noise(
    generator: np.random.Generator, samples: int, band: tuple[float, float], slope: float = 0.0
) -> NDArray[np.float64]:
    """Return ``float64[channels, samples]`` of unit spread, its power between two Hz falling with 1/f^slope."""
    frequencies = np.fft.rfftfreq(samples, 1 / SFREQ)
    gain = np.zeros_like(frequencies)
    inside = (frequencies >= band[0]) & (frequencies < band[1])
    gain[inside] = frequencies[inside] ** (-slope / 2)
    white = generator.standard_normal((len(CH_NAMES), samples))
    coloured: NDArray[np.float64] = np.fft.irfft(np.fft.rfft(white, axis=1) * gain, samples, axis=1)
    coloured /= coloured.std(axis=1, keepdims=True)
    return coloured


def _wrapped(text: str) -> str:
    """Break prose into lines that fit; keep the lines of code and tables."""
    return "\n".join(line for given in text.split("\n") for line in (textwrap.wrap(given, 130) or [""]))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the font that comes with Pillow, so that the day looks the same everywhere."""
    return ImageFont.load_default(size)
