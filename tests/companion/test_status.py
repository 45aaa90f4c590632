from __future__ import annotations

import pytest

from companion.brain.types import Contact, HeadsetState
from companion.status import NO_HEADSET, NOTHING_MISSED, Activity, Seeing, Status, summarise

NOW = 1_772_442_720.0
STREAMING = HeadsetState(Contact.STREAMING, "Muse is streaming.")
LOST = HeadsetState(Contact.LOST, "Muse does not answer.")
FAILED = HeadsetState(Contact.FAILED, "There is no board `mosue`. Did you mean muse_2?")


def told(
    seeing: Seeing | None = None,
    headset: HeadsetState = NO_HEADSET,
    *,
    paused_until: float | None = None,
    obstacles: tuple[str, ...] = (),
) -> Status:
    return summarise(
        seeing=seeing,
        headset=headset,
        paused_until=paused_until,
        moments=3,
        backlog=2,
        quarantined=1,
        obstacles=obstacles,
    )


@pytest.mark.parametrize(
    ("status", "activity", "words"),
    [
        (told(Seeing(), STREAMING), Activity.RECORDING, "Recording the screen and the headset. Muse is streaming."),
        (told(None, STREAMING), Activity.RECORDING, "The screen is not recorded. Muse is streaming."),
        (told(Seeing(), NO_HEADSET), Activity.NO_HEADSET, "Recording the screen. No headset chosen."),
        (told(Seeing(), LOST), Activity.NO_HEADSET, "Recording the screen. Muse does not answer."),
        (told(Seeing(private="it is locked")), Activity.FILTERING, "Not looking: it is locked"),
        (told(Seeing(problem="The disk is full.")), Activity.ERROR, "The disk is full."),
        (told(Seeing(), FAILED), Activity.ERROR, FAILED.sentence),
        (told(Seeing(), STREAMING, obstacles=("No text model.",)), Activity.ERROR, "No text model."),
        (told(), Activity.PAUSED, "Choose what to record in the settings"),
        (told(Seeing(), STREAMING, paused_until=float("inf")), Activity.PAUSED, "Paused until you resume."),
    ],
)
def test_the_one_thing_to_show(status: Status, activity: Activity, words: str) -> None:
    assert status.activity is activity
    assert words in status.sentence


def test_the_worst_comes_first() -> None:
    everything = Seeing(problem="The disk is full.", private="it is locked")
    broken = told(everything, FAILED, obstacles=("No text model.",))
    assert broken.sentence == f"The disk is full. {FAILED.sentence} No text model."
    assert told(everything, FAILED, paused_until=NOW, obstacles=("No text model.",)).activity is Activity.PAUSED


def test_a_pause_says_when_it_ends() -> None:
    assert "10:40" in told(Seeing(), paused_until=_local(10, 40)).sentence


def test_counts_are_carried_on() -> None:
    status = told(Seeing(filtered=4), obstacles=("One.", "Two."))
    assert (status.moments, status.backlog, status.quarantined, status.filtered) == (3, 2, 1, 4)
    assert status.model_sentence == "One. Two."


def test_screens_that_could_not_be_stored_are_said_and_counted() -> None:
    lost = told(Seeing(dropped=2, unseen=3), STREAMING)
    assert lost.sentence.endswith("Muse is streaming. 2 screens could not be stored (see `companion doctor`).")
    assert (lost.dropped, lost.unseen, lost.activity) == (2, 3, Activity.RECORDING)
    assert "1 screen could" in told(Seeing(dropped=1)).sentence
    assert "could not be stored" not in told(Seeing(unseen=3), STREAMING).sentence


def test_lost_screens_are_summed_up() -> None:
    missed = NOTHING_MISSED
    assert missed.sentences() == ()
    missed = missed.one_more(_local(10, 40))
    assert missed.sentences() == ("1 screen could not be stored at Mon 2 Mar 10:40.",)
    missed = missed.one_more(_local(10, 50)).one_more(_local(10, 45))
    assert missed.sentences() == ("3 screens could not be stored between Mon 2 Mar 10:40 and Mon 2 Mar 10:50.",)


def _local(hour: int, minute: int) -> float:
    from datetime import datetime

    return datetime(2026, 3, 2, hour, minute).astimezone().timestamp()
