"""A disk that fails once while the vault is locked costs what was being written then, and nothing after it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from ill_disk import IllFile
from vaults import locked_vault_at, vault_at

from companion.capture.types import Frame, Window
from companion.locked.entries import Journal
from companion.locked.merging import merge_all
from companion.locked.moments import SealedMoments
from index.keys import keyfile
from index.store import Store
from index.types import VaultError
from index.writer import Writer

BEGIN = 1_780_000_000.0


def frame(number: int) -> Frame:
    picture = np.full((40, 60, 3), number, np.uint8)
    return Frame(picture, BEGIN + 10 * number, Window("gedit", f"page {number}"), text=f"words {number}")


def test_after_a_hiccup_recording_goes_on_in_a_new_file_and_all_of_it_is_taken_in(tmp_path: Path) -> None:
    locked = locked_vault_at(tmp_path / "vault")
    journal = Journal(locked.journal, keyfile.load(locked.key_file).public, clock=lambda: BEGIN)
    sealed = SealedMoments(journal)
    sealed.open(frame(0), "screen")
    assert journal._file is not None
    disk = IllFile(journal._file._file)
    journal._file._file = disk  # type: ignore[assignment] # as much of one as is asked for
    with pytest.raises(VaultError, match="Input/output error"):
        sealed.change(frame(1))
    assert "Input/output error" in journal.refused
    disk.ill = False
    sealed.close(0, BEGIN + 15)
    for number in (2, 3):
        sealed.open(frame(number), "screen")
        sealed.close(0, BEGIN + 10 * number + 5)
    assert journal.refused == ""
    journal.close()
    assert len(list(locked.journal.iterdir())) == 2
    with Writer(vault_at(tmp_path / "vault")) as writer:
        merged = merge_all(writer, time=BEGIN + 100)
        with closing(Store(writer.vault)) as store:
            moments = store.moments([1, 2, 3]).values()
            assert [(one.title, one.time_end) for one in moments] == [
                ("page 0", BEGIN + 15),
                ("page 2", BEGIN + 25),
                ("page 3", BEGIN + 35),
            ]
    assert [one.damaged for one in merged] == ["", ""]
