"""The headset's window over an engine that sends what the test wants."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from recording_door import RecordingDoor
from recording_engine import NOW, RecordingEngine, status
from recording_settings import Kept
from waiting import settle, wait_until

from companion.brain.types import Contact
from companion.contact_watch import ALL_BAD, GOOD, Electrodes
from companion.settings import Settings
from companion.status import Activity
from embeddings.types import EEGWindow
from ui import theme
from ui.app import App
from ui.bridge import Bridge
from ui.first_run.window import HEADSET_PAGE
from ui.headset import live as headset_view_live
from ui.headset.contact import ALL_AGAIN
from ui.headset.head import dot
from ui.headset.live import Live
from ui.headset.spectrum import WAITING
from ui.headset.view import HeadsetView
from ui.headset.words import SIMULATED, Lying, headset_word, obstacle
from ui.options import Options
from ui.view_state import ViewState, before_start, view

NAMES = ("TP9", "AF7", "AF8", "TP10")
STREAMING = replace(view(status()), device="Muse 2")


class Sent:
    """What a headset sends: noise, as long as the test lets it come."""

    def __init__(self, names: tuple[str, ...] = NAMES, sfreq: float = 256.0) -> None:
        self.names, self.sfreq = names, sfreq
        self.data = np.random.default_rng(1).normal(0, 10, (len(names), round(60 * sfreq)))
        self.until = 20.0  # seconds
        self.whole_since = 0.0

    def last(self, seconds: float) -> EEGWindow | None:
        if self.until - seconds < self.whole_since:
            return None
        end = round(self.until * self.sfreq)
        first = end - round(seconds * self.sfreq)
        return EEGWindow(self.data[:, first:end].copy(), self.sfreq, self.names, NOW + self.until)


@pytest.fixture
def sent(engine: RecordingEngine) -> Sent:
    made = Sent()
    engine.signal = made.last
    return made


@pytest.fixture
def window(bridge: Bridge, engine: RecordingEngine) -> Iterator[HeadsetView]:
    made = HeadsetView(lambda: engine, STREAMING, bridge=bridge)
    wait_until(lambda: made.live is not None)
    yield made
    made.close()


@pytest.fixture
def live(window: HeadsetView, sent: Sent) -> Live:  # noqa: ARG001  it sends
    window.appear()
    assert window.live is not None
    wait_until(lambda: bool(window.live and window.live.contact.chosen))
    return window.live


def judged(at: float = 20.0, disturbed: str = "", **faults: str) -> Electrodes:
    known = {name: faults.get(name, "") for name in NAMES}
    return Electrodes(NOW + at - 4, NOW + at, tuple(known.items()), tuple((name, disturbed) for name in NAMES))


def test_pyqtgraph_is_not_loaded_before_the_window_is_asked_for() -> None:
    code = "import sys, ui.app, companion.app; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_window_is_there_before_what_draws_the_traces(bridge: Bridge, engine: RecordingEngine) -> None:
    made = HeadsetView(lambda: engine, STREAMING, bridge=bridge)
    made.appear()
    assert made.message.headline.text() == "One moment"
    wait_until(lambda: made.stack.currentWidget() is made.live)


@pytest.mark.parametrize(
    ("state", "headline", "action"),
    [
        (before_start(), "Not ready yet", ""),
        (view(status(locked=True)), "Memory is locked", "unlock"),
        (view(status(Activity.PAUSED, contact=Contact.NONE, paused_until=NOW)), "Paused", "resume"),
        (view(status(contact=Contact.NONE)), "No headset", "settings"),
        (view(status(contact=Contact.CONNECTING)), "Looking for the headset", "settings"),
        (view(status(contact=Contact.SILENT)), "Nothing comes from the headset", "settings"),
        (view(status(contact=Contact.LOST)), "The headset cannot be reached", "settings"),
        (view(status(contact=Contact.ENDED)), "The recording is over", "settings"),
        (view(status(contact=Contact.FAILED)), "The headset cannot be used", "settings"),
    ],
)
def test_every_reason_to_see_nothing_has_its_own_sentence_and_button(
    window: HeadsetView, state: ViewState, headline: str, action: str
) -> None:
    asked: list[str] = []
    for name, wanted in (
        ("settings", window.settings_wanted),
        ("resume", window.resume_wanted),
        ("unlock", window.unlock_wanted),
    ):
        wanted.connect(lambda name=name: asked.append(name))
    window.appear()
    window.show_state(state)
    assert window.stack.currentWidget() is window.message
    assert window.message.headline.text() == headline
    assert window.message.button.isVisible() == bool(action)
    if action:
        window.message.button.click()
    assert asked == [action] * bool(action)


def test_every_contact_of_a_headset_has_a_word_and_a_reason() -> None:
    for contact in Contact:
        state = view(status(contact=contact))
        assert bool(headset_word(state)) == (contact is not Contact.NONE)
        assert (obstacle(state) is None) == (contact is Contact.STREAMING)


def test_traces_and_spectrum_are_drawn_as_samples_come(live: Live, sent: Sent) -> None:
    assert live.contact.chosen == NAMES
    wait_until(lambda: "dB" in live.captions[1].text())
    for name in NAMES:
        times, values = live.traces.curves[name].getData()
        assert len(times) >= 8 * 256
        assert np.isfinite(values).all()
        assert np.abs(values).max() < 0.5
        frequencies, _ = live.spectrum.curves[name].getData()
        assert (2 ** frequencies[0], 2 ** frequencies[-1]) == pytest.approx((1, 45))
    before = live.traces.curves["TP9"].getData()[0][-1]
    sent.until += 2
    wait_until(lambda: live.traces.curves["TP9"].getData()[0][-1] == pytest.approx(before + 2))
    assert "µV" in live.captions[0].text()


def test_what_is_loud_gets_a_larger_scale_and_what_is_louder_still_is_named(live: Live, sent: Sent) -> None:
    live.look()
    assert live.traces.scale == 50
    sent.data[:] *= 6
    sent.data[1] *= 20
    sent.until += 20
    wait_until(lambda: live.traces.scale == 200)
    assert "AF7 goes beyond." in live.traces.caption
    assert np.nanmax(np.abs(live.traces.curves["AF7"].getData()[1])) < 0.5  # it keeps to its row


def test_after_a_gap_the_spectrum_waits_and_says_so(live: Live, sent: Sent) -> None:
    wait_until(lambda: "dB" in live.captions[1].text())
    sent.until, sent.whole_since = 26.0, 24.0
    live.show_frame()
    live.look()
    assert live.captions[1].text() == WAITING
    _, values = live.traces.curves["TP9"].getData()
    assert np.isnan(values).sum() == 5 * 256  # of the six seconds, one was asked for


def test_each_electrode_says_how_it_lies_and_the_worst_what_to_do(live: Live, engine: RecordingEngine) -> None:
    engine.electrodes = judged(AF7="mains hum", TP10="no signal")
    live.look()
    assert live.contact.head.accessibleDescription() == "TP9: good, AF7: mains hum, AF8: good, TP10: no signal"
    assert [live.contact.list.item(at).text() for at in range(4)] == [
        "TP9: good",
        "AF7: mains hum",
        "AF8: good",
        "TP10: no signal",
    ]
    assert live.contact.advice.text().startswith("TP10 gives no signal")
    assert live.contact.alone.text() == "Show TP10 alone"
    live.contact.alone.click()
    assert tuple(live.traces.curves) == ("TP10",)
    assert live.contact.alone.text() == ALL_AGAIN
    live.contact.alone.click()
    assert tuple(live.traces.curves) == NAMES
    engine.electrodes = judged()
    live.look()
    assert live.contact.advice.text() == GOOD
    assert not live.contact.alone.isVisible()
    engine.electrodes = judged(20.0, "", **dict.fromkeys(NAMES, "poor contact"))
    live.look()
    assert live.contact.advice.text() == ALL_BAD


def test_the_three_states_of_contact_differ_in_shape(qt: QApplication) -> None:  # noqa: ARG001  it paints
    black = replace(theme.LIGHT, accent="#000000", amber="#000000", red="#000000", grey="#000000")
    pictures = [dot(lying, black, 2.0).toImage() for lying in (Lying.GOOD, Lying.BADLY, Lying.SILENT)]
    dark = [
        {(x, y) for x in range(36) for y in range(36) if picture.pixelColor(x, y).value() < 128}
        & {(x, y) for x in range(8, 28) for y in range(8, 28)}
        for picture in pictures
    ]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert len(dark[one] ^ dark[other]) > 60


def test_what_the_person_did_is_shaded_and_named(live: Live, engine: RecordingEngine, sent: Sent) -> None:
    engine.electrodes = judged(disturbed="blink")
    live.look()
    words = [item.toPlainText() for item in live.traces.grounds if hasattr(item, "toPlainText")]
    assert words == ["blink"] * 4
    sent.until += 10
    engine.electrodes = judged(at=30.0)
    live.show_frame()
    live.look()
    assert not live.traces.grounds  # it has wandered out of sight


def test_a_simulated_headset_is_called_so_everywhere(window: HeadsetView, live: Live) -> None:
    assert not window.simulated.isVisible()
    window.show_state(replace(STREAMING, device="Synthetic", simulated=True))
    live.look()
    assert window.simulated.isVisible()
    assert window.simulated.text() == "simulated"
    assert live.contact.advice.text() == SIMULATED
    assert live.contact.list.item(0).text() == "TP9: not judged"
    assert headset_word(replace(STREAMING, simulated=True)) == "simulated headset"


def test_traces_are_chosen_by_keyboard_and_the_oldest_makes_room(window: HeadsetView, engine: RecordingEngine) -> None:
    engine.signal = Sent(("Fz", "Cz", "Pz", "Oz", "C3", "C4")).last
    window.appear()
    live = window.live
    assert live is not None
    wait_until(lambda: len(live.contact.chosen) == 4)
    before = live.contact.chosen
    names = live.contact.list
    names.setFocus()
    unticked = next(at for at in range(6) if names.item(at).checkState() is Qt.CheckState.Unchecked)
    for _ in range(unticked):
        QTest.keyClick(names, Qt.Key.Key_Down)
    QTest.keyClick(names, Qt.Key.Key_Space)
    added = names.item(unticked).text().split(":")[0]
    assert set(live.contact.chosen) == {*before[1:], added}
    assert tuple(live.traces.curves) == tuple(live.spectrum.curves) == live.contact.chosen
    QTest.keyClick(names, Qt.Key.Key_Space)
    assert live.contact.chosen == before[1:]


def test_escape_closes_and_nothing_is_asked_any_more(window: HeadsetView, live: Live, engine: RecordingEngine) -> None:
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    asked: list[float] = []
    engine.signal = asked.append
    QTest.qWait(100)
    assert not asked
    window.appear()
    wait_until(lambda: bool(asked))
    assert live.isVisible()


def test_with_little_motion_nothing_wanders(window: HeadsetView, sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headset_view_live, "less_motion", lambda: True)
    window.appear()
    live = window.live
    assert live is not None
    live.show_frame()
    place = live.traces.curves["TP9"].pos().x()
    live.show_frame()
    assert live.traces.curves["TP9"].pos().x() == place
    sent.until += 1
    live.show_frame()
    assert live.traces.curves["TP9"].pos().x() == pytest.approx(place - 1)


def test_the_window_follows_light_and_dark(live: Live, qt: QApplication) -> None:
    def grounds() -> set[str]:
        return {plot.backgroundBrush().color().name() for plot in (live.traces.plot.widget, live.spectrum.plot.widget)}

    assert grounds() == {theme.LIGHT.surface}
    theme.apply(qt, theme.DARK)
    try:
        settle()
        assert grounds() == {theme.DARK.surface}
        assert live.traces.curves["TP9"].opts["pen"].color().name() == theme.DARK.text
    finally:
        theme.apply(qt, theme.LIGHT)


def test_every_control_can_be_reached_and_has_a_name(window: HeadsetView, live: Live, engine: RecordingEngine) -> None:
    for part in (live.contact.head, live.contact.list, live.traces.plot.widget, live.spectrum.plot.widget):
        assert part.accessibleName()
    live.look()
    assert live.traces.plot.widget.accessibleDescription().startswith("TP9, AF7, AF8, TP10.")
    engine.electrodes = judged(AF7="jumps")
    live.look()
    window.activateWindow()
    live.contact.alone.setFocus()
    panel = live.contact
    for before, after in ((panel.alone, panel.list), (panel.list, window.leave)):
        wait_until(before.hasFocus)
        QTest.keyClick(before, Qt.Key.Key_Tab)
        wait_until(after.hasFocus)


def test_the_menu_opens_it_and_its_buttons_lead_on(engine: RecordingEngine, sent: Sent) -> None:  # noqa: ARG001
    door = RecordingDoor(lambda _settings: engine)
    app = App(settings=Settings(first_run_done=True), door=door, save=Kept().save, now=lambda: NOW, options=Options())
    app.start()
    wait_until(lambda: app.link.engine is not None)
    app.menu.electrodes.trigger()
    window = app.desks.headset.window
    assert window is not None
    wait_until(lambda: window.live is not None and window.live.isVisible())
    assert window.isVisible()
    engine.now = status(contact=Contact.SILENT)
    app.link.look()
    window.message.button.click()
    assert app.pages is not None
    assert app.pages.pages.currentIndex() == HEADSET_PAGE
    assert app.pages.pages.currentWidget() is app.pages.headset
    app.pages.reject()
    window.reject()
    app.sidebar.open()
    app.sidebar.status.headset.click()
    assert window.isVisible()
    app.quit()
    assert not window.isVisible()
    app.end()
