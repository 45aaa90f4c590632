"""What is wrong is shown until that very thing is mended."""

from __future__ import annotations

import pytest

from companion.capture.glance import MOVING
from companion.capture.types import Skipped
from companion.sightings import Sightings

GONE, FULL, BROKEN = "The X server is gone.", "The disk is full.", "An error in the program."


@pytest.fixture
def incidents() -> list[str]:
    return []


@pytest.fixture
def sightings(incidents: list[str]) -> Sightings:
    return Sightings(lambda _part, what: incidents.append(what))


def test_a_screen_stored_late_does_not_bring_a_lost_one_back(sightings: Sightings, incidents: list[str]) -> None:
    sightings.lose(GONE)
    sightings.works(stored=True)  # it had waited to be read
    sightings.lose(GONE)
    assert (sightings.now.problem, incidents) == (GONE, [GONE])
    sightings.lose("")
    assert (sightings.now.problem, incidents) == ("", [GONE, "Capture works again."])


def test_a_screen_that_comes_back_does_not_mend_the_program(sightings: Sightings) -> None:
    sightings.break_off(BROKEN)
    sightings.lose(GONE)
    assert sightings.now.problem == f"{BROKEN} {GONE}"
    sightings.lose("")
    sightings.works(stored=True)
    assert sightings.now.problem == BROKEN


def test_a_screen_that_comes_back_does_not_empty_the_disk(sightings: Sightings, incidents: list[str]) -> None:
    sightings.miss(10.0)
    sightings.meet(FULL)
    sightings.lose(GONE)
    sightings.lose("")
    sightings.works()
    assert sightings.now.problem == FULL
    sightings.works(stored=True)
    assert sightings.now.problem == ""
    assert "1 screen could not be stored" in incidents[-1]


def test_what_was_missed_is_told_once(sightings: Sightings, incidents: list[str]) -> None:
    sightings.miss(10.0)
    sightings.end(stopped=True)
    sightings.tell_missed()
    assert len(incidents) == 1


def test_what_a_rule_keeps_out_is_shown_over_a_look_that_came_to_nothing(sightings: Sightings) -> None:
    for seen in (Skipped(1.0, "hidden", private=True), Skipped(2.0, MOVING), Skipped(3.0, "hidden", private=True)):
        sightings.pass_over(seen, "", damaged=False)
        assert sightings.now.private == "hidden"
    assert (sightings.now.filtered, sightings.now.kept_out, sightings.now.unseen) == (1, 2, 1)


def test_why_nothing_can_be_seen_is_told_though_nothing_is(sightings: Sightings) -> None:
    sightings.pass_over(Skipped(1.0, "The screen is locked or asleep."), "The screen lock ended.", damaged=False)
    assert sightings.now.limits == "The screen lock ended."
    sightings.frame("")
    assert sightings.now.limits == ""
