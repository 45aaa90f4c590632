"""The same canaries are found where nothing keeps them out: the suite cannot pass because it is blind."""

from __future__ import annotations

from itertools import pairwise

import pytest
from privacy_alike import holds
from privacy_case import Case
from privacy_place import NEW, Place
from privacy_vault import WORDS
from privacy_window import drawn

pytestmark = [pytest.mark.display, pytest.mark.model, pytest.mark.control]


def test_a_word_and_a_patch_in_a_window_that_may_be_seen_are_found(place: Place, case: Case) -> None:
    window = place.painted(image=drawn([case.word], size=(360, 120), patch=case.colour), app="Editor", title="notes")
    window.activate()
    with place.looking() as looking:
        looking.until(NEW)
    found = case.seen()
    assert {"moments", "the full text"} <= set(found.text)
    assert len(found.pixels) == 2  # the frame and its thumbnail


def test_a_word_in_a_title_is_found(place: Place, case: Case) -> None:
    place.painted(image=(240, 240, 240), app="Editor", title=f"about {case.word}").activate()
    with place.looking() as looking:
        looking.until(NEW)
    found = case.seen()
    assert {"moments", "the full text"} <= set(found.text)
    assert found.pixels == []


def test_a_word_that_was_misread_is_found(case: Case, place: Place) -> None:
    misread = case.word[:3] + "q" + case.word[4:-2] + case.word[-1]
    place.painted(image=(240, 240, 240), app="Editor", title=f"about {misread}").activate()
    with place.looking() as looking:
        looking.until(NEW)
    assert "moments" in case.seen().text


def test_what_is_alike_is_told_from_what_is_not() -> None:
    assert holds("the xafebukapeta was", "xafebukapeta")
    assert holds("xafedukapeta", "xafebukapeta")
    assert holds("xxafebkapta", "xafebukapeta")
    assert not holds("xaf edu kap", "xafebukapeta")
    assert not holds("xafebuzuzuzu", "xafebukapeta")
    assert all(not holds(other, word) for word, other in pairwise(WORDS))
