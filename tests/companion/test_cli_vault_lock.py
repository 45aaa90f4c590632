from __future__ import annotations

from pathlib import Path

import pytest
from vaults import vault_at

from companion import unlocking
from companion.__main__ import main
from index.writer import Writer

DONE, WRONG = 0, 2


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A vault that opens by the keyring."""
    Writer(vault_at(tmp_path / "vault")).close()
    return tmp_path / "vault"


@pytest.mark.parametrize("command", ["lock", "unlock"])
def test_where_there_is_no_vault_that_is_said(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vault", command, "--vault", str(tmp_path / "elsewhere")]) == WRONG
    assert "There is no vault at" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["lock", "unlock"])
def test_a_vault_without_a_passphrase_is_never_called_locked(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["vault", command, "--vault", str(place)]) == DONE
    told = capsys.readouterr().out
    assert told.startswith(f"No program is recording to {place}.")
    assert "no passphrase: it opens for whoever is logged in" in told


def test_one_with_a_passphrase_is_locked_while_nobody_has_its_keys(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "passphrase"
    file.write_text("four green swifts\n")
    monkeypatch.setenv("COMPANION_PASSPHRASE_FILE", str(file))
    unlocking.change_way(place, unlocking.open_file(unlocking.key_file(place)), "four green swifts")
    assert main(["vault", "lock", "--vault", str(place)]) == DONE
    assert "The vault is locked: it opens by its passphrase." in capsys.readouterr().out
    assert main(["vault", "unlock", "--vault", str(place)]) == DONE
    assert "The passphrase is right" in capsys.readouterr().out
    file.write_text("three red swallows\n")
    assert main(["vault", "unlock", "--vault", str(place)]) == WRONG
