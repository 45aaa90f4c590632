"""What the desk of focus does with what passes and what was held: what stays, and what goes when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from recording_deep_work import FocusedEngine, RecordingDeepWork, elsewhere, judged, three_held
from running_app import running
from waiting import settle, wait_until

from companion.settings import Settings
from ui.app import App
from ui.toasts.pile import AT_ONCE

DONE = Settings(first_run_done=True)


@pytest.fixture
def engine(deep: RecordingDeepWork) -> FocusedEngine:
    return FocusedEngine(deep)


@pytest.fixture
def app(engine: FocusedEngine) -> Iterator[App]:
    with running(engine) as made:
        yield made


def test_another_that_follows_focus_is_told_of_the_windows_and_the_digest_of_the_last_goes(
    app: App, deep: RecordingDeepWork, engine: FocusedEngine
) -> None:
    wait_until(lambda: deep.offer is not None)
    assert deep.offer is not None
    deep.offer(three_held())
    wait_until(lambda: app.desks.focus.digest is not None)
    engine.deep = RecordingDeepWork()
    wait_until(lambda: engine.deep is not None and engine.deep.show is not None)
    assert app.desks.focus.digest is not None
    assert not app.desks.focus.digest.isVisible()


def test_what_is_offered_as_focus_is_followed_no_more_stays(
    app: App, deep: RecordingDeepWork, engine: FocusedEngine
) -> None:
    wait_until(lambda: deep.offer is not None)
    assert deep.offer is not None
    engine.deep = None  # as it is before what followed focus has ended
    deep.offer(three_held())
    wait_until(lambda: app.desks.focus.digest is not None)
    app.desks.look()
    assert app.desks.focus.digest is not None
    assert app.desks.focus.digest.isVisible()
    assert app.desks.focus.digest.list.lines.rowCount() > 0
    assert not deep.asked("looked at")


def test_what_stays_is_handed_back_when_the_program_closes_but_not_what_is_companions_own(
    app: App, deep: RecordingDeepWork
) -> None:
    wait_until(lambda: deep.show is not None)
    assert deep.show is not None
    show = deep.show
    wait_until(elsewhere(lambda: show(judged(3, rule="critical"))).done)
    for _ in range(AT_ONCE + 1):
        app.desks.focus.tell("Mails wait", "Two of them.")
    app.quit()
    assert deep.asked("unseen") == [("unseen", 3)]


def test_what_passed_is_shown_in_its_turn_where_focus_is_not_followed_any_more(
    app: App, deep: RecordingDeepWork, engine: FocusedEngine
) -> None:
    wait_until(lambda: deep.show is not None)
    assert deep.show is not None
    show = deep.show
    wait_until(elsewhere(lambda: show(judged(1, rule="critical"))).done)
    for number in range(2, 2 + AT_ONCE + 1):
        wait_until(elsewhere(lambda number=number: show(judged(number))).done)  # type: ignore[misc]
    engine.deep = None
    wait_until(lambda: app.desks.focus._known is None)
    toasts = app.desks.focus.toasts
    assert toasts is not None
    assert [toast.number for toast in toasts.shown] == [1, 2, 3, 4, 5]
    toasts.shown[1].leave()
    assert [toast.number for toast in toasts.shown] == [1, 3, 4, 5, 6]
    assert not deep.asked("unseen")
    engine.deep = again = RecordingDeepWork()
    wait_until(lambda: again.show is not None)
    show = again.show
    wait_until(elsewhere(lambda: show(judged(9, rule="critical"))).done)
    app.forgetting.done.emit()
    assert toasts.shown == []
    assert again.asked("unseen") == [("unseen", 9)]  # of the others it knows nothing


def test_a_click_on_what_was_left_on_the_screen_opens_the_focus_window_alone(
    app: App, deep: RecordingDeepWork, engine: FocusedEngine
) -> None:
    told: list[bool] = []
    app.desks.focus.told_of.connect(lambda: told.append(True))
    wait_until(lambda: deep.show is not None)
    assert deep.show is not None
    show = deep.show
    wait_until(elsewhere(lambda: show(judged(3, rule="critical"))).done)
    app.desks.focus.tell("Mails wait", "Two of them.")
    engine.deep = None
    wait_until(lambda: app.desks.focus._known is None)
    engine.deep = again = RecordingDeepWork()  # which may give its number again
    wait_until(lambda: again.show is not None)
    show = again.show
    wait_until(elsewhere(lambda: show(judged(4, rule="critical"))).done)
    toasts = app.desks.focus.toasts
    assert toasts is not None
    left, new, own = toasts.shown
    assert [left.number, new.number] == [3, 4]
    own.opened.emit()
    assert told == [True]
    assert app.desks.focus.window is None
    left.opened.emit()
    assert app.desks.focus.window is not None
    assert app.desks.focus.window.isVisible()
    assert not again.asked("open")
    new.opened.emit()
    assert again.asked("open") == [("open", 4)]


def test_a_click_that_comes_before_it_is_seen_that_another_follows_focus_asks_it_for_nothing(
    app: App, deep: RecordingDeepWork, engine: FocusedEngine
) -> None:
    wait_until(lambda: deep.show is not None)
    assert deep.show is not None
    show = deep.show
    wait_until(elsewhere(lambda: show(judged(3, rule="critical"))).done)
    toasts = app.desks.focus.toasts
    assert toasts is not None
    engine.deep = again = RecordingDeepWork()
    toasts.shown[0].opened.emit()
    assert app.desks.focus.window is not None
    assert not again.asked("open")


def test_what_was_held_is_shown_although_focus_is_not_followed_any_more(app: App, engine: FocusedEngine) -> None:
    engine.deep = None
    wait_until(lambda: engine.offer is not None)
    assert engine.offer is not None
    engine.offer(three_held())
    wait_until(lambda: app.desks.focus.digest is not None and app.desks.focus.digest.isVisible())
    app.desks.look()
    assert app.desks.focus.digest is not None
    assert app.desks.focus.digest.list.lines.rowCount() > 0
    app.quit()
    assert engine.offer is None


def test_what_its_program_takes_back_goes(app: App, deep: RecordingDeepWork) -> None:
    wait_until(lambda: deep.take_down is not None)
    assert deep.take_down is not None
    assert deep.show is not None
    deep.take_down(lambda _: True)  # before anything was shown
    settle()
    show, take_down = deep.show, deep.take_down
    wait_until(elsewhere(lambda: show(judged(3)) and show(judged(4))).done)
    wait_until(elsewhere(lambda: take_down(lambda notice: notice.number == 3) is None).done)
    toasts = app.desks.focus.toasts
    assert toasts is not None
    wait_until(lambda: len(toasts.shown) == 1)
    assert toasts.shown[0].number == 4
    assert not deep.asked("unseen")


def test_what_is_forgotten_is_let_go_of_everywhere(app: App, deep: RecordingDeepWork) -> None:
    wait_until(lambda: deep.show is not None)
    assert deep.show is not None
    assert deep.offer is not None
    show = deep.show
    wait_until(elsewhere(lambda: show(judged(3))).done)
    deep.offer(three_held())
    wait_until(lambda: app.desks.focus.digest is not None)
    app.forgetting.done.emit()
    assert app.desks.focus.digest is not None
    assert app.desks.focus.toasts is not None
    assert app.desks.focus.digest.list.lines.rowCount() == 0
    assert app.desks.focus.toasts.shown == []


def test_a_program_that_closes_shows_nothing_more_and_keeps_nobody_waiting(app: App, deep: RecordingDeepWork) -> None:
    wait_until(lambda: deep.show is not None)
    assert deep.show is not None
    assert deep.offer is not None
    show, offer = deep.show, deep.offer
    app.desks.focus.open()
    app.quit()
    assert deep.show is None
    assert app.desks.focus.window is not None
    assert not app.desks.focus.window.isVisible()
    late = elsewhere(lambda: show(judged(4)))
    wait_until(late.done)
    assert late.result() is False
    offer(three_held())
    settle()
    assert app.desks.focus.digest is None
    app.bridge.close()
    assert elsewhere(lambda: show(judged(5))).result(5.0) is False
