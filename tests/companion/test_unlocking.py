from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail
from keyring.errors import KeyringLocked, PasswordSetError

from companion import renewing, unlocking
from index.keys import keyfile
from index.keys.keyfile import Way, WrongSecretError
from index.types import LockedError, VaultError
from index.vault import Vault

PHRASE = "three plain words"


def never() -> str:
    raise AssertionError("nobody is asked")


def same_keys(one: Vault, other: Vault) -> bool:
    return one.keys.database == other.keys.database and one.keys.private == other.keys.private


def secret_of(vault: Vault) -> str | None:
    return keyring.get_password(unlocking.SERVICE, keyfile.load(vault.key_file).vault)


class OtherKeyring(KeyringBackend):
    """A keyring that may be weak, closed or stubborn."""

    priority = 5.0  # type: ignore[assignment] # its base class has a property for classes

    def __init__(self, error: Exception | None = None, priority: float = 5.0) -> None:
        super().__init__()
        self.error = error
        self.priority = priority  # type: ignore[method-assign,assignment] # as above
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.error:
            raise self.error
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.error:
            raise self.error
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[KeyringBackend], None]:
    """What makes another keyring that of the system."""
    before = keyring.get_keyring()

    def change(backend: KeyringBackend) -> None:
        keyring.set_keyring(backend)

    monkeypatch.setattr("keyring.core._keyring_backend", before)  # set back at the end
    return change


def test_a_new_vault_is_opened_by_the_keyring_of_whoever_is_logged_in(tmp_path: Path) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    again = unlocking.unlocked(vault.root, ask=never)
    assert same_keys(vault, again)
    assert keyfile.load(vault.key_file).ways() == {Way.KEYRING, Way.RECOVERY}


def test_the_recovery_code_opens_a_vault_that_the_keyring_forgot(tmp_path: Path) -> None:
    vault, code = unlocking.found(tmp_path / "vault")
    file = keyfile.load(vault.key_file)
    unlocking.forget_secret(file.vault)
    with pytest.raises(LockedError, match=r"Log in to your desktop .*`companion vault recover`"):
        unlocking.unlocked(vault.root, ask=never)
    opened = file.open(Way.RECOVERY, keyfile.recovery_secret(code.lower().replace("-", " ")))
    assert opened.secrets.private == vault.keys.private


def test_the_recovery_code_is_kept_nowhere(tmp_path: Path) -> None:
    vault, code = unlocking.found(tmp_path / "vault")
    for spelled in (code, code.replace("-", "")):
        for path in vault.root.rglob("*"):
            assert path.is_dir() or spelled.encode() not in path.read_bytes()
        assert spelled not in str(secret_of(vault))


def test_a_vault_with_a_passphrase_is_opened_by_it_alone(tmp_path: Path) -> None:
    vault, _ = unlocking.found(tmp_path / "vault", passphrase=PHRASE)
    assert secret_of(vault) is None
    assert keyfile.load(vault.key_file).ways() == {Way.PASSPHRASE, Way.RECOVERY}
    assert same_keys(vault, unlocking.unlocked(vault.root, ask=lambda: PHRASE))
    with pytest.raises(WrongSecretError, match="not the vault's passphrase"):
        unlocking.unlocked(vault.root, ask=PHRASE.upper)
    with pytest.raises(LockedError, match=r"`companion vault unlock`"):
        unlocking.unlocked(vault.root)


def test_a_passphrase_takes_the_place_of_the_keyring(tmp_path: Path) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    file = keyfile.load(vault.key_file)
    changed = unlocking.with_way(file, unlocking.open_file(file), PHRASE)
    assert secret_of(vault) is not None  # until the file is saved, nothing else opens the vault
    changed.save(vault.key_file)
    unlocking.forget_secret(file.vault)
    assert secret_of(vault) is None
    assert changed.ways() == {Way.PASSPHRASE, Way.RECOVERY}
    assert same_keys(vault, unlocking.unlocked(vault.root, ask=lambda: PHRASE))


def test_a_secret_left_in_the_keyring_does_not_open_a_vault_with_a_passphrase(tmp_path: Path) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    file = keyfile.load(vault.key_file)
    unlocking.with_way(file, unlocking.open_file(file), PHRASE).save(vault.key_file)
    assert secret_of(vault) is not None
    with pytest.raises(LockedError):
        unlocking.unlocked(vault.root)


def test_the_keyring_takes_the_place_of_a_passphrase(tmp_path: Path) -> None:
    vault, _ = unlocking.found(tmp_path / "vault", passphrase=PHRASE)
    file = keyfile.load(vault.key_file)
    opened = unlocking.open_file(file, ask=lambda: PHRASE)
    unlocking.with_way(file, opened, None).save(vault.key_file)
    assert same_keys(vault, unlocking.unlocked(vault.root, ask=never))
    with pytest.raises(WrongSecretError, match="cannot be unlocked by passphrase"):
        keyfile.load(vault.key_file).open(Way.PASSPHRASE, keyfile.passphrase_secret(PHRASE))


@pytest.mark.parametrize("short", ["", "1234567"])
def test_a_short_passphrase_is_refused_and_leaves_no_key_file(tmp_path: Path, short: str) -> None:
    with pytest.raises(VaultError, match="at least 8 characters; a few words are best"):
        unlocking.found(tmp_path / "vault", passphrase=short)
    assert not (tmp_path / "vault" / "keys.json").exists()
    unlocking.found(tmp_path / "vault", passphrase=f"{short:8}")


def test_a_vault_is_never_made_over_another(tmp_path: Path) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    before = vault.key_file.read_bytes()
    with pytest.raises(VaultError, match="There is a vault"):
        unlocking.found(vault.root)
    assert vault.key_file.read_bytes() == before


def test_new_keys_are_never_made_for_a_database_that_lost_its_own(tmp_path: Path) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    vault.database.write_bytes(b"what was recorded")
    vault.key_file.unlink()
    for attempt in (unlocking.found, unlocking.unlocked, renewing.unlocked_to_write):
        with pytest.raises(VaultError, match=r"keys\.json is gone\. Bring it back from a backup"):
            attempt(vault.root)
    assert not vault.key_file.exists()


def test_a_vault_of_an_older_version_is_told_from_one_that_lost_its_keys(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    vault.create()
    with closing(sqlite3.connect(vault.database)) as db:
        db.execute("CREATE TABLE moments (id INTEGER PRIMARY KEY)")
    for attempt in (unlocking.unlocked, renewing.unlocked_to_write):
        with pytest.raises(VaultError, match=r"older version, not encrypted\. `companion run` encrypts it"):
            attempt(vault.root)


def test_where_there_is_no_vault_nothing_is_made_by_opening_it(tmp_path: Path) -> None:
    for attempt in (unlocking.unlocked, renewing.unlocked_to_write):
        with pytest.raises(VaultError, match="There is no vault"):
            attempt(tmp_path / "vault")
    assert not (tmp_path / "vault").exists()


def weak() -> KeyringBackend:
    return OtherKeyring(priority=0.5)


class WeakChain(chainer.ChainerBackend):
    """Several plain files behind each other, which `keyring` rates above everything."""

    backends = (OtherKeyring(priority=0.6), OtherKeyring(priority=0.5))
    priority = 10.0


@pytest.mark.parametrize("backend", [fail.Keyring, weak, WeakChain], ids=["none", "plain file", "chain of plain files"])
def test_without_a_keyring_that_encrypts_a_passphrase_is_asked_for_instead(
    tmp_path: Path, use: Callable[[KeyringBackend], None], backend: Callable[[], KeyringBackend]
) -> None:
    use(backend())
    assert not unlocking.has_keyring()
    with pytest.raises(LockedError, match=r"has no keyring .*`companion vault init`.*COMPANION_PASSPHRASE_FILE"):
        unlocking.found(tmp_path / "vault")
    assert not (tmp_path / "vault").exists()
    vault, _ = unlocking.found(tmp_path / "vault", passphrase=PHRASE)
    assert same_keys(vault, unlocking.unlocked(vault.root, ask=lambda: PHRASE))


def test_a_keyring_behind_which_lie_weaker_ones_is_a_keyring(use: Callable[[KeyringBackend], None]) -> None:
    class Chain(WeakChain):
        backends = (OtherKeyring(priority=5.0), OtherKeyring(priority=0.5))

    use(Chain())
    assert unlocking.has_keyring()


def test_a_vault_of_the_keyring_says_so_where_the_keyring_is_gone(
    tmp_path: Path, use: Callable[[KeyringBackend], None]
) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    use(fail.Keyring())
    with pytest.raises(LockedError, match=r"keyring does not give the vault's key.*`companion vault recover`"):
        unlocking.unlocked(vault.root, ask=never)


def test_a_keyring_that_stays_closed_says_so(tmp_path: Path, use: Callable[[KeyringBackend], None]) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    use(OtherKeyring(KeyringLocked("dismissed")))
    with pytest.raises(LockedError, match=r"did not open \(dismissed\)\. Unlock it, or log in again"):
        unlocking.unlocked(vault.root)


def test_a_passphrase_holds_where_the_keyring_that_is_not_needed_any_more_stays_closed(
    tmp_path: Path, use: Callable[[KeyringBackend], None]
) -> None:
    vault, code = unlocking.found(tmp_path / "vault")
    use(OtherKeyring(KeyringLocked("dismissed")))
    opened = keyfile.load(vault.key_file).open(Way.RECOVERY, keyfile.recovery_secret(code))
    unlocking.change_way(vault.root, opened, PHRASE)
    assert same_keys(vault, unlocking.unlocked(vault.root, ask=lambda: PHRASE))


def test_a_vault_of_a_passphrase_asks_the_keyring_for_nothing(
    tmp_path: Path, use: Callable[[KeyringBackend], None]
) -> None:
    vault, _ = unlocking.found(tmp_path / "vault", passphrase=PHRASE)
    use(OtherKeyring(AssertionError("the person is not asked to open it")))
    opened = unlocking.open_file(keyfile.load(vault.key_file), ask=lambda: PHRASE)
    unlocking.change_way(vault.root, opened, "other plain words")
    assert same_keys(vault, unlocking.unlocked(vault.root, ask=lambda: "other plain words"))


def test_a_keyring_that_takes_nothing_leaves_no_vault_nobody_can_open(
    tmp_path: Path, use: Callable[[KeyringBackend], None]
) -> None:
    use(OtherKeyring(PasswordSetError("full")))
    with pytest.raises(LockedError, match=r"did not take the vault's key \(full\)"):
        unlocking.found(tmp_path / "vault")
    assert not (tmp_path / "vault" / "keys.json").exists()


@pytest.mark.parametrize("kept", ["", "A", "not base 64", "AAAA"])
def test_a_secret_that_is_not_the_vaults_is_refused(tmp_path: Path, kept: str) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    keyring.set_password(unlocking.SERVICE, keyfile.load(vault.key_file).vault, kept)
    with pytest.raises(WrongSecretError, match=r"`companion vault recover`"):
        unlocking.unlocked(vault.root)


def test_every_vault_has_a_secret_of_its_own(tmp_path: Path) -> None:
    one, other = (unlocking.found(tmp_path / name)[0] for name in ("one", "other"))
    assert secret_of(one) != secret_of(other)
    unlocking.forget_secret(keyfile.load(one.key_file).vault)
    assert secret_of(other) is not None
    unlocking.forget_secret(keyfile.load(one.key_file).vault)  # there is nothing left to forget


def full(*_: object) -> None:
    raise VaultError("keys.json could not be written. Is the disk full?")


def test_a_full_disk_leaves_a_vault_of_the_keyring_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    opened = unlocking.open_file(keyfile.load(vault.key_file))
    with monkeypatch.context() as patch:
        patch.setattr(keyfile.KeyFile, "save", full)
        for chosen in (None, PHRASE):
            with pytest.raises(VaultError, match="disk full"):
                unlocking.change_way(vault.root, opened, chosen)
    assert same_keys(vault, unlocking.unlocked(vault.root, ask=never))


@pytest.mark.parametrize("kept", ["A", "AAAA", None])
def test_a_secret_of_the_keyring_that_opens_nothing_is_replaced(tmp_path: Path, kept: str | None) -> None:
    vault, _ = unlocking.found(tmp_path / "vault")
    file = keyfile.load(vault.key_file)
    opened = unlocking.open_file(file)
    unlocking.forget_secret(file.vault)
    if kept is not None:
        keyring.set_password(unlocking.SERVICE, file.vault, kept)
    unlocking.change_way(vault.root, opened, None)
    assert same_keys(vault, unlocking.unlocked(vault.root, ask=never))


def test_of_two_programs_that_make_a_vault_at_once_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, made, names = unlocking._remember, [], []

    def slow(name: str, secret: bytes) -> None:
        names.append(name)
        if len(names) == 1:  # the keyring asks to be unlocked, and the program is started once more
            made.append(unlocking.found(tmp_path / "vault"))
        real(name, secret)

    monkeypatch.setattr(unlocking, "_remember", slow)
    with pytest.raises(VaultError, match=r"There is a vault .* already"):
        unlocking.found(tmp_path / "vault")
    ((vault, code),) = made
    assert same_keys(vault, unlocking.unlocked(vault.root, ask=never))
    assert keyfile.load(vault.key_file).open(Way.RECOVERY, keyfile.recovery_secret(code))
    assert keyring.get_password(unlocking.SERVICE, names[0]) is None
