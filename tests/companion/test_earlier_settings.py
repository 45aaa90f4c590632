from __future__ import annotations

from pathlib import Path

import pytest

from companion.capture.privacy import Rules
from companion.capture.types import Window
from companion.earlier_settings import _APPS_THEN, _TITLES_THEN
from companion.settings import SOURCES, Settings, load, save


def written(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def listed(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def consents(settings: Settings) -> set[str]:
    return {source for source in SOURCES if getattr(settings, source)}


def test_consent_to_the_screen_was_consent_to_its_text_and_to_no_more(tmp_path: Path) -> None:
    chosen = written(tmp_path, "consent_screen = true\nconsent_eeg = true\nfirst_run_done = true\n")
    assert consents(chosen) == {"consent_screen", "consent_text", "consent_eeg"}


@pytest.mark.parametrize("text", ["", "consent_screen = false", "consent_eeg = true"])
def test_who_did_not_consent_to_the_screen_consents_to_no_text(tmp_path: Path, text: str) -> None:
    assert not written(tmp_path, text).consent_text


def test_text_that_was_switched_off_stays_off(tmp_path: Path) -> None:
    assert consents(written(tmp_path, "consent_screen = true\nconsent_text = false")) == {"consent_screen"}
    path = tmp_path / "settings.toml"
    save(Settings(consent_screen=True), path)
    assert consents(load(path)) == {"consent_screen"}


def test_lists_that_nobody_shortened_get_what_came_since(tmp_path: Path) -> None:
    text = f"exclude_apps = {listed((*_APPS_THEN, 'my-diary'))}\nexclude_titles = {listed((*_TITLES_THEN, 'bank'))}\n"
    chosen = written(tmp_path, text)
    assert chosen.exclude_apps[0] == "my-diary"
    assert len(set(chosen.exclude_apps)) == len(chosen.exclude_apps)
    assert set(chosen.exclude_apps) == {"my-diary", *Settings().exclude_apps}
    assert set(chosen.exclude_titles) == {"bank", *Settings().exclude_titles}
    assert len(set(chosen.exclude_titles)) == len(chosen.exclude_titles)


def test_a_list_that_was_shortened_stays_as_it_is(tmp_path: Path) -> None:
    chosen = written(tmp_path, f"exclude_apps = {listed(_APPS_THEN[1:])}\nexclude_titles = []")
    assert (chosen.exclude_apps, chosen.exclude_titles) == (_APPS_THEN[1:], ())


def test_lists_of_this_version_stay_as_they_are(tmp_path: Path) -> None:
    chosen = written(tmp_path, f"exclude_apps = {listed(_APPS_THEN)}\nexclude_sites = []")
    assert chosen.exclude_apps == _APPS_THEN


@pytest.mark.parametrize("app", _APPS_THEN)
def test_no_program_that_was_left_out_is_looked_at_now(tmp_path: Path, app: str) -> None:
    chosen = written(tmp_path, f"exclude_apps = {listed(_APPS_THEN)}")
    for settings in (chosen, Settings()):
        assert Rules(exclude_apps=settings.exclude_apps).decide(Window(app, "a title", pid=7))


@pytest.mark.parametrize("words", _TITLES_THEN)
def test_no_title_that_was_left_out_is_looked_at_now(words: str) -> None:
    assert Rules(exclude_titles=Settings().exclude_titles).decide(Window("firefox", f"page - {words}", pid=7))
