from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication
from recording_training import BLOCK, DONE, MUTED, PAUSED, WAITING

from companion.feedback.types import Phase, Snapshot
from ui.theme import SCENE, contrast
from ui.training.drawing import GROUND, VEIL, Drawing, size_of_sun
from ui.training.easing import Easing
from ui.training.look import AT_REST, VALUE_RATE, VEIL_RATE, Look, Looking
from ui.training.shapes import between

FRAME = 1 / 60
FLASHES = 3  # a second, that must not be exceeded (WCAG 2.2, 2.3.1)
FLASH = 0.1  # of the greatest luminance: a change by so much, and back, is a flash
REST = Snapshot(Phase.REST, block=1, blocks=3, sentence="Rest.")
SIZE = QSize(300, 200)


def luminance(look: Look) -> float:
    """Return the mean relative luminance of the scene (WCAG 2.2)."""
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    Drawing(SIZE).draw(painter, look, QFont())
    painter.end()
    parts = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)[:, 2::-1] / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float((linear @ [0.2126, 0.7152, 0.0722]).mean())


def steepest(bright: list[float], rate: float) -> float:
    """Return how fast the light changes at most, a second, where its quantity goes from 0 to 1 in even steps."""
    return max(abs(after - before) for before, after in pairwise(bright)) * (len(bright) - 1) * rate


def frames(looking: Looking, snapshot: Snapshot, seconds: float) -> list[Look]:
    return [looking.follow(snapshot, FRAME) for _ in range(round(seconds / FRAME))]


def test_the_light_never_changes_fast_enough_to_flash_three_times_a_second(qt: QApplication) -> None:
    del qt
    tenths = [at / 10 for at in range(11)]
    value = steepest([luminance(Look(at, target=1.0)) for at in tenths], VALUE_RATE)
    veil = steepest([luminance(Look(1.0, target=1.0, veil=at)) for at in tenths], VEIL_RATE)
    reward = steepest([luminance(Look(1.0, target=1.0, reward=at)) for at in tenths], 1.0)
    words = steepest([luminance(Look(1.0, words="movement", told=at)) for at in tenths], 2.0)
    assert value > 0.2  # it does grow light
    assert value + veil + reward + words < 2 * FLASHES * FLASH  # a flash goes up and down


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0, 1)), max_size=60), st.floats(0.05, 2), st.floats(0.1, 3))
def test_a_quantity_never_goes_faster_than_it_may_nor_beyond_where_it_goes(
    steps: list[tuple[float, float]], seconds: float, rate: float
) -> None:
    easing = Easing(0.0, seconds=seconds, rate=rate)
    for target, passed in steps:
        before = easing.now
        after = easing.towards(target, passed)
        assert abs(after - before) <= rate * passed + 1e-9
        assert min(before, target) - 1e-9 <= after <= max(before, target) + 1e-9


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 1)), min_size=1, max_size=60))
def test_whatever_comes_no_frame_jumps(steps: list[tuple[bool, bool, float]]) -> None:
    looking = Looking()
    before = looking.look
    for in_block, muted, value in steps:
        snapshot = replace(MUTED if muted else BLOCK, value=value) if in_block else REST
        after = looking.follow(snapshot, FRAME)
        assert abs(after.value - before.value) <= VALUE_RATE * FRAME + 1e-9
        assert abs(after.veil - before.veil) <= VEIL_RATE * FRAME + 1e-9
        before = after


def test_it_begins_to_answer_with_the_first_frame_and_arrives(qt: QApplication) -> None:
    del qt
    looking = Looking()
    first, *_, last = frames(looking, replace(BLOCK, value=0.9), 3)
    assert first.value > AT_REST
    assert last.value == pytest.approx(0.9, abs=0.01)
    assert last.target == pytest.approx(1, abs=0.01)
    assert last.reward == pytest.approx(1, abs=0.01)
    assert size_of_sun(0.5) == 1  # it fills the ring at the target
    assert luminance(last) > luminance(Look(0.3)) * 1.5


def test_what_mutes_it_dims_it_and_is_written_in_it() -> None:
    looking = Looking()
    frames(looking, BLOCK, 2)
    *_, dim = frames(looking, MUTED, 2)
    assert dim.veil == pytest.approx(1, abs=0.02)
    assert (dim.words, round(dim.told)) == ("blink", 1)
    lit = looking.follow(BLOCK, FRAME)
    assert lit.words == "blink"  # it fades, it does not vanish
    *_, lit = frames(looking, BLOCK, 3)
    assert lit.words == ""
    assert lit.veil == pytest.approx(0, abs=0.01)


def test_over_a_pause_all_of_it_stands_still() -> None:
    looking = Looking()
    *_, before = frames(looking, BLOCK, 2)
    *_, after = frames(looking, PAUSED, 2)
    assert after.value == pytest.approx(before.value, abs=0.01)
    assert after.time == before.time
    assert after.words == "Paused."
    assert after.veil > 0.7


def test_between_blocks_it_rests_and_says_what_to_do() -> None:
    looking = Looking()
    frames(looking, BLOCK, 2)
    *_, look = frames(looking, REST, 4)
    assert look.value == pytest.approx(AT_REST, abs=0.01)
    assert look.target == pytest.approx(0, abs=0.01)
    assert look.words == "Rest."
    assert looking.follow(WAITING, FRAME).words == "Waiting for the headset."
    assert looking.follow(DONE, FRAME).words == "Waiting for the headset."  # while it fades


def test_with_little_motion_the_water_stands_still_and_light_comes_slowly() -> None:
    calm, usual = Looking(calm=True), Looking()
    *_, slow = frames(calm, replace(BLOCK, value=1.0), 0.5)
    *_, fast = frames(usual, replace(BLOCK, value=1.0), 0.5)
    assert slow.time == 0
    assert slow.value < fast.value
    *_, there = frames(calm, replace(BLOCK, value=1.0), 5)
    assert there.value == pytest.approx(1, abs=0.01)


def test_after_a_gap_between_frames_it_goes_on_from_where_it_was() -> None:
    looking = Looking()
    frames(looking, replace(BLOCK, value=0.2), 3)
    assert looking.follow(replace(BLOCK, value=1.0), 30.0).value < 0.4


@pytest.mark.parametrize(("value", "veil"), [(AT_REST, 0.0), (1.0, 1.0), (0.5, 0.8)])
@pytest.mark.parametrize("water", [SCENE.water_far, SCENE.water_near])
def test_what_is_written_can_be_read_on_the_water(water: tuple[str, str], value: float, veil: float) -> None:
    ground = between(water, Look(value).light).name()
    for cover in (VEIL * veil, GROUND):
        ground = between((ground, SCENE.veil), cover).name()
    assert contrast(SCENE.ink, ground) >= 4.5
