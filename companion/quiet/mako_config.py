"""Which modes of a mako configuration hide notifications (mako(5), "CRITERIA" and "MODES")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SECTION = re.compile(r"\[(.*)\]")
_CRITERION = re.compile(r"""([\w-]+)=("(?:[^"\\]|\\.)*"|\S+)""")
_YES, _NO = {"1", "true"}, {"0", "false"}
_INCLUDED = 8  # files that include each other, at the most


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode in which everything is hidden; critical notifications perhaps not."""

    name: str
    critical_passes: bool


def quiet_modes(config: Path | None) -> tuple[Mode, ...]:
    """Return the modes that hide every notification, in the order of the file; none where there is no file."""
    hidden: dict[str, bool] = {}
    critical: dict[str, bool] = {}
    for criteria, invisible in _invisible(config):
        mode = criteria.get("mode")
        if mode is None:
            continue
        if set(criteria) == {"mode"}:
            hidden[mode] = invisible
            critical[mode] = not invisible  # what comes later in the file counts
        elif criteria == {"mode": mode, "urgency": "critical"}:
            critical[mode] = not invisible
    return tuple(Mode(name, critical[name]) for name, invisible in hidden.items() if invisible)


def _invisible(config: Path | None) -> Iterator[tuple[dict[str, str], bool]]:
    """Yield what the configuration says of ``invisible``: for which notifications, and whether they are."""
    criteria: dict[str, str] = {}
    for line in _lines(config, _INCLUDED):
        section = _SECTION.fullmatch(line)
        key, _, value = (part.strip() for part in line.partition("="))
        if section:
            criteria = {name: said.strip('"') for name, said in _CRITERION.findall(section[1])}
        elif key == "invisible" and value in _YES | _NO:
            yield criteria, value in _YES


def _lines(config: Path | None, left: int) -> Iterator[str]:
    if config is None or not left or not config.is_file():
        return
    for raw in config.read_text(encoding="utf-8", errors="replace").splitlines():
        line = raw.strip()
        key, _, value = (part.strip() for part in line.partition("="))
        if key == "include":
            yield from _lines(Path(value).expanduser(), left - 1)
        elif line and not line.startswith("#"):
            yield line
