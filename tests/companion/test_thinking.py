"""What a thought is asked with, and what is said where learning could not show that EEG tells anything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from desk import Desk

from companion.jobs.brain_features import BrainFeatures
from companion.thinking import Considered, Thinking, not_shown
from embeddings.types import EEGWindow
from index import changes, mappings
from index.mappings import Learned, Version, VersionState
from index.store import Store
from index.types import NewMoment, SignalQuality

NOW = 1_772_442_720.0
KIND, FIRST, SECOND = "A+B", "state:v2:A+B:15", "state:v2:A+B:30"
LEARNED = Learned(NOW, (KIND,), "content:m", 300, 600, 214, 0.03, None, 0.005, -0.01, 0.05, False, "", b"", b"")
LAST = Version(1, NOW, VersionState.REFUSED, LEARNED)


def put_baseline(db: Any, space: str, baseline: bytes, *, after: float = 0.0) -> None:
    changes.put_space(db, space, model="state", dimension=2, time=NOW + after, data=baseline)


def replace(db: Any, moment: int) -> None:
    """What `steps` does when twice as much is known."""
    put_baseline(db, SECOND, b"second", after=1.0)
    changes.put_vectors(db, SECOND, {moment: np.array([[0, 1]], np.float32)})
    changes.drop_space(db, FIRST)


def moment_with_state(desk: Desk) -> int:
    def fill(db: Any) -> int:
        moment = changes.open_moment(db, desk.vault, NewMoment(NOW - 9000, NOW - 8990, "app", "title"), None)
        put_baseline(db, FIRST, b"first")
        changes.put_features(db, moment, KIND, 1, np.ones((1, 27), np.float32).tobytes(), ch_names=("A", "B"))
        changes.put_vectors(db, FIRST, {moment: np.array([[1, 0]], np.float32)})
        return moment

    found: int = desk.writer.do(fill).result()
    return found


def thought(desk: Desk, brain: Any) -> Considered:
    found = BrainFeatures(KIND, ("A", "B"), np.ones((2, 27), np.float32), windows=2, fit=2, faults="")
    window = EEGWindow(np.zeros((2, 1000)), 100.0, ("A", "B"), NOW)
    return Thinking(desk.store, brain).thought(window, found, text="", content=None)


def test_a_refused_version_leaves_the_state_and_says_that_only_what_was_learned_is_left_out(desk: Desk) -> None:
    moment_with_state(desk)
    desk.writer.do(changes.put_space, "content:m", model="m", dimension=2, time=NOW).result()
    on_screen = NewMoment(NOW - 30, NOW - 5, "app", "now")
    latest = desk.writer.do(changes.open_moment, desk.vault, on_screen, None).result()
    desk.writer.do(changes.put_vectors, "content:m", {latest: np.array([[1, 0]], np.float32)}).result()
    desk.writer.do(mappings.put, LEARNED, NOW).result()
    considered = thought(desk, lambda *_: [np.array([1, 0], np.float32)])
    assert set(considered.thought.vectors) == {"context", "state"}
    (note,) = considered.notes
    assert "could not be shown to tell what was on screen" in note
    assert "what was learned from it is left out of this answer; your state is compared all the same" in note
    assert "told nothing" not in note


def test_what_would_help_is_better_contact_only_where_contact_is_poor() -> None:
    poor = not_shown(LAST, SignalQuality(100, 40, "AF7: loose or moving"), state=True)
    assert "better contact (40.0 % of the last week's EEG was fit; most often: AF7: loose or moving), more days" in poor
    assert "214 moments" in poor
    good = not_shown(LAST, SignalQuality(100, 95, ""), state=False)
    assert "What would help: more days with the headset on, then `companion train`." in good
    assert "your state" not in good
    assert "contact" not in not_shown(LAST, SignalQuality(0, 0, ""), state=False)


def test_a_baseline_replaced_while_a_question_is_asked_is_asked_for_once_more(desk: Desk) -> None:
    moment = moment_with_state(desk)
    baselines: list[bytes] = []

    def brain(_task: str, baseline: bytes, _tables: Any) -> list[Any]:
        baselines.append(baseline)
        if baseline == b"first":
            desk.writer.do(replace, moment).result()
        return [np.array([1, 0], np.float32)]

    assert thought(desk, brain).thought.vectors["state"].space == SECOND
    assert baselines == [b"first", b"second"]


def test_a_baseline_replaced_after_its_space_was_named_is_not_missing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = moment_with_state(desk)
    named = Store.spaces

    def late(self: Store, prefix: str) -> list[str]:
        found = named(self, prefix)
        if FIRST in found:
            desk.writer.do(replace, moment).result()
        return found

    def brain(_task: str, baseline: bytes, _tables: Any) -> list[Any]:
        baselines.append(baseline)
        return [np.array([1, 0], np.float32)]

    baselines: list[bytes] = []
    monkeypatch.setattr(Store, "spaces", late)
    assert "state" in thought(desk, brain).thought.vectors
    assert None not in baselines
