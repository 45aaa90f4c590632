from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from recording_door import NEW, RecordingDoor
from recording_engine import RecordingEngine
from recording_settings import Kept
from waiting import settle, wait_until

from companion.kept_settings import KeptSettings
from companion.settings import SOURCES, Settings, SettingsError, load
from ui.bridge import Bridge
from ui.first_run import headsets
from ui.first_run.headsets import HEADSETS
from ui.first_run.window import FirstRun
from ui.vault.lock_page import Vaults

LAST = 5
BRIDGE: list[Bridge] = []


@pytest.fixture(autouse=True)
def way_back(bridge: Bridge) -> Iterator[None]:
    BRIDGE.append(bridge)
    yield
    BRIDGE.clear()


def pages(
    settings: Settings | None = None,
    kept: Kept | None = None,
    *,
    save: Callable[[Settings], Settings] | None = None,
    fixed: Path | None = None,
    door: RecordingDoor | None = None,
) -> FirstRun:
    made = FirstRun(
        settings or Settings(),
        save=save or (kept if kept is not None else Kept()).save,
        vaults=Vaults(door or RecordingDoor(lambda _settings: RecordingEngine(), NEW), BRIDGE[-1]),
        fixed_vault=fixed,
    )
    made.show()
    wait_until(lambda: made.lock.facts is not None)
    return made


def choose(made: FirstRun, label: str, **values: str) -> None:
    made.headset.choice.setCurrentText(label)
    for name, value in values.items():
        made.headset.fields[name].setText(value)


def test_nothing_is_consented_to_by_default() -> None:
    made = pages()
    assert not made.sources.record_screen.isChecked()
    assert not made.sources.record_eeg.isChecked()
    chosen = made.chosen()
    assert (chosen.consent_screen, chosen.consent_eeg, chosen.board) == (False, False, "none")


def test_going_through_without_a_switch_consents_to_nothing() -> None:
    kept = Kept()
    made = pages(kept=kept)
    for _ in range(LAST + 1):
        made.onward.click()
    assert kept == [replace(Settings(), first_run_done=True)]
    assert not made.isVisible()
    assert made.open_recall


def test_on_a_small_screen_the_page_is_scrolled_and_the_buttons_stay() -> None:
    made = pages()
    made.onward.click()
    made.resize(560, made.minimumHeight())
    settle()
    bar = made.shown.verticalScrollBar()
    assert bar.maximum() > 0
    assert made.onward.geometry().bottom() < made.height()
    assert made.minimumHeight() <= 480
    made.sources.switches.switches["consent_eeg"].setFocus()
    made.activateWindow()
    wait_until(lambda: bar.value() > 0)  # what has the keyboard is seen
    made.back.click()
    assert bar.value() == 0


def test_closing_half_way_keeps_nothing() -> None:
    kept = Kept()
    made = pages(kept=kept)
    made.onward.click()
    made.sources.record_screen.click()
    made.reject()
    assert kept == []


def test_what_is_switched_on_and_chosen_is_kept_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    made = pages(save=KeptSettings(Settings(), path).save)
    made.sources.record_screen.click()
    made.sources.record_eeg.click()
    choose(made, "OpenBCI Cyton", serial_port=" /dev/ttyUSB0 ")
    made.place.choose(str(tmp_path / "vault"))
    wait_until(lambda: made.lock.facts is not None)
    made.go(LAST)
    assert "the screen and the brain signal (OpenBCI Cyton)" in made.last.summary.text()
    made.onward.click()
    kept = load(path)
    assert (kept.consent_screen, kept.consent_eeg, kept.first_run_done) == (True, True, True)
    assert (kept.board, kept.board_params) == ("cyton", {"serial_port": "/dev/ttyUSB0"})
    assert kept.vault == str(tmp_path / "vault")


def test_a_headset_that_lacks_what_it_needs_holds_the_pages() -> None:
    kept = Kept()
    made = pages(replace(Settings(), first_run_done=True), kept)
    choose(made, "OpenBCI Cyton")
    made.save_now.click()
    assert kept == []
    assert made.pages.currentWidget() is made.headset
    assert made.problem.text() == "OpenBCI Cyton needs: serial port."
    made.headset.fields["serial_port"].setText("COM3")
    made.save_now.click()
    assert kept[0].board_params == {"serial_port": "COM3"}
    assert not made.open_recall


def test_settings_that_cannot_be_kept_are_said_and_the_pages_stay() -> None:
    def refuse(_settings: Settings) -> Settings:
        raise SettingsError("The settings cannot be written: the disk is full.")

    made = pages(save=refuse)
    made.go(LAST)
    made.onward.click()
    assert made.problem.text() == "The settings cannot be written: the disk is full."
    assert made.isVisible()


def test_the_pages_say_that_it_is_encrypted_and_against_whom_that_does_not_help() -> None:
    made = pages()
    said = " ".join(label.text() for page in (made.place, made.lock) for label in page.findChildren(QLabel))
    assert "Everything in it is encrypted" in said
    assert "does not keep out a program that runs as you" in said
    assert "kept in this machine's keyring" in said


def test_a_vault_given_at_the_start_cannot_be_changed_here(tmp_path: Path) -> None:
    made = pages(fixed=tmp_path)
    assert made.place.path.text() == str(tmp_path)
    assert not made.place.change.isEnabled()
    assert made.chosen().vault == ""


def test_a_simulated_headset_is_called_that() -> None:
    made = pages()
    choose(made, "Simulated headset (no real brain signal)")
    assert made.headset.board() == ("synthetic", {})
    made.go(LAST)
    made.sources.record_eeg.click()
    made.go(LAST)
    assert "Simulated headset (no real brain signal)" in made.last.summary.text()


def test_the_last_page_sums_up_what_will_be_recorded() -> None:
    made = pages()
    made.go(LAST)
    assert made.last.summary.text() == "Nothing will be recorded."
    made.sources.record_eeg.click()
    made.go(LAST)
    assert "no headset is chosen" in made.last.summary.text()
    made.sources.record_eeg.click()
    made.sources.record_screen.click()
    choose(made, "Muse 2")
    made.go(LAST)
    assert made.last.summary.text().startswith("From now on recorded: pictures of the screen. The headset stays unused")


def test_every_source_has_a_switch_of_its_own_that_is_off() -> None:
    made = pages()
    switches = made.sources.switches.switches
    assert set(switches) == set(SOURCES)
    assert not any(switch.isChecked() for switch in switches.values())
    assert all(switch.accessibleDescription() for switch in switches.values())
    switches["consent_text"].click()
    chosen = made.chosen()
    assert [source for source in SOURCES if getattr(chosen, source)] == ["consent_text"]


def test_what_is_typed_is_asked_for_once_more() -> None:
    made = pages()
    sources = made.sources.switches
    made.go(1)
    sources.switches["consent_keys"].click()
    assert not made.chosen().consent_keys
    assert sources.really.isVisible()
    sources.really.no.click()
    assert not sources.really.isVisible()
    assert not made.chosen().consent_keys
    sources.switches["consent_keys"].click()
    sources.really.yes.click()
    assert made.chosen().consent_keys
    sources.switches["consent_keys"].click()
    assert not made.chosen().consent_keys


def test_what_waits_for_pictures_or_text_is_said() -> None:
    made = pages()
    made.sources.switches.switches["consent_urls"].click()
    made.go(LAST)
    assert (
        made.last.summary.text() == "Nothing will be recorded. Kept only beside pictures or text: addresses of pages."
    )
    made.sources.switches.switches["consent_text"].click()
    made.go(LAST)
    assert made.last.summary.text() == "From now on recorded: text in windows and addresses of pages."


def test_settings_changed_elsewhere_are_not_undone() -> None:
    kept = Kept()
    made = pages(Settings(first_run_done=True), kept)
    made.follow(Settings(first_run_done=True, consent_text=True, exclude_sites=("example.org",)))
    made.save_now.click()
    assert kept == [Settings(first_run_done=True, consent_text=True, exclude_sites=("example.org",))]


def test_fields_follow_the_headset() -> None:
    made = pages()
    choose(made, "Muse 2")
    assert set(made.headset.fields) == {"mac_address", "serial_number"}
    choose(made, "No headset")
    assert made.headset.fields == {}


def test_parameters_set_by_hand_in_the_file_stay() -> None:
    settings = Settings(board="MUSE_2_BOARD", board_params={"timeout": "20", "mac_address": "aa"}, first_run_done=True)
    made = pages(settings)
    assert made.headset.board()[1] == {"timeout": "20", "mac_address": "aa"}


@pytest.mark.parametrize(
    ("label", "values", "board"),
    [
        ("Another headset over LSL", {"name": "EmotivDataStream-EEG"}, "lsl:EmotivDataStream-EEG"),
        ("A recording, played back", {"file": "/data/a.edf"}, "playback:/data/a.edf"),
        ("Another board known to BrainFlow", {"name": "explore_8_chan"}, "explore_8_chan"),
    ],
)
def test_what_is_named_goes_into_the_board(label: str, values: dict[str, str], board: str) -> None:
    made = pages()
    choose(made, label, **values)
    assert made.headset.board() == (board, {})


@given(
    headset=st.sampled_from(HEADSETS), value=st.from_regex(r"[a-z0-9/]{1,9}", fullmatch=True), all_given=st.booleans()
)
def test_a_choice_read_back_is_the_same_choice(headset: headsets.Headset, value: str, all_given: bool) -> None:
    names = [item.name for item in headset.parameters if item.required or all_given]
    values = dict.fromkeys(names, f"x{value}")
    board, params = headsets.chosen(headset, values)
    assert headsets.missing(headset, values) == ""
    assert headsets.find(board, params) == (headset, values)


def test_the_simulated_headset_says_what_it_cannot_do() -> None:
    made = pages()
    choose(made, headsets.SIMULATED)
    assert "It is no EEG" in made.headset.note.text()
    assert "needs a real headset or a recording" in made.headset.note.text()


@pytest.mark.parametrize("platform", ["xcb", "wayland"])
def test_the_last_page_promises_no_shortcut_where_there_is_none(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: platform)
    said = " ".join(label.text() for label in pages().last.findChildren(QLabel))
    assert ("Open it from anywhere with Ctrl+Alt+Space" in said) is (platform == "xcb")
    assert ("bind a key to `companion run`" in said) is (platform == "wayland")
