from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from companion.quiet.following import Following
from companion.quiet.types import Heard, QuietError, Semantics


class Asked:
    """A do-not-disturb that answers what it is given, one after the other, the last for good."""

    name = "dunst"
    semantics = Semantics(critical_passes=False, replays=True, keeps=True)

    def __init__(self, *answers: bool | QuietError, asking: float | None = None) -> None:
        self._answers, self._asking = list(answers), asking
        self.heard: Heard = lambda _: None

    def is_on(self) -> bool:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, QuietError):
            raise answer
        return answer

    def gone(self) -> bool:
        return False

    def prior(self) -> str:
        return ""

    def turn_on(self) -> None: ...

    def restore(self, prior: str) -> None: ...

    def follow(self, heard: Heard) -> float | None:
        self.heard = heard
        return self._asking

    def close(self) -> None: ...


@pytest.fixture
def follow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Asked], None]]:
    monkeypatch.setattr("companion.quiet.following._AGAIN", 0.01)
    made: list[Following] = []
    yield lambda quiet: made.append(Following(quiet, off=OFF.set, lost=LOST.append))
    for one in made:
        one.close()


OFF = threading.Event()
LOST: list[QuietError] = []


@pytest.fixture(autouse=True)
def afresh() -> None:
    OFF.clear()
    LOST.clear()


def test_what_went_off_before_anybody_followed_is_found(follow: Callable[[Asked], None]) -> None:
    follow(Asked(False))
    assert OFF.wait(20)


def test_what_is_told_counts_also_where_it_is_on_again_since(follow: Callable[[Asked], None]) -> None:
    quiet = Asked(True)
    follow(quiet)
    quiet.heard(False)
    quiet.heard(True)
    assert OFF.wait(20)


def test_who_does_not_tell_is_asked(follow: Callable[[Asked], None]) -> None:
    follow(Asked(True, True, True, False, asking=0.01))
    assert OFF.wait(20)


def test_who_does_not_answer_once_is_asked_again(follow: Callable[[Asked], None]) -> None:
    follow(Asked(QuietError("busy"), False))
    assert OFF.wait(20)
    assert LOST == []


def test_who_does_not_answer_for_a_while_is_told_of_and_asked_on(follow: Callable[[Asked], None]) -> None:
    follow(Asked(*[QuietError("gone")] * 4, False))
    assert OFF.wait(20)
    assert len(LOST) == 1
