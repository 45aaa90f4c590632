from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from recording_deep_work import CALM, DEEP, DOWN, WHY, FocusedEngine, RecordingDeepWork, elsewhere, judged, three_held
from recording_engine import NOW, status
from running_app import running
from waiting import settle, wait_until

from companion.focus.types import Cause, Mode
from companion.notices.types import NoticesError
from companion.settings import Settings
from companion.status import Activity
from ui.app import App
from ui.focus.menu import NOT_FOLLOWED
from ui.menu import CompanionMenu
from ui.state_icon import sign
from ui.tray import Tray
from ui.view_state import view

DONE = Settings(first_run_done=True)


@pytest.fixture
def engine(deep: RecordingDeepWork) -> FocusedEngine:
    return FocusedEngine(deep)


@pytest.fixture
def app(engine: FocusedEngine) -> Iterator[App]:
    with running(engine) as made:
        yield made


def trigger(action: QAction) -> None:
    assert action.isEnabled()
    action.trigger()


@pytest.mark.parametrize("activity", [None, *Activity])
def test_deep_focus_has_a_shape_of_its_own_and_hides_nothing(qt: QApplication, activity: Activity | None) -> None:
    del qt

    def shape(*, deep: bool) -> bytes:
        image = sign(activity, 32, deep=deep).toImage().convertToFormat(QImage.Format.Format_Alpha8)
        return bytes(image.constBits())

    plain, focused = shape(deep=False), shape(deep=True)
    changed = [at for at, (a, b) in enumerate(zip(plain, focused, strict=True)) if abs(a - b) > 128]
    assert len(changed) > 30  # pixels of 1024, whatever the colour
    assert all(at % 32 > 15 and at // 32 > 15 for at in changed)  # all of them in one corner


def test_the_icon_and_its_words_follow_deep_focus(qt: QApplication) -> None:
    del qt
    tray = Tray(CompanionMenu())
    tray.show_state(view(replace(status(), focus=CALM.why), CALM))
    calm = tray.icon.icon().cacheKey()
    tray.show_state(view(replace(status(), focus=WHY), DEEP))
    assert tray.icon.icon().cacheKey() != calm
    assert tray.icon.toolTip() == f"Now recording.\n{WHY}"
    tray.show_state(view(replace(status(), focus=CALM.why), CALM))
    assert tray.icon.icon().cacheKey() == calm


def test_the_menu_says_how_focus_is_and_who_decides(app: App, deep: RecordingDeepWork, engine: FocusedEngine) -> None:
    menu = app.menu
    assert menu.deep_focus.text() == WHY
    assert not menu.deep_focus.isEnabled()
    assert menu.focus.automatic.isChecked()
    assert menu.focus.menuAction().text() == "Focus: automatic"
    deep.focus = replace(CALM, cause=Cause.OVERRIDE)
    engine.now = replace(engine.now, focus="You switched focus off.")
    wait_until(lambda: menu.focus.menuAction().text() == "Focus: off")
    assert menu.focus.off.isChecked()
    assert not menu.focus.automatic.isChecked()


def test_the_menu_switches_focus_for_a_while_and_for_as_long_as_it_may_last(app: App, deep: RecordingDeepWork) -> None:
    for action in app.menu.focus.modes:
        trigger(action)
    assert deep.asked("override") == [
        ("override", Mode.AUTOMATIC, None),
        ("override", Mode.ON, NOW + 1800),
        ("override", Mode.ON, NOW + 5400),
        ("override", Mode.ON, None),
        ("override", Mode.OFF, None),
    ]


def test_without_a_tray_the_small_window_has_the_same(app: App) -> None:
    assert app.window.focus.text() == WHY
    (button,) = [each for each in app.window.findChildren(QPushButton) if each.text() == "Focus: automatic"]
    assert button.menu() is app.menu.focus


def test_where_focus_is_not_followed_the_menu_says_so_and_its_window_how_to(app: App, engine: FocusedEngine) -> None:
    engine.deep = None
    engine.now = replace(engine.now, focus="")
    wait_until(lambda: not app.menu.focus.off.isEnabled())
    assert app.menu.focus.off.toolTip() == NOT_FOLLOWED
    assert app.menu.focus.menuAction().text() == "Focus"
    assert not app.menu.deep_focus.isVisible()
    trigger(app.menu.focus.open)
    assert app.desks.focus.window is not None
    app.desks.focus.window.message.button.click()
    assert app.recorded is not None
    assert app.recorded.isVisible()
    assert app.recorded.pages.currentWidget().isAncestorOf(app.recorded.focus)


def test_the_word_in_the_sidebar_opens_the_window(app: App) -> None:
    app.sidebar.open()
    word = app.sidebar.status.focus
    assert (word.text(), word.isVisible()) == ("deep focus", True)
    assert word.accessibleName() == "Focus: deep focus"
    assert WHY in word.toolTip()
    word.click()
    assert not app.sidebar.isVisible()  # it would lie on top
    assert app.desks.focus.window is not None
    assert app.desks.focus.window.isVisible()


def test_the_buttons_of_the_window_switch_focus(app: App, deep: RecordingDeepWork) -> None:
    app.desks.focus.open()
    assert app.desks.focus.window is not None
    app.desks.focus.window.now.modes[Mode.OFF].click()
    assert deep.asked("override") == [("override", Mode.OFF, None)]


def test_what_passes_is_shown_when_the_notices_ask_for_it(app: App, deep: RecordingDeepWork) -> None:
    wait_until(lambda: deep.show is not None)
    assert deep.show is not None
    show = deep.show
    showing = elsewhere(lambda: show(judged(3)))
    wait_until(showing.done)
    assert showing.result() is True
    assert app.desks.focus.toasts is not None
    (toast,) = app.desks.focus.toasts.shown
    assert toast.isVisible()
    assert app.menu.toasts.text() == "Close the notice"
    assert app.menu.toasts.isVisible()
    app.menu.toasts.trigger()
    assert app.desks.focus.toasts.shown == []
    assert not app.menu.toasts.isVisible()


@pytest.mark.parametrize(
    ("opens", "said"), [(True, None), (False, ""), (NoticesError("There is no notification 3."), "There is no")]
)
def test_a_click_on_what_passes_opens_the_original_else_the_focus_window(
    app: App, deep: RecordingDeepWork, opens: bool | NoticesError, said: str | None
) -> None:
    wait_until(lambda: deep.show is not None)
    assert deep.show is not None
    show = deep.show
    wait_until(elsewhere(lambda: show(judged(3))).done)
    assert app.desks.focus.toasts is not None
    app.desks.focus.toasts.shown[0].opened.emit()
    assert deep.asked("open") == [("open", 3)]
    if isinstance(opens, NoticesError):
        deep.opening.set_exception(opens)
    else:
        deep.opening.set_result(opens)
    settle()
    window = app.desks.focus.window
    if said is None:
        assert window is None
    else:
        wait_until(lambda: app.desks.focus.window is not None and app.desks.focus.window.isVisible())
        assert app.desks.focus.window is not None
        assert app.desks.focus.window.held.problem.text().startswith(said)


def test_calibration_opens_from_the_focus_window_and_from_it_the_headset(app: App, deep: RecordingDeepWork) -> None:
    deep.focus = CALM
    app.desks.focus.open()
    assert app.desks.focus.window is not None
    settle()
    QTest.keyClick(app.desks.focus.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: app.desks.focus.calibration is not None)
    assert app.desks.focus.calibration is not None
    assert app.desks.focus.calibration.isVisible()
    app.desks.focus.calibration.headset.click()
    assert app.desks.headset.window is not None
    assert app.desks.headset.window.isVisible()
    app.quit()
    assert not app.desks.focus.calibration.isVisible()


def test_a_digest_that_was_chosen_is_shown_and_can_be_seen_again(app: App, deep: RecordingDeepWork) -> None:
    wait_until(lambda: deep.offer is not None)
    assert deep.offer is not None
    offer = deep.offer
    assert elsewhere(lambda: offer(three_held()) is None).result(5.0)
    wait_until(lambda: app.desks.focus.digest is not None and app.desks.focus.digest.isVisible())
    assert app.desks.focus.digest is not None
    assert deep.asked("looked at") == [("looked at", 1)]
    app.desks.focus.digest.close()
    deep.notices = replace(DOWN, digest=three_held())
    app.desks.focus.open()
    assert app.desks.focus.window is not None
    app.desks.focus.window.last.click()
    assert app.desks.focus.digest.isVisible()
