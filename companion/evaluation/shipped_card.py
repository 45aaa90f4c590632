"""What the card of the shipped start says."""

from __future__ import annotations

import json
from importlib import resources


def people(file: str) -> dict[str, int]:
    """Return the sets a shipped file was trained on, and how many people of each; nothing where the card is silent."""
    card = json.loads(resources.files("embeddings").joinpath("weights", "card.json").read_text("utf-8"))
    found: dict[str, int] = card["parts"].get(file, {}).get("people", {})
    return found
