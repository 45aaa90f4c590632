from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from companion.__main__ import main
from companion.settings import SOURCES, Settings, save


def consents(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    main(["doctor", "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    return {check["part"]: check for check in checks if check["part"].startswith("consent to ")}


def test_doctor_says_of_each_source_whether_it_was_consented_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {check["works"] for check in consents(capsys).values()} == {None}
    save(Settings(consent_text=True, consent_eeg=True), tmp_path / "settings.toml")
    told = consents(capsys)
    assert len(told) == len(SOURCES)
    given = {part for part, check in told.items() if check["works"]}
    assert given == {f"consent to {SOURCES[name]}" for name in ("consent_text", "consent_eeg")}
    assert told["consent to what you type"]["says"] == "Not given: nothing of it is recorded."


def test_a_screen_that_cannot_be_looked_at_is_to_be_mended_for_its_text_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    for settings, works in ((Settings(), None), (Settings(consent_text=True), False)):
        save(settings, tmp_path / "settings.toml")
        capsys.readouterr()
        main(["doctor", "--json"])
        checks = {check["part"]: check["works"] for check in json.loads(capsys.readouterr().out)["checks"]}
        assert checks["screen"] is works


def test_rules_about_programs_are_to_be_mended_where_no_window_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = Settings(follow_focus=True, focus_never_apps=("zoom",), focus_work=("code",))
    for settings, told in ((rules, 1), (replace(rules, consent_text=True), 0), (replace(rules, follow_focus=False), 0)):
        save(settings, tmp_path / "settings.toml")
        capsys.readouterr()
        main(["doctor", "--json"])
        checks = [check for check in json.loads(capsys.readouterr().out)["checks"] if check["part"] == "focus"]
        assert [check["works"] for check in checks] == [False] * told
        assert all("focus_never_apps, focus_work decide nothing" in check["says"] for check in checks)
