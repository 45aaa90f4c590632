"""Several outputs, and outputs with a scale, on a real sway."""

from __future__ import annotations

import pytest
from looks import colours, frame, reason
from sway_desk import GREEN, RED, SwayDesk

from companion.capture.privacy import Rules
from companion.capture.screen import Screen
from companion.capture.types import Rect

pytestmark = pytest.mark.display


@pytest.mark.parametrize("scale", ["2", "1.5"])
def test_on_an_output_with_a_scale_a_picture_has_a_pixel_a_unit_of_the_desktop(
    sway: SwayDesk, screen: Screen, scale: str
) -> None:
    sway.open_foot("first", RED)
    sway.open_foot("second", GREEN)
    sway.say(f"output HEADLESS-1 scale {scale}")
    seen = frame(screen)
    assert seen.image is not None
    assert seen.window.rect is not None
    assert seen.image.shape == (seen.window.rect.height, seen.window.rect.width, 3)
    inner = seen.image[2:-2, 2:-2]
    assert colours(inner) == {GREEN}


def test_a_window_over_two_outputs_is_cut_to_its_own(sway: SwayDesk, screen: Screen) -> None:
    sway.say("create_output")
    sway.say("output HEADLESS-2 resolution 800x600 position 1000 0")
    sway.say("focus output HEADLESS-2")
    sway.open_foot("secret", RED)
    sway.say("focus output HEADLESS-1")
    sway.open_foot("decided", GREEN, app="decided", floating="600 200 650 100")
    seen = frame(screen)
    assert colours(seen.image) == {GREEN}
    assert (seen.window.rect, seen.window.monitor) == (Rect(650, 100, 350, 200), 0)
    sway.say("[title=secret] focus")
    assert "decided is" in reason(screen, Rules(exclude_apps=("decided",)))  # it reaches over from the other output
    sway.say("[title=decided] kill")
    seen = frame(screen)
    assert colours(seen.image) == {RED}
    assert (seen.window.rect, seen.window.monitor) == (Rect(1002, 2, 796, 596), 1)
