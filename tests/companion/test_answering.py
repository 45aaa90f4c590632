from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from vaults import vault_at

from companion.answering import WORST_PATIENCE, Answering, OvertakenError, RecallError
from companion.jobs.brain_features import BrainFeatures
from companion.jobs.tasks import Vectors
from companion.jobs.worker import TaskFailed, WorkerCrashed
from companion.ports import Question
from embeddings.types import EEGWindow, EmbeddingsError
from index import changes
from index.ranking.cancelling import Cancelling
from index.spaces.vectors import Vectors as VectorIndex
from index.store import Store
from index.types import Filters, NewMoment, VaultError
from index.writer import Writer

BEGIN = 1_772_442_720.0
MONTAGE = "A+B"
SPACE = "state:v2:A+B:15"
ONE: NDArray[np.float32] = np.array([1, 0], np.float32)
OTHER: NDArray[np.float32] = np.array([0, 1], np.float32)


class Scripted:
    """An encoder whose answers are written down: values, errors, or none at all."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers
        self.asked: list[tuple[str, bool]] = []
        self.futures: list[Future[Any]] = []

    def submit(self, task: str, *arguments: object, urgent: bool = False) -> Future[Any]:
        del arguments
        self.asked.append((task, urgent))
        future: Future[Any] = Future()
        answer = self._answers.get(task)
        if isinstance(answer, Exception):
            future.set_exception(answer)
        elif answer is not None:
            future.set_result(answer)
        self.futures.append(future)
        return future


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three moments ten minutes apart: the first two alike in content, the first and third in state."""
    with Writer(vault_at(tmp_path / "vault")) as writer:

        def fill(db: Any) -> None:
            changes.put_space(db, "content:test", model="test", dimension=2, time=BEGIN)
            changes.put_space(db, SPACE, model="state", dimension=2, time=BEGIN, data=b"baseline")
            rows = (("Night trains", ONE, ONE), ("Sleeper cars", ONE, OTHER), ("Invoice", OTHER, ONE))
            for number, (title, content, state) in enumerate(rows):
                start = BEGIN + 600 * number
                new = NewMoment(start, start + 30, "firefox", title)
                moment = changes.open_moment(db, writer.vault, new, None)
                changes.put_vectors(db, "content:test", {moment: content[np.newaxis]})
                changes.put_vectors(db, SPACE, {moment: state[np.newaxis]})
                changes.put_features(db, moment, MONTAGE, 1, b"")

        writer.do(fill).result()
    made = Store(vault_at(tmp_path / "vault"))
    yield made
    made.close()


def answering(store: Store, encoder: Scripted, window: EEGWindow | None = None, **named: Any) -> Answering:
    named = {"on_incident": lambda *_: None, **named}
    return Answering(store=store, vectors=VectorIndex(store), encoder=encoder, thought=lambda: window, **named)


def titles(made: Answering, question: Question) -> list[str]:
    return [hit.moment.title for hit in made.answer(question).hits]


def test_filters_alone_ask_for_the_latest_that_satisfy_them(store: Store) -> None:
    made = answering(store, Scripted())
    assert titles(made, Question(k=2, filters=Filters(app="FIREFOX"))) == ["Invoice", "Sleeper cars"]
    assert titles(made, Question(filters=Filters(until=BEGIN + 700))) == ["Sleeper cars", "Night trains"]
    assert titles(made, Question(filters=Filters(tag="taxes"))) == []
    with pytest.raises(RecallError, match="Nothing was asked"):
        made.answer(Question())


def test_words_are_asked_for_by_meaning_and_at_once(store: Store) -> None:
    encoder = Scripted(encode_text=Vectors("content:test", "test", 2, (ONE[np.newaxis],)))
    answer = answering(store, encoder).answer(Question("rolling beds"))
    assert {hit.moment.title for hit in answer.hits} == {"Night trains", "Sleeper cars"}
    assert answer.notes == ()
    assert encoder.asked == [("encode_text", True)]


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (EmbeddingsError("There is no text model. Put one there."), "only. There is no text model. Put one there."),
        (WorkerCrashed("died twice"), "The process with the text model died"),
        (None, "not ready yet"),
    ],
)
def test_without_the_text_model_words_still_find_what_holds_them(store: Store, answer: Any, note: str) -> None:
    encoder = Scripted(encode_text=answer)
    found = answering(store, encoder, patience=0.05).answer(Question("trains"))
    assert [hit.moment.title for hit in found.hits] == ["Night trains"]
    assert note in found.notes[0]
    assert encoder.futures[0].done()  # nobody works on what nobody waits for


@pytest.mark.parametrize(("given", "waited"), [({"patience": 0.0}, 0.0), ({}, WORST_PATIENCE)])
def test_the_text_model_is_waited_for_as_long_as_is_said_and_never_without_end(
    store: Store, monkeypatch: pytest.MonkeyPatch, given: dict[str, float], waited: float
) -> None:
    waits: list[float] = []

    def gives_up(_self: Cancelling, _future: Future[Any], seconds: float) -> None:
        waits.append(seconds)
        raise TimeoutError

    monkeypatch.setattr(Cancelling, "result", gives_up)
    found = answering(store, Scripted(), **given).answer(Question("trains"))
    assert "not ready yet" in found.notes[0]
    assert waits == [waited]


@pytest.mark.parametrize("error", [TaskFailed("Traceback\nIndexError: out of range"), BlockingIOError("no process")])
def test_an_error_of_the_text_model_is_noted_and_words_still_find(store: Store, error: Exception) -> None:
    noted: list[str] = []
    made = answering(store, Scripted(encode_text=error), on_incident=lambda _, what: noted.append(what))
    found = made.answer(Question("trains"))
    assert [hit.moment.title for hit in found.hits] == ["Night trains"]
    assert "failed at this because of an error in the program" in found.notes[0]
    assert len(noted) == 1
    assert str(error) in noted[0]


def test_a_bug_in_answering_is_not_hidden(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        answering(store, Scripted(encode_text=ZeroDivisionError())).answer(Question("trains"))


@pytest.mark.parametrize("text", ["?", '"', " … !? ", "😀"])
def test_a_question_without_a_word_says_so(store: Store, text: str) -> None:
    encoder = Scripted()
    with pytest.raises(RecallError, match="There is no word in “" + re.escape(text.strip())):
        answering(store, encoder).answer(Question(text))
    assert encoder.asked == []


@pytest.mark.parametrize("question", [Question("trains"), Question(thought=True)])
def test_a_question_that_the_end_of_the_program_overtakes_is_let_go(store: Store, question: Question) -> None:
    encoder = Scripted(encode_text=CancelledError(), brain_features=CancelledError())
    with pytest.raises(RecallError, match="is being closed"):
        answering(store, encoder, window()).answer(question)


@pytest.mark.parametrize("known", [{}, {"brain_features": True}])
def test_a_thought_does_not_wait_for_ever(store: Store, known: dict[str, bool]) -> None:
    encoder = Scripted(**({"brain_features": features(2)} if known else {}))
    with pytest.raises(RecallError, match=r"within 0\.05 s: Companion is still busy .* Ask again"):
        answering(store, encoder, window(), brain_patience=0.05).answer(Question(thought=True))
    assert encoder.futures[-1].cancelled()


def test_an_error_in_reading_the_eeg_is_noted_and_said(store: Store) -> None:
    noted: list[str] = []
    made = answering(
        store, Scripted(brain_features=TaskFailed("odd")), window(), on_incident=lambda _, what: noted.append(what)
    )
    with pytest.raises(RecallError, match="an error in the program; `companion doctor`"):
        made.answer(Question(thought=True))
    assert noted == ["`brain_features` failed at a question: odd"]


def test_a_part_that_is_missing_is_said(store: Store) -> None:
    encoder = Scripted(brain_features=EmbeddingsError("A part of the program is missing. Install Companion again."))
    with pytest.raises(RecallError, match="Install Companion again"):
        answering(store, encoder, window()).answer(Question(thought=True))


def test_a_made_up_signal_is_not_blamed_on_the_person(store: Store) -> None:
    encoder = Scripted(brain_features=features(0, "Fp1: jump"))
    with pytest.raises(RecallError) as raised:
        answering(store, encoder, window(), simulated=lambda: True).answer(Question(thought=True))
    assert "Sit still" not in str(raised.value)
    for words in ("simulated headset's signal is no EEG", "can be recorded", "real headset", "playback:FILE"):
        assert words in str(raised.value)


def test_like_a_moment_finds_its_state_without_itself(store: Store) -> None:
    made = answering(store, Scripted())
    assert titles(made, Question(like=1)) == ["Invoice"]
    found = made.answer(Question(like=2))
    assert found.hits == ()
    assert found.notes == ("No state more than 5 minutes away is like it.",)
    assert titles(made, Question(like=1, exclude_minutes=30)) == []
    with pytest.raises(VaultError, match="no moment 9"):
        made.answer(Question(like=9))


def test_a_state_whose_space_is_replaced_meanwhile_is_still_found(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = "state:v2:A+B:30"
    named = Store.spaces

    def replace(db: Any) -> None:
        changes.put_space(db, newer, model="state", dimension=2, time=BEGIN + 1, data=b"newer")
        changes.put_vectors(db, newer, {1: ONE[np.newaxis], 2: OTHER[np.newaxis], 3: ONE[np.newaxis]})
        changes.drop_space(db, SPACE)

    def late(self: Store, prefix: str) -> list[str]:
        found = named(self, prefix)
        if SPACE in found:
            with Writer(store.vault) as writer:
                writer.do(replace).result()
        return found

    monkeypatch.setattr(Store, "spaces", late)
    assert titles(answering(store, Scripted()), Question(like=1)) == ["Invoice"]


def window(seconds: float = 10) -> EEGWindow:
    return EEGWindow(np.zeros((2, round(seconds * 100))), 100.0, ("A", "B"), BEGIN + 5000)


def features(rows: int, faults: str = "", montage: str = MONTAGE) -> BrainFeatures:
    return BrainFeatures(montage, ("A", "B"), np.ones((rows, 27), np.float32), windows=2, fit=rows, faults=faults)


def test_a_thought_is_compared_with_moments_in_the_same_space(store: Store) -> None:
    encoder = Scripted(brain_features=features(2), state_vectors=[ONE])
    assert sorted(titles(answering(store, encoder, window()), Question(thought=True))) == ["Invoice", "Night trains"]
    assert encoder.asked == [("brain_features", True), ("state_vectors", True)]


@pytest.mark.parametrize(
    ("eeg", "answer", "mend"),
    [
        (None, None, "Put the headset on"),
        (None, None, "If it is on, it has only just started or its signal broke off a moment ago: wait ten seconds"),
        (window(), features(0, "AF7: flat"), "(AF7: flat). Sit still, check the contact"),
        (window(4), features(0), "only 4 s of it, 10 s are needed"),
        (window(), features(2, montage="C+D"), "a minute of clean EEG is needed"),
        (window(), WorkerCrashed("the encoder process died 2 times"), "died 2 times. Ask again"),
    ],
)
def test_a_thought_that_cannot_be_used_says_what_would_help(
    store: Store, eeg: EEGWindow | None, answer: Any, mend: str
) -> None:
    with pytest.raises(RecallError) as raised:
        answering(store, Scripted(brain_features=answer), eeg).answer(Question(thought=True))
    assert mend in str(raised.value)


def test_words_typed_with_a_thought_are_weighed_with_it(store: Store) -> None:
    encoder = Scripted(brain_features=features(2), state_vectors=[ONE], encode_text=EmbeddingsError("No model."))
    answer = answering(store, encoder, window()).answer(Question("sleeper", thought=True))
    found = {hit.moment.title: hit for hit in answer.hits}
    assert found["Sleeper cars"].shares["words"] == 1
    assert found["Sleeper cars"].space == "text"
    assert found["Invoice"].shares["state"] == 1
    assert "No model." in answer.notes[0]


def test_what_is_on_screen_now_is_a_source_and_no_hit(store: Store) -> None:
    encoder = Scripted(brain_features=features(2), state_vectors=[OTHER])
    eeg = EEGWindow(np.zeros((2, 1000)), 100.0, ("A", "B"), BEGIN + 100)  # right after the first moment
    answer = answering(store, encoder, eeg).answer(Question(thought=True, exclude_minutes=0))
    assert [hit.moment.title for hit in answer.hits] == ["Sleeper cars"]
    assert set(answer.hits[0].shares) == {"state", "context"}


def test_an_answer_is_known_by_its_time(store: Store) -> None:
    made = answering(store, Scripted(), clock=lambda: 77.0)
    assert made.answer(Question(like=1)).time == 77.0


@pytest.mark.parametrize("question", [Question(), Question("   ")])
def test_nothing_asked_is_no_question(store: Store, question: Question) -> None:
    with pytest.raises(RecallError, match="give words"):
        answering(store, Scripted()).answer(question)


def test_a_newer_question_lets_go_of_the_one_that_is_being_answered(store: Store) -> None:
    encoder = Scripted()  # its text model never answers
    made = answering(store, encoder, patience=60)
    with ThreadPoolExecutor(max_workers=1) as thread:
        older = thread.submit(made.put(Question("trains")))
        while not encoder.futures:
            sleep(0.005)
        newer = thread.submit(made.put(Question(like=1)))
        with pytest.raises(OvertakenError, match="a newer one was asked"):
            older.result(10)
        assert [hit.moment.title for hit in newer.result(10).hits] == ["Invoice"]
    assert encoder.futures[0].cancelled()


def test_leaving_lets_go_of_a_question_before_and_while_it_is_answered(store: Store) -> None:
    made = answering(store, Scripted(), patience=60)
    waiting = made.put(Question("trains"))
    made.leave()
    with pytest.raises(OvertakenError):
        waiting()
    assert titles(made, Question(like=1)) == ["Invoice"]


def test_hits_may_be_filtered_by_a_state_like_a_moments(store: Store) -> None:
    encoder = Scripted(encode_text=Vectors("content:test", "test", 2, (ONE[np.newaxis],)))
    made = answering(store, encoder)
    assert titles(made, Question("rolling beds", filters=Filters(state_like=3))) == ["Night trains"]
    with pytest.raises(VaultError, match="no moment 9"):
        made.answer(Question("beds", filters=Filters(state_like=9)))


def test_a_state_nobody_knows_cannot_filter(store: Store) -> None:
    with Writer(store.vault) as writer:
        plain = writer.do(changes.open_moment, writer.vault, NewMoment(BEGIN, BEGIN, "mail", "x"), None).result()
    with pytest.raises(RecallError, match=f"Moment {plain} has no brain state"):
        answering(store, Scripted()).answer(Question("trains", filters=Filters(state_like=plain)))


def test_a_time_in_the_words_is_preferred(store: Store) -> None:
    moment = store.moment(2)
    with Writer(store.vault) as writer:
        copy = NewMoment(BEGIN - 86_400, BEGIN - 86_370, "firefox", moment.title)
        old = writer.do(changes.open_moment, writer.vault, copy, None).result()
    encoder = Scripted(encode_text=EmbeddingsError("No model."))
    made = answering(store, encoder, clock=lambda: BEGIN + 3600)
    assert [hit.moment.id for hit in made.answer(Question("sleeper yesterday")).hits] == [old, 2]
    assert [hit.moment.id for hit in made.answer(Question("sleeper today")).hits] == [2, old]
