"""What was not consented to is not kept, and what is not any more ends at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from desktop import wait_until
from privacy_case import Case
from privacy_place import EVERYTHING, NEW, STORED, THIS_RUN, Place
from privacy_program import css
from privacy_window import Painted, drawn

from companion import recording
from companion.looks import Looks
from companion.settings import Settings
from companion.sources import Sources

pytestmark = [pytest.mark.display, pytest.mark.model]

HANDS = "SELECT count(*) FROM hands JOIN moments ON id = moment_id WHERE title = ?"
TYPED = "SELECT count(*) FROM typed JOIN moments ON id = moment_id WHERE title = ?"


@pytest.fixture
def form(place: Place, case: Case) -> str:
    """A program with a word to read and a field to write into; its title is the harmless word."""
    label = ("label", {"text": case.word, "colour": css(case.colour)})
    return place.program("qt").show(case.harmless, label, ("entry", {"text": ""}))


def typing(place: Place, window: str, words: str) -> None:
    place.desktop.run("xdotool", "mousemove", "--window", window, "120", "60", "click", "1")
    place.desktop.run("xdotool", "type", "--delay", "15", words)


def test_without_consent_to_pictures_there_are_none(place: Place, case: Case, form: str) -> None:
    with place.looking(replace(EVERYTHING, consent_screen=False)) as looking:
        looking.until(NEW)
        typing(place, form, "words")
        looking.until(*STORED)
    assert not case.pictured()
    assert case.word in str(case.stored())
    case.word = "nothing else"  # the text was consented to
    case.kept_out()


def test_without_consent_to_text_there_is_none(place: Place, case: Case, form: str) -> None:
    with place.looking(replace(EVERYTHING, consent_text=False, consent_keys=False)) as looking:
        looking.until(NEW)
        typing(place, form, "words")
        looking.until(*STORED)
    assert case.pictured()
    assert [row[3] for row in case.stored()] == [""] * len(case.stored())
    case.colour = (0, 255, 0)  # the picture was consented to
    case.kept_out()


def test_without_consent_to_text_what_is_drawn_is_not_read_into_it(place: Place, case: Case) -> None:
    image = drawn([case.word], size=(320, 120))
    place.painted(image=image, app="Viewer", title=case.harmless).activate()
    with place.looking(replace(EVERYTHING, consent_text=False)) as looking:
        looking.until(NEW)
    assert case.pictured()
    case.kept_out()


def test_without_consent_to_input_nothing_is_counted(place: Place, case: Case, form: str) -> None:
    with place.looking(replace(EVERYTHING, consent_input=False, consent_keys=False)) as looking:
        looking.until(NEW)
        typing(place, form, "words")
        looking.until(*STORED)
    assert place.store.value(HANDS, [case.harmless]) == 0
    assert place.store.value(TYPED, [case.harmless]) == 0
    case.word, case.colour = "nothing else", (0, 255, 0)
    case.kept_out()


def test_without_consent_to_what_is_typed_it_is_counted_alone(place: Place, case: Case, form: str) -> None:
    with place.looking(replace(EVERYTHING, consent_keys=False)) as looking:
        looking.until(NEW)
        typing(place, form, "words")
        wait_until(lambda: place.store.value(HANDS, [case.harmless]), "the count")
        looking.until()
    assert place.store.value(TYPED, [case.harmless]) == 0
    case.word, case.colour = "nothing else", (0, 255, 0)
    case.kept_out()


def test_without_any_consent_nothing_is_looked_at(place: Place, case: Case) -> None:
    looks = Looks(lambda _: None, clock=time.time)
    about = {"moments": place.moments(), "reader": place.reader, "looks": looks, "clock": time.time, "note": place.note}
    for settings in (Settings(), Settings(consent_urls=True, consent_input=True, consent_keys=True)):
        assert recording.keeper(THIS_RUN, settings, **about) is None  # type: ignore[arg-type]
    case.kept_out()


@pytest.fixture
def sources(place: Place) -> Iterator[Sources[None]]:  # type: ignore[type-var]
    """What records by the settings, as the engine has it, on the desktop."""
    with place.entered():
        looks = Looks(lambda some: recording.put_looks(place.writer, place.note, some), clock=time.time)
        keeper = partial(
            recording.keeper,
            THIS_RUN,
            moments=place.moments(),
            reader=place.reader,
            looks=looks,
            clock=time.time,
            note=place.note,
        )
        made: Sources[None] = Sources(  # type: ignore[type-var]
            settings=EVERYTHING,
            clock=time.time,
            make_keeper=keeper,
            make_listening=lambda _: None,
            on_failure=lambda error: place.note("sources", str(error)),
        )
        made.start()
        yield made
        made.stop()
        made.close()


def settled(sources: Sources[None]) -> None:  # type: ignore[type-var]
    """Wait until what was asked for is done."""
    sources._control.submit(lambda: None).result(30.0)


@pytest.fixture
def notes(place: Place, case: Case) -> Painted:
    return place.painted(image=drawn([case.harmless], size=(320, 120)), app="Editor", title="notes").activate()


@pytest.mark.parametrize("consent", ["consent_screen", "consent_text", "both"])
def test_consent_that_is_taken_back_holds_from_then_on(
    place: Place,
    case: Case,
    notes: Painted,
    sources: Sources[None],
    consent: str,  # type: ignore[type-var]
) -> None:
    wait_until(lambda: case.harmless in str(case.stored()), "the first moment")
    taken = ("consent_screen", "consent_text") if consent == "both" else (consent,)
    sources.apply(replace(EVERYTHING, **dict.fromkeys(taken, False)))
    settled(sources)
    notes.show_instead(drawn([case.word], size=(320, 120), patch=case.colour))
    notes.rename(case.harmless)
    keeper = sources.keeper
    assert (keeper is None) == (consent == "both")
    if keeper is not None:
        titles = lambda: [row[1] for row in case.stored()]  # noqa: E731 asked again and again
        wait_until(lambda: keeper.seeing.unseen or case.harmless in titles(), "a look at it")
    sources.stop()
    settled(sources)
    if consent == "consent_text":
        case.colour = (0, 255, 0)  # the picture is still consented to
    case.kept_out()


def test_a_program_that_is_excluded_while_it_is_recorded(
    place: Place,
    case: Case,
    notes: Painted,
    sources: Sources[None],  # type: ignore[type-var]
) -> None:
    wait_until(lambda: case.harmless in str(case.stored()), "the first moment")
    sources.apply(replace(EVERYTHING, exclude_apps=("editor",)))
    settled(sources)
    notes.show_instead(drawn([case.word], size=(320, 120), patch=case.colour))
    notes.rename(case.word)
    wait_until(lambda: sources.keeper is not None and sources.keeper.seeing.kept_out > 1, "a look that is kept out")
    sources.stop()
    settled(sources)
    case.kept_out()


def test_a_pause_sees_nothing(
    place: Place,
    case: Case,
    notes: Painted,
    sources: Sources[None],  # type: ignore[type-var]
) -> None:
    wait_until(lambda: case.harmless in str(case.stored()), "the first moment")
    sources.pause(None)
    settled(sources)
    notes.show_instead(drawn([case.word], size=(320, 120), patch=case.colour))
    notes.rename(case.word)
    time.sleep(0.5)
    notes.show_instead(drawn([case.harmless], size=(320, 120)))
    notes.rename("notes again")
    sources.resume()
    wait_until(lambda: "notes again" in str(case.stored()), "the moment after")
    case.kept_out()
