"""How every benchmark and evaluation answers: one JSON line, and an exit code that says whether its bars hold."""

from __future__ import annotations

import json
import math
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


def _in_json(value: object) -> object:
    """Return None for what is no number, which JSON cannot say."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def report(bench: str, figures: Mapping[str, object], bars: Sequence[Bar]) -> int:
    """Print the line; returns 0 when every bar holds, else 1."""
    shown = [{**asdict(bar), "value": _in_json(bar.value), "holds": bar.holds} for bar in bars]
    told = {name: _in_json(value) for name, value in figures.items()}
    record = {"bench": bench, "machine": machine(), "figures": told, "bars": shown}
    print(json.dumps(record, allow_nan=False), flush=True)
    return 0 if all(bar.holds for bar in bars) else 1
