from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from vaults import vault_at
from whole_vault import TEXTS, files, fill, flip

from companion import unlocking
from companion.__main__ import main
from companion.cli import opening, vault_keys
from companion.cli import vault as vault_command
from companion.cli.root import root
from companion.renewing import gone_on
from index.care.verifying import verify
from index.keys import keyfile, rekeying
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer

DONE, NO, WRONG = 0, 1, 2
Says = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Says:
    """Run a command; returns its exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The usual vault, with a bit of everything in it."""
    with Writer(vault_at(tmp_path / "vault")) as writer:
        fill(writer)
    return tmp_path / "vault"


def code_in(err: str) -> str:
    """Return the recovery code that was shown."""
    return err.split("Recovery code: ")[1].split("\n", maxsplit=1)[0]


def line(path: Path, text: str) -> Path:
    path.write_text(text + "\n")
    return path


def texts(place: Path) -> list[str]:
    with closing(Store(unlocking.unlocked(place))) as store:
        return [row[0] for row in store.rows("SELECT text FROM moments ORDER BY id")]


def test_a_new_vault_shows_its_recovery_code_once_and_a_second_one_is_refused(says: Says, tmp_path: Path) -> None:
    code, out, err = says("vault", "init")
    assert (code, "unlocked by the keyring of your login, the recovery code" in out) == (DONE, True)
    file = keyfile.load(tmp_path / "vault" / "keys.json")
    file.open(keyfile.Way.RECOVERY, keyfile.recovery_secret(code_in(err)))
    code, _, err = says("vault", "init")
    assert (code, "There is a vault at" in err) == (WRONG, True)
    code, _, err = says("recall", "swifts")
    assert (code, "Nothing is recorded in the vault" in err) == (WRONG, True)


def test_a_new_vault_by_passphrase(says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_PASSPHRASE_FILE", str(line(tmp_path / "p", "four green swifts")))
    assert says("vault", "init", "--passphrase")[0] == DONE
    assert keyfile.load(tmp_path / "vault" / "keys.json").ways() == {"passphrase", "recovery"}
    assert says("vault", "verify")[0] == WRONG  # nothing was recorded yet
    Writer(unlocking.unlocked(tmp_path / "vault", ask=lambda: "four green swifts")).close()
    assert says("vault", "verify")[0] == DONE


def test_status_works_while_locked_and_tells_ways_sizes_and_use(
    says: Says, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "get_password", None)  # nobody unlocks
    code, out, _ = says("vault", "status")
    assert (code, "the keyring of your login, the recovery code" in out, "in use" in out) == (DONE, True, True)
    told = json.loads(says("vault", "status", "--json")[1])
    assert (told["ways"], told["in_use"]) == (["keyring", "recovery"], False)
    held = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    assert told["bytes"]["all"] == held
    assert told["bytes"]["frames"] == sum(path.stat().st_size for path in (place / "frames").rglob("*.*"))
    vault = Vault(place)
    vault.claim()
    assert json.loads(says("vault", "status", "--json")[1])["in_use"] is True
    vault.release()


def test_status_of_nothing_says_what_to_do(says: Says) -> None:
    code, _, err = says("vault", "status")
    assert (code, "There is no vault at" in err) == (WRONG, True)


def test_a_passphrase_is_set_changed_and_removed(
    says: Says, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = keyfile.load(place / "keys.json").vault
    first = line(tmp_path / "first", "four green swifts")
    assert says("vault", "passphrase", "--file", first)[0] == DONE
    assert keyring.get_password("companion", name) is None
    monkeypatch.setenv("COMPANION_PASSPHRASE_FILE", str(first))
    second = line(tmp_path / "second", "nine slow kettles")
    assert says("vault", "passphrase", "--file", second)[0] == DONE
    code, _, err = says("vault", "passphrase", "--remove")
    assert (code, "That is not the vault's passphrase." in err) == (WRONG, True)
    monkeypatch.setenv("COMPANION_PASSPHRASE_FILE", str(second))
    code, out, _ = says("vault", "passphrase", "--remove")
    assert (code, "by the keyring of your login" in out, "companion vault rekey" in out) == (DONE, True, True)
    assert texts(place) == list(TEXTS)


def test_a_lost_keyring_is_made_up_for_by_the_recovery_code_once(says: Says, tmp_path: Path) -> None:
    code = code_in(says("vault", "init")[2])
    place = tmp_path / "vault"
    with Writer(unlocking.unlocked(place)) as writer:
        fill(writer)
    keyring.delete_password("companion", keyfile.load(place / "keys.json").vault)
    status, _, err = says("vault", "verify")
    assert (status, "companion vault recover" in err) == (WRONG, True)
    used = line(tmp_path / "code", code.lower())
    status, _, err = says("vault", "recover", "--code-file", used)
    assert (status, code_in(err) != code) == (DONE, True)
    assert texts(place) == list(TEXTS)
    status, _, err = says("vault", "recover", "--code-file", used)
    assert (status, "That is not the vault's recovery code." in err) == (WRONG, True)
    status, _, err = says("vault", "recover")
    assert (status, "--code-file" in err) == (WRONG, True)


def test_recovering_to_a_passphrase(says: Says, tmp_path: Path) -> None:
    used = line(tmp_path / "code", code_in(says("vault", "init")[2]))
    chosen = line(tmp_path / "p", "four green swifts")
    assert says("vault", "recover", "--code-file", used, "--file", chosen)[0] == DONE
    assert keyfile.load(tmp_path / "vault" / "keys.json").ways() == {"passphrase", "recovery"}


def test_a_passphrase_that_is_refused_shows_no_recovery_code(says: Says, tmp_path: Path) -> None:
    used = line(tmp_path / "code", code_in(says("vault", "init")[2]))
    code, _, err = says("vault", "recover", "--code-file", used, "--file", line(tmp_path / "p", "short"))
    assert (code, "at least 8 characters" in err, "Recovery code" in err) == (WRONG, True, False)
    assert says("vault", "recover", "--code-file", used, "--file", line(tmp_path / "q", "long enough"))[0] == DONE


def test_recovering_that_fails_after_the_new_code_was_shown_says_which_counts(
    says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise VaultError("keys.json could not be written.")

    used = line(tmp_path / "code", code_in(says("vault", "init")[2]))
    monkeypatch.setattr(keyfile.KeyFile, "save", full)
    code, _, err = says("vault", "recover", "--code-file", used, "--file", line(tmp_path / "p", "four green swifts"))
    assert (code, "Recovery code" in err, vault_keys.OLD_CODE in err) == (WRONG, True, True)


def test_rekeying_changes_every_key_and_the_old_key_file_opens_nothing(says: Says, place: Path) -> None:
    old = unlocking.unlocked(place)
    old_name = keyfile.load(place / "keys.json").vault
    code, out, err = says("vault", "rekey")
    assert (code, "Every key is new" in out, "Recovery code" in err) == (DONE, True, True)
    assert texts(place) == list(TEXTS)
    assert verify(unlocking.unlocked(place)).clean
    assert keyring.get_password("companion", old_name) is None
    assert {problem.part for problem in verify(old).problems} == {"database"}


def test_rekeying_with_a_passphrase_keeps_it(
    says: Says, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = line(tmp_path / "first", "four green swifts")
    says("vault", "passphrase", "--file", first)
    monkeypatch.setenv("COMPANION_PASSPHRASE_FILE", str(first))
    assert says("vault", "rekey")[0] == DONE
    assert keyfile.load(place / "keys.json").ways() == {"passphrase", "recovery"}
    assert says("vault", "verify")[0] == DONE


def test_rekeying_that_was_broken_off_goes_on_with_the_same_keys(
    says: Says, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise unlocking.VaultError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(rekeying, "_files", full)
        assert says("vault", "rekey")[0] == WRONG
    file = keyfile.load(place / "keys.json")
    assert rekeying.unfinished(unlocking.open_file(file).secrets)
    vault = gone_on(place, unlocking.open_file(file))
    assert verify(vault).clean
    after = unlocking.open_file(keyfile.load(place / "keys.json"))
    assert not rekeying.unfinished(after.secrets)
    assert after.master == unlocking.open_file(file).master


def test_a_passphrase_typed_while_all_keys_were_changed_is_refused(
    says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = vault_at(tmp_path / "vault")

    def meanwhile() -> str:
        assert main(["vault", "rekey"]) == DONE
        return "three plain words"

    monkeypatch.setattr(opening, "new_passphrase", meanwhile)
    code, _, err = says("vault", "passphrase")
    assert code == WRONG
    assert "keys were changed meanwhile, and nothing of this was saved" in err
    assert not rekeying.unfinished(unlocking.open_file(keyfile.load(vault.key_file)).secrets)


def test_keys_are_changed_from_what_they_are_when_the_passphrase_was_typed(
    says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault_at(tmp_path / "vault")
    phrase, told = "three plain words", []
    assert says("vault", "passphrase", "--file", line(tmp_path / "phrase", phrase))[0] == DONE

    def ask() -> str:
        if not told:
            told.append("")
            told.append(says("vault", "rekey")[2])  # in another terminal, while this one waits
        return phrase

    monkeypatch.setattr(opening, "passphrase", ask)
    assert says("vault", "rekey")[0] == DONE
    assert "already recording" in told[1]


def test_a_passphrase_set_while_keys_are_changed_counts(
    says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = vault_at(tmp_path / "vault")
    phrase, real, codes = "three plain words", rekeying._files, []

    def long(*arguments: object) -> None:
        codes.append(main(["vault", "passphrase", "--file", str(line(tmp_path / "phrase", phrase))]))
        real(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(rekeying, "_files", long)
    assert says("vault", "rekey")[0] == DONE
    assert codes == [DONE]
    assert not rekeying.unfinished(unlocking.open_file(keyfile.load(vault.key_file), ask=lambda: phrase).secrets)


def test_rekeying_is_refused_while_the_program_runs(says: Says, place: Path) -> None:
    before = (place / "keys.json").read_bytes()
    with Writer(unlocking.unlocked(place)):
        code, _, err = says("vault", "rekey")
    assert (code, "already recording" in err) == (WRONG, True)
    assert (place / "keys.json").read_bytes() == before


def test_verify_exits_0_when_everything_is_whole_and_1_when_not(says: Says, place: Path) -> None:
    code, out, _ = says("vault", "verify")
    assert (code, "Everything is whole." in out) == (DONE, True)
    flip(files(Vault(place), ".frame")[0])
    code, out, _ = says("vault", "verify")
    assert (code, "1 problem(s)" in out, "companion vault rebuild" in out) == (NO, True, True)
    code, out, _ = says("vault", "verify", "--json")
    told = json.loads(out)
    assert (code, told["clean"], told["problems"][0]["part"]) == (NO, False, "frame")


def test_rebuild_names_what_it_lets_go_of(says: Says, place: Path) -> None:
    flip(files(Vault(place), ".frame")[0])
    code, out, _ = says("vault", "rebuild")
    assert (code, "The picture of moment 1 is gone" in out) == (DONE, True)
    assert says("vault", "verify")[0] == DONE
    assert json.loads(says("vault", "rebuild", "--json")[1])["lost"] == []


@pytest.mark.usefixtures("place")
def test_export_warns_and_writes(says: Says, tmp_path: Path) -> None:
    code, out, err = says("export", tmp_path / "out", "--app", "firefox")
    assert (code, "not encrypted" in err, "2 moments, 2 pictures" in out) == (DONE, True, True)
    assert (tmp_path / "out" / "moments.jsonl").exists()
    code, _, err = says("export", tmp_path / "out")
    assert (code, "not empty" in err) == (WRONG, True)
    told = json.loads(says("export", tmp_path / "other", "--json", "--since", str(time.time()))[1])
    assert (told["moments"], told["recordings"]) == (0, 0)


def test_every_command_of_the_vault_can_be_imported() -> None:
    for name in vault_command.ELSEWHERE:
        assert vault_command.command.get_command(root.make_context("x", ["vault"]), name) is not None
