from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from whole_vault import SPACE, TEXTS, files, fill, flip, signal

from index.care.verifying import verify
from index.keys import keyfile, mail_files, rekeying
from index.keys.keyfile import KeyFile, Opened, Way
from index.keys.keys import Keys, Secrets
from index.keys.mail_files import bound_to
from index.signals.bdf import BdfFile
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import RecordingError, VaultError
from index.vault import Vault
from index.writer import Writer

SECRET = b"s" * 32
MAILS = ("aa.held", "aa.note", "bb.sent")
STEPS = ("_database", "_vectors", "_files", "_frames", "_recording", "_sync_folders", "_mails")


class StoppedError(Exception):
    """The computer was switched off."""


@pytest.fixture
def old(tmp_path: Path) -> Vault:
    vault = Vault(tmp_path / "vault", Keys.of(Secrets.random()))
    vault.create()
    file, opened = keyfile.new(Secrets.random())
    file.with_slot(Way.RECOVERY, SECRET, opened).save(vault.key_file)
    vault = opened_vault(vault.root)
    with Writer(vault) as writer:
        fill(writer)
        store = Store(vault)
        vectors = Vectors(store, hot_rows=2)
        while vectors.merge():
            pass
        store.close()
    (vault.root / "learning").mkdir()
    (vault.root / "learning" / "plan").write_bytes(vault.keys.files.seal(b"a round", b"plan"))
    vault.mails.mkdir()
    (vault.mails / "queue.lock").touch()
    for name in MAILS:
        (vault.mails / name).write_bytes(vault.keys.files.seal(name.encode(), bound_to(vault.mails / name)))
    return vault


def load(root: Path) -> tuple[KeyFile, Opened]:
    file = keyfile.load(root / "keys.json")
    return file, file.open(Way.RECOVERY, SECRET)


def opened_vault(root: Path) -> Vault:
    return Vault(root, Keys.of(load(root)[1].secrets))


def begin(root: Path) -> None:
    """Save a key file that has new keys beside the old ones."""
    _, opened = load(root)
    file, opened = keyfile.new(rekeying.renewed(opened.secrets, journal_empty=True))
    file.with_slot(Way.RECOVERY, SECRET, opened).save(root / "keys.json")


def assert_all_there(vault: Vault) -> None:
    found = verify(vault)
    assert found.clean, found.problems
    assert found.checked["frames"] == len(TEXTS)
    store = Store(vault)
    assert [row[0] for row in store.rows("SELECT text FROM moments ORDER BY id")] == list(TEXTS)
    vector = store.matrices([1], SPACE)[1][0]
    assert next(iter(Vectors(store).search(SPACE, vector, 1))) == 1
    store.close()
    (path,) = files(vault, ".bdf")
    file = BdfFile(path, vault.keys.eeg)
    np.testing.assert_array_equal(file.read(0, file.samples), signal())
    plan = vault.keys.files.open((vault.root / "learning" / "plan").read_bytes(), b"plan")
    assert plan == b"a round"
    for name in MAILS:
        assert mail_files.opened(vault.mails / name, vault.keys.files) == name.encode()


def test_everything_is_encrypted_with_new_keys_and_nothing_with_the_old(old: Vault) -> None:
    assert files(old, ".quantizer")
    begin(old.root)
    rekeying.finish(old.root, load(old.root)[1])
    after = load(old.root)[1].secrets
    assert (len(after.roots), len(after.eeg), rekeying.unfinished(after)) == (1, 1, False)
    assert_all_there(opened_vault(old.root))
    sealed = [path for name in (".frame", ".small", ".bdf", ".manifest", ".quantizer") for path in files(old, name)]
    new = Keys.of(after)
    assert all(new.frames.is_current(path.read_bytes()) for path in sealed)
    with pytest.raises(VaultError):
        Store(old).count()
    assert Keys.of(after).private != old.keys.private


def test_what_was_recorded_while_locked_keeps_its_key_until_it_is_taken_in(old: Vault) -> None:
    secrets = load(old.root)[1].secrets
    assert rekeying.renewed(secrets, journal_empty=False).private == secrets.private
    assert rekeying.renewed(secrets, journal_empty=True).private != secrets.private


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_change_of_keys_that_was_broken_off_anywhere_goes_on(
    old: Vault, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    begin(old.root)
    real, calls = getattr(rekeying, step), []

    def stop(*arguments: object) -> None:
        calls.append(1)
        if when == "after" or len(calls) > 1:  # in the midst of several files
            real(*arguments)
        if len(calls) == (1 if step.startswith(("_d", "_v", "_fi", "_fr", "_m")) else 2):
            raise StoppedError

    with monkeypatch.context() as patch:
        patch.setattr(rekeying, step, stop)
        if step == "_recording":  # there is but one
            calls.append(1)
        with pytest.raises(StoppedError):
            rekeying.finish(old.root, load(old.root)[1])
    assert rekeying.unfinished(load(old.root)[1].secrets)
    assert_all_there(opened_vault(old.root))
    rekeying.finish(old.root, load(old.root)[1])
    assert not rekeying.unfinished(load(old.root)[1].secrets)
    assert_all_there(opened_vault(old.root))


def told(vault: Vault) -> list[str]:
    store = Store(vault)
    found = [incident.what for incident in store.incidents()]
    store.close()
    return found


def test_a_picture_that_cannot_be_opened_is_named_and_keeps_nobody_from_recording(old: Vault) -> None:
    damaged = files(old, ".frame")[1]
    flip(damaged)
    raw = damaged.read_bytes()
    begin(old.root)
    rekeying.finish(old.root, load(old.root)[1], clock=lambda: 7.0)
    assert not rekeying.unfinished(load(old.root)[1].secrets)
    (what,) = told(opened_vault(old.root))
    assert "2.frame could not be opened when the keys were changed" in what
    assert damaged.read_bytes() == raw
    assert len(verify(opened_vault(old.root)).problems) == 1


def test_a_recording_with_a_damaged_record_keeps_every_other(old: Vault) -> None:
    (path,) = files(old, ".bdf")
    flip(path, at=path.stat().st_size // 2)
    size = path.stat().st_size
    begin(old.root)
    rekeying.finish(old.root, load(old.root)[1])
    new = opened_vault(old.root)
    file = BdfFile(path, new.keys.eeg)
    assert (path.stat().st_size, told(new)) == (size, [])
    whole, lost = [], 0
    for second in range(12):
        at = slice(second * 64, second * 64 + 64)
        try:
            whole.append(np.array_equal(file.read(at.start, at.stop), signal()[:, at]))
        except RecordingError:
            lost += 1
    assert (lost, whole) == (1, [True] * 11)


def test_the_last_record_damaged_leaves_a_recording_as_long_as_it_was(old: Vault) -> None:
    (path,) = files(old, ".bdf")
    flip(path, at=path.stat().st_size - 5)
    size = path.stat().st_size
    begin(old.root)
    rekeying.finish(old.root, load(old.root)[1])
    file = BdfFile(path, opened_vault(old.root).keys.eeg)
    assert path.stat().st_size == size
    with pytest.raises(RecordingError):
        _ = file.samples


def test_what_nobody_can_open_is_left_removed_or_copied_by_what_it_is(old: Vault) -> None:
    (path,) = files(old, ".bdf")
    flip(path, at=40)  # the header
    learning = old.root / "learning" / "plan"
    flip(learning)
    (old.eeg / "empty.bdf").touch()  # a power cut just after it was made
    kept = old.eeg / "y.bdf.damaged"
    kept.write_bytes(old.keys.eeg.seal(b"what upgrading could not read", kept.name.encode()))
    begin(old.root)
    rekeying.finish(old.root, load(old.root)[1])
    assert not rekeying.unfinished(load(old.root)[1].secrets)
    new = opened_vault(old.root)
    assert [what.split()[0] for what in told(new)] == [f"eeg/{path.name}"]
    assert path.exists()
    assert not learning.exists()
    assert not (old.eeg / "empty.bdf").exists()
    assert new.keys.eeg.open(kept.read_bytes(), kept.name.encode()) == b"what upgrading could not read"
