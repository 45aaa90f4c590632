from __future__ import annotations

import re

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from index.keys.keys import GENERATIONS, Keys, Secrets
from index.keys.sealing import DamagedError

PURPOSES = ("frames", "vectors", "files", "eeg")


def test_every_purpose_has_a_key_of_its_own() -> None:
    keys = Keys.random()
    for sealing in PURPOSES:
        sealed = getattr(keys, sealing).seal(b"x")
        for opening in PURPOSES:
            if opening == sealing:
                assert getattr(keys, opening).open(sealed) == b"x"
            else:
                with pytest.raises(DamagedError):
                    getattr(keys, opening).open(sealed)


def test_the_same_secrets_give_the_same_keys_and_no_other_secrets_do() -> None:
    secrets = Secrets.random()
    one, same, other = Keys.of(secrets), Keys.of(secrets), Keys.random()
    assert one.database == same.database != other.database
    for purpose in PURPOSES:
        sealed = getattr(one, purpose).seal(b"x", b"about")
        assert getattr(same, purpose).open(sealed, b"about") == b"x"
        with pytest.raises(DamagedError):
            getattr(other, purpose).open(sealed, b"about")


def test_the_database_is_given_a_whole_random_key() -> None:
    keys = {Keys.random().database[0] for _ in range(20)}
    assert len(keys) == 20
    assert all(re.fullmatch(r"x'[0-9a-f]{64}'", key) for key in keys)


def test_secrets_survive_being_stored() -> None:
    secrets = Secrets.random().renewed()
    assert Secrets.from_bytes(secrets.to_bytes()) == secrets


def test_the_public_key_belongs_to_the_private_one() -> None:
    secrets = Secrets.random()
    private = X25519PrivateKey.from_private_bytes(secrets.private)
    assert private.public_key().public_bytes_raw() == secrets.public
    assert Keys.of(secrets).private == secrets.private


def test_while_a_change_of_key_is_under_way_both_open_and_the_new_one_seals() -> None:
    before = Secrets.random()
    during = before.renewed()
    after = during.settled()
    old, both, new = Keys.of(before), Keys.of(during), Keys.of(after)
    assert both.database == (new.database[0], old.database[0])
    assert new.database[0] != old.database[0]
    for purpose in ("frames", "vectors", "files"):
        sealed = getattr(old, purpose).seal(b"old")
        resealed = getattr(both, purpose).seal(b"new")
        assert getattr(both, purpose).open(sealed) == b"old"
        assert getattr(new, purpose).open(resealed) == b"new"
        with pytest.raises(DamagedError, match="a key that is gone"):
            getattr(new, purpose).open(sealed)


def test_a_change_of_key_leaves_brain_data_and_the_journal_as_they_are() -> None:
    before = Secrets.random()
    sealed = Keys.of(before).eeg.seal(b"alpha")
    after = before.renewed().settled()
    assert Keys.of(after).eeg.open(sealed) == b"alpha"
    assert after.public == before.public


def test_brain_data_alone_can_be_made_unreadable() -> None:
    before = Secrets.random()
    after = before.without_brain()
    brain, frame = Keys.of(before).eeg.seal(b"alpha"), Keys.of(before).frames.seal(b"screen")
    with pytest.raises(DamagedError, match="a key that is gone"):
        Keys.of(after).eeg.open(brain)
    assert Keys.of(after).frames.open(frame) == b"screen"
    assert Keys.of(after).database == Keys.of(before).database
    assert Keys.of(after).eeg.open(Keys.of(after).eeg.seal(b"beta")) == b"beta"


def test_keys_can_be_changed_more_often_than_generations_have_numbers() -> None:
    secrets = Secrets.random()
    for _ in range(GENERATIONS + 3):
        before, during = secrets, secrets.renewed()
        assert Keys.of(during).files.open(Keys.of(before).files.seal(b"kept")) == b"kept"
        secrets = during.settled()
    assert len(secrets.roots) == 1


def test_no_key_shows_where_keys_are_printed() -> None:
    secrets = Secrets.random()
    told = f"{secrets!r} {Keys.of(secrets)!r}"
    for key in (*secrets.roots.values(), *secrets.eeg.values(), secrets.private):
        assert key.hex() not in told
        assert repr(key) not in told
    assert Keys.of(secrets).database[0] not in told
