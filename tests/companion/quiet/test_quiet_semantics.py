"""What is shown while do-not-disturb is on and after it: looked at on the screen, or told by the daemon."""

from __future__ import annotations

import io
import os
import subprocess
from contextlib import closing

import numpy as np
import pytest
from desktop import Desktop, wait_until
from numpy.typing import NDArray
from PIL import Image
from quiet_desks import SEMANTICS, QuietDesk

from companion.quiet.choose import choose
from companion.quiet.types import Quiet

LOW, ORDINARY, CRITICAL = 0, 1, 2
#: The colours that the desks give to notifications, by urgency.
COLOURS = {LOW: (0, 0, 255), ORDINARY: (0, 255, 0), CRITICAL: (255, 0, 0)}
NEAR, AT_LEAST = 60, 1000  # in a channel's levels, all three together; in pixels


def quiet_of(desk: QuietDesk) -> Quiet:
    return choose({**os.environ, **desk.environ}, "linux").quiet


def test_dunst_holds_everything_and_replays(desks: dict[str, QuietDesk]) -> None:
    desk = desks["dunst"]
    with closing(quiet_of(desk)) as quiet:
        prior = quiet.prior()
        quiet.turn_on()
        desk.notify("ordinary", ORDINARY)
        desk.notify("critical", CRITICAL)
        wait_until(lambda: desk.dunst("waitingLength") == 2, "both to wait")
        assert desk.dunst("displayedLength") == 0
        quiet.restore(prior)
        wait_until(lambda: desk.dunst("displayedLength") == 2, "both to be shown")
    desk.session.start("dunstctl", "close-all").wait(20)
    wait_until(lambda: desk.dunst("historyLength") == 2, "both in its history")


def test_xfce_shows_critical_ones_and_never_replays(desks: dict[str, QuietDesk]) -> None:
    desk = desks["xfce"]
    desktop = desk.session
    assert isinstance(desktop, Desktop)
    with closing(quiet_of(desk)) as quiet:
        prior = quiet.prior()
        quiet.turn_on()
        desk.notify("ordinary", ORDINARY)
        critical = desk.notify("critical", CRITICAL)
        wait_until(lambda: shown(desktop), "the critical one")
        assert len(shown(desktop)) == 1  # it came second: the first is not to be shown any more
        desk.caller.call(*NOTIFICATIONS, "CloseNotification", "u", critical)
        wait_until(lambda: not shown(desktop), "it to be closed")
        quiet.restore(prior)
        desk.notify("ordinary again", ORDINARY)
        wait_until(lambda: shown(desktop), "the next one")
        assert len(shown(desktop)) == 1


NOTIFICATIONS = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications")


def shown(desktop: Desktop) -> list[str]:
    """Return the notifications on the screen: windows of some size."""
    found = desktop.search("--class", "xfce4-notifyd")
    return [window for window in found if _is_of_size(desktop, window)]


def _is_of_size(desktop: Desktop, window: str) -> bool:
    """Whether a window is more than a pixel wide; one that closed since it was found is not."""
    asked = subprocess.run(
        ("xwininfo", "-id", window), env=desktop.environ, capture_output=True, text=True, timeout=20, check=False
    )
    return asked.returncode == 0 and "Width: 1\n" not in asked.stdout


@pytest.mark.parametrize("name", ["swaync", "mako"])
def test_under_sway_critical_ones_are_shown_and_the_rest_as_said(desks: dict[str, QuietDesk], name: str) -> None:
    desk = desks[name]
    with closing(quiet_of(desk)) as quiet:
        prior = quiet.prior()
        quiet.turn_on()
        desk.notify("ordinary", ORDINARY)
        desk.notify("critical", CRITICAL)
        wait_until(lambda: sees(desk, CRITICAL), "the critical one")
        assert not sees(desk, ORDINARY)
        quiet.restore(prior)
        desk.notify("low", LOW)
        wait_until(lambda: sees(desk, LOW), "the next one")
        if SEMANTICS[name].replays:
            wait_until(lambda: sees(desk, ORDINARY), "the one that was held")
        else:
            assert not sees(desk, ORDINARY)


def sees(desk: QuietDesk, urgency: int) -> bool:
    """Whether a notification of that urgency is on the screen."""
    raw = subprocess.run(("grim", "-t", "ppm", "-"), env=desk.environ, capture_output=True, check=True, timeout=20)
    image: NDArray[np.int_] = np.asarray(Image.open(io.BytesIO(raw.stdout)).convert("RGB")).astype(int)
    return bool((np.abs(image - np.array(COLOURS[urgency])).sum(axis=2) < NEAR).sum() >= AT_LEAST)
