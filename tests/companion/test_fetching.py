from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from companion.fetching import AGAIN_SECONDS, Fetching
from embeddings import model_place
from embeddings.model_place import ComingError, ModelPlace
from embeddings.types import EmbeddingsError

PLACE = ModelPlace(Path("/models/one"), "one", "hub")


@pytest.fixture(autouse=True)
def nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_place, "in_cache", lambda: None)
    monkeypatch.setattr(model_place, "in_package", lambda: None)


class Hub:
    """A hub that answers when it is let, with what it is told."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.says: ModelPlace | EmbeddingsError | None = PLACE
        self.asked = 0

    def __call__(self) -> ModelPlace | None:
        self.asked += 1
        assert self.answers.wait(30)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def settled(find: Callable[[str], ModelPlace]) -> ModelPlace:
    """Ask until something else than "it comes" is said."""
    due = time.monotonic() + 30
    while True:
        try:
            return find("")
        except ComingError:
            assert time.monotonic() < due
            time.sleep(0.01)


def test_nobody_waits_for_a_download() -> None:
    hub = Hub()
    fetching = Fetching(hub)
    for _ in range(3):
        with pytest.raises(ComingError, match=r"^Downloading the text model\."):
            fetching.find("")
    hub.answers.set()
    assert settled(fetching.find) == PLACE
    assert hub.asked == 1


@pytest.mark.parametrize("says", [EmbeddingsError("The hub cannot be reached. Go online."), None])
def test_a_download_that_fails_is_said_and_tried_again_later(says: EmbeddingsError | None) -> None:
    now = [1000.0]
    hub = Hub()
    hub.says = says
    hub.answers.set()
    fetching = Fetching(hub, clock=lambda: now[0])
    for _ in range(2):
        with pytest.raises(EmbeddingsError, match=r"Go online|is not whole"):
            settled(fetching.find)
    assert hub.asked == 1
    now[0] += AGAIN_SECONDS
    hub.says = PLACE
    assert settled(fetching.find) == PLACE
    now[0] += 10 * AGAIN_SECONDS
    assert settled(fetching.find) == PLACE
    assert hub.asked == 2


def test_a_model_on_this_machine_is_not_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    monkeypatch.setattr(model_place, "in_package", lambda: PLACE)
    assert Fetching(hub).find("") == PLACE
    with pytest.raises(EmbeddingsError, match=r"There is no sentence-transformers model in /nowhere"):
        Fetching(hub).find("/nowhere")
    assert hub.asked == 0
