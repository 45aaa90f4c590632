"""How every benchmark and evaluation answers: one JSON line, and an exit code that says whether its bars hold."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

Better = Literal["most", "least"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure and the limit it has to keep. ``kind``: the limit is the ``most`` or the ``least`` allowed."""

    name: str
    value: float
    limit: float
    kind: Better = "most"

    @property
    def holds(self) -> bool:
        """Whether the limit is kept; never for a figure that is not a number."""
        return self.value <= self.limit if self.kind == "most" else self.value >= self.limit


def machine() -> str:
    """Return what the figures were measured on, without anything that names its person."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def report(bench: str, figures: Mapping[str, object], bars: Sequence[Bar]) -> int:
    """Print the line; returns 0 when every bar holds, else 1."""
    shown = [{**asdict(bar), "holds": bar.holds} for bar in bars]
    print(json.dumps({"bench": bench, "machine": machine(), "figures": dict(figures), "bars": shown}), flush=True)
    return 0 if all(bar.holds for bar in bars) else 1
