"""Programs, titles and windows that say nothing of themselves: none of what they show is looked at."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from privacy_case import Case
from privacy_place import EVERYTHING, NEW, RULE, Place
from privacy_window import drawn

from companion.looks import SAME
from companion.settings import Settings

pytestmark = [pytest.mark.display, pytest.mark.model]


def secret(case: Case, **about: Any) -> dict[str, Any]:
    """Return a window that shows both canaries."""
    return {"image": drawn([case.word], size=(320, 110), patch=case.colour)} | about


def refused(place: Place, case: Case, settings: Settings = EVERYTHING) -> None:
    """Look, and find that a rule keeps everything out."""
    with place.looking(settings) as looking:
        looking.until(RULE)
    case.kept_out()
    assert case.stored() == []
    assert not case.pictured()


def excluding(**rules: tuple[str, ...]) -> Settings:
    return replace(EVERYTHING, **rules)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "app", ["KeePassXC", "keepassxc", "KEEPASSXC", "Bitwarden", "1Password", "org.gnome.World.Secrets"]
)
def test_a_password_manager_is_left_out_by_default(place: Place, case: Case, app: str) -> None:
    place.painted(**secret(case, app=app, title=f"{case.word}.kdbx")).activate()
    refused(place, case)


@pytest.mark.parametrize(
    "app", ["Pinentry-gtk-2", "Gcr-prompter", "polkit-gnome-authentication-agent-1", "ssh-askpass"]
)
def test_what_asks_for_a_password_is_left_out_whatever_the_settings(place: Place, case: Case, app: str) -> None:
    place.painted(**secret(case, app=app, title=case.word)).activate()
    refused(place, case, excluding(exclude_apps=(), exclude_titles=()))


@pytest.mark.parametrize("written", ["Ledger", "ledger", "LEDGER", " ledger ", "ledger.exe"])
def test_a_program_the_person_named_is_left_out_however_it_is_written(place: Place, case: Case, written: str) -> None:
    place.painted(**secret(case, app="Ledger", title=case.word)).activate()
    refused(place, case, excluding(exclude_apps=(written,)))


def test_a_program_the_person_named_is_left_out_by_its_instance(place: Place, case: Case) -> None:
    place.painted(**secret(case, app="Electron", instance="ledger", title=case.word)).activate()
    with place.looking(excluding(exclude_apps=("ledger",))) as looking:
        looking.until()
    case.kept_out()


def test_a_browser_that_does_not_say_whether_it_is_private_is_left_out(place: Place, case: Case) -> None:
    place.painted(**secret(case, app="Google-chrome", title=f"{case.word} - Google Chrome")).activate()
    refused(place, case)


def test_a_program_that_renames_its_window_stays_left_out(place: Place, case: Case) -> None:
    window = place.painted(**secret(case, app="Ledger", title="Ledger"))
    window.activate()
    with place.looking(excluding(exclude_apps=("ledger",))) as looking:
        looking.until(RULE)
        for title in (f"{case.word} - Editor", "Untitled", ""):
            window.rename(title)
            looking.until(RULE)
    case.kept_out()
    assert case.stored() == []


@pytest.mark.parametrize(
    ("pattern", "title"),
    [
        ("privé", "Journal PRIVE de {}"),
        ("naïve café", "NAI\u0308VE CAFE\u0301 {}"),
        ("straße", "Die STRASSE {}"),
        ("invoice*2026", "Invoice of {} from March 2026"),
        ("case ??-17", "CASE ab-17 {}"),
        ("tax", "{}, tax\u00adreturn"),
    ],
)
def test_a_title_is_known_by_accents_case_and_wildcards(place: Place, case: Case, pattern: str, title: str) -> None:
    place.painted(**secret(case, app="Editor", title=title.format(case.word))).activate()
    refused(place, case, excluding(exclude_titles=(pattern,)))


def test_a_title_that_comes_under_a_rule_ends_what_is_kept_of_its_window(place: Place, case: Case) -> None:
    window = place.painted(image=drawn([case.harmless], size=(320, 60)), app="Editor", title="shopping")
    window.activate()
    with place.looking(excluding(exclude_titles=("diary",))) as looking:
        looking.until(NEW)
        window.rename(f"diary of {case.word}")
        looking.until(RULE)
    case.kept_out()
    assert [(row[0], row[1]) for row in case.stored()] == [("Editor", "shopping")]


def test_a_window_that_does_not_say_which_program_it_belongs_to_is_left_out(place: Place, case: Case) -> None:
    place.painted(**secret(case, title=case.word)).activate()
    refused(place, case)


def test_a_window_of_our_own_is_left_out(place: Place, case: Case) -> None:
    place.painted(**secret(case, app="Companion", title=case.word, pid=os.getpid())).activate()
    with place.looking() as looking:
        looking.until("Companion's own window is in front.")
    case.kept_out()
    assert case.stored() == []


def test_a_window_of_our_own_over_another_keeps_that_out(place: Place, case: Case) -> None:
    under = place.painted(image=drawn([case.harmless], size=(320, 110)), app="Editor", title="notes")
    over = place.painted(**secret(case, app="Companion", title=case.word, pid=os.getpid(), at=(80, 100)))
    place.desktop.keep_above(over.name)
    under.activate()
    with place.looking() as looking:
        looking.until("Companion's own window is in front.")
    case.kept_out()
    assert case.stored() == []


def test_an_excluded_program_without_a_process_is_left_out_all_the_same(place: Place, case: Case) -> None:
    window = place.painted(**secret(case, app="KeePassXC", title=case.word, pid=0))
    window.activate()
    refused(place, case)


def test_a_minimised_window_of_an_excluded_program_is_not_seen(place: Place, case: Case) -> None:
    shown = place.painted(image=drawn([case.harmless], size=(320, 110)), app="Editor", title="notes")
    hidden = place.painted(**secret(case, app="KeePassXC", title=case.word))
    hidden.activate()
    with place.looking() as looking:
        looking.until(RULE)
        place.desktop.run("xdotool", "windowminimize", "--sync", hidden.name)
        shown.activate()
        looking.until(NEW)
    case.kept_out()
    assert case.pictured()


def test_an_excluded_window_on_another_desktop_is_not_seen(place: Place, case: Case) -> None:
    away = place.painted(**secret(case, app="KeePassXC", title=case.word))
    away.activate()
    place.desktop.ask_manager(away.name, "_NET_WM_DESKTOP", 1)
    place.painted(image=drawn([case.harmless], size=(320, 110)), app="Editor", title="notes").activate()
    with place.looking() as looking:
        looking.until(NEW)
        place.desktop.run("xdotool", "set_desktop", "1")
        away.activate()
        looking.until(RULE)
    place.desktop.run("xdotool", "set_desktop", "0")
    case.kept_out()
    assert case.pictured()


def test_a_fullscreen_window_of_an_excluded_program_is_not_seen(place: Place, case: Case) -> None:
    place.painted(image=drawn([case.harmless], size=(320, 110)), app="Editor", title="notes")
    window = place.painted(image=case.colour, size=(1280, 800), app="KeePassXC", title=case.word)
    window.activate()
    place.desktop.ask_manager(window.name, "_NET_WM_STATE", 1, "_NET_WM_STATE_FULLSCREEN")
    refused(place, case)


def test_what_is_typed_into_an_excluded_program_is_not_counted(place: Place, case: Case) -> None:
    allowed = place.painted(image=drawn([case.harmless], size=(320, 110)), app="Editor", title="notes")
    window = place.painted(**secret(case, app="KeePassXC", title=case.word, at=(500, 60)))
    window.activate()
    with place.looking() as looking:
        looking.until(RULE)
        place.desktop.run("xdotool", "key", "h", "u", "n", "t", "e", "r", "2")
        looking.until(RULE)
        place.desktop.run("xdotool", "key", "s", "e", "c")
        allowed.activate()
        looking.until(NEW, SAME)
    case.kept_out()
    keys = "SELECT coalesce(sum(keys), 0) FROM hands JOIN moments ON id = moment_id WHERE title = 'notes'"
    assert place.store.value(keys) == 0
