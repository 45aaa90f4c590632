from __future__ import annotations

import json
from pathlib import Path

import pytest
from vaults import vault_at

from companion.__main__ import main
from index import changes
from index.types import NewMoment
from index.writer import Writer

BEGIN = 1_772_442_720.0


@pytest.fixture
def memories(tmp_path: Path) -> Path:
    """Three moments with the same word, in different programs and on different sites; there is no text model."""
    (tmp_path / "settings.toml").write_text(f'text_model = "{tmp_path / "nowhere"}"')
    with Writer(vault_at(tmp_path / "vault")) as writer:
        for number, app in enumerate(("firefox", "mail", "firefox")):
            start = BEGIN + 86_400 * number
            new = NewMoment(start, start + 60, app, "Swifts", url=f"https://site{number}.example/")
            moment = writer.do(changes.open_moment, writer.vault, new, None).result()
            writer.do(changes.put_text, moment, "swifts under the roof").result()
    return tmp_path / "vault"


def recalled(capsys: pytest.CaptureFixture[str], *options: str) -> dict[int, list[str]]:
    """Return moments found for the word that all hold, with their tags."""
    capsys.readouterr()
    main(["recall", "swifts", "--json", *options])
    return {hit["id"]: hit["tags"] for hit in json.loads(capsys.readouterr().out)["hits"]}


@pytest.mark.usefixtures("memories")
def test_a_tag_is_shown_found_and_taken_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["tag", "2", " My  Birds "]) == 0
    assert "Given to moment 2: my birds" in capsys.readouterr().out
    assert recalled(capsys) == {1: [], 2: ["my birds"], 3: []}
    assert recalled(capsys, "--tag", "MY BIRDS") == {2: ["my birds"]}
    capsys.readouterr()
    assert main(["recall", "--tag", "my birds"]) == 0
    assert "#my birds" in capsys.readouterr().out
    main(["recall", "swifts"])
    assert "#my birds" in capsys.readouterr().out
    assert main(["tag", "2", "my birds", "--remove"]) == 0
    assert recalled(capsys, "--tag", "my birds") == {}


@pytest.mark.usefixtures("memories")
def test_filters_by_program_site_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(recalled(capsys, "--app", "Firefox")) == {1, 3}
    assert set(recalled(capsys, "--site", "site1.example")) == {2}
    assert set(recalled(capsys, "--since", str(BEGIN + 86_400), "--until", str(BEGIN + 86_500))) == {2}


@pytest.mark.usefixtures("memories")
@pytest.mark.parametrize(
    ("arguments", "mend"),
    [
        (("tag", "77", "birds"), "no moment 77"),
        (("tag", "1", " "), "name of 1 to 100"),
        (("tag", "1", "birds", "--remove"), "has no tag"),
        (("recall", "swifts", "--state-like", "1"), "Moment 1 has no brain state"),
        (("recall", "swifts", "--state-like", "77"), "no moment 77"),
    ],
)
def test_what_cannot_be_says_why(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], mend: str) -> None:
    assert main(list(arguments)) == 2
    assert mend in capsys.readouterr().err
