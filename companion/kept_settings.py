"""The settings file beside a program that runs: what somebody writes into it meanwhile is not undone."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

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
            now = settings_file.load(self._path)
            settings = replace(now, **{name: getattr(settings, name) for name in self._changed(settings)})
        settings_file.save(settings, self._path)
        self._known = settings
        return settings

    def _changed(self, settings: Settings) -> list[str]:
        names = (one.name for one in fields(Settings))
        return [name for name in names if getattr(settings, name) != getattr(self._known, name)]
