"""What of a set the mapping's start is trained from, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

from made_set import changed

from companion.evaluation import planted
from companion.evaluation.bids import recordings
from companion.evaluation.planted import Recipe
from companion.learning import cohort_mapping


def test_a_session_that_cannot_be_used_is_left_out_of_the_mapping_and_that_is_said(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "made", Recipe("planted", people=3, sessions=1, seconds=90))
    found = recordings(folder)
    said: list[str] = []
    assert len(cohort_mapping.people(found, say=said.append)) == 3
    assert said == []
    (path,) = folder.glob("sub-02/**/*arithmetic*.edf")
    changed(path, every=2)
    assert len(cohort_mapping.people(found, say=said.append)) == 2
    (told,) = said
    assert "a session of 02 is left out" in told
    assert "64 Hz" in told


def test_a_session_too_short_for_a_window_needs_no_word(tmp_path: Path) -> None:
    folder = planted.write(tmp_path / "made", Recipe("planted", people=2, sessions=1, seconds=90))
    for path in folder.glob("sub-02/**/*.edf"):
        changed(path, seconds=5)
    said: list[str] = []
    assert len(cohort_mapping.people(recordings(folder), say=said.append)) == 1
    assert said == []
