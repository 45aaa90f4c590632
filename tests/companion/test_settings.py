from __future__ import annotations

import os
import stat
from dataclasses import fields, replace
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.settings import SOURCES, Settings, SettingsError, default_vault, load, save, settings_path

BY_TYPE: dict[object, st.SearchStrategy[object]] = {
    str: st.text(),
    bool: st.booleans(),
    float: st.floats(0, 1440),
    dict[str, str]: st.dictionaries(st.text(), st.text(), max_size=4),
    tuple[str, ...]: st.lists(st.text(), max_size=4).map(tuple),
}
WORDS = st.from_regex(r"[\wé .?*-]{0,20}", fullmatch=True).filter(lambda words: not words.strip() or words.strip("*? "))
HOSTS = st.from_regex(r"(?:\*\.)?[a-zü0-9]{1,9}(?:\.[a-z]{2,5}){0,2}", fullmatch=True)
ACCOUNTS = ("work tls smtp.example.org:465 local 2525", "'at home' starttls [::1]:587 local 2526")
CHECKED: dict[str, st.SearchStrategy[object]] = {
    "exclude_titles": st.lists(WORDS, max_size=4).map(tuple),
    "quiet_hours": st.lists(st.sampled_from(["22:00-07:00", "9:00 - 12:30", ""]), max_size=2).map(tuple),
    "notice_rules": st.lists(st.sampled_from(["hold app=slack", "pass sender='Ada L' words=now", " "])).map(tuple),
    "focus_longest_minutes": st.floats(1, 1440),
    "send_accounts": st.lists(st.sampled_from([*ACCOUNTS, " "]), unique=True).map(tuple),
    "send_hold_minutes": st.floats(0.1, 1440),
    "send_threshold": st.floats(0.01, 1),
    "exclude_sites": st.lists(HOSTS | st.sampled_from(["", " ", "https://example.org/a"]), max_size=4).map(tuple),
}
ANY = st.builds(Settings, **({name: BY_TYPE[kind] for name, kind in get_type_hints(Settings).items()} | CHECKED))


@given(chosen=ANY)
@settings(max_examples=200)
def test_what_is_saved_is_loaded(tmp_path_factory: pytest.TempPathFactory, chosen: Settings) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.toml"
    save(chosen, path)
    assert load(path) == chosen


def test_without_a_file_nothing_is_consented_to() -> None:
    assert not settings_path().exists()
    chosen = load()
    assert chosen == Settings()
    assert (chosen.consent_screen, chosen.consent_eeg, chosen.board) == (False, False, "none")
    assert not any(getattr(chosen, source) for source in SOURCES)
    assert not chosen.looks_at_windows


def test_every_consent_is_a_source_with_a_name() -> None:
    assert {field.name for field in fields(Settings) if field.name.startswith("consent_")} == set(SOURCES)
    assert len(set(SOURCES.values())) == len(SOURCES)


@pytest.mark.parametrize("source", SOURCES)
def test_windows_are_looked_at_for_their_pictures_or_their_text(source: str) -> None:
    assert replace(Settings(), **{source: True}).looks_at_windows == (source in {"consent_screen", "consent_text"})


def test_no_site_is_left_out_by_default() -> None:
    assert Settings().exclude_sites == ()


def test_only_the_person_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "settings.toml"
    before = os.umask(0)
    try:
        save(Settings(), path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_write_that_fails_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(board="synthetic"), path)

    def full(self: Path, text: str, encoding: str) -> None:
        with self.open("w", encoding=encoding) as file:
            file.write(text[: len(text) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(SettingsError, match="No space left"):
        save(Settings(board="muse_2"), path)
    monkeypatch.undo()
    assert load(path).board == "synthetic"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('colour = "red"', "`colour` that is not known. Remove it"),
        ('consent_eeg = "yes"', "`consent_eeg` should be true or false, not 'yes'"),
        ("consent_screen = 1", "`consent_screen` should be true or false"),
        ("board = 3", "`board` should be text in quotes, not 3"),
        ("exclude_minutes = true", "`exclude_minutes` should be a number, not True"),
        ("exclude_minutes = -4", "`exclude_minutes` should be 0 to 1440, not -4"),
        ("exclude_minutes = nan", "`exclude_minutes` should be 0 to 1440, not nan"),
        ("exclude_minutes = inf", "`exclude_minutes` should be 0 to 1440, not inf"),
        ("exclude_minutes = 1441", "`exclude_minutes` should be 0 to 1440, not 1441"),
        ('exclude_apps = "firefox"', "`exclude_apps` should be a list of texts"),
        ("exclude_titles = [1, 2]", "`exclude_titles` should be a list of texts"),
        ('exclude_titles = ["bank", "*"]', "`exclude_titles`: “*” fits every title"),
        (f'exclude_titles = ["{"x" * 201}"]', "`exclude_titles`: A pattern can have 200 characters"),
        ('exclude_sites = ["example.org", "my bank"]', "`exclude_sites`: “my bank” is no site. Write its name"),
        ('consent_keys = "no"', "`consent_keys` should be true or false"),
        ("[board_params]\nspeed = 20", "`board_params` should be a table whose values are texts"),
        ("board = ", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_named_with_the_mend(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as raised:
        load(path)
    assert message in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_whole_number_is_a_number_of_minutes(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("exclude_minutes = 3")
    assert load(path).exclude_minutes == 3.0


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="delete it to start from the defaults"):
        load(tmp_path)


def test_the_vault_is_where_the_person_chose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().vault_path == default_vault() == Path(os.environ["COMPANION_VAULT"])
    assert Settings(vault="~/memories").vault_path == Path.home() / "memories"
    monkeypatch.delenv("COMPANION_VAULT")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_vault() == tmp_path / "companion" / "vault"


def test_a_home_that_nobody_has_is_said() -> None:
    with pytest.raises(SettingsError, match=r"The vault cannot be in ~nosuchuser/x.*Write the whole path"):
        _ = Settings(vault="~nosuchuser/x").vault_path


def test_every_setting_is_of_a_kind_the_file_can_hold() -> None:
    assert {get_type_hints(Settings)[field.name] for field in fields(Settings)} <= set(BY_TYPE)
