from __future__ import annotations

import io
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from keyring.backends import fail

from companion import unlocking
from companion.cli import opening
from index.keys.keyfile import WrongSecretError
from index.types import LockedError, VaultError
from index.vault import Vault

PHRASE = "three plain words"


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyring.get_keyring", fail.Keyring)


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that COMPANION_PASSPHRASE_FILE names; it is not there yet."""
    path = tmp_path / "passphrase.txt"
    monkeypatch.setenv("COMPANION_PASSPHRASE_FILE", str(path))
    return path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person types at a terminal, one answer a question."""
    answers: list[str] = []
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: answers.pop(0))
    return answers


def test_a_new_vault_shows_its_recovery_code_once_and_beside_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vault = opening.opened_or_new(tmp_path / "vault")
    told = capsys.readouterr()
    assert told.out == ""
    assert "Write it down" in told.err
    code = told.err.split("Recovery code: ")[1].split()[0]
    assert len(code.split("-")) == 8
    again = opening.opened_or_new(tmp_path / "vault")
    assert again.keys.private == vault.keys.private
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("no_keyring")
def test_a_file_with_the_passphrase_serves_where_there_is_no_keyring(tmp_path: Path, named: Path) -> None:
    named.write_text(f"{PHRASE}\nwhat follows is not part of it\n", encoding="utf-8")
    vault = opening.opened_or_new(tmp_path / "vault")
    assert opening.opened(tmp_path / "vault").keys.private == vault.keys.private
    assert unlocking.unlocked(tmp_path / "vault", ask=lambda: PHRASE).keys.private == vault.keys.private


def test_a_named_passphrase_goes_before_the_keyring(tmp_path: Path, named: Path) -> None:
    named.write_text(PHRASE, encoding="utf-8")
    opening.new(tmp_path / "vault")
    with pytest.raises(LockedError):
        unlocking.unlocked(tmp_path / "vault")


def test_a_file_with_another_passphrase_is_refused(tmp_path: Path, named: Path) -> None:
    unlocking.found(tmp_path / "vault", passphrase=PHRASE)
    named.write_text("three other words", encoding="utf-8")
    with pytest.raises(WrongSecretError, match="not the vault's passphrase"):
        opening.opened(tmp_path / "vault")


@pytest.mark.parametrize("use", [opening.passphrase, opening.new_passphrase])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, r"passphrase\.txt cannot be read .*Mend COMPANION_PASSPHRASE_FILE"),
        (b"\xff\xfe\xff", r"passphrase\.txt cannot be read .*Mend COMPANION_PASSPHRASE_FILE"),
        (b"", r"passphrase\.txt is empty\. Write the passphrase into its first line"),
        (b"\nsecond line", r"passphrase\.txt is empty\. Write the passphrase into its first line"),
    ],
    ids=["missing", "no text", "empty", "empty first line"],
)
def test_a_passphrase_file_that_does_not_serve_is_named(
    named: Path, use: type[object], content: bytes | None, said: str
) -> None:
    if content is not None:
        named.write_bytes(content)
    with pytest.raises(VaultError, match=said):
        use()


def test_a_passphrase_file_that_is_a_folder_is_named(named: Path) -> None:
    named.mkdir()
    with pytest.raises(VaultError, match=r"passphrase\.txt cannot be read .*Mend COMPANION_PASSPHRASE_FILE"):
        opening.passphrase()


def test_without_a_terminal_a_locked_vault_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlocking.found(tmp_path / "vault", passphrase=PHRASE)
    monkeypatch.setattr("sys.stdin", io.StringIO(PHRASE))
    with pytest.raises(LockedError, match=r"no terminal to ask .*COMPANION_PASSPHRASE_FILE"):
        opening.opened(tmp_path / "vault")


@pytest.mark.usefixtures("no_keyring")
def test_with_neither_keyring_nor_terminal_no_vault_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(LockedError, match=r"has no keyring .*COMPANION_PASSPHRASE_FILE"):
        opening.opened_or_new(tmp_path / "vault")
    assert not (tmp_path / "vault").exists()


def test_at_a_terminal_the_passphrase_is_asked_for(tmp_path: Path, terminal: list[str]) -> None:
    made, _ = unlocking.found(tmp_path / "vault", passphrase=PHRASE)
    terminal.append(PHRASE)
    assert opening.opened(tmp_path / "vault").keys.private == made.keys.private
    assert terminal == []


@pytest.mark.usefixtures("no_keyring")
def test_a_new_passphrase_is_typed_until_it_is_twice_the_same(tmp_path: Path, terminal: list[str]) -> None:
    terminal += [PHRASE, "three plain wrods", PHRASE, PHRASE]
    made = opening.new(tmp_path / "vault")
    assert terminal == []
    assert unlocking.unlocked(tmp_path / "vault", ask=lambda: PHRASE).keys.private == made.keys.private


def test_no_new_keys_are_made_beside_a_database(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    vault.create()
    vault.database.write_bytes(b"what was recorded")
    with pytest.raises(VaultError, match=r"keys\.json is gone"):
        opening.opened_or_new(vault.root)


def test_a_command_never_shows_the_code_where_its_answer_goes(tmp_path: Path) -> None:
    @click.command()
    def answer() -> None:
        opening.new(tmp_path / "vault")
        click.echo("the answer")

    done = CliRunner().invoke(answer)
    assert done.stdout == "the answer\n"
    assert "Recovery code" in done.stderr
