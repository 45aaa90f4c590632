"""mako: a mode of the person's own configuration in which notifications are invisible, kept in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from dbus_fast import Message

from companion.quiet.bus import Bus
from companion.quiet.daemon import NotificationDaemon, read_prior
from companion.quiet.mako_config import Mode, quiet_modes
from companion.quiet.types import Heard, QuietError, Semantics

_PATH, _INTERFACE = "/fr/emersion/Mako", "fr.emersion.Mako"
_USUAL = "do-not-disturb"
_ASKING = 2.0  # seconds; an answer takes less than a millisecond
_NO_MODE = (
    "mako has no mode that hides notifications. Add two lines to its configuration, [mode=do-not-disturb] and "
    "invisible=1, and run makoctl reload."
)


class Mako:
    """mako's mode do-not-disturb, else the first of the person's modes that hides everything.

    Raises `QuietError` where no mode does.

    Parameters
    ----------
    environ
        Where ``XDG_CONFIG_HOME`` and ``HOME`` are looked up.
    modes
        The modes that hide everything, where they are known; else they are read from mako's configuration.

    """

    name = "mako"

    def __init__(self, bus: Bus, environ: Mapping[str, str], modes: Sequence[Mode] | None = None) -> None:
        self._daemon = NotificationDaemon(bus)
        self._modes = quiet_modes(self._config(environ)) if modes is None else modes

    @property
    def semantics(self) -> Semantics:
        """What holds in the mode that is taken."""
        return Semantics(critical_passes=self._ours().critical_passes, replays=True, keeps=True)

    def is_on(self) -> bool:
        """Whether it is on, whoever turned it on."""
        return self._daemon.alive() and not {mode.name for mode in self._modes}.isdisjoint(self._active())

    def gone(self) -> bool:
        """Whether its daemon has left."""
        return not self._daemon.alive()

    def prior(self) -> str:
        """Return what `restore` needs."""
        return self._daemon.prior(added=self._ours().name)

    def turn_on(self) -> None:
        """Turn it on and see that it is."""
        self._set([*self._active(), self._ours().name])

    def restore(self, prior: str) -> None:
        """Bring back what a prior told of."""
        added = read_prior(prior, "added")
        if self._daemon.is_of(prior):
            self._set([mode for mode in self._active() if mode != added])

    def follow(self, heard: Heard) -> float:
        """Have it told that mako has gone; it tells nothing else."""

        def hear(said: Message) -> None:
            if self._daemon.has_left(said):
                heard(False)

        self._daemon.follow(hear, [])
        return _ASKING

    def close(self) -> None:
        """Let go of the bus."""
        self._daemon.bus.close()

    def _ours(self) -> Mode:
        if not self._modes:
            raise QuietError(_NO_MODE)
        return next((mode for mode in self._modes if mode.name == _USUAL), self._modes[0])

    def _active(self) -> list[str]:
        return [str(mode) for mode in self._daemon.ask(_PATH, _INTERFACE, "ListModes")[0]]

    def _set(self, modes: Sequence[str]) -> None:
        self._daemon.ask(_PATH, _INTERFACE, "SetModes", "as", list(modes))
        if set(self._active()) != set(modes):
            raise QuietError("mako did not take its mode. Restart it, and look at its log if this stays.")

    def _config(self, environ: Mapping[str, str]) -> Path | None:
        """Return the file mako reads: the one it was started with, else the usual one; None when it does not run."""
        if not self._daemon.owner:
            return None
        try:
            raw = Path(f"/proc/{self._daemon.bus.process(self._daemon.owner)}/cmdline").read_bytes()
        except OSError as error:
            raise QuietError("mako has just ended.") from error
        words = raw.decode(errors="surrogateescape").split("\0")
        for word, after in zip(words, [*words[1:], ""], strict=True):
            if word in {"-c", "--config"}:
                return Path(after)
            if word.startswith("--config="):
                return Path(word.removeprefix("--config="))
        base = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '')}/.config"
        return Path(base) / "mako" / "config"
