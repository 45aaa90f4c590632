from __future__ import annotations

import json
import stat
import unicodedata
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from index.keys import erasing, keyfile
from index.keys.keyfile import KeyFile, Opened, Way, WrongSecretError
from index.keys.keys import Secrets
from index.types import VaultError

SECRET = bytes(range(32))
OF_WAY = {
    Way.KEYRING: SECRET,
    Way.RECOVERY: keyfile.recovery_secret("ABCD-EFGH"),
    Way.PASSPHRASE: keyfile.passphrase_secret("correct horse"),
}


@pytest.fixture(scope="module")
def made() -> tuple[KeyFile, Opened]:
    """A key file that each of the ways opens."""
    file, opened = keyfile.new(Secrets.random())
    for way, secret in OF_WAY.items():
        file = file.with_slot(way, secret, opened)
    return file, opened


@pytest.mark.parametrize("way", Way)
def test_each_way_opens_the_same_secrets_after_a_restart(
    tmp_path: Path, made: tuple[KeyFile, Opened], way: Way
) -> None:
    file, opened = made
    file.save(tmp_path / "keys.json")
    read = keyfile.load(tmp_path / "keys.json")
    assert read == file
    assert read.ways() == set(Way)
    assert read.open(way, OF_WAY[way]) == opened
    assert read.public == opened.secrets.public


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (Way.KEYRING, r"keyring's secret does not open this vault.*`companion vault recover`"),
        (Way.PASSPHRASE, "not the vault's passphrase"),
        (Way.RECOVERY, "not the vault's recovery code"),
    ],
)
def test_a_wrong_secret_is_refused_in_a_sentence(made: tuple[KeyFile, Opened], way: Way, said: str) -> None:
    for wrong in (b"", OF_WAY[way] + b"x", OF_WAY[way][:-1]):
        with pytest.raises(WrongSecretError, match=said):
            made[0].open(way, wrong)


def test_the_secret_of_one_way_does_not_open_another(made: tuple[KeyFile, Opened]) -> None:
    with pytest.raises(WrongSecretError):
        made[0].open(Way.RECOVERY, OF_WAY[Way.KEYRING])
    with pytest.raises(WrongSecretError):
        made[0].open(Way.KEYRING, OF_WAY[Way.RECOVERY])


def test_nothing_in_the_file_is_a_secret(tmp_path: Path, made: tuple[KeyFile, Opened]) -> None:
    file, opened = made
    file.save(tmp_path / "keys.json")
    told = (tmp_path / "keys.json").read_bytes()
    secrets = opened.secrets
    for kept in (opened.master, secrets.private, *secrets.roots.values(), *secrets.eeg.values(), *OF_WAY.values()):
        for spelled in (kept, b64encode(kept), kept.hex().encode()):
            assert spelled not in told
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_a_file_that_was_open_to_others_is_closed_when_it_is_written(
    tmp_path: Path, made: tuple[KeyFile, Opened]
) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b"{}")
    path.chmod(0o644)
    made[0].save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


def test_a_disk_that_refuses_leaves_the_file_of_before(tmp_path: Path, made: tuple[KeyFile, Opened]) -> None:
    path = tmp_path / "keys.json"
    made[0].save(path)
    before = path.read_bytes()
    (tmp_path / "keys.json.draft").mkdir()
    with pytest.raises(VaultError, match=r"could not be written .*Is the disk full"):
        made[0].without_slot(Way.KEYRING).save(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "typed",
    [
        "ABIO-B234-WXYZ-QQQQ",
        "abio-b234-wxyz-qqqq",
        "ABIOB234WXYZQQQQ",
        "  abio b234\twxyz qqqq \n",
        "AB10-8234-WXYZ-QQQQ",
        "ab1o--b234-wxyz-QQQQ",
    ],
)
def test_a_recovery_code_typed_sloppily_is_understood(typed: str) -> None:
    assert keyfile.recovery_secret(typed) == keyfile.recovery_secret("ABIO-B234-WXYZ-QQQQ")


def test_recovery_codes_are_long_random_and_of_unmistakable_letters() -> None:
    codes = {keyfile.new_recovery_code() for _ in range(100)}
    assert len(codes) == 100
    for code in codes:
        groups = code.split("-")
        assert [len(group) for group in groups] == [4] * 8
        assert set("".join(groups)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert keyfile.recovery_secret(codes.pop()) != keyfile.recovery_secret(codes.pop())


def test_a_passphrase_is_the_same_however_the_keyboard_composes_it(made: tuple[KeyFile, Opened]) -> None:
    composed, apart = (unicodedata.normalize(form, "Grüße aus Ångström") for form in ("NFC", "NFD"))
    assert composed != apart
    file = made[0].with_slot(Way.PASSPHRASE, keyfile.passphrase_secret(apart), made[1])
    assert file.open(Way.PASSPHRASE, keyfile.passphrase_secret(composed)) == made[1]


def test_a_passphrase_is_made_expensive_to_guess(made: tuple[KeyFile, Opened]) -> None:
    slot = made[0].slots[Way.PASSPHRASE]
    assert (slot["memory_kib"], slot["passes"], slot["lanes"]) == (64 * 1024, 3, 4)
    again = made[0].with_slot(Way.PASSPHRASE, OF_WAY[Way.PASSPHRASE], made[1])
    assert again.slots[Way.PASSPHRASE]["salt"] != slot["salt"]


def test_a_new_passphrase_takes_the_place_of_the_old_one(made: tuple[KeyFile, Opened]) -> None:
    file = made[0].with_slot(Way.PASSPHRASE, keyfile.passphrase_secret("another one"), made[1])
    assert file.open(Way.PASSPHRASE, keyfile.passphrase_secret("another one")) == made[1]
    with pytest.raises(WrongSecretError):
        file.open(Way.PASSPHRASE, OF_WAY[Way.PASSPHRASE])


def test_a_way_that_was_taken_away_opens_nothing(made: tuple[KeyFile, Opened]) -> None:
    file = made[0].without_slot(Way.KEYRING)
    assert file.ways() == {Way.PASSPHRASE, Way.RECOVERY}
    with pytest.raises(WrongSecretError, match="cannot be unlocked by keyring"):
        file.open(Way.KEYRING, SECRET)
    assert file.without_slot(Way.KEYRING) == file


def test_the_last_way_but_the_recovery_code_cannot_be_taken_away(made: tuple[KeyFile, Opened]) -> None:
    last = made[0].without_slot(Way.PASSPHRASE)
    with pytest.raises(ValueError, match="the only way to unlock"):
        last.without_slot(Way.KEYRING)
    assert last.without_slot(Way.RECOVERY).ways() == {Way.KEYRING}
    with pytest.raises(ValueError, match="the only way to unlock"):
        last.without_slot(Way.RECOVERY).without_slot(Way.KEYRING)


def test_other_secrets_are_opened_by_every_way_of_before(made: tuple[KeyFile, Opened]) -> None:
    file, opened = made
    renewed = opened.secrets.renewed()
    changed, now = file.with_secrets(renewed, opened)
    assert now == Opened(opened.master, renewed)
    for way, secret in OF_WAY.items():
        assert changed.open(way, secret).secrets == renewed


def stored(file: KeyFile, path: Path, **changes: Any) -> Path:
    file.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return path


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"7", b"{}", b"\xff\xfe", b'{"version": 1}', b'{"version": 1, "vault": "v"}'],
)
def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    with pytest.raises(VaultError, match=r"keys\.json is damaged\. Bring it back from a backup"):
        keyfile.load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"slots": None},
        {"slots": 3},
        {"slots": {"keyring": 3}},
        {"slots": {"telepathy": {}}},
        {"body": "not base 64!!!x"},
        {"body": 7},
        {"public": None},
    ],
)
def test_a_part_that_is_not_what_it_should_be_is_damage(
    tmp_path: Path, made: tuple[KeyFile, Opened], changes: dict[str, Any]
) -> None:
    path = stored(made[0], tmp_path / "keys.json", **changes)
    with pytest.raises(VaultError, match=r"keys\.json is damaged\. Bring it back from a backup"):
        keyfile.load(path)


@pytest.mark.parametrize("slot", [{}, {"salt": "AAAA"}, {"sealed": "AAAA"}, {"salt": 1, "sealed": "AAAA"}])
@pytest.mark.parametrize("way", Way)
def test_a_damaged_slot_is_damage_and_no_wrong_secret(
    tmp_path: Path, made: tuple[KeyFile, Opened], way: Way, slot: dict[str, Any]
) -> None:
    file = keyfile.load(stored(made[0], tmp_path / "keys.json", slots={way: slot}))
    with pytest.raises(VaultError, match=r"damaged\. Bring keys\.json back from a backup") as refused:
        file.open(way, OF_WAY[way])
    assert not isinstance(refused.value, WrongSecretError)


def test_secrets_of_another_vault_or_a_damaged_body_are_damage(tmp_path: Path, made: tuple[KeyFile, Opened]) -> None:
    other = keyfile.new(Secrets.random())[0]
    for body in (b64encode(other.body).decode(), b64encode(made[0].body[:-1]).decode(), ""):
        file = keyfile.load(stored(made[0], tmp_path / "keys.json", body=body))
        with pytest.raises(VaultError, match=r"damaged\. Bring keys\.json back from a backup"):
            file.open(Way.KEYRING, SECRET)


def test_an_exchanged_public_key_is_noticed(tmp_path: Path, made: tuple[KeyFile, Opened]) -> None:
    file = keyfile.load(stored(made[0], tmp_path / "keys.json", public=b64encode(Secrets.random().public).decode()))
    with pytest.raises(VaultError, match=r"damaged\. Bring keys\.json back from a backup"):
        file.open(Way.KEYRING, SECRET)


def test_a_slot_of_another_vault_opens_nothing(made: tuple[KeyFile, Opened]) -> None:
    other, opened = keyfile.new(Secrets.random())
    slot = other.with_slot(Way.KEYRING, SECRET, opened).slots[Way.KEYRING]
    mixed = KeyFile(made[0].vault, made[0].public, {Way.KEYRING: slot}, made[0].body)
    with pytest.raises(WrongSecretError):
        mixed.open(Way.KEYRING, SECRET)


def test_a_file_of_a_newer_version_asks_for_an_update(tmp_path: Path, made: tuple[KeyFile, Opened]) -> None:
    path = stored(made[0], tmp_path / "keys.json", version=2)
    with pytest.raises(VaultError, match=r"newer version.*Update Companion"):
        keyfile.load(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert not keyfile.exists(tmp_path / "keys.json")
    with pytest.raises(VaultError, match=r"keys\.json cannot be read"):
        keyfile.load(tmp_path / "keys.json")


def test_what_was_chosen_meanwhile_is_there_when_the_file_is_changed(
    tmp_path: Path, made: tuple[KeyFile, Opened]
) -> None:
    path, (file, opened) = tmp_path / "keys.json", made
    file.with_secrets(opened.secrets.without_brain(), opened)[0].without_slot(Way.KEYRING).save(path)
    with keyfile.changing(path, opened) as (now, held):
        now.with_slot(Way.RECOVERY, b"another", held).save(path)
    again = keyfile.load(path)
    assert again.ways() == {Way.PASSPHRASE, Way.RECOVERY}
    assert again.open(Way.RECOVERY, b"another").secrets == held.secrets
    assert held.secrets.eeg != opened.secrets.eeg  # a key that was thrown away does not come back


def test_nothing_is_saved_over_keys_that_are_all_new(tmp_path: Path, made: tuple[KeyFile, Opened]) -> None:
    path = tmp_path / "keys.json"
    file, _ = keyfile.new(Secrets.random())
    file.save(path)
    with pytest.raises(VaultError, match=r"changed meanwhile.*Start again"), keyfile.changing(path, made[1]):
        pytest.fail("another vault's keys would be written here")
    with pytest.raises(VaultError, match=r"changed meanwhile.*Start again"):
        erasing.replace_keys(made[0], path)
    assert keyfile.load(path) == file


def test_a_way_chosen_meanwhile_stays_when_a_key_is_replaced(tmp_path: Path, made: tuple[KeyFile, Opened]) -> None:
    path, (file, opened) = tmp_path / "keys.json", made
    renewed, now = file.with_secrets(opened.secrets.without_brain(), opened)
    file.with_slot(Way.KEYRING, b"another", opened).save(path)
    erasing.replace_keys(renewed, path)
    assert keyfile.load(path).open(Way.KEYRING, b"another") == now


def test_two_do_not_change_the_file_at_once(
    tmp_path: Path, made: tuple[KeyFile, Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "PATIENCE", 0.0)
    path = tmp_path / "keys.json"
    made[0].save(path)
    with keyfile.locked(path), pytest.raises(VaultError, match="Another program is changing"), keyfile.locked(path):
        pytest.fail("it is being changed")
    with keyfile.changing(path, made[1]) as (file, _):
        assert file == made[0]


def test_every_file_that_is_replaced_is_overwritten_where_it_stood(
    tmp_path: Path, made: tuple[KeyFile, Opened]
) -> None:
    path, link = tmp_path / "keys.json", tmp_path / "what the disk holds"
    made[0].save(path)
    link.hardlink_to(path)
    before = path.read_bytes()
    made[0].without_slot(Way.KEYRING).save(path)
    assert not any(before[i : i + 16] in link.read_bytes() for i in range(0, len(before), 16))


def test_whoever_reads_while_the_file_is_replaced_reads_one_of_both(
    tmp_path: Path, made: tuple[KeyFile, Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, replaced = tmp_path / "keys.json", made[0].without_slot(Way.KEYRING)
    made[0].save(path)
    real, waiting = Path.open, [replaced]

    def slow(self: Path, *arguments: Any, **named: Any) -> Any:
        handle = real(self, *arguments, **named)
        if waiting:
            waiting.pop().save(path)  # what was opened is another file by now, and overwritten
        return handle

    monkeypatch.setattr(Path, "open", slow)
    assert keyfile.load(path) == replaced
