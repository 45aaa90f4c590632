from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from companion import settings as settings_file
from companion.sending.choices import account_of, as_written, send_settings
from companion.sending.types import Account, Security, SendingError
from companion.settings import Settings, SettingsError

WORK = "work tls smtp.example.org:465 local 2525"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (WORK, Account("work", "smtp.example.org", 465, Security.TLS, 2525)),
        (
            "'my work' STARTTLS mail.example.org:587 Local 2526",
            Account("my work", "mail.example.org", 587, Security.STARTTLS, 2526),
        ),
        ("here none [::1]:25 local 2527", Account("here", "::1", 25, Security.NONE, 2527)),
    ],
)
def test_an_account_is_read_as_it_is_written(written: str, meant: Account) -> None:
    assert account_of(written) == meant
    assert account_of(as_written(meant)) == meant


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("work", "Write an account as"),
        ("work tls smtp.example.org local 2525", "Write an account as"),
        ("work tls smtp.example.org:465 at 2525", "Write an account as"),
        ("work ssl smtp.example.org:465 local 2525", "Write an account as"),
        ("'work tls smtp.example.org:465 local 2525", "Write an account as"),
        ("work none smtp.example.org:25 local 2525", "is not on this machine, so mail must go to it encrypted"),
        ("work tls smtp.example.org:465 local 80", "1024 to 65535"),
    ],
)
def test_what_means_no_account_is_refused(written: str, mend: str) -> None:
    with pytest.raises(SendingError, match=mend):
        account_of(written)


def test_a_guard_that_would_send_to_itself_is_refused() -> None:
    with pytest.raises(SendingError, match="is Companion itself"):
        send_settings(Settings(send_accounts=("a none localhost:2525 local 2525",)))
    with pytest.raises(SendingError, match="is Companion itself"):
        send_settings(Settings(send_accounts=("a none 127.0.0.1:2526 local 2525", WORK.replace("2525", "2526"))))


def test_settings_are_kept_and_read(tmp_path: Path) -> None:
    chosen = replace(
        Settings(),
        send_guard=True,
        send_accounts=(WORK, "'my work' starttls mail.example.org:587 local 2526"),
        send_hold_minutes=2.5,
        send_threshold=0.8,
        send_keep_passwords=True,
    )
    settings_file.save(chosen, tmp_path / "settings.toml")
    assert settings_file.load(tmp_path / "settings.toml") == chosen
    found = send_settings(chosen)
    assert (found.on, found.hold_seconds, found.threshold, found.keep_passwords) == (True, 150.0, 0.8, True)
    assert [account.name for account in found.accounts] == ["work", "my work"]


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        ('send_accounts = ["work"]', "`send_accounts`: Write an account as"),
        (f'send_accounts = ["{WORK}", "home tls example.org:465 local 2525"]', "have the same local port"),
        ("send_hold_minutes = 0", "`send_hold_minutes` should be above 0, 1440 at most, not 0"),
        ("send_threshold = 1.5", "`send_threshold` should be above 0, 1 at most, not 1.5"),
    ],
)
def test_settings_that_mean_nothing_are_refused(tmp_path: Path, line: str, mend: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(line)
    with pytest.raises(SettingsError, match=mend):
        settings_file.load(path)
