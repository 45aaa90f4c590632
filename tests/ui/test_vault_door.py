from __future__ import annotations

from pathlib import Path

import pytest

from companion import unlocking
from companion.brain.types import BoardError
from companion.engine import Engine
from companion.locked.engine import LockedEngine
from companion.settings import Settings
from index.keys import keyfile
from index.keys.keyfile import Way, WrongSecretError
from index.types import LockedError
from ui.bridge import in_background
from ui.options import Options, parse
from ui.vault.door import Door
from ui.vault.vault_door import CHOOSE_ONE, VaultDoor

RIGHT = "seven quiet words"
_door: type[Door] = VaultDoor  # mypy compares them


class Place:
    def __init__(self, root: Path, **options: object) -> None:
        self.root = root
        self.door = VaultDoor(Options(vault=root, **options))  # type: ignore[arg-type]  # any of them
        self.codes: list[str] = []

    def enter(self, passphrase: str = "") -> Engine | LockedEngine:
        engine = self.door.enter(Settings(), passphrase=passphrase, tell_code=self.codes.append)
        assert isinstance(engine, (Engine, LockedEngine))
        return engine

    def enter_and_leave(self, passphrase: str = "") -> type[object]:
        engine = self.enter(passphrase)
        engine.stop()
        return type(engine)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv("COMPANION_PASSPHRASE_FILE", raising=False)
    return Place(tmp_path / "vault")


def test_a_new_vault_is_made_by_the_keyring_and_its_code_told_once(place: Place) -> None:
    assert not place.door.facts(place.root).exists
    assert place.enter_and_leave() is Engine
    assert place.enter_and_leave() is Engine
    (code,) = place.codes
    file = keyfile.load(place.root / "keys.json")
    assert file.open(Way.RECOVERY, keyfile.recovery_secret(code))
    facts = place.door.facts(place.root)
    assert (facts.exists, facts.passphrase, facts.keyring) == (True, False, True)


def test_behind_a_passphrase_it_records_locked_until_that_is_given(place: Place) -> None:
    assert place.enter_and_leave(RIGHT) is Engine
    assert place.door.facts(place.root).passphrase
    locked = place.enter()
    assert isinstance(locked, LockedEngine)
    with pytest.raises(WrongSecretError):
        place.door.unlock(place.root, "another one")
    vault = place.door.unlock(place.root, RIGHT)
    locked.stop()
    place.door.build(Settings(), vault).stop()


def test_two_may_unlock_at_once(place: Place) -> None:
    place.enter_and_leave(RIGHT)
    both = [in_background(lambda: place.door.unlock(place.root, RIGHT), name=f"unlocking-{n}") for n in range(2)]
    assert all(opened.result(timeout=30).keys for opened in both)


def test_told_to_stay_locked_it_does_not_ask_the_keyring(tmp_path: Path) -> None:
    place = Place(tmp_path / "vault")
    place.enter_and_leave()
    locked = Place(tmp_path / "vault", locked=True).enter()
    assert isinstance(locked, LockedEngine)
    locked.stop()


def test_without_a_keyring_a_passphrase_is_asked_for_and_nothing_is_made(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlocking, "has_keyring", lambda: False)
    with pytest.raises(LockedError, match="Choose a passphrase") as refused:
        place.enter()
    assert str(refused.value) == CHOOSE_ONE
    assert not place.root.exists()
    assert place.enter_and_leave(RIGHT) is Engine


def test_no_vault_is_made_for_a_headset_that_is_not_known(tmp_path: Path) -> None:
    place = Place(tmp_path / "vault", board="no such board")
    with pytest.raises(BoardError):
        place.enter()
    assert not place.root.exists()


def test_a_passphrase_in_a_named_file_opens(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.enter_and_leave(RIGHT)
    (tmp_path / "secret").write_text(f"{RIGHT}\n", encoding="utf-8")
    monkeypatch.setenv("COMPANION_PASSPHRASE_FILE", str(tmp_path / "secret"))
    assert place.enter_and_leave() is Engine


def test_a_passphrase_is_set_changed_and_removed(place: Place) -> None:
    place.enter_and_leave()
    place.door.set_passphrase(place.root, "", RIGHT)
    assert place.door.facts(place.root).passphrase
    with pytest.raises(WrongSecretError):
        place.door.set_passphrase(place.root, "another one", "yet another one")
    place.door.set_passphrase(place.root, RIGHT, "yet another one")
    assert place.door.unlock(place.root, "yet another one").keys
    place.door.set_passphrase(place.root, "yet another one", "")
    assert not place.door.facts(place.root).passphrase
    assert place.enter_and_leave() is Engine


def test_a_new_code_ends_the_one_before(place: Place) -> None:
    place.enter_and_leave(RIGHT)
    with pytest.raises(WrongSecretError):
        place.door.new_code(place.root, "another one")
    code = place.door.new_code(place.root, RIGHT)
    file = keyfile.load(place.root / "keys.json")
    assert file.open(Way.RECOVERY, keyfile.recovery_secret(code))
    with pytest.raises(WrongSecretError):
        file.open(Way.RECOVERY, keyfile.recovery_secret(place.codes[0]))


def test_the_same_is_started_again() -> None:
    given = ["--vault", "/v", "--board", "cyton", "--frames", "screen", "--param", "serial_port=COM3"]
    assert parse([*given, "--sidebar", "--locked"]).again() == ["run", *given]
    assert parse(["--locked"]).locked
    assert parse([]).again() == ["run"]
