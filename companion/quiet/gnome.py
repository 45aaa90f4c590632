"""GNOME Shell: whether banners are shown. They are in its message list all the same."""

from __future__ import annotations

from collections.abc import Mapping

from companion.quiet.bus import Bus
from companion.quiet.gsetting import Gsetting
from companion.quiet.setting_switch import SettingSwitch
from companion.quiet.types import Semantics

_SEMANTICS = Semantics(critical_passes=True, replays=False, keeps=True)


def gnome(bus: Bus, environ: Mapping[str, str]) -> SettingSwitch:
    """Return GNOME's do-not-disturb, the switch of its own message list."""
    banners = Gsetting("org.gnome.desktop.notifications", "show-banners", environ)
    return SettingSwitch("gnome", _SEMANTICS, banners, bus)
