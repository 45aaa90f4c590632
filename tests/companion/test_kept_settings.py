from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from companion.kept_settings import KeptSettings
from companion.settings import Settings, SettingsError, load, save

AT_START = Settings(first_run_done=True, consent_text=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "settings.toml"
    save(AT_START, made)
    return made


def test_what_somebody_writes_into_the_file_meanwhile_stays(path: Path) -> None:
    kept = KeptSettings(AT_START, path)
    save(replace(AT_START, budget_gb=5.0, exclude_sites=("bank.example",)), path)
    now = kept.save(replace(AT_START, follow_focus=True))
    assert now == load(path) == replace(AT_START, budget_gb=5.0, exclude_sites=("bank.example",), follow_focus=True)
    save(replace(now, hotkey=""), path)
    assert kept.save(replace(now, follow_focus=False)) == replace(now, hotkey="", follow_focus=False)


def test_of_lists_each_keeps_what_it_added_and_took_away(path: Path) -> None:
    before = replace(AT_START, exclude_sites=("one.example", "two.example"))
    save(before, path)
    kept = KeptSettings(before, path)
    save(replace(before, exclude_sites=("one.example", "two.example", "bank.example")), path)
    kept.save(replace(before, exclude_sites=("new.example", "two.example")))
    assert load(path).exclude_sites == ("new.example", "two.example", "bank.example")
    save(replace(before, exclude_sites=("new.example", "bank.example")), path)  # two.example was taken away there
    kept.save(replace(before, exclude_sites=("bank.example", "two.example", "new.example")))
    assert load(path).exclude_sites == ("new.example", "bank.example")


def test_what_was_changed_here_goes_before_what_the_file_says(path: Path) -> None:
    kept = KeptSettings(AT_START, path)
    save(replace(AT_START, consent_text=True, exclude_minutes=9.0), path)
    assert kept.save(replace(AT_START, consent_text=False)).consent_text is False
    assert load(path).exclude_minutes == 9.0


def test_a_file_that_was_spoiled_meanwhile_stays_and_is_told_of(path: Path) -> None:
    kept = KeptSettings(AT_START, path)
    path.write_text("budget_gb = many")
    with pytest.raises(SettingsError, match="cannot be read"):
        kept.save(replace(AT_START, follow_focus=True))
    assert path.read_text() == "budget_gb = many"
    save(replace(AT_START, budget_gb=7.0), path)
    assert kept.save(replace(AT_START, follow_focus=True)) == replace(AT_START, budget_gb=7.0, follow_focus=True)


def test_where_there_is_no_file_all_is_written(path: Path) -> None:
    path.unlink()
    KeptSettings(AT_START, path).save(AT_START)
    assert load(path) == AT_START
