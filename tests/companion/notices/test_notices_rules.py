from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.notices.calls import is_alarm, is_call
from companion.notices.features import features
from companion.notices.gate import Context, decide
from companion.notices.importance import Estimate, Importance
from companion.notices.names import ALARM_ENTRIES, ALARM_NAMES, CALL_WORDS
from companion.notices.repeats import Repeats
from companion.notices.rules import Choices, OwnRule, ruled
from companion.notices.security_codes import holds_code, spans
from companion.notices.types import CRITICAL, Decision, Notice

SURE_TO_HOLD = Estimate(0.0001, (("usual", -9.21024036697585),))
CODES = (
    "Your verification code is 493021",
    "493 021 is your Google verification code",
    "G-493021 is your Google verification code.",
    "Use 8841 as your login code. Do not share it.",
    "Your Uber code is 4830. Never share this code.",
    "Steam Guard code: F7K2Q",
    "OTP 220194 for your card ending in 1111",
    "Ihr Bestätigungscode lautet 773100",
    "mTAN 5511 für Ihre Überweisung",
    "Votre code de vérification est 889 120",
    "Tu código de verificación es 4402",
    "Seu código é 118822",
    "Il tuo codice di verifica: 90213",
    "Je verificatiecode is 4410",
    "Twój kod: 551203",
    "Din kod är 9981",
    "Vaše kód je 338811",
    "Doğrulama kodu: 551122",
    "Ваш код подтверждения: 4432",
    "Ο κωδικός σας είναι 448811",  # noqa: RUF001 Greek
    "【某某】验证码 882211，五分钟内有效",  # noqa: RUF001 Chinese
    "認証コード：113355",  # noqa: RUF001 Japanese
    "인증번호 [553311]",
    "קוד האימות שלך: 771122",
    "رمز التحقق: 445566",
    "आपका ओटीपी 662211 है",
    "รหัส OTP ของคุณคือ 331188",
    "Mã xác nhận của bạn là 998811",
    "您的验证码是482913",
    "验证码482913，请勿泄露",  # noqa: RUF001 Chinese
    "验证码：482913，5分钟内有效",  # noqa: RUF001 Chinese
    "認証コードは482913です",
    "Code:123456",
    "PIN:1234",
    "TAN:123456",
    "Passwort:123456",
    "Код:123456",
    "Your code is #482913",
    "Freigabecode 482913",
    "Die mobileTAN für Ihre Überweisung von 20,00 EUR auf das Konto DE12 lautet: 482913",
    "Your passcode for the payment of 20.00 to Example Travel Limited of today is 482913",
    "Aktivierungscode 482913",
    "Prüfcode: 482913",
    "Use 482913 to sign in to your account",
    "Tu clave es 482913",
    "Your login code is kx7p2q",
    "Koodisi on 482913",
    "Enter 2024 to log in",
    "Tap 42 on your phone to sign in",
    "Approve sign-in? Enter 47",
    "Approve sign-in?\nEnter 47.",
    "Enter 47",
    "Okta number challenge: 47",
    "Login request: enter 482 on your other device",
    "Confirm passkey 482913",
    "Pairing request: confirm 482913",
    "Pair key: 4F2A9B1C",
    "Use 4829 to approve the payment of 20.00 EUR",
    "Use 482913 to confirm your payment",
    "Bluetooth pairing\nConfirm that 482913 is shown there",
    "Your Slack confirmation code is ABC-D3F",
    "Confirmation code: XKQ-PLM",
    "Your one-time code: WDJB-MJHT",
    "Your code: 1 2 3 4 5 6",
    "Your code:\n\n1 2 3 4",
    "Verify your identity: 4-8-2-9-1-3",
    "engångslösenord: 482913",
    "Engangspassord: 482913",
    "Kertasalasana 482913",
    "Egyszer használatos belépőjelszó: 482913",
)
NO_CODES = (
    "Build 48213 of main failed",
    "Error code 5021 in the printer queue",
    "Use the promo code SAVE2026 at the till",
    "HTTP status code 4041",
    "Lunch at 12:30?",
    "The meeting moved to 2026-03-04",
    "Invoice 2026 for $4,400",
    "Code review of the parser is done",
    "Your parcel 88213341 is on its way",
    "Bring the passport",
    "Code freeze is on 12 March 2026",
    "Code review 4821 is waiting for you",
    "Your order 482913 needs a code word at the door? No, just sign.",
    "Rabattcode FRUEHLING25: 15 % auf alles",
    "Use code SPRING26 at checkout",
    "the code is ugly, look at line 4821",
    "New login from Firefox on Linux at 10:15",
    "Log in and enter 10 competitions at once",
    "Enter 47 as the number of guests",
    "Select 12 photos for the album",
    "Product code: ABC-1234 is back in stock",
    "Your promo code is SAV-E20",
    "Booking code: KXP-Q2T",
    "the code is over-engineered",
    "USB-C hub, A4-B5 paper: no code",
    "Your code 1 2 3 4 5 6 7 8 9 1 2 3",
    "Results: 4-8-2-9-1-3",
    "Passkeys are here: no passwords since 2026",
    "Match 12\nFrance - Spain 2:1",
    "Approve #42\nInes asks for your review",
    "Select 10\nnew songs for you",
    "Pairing complete\n2024 songs were copied",
    "Use 2500 to confirm the weight",
    "",
)


def notice(**about: object) -> Notice:
    told = {"app": "Chat", "summary": "hello", "body": "how are you"} | about
    return Notice(1, 1_790_000_000.0, **told)  # type: ignore[arg-type]


def decided(one: Notice, choices: Choices, earlier: int = 0) -> tuple[Decision, str]:
    judged = decide(one, Context(True, earlier, SURE_TO_HOLD, 1000), choices)
    return judged.decision, judged.rule


@pytest.mark.parametrize("text", CODES)
def test_security_codes_are_found_in_many_languages(text: str) -> None:
    assert holds_code("Messages", text)
    assert holds_code(text, "")
    assert all(text[span.start : span.end].strip() for span in spans(text))


@pytest.mark.parametrize("text", NO_CODES)
def test_other_numbers_are_no_security_codes(text: str) -> None:
    assert not holds_code("", text)


def test_a_code_below_its_word_is_found() -> None:
    assert holds_code("Verification code", "662913")


def test_calls_are_known_by_category_and_by_their_words() -> None:
    assert all(
        is_call(notice(category=one)) for one in ("call", "call.incoming", "call.ended", "x-gnome.call", "CALL.x")
    )
    assert not is_call(notice(category="callous"))
    assert all(is_call(notice(summary=words.title())) for words in CALL_WORDS if words.title().casefold() == words)
    assert is_call(notice(summary="Ada", body="Eingehender   Anruf"))
    assert all(
        is_call(notice(summary=one))
        for one in (
            "Call from Ada",
            "Anruf von Ada",
            "Video call from Ada",
            "Ada ruft dich an",
            "Ada is calling…",
            "Call",
            "Incoming group call",
            "Eingehender Gruppenanruf",
            "Bob wants to video chat",
            "Bob wants to video chat with you",
            "Bob wants to call you",
        )
    )
    assert all(
        is_call(notice(summary="Ada", body=one))  # who calls above, that they do below
        for one in ("Anruf", "📞 Calling…", "FaceTime Video", "Ringing", "통화", "Group call", "Incoming group call")
    )
    assert is_call(notice(summary="Ada is inviting you to a meeting"))
    assert is_call(notice(summary=unicodedata.normalize("NFD", "appel manqué")))
    assert not is_call(notice(summary="we should call them"))
    assert not is_call(notice(summary="Bob wants to chat"))
    assert not is_call(notice(summary="Bob", body="notes of the group call are attached"))
    assert not is_call(notice(summary="Call for papers", body="the call from the committee"))


def test_alarms_are_known_by_category_by_entry_and_by_name() -> None:
    assert all(is_alarm(notice(desktop_entry=entry)) for entry in ALARM_ENTRIES)
    assert all(is_alarm(notice(app=name)) for name in ALARM_NAMES)
    assert is_alarm(notice(category="alarm.ringing"))
    assert all(
        is_alarm(notice(app=one)) for one in ("GNOME Clocks", "evolution-alarm-notify", "gnome-clocks", "Réveil")
    )
    assert is_alarm(notice(app=unicodedata.normalize("NFD", "réveil")))
    assert is_alarm(notice(desktop_entry="org.gnome.clocks.desktop"))
    assert not is_alarm(notice(app="Alarming news"))


def test_starred_people_are_whole_words_of_the_summary_or_begin_the_body() -> None:
    starred = Choices(starred_people=("Ada Byron", "Bo", "  "))
    assert decided(notice(summary="Ada  BYRON (2 messages)"), starred) == (Decision.PASS, "starred person")
    assert decided(notice(summary="#team", body="Bo: lunch?"), starred) == (Decision.PASS, "starred person")
    assert decided(notice(summary="Bob"), starred)[0] is not Decision.PASS
    assert decided(notice(summary="Adam Byron"), starred)[0] is not Decision.PASS
    for name, met in (("Zoë", unicodedata.normalize("NFD", "Zoë")), (unicodedata.normalize("NFD", "Zoë"), "Zoë")):
        assert decided(notice(summary=met), Choices(starred_people=(name,)))[1] == "starred person"
    without_gaps = Choices(starred_people=("山田", "สมชาย"))
    assert decided(notice(summary="山田さん"), without_gaps)[1] == "starred person"
    assert decided(notice(body="คุณสมชาย: พรุ่งนี้เจอกัน"), without_gaps)[1] == "starred person"


def test_starred_programs_go_by_name_or_entry() -> None:
    starred = Choices(starred_apps=("signal",))
    assert decided(notice(app="Signal"), starred)[1] == "starred program"
    assert decided(notice(app="x", desktop_entry="org.Signal"), starred)[1] == "starred program"
    assert decided(notice(app="Signalling"), starred)[1] == ""


@pytest.mark.parametrize(
    ("app", "entry", "name"),
    [
        ("Telegram Desktop", "org.telegram.desktop", "telegram"),
        ("", "org.telegram.desktop", "telegram"),
        ("Telegram Desktop", "", "Telegram"),
        ("x", "com.mattermost.Desktop", "mattermost"),
        ("x", "signal-desktop", "signal"),
        ("x", "org.gnome.Evolution.desktop", "evolution"),
        ("x", "com.spotify.Client", "spotify"),
    ],
)
def test_programs_are_known_by_the_name_that_people_call_them(app: str, entry: str, name: str) -> None:
    of_it = notice(app=app, desktop_entry=entry)
    assert decided(of_it, Choices(starred_apps=(name,)))[1] == "starred program"
    assert decided(of_it, Choices(rules=(OwnRule(Decision.DIGEST, app=name),)))[1] == "own rule 1"
    assert decided(of_it, Choices(rules=(OwnRule(Decision.PASS, app="desktop"),)))[1] == ""
    assert decided(of_it, Choices(rules=(OwnRule(Decision.PASS, app="client"),)))[1] == ""


def test_the_persons_rules_come_in_order_and_before_repeats() -> None:
    choices = Choices(
        rules=(
            OwnRule(Decision.PASS, app="chat", words="fire"),
            OwnRule(Decision.HOLD, sender="bob"),
            OwnRule(Decision.DIGEST, app="CHAT"),
            OwnRule(Decision.PASS),  # of nothing
        )
    )
    assert decided(notice(body="the FIRE  alarm"), choices) == (Decision.PASS, "own rule 1")
    assert decided(notice(summary="Bob"), choices, earlier=9) == (Decision.HOLD, "own rule 2")
    assert decided(notice(), choices) == (Decision.DIGEST, "own rule 3")
    assert decided(notice(app="Mail"), choices, earlier=1) == (Decision.PASS, "repeat")
    assert decided(notice(app="Mail"), choices) == (Decision.DIGEST, "")


def test_repeats_are_of_one_sender_within_minutes_and_not_of_what_goes_on() -> None:
    repeats = Repeats()

    def at(time: float, summary: str = "Ada", **more: object) -> int:
        return repeats.note(Notice(1, time, "Chat", summary, "text", **more), 3.0)  # type: ignore[arg-type]

    assert [at(0.0), at(100.0), at(170.0)] == [0, 1, 2]
    assert at(171.0, "Bob") == 0
    assert at(172.0, replaces=7) == 0
    assert at(1000.0) == 0
    assert [at(2000.0, tag=name) for name in ("a", "b", "b", "c")] == [0, 1, 0, 2]  # each its own, and one gone on


def test_of_a_time_that_is_forgotten_no_sender_is_known() -> None:
    repeats = Repeats()
    for time, who in ((0.0, "Ada"), (10.0, "Bob"), (20.0, "Ada")):
        repeats.note(Notice(1, time, "Chat", who, "text"), 3.0)
    repeats.forget(5.0, 30.0)
    assert [repeats.note(Notice(1, 40.0, "Chat", who, "text"), 3.0) for who in ("Ada", "Bob")] == [1, 0]


anything = st.text(st.characters(codec=None), max_size=60)  # lone surrogates, too
notices = st.builds(
    Notice,
    number=st.integers(0, 1 << 40),
    time=st.floats(0, 4e9),
    app=anything,
    summary=anything,
    body=anything,
    urgency=st.integers(-3, 9),
    category=anything,
    sender=anything,
    desktop_entry=anything,
    actions=st.tuples(anything),
    tag=anything,
)
own_rules = st.builds(OwnRule, st.sampled_from(Decision), app=anything, sender=anything, words=anything)
choices = st.builds(
    Choices,
    starred_apps=st.lists(anything, max_size=3).map(tuple),
    starred_people=st.lists(anything, max_size=3).map(tuple),
    rules=st.lists(own_rules, max_size=4).map(tuple),
    repeats=st.integers(0, 5),
    pass_above=st.floats(0, 1),
    digest_below=st.floats(0, 1),
)


@settings(max_examples=200)
@given(notices, choices, st.integers(0, 5))
def test_the_gate_decides_of_anything_at_all_and_never_holds_what_is_critical(
    one: Notice, chosen: Choices, earlier: int
) -> None:
    decision, rule = decided(one, chosen, earlier)
    assert decision in Decision
    if one.urgency >= CRITICAL:
        assert (decision, rule) == (Decision.PASS, "critical")
    if ruled(one, Choices(), 0) is not None:  # what is never held does not depend on what was chosen
        assert decision is Decision.PASS
    model = Importance()
    assert 0.0 < model.estimate(features(one, model.records, focused=True)).probability < 1.0


@settings(max_examples=150)
@given(notices, choices, st.sampled_from(CODES), st.sampled_from(CALL_WORDS), st.data())
def test_what_is_never_held_is_not_held_whatever_surrounds_it(
    one: Notice, chosen: Choices, code: str, words: str, data: st.DataObject
) -> None:
    name = data.draw(anything)
    kinds = [
        replace(one, summary=code),
        replace(one, body=code),
        replace(one, summary=words),
        replace(one, category="call.incoming"),
        replace(one, app=data.draw(st.sampled_from(sorted(ALARM_NAMES)))),
        replace(one, desktop_entry=data.draw(st.sampled_from(sorted(ALARM_ENTRIES)))),
    ]
    assert all(decided(each, chosen)[0] is Decision.PASS for each in kinds)
    starred = Choices(starred_apps=(f"{name}x",), rules=chosen.rules)
    assert decided(replace(one, app=f"{name}X"), starred)[0] is Decision.PASS


def test_outside_of_focus_everything_is_shown() -> None:
    judged = decide(
        notice(), Context(False, 0, SURE_TO_HOLD, 1000), Choices(rules=(OwnRule(Decision.HOLD, app="chat"),))
    )
    assert (judged.decision, judged.rule) == (Decision.PASS, "no focus")
