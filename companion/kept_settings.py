"""The settings file beside a program that runs: what somebody writes into it meanwhile is not undone."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from companion import settings as settings_file
from companion.settings import Settings


class KeptSettings:
    """Writes what was changed here, and nothing else, over what the file holds by then.

    Parameters
    ----------
    known
        What the file held when it was read.
    path
        Of the file; by default the usual one.

    """

    def __init__(self, known: Settings, path: Path | None = None) -> None:
        self._known, self._path = known, path or settings_file.settings_path()

    def save(self, settings: Settings) -> Settings:
        """Keep these and return what is in the file now.

        Raises `SettingsError` where it cannot be written, or holds what means nothing: then it stays as it is.
        """
        if self._path.exists():
            settings = _onto(settings_file.load(self._path), self._known, settings)
        settings_file.save(settings, self._path)
        self._known = settings
        return settings


def _onto(there: Settings, known: Settings, wanted: Settings) -> Settings:
    """Return what is there with what was changed from what was known to what is wanted."""
    changed: dict[str, Any] = {}
    for name in (one.name for one in fields(Settings)):
        held, before, after = (getattr(settings, name) for settings in (there, known, wanted))
        if after != before:
            changed[name] = _listed(held, before, after) if isinstance(after, tuple) else after
    return replace(there, **changed)


def _listed(there: tuple[str, ...], known: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list with what was added to it here, in front as the windows do, and without what was taken away."""
    added = tuple(one for one in wanted if one not in known and one not in there)
    gone = set(known) - set(wanted)
    return (*added, *(one for one in there if one not in gone))
