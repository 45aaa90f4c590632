"""What every new person starts with: trained from public BIDS sets and shipped, with a card that tells how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.evaluation import contact_data, contact_start, focus_data
from companion.evaluation import focus as focus_task
from companion.evaluation.bids import Cohort, cohort
from companion.evaluation.errors import EvaluationError
from companion.evaluation.options import Options
from companion.evaluation.report import Report
from companion.learning import cohort_mapping
from embeddings import contact, focus, focus_training
from embeddings.mapping import training
from embeddings.mapping.pairs import Pairs

CARD = "card.json"
SECONDS = 4.0
FORMAT = 1
MAPPING = "mapping.safetensors"
LEAST_STATES = 1_000  # windows of all people, below which there is nothing to learn of states

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Given:
    """A set to train from."""

    folder: Path
    found: Cohort

    @property
    def name(self) -> str:
        """The folder's own name: where it lies is nobody's business."""
        return self.folder.name


@dataclass(frozen=True, slots=True)
class Part:
    """One trained part: the name of its file, its bytes, and what the card tells of it."""

    file: str
    blob: bytes
    about: dict[str, Any]


def train(folders: Sequence[Path], out: Path, *, say: Say) -> Path:
    """Train every part the sets have something for, and write weights and card; returns the card's path.

    Raises `EvaluationError` when the sets have nothing for any part.
    """
    sets = [Given(folder, cohort(folder)) for folder in folders]
    parts = [part for make in PARTS if (part := make(sets, say)) is not None]
    if not parts:
        raise EvaluationError(
            "These sets hold nothing to train from: neither rest and work in the same people, nor contact scores, nor "
            "people seen for long enough."
        )
    out.mkdir(parents=True, exist_ok=True)
    for part in parts:
        _replace(out / part.file, part.blob)
    card = out / CARD
    _replace(card, (json.dumps(_card(out, sets, parts), indent=2, ensure_ascii=False) + "\n").encode())
    return card


def _focus(sets: Sequence[Given], say: Say) -> Part | None:
    """Train the focus model from the sets in which people rested."""
    used: dict[str, int] = {}
    people: list[focus_training.Labelled] = []
    figures: dict[str, Any] = {}
    for given in sets:
        try:
            seen = focus_data.sittings(given.found.recordings, seconds=SECONDS, picks=())
        except focus_data.NobodyError:
            continue  # nobody rests in this set: it is there for another part
        resting = [sitting.whole for sitting in seen if not sitting.rounds]
        if resting:
            used[given.name] = len(resting)
            people += resting
            if len(resting) >= focus_task.FEWEST:
                say(f"focus: {given.name}, people left out one by one")
                figures[given.name] = figures_of(focus_task.evaluate(given.folder, Options()))
    if len(people) < focus_training.FOLDS:
        return None
    say(f"focus: {len(people)} people")
    views = [view for i, who in enumerate(people) for view in focus_training.views(i, who)]
    model = focus_training.fit(views, people, range(len(people)))
    about = {
        "what": "probability of focused work against rest, from 4 s of EEG relative to the person's minute of rest",
        "people": used,
        "views": len(views),
        "figures_on_people_left_out": figures,
        "montages": sorted(kind or "any electrodes" for kind in model.lines),
        "limits": (
            "Learned from mental arithmetic against rest with eyes closed. Other kinds of work, and open eyes, are "
            "another matter. No measure of worth or health."
        ),
    }
    return Part(focus.FILE, model.dump(), about)


def _contact(sets: Sequence[Given], say: Say) -> Part | None:
    """Train the contact model from the first set whose headband scored its contact."""
    for given in sets:
        try:
            contact_data.scored(given.found.recordings)
        except contact_data.UnscoredError:
            continue  # this set is there for another part
        say(f"contact: {given.name}")
        model = contact_start.start(given.name, given.found)
        people = {name: told["people"] for name, told in model.card["sets"].items()}
        return Part(contact.SHIPPED, model.dump().encode(), dict(model.card) | {"people": people})
    return None


def _mapping(sets: Sequence[Given], say: Say) -> Part | None:
    """Train the mapping's start from everyone who was seen for long enough."""
    seen = {given.name: _states(given, say) for given in sets}
    everyone = [pairs for theirs in seen.values() for pairs in theirs]
    if sum(map(len, everyone)) < LEAST_STATES:
        return None
    say(f"mapping: {len(everyone)} people")
    learned = training.fit_start(everyone)
    about = {
        "what": "where the personal mapping of EEG to content may begin: states that lie close in time are alike",
        "people": {name: len(theirs) for name, theirs in seen.items() if theirs},
        "windows": sum(map(len, everyone)),
        "limits": (
            "No public set tells what was on screen, so it knows nothing of content, and by itself recalls no better "
            "than chance. Like states are found better without it (docs/adr/0009-mapping.md), "
            "so the program does not use it; it can be scored with `companion evaluate thought-recall --model start`."
        ),
    }
    return Part(MAPPING, learned.dump(), about)


def _states(given: Given, say: Say) -> list[Pairs]:
    return cohort_mapping.people(given.found.recordings, say=lambda line: say(f"mapping: {given.name}, {line}"))


def figures_of(report: Report) -> dict[str, Any]:
    """Return the figures of a report, each with its interval, as a card tells them."""
    return {
        group: {figure["name"]: [figure["value"][end] for end in ("value", "low", "high")] for figure in told}
        for group, told in report.to_json().items()
        if group in {"figures", "controls", "differences"}
    }


PARTS: tuple[Callable[[Sequence[Given], Say], Part | None], ...] = (_focus, _contact, _mapping)


def _card(out: Path, sets: Sequence[Given], parts: Sequence[Part]) -> dict[str, Any]:
    """Return the model card; what other sets had trained before is kept."""
    earlier = _read(out / CARD)
    new = {part.file: part.about | {"sha256": hashlib.sha256(part.blob).hexdigest()} for part in parts}
    return {
        "format": FORMAT,
        "sets": earlier.get("sets", {}) | _told(sets),
        "parts": earlier.get("parts", {}) | new,
    }


def _told(sets: Sequence[Given]) -> dict[str, Any]:
    return {given.name: {"title": given.found.name, "licence": given.found.licence} for given in sets}


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _replace(path: Path, blob: bytes) -> None:
    """Write a file in one step: nobody reads half of it."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_bytes(blob)
    fresh.replace(path)
