"""What every new person starts with: trained from public BIDS sets and shipped, with a card that tells how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.evaluation import focus_data
from companion.evaluation.bids import Cohort, cohort
from companion.evaluation.errors import EvaluationError
from embeddings import focus, focus_training

CARD = "card.json"
SECONDS = 4.0
FORMAT = 1

Say = Callable[[str], None]


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
    sets = [(folder.name, cohort(folder)) for folder in folders]
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


def _focus(sets: Sequence[tuple[str, Cohort]], say: Say) -> Part | None:
    """Train the focus model from the sets in which people rested."""
    used: dict[str, int] = {}
    people: list[focus_training.Labelled] = []
    for name, found in sets:
        try:
            seen = focus_data.sittings(found.recordings, seconds=SECONDS, picks=())
        except EvaluationError:
            continue  # nobody rests in this set: it is there for another part
        resting = [sitting.whole for sitting in seen if not sitting.rounds]
        if resting:
            used[name] = len(resting)
            people += resting
    if len(people) < focus_training.FOLDS:
        return None
    say(f"focus: {len(people)} people")
    views = [view for i, who in enumerate(people) for view in focus_training.views(i, who)]
    model = focus_training.fit(views, people, range(len(people)))
    about = {
        "what": "probability of focused work against rest, from 4 s of EEG relative to the person's minute of rest",
        "people": used,
        "views": len(views),
        "montages": sorted(kind or "any electrodes" for kind in model.lines),
        "limits": (
            "Learned from mental arithmetic against rest with eyes closed. Other kinds of work, and open eyes, are "
            "another matter. No measure of worth or health."
        ),
    }
    return Part(focus.FILE, model.dump(), about)


PARTS: tuple[Callable[[Sequence[tuple[str, Cohort]], Say], Part | None], ...] = (_focus,)


def _card(out: Path, sets: Sequence[tuple[str, Cohort]], parts: Sequence[Part]) -> dict[str, Any]:
    """Return the model card; what other sets had trained before is kept."""
    earlier = _read(out / CARD)
    new = {part.file: part.about | {"sha256": hashlib.sha256(part.blob).hexdigest()} for part in parts}
    return {
        "format": FORMAT,
        "sets": earlier.get("sets", {}) | {n: {"title": found.name, "licence": found.licence} for n, found in sets},
        "parts": earlier.get("parts", {}) | new,
    }


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _replace(path: Path, blob: bytes) -> None:
    """Write a file in one step: nobody reads half of it."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_bytes(blob)
    fresh.replace(path)
