from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from vaults import vault_at

from companion import unlocking
from companion.__main__ import main
from companion.budgeting import limits, taken, went, went_today
from companion.forgetting import BRAIN, go_on
from companion.sending.leftover import Leftover
from companion.sending.passwords import KeyringPasswords
from companion.settings import Settings
from companion.status import NO_HEADSET, Seeing, summarise
from companion.wording import counted
from embeddings import spaces
from index import changes, notices
from index.forgetting import forgetting, forgotten, wish
from index.forgetting.forgotten import Forgotten, Why
from index.forgetting.wish import Wish
from index.keys import keyfile
from index.keys.sealing import DamagedError
from index.notices import HeldNotice
from index.signals.bdf import BdfAppender
from index.store import Store
from index.types import NewMoment
from index.vault import Vault
from index.writer import Writer

NOW = 1_790_000_000.0
DONE, NO, WRONG = 0, 1, 2

Says = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Says:
    """Run the command; returns its exit code, stdout and stderr."""
    monkeypatch.setattr("companion.cli.forget.time.time", lambda: NOW)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["forget", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A vault with three moments, an hour, ten minutes and a minute ago, and 20 s of EEG with the second."""
    root = tmp_path / "vault"
    with Writer(vault_at(root)) as writer:
        for ago, app in ((3600, "Mail"), (600, "Firefox"), (60, "Firefox")):
            image = np.zeros((8, 8, 3), np.uint8)
            new = NewMoment(NOW - ago, NOW - ago, app, f"{ago} s ago")
            moment = writer.do(changes.open_moment, writer.vault, new, image).result()
            writer.do(changes.close_moment, moment, NOW - ago + 30).result()
        named = {"ch_names": ("A",), "sfreq": 256.0, "time_start": NOW - 600, "device": "d"}
        with BdfAppender(writer.vault.eeg / "1.bdf", sealer=writer.vault.keys.eeg, **named) as file:
            file.append(np.zeros((1, 5120)))
        writer.do(changes.open_recording, "eeg/1.bdf", source="s", **named).result()
        writer.do(changes.extend_recording, "eeg/1.bdf", 5120, closed=True).result()
    return root


def left(root: Path) -> list[str]:
    store = Store(vault_at(root))
    try:
        return [row[0] for row in store.rows("SELECT title FROM moments ORDER BY id")]
    finally:
        store.close()


@pytest.mark.parametrize(
    ("asked", "stays"),
    [
        (["--last", "5m"], ["3600 s ago", "600 s ago"]),
        (["--last", "2h"], []),
        (["--last", "2h", "--app", "firefox"], ["3600 s ago"]),
        (["--since", str(NOW - 700), "--until", str(NOW - 100)], ["3600 s ago", "60 s ago"]),
        (["--moment", "1", "--moment", "3"], ["600 s ago"]),
    ],
)
def test_what_is_asked_for_goes(says: Says, place: Path, asked: list[str], stays: list[str]) -> None:
    code, out, _ = says(*asked, "--yes")
    assert code == DONE
    assert out.startswith(f"Forgotten: {counted(3 - len(stays), 'moment')}, {counted(3 - len(stays), 'picture')}")
    assert left(place) == stays


def test_it_is_shown_and_asked_before(says: Says, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked: list[str] = []
    for agreed, code in ((False, NO), (True, DONE)):

        def answer(text: str, *, agreed: bool = agreed, **_: object) -> bool:
            asked.append(text)
            return agreed

        monkeypatch.setattr("click.confirm", answer)
        assert says("--last", "15m")[0] == code
        assert len(left(place)) == (1 if agreed else 3)
    assert "This will go: 2 moments, 2 pictures, 20 s of EEG, from " in asked[0]
    assert "cannot be unlearned" in asked[0]


def test_that_it_takes_long_is_said_before(says: Says, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "written anew" not in says("--last", "15m")[2]
    monkeypatch.setattr("companion.cli.forget.REWRITTEN_A_SECOND", (place / "memory.sqlite").stat().st_size / 120)
    assert "the database is written anew: about 2 min." in " ".join(says("--last", "15m")[2].split())
    assert len(left(place)) == 3


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("asked", "mend"),
    [
        ([], "Say what to forget"),
        (["--brain", "--last", "5m"], "Say what to forget"),
        (["--moment", "1", "--app", "x"], "Say what to forget"),
        (["--everything", "--brain"], "Say what to forget"),
        (["--last", "soon"], "'soon' is no length of time: write 30m, 2h, 90s or 1d"),
        (["--last", "0m"], "is no length of time"),
        (["--last", "5m", "--since", "0"], "either --last or --since"),
        (["--since", "1700000020", "--until", "1700000010"], "--until must be later"),
        (["--moment", "9"], "There is no moment 9"),
        (["--last", "2h"], "say --yes if you mean it"),
        (["--everything"], "say --yes if you mean it"),
    ],
)
def test_nothing_goes_by_a_slip(says: Says, tmp_path: Path, asked: list[str], mend: str) -> None:
    code, out, err = says(*asked)
    assert (code, out) == (WRONG, "")
    assert mend in " ".join(err.split())
    assert len(left(tmp_path / "vault")) == 3


def test_nothing_to_forget_is_said(says: Says, place: Path) -> None:
    code, out, _ = says("--app", "nowhere", "--yes")
    assert (code, out) == (NO, "There is nothing of that in the vault.\n")
    assert len(left(place)) == 3


def test_json_says_what_went(says: Says, place: Path) -> None:
    del place
    told = json.loads(says("--moment", "2", "--yes", "--json")[1])
    assert told == {
        "moments": 1,
        "frames": 1,
        "eeg_seconds": 20.0,
        "time_start": NOW - 600,
        "time_end": NOW - 570,
        "notices": 0,
        "brain": False,
        "everything": False,
        "forgotten": True,
    }


def test_held_notifications_of_the_time_are_told_of_and_go(says: Says, place: Path) -> None:
    with Writer(vault_at(place)) as writer:
        some = [HeldNotice(number, NOW - ago, "Mail", "letter", "") for number, ago in ((1, 7200), (2, 7000), (3, 30))]
        writer.do(notices.hold, some).result()
    code, _, err = says("--since", str(NOW - 7300), "--until", str(NOW - 6900))
    assert code == WRONG
    assert "This will go: 2 held notifications, from" in " ".join(err.split())
    assert says("--since", str(NOW - 7300), "--until", str(NOW - 6900), "--yes")[1].startswith("Forgotten: 2 held")
    with Writer(vault_at(place)) as writer:
        kept = Store(writer.vault)
        assert [one.number for one in notices.held(kept)] == [3]
        kept.close()


def test_a_running_program_is_to_be_quit_first(says: Says, place: Path) -> None:
    with Writer(vault_at(place)):
        for asked in ("--brain", "--everything"):
            code, _, err = says(asked, "--yes")
            assert code == WRONG
            assert "Companion is already recording" in err
            assert "Quit it first" in err
    assert len(left(place)) == 3


def test_forgetting_the_brain_shreds_the_key_of_eeg_and_no_other(says: Says, place: Path) -> None:
    before = vault_at(place)
    sealed = before.keys.eeg.seal(b"EEG")
    code, out, _ = says("--brain", "--yes")
    assert (code, out.startswith("Forgotten: 20 s of EEG")) == (DONE, True)
    assert len(left(place)) == 3
    assert list((place / "eeg").iterdir()) == []
    with pytest.raises(DamagedError, match="a key that is gone"):
        vault_at(place).keys.eeg.open(sealed)


def test_everything_goes_with_the_keyrings_secret(says: Says, place: Path) -> None:
    name = keyfile.load(place / "keys.json").vault
    assert unlocking._remembered(name) is not None
    code, out, _ = says("--everything", "--yes")
    assert (code, out) == (DONE, f"The vault {place} is deleted.\n")
    assert not place.exists()
    assert unlocking._remembered(name) is None


def test_everything_goes_with_what_the_keyring_still_has_of_mails_that_went(says: Says, place: Path) -> None:
    vault = vault_at(place)
    KeyringPasswords().put("work", "aaron", b"correct horse")
    vault.mails.mkdir(exist_ok=True)
    Leftover(vault.mails, vault.keys.files).write({("work", "aaron")})
    assert says("--everything", "--yes") == (DONE, f"The vault {place} is deleted.\n", "")
    assert KeyringPasswords().get("work", "aaron") is None


def test_a_vault_that_cannot_be_opened_can_be_deleted(says: Says, place: Path) -> None:
    unlocking.forget_secret(keyfile.load(place / "keys.json").vault)
    assert says("--last", "1h", "--yes")[0] == WRONG
    assert says("--everything", "--yes")[0] == DONE
    assert not place.exists()


def test_what_was_broken_off_goes_on_at_the_next_start(place: Path) -> None:
    vault = vault_at(place)
    with Writer(vault) as writer:
        store = Store(vault)
        forgetting.begin(writer, wish.plan(store, Wish(moments=(2,))), time=NOW)
        assert go_on(writer, store)
        assert not go_on(writer, store)
        store.close()
    assert left(place) == ["3600 s ago", "60 s ago"]


def test_every_space_that_comes_from_eeg_is_known_as_such() -> None:
    from fnmatch import fnmatchcase

    of_brain = (spaces.state("TP9", 64), spaces.shared(3, "brain"), spaces.shared(12, "content"))
    assert all(any(fnmatchcase(name, pattern) for pattern in BRAIN.spaces) for name in of_brain)
    assert not any(fnmatchcase(spaces.content("model"), pattern) for pattern in BRAIN.spaces)


def test_the_budget_is_that_of_the_settings() -> None:
    chosen = limits(Settings(budget_gb=2.5, budget_frames_gb=1.0, budget_eeg_gb=0.0))
    assert (chosen.whole, chosen.frames, chosen.eeg) == (2_500_000_000, 1_000_000_000, 0)
    assert limits(Settings()).whole > limits(Settings()).frames > limits(Settings()).eeg > 0


def test_what_went_for_want_of_room_is_told(place: Path) -> None:
    vault = vault_at(place)
    with Writer(vault) as writer:
        what = Forgotten(NOW, Why.BUDGET, NOW - 7200, NOW - 3600, frames=12, eeg_seconds=7200.0)
        writer.do(forgotten.note, what).result()
        writer.do(forgotten.note, Forgotten(NOW, Why.ASKED, moments=99)).result()
    store = Store(vault)
    sentence = went_today(store, NOW)
    assert sentence.startswith("To stay within the budget, 12 pictures, 2.0 h of EEG of ")
    assert went_today(store, NOW + 90_000) == ""
    assert went(store, since=0) == sentence
    store.close()
    shown = summarise(
        seeing=Seeing(),
        headset=NO_HEADSET,
        paused_until=None,
        moments=3,
        backlog=0,
        quarantined=0,
        obstacles=(),
        went=sentence,
    )
    assert shown.sentence.endswith(sentence)


def test_how_much_is_taken_is_told_beside_the_limits(place: Path) -> None:
    with (place / "frames" / "large").open("wb") as file:
        file.truncate(2_340_000_000)  # a hole: it takes no room on the disk
    told = taken(Vault(place), Settings(budget_eeg_gb=0.0))
    assert told == "2.3 of 100 GB; pictures 2.3 of 60 GB; EEG 0.0 GB (no limit)."


def test_what_was_learned_of_a_programs_notifications_goes_with_it_and_that_is_said(says: Says, place: Path) -> None:
    assert says("--app", "Signal", "--yes")[0] == NO
    with Writer(vault_at(place)) as writer:
        writer.do(notices.put_model, b"learned", time=NOW, lessons={"signal": NOW}).result()
    assert "What was learned of your notifications" in " ".join(says("--app", "Signal")[2].split())
    assert says("--app", "Signal", "--yes")[0] == DONE
    store = Store(vault_at(place))
    assert notices.model(store) is None
    store.close()
