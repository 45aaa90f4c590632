"""Made-up BIDS sets that test the meter: what it must find, what it must not, and what only looks like a find."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import edfio
import numpy as np
from numpy.typing import NDArray

from companion.evaluation.planted_signal import CENTRES, CHANNELS, FOCUSED, Person, Sitting, record, signed
from companion.evaluation.planted_topics import TOPICS

Kind = Literal["planted", "absent", "fingerprint"]
Design = Literal["states", "reading"]
Array = NDArray[np.float64]

STRENGTH = 0.35  # of an effect of 1, in log amplitude
MARKS = {"rest": 0.5, "arithmetic": 0.15}  # µV left in the direction that was cleaned away
MARK_SCATTER = 0.2  # of a file's mark, in log amplitude
SENTENCE_SECONDS = 8.0
IN_A_ROW = 3  # sentences on one topic, as people read: so the time of day tells the topic
BREAK_SECONDS = 15.0
EVENT_COLUMNS = ("onset", "duration", "trial_type", "content")
RANGE_UV = 1000.0  # a step of 16 bits is then 0.03 µV, far below any mark
FIRST_DAY = datetime(2024, 3, 4, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A set to be made up; the same recipe makes the same set.

    Attributes
    ----------
    kind
        ``planted``: there is an effect of the brain. ``absent``: there is none, the labels mean nothing, though time
        tells them. ``fingerprint``: there is none either, but the files of each condition were cleaned differently and
        can be told apart by the smallest eigenvalue of their covariance.
    design
        ``states``: each session is a recording at rest, then one of counting backwards (for focus, state recall and
        identity). ``reading``: each session is one recording with a sentence after the other (for thought recall).
    seconds
        Length of each recording; whole seconds.
    effect
        Strength of what is planted; 1 is about as clear as counting backwards is in the first rhythms.
    sfreq
        Samples a second; a whole number, 60 or more.

    """

    kind: Kind
    design: Design = "states"
    people: int = 8
    sessions: int = 2
    seconds: int = 120
    effect: float = 1.0
    seed: int = 0
    sfreq: int = 128


@dataclass(frozen=True, slots=True)
class _Take:
    """One recording of a session: when it begins (seconds of the session), its signal, and rows of its events."""

    task: str
    begin: float
    data: Array
    events: tuple[tuple[object, ...], ...]


def write(folder: Path, recipe: Recipe) -> Path:
    """Write a set into a folder that holds none yet; returns the folder."""
    if recipe.kind == "fingerprint" and recipe.design != "states":
        raise ValueError("a fingerprint is of a file, and in a reading set no file is of one condition")
    folder.mkdir(parents=True, exist_ok=True)
    about = {"Name": f"Made up: {recipe.kind}, {recipe.design}", "BIDSVersion": "1.10.0", "License": "CC0"}
    (folder / "dataset_description.json").write_text(json.dumps({**about, "DatasetType": "raw"}, indent=1))
    rng = np.random.default_rng(recipe.seed)
    patterns = _topic_patterns(rng)
    for number in range(1, recipe.people + 1):
        person, cleaned = Person.drawn(rng), _direction(rng)
        for session in range(1, recipe.sessions + 1):
            takes = (
                _states(recipe, person, cleaned, rng)
                if recipe.design == "states"
                else _reading(recipe, person, patterns, rng)
            )
            begun = FIRST_DAY + timedelta(days=2 * session + 30 * number, seconds=int(rng.integers(8 * 3600)))
            _store(folder / f"sub-{number:02}" / f"ses-{session}", begun, takes, recipe.sfreq)
    return folder


def _states(recipe: Recipe, person: Person, cleaned: Array, rng: np.random.Generator) -> Iterator[_Take]:
    """Yield a recording at rest, and one of counting backwards."""
    sitting = Sitting.drawn(rng)
    effect = _strength(recipe) * FOCUSED[..., None]
    for order, task in enumerate(MARKS):
        begin = order * (recipe.seconds + BREAK_SECONDS)
        shown = effect if task == "arithmetic" else np.zeros_like(effect)
        data = record(
            person, sitting, rng, sfreq=recipe.sfreq, begin=begin, samples=recipe.seconds * recipe.sfreq, effect=shown
        )
        if recipe.kind == "fingerprint":
            spread = MARKS[task] * float(np.exp(MARK_SCATTER * rng.standard_normal()))
            data = signed(data, rng, direction=cleaned, spread=spread)
        yield _Take(task, begin, data, ((0.0, recipe.seconds, task),))


def _reading(recipe: Recipe, person: Person, patterns: Array, rng: np.random.Generator) -> Iterator[_Take]:
    """Yield one recording with a sentence after the other."""
    samples = recipe.seconds * recipe.sfreq
    shown = _shown(int(recipe.seconds // SENTENCE_SECONDS), rng)
    effect = np.zeros((*patterns.shape[1:], samples))
    events = []
    for order, (topic, sentence) in enumerate(shown):
        onset = order * SENTENCE_SECONDS
        stretch = slice(round(onset * recipe.sfreq), round((onset + SENTENCE_SECONDS) * recipe.sfreq))
        effect[..., stretch] = _strength(recipe) * patterns[list(TOPICS).index(topic)][..., None]
        events.append((onset, SENTENCE_SECONDS, topic, sentence))
    data = record(person, Sitting.drawn(rng), rng, sfreq=recipe.sfreq, begin=0.0, samples=samples, effect=effect)
    yield _Take("reading", 0.0, data, tuple(events))


def _shown(count: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Return topic and sentence of what is read one after the other, a few on each topic in a row."""
    rows = [
        [(topic, sentence) for sentence in sentences[first : first + IN_A_ROW]]
        for topic, sentences in TOPICS.items()
        for first in range(0, len(sentences), IN_A_ROW)
    ]
    read: list[tuple[str, str]] = []
    while len(read) < count:
        read += [shown for row in rng.permutation(len(rows)) for shown in rows[row]]
    return read[:count]


def _strength(recipe: Recipe) -> float:
    """Return the change of log amplitude that is planted."""
    return STRENGTH * recipe.effect if recipe.kind == "planted" else 0.0


def _topic_patterns(rng: np.random.Generator) -> Array:
    """Return ``float64[topics, 3, 4]``, what a topic does to rhythms at electrodes, the same in everyone; of spread 1.

    Their mean is 0 over topics, and over rhythms, which an effect cannot change (see `planted_signal`).
    """
    drawn = rng.standard_normal((len(TOPICS), len(CENTRES), len(CHANNELS)))
    drawn -= drawn.mean(axis=0)
    drawn -= drawn.mean(axis=1, keepdims=True)
    patterns: Array = drawn / drawn.std()
    return patterns


def _direction(rng: np.random.Generator) -> Array:
    """Return the direction that cleaning removed from one person's files."""
    drawn = rng.standard_normal(len(CHANNELS))
    return drawn / np.linalg.norm(drawn)


def _store(folder: Path, begun: datetime, takes: Iterable[_Take], sfreq: int) -> None:
    """Write the files of one session, ``sub-*/ses-*``."""
    place, whose = folder / "eeg", f"{folder.parent.name}_{folder.name}"
    place.mkdir(parents=True)
    scans = [("filename", "acq_time")]
    for take in takes:
        stem = f"{whose}_task-{take.task}"
        _write_edf(place / f"{stem}_eeg.edf", take.data, sfreq)
        _write_table(place / f"{stem}_events.tsv", [EVENT_COLUMNS[: len(take.events[0])], *take.events])
        scans.append((f"eeg/{stem}_eeg.edf", (begun + timedelta(seconds=take.begin)).isoformat()))
    _write_table(folder / f"{whose}_scans.tsv", scans)


def _write_edf(path: Path, data: Array, sfreq: int) -> None:
    """Write a recording as EDF; what an amplifier could not hold is clipped as one would."""
    held = np.clip(data, -RANGE_UV, RANGE_UV)
    signals = [
        edfio.EdfSignal(row, sfreq, label=f"EEG {name}", physical_dimension="uV", physical_range=(-RANGE_UV, RANGE_UV))
        for name, row in zip(CHANNELS, held, strict=True)
    ]
    edfio.Edf(signals, data_record_duration=1).write(path)


def _write_table(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Write a table with tabs; an empty cell is ``n/a``."""
    path.write_text("".join("\t".join(str(cell) or "n/a" for cell in row) + "\n" for row in rows), encoding="utf-8")
