from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from index.keys.sealing import HEAD_BYTES, OVERHEAD, TAG_BYTES, AesSealer, DamagedError

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
SEALER = AesSealer({0: OLD}, current=0)


@given(plain=st.binary(max_size=300), about=st.binary(max_size=20))
def test_what_is_sealed_opens_as_it_was(plain: bytes, about: bytes) -> None:
    sealed = SEALER.seal(plain, about)
    assert len(sealed) == len(plain) + OVERHEAD
    assert SEALER.open(sealed, about) == plain


@given(st.binary(min_size=8, max_size=300))
def test_nothing_of_what_is_sealed_is_left_readable(plain: bytes) -> None:
    assert plain not in SEALER.seal(plain)


def test_the_same_is_never_sealed_to_the_same_bytes() -> None:
    sealed = {SEALER.seal(b"twice") for _ in range(50)}
    assert len(sealed) == 50
    assert len({one[HEAD_BYTES:] for one in sealed}) == 50


def test_a_blob_is_what_the_standards_say() -> None:
    sealed = SEALER.seal(b"plain", b"about")
    assert sealed[:6] == b"CMPN\x01\x00"
    key = HKDF(SHA256(), 32, sealed[6:HEAD_BYTES], b"file").derive(OLD)
    assert AESGCM(key).decrypt(bytes(12), sealed[HEAD_BYTES:], b"about") == b"plain"


@given(st.data())
def test_a_flipped_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(SEALER.seal(b"what was said", b"note"))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises(DamagedError):
        SEALER.open(bytes(sealed), b"note")


@given(st.integers(0, 40))
def test_a_blob_that_was_cut_short_is_noticed(length: int) -> None:
    sealed = SEALER.seal(b"12345")
    assert len(sealed) == 43
    with pytest.raises(DamagedError):
        SEALER.open(sealed[:length])


def test_a_blob_that_something_was_added_to_is_noticed() -> None:
    with pytest.raises(DamagedError):
        SEALER.open(SEALER.seal(b"12345") + b"6")


@pytest.mark.parametrize("about", [b"", b"frame 2", b"frame 1 "])
def test_what_a_blob_is_about_is_bound_to_it(about: bytes) -> None:
    sealed = SEALER.seal(b"picture", b"frame 1")
    with pytest.raises(DamagedError, match="belong to another file or key"):
        SEALER.open(sealed, about)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(DamagedError, match="belong to another file or key"):
        AesSealer({0: NEW}, current=0).open(SEALER.seal(b"mine"))


def test_blocks_open_at_their_own_place_only() -> None:
    head = SEALER.new_head()
    blocks = SEALER.blocks(head)
    sealed = [blocks.seal(number, b"block %d" % number, b"x") for number in range(3)]
    assert [len(one) for one in sealed] == [7 + TAG_BYTES] * 3
    again = SEALER.blocks(head)
    assert [again.open(number, one, b"x") for number, one in enumerate(sealed)] == [b"block 0", b"block 1", b"block 2"]
    wrong: list[Callable[[], bytes]] = [
        lambda: again.open(0, sealed[1], b"x"),
        lambda: again.open(1, sealed[1]),
        lambda: again.open(1, sealed[1][:-1], b"x"),
        lambda: again.open(1, b"", b"x"),
        lambda: SEALER.blocks(SEALER.new_head()).open(1, sealed[1], b"x"),
    ]
    for attempt in wrong:
        with pytest.raises(DamagedError):
            attempt()


@pytest.mark.parametrize("head", [b"", b"CMPN\x01\x00", bytes(HEAD_BYTES), b"RIFF" + bytes(18)])
def test_a_file_that_is_none_of_ours_is_said_to_be_none(head: bytes) -> None:
    with pytest.raises(DamagedError, match="no encrypted file of Companion"):
        SEALER.blocks(head)


def test_after_a_change_of_key_the_newest_seals_and_the_older_still_opens() -> None:
    before = SEALER.seal(b"long ago", b"a")
    changed = AesSealer({0: OLD, 1: NEW}, current=1)
    after = changed.seal(b"today", b"a")
    assert changed.open(before, b"a") == b"long ago"
    assert changed.open(after, b"a") == b"today"
    assert (changed.is_current(before[:HEAD_BYTES]), changed.is_current(after[:HEAD_BYTES])) == (False, True)
    with pytest.raises(DamagedError, match="a key that is gone"):
        SEALER.open(after, b"a")
    with pytest.raises(DamagedError, match="a key that is gone"):
        AesSealer({1: NEW}, current=1).open(before, b"a")


def test_a_file_cannot_pass_for_one_of_another_generation() -> None:
    sealed = bytearray(SEALER.seal(b"old"))
    sealed[5] = 1
    with pytest.raises(DamagedError):
        AesSealer({0: OLD, 1: NEW}, current=1).open(bytes(sealed))


@pytest.mark.parametrize(("keys", "current"), [({}, 0), ({0: OLD}, 1), ({0: b"short"}, 0), ({0: OLD, 1: b""}, 0)])
def test_a_sealer_without_whole_keys_is_not_made(keys: dict[int, bytes], current: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AesSealer(keys, current=current)
