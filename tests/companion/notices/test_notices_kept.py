"""What is kept of a held notification, and what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desktop import wait_until
from notices_desk import OF_XFCE, NoticesDesk

from companion.notices.judging import LOST
from companion.notices.judging import PAUSED as RULE
from companion.notices.kept import CODE_TAKEN_OUT, EXCLUDED, TAKEN_OUT, is_excluded, kept, without_secrets
from companion.notices.notices import PAUSED
from companion.notices.rules import Choices
from companion.notices.types import Decision, Judged, Notice, NoticesError
from companion.notices.wire import Original
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


@pytest.mark.parametrize(
    ("excluded", "app", "entry"),
    [
        ("TelegramDesktop", "Telegram Desktop", "org.telegram.desktop"),
        ("TelegramDesktop", "", "org.telegram.desktop"),
        ("evolution", "evolution-alarm-notify", ""),
        ("Evolution", "Evolution Alarm Notify", ""),
        ("Signal", "signal-desktop", ""),
        ("signal_desktop", "Signal", ""),
        ("org.signal.Signal", "Signal", "signal-desktop"),
    ],
)
def test_programs_are_excluded_by_the_names_that_their_windows_have(excluded: str, app: str, entry: str) -> None:
    notice = Notice(1, 5.0, app, "Ines", "at noon?", desktop_entry=entry)
    assert is_excluded(notice, ("other", excluded))
    assert not is_excluded(notice, ("", "desktop", "tele", "evo", "alarm", "sign", "notify"))
    assert "noon" not in repr(kept(Judged(notice, Decision.HOLD), (excluded,)))


@pytest.mark.parametrize("before", [400, 940, 990, 1_000, 1_490, 1_800, 3_900])
def test_codes_are_looked_for_in_all_that_is_kept(before: int) -> None:
    one = kept(Judged(replace(NOTICE, body=f"{'ab ' * (before // 3)}\nThe Acme code: 482913"), Decision.HOLD), ())
    assert one.body.endswith("\nThe Acme code: [security code]")
    assert one.why == TAKEN_OUT


def test_a_number_that_is_no_code_is_none_where_it_lies_across_two_stretches() -> None:
    for before in range(970, 1_000):
        text = f"{'a' * before} Your code 482913482913 of the year"
        assert without_secrets("", text) == ("", text)


def test_a_code_that_is_not_taken_out_is_kept_nowhere_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.notices.kept.security_codes.everywhere", lambda _: ())
    notice = replace(NOTICE, body=f"{KEY} {'ab ' * 600}\nThe Acme code: 482913")
    assert kept(Judged(notice, Decision.HOLD), ()).why == CODE_TAKEN_OUT


def test_secrets_in_the_keys_of_actions_are_not_kept() -> None:
    one = kept(Judged(replace(NOTICE, actions=("default", KEY)), Decision.HOLD), ())
    assert one.actions == ("default", "[Stripe key]")


def test_nothing_is_learned_of_an_excluded_program(desk: NoticesDesk, store: Store) -> None:
    desk.choices[0] = Choices(exclude_apps=("TelegramDesktop",))
    desk.program.notify("Ines", app="Telegram Desktop")
    desk.program.notify("Ines", app="Mail")
    desk.seen(2)
    desk.notices._judged.do(lambda: None).result(20.0)
    excluded, mail = sorted(desk.notices.snapshot().recent, key=lambda one: one.notice.app, reverse=True)
    desk.notices.turned_to("telegram", excluded.notice.time + 1.0)
    with pytest.raises(NoticesError, match="Nothing is learned of Telegram Desktop"):
        desk.notices.correct(excluded.notice.number, important=True)
    desk.quiet()
    desk.program.notify("Bob", app="Telegram Desktop")
    digest = desk.notices.focus_ended(desk.loud)
    assert digest is not None
    desk.notices.looked_at(digest)
    desk.notices.open(digest.notices[0].number)
    assert desk.notices.snapshot().answers == 0
    desk.notices.correct(mail.notice.number, important=True)
    desk.notices._vault.do(lambda: None).result(20.0)
    assert [row[0] for row in store.rows("SELECT program FROM notice_lessons")] == ["mail"]


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


def test_what_is_never_held_is_shown_also_in_a_pause_that_focus_outlasts(desk: NoticesDesk, store: Store) -> None:
    desk.quiet()
    desk.recorded[0] = False
    desk.program.notify("Ines is calling", urgency="critical", app="Phone")
    desk.program.notify("letter")
    desk.seen(2)
    desk.notices._judged.do(lambda: None).result(20.0)
    desk.recorded[0] = True
    (call,) = desk.shown
    assert (call.notice.summary, call.rule) == ("Ines is calling", "critical")
    letter, of_call = desk.notices.snapshot().recent
    assert (letter.rule, of_call.rule, desk.notices.snapshot().passed) == (RULE, "critical", 1)
    desk.notices.unseen([call])  # nothing of a pause is kept
    assert desk.notices.focus_ended(desk.loud) is None
    assert desk.incidents == [LOST]
    wait_until(lambda: desk.dunst.popped == 1, "the letter, which its daemon shows by itself")
    assert not stored(store)


def test_one_that_gets_its_number_in_a_pause_is_left_to_its_daemon(desk: NoticesDesk) -> None:
    desk.quiet()
    desk.recorded[0] = False
    judges, original = desk.notices._judging, Original("Mail", "", "letter", "", ())
    letter = Notice(desk.notices.mark() + 1000, 5.0, "Mail", "letter", "")
    number = desk.program.notify("letter")
    desk.seen(1)
    (seen,) = desk.notices.snapshot().recent
    for one in (letter, replace(letter, daemon=seen.notice.daemon, daemon_id=number)):
        desk.notices._judged.do(lambda one=one: judges.take(one, original)).result(20.0)
    desk.notices.focus_ended(desk.loud)
    wait_until(lambda: desk.dunst.popped == 1, "the letter")


def test_nothing_is_learned_from_what_comes_while_recording_is_paused(desk: NoticesDesk) -> None:
    desk.recorded[0] = False
    desk.program.notify("Ada", app="Signal")
    desk.seen(1)
    (shown,) = desk.notices.snapshot().recent
    desk.notices.turned_to("signal", shown.notice.time + 1.0)
    assert desk.notices.snapshot().answers == 0
