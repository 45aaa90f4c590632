from __future__ import annotations

import stat
from pathlib import Path

import pytest

from companion.quiet.journal import DamagedJournalError, Entry, Journal, lock_within
from companion.quiet.restoring import restore_left
from companion.quiet.types import DamagedPriorError, Heard, QuietError, Semantics

ENTRY = Entry("dunst", '{"daemon": "a b"}', "word", 12.5)


class Told:
    """A do-not-disturb that notes what it is told, or refuses."""

    name = "dunst"
    semantics = Semantics(critical_passes=False, replays=True, keeps=True)

    def __init__(self, refuses: Exception | None = None) -> None:
        self.refuses, self.restored, self.closed = refuses, list[str](), False

    def is_on(self) -> bool:
        return False

    def gone(self) -> bool:
        return False

    def prior(self) -> str:
        return ""

    def turn_on(self) -> None: ...

    def restore(self, prior: str) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.restored.append(prior)

    def follow(self, heard: Heard) -> None: ...

    def close(self) -> None:
        self.closed = True


def test_what_was_written_is_read_and_taken_away(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state")
    assert journal.read() is None
    journal.write(ENTRY)
    assert Journal(tmp_path / "state").read() == ENTRY
    journal.remove()
    assert journal.read() is None
    journal.remove()


def test_what_could_not_be_written_for_good_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: Path) -> None:
        raise OSError(5, "Input/output error")

    journal = Journal(tmp_path / "state")
    with monkeypatch.context() as disk:
        disk.setattr("index.replacing.sync_folder", refuse)
        with pytest.raises(QuietError, match="Input/output error"):
            journal.write(ENTRY)
    assert journal.read() is None  # what comes on later is the person's own


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deep" / "state")
    journal.write(ENTRY)
    (file,) = journal.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("raw", [b"", b"\xff", b"null", b"[1]", b'{"backend": "dunst"}', b'{"backend": "dun'])
def test_a_damaged_one_is_said_to_be(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "do-not-disturb.json").write_bytes(raw)
    with pytest.raises(DamagedJournalError):
        Journal(tmp_path).read()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"")
    with pytest.raises(QuietError, match="could not be made"):
        Journal(tmp_path / "state").write(ENTRY)


def test_one_at_a_time_has_the_lock(tmp_path: Path) -> None:
    first, second = Journal(tmp_path).lock(), Journal(tmp_path).lock()
    assert lock_within(first, 0.0)
    assert not lock_within(second, 0.0)
    first.release()
    assert lock_within(second, 0.0)
    second.release()


def test_what_is_left_is_restored_once(tmp_path: Path) -> None:
    journal, quiet = Journal(tmp_path), Told()
    journal.write(ENTRY)
    assert "as it was before" in restore_left(journal, opened=lambda _name, _environ: quiet)
    assert quiet.restored == [ENTRY.prior]
    assert quiet.closed
    assert restore_left(journal, opened=lambda _name, _environ: quiet) == ""


def test_where_the_desktop_cannot_be_asked_the_journal_stays(tmp_path: Path) -> None:
    journal, quiet = Journal(tmp_path), Told(QuietError("no bus"))
    journal.write(ENTRY)
    with pytest.raises(QuietError, match="no bus"):
        restore_left(journal, opened=lambda _name, _environ: quiet)
    assert journal.read() == ENTRY
    assert quiet.closed


def test_what_cannot_be_restored_ever_is_set_aside(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.write(ENTRY)
    assert "turn it off yourself" in restore_left(
        journal, opened=lambda _name, _environ: Told(DamagedPriorError("what?"))
    )
    assert journal.read() is None
    journal.write(Entry("a desktop of the future", "{}", "word", 0.0))
    assert "turn it off yourself" in restore_left(journal)
    assert journal.read() is None
