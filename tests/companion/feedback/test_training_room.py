"""What can be trained with what is worn, towards what, and the search for the own alpha frequency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from feedback_steps import MUSE, trained_before
from played_rest import NOW, PATIENCE, STREAMS, Bursting, Quick, Worn, can_train, listening_to, noise, recorded, until

from companion.brain.types import Contact, HeadsetState
from companion.feedback import choosing, directions
from companion.feedback.port import Choice
from companion.feedback.protocols import FeedbackError
from companion.feedback.room import FORGETTING, SEEKING, TrainingRoom
from companion.feedback.seeking import BROKEN_OFF, NOT_KEPT
from companion.feedback.types import Times
from companion.forgetting import BRAIN
from embeddings import features, focus, signal, spaces
from embeddings.feedback.plan import AlphaFrequency
from embeddings.feedback.stream import FeedbackStream
from embeddings.focus_tracker import FocusTracker
from embeddings.state import Baseline
from embeddings.types import EEGWindow
from index import alpha, changes, focus_history, mappings, tagging
from index.forgetting import forgetting
from index.forgetting.wish import Wish as Forget
from index.forgetting.wish import plan
from index.mappings import Learned
from index.store import Store
from index.types import Filters, NewMoment, VaultError
from index.writer import Writer

MONTAGE = spaces.montage(MUSE)
FOUND = AlphaFrequency(10.4, 10.5, 10.1, 10.7, 0.6, 28, "Your alpha rhythm lies at 10.4 Hz.")


@pytest.fixture
def worn() -> Worn:
    return Worn(Quick(), state=STREAMS)


@pytest.fixture
def room(worn: Worn, writer: Writer, store: Store) -> Iterator[TrainingRoom]:
    made = TrainingRoom(
        worn,
        store=store,
        writer=writer,
        on_incident=lambda *_: None,
        made_up=lambda: worn.made_up,
        clock=lambda: NOW,
    )
    yield made
    made.stop()


def rows(seconds: float, seed: int = 0) -> np.ndarray:
    stretch = EEGWindow(noise(seconds, seed), 256.0, MUSE, NOW)
    return np.array([features.row(filtered, 256.0) for _, filtered in signal.windows(stretch)], np.float32)


def know_rest(writer: Writer) -> None:
    """Keep rest as a calibration leaves it."""
    rest = FocusTracker.of_rest(focus.shipped(), MUSE, rows(80)).dump()
    assert rest is not None
    writer.do(focus_history.put_rest, MUSE, (NOW - 500, NOW - 400), rest).result()


def remember(writer: Writer, *, tag: str = "", with_eeg: bool = True) -> int:
    """Store a moment, and its state in the space of a headband."""
    new = NewMoment(NOW - 300, NOW - 200, "editor", "words")
    moment = writer.do(changes.open_moment, writer.vault, new, None).result()
    table = rows(80)
    baseline = Baseline.fit(table, 4)
    space = spaces.state(MONTAGE, len(table))

    def keep(db: object) -> None:
        changes.put_space(db, space, model="state", dimension=baseline.dimension, time=NOW, data=baseline.dump())  # type: ignore[arg-type]
        changes.put_features(db, moment, MONTAGE, len(table), table.tobytes(), ch_names=MUSE)  # type: ignore[arg-type]
        changes.put_vectors(db, space, {moment: baseline.encode(rows(20, 3))[np.newaxis]})  # type: ignore[arg-type]

    if with_eeg:
        writer.do(keep).result()
    if tag:
        writer.do(tagging.add, moment, tag).result()
    return moment


def obstacles(room: TrainingRoom) -> set[str]:
    return {option.obstacle for option in room.options().result(PATIENCE)}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"paused_until": float("inf")}, choosing.PAUSED),
        ({"listening": None, "state": None}, choosing.NONE_WORN),
        ({"listening": None, "state": HeadsetState(Contact.FAILED, "Pair it.")}, "Pair it."),
        ({"state": HeadsetState(Contact.CONNECTING, "Looking for the headset.")}, choosing.COMING),
        ({"state": HeadsetState(Contact.LOST, "It does not answer.")}, "It does not answer."),
        ({"listening": Quick(sfreq=90.0)}, "Muse 2 gives 90 samples a second; training needs 100. Train with another"),
    ],
)
def test_what_cannot_be_trained_now_says_why(
    room: TrainingRoom, worn: Worn, changed: dict[str, object], says: str
) -> None:
    for name, value in changed.items():
        setattr(worn, name, value)
    (found,) = obstacles(room)
    assert found.startswith(says)
    with pytest.raises(FeedbackError, match=found[:20]):
        room.start(Choice("calm")).result(PATIENCE)
    with pytest.raises(FeedbackError, match=found[:20]):
        room.seek_alpha().result(PATIENCE)


def test_options_say_what_is_known_of_the_person(room: TrainingRoom, worn: Worn, writer: Writer) -> None:
    found = {option.name: option for option in room.options().result(PATIENCE)}
    assert list(found) == ["engagement", "calm", "smr", "theta-beta", "direction"]
    assert choosing.NO_REST in found["engagement"].note
    assert choosing.NO_ALPHA in found["calm"].note
    assert "nearest electrodes" in found["smr"].note
    assert (found["direction"].obstacle, found["direction"].towards) == (directions.NO_STATE, True)
    assert not any(choosing.SIMULATED in option.note for option in found.values())
    with pytest.raises(FeedbackError, match="rest is not known"):
        room.start(Choice("focus")).result(PATIENCE)
    know_rest(writer)
    writer.do(alpha.put, alpha.Kept(NOW - 99, NOW - 9, MUSE, asdict(FOUND))).result()
    remember(writer)
    worn.state = replace(STREAMS, simulated=True)
    worn.made_up = True
    found = {option.name: option for option in room.options().result(PATIENCE)}
    assert "focus" in found
    assert "10.4 Hz" in found["calm"].note
    assert found["direction"].obstacle == ""
    assert all(option.note.endswith(choosing.SIMULATED) for option in found.values())
    worn.made_up = False
    assert all(option.note.endswith(choosing.PLAYED) for option in room.options().result(PATIENCE))


@pytest.mark.parametrize(
    ("seconds", "says"), [(40.0, "less than a minute of blocks"), (150.0, "a minute of"), (260.0, "2 minutes of")]
)
def test_a_blind_session_is_no_longer_than_what_can_be_replayed(
    room: TrainingRoom, writer: Writer, seconds: float, says: str
) -> None:
    trained_before(writer, seconds=seconds)
    with pytest.raises(FeedbackError, match=f"may have {says}"):
        room.start(Choice("calm", Times(block=600.0), blind=True)).result(PATIENCE)


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (Choice("calm", rate=0.95), "between 30% and 90%"),
        (Choice("calm", sound="drum"), "no sound 'drum'"),
        (Choice("sleep"), "There are: focus"),
        (Choice("calm", blind=True), "none is long enough yet. Train without blinding first"),
        (Choice("direction"), "a moment, or a tag"),
        (Choice("direction", moment=1, tag="birds"), "one of the two"),
        (Choice("direction", tag="birds"), "No moment has the tag “birds”"),
        (Choice("direction", moment=2), "cannot be compared"),
    ],
)
def test_a_choice_that_cannot_be_says_how_to_mend_it(
    room: TrainingRoom, writer: Writer, choice: Choice, says: str
) -> None:
    remember(writer)
    remember(writer, with_eeg=False)
    with pytest.raises(FeedbackError, match=says):
        room.start(choice).result(PATIENCE)
    assert not room.running


def test_a_moment_that_is_not_there_is_no_direction(room: TrainingRoom, writer: Writer) -> None:
    remember(writer)
    with pytest.raises(VaultError, match="no moment 77"):
        room.start(Choice("direction", moment=77)).result(PATIENCE)


def test_tags_are_those_that_can_be_compared(room: TrainingRoom, worn: Worn, writer: Writer) -> None:
    remember(writer, tag="Deep work")
    remember(writer, tag="unheard", with_eeg=False)
    assert room.tags().result(PATIENCE) == ("deep work",)
    worn.listening = Quick(ch_names=("O1", "O2", "P3", "P4"))
    assert room.tags().result(PATIENCE) == ()
    worn.listening = None
    assert room.tags().result(PATIENCE) == ("deep work",)


def test_what_only_the_learned_space_knows_is_gone_towards_there(store: Store, writer: Writer) -> None:
    """A moment without EEG has a side of content there."""
    remember(writer)
    read = remember(writer, with_eeg=False)
    learned = Learned(NOW, (MONTAGE,), "content:m", 9, 9, 9, 0.5, None, 0.1, 0.1, 0.2, True, "", b"map", b"\0" * 8)

    def adopt(db: object) -> None:
        version = mappings.put(db, learned, NOW)  # type: ignore[arg-type]
        both = {spaces.shared(version, side): 3 for side in ("brain", "content")}
        mappings.adopt(db, version, spaces=both, prefix=spaces.SHARED, time=NOW)  # type: ignore[arg-type]
        changes.put_vectors(db, spaces.shared(version, "content"), {read: np.eye(3, dtype=np.float32)[:1]})  # type: ignore[arg-type]
        db.execute("DELETE FROM jobs")  # type: ignore[attr-defined]
        assert mappings.serve_when_complete(db, prefix=spaces.SHARED) == version  # type: ignore[arg-type]

    writer.do(adopt).result()
    found = directions.towards(store, MUSE, [read], NOW - 100)
    assert (found.electrodes, np.frombuffer(found.direction, np.float32).tolist()) == (MUSE, [1.0, 0.0, 0.0])
    with pytest.raises(FeedbackError, match="since the headset was put on"):
        directions.towards(store, MUSE, [read], NOW + 86_400)


@pytest.mark.parametrize("choice", [Choice("focus"), Choice("direction", tag="calm"), Choice("direction", moment=1)])
def test_what_is_known_of_the_person_becomes_a_plan_that_fits_what_is_worn(
    store: Store, writer: Writer, choice: Choice
) -> None:
    know_rest(writer)
    assert remember(writer, tag="calm") == 1
    found = choosing.wish(store, choice, choosing.Signal(MUSE), NOW)
    assert found.target == {"focus": "", "direction": "the tag “calm”" if choice.tag else "moment 1"}[choice.protocol]
    steps = FeedbackStream(found.plan, MUSE, 256.0).take(noise(12), NOW, fresh=True)
    assert steps[-1].value is not None


def test_the_alpha_frequency_is_found_kept_used_and_forgotten(tmp_path: Path, writer: Writer, store: Store) -> None:
    heard = listening_to(recorded(tmp_path), writer, speed=12)
    room = TrainingRoom(Worn(heard), store=store, writer=writer, on_incident=lambda *_: None, alpha_seconds=45.0)
    heard.start()
    try:
        until(lambda: can_train(room))
        room.seek_alpha().result(PATIENCE)
        assert room.alpha().running
        assert 0 < room.alpha().left <= 45
        with pytest.raises(FeedbackError, match=SEEKING):
            room.start(Choice("calm")).result(PATIENCE)
        until(lambda: not room.alpha().running)
        found = room.alpha().found
        assert found is not None, room.alpha().sentence
        assert found.frequency == pytest.approx(10.0, abs=0.2)
        kept = alpha.newest(store)
        assert kept is not None
        assert (kept.ch_names, kept.found["frequency"]) == (MUSE, found.frequency)
        assert kept.time_end - kept.time_start == pytest.approx(45, abs=2)
        assert choosing.wish(store, Choice("calm"), choosing.Signal(MUSE), NOW).alpha == found.frequency
        room.seek_alpha().result(PATIENCE)
        with room.at_rest():
            assert not room.alpha().running
            with pytest.raises(FeedbackError, match=FORGETTING):
                room.start(Choice("calm")).result(PATIENCE)
        assert room.alpha().found is None
    finally:
        room.stop()
        heard.stop()
    what = plan(store, Forget(Filters(since=kept.time_end - 1, until=kept.time_end)))
    forgetting.begin(writer, what, time=kept.time_end)
    forgetting.finish(writer, store, brain=BRAIN)
    assert alpha.newest(store) is None


def test_a_search_can_be_broken_off_and_shows_what_was_found_before(room: TrainingRoom, writer: Writer) -> None:
    writer.do(alpha.put, alpha.Kept(NOW - 99, NOW - 9, MUSE, asdict(FOUND))).result()
    room.options().result(PATIENCE)
    assert room.alpha().found == FOUND
    room.seek_alpha().result(PATIENCE)
    assert room.alpha().running
    room.leave_alpha()
    until(lambda: not room.alpha().running)
    assert room.alpha().sentence == BROKEN_OFF


def test_what_is_found_in_a_made_up_signal_is_not_kept(worn: Worn, writer: Writer, store: Store) -> None:
    worn.listening, worn.made_up = Bursting(60), True
    room = TrainingRoom(
        worn, store=store, writer=writer, on_incident=lambda *_: None, made_up=lambda: True, alpha_seconds=45.0
    )
    try:
        room.seek_alpha().result(PATIENCE)
        until(lambda: not room.alpha().running)
        assert NOT_KEPT in room.alpha().sentence
        assert alpha.newest(store) is None
    finally:
        room.stop()


def test_all_that_came_from_a_headset_goes_with_it(writer: Writer, store: Store) -> None:
    writer.do(alpha.put, alpha.Kept(NOW - 99, NOW - 9, MUSE, asdict(FOUND))).result()
    forgetting.begin(writer, plan(store, Forget(brain=True)), time=NOW)
    forgetting.finish(writer, store, brain=BRAIN)
    assert alpha.newest(store) is None
