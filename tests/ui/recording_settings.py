"""Settings that are kept in memory."""

from __future__ import annotations

from companion.settings import Settings


class Kept(list[Settings]):
    """All that were kept, the newest last."""

    def save(self, settings: Settings) -> Settings:
        self.append(settings)
        return settings
