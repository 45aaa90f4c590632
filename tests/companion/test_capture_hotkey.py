from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from desktop import Desktop

from companion.capture.hotkey_x11 import Hotkey, parse_combination
from companion.capture.types import CaptureError
from companion.capture.x11 import Display

Presses = queue.Queue[float]


@contextmanager
def listening(desktop: Desktop, combination: str) -> Iterator[Presses]:
    presses: Presses = queue.Queue()
    hotkey = Hotkey(combination, lambda: presses.put(time.monotonic()), display=desktop.display)
    hotkey.start()
    try:
        yield presses
    finally:
        hotkey.stop()


@pytest.mark.display
@pytest.mark.parametrize("combination", ["ctrl+alt+space", "ctrl+shift+k", "super+7", "alt+f9"])
def test_a_press_is_heard_once(desktop: Desktop, combination: str) -> None:
    with listening(desktop, combination) as presses:
        desktop.press(combination.replace("f9", "F9"))
        presses.get(timeout=20)
        desktop.press(combination.replace("f9", "F9"))
        presses.get(timeout=20)
        assert presses.empty()


@pytest.mark.display
def test_no_press_is_missed_while_other_keys_are_given_other_symbols(desktop: Desktop) -> None:
    with listening(desktop, "alt+f9") as presses, closing(Display(desktop.display)) as display:
        spare = display.connection.setup.max_keycode
        for number in range(20):
            display.core.ChangeKeyboardMappingChecked(1, spare, 1, [ord("a") + number]).check()
            desktop.press("alt+F9")
        for _ in range(20):
            presses.get(timeout=20)
        assert presses.empty()


@pytest.mark.display
@pytest.mark.parametrize("lock", ["Caps_Lock", "Num_Lock"])
def test_a_lock_does_not_keep_it_from_being_heard(desktop: Desktop, lock: str) -> None:
    with listening(desktop, "ctrl+alt+space") as presses:
        desktop.press(lock)
        desktop.press("ctrl+alt+space")
        presses.get(timeout=20)


@pytest.mark.display
def test_other_keys_are_not_heard(desktop: Desktop) -> None:
    with listening(desktop, "ctrl+alt+space") as presses:
        for keys in ("space", "ctrl+space", "alt+space", "ctrl+alt+shift+space", "a"):
            desktop.press(keys)
        desktop.press("ctrl+alt+space")
        presses.get(timeout=20)
        assert presses.empty()


@pytest.mark.display
def test_holding_the_key_down_is_one_press(desktop: Desktop) -> None:
    with listening(desktop, "ctrl+alt+space") as presses:
        desktop.run("xdotool", "keydown", "ctrl", "keydown", "alt", "keydown", "space", "sleep", "1.2")
        desktop.run("xdotool", "keyup", "space", "keyup", "alt", "keyup", "ctrl")
        presses.get(timeout=20)
        desktop.press("ctrl+alt+space")
        presses.get(timeout=20)
        assert presses.empty()


@pytest.mark.display
def test_one_that_is_taken_is_named_and_free_again_after_stop(desktop: Desktop) -> None:
    with listening(desktop, "ctrl+alt+space"):
        second = Hotkey("ctrl+alt+space", lambda: None, display=desktop.display)
        with pytest.raises(CaptureError, match=r"already uses ctrl\+alt\+space"):
            second.start()
        second.stop()
    with listening(desktop, "ctrl+alt+space") as presses:
        desktop.press("ctrl+alt+space")
        presses.get(timeout=20)


@pytest.mark.display
def test_it_can_be_started_again(desktop: Desktop) -> None:
    presses: Presses = queue.Queue()
    hotkey = Hotkey("ctrl+alt+space", lambda: presses.put(0.0), display=desktop.display)
    for _ in range(2):
        hotkey.start()
        desktop.press("ctrl+alt+space")
        presses.get(timeout=20)
        hotkey.stop()
        hotkey.stop()


@pytest.mark.display
def test_it_is_heard_after_the_keyboard_was_mapped_anew(desktop: Desktop) -> None:
    with listening(desktop, "ctrl+alt+space") as presses:
        desktop.run("setxkbmap", "de")
        desktop.press("ctrl+alt+space")
        presses.get(timeout=20)


@pytest.mark.display
def test_it_is_heard_where_no_key_gave_its_letter_meanwhile(desktop: Desktop) -> None:
    with listening(desktop, "ctrl+shift+k") as presses:
        desktop.press("ctrl+shift+k")
        presses.get(timeout=20)
        desktop.run("setxkbmap", "ru")  # it has no k
        desktop.press("ctrl+shift+Cyrillic_el")  # which is where that was
        presses.get(timeout=20)
        desktop.run("setxkbmap", "us")
        desktop.press("ctrl+shift+k")
        presses.get(timeout=20)
        assert presses.empty()


@pytest.mark.display
def test_the_end_of_the_server_ends_it_quietly(desktop: Desktop) -> None:
    hotkey = Hotkey("ctrl+alt+space", lambda: None, display=desktop.display)
    hotkey.start()
    desktop.server.kill()
    desktop.server.wait()
    hotkey.stop()


@pytest.mark.parametrize(
    "combination", ["", "space", "ctrl+", "ctrl+alt", "hyper+a", "ctrl+f13", "ctrl+f0", "ctrl+f01", "ctrl+ä", "ctrl+f²"]
)
def test_anything_but_modifiers_and_a_known_key_is_refused(combination: str) -> None:
    with pytest.raises(CaptureError, match="is not a key combination"):
        parse_combination(combination)


def test_case_and_spaces_do_not_matter() -> None:
    assert parse_combination("Ctrl + Alt + Space") == parse_combination("alt+ctrl+space") == (12, 0x20)
    assert parse_combination("ctrl+f") == (4, ord("f"))
    assert parse_combination("super+shift+F12") == (65, 0xFFC9)
