from __future__ import annotations

import threading

import pytest

from companion import giving_back
from companion.giving_back import GivingBack


def test_memory_is_given_back_again_and_again_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    thrice, calls = threading.Event(), list[int]()

    def give_back() -> None:
        calls.append(1)
        if len(calls) >= 3:
            thrice.set()

    monkeypatch.setattr(giving_back, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(giving_back, "giving_back", lambda: give_back)
    giving = GivingBack()
    giving.start()
    assert thrice.wait(30)
    giving.stop()
    done = len(calls)
    assert not any(thread.name == "giving back" for thread in threading.enumerate())
    assert len(calls) == done


def test_the_c_librarys_own_call_can_be_made() -> None:
    giving_back.giving_back()()


def test_what_never_began_can_be_ended() -> None:
    GivingBack().stop()
