from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from companion.jobs.arranging import Arranging
from index.types import VaultError


class Shelf:
    """Stands for the vectors: so many steps to do, or an error."""

    def __init__(self, steps: int, error: Exception | None = None) -> None:
        self.steps, self.error = steps, error
        self.looked = threading.Event()
        self.stops: list[bool] = []

    def merge(self, *, stop: Callable[[], bool]) -> bool:
        self.stops.append(stop())
        if self.error is not None:
            self.looked.set()
            raise self.error
        if self.steps == 0:
            self.looked.set()
            return False
        self.steps -= 1
        return True


def test_every_step_is_done_one_after_another() -> None:
    shelf = Shelf(steps=3)
    arranging = Arranging(vectors=shelf, on_incident=lambda *_: None, look_seconds=0.01)  # type: ignore[arg-type]
    arranging.start()
    assert shelf.looked.wait(10)
    arranging.stop()
    assert shelf.steps == 0
    assert not any(shelf.stops)


def test_a_full_disk_is_told_once_and_not_tried_again_at_once() -> None:
    shelf, said = Shelf(0, VaultError("Is the disk full?")), list[str]()
    arranging = Arranging(vectors=shelf, on_incident=lambda _, what: said.append(what), look_seconds=0.01)  # type: ignore[arg-type]
    arranging.start()
    assert shelf.looked.wait(10)
    arranging.stop()
    assert len(shelf.stops) == 1
    assert said == ["Vectors could not be put into files; it is tried again in an hour. Is the disk full?"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_is_told() -> None:
    shelf, said = Shelf(0, ZeroDivisionError()), list[str]()
    arranging = Arranging(vectors=shelf, on_incident=lambda _, what: said.append(what), look_seconds=0.01)  # type: ignore[arg-type]
    arranging.start()
    assert shelf.looked.wait(10)
    arranging.stop()
    assert said == ["Vectors are not put into files any more because of an error. Start it again."]
