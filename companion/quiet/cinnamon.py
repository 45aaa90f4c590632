"""Cinnamon: whether notifications are displayed. Those that are not lie in its applet, where the panel has one."""

from __future__ import annotations

from collections.abc import Mapping

from companion.quiet.bus import Bus
from companion.quiet.gsetting import Gsetting
from companion.quiet.setting_switch import SettingSwitch
from companion.quiet.types import Semantics

#: As its message tray is written: critical ones wait with the others, and nothing comes up afterwards.
_SEMANTICS = Semantics(critical_passes=False, replays=False, keeps=True)


def cinnamon(bus: Bus, environ: Mapping[str, str]) -> SettingSwitch:
    """Return Cinnamon's switch for notifications."""
    displayed = Gsetting("org.cinnamon.desktop.notifications", "display-notifications", environ)
    return SettingSwitch("cinnamon", _SEMANTICS, displayed, bus)
