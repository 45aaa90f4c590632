"""The same while the vault is locked: what comes out of the journal after unlocking holds no canary either."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from privacy_case import Case
from privacy_grab import during_the_grab
from privacy_place import MOVING, NEW, RULE, STORED, Looking, Place
from privacy_program import css
from privacy_readers import Broken
from privacy_window import drawn

from companion.jobs.worker import Worker
from companion.locked.entries import Journal
from companion.locked.merging import merge_all
from companion.locked.moments import SealedMoments
from index.keys import keyfile

pytestmark = [pytest.mark.display, pytest.mark.model]


@contextmanager
def locked(place: Place, *, reader: Worker | None = None) -> Iterator[Looking]:
    """Record into the journal, and take it into the vault when this ends."""
    journal = Journal(place.vault.journal, keyfile.load(place.vault.key_file).public)
    moments = SealedMoments(journal)
    with place.looking(moments=moments, reader=reader) as looking:
        yield looking
    journal.close()
    assert [one.damaged for one in merge_all(place.writer, time=time.time())] == ([""] if moments.count else [])


@pytest.mark.control
def test_a_word_and_a_patch_come_out_of_the_journal(place: Place, case: Case) -> None:
    image = drawn([case.word], size=(360, 120), patch=case.colour)
    place.painted(image=image, app="Editor", title="notes").activate()
    with locked(place) as looking:
        looking.until(NEW)
    found = case.seen()
    assert {"moments", "the full text"} <= set(found.text)
    assert len(found.pixels) == 2


def test_an_excluded_program(place: Place, case: Case) -> None:
    image = drawn([case.word], size=(360, 120), patch=case.colour)
    place.painted(image=image, app="KeePassXC", title=case.word).activate()
    with locked(place) as looking:
        looking.until(RULE)
    case.kept_out()
    assert case.stored() == []


def test_a_password_field_and_secrets(place: Place, case: Case) -> None:
    field = ("entry", {"text": case.word, "colour": css(case.colour), "echo": "password"})
    key = ("label", {"text": case.key, "colour": css(case.colour)})
    program = place.program("qt")
    program.show(f"page {case.card}", ("label", {"text": case.harmless}), field, key)
    with locked(place) as looking:
        looking.until(NEW)
        program.tell("reveal")
        looking.until(*STORED)
    case.kept_out(case.key, case.card)
    assert case.pictured()
    assert case.harmless in str(case.stored())


def test_secrets_in_a_picture(place: Place, case: Case) -> None:
    place.painted(image=drawn([case.harmless, case.key], size=(640, 120)), app="Viewer", title="page").activate()
    with locked(place) as looking:
        looking.until(NEW)
    case.kept_out(case.key)
    assert case.pictured()


def test_a_window_that_swaps_in(place: Place, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    image = drawn([case.word], size=(300, 140), patch=case.colour)
    over = place.painted(image=image, app="KeePassXC", title=case.word, at=(120, 100), mapped=False)
    place.painted(image=drawn([case.harmless], size=(500, 300)), app="Editor", title="notes", at=(60, 80)).activate()
    during_the_grab(monkeypatch, over.show)
    with locked(place) as looking:
        looking.until(after=MOVING)
    case.kept_out()


def test_pictures_that_cannot_be_read(place: Place, case: Case) -> None:
    image = drawn([case.key], size=(620, 140), patch=case.colour)
    place.painted(image=image, app="Viewer", title=case.harmless).activate()
    with locked(place, reader=place.worker(Broken)) as looking:
        looking.until(NEW)
    case.kept_out(case.key)
    assert not case.pictured()
