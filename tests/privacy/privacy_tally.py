"""How many cases there were, and what leaked; `pytest tests/privacy --privacy-tally FILE` writes it down as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from privacy_case import Case


@dataclass
class Tally:
    """Counts cases that were judged, and what was found of their canaries.

    Attributes
    ----------
    cases, controls
        Cases that something was to be kept out of the vault in; and those that show that canaries are found at all.
    text, pixels
        The cases whose canary was found as text, and as pixels.
    blind
        Controls that found nothing.

    """

    cases: int = 0
    controls: int = 0
    text: list[str] = field(default_factory=list)
    pixels: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)

    def add(self, case: Case) -> None:
        """Count a case, unless it ended before it was judged."""
        if case.found is None:
            return
        if case.control:
            self.controls += 1
            if not case.found.text and not case.found.pixels:
                self.blind.append(case.name)
            return
        self.cases += 1
        if case.found.text:
            self.text.append(case.name)
        if case.found.pixels:
            self.pixels.append(case.name)

    @property
    def leaks(self) -> int:
        """How many cases something leaked in."""
        return len({*self.text, *self.pixels})

    def sentence(self) -> str:
        """Return it in words."""
        return (
            f"privacy: {self.cases} cases, {self.leaks} leaks ({len(self.text)} of text, {len(self.pixels)} of pixels); "
            f"{self.controls} controls, {len(self.blind)} of them blind"
        )

    def as_json(self) -> str:
        """Return it as a JSON object."""
        return json.dumps(
            {
                "cases": self.cases,
                "leaks": self.leaks,
                "text": self.text,
                "pixels": self.pixels,
                "controls": self.controls,
                "blind": self.blind,
            }
        )
