"""Damage, crashes and full disks where spaces are beyond what memory holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from large_spaces import COUNT, SPACE, Life, insert, made, rows_on_disk, settle

from index.spaces import segments
from index.spaces.segments import Segment
from index.types import VaultError


def flip(file: Path) -> None:
    blob = bytearray(file.read_bytes())
    blob[len(blob) // 2] ^= 1
    file.write_bytes(blob)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def empty(file: Path) -> None:
    file.write_bytes(b"")


DAMAGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    f"{how.__name__} {ending}": (ending, how)
    for ending in (".segment", ".quantizer", ".manifest")
    for how in (flip, cut, empty, Path.unlink)
}


@pytest.mark.parametrize(("ending", "damage"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_left_out_of_answers_and_built_again_from_the_database(
    life: Life, ending: str, damage: Callable[[Path], None]
) -> None:
    for file in life.files(ending):
        damage(file)
    vectors = life.open()
    query = life.vectors[COUNT - 1]
    for _ in range(3):
        assert next(iter(vectors.search(SPACE, query, 1))) == COUNT  # what is whole answers
    vectors.verify()
    assert vectors.rebuilding == (SPACE,)
    done, total = vectors.progress()
    assert done < total == COUNT
    settle(vectors)
    assert vectors.rebuilding == ()
    assert life.recall(vectors) >= 0.95
    assert life.open().verify() == []


def test_damage_that_comes_while_it_is_open_is_found_by_a_question(life: Life) -> None:
    vectors = life.open()
    assert life.recall(vectors) >= 0.95
    (file,) = life.files(".segment")
    blob = file.read_bytes()
    with file.open("r+b") as opened:  # the same file, as the open segment sees it
        opened.write(bytes(len(blob) // 2))
    vectors.search(SPACE, made(1)[0], 10)
    assert vectors.rebuilding == (SPACE,)
    settle(vectors)
    assert life.recall(vectors) >= 0.95


def test_an_older_file_put_back_is_not_believed(life: Life) -> None:
    old = {file.name: file.read_bytes() for file in life.files("")}
    vectors = life.open()
    life.forget(np.arange(1, 400))
    vectors.purge()
    (new,) = life.files(".segment")
    (older,) = [blob for name, blob in old.items() if name.endswith(".segment")]
    new.write_bytes(older)
    again = life.open()
    assert again.rebuilding == (SPACE,)
    settle(again)
    assert set(range(1, 400)) & rows_on_disk(life) == set()
    assert life.recall(again) >= 0.95


def test_a_whole_older_state_put_back_is_topped_up_and_holds_nothing_deleted_for_long(life: Life) -> None:
    old = {file: file.read_bytes() for file in life.files("")}
    life.forget(np.arange(1, 400))
    life.open().purge()
    for file in life.files(""):
        file.unlink()
    for file, blob in old.items():
        file.write_bytes(blob)
    vectors = life.open()
    assert life.recall(vectors) >= 0.95
    settle(vectors)
    assert set(range(1, 400)) & rows_on_disk(life) == set()


def test_files_of_rows_the_database_never_had_are_not_believed(life: Life) -> None:
    life.writer.do(lambda db: db.execute("DELETE FROM vectors WHERE id > 500")).result()
    life.writer.do(lambda db: db.execute("UPDATE sqlite_sequence SET seq = 500 WHERE name = 'vectors'")).result()
    vectors = life.open()
    assert vectors._spaces == {}
    found = vectors.search(SPACE, life.vectors[3], 600)
    assert set(found) <= set(range(1, 501))
    settle(vectors)
    assert max(rows_on_disk(life)) <= 500
    assert vectors.verify() == []


def test_files_newer_than_the_database_are_let_go_of_before_other_rows_get_their_ids(life: Life) -> None:
    life.writer.do(lambda db: db.execute("DELETE FROM moments WHERE id > 500")).result()
    life.writer.do(lambda db: db.execute("UPDATE sqlite_sequence SET seq = 500 WHERE name = 'vectors'")).result()
    vectors = life.open()
    assert vectors.merge()
    assert life.files(".segment") == []
    life.vectors = np.concatenate([life.vectors[:500], made(COUNT, seed=77)])
    life.writer.do(insert, 501, life.vectors[500:]).result()
    vectors = life.open()
    settle(vectors)
    assert life.recall(vectors) >= 0.95
    assert vectors.verify() == []


@pytest.mark.parametrize("moment", ["_read_card", "replace", "fsync"])
def test_a_crash_at_any_step_loses_nothing(life: Life, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break off at the n-th time anything is written, for every n there is."""
    life.grow(700)
    target = {"_read_card": (Segment, "_read_card"), "replace": (Path, "replace"), "fsync": (segments.os, "fsync")}
    owner, name = target[moment]
    real = getattr(owner, name)
    broken = 0
    for nth in range(0, 40, 5):
        calls = 0

        def fail(*args: object, nth: int = nth) -> object:
            nonlocal calls
            calls += 1
            if calls > nth:
                raise KeyboardInterrupt
            return real(*args)

        vectors = life.open()
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, fail)
            try:
                settle(vectors)
                break
            except KeyboardInterrupt:
                broken += 1
        again = life.open()
        assert life.recall(again) > 0.3
        assert len(again.verify()) == len(again._spaces[SPACE].uncovered())
    assert broken > 1
    vectors = life.open()
    settle(vectors)
    assert life.recall(vectors) >= 0.95
    assert life.files(".draft") == []
    named = vectors._spaces[SPACE].shards().manifest.segments
    assert {file.name for file in life.files(".segment")} == set(named)


def test_work_that_is_stopped_is_done_another_time(life: Life) -> None:
    life.grow(700)
    vectors = life.open()
    for patience in range(30):
        asked = iter(range(1000))
        assert vectors.merge(stop=lambda asked=asked, patience=patience: next(asked) >= patience)  # type: ignore[misc]
    assert life.files(".draft") == []
    settle(vectors)
    assert life.recall(vectors) >= 0.95


def test_a_disk_that_is_full_is_told_and_nothing_is_lost(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    life.grow(700)
    vectors = life.open()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(segments.os, "fsync", full)
        with pytest.raises(VaultError, match="Is the disk full"):
            settle(vectors)
    assert life.files(".draft") == []
    settle(vectors)
    assert life.recall(vectors) >= 0.95
