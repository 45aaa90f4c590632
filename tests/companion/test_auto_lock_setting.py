from __future__ import annotations

from pathlib import Path

import pytest

from companion.settings import Settings, SettingsError, load


def test_nothing_is_locked_by_itself_until_asked_for(tmp_path: Path) -> None:
    assert Settings().auto_lock_minutes == 0
    path = tmp_path / "settings.toml"
    path.write_text("auto_lock_minutes = 15\n", encoding="utf-8")
    assert load(path).auto_lock_minutes == 15.0


@pytest.mark.parametrize("minutes", ["-1", "1441", "inf", "nan"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, minutes: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"auto_lock_minutes = {minutes}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="`auto_lock_minutes` should be 0 to 1440"):
        load(path)
