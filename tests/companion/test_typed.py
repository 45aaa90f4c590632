"""What was typed during a moment: masked as a whole, stored beside it, and gone with it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st
from scripted import BEGIN, picture
from vaults import locked_vault_at, vault_at

from companion.capture.attention import Attention, Changed, Continued
from companion.capture.types import Frame, Window
from companion.clearing import typed as typed_module
from companion.clearing.frames import Clearing, Wanted
from companion.clearing.masked_moments import WAITING, MaskedMoments
from companion.clearing.typed import Typed
from companion.locked.entries import Journal
from companion.locked.merging import merge_all
from companion.locked.moments import SealedMoments
from companion.looks import Looks
from companion.masking.spans import masked
from companion.moments import Moments
from index.care.exporting import Wanted as Exported
from index.care.exporting import export
from index.forgetting import forgotten
from index.keys import keyfile
from index.store import Store
from index.writer import Writer

SECRET = "AKIA" + "IOSFODNN7REALKEY"


def frame(second: float, typed: str = "", *, text: str | None = "words") -> Frame:
    return Frame(picture(200), BEGIN + second, Window("editor", "notes"), typed=typed, text=text)


def on(monitor: int, seen: Frame) -> Frame:
    return replace(seen, window=replace(seen.window, monitor=monitor))


@pytest.fixture
def moments(desk: Desk) -> Moments:
    return Moments(writer=desk.writer, clock=lambda: desk.now, on_change=lambda: None)


def test_it_is_gathered_over_the_looks_at_one_moment(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, "dear "), "screen")
    moments.change(frame(1, "Ada,"))
    assert not moments.change(frame(2))  # nothing new to be read
    moments.close(0, BEGIN + 3)
    moments.open(frame(4), "screen")
    assert desk.store.typed([1, 2]) == {1: "dear Ada,"}


def test_a_secret_that_comes_in_pieces_is_masked_once_it_is_one(desk: Desk, moments: Moments) -> None:
    moments.open(frame(0, f"the key {SECRET[:9]}"), "screen")
    moments.change(frame(1, f"{SECRET[9:]} is mine"))
    (kept,) = desk.store.typed([1]).values()
    assert kept == masked(f"the key {SECRET} is mine")
    assert SECRET not in kept
    assert SECRET[9:] not in kept


def test_much_of_it_settles_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_module, "TOGETHER", 40)
    typed, said = Typed(), "some words that go on\nand on and on; " * 5
    for letter in said:
        kept = typed.add(letter)
    assert kept == said
    assert len(typed._raw) <= 40
    assert typed.add(SECRET).endswith(masked(SECRET))
    assert typed.add("x" * 100).endswith("x" * 100)


@given(st.lists(st.text(max_size=30), max_size=20))
def test_nothing_of_it_is_lost(pieces: list[str]) -> None:
    typed = Typed()
    for piece in pieces:
        typed.add(piece)
    assert typed.add("") == masked("".join(pieces))


def test_it_is_recorded_while_locked_and_taken_in(tmp_path: Path) -> None:
    vault = locked_vault_at(tmp_path / "locked")
    journal = Journal(vault.journal, keyfile.load(vault.key_file).public)
    sealed = SealedMoments(journal)
    sealed.open(frame(0, "one "), "screen")
    sealed.change(frame(1, f"two {SECRET}"))
    sealed.close(0, BEGIN + 3)
    journal.close()
    with Writer(vault_at(vault.root)) as writer:
        merge_all(writer, time=BEGIN + 10)
        store = Store(writer.vault)
        assert store.typed([1]) == {1: masked(f"one two {SECRET}")}
        store.close()


def test_it_is_exported_and_goes_with_its_moment(desk: Desk, moments: Moments, tmp_path: Path) -> None:
    moments.open(frame(0, "what I wrote"), "screen")
    moments.close(0, BEGIN + 1)
    moments.open(frame(2), "screen")
    moments.close(0, BEGIN + 3)
    export(desk.store, tmp_path / "out", Exported())
    lines = (tmp_path / "out" / "moments.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["typed"] for line in lines] == ["what I wrote", ""]
    desk.writer.do(forgotten.delete_moments, [1]).result()
    assert desk.store.rows("SELECT * FROM typed") == []


def test_a_look_at_which_nothing_else_changed_is_a_change_where_something_was_typed() -> None:
    attention = Attention()
    first = frame(0)
    attention.see(first)
    assert attention.see(replace(first, time=BEGIN + 1, typed="a")) == (
        Changed(replace(first, time=BEGIN + 1, typed="a")),
    )
    assert attention.see(replace(first, time=BEGIN + 2)) == (Continued(BEGIN + 2),)


@pytest.mark.parametrize("wanted", [True, False])
def test_it_is_let_through_only_where_it_is_wanted(wanted: bool) -> None:
    clear = Clearing(lambda *_: [], wanted=Wanted(typed=wanted), on_problem=lambda _: None)
    assert clear(frame(0, "words")).typed == ("words" if wanted else "")
    assert Clearing(lambda *_: [], wanted=Wanted(), on_problem=lambda _: None)(frame(0, "words")).typed == ""


def test_looks_that_wait_to_be_read_keep_what_was_typed(desk: Desk, moments: Moments) -> None:
    problems: list[object] = []
    masking = MaskedMoments(
        moments,
        clear=lambda seen: replace(seen, text="read"),
        noted=Looks(lambda _: None, clock=lambda: BEGIN),
        on_stored=lambda: None,
        on_refused=lambda *refused: problems.append(refused),
        on_broken=lambda: problems.append("broken"),
    )
    looks = range(1, WAITING + 10)
    with masking._more:  # nothing is read meanwhile
        for monitor in (0, 1):
            masking.open(on(monitor, frame(0, "a", text=None)), "screen")
        for number in looks:  # two that are alike would be read together
            masking.change(on(number % 2, frame(number, f" {number}", text=None)))
            masking.change(on(number % 2, frame(number, ".", text=None)))
    masking.finish()
    said = ["a" + "".join(f" {number}." for number in looks if number % 2 == monitor) for monitor in (0, 1)]
    assert list(desk.store.typed([1, 2]).values()) == said
    assert problems == []


@pytest.mark.parametrize("before", [3_947, 3_990, 3_998, 4_005])
@pytest.mark.parametrize(
    "secret",
    [
        "password: Kx9!vQ2m#Zt7",
        "abandon ability able about above absent absorb abstract absurd abuse access accident",
    ],
)
def test_what_settles_is_never_cut_within_a_secret_nor_behind_its_label(before: int, secret: str) -> None:
    said = "a" * (before - 1) + " " + secret + " " + "more " * 2_000
    at_once, by_pieces = Typed(), Typed()
    kept = at_once.add(said)
    for start in range(0, len(said), 1_009):
        in_the_end = by_pieces.add(said[start : start + 1_009])
    assert kept == in_the_end
    assert kept == masked(said)
    assert secret.rsplit(maxsplit=1)[-1] not in kept


def test_what_the_window_shows_as_secret_is_not_kept_without_its_label() -> None:
    typed, whole = Typed(), "dear Ada\n[password]\n[password]\nand so on"
    assert typed.add("dear Ada\nTr0") == "dear Ada\nTr0"  # not shown as one yet
    assert typed.add("ub4dor", [("Tr0ub4d", "password")]) == "dear Ada\n[password]"
    assert typed.add("7x\nb4\nand so on", [("Tr0ub4dor7x", "password")]) == whole
    assert typed.add("") == whole
