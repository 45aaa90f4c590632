"""What is kept of a held notification, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desktop import wait_until
from notices_desk import OF_XFCE, NoticesDesk

from companion.notices.judging import PAUSED as RULE
from companion.notices.kept import CODE_TAKEN_OUT, EXCLUDED, TAKEN_OUT, is_excluded, kept, without_secrets
from companion.notices.notices import PAUSED
from companion.notices.rules import Choices
from companion.notices.types import Decision, Judged, Notice, NoticesError
from companion.settings import Settings
from index import notices as rows
from index.store import Store

KEY = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
NOTICE = Notice(
    1, 5.0, "Mail", "Ines", "at noon?", sender=":1.7", daemon="d", daemon_id=4, tag="t", actions=("default",)
)


def stored(store: Store) -> list[rows.HeldNotice]:
    return rows.between(store, 0.0, 1e12)


def test_what_holds_no_secret_is_kept_as_it_is() -> None:
    one = kept(Judged(NOTICE, Decision.DIGEST, why="because"), ())
    assert (one.summary, one.body, one.why, one.tag, one.actions) == ("Ines", "at noon?", "because", "t", ("default",))
    assert (one.daemon, one.daemon_id, one.decision) == ("d", 4, "digest")


def test_secrets_are_taken_out_and_the_reason_that_may_quote_them() -> None:
    notice = replace(NOTICE, summary="deploy", body=f"api_key = {KEY}", tag=KEY)
    one = kept(Judged(notice, Decision.HOLD, why=f"Held because of “{KEY}”."), ())
    assert (one.summary, one.body, one.why) == ("deploy", "api_key = [Stripe key]", TAKEN_OUT)
    assert KEY not in repr(one)


@pytest.mark.parametrize(
    ("summary", "body", "wanted"),
    [
        ("Your verification code", "482913", ("Your verification code", "[one-time code]")),
        ("Password", "hunter22", ("Password", "[password]")),
        (f"{KEY}", "is the key", ("[Stripe key]", "is the key")),
        ("Table for 12", "at 7, as usual", ("Table for 12", "at 7, as usual")),
        ("", "", ("", "")),
    ],
)
def test_secrets_are_looked_for_in_title_and_text_at_once(summary: str, body: str, wanted: tuple[str, str]) -> None:
    assert without_secrets(summary, body) == wanted


def test_a_code_is_kept_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.notices.kept.security_codes.holds_code", lambda *_: True)  # one that is not found
    one = kept(Judged(replace(NOTICE, body="your code is 482913, or 7-7-7"), Decision.HOLD), ())
    assert (one.summary, one.body, one.why) == ("", "", CODE_TAKEN_OUT)


@pytest.mark.parametrize(
    "notice",
    [
        Notice(1, 5.0, "KeePassXC", "", ""),
        Notice(1, 5.0, "", "", "", desktop_entry="org.keepassxc.KeePassXC"),
        Notice(1, 5.0, "Vault", "", "", sender="com.bitwarden.desktop"),
        Notice(1, 5.0, "pinentry-gnome3", "", ""),
    ],
)
def test_programs_that_keep_passwords_are_excluded_by_any_name(notice: Notice) -> None:
    assert is_excluded(notice, Settings().exclude_apps)
    assert not is_excluded(NOTICE, Settings().exclude_apps)


def test_of_an_excluded_program_only_that_it_came_and_when_is_kept(desk: NoticesDesk, store: Store) -> None:
    desk.choices[0] = Choices(exclude_apps=("keepassxc",))
    desk.quiet()
    desk.program.notify("Copied", "for ines@example.org", app="KeePassXC")
    desk.program.notify("Ines", app="Signal")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert digest.body == "Signal: Ines\nKeePassXC: without words"
    (one,) = [each for each in stored(store) if each.app == "KeePassXC"]
    assert (one.summary, one.body, one.category, one.tag, one.actions, one.why) == ("", "", "", "", (), EXCLUDED)
    assert one.time > 0.0
    assert desk.notices.open(one.number)  # its daemon still has it
    wait_until(lambda: desk.dunst.popped == 2, "the original")
    desk.dunst.close_all()
    desk.restart_dunst()
    with pytest.raises(NoticesError, match="Look in KeePassXC itself"):
        desk.notices.open(one.number)


def test_secrets_of_a_held_notification_are_not_in_the_vault_nor_shown_again(desk: NoticesDesk, store: Store) -> None:
    desk.quiet()
    desk.program.notify("deploy", f"api_key = {KEY}", app="CI")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert digest.notices[0].body == "api_key = [Stripe key]"
    assert KEY not in repr([*rows.exported(store, 0.0, 1e12, "")])
    desk.restart_dunst()
    assert not desk.notices.open(digest.notices[0].number)
    desk.dunst.close_all()
    wait_until(lambda: "api_key = [Stripe key]" in desk.dunst.history("body"), "what was kept of it")


def test_a_code_that_found_no_room_is_told_of_and_not_kept(desk: NoticesDesk, store: Store) -> None:
    desk.quiet()
    desk.program.notify("Bank", "Your code is 482913.")
    wait_until(lambda: desk.shown, "the toast")
    desk.notices.unseen(desk.shown)
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert "482913" not in repr(stored(store))
    assert digest.notices[0].body == "Your code is [one-time code]."


def test_while_recording_is_paused_nothing_is_held_and_nothing_is_lost(desk: NoticesDesk, store: Store) -> None:
    desk.quiet()
    desk.program.notify("before")
    wait_until(lambda: rows.held(store), "it to be held")
    desk.recorded[0] = False
    assert desk.notices.limits == desk.notices.snapshot().limits == PAUSED
    desk.program.notify("meanwhile")
    desk.seen(2)
    wait_until(lambda: desk.notices.snapshot().recent[0].rule == RULE, "it to be judged")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    assert [one.summary for one in digest.notices] == ["before"]
    wait_until(lambda: desk.dunst.popped == 2, "the digest, and what the daemon shows itself")
    desk.recorded[0] = True
    assert not desk.notices.limits
    assert [one.summary for one in stored(store)] == ["before"]
    assert not desk.incidents


def test_while_recording_is_paused_all_passes_where_do_not_disturb_would_drop_it(
    desk: NoticesDesk, store: Store
) -> None:
    assert desk.notices.focus_began(OF_XFCE, "xfce4-notifyd")
    desk.recorded[0] = False
    desk.program.notify("meanwhile")
    desk.seen(1)
    wait_until(lambda: desk.notices.snapshot().passed == 1, "it to be sent again")
    assert desk.dunst.popped == 1
    assert desk.notices.focus_ended() is None
    assert not stored(store)
    assert not desk.incidents


def test_nothing_is_learned_from_what_comes_while_recording_is_paused(desk: NoticesDesk) -> None:
    desk.recorded[0] = False
    desk.program.notify("Ada", app="Signal")
    desk.seen(1)
    (shown,) = desk.notices.snapshot().recent
    desk.notices.turned_to("signal", shown.notice.time + 1.0)
    assert desk.notices.snapshot().answers == 0
