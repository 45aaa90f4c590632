from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError, Future

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from waiting import settle, wait_until

from ui.bridge import Bridge, OneThread, in_background


def test_what_a_thread_posts_is_called_on_the_qt_thread(bridge: Bridge, qt: QApplication) -> None:
    seen: list[QThread] = []
    thread = threading.Thread(target=lambda: bridge.post(lambda: seen.append(QThread.currentThread())))
    thread.start()
    thread.join()
    assert seen == []
    wait_until(lambda: bool(seen))
    assert seen == [qt.thread()]


def test_a_future_done_elsewhere_is_followed_on_the_qt_thread(bridge: Bridge, qt: QApplication) -> None:
    future: Future[int] = Future()
    seen: list[tuple[int, bool]] = []
    bridge.follow(future, lambda done: seen.append((done.result(), QThread.currentThread() is qt.thread())))
    threading.Thread(target=lambda: future.set_result(7)).start()
    wait_until(lambda: bool(seen))
    assert seen == [(7, True)]


def test_a_future_already_done_is_not_followed_within_the_call(bridge: Bridge) -> None:
    future: Future[int] = Future()
    future.set_result(1)
    seen: list[int] = []
    bridge.follow(future, lambda done: seen.append(done.result()))
    assert seen == []
    wait_until(lambda: seen == [1])


def test_a_cancelled_future_is_followed_too(bridge: Bridge) -> None:
    future: Future[int] = Future()
    seen: list[bool] = []
    bridge.follow(future, lambda done: seen.append(done.cancelled()))
    future.cancel()
    wait_until(lambda: seen == [True])


@settings(max_examples=15)
@given(counts=st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_each_threads_calls_arrive_all_and_in_order(qt: QApplication, counts: list[int]) -> None:  # noqa: ARG001
    bridge = Bridge()
    seen: list[tuple[int, int]] = []

    def post(who: int, count: int) -> None:
        for number in range(count):
            bridge.post(lambda number=number: seen.append((who, number)))  # type: ignore[misc]  # mypy cannot infer it

    threads = [threading.Thread(target=post, args=(who, count)) for who, count in enumerate(counts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: len(seen) == sum(counts))
    for who, count in enumerate(counts):
        assert [number for by, number in seen if by == who] == list(range(count))
    bridge.close()


def test_more_rings_than_the_socket_holds_lose_no_call(bridge: Bridge) -> None:
    seen: list[int] = []
    for number in range(20_000):
        bridge.post(lambda number=number: seen.append(number))  # type: ignore[misc]  # as above
    wait_until(lambda: len(seen) == 20_000)
    assert seen == list(range(20_000))


def test_a_closed_bridge_drops_what_comes_late(bridge: Bridge) -> None:
    seen: list[int] = []
    bridge.post(lambda: seen.append(1))
    bridge.close()
    bridge.post(lambda: seen.append(2))
    settle()
    assert seen == []


def test_what_a_background_call_raises_is_in_its_future() -> None:
    def fail() -> None:
        raise ValueError("no")

    assert str(in_background(fail, name="t").exception(timeout=5)) == "no"


def test_a_thread_waits_for_what_the_qt_thread_returns(bridge: Bridge) -> None:
    here = threading.get_ident()
    asked = in_background(lambda: bridge.call(threading.get_ident), name="asking")
    wait_until(asked.done)
    assert asked.result() == here


def test_what_was_raised_on_the_qt_thread_is_raised_where_it_was_called(bridge: Bridge) -> None:
    asked = in_background(lambda: bridge.call(lambda: 1 // 0), name="asking")
    wait_until(asked.done)
    with pytest.raises(ZeroDivisionError):
        asked.result()


def test_nobody_waits_for_a_bridge_that_is_closed(bridge: Bridge) -> None:
    asked = in_background(lambda: bridge.call(lambda: 1), name="asking")
    time.sleep(0.05)  # Qt's thread does not look meanwhile
    bridge.close()
    with pytest.raises(CancelledError):
        asked.result(timeout=5)
    with pytest.raises(CancelledError):
        bridge.call(lambda: 1)


def test_one_thread_makes_its_calls_one_after_another() -> None:
    thread, order = OneThread("one"), []
    calls = [thread.submit(lambda number=number: order.append((number, threading.get_ident()))) for number in range(20)]
    for call in calls:
        call.result(timeout=5)
    assert [number for number, _ in order] == list(range(20))
    assert len({ident for _, ident in order}) == 1
