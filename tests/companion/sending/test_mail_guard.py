"""The guard as the settings have it: a real one, with a real server behind it."""

from __future__ import annotations

import json
import smtplib
import socket
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import keyring
import pytest
from keyring.errors import KeyringLocked
from mail_desk import OFF, Desk
from mail_person import ANGRY, CALM, HOST, until

from companion.capture.types import Trigger
from companion.control import ControlError
from companion.sending import requests
from companion.sending.choices import account_of, as_written
from companion.sending.mail_guard import CLOSING, NO_ACCOUNT, NONE_WAITS, told
from companion.sending.types import SendingError, State


def test_nothing_is_made_before_it_is_wanted(desk: Desk) -> None:
    desk.apply(OFF)
    state = desk.guard.state()
    assert (state.on, state.serves, state.problem, state.held) == (False, False, "", ())
    assert state.sentence == "Mails are not held."
    assert (desk.made, desk.folder.exists(), desk.incidents) == ([], False, [])
    with pytest.raises(SendingError, match=NONE_WAITS):
        desk.guard.drop("1").result(60)


def test_it_begins_holds_and_sends_on_demand(desk: Desk) -> None:
    desk.apply(desk.settings)
    assert desk.guard.state().sentence == "Mails that you write in agitation are held."
    desk.send(CALM)
    assert len(desk.server.received) == 1
    desk.send(ANGRY)
    state = desk.guard.state()
    assert state.sentence == "Mails that you write in agitation are held. 1 mail waits."
    (mail,) = state.held
    assert mail.why == ("The words or the way they are written are sharp.", "The headset shows tension.")
    desk.guard.send_now(mail.id).result(60)
    until(lambda: len(desk.server.received) == 2)
    until(lambda: desk.guard.state().held == ())
    assert desk.incidents == []


def test_another_choice_that_is_none_of_its_own_breaks_no_connection(desk: Desk) -> None:
    desk.apply(desk.settings)
    with smtplib.SMTP(HOST, desk.port, timeout=60) as program:
        program.ehlo()
        desk.apply(replace(desk.settings, hotkey="ctrl+space"))
        assert program.noop()[0] == 250
    assert len(desk.made) == 1


def test_switched_off_it_serves_nobody_and_still_sends_what_waits(desk: Desk) -> None:
    desk.apply(desk.settings)
    desk.send(ANGRY)
    desk.apply(replace(desk.settings, send_guard=False))
    state = desk.guard.state()
    assert (state.on, state.serves, len(state.held)) == (False, False, 1)
    assert state.sentence == "Mails are not held. 1 mail waits."
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((HOST, desk.port), timeout=60)
    desk.guard.send_now(state.held[0].id).result(60)
    until(lambda: len(desk.server.received) == 1)


def test_a_mail_that_waited_at_the_end_is_there_at_the_next_start_although_it_is_off(desk: Desk) -> None:
    desk.apply(desk.settings)
    desk.send(ANGRY)
    (before,) = desk.guard.state().held
    desk.guard.stop()
    assert desk.guard.state().held == ()
    with pytest.raises(SendingError, match=CLOSING):
        desk.guard.send_now(before.id).result(60)
    desk.new_guard()
    desk.apply(OFF)
    assert desk.guard.state().held == (before,)
    assert desk.server.received == []


def test_a_port_that_is_taken_is_told_and_tried_again_with_the_next_change(desk: Desk) -> None:
    with socket.socket() as other:
        other.bind((HOST, desk.port))
        other.listen()
        desk.apply(desk.settings)
        state = desk.guard.state()
        assert (state.on, state.serves) == (True, False)
        assert f"Port {desk.port}" in state.problem
        assert "do not let your mail program log in there" in state.problem
        assert state.sentence.startswith("Mail programs are not served: Port")
        assert [incident.partition(" Port")[0] for incident in desk.incidents] == [
            "mail: Outgoing mail is not guarded as you chose:"
        ]
    desk.apply(desk.settings)
    state = desk.guard.state()
    assert (state.serves, state.problem) == (True, "")


def test_mails_that_wait_are_shown_and_sent_although_a_port_is_taken(desk: Desk) -> None:
    desk.apply(desk.settings)
    desk.send(ANGRY)
    desk.apply(replace(desk.settings, send_guard=False))
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((HOST, desk.port))
        other.listen()
        desk.apply(desk.settings)
        (mail,) = desk.guard.state().held
        desk.guard.send_now(mail.id).result(60)
        until(lambda: len(desk.server.received) == 1)


def test_a_locked_keyring_keeps_nobody_from_being_served(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_service: str, _user: str) -> NoReturn:
        raise KeyringLocked("Failed to unlock the collection!")

    desk.apply(desk.settings)
    desk.send(ANGRY)
    desk.guard.stop()
    monkeypatch.setattr(keyring, "get_password", locked)
    desk.new_guard()
    desk.apply(desk.settings)
    state = desk.guard.state()
    assert (state.serves, state.problem, len(state.held)) == (True, "", 1)
    assert "could not look whether the keyring has a mail's password" in desk.incidents[-1]


def test_what_keeps_it_from_working_is_told_whatever_it_is(desk: Desk) -> None:
    desk.folder.write_bytes(b"no folder")
    with pytest.raises(NotADirectoryError):
        desk.apply(OFF)
    assert "NotADirectoryError" in desk.guard.state().problem
    assert len(desk.incidents) == 1
    desk.folder.unlink()
    desk.apply(desk.settings)
    assert desk.guard.state().problem == ""


def test_settings_that_mean_nothing_are_told_and_change_nothing(desk: Desk) -> None:
    desk.apply(desk.settings)
    desk.apply(replace(desk.settings, send_accounts=("work",)))
    state = desk.guard.state()
    assert "Write an account as" in state.problem
    assert state.sentence.startswith("Mails that you write in agitation are held. Not as you chose: Write an account")
    desk.send(CALM)
    assert len(desk.server.received) == 1


def test_without_an_account_it_says_what_is_missing(desk: Desk) -> None:
    desk.apply(replace(OFF, send_guard=True))
    assert desk.guard.state().sentence == NO_ACCOUNT


def test_how_hands_type_counts_only_with_consent(desk: Desk) -> None:
    hands = replace(desk.settings, consent_input=True, consent_text=True)
    senses = desk.guard._senses
    for settings, known in ((hands, True), (desk.settings, False)):
        desk.apply(settings)
        now = senses._monotonic()
        for number in range(400):
            desk.guard.happened(Trigger.TYPED, now - 1000.0 + 0.3 * number)
        for number in range(60):
            desk.guard.happened(Trigger.TYPED, now - 30.0 + 0.2 * number)
        assert (senses.signals().typing is not None) is known
        desk.guard.forgotten()
        assert senses.signals().typing is None


def test_other_commands_list_and_decide(desk: Desk, tmp_path: Path) -> None:
    desk.apply(desk.settings)
    for _ in range(4):
        desk.send(ANGRY)

    def ask(**request: str) -> str:
        return requests.answer(desk.guard, request)

    told_of = json.loads(ask(act="list"))
    assert (told_of["on"], told_of["serves"], told_of["problem"]) == (True, True, "")
    one, two, three, four = (mail["id"] for mail in told_of["mails"])
    assert told_of["mails"][0]["to"] == ["bob@example.org"]
    assert "in 30 minutes" in ask(act="later", mail=one, minutes="30")
    assert desk.guard.state().held[0].goes == 1_790_000_000.0 + 1800.0
    assert str(tmp_path / "a.eml") in ask(act="take-back", mail=two, into=str(tmp_path / "a.eml"))
    assert b"X-Unsent: 1" in (tmp_path / "a.eml").read_bytes()
    assert "not sent" in ask(act="drop", mail=three)
    assert "goes now" in ask(act="send-now", mail=four)
    until(lambda: len(desk.server.received) == 1)
    until(lambda: [mail.id for mail in desk.guard.state().held] == [one])
    for request, mend in (
        ({"act": "drop", "mail": ""}, "No mail  waits"),
        ({"act": "drop", "mail": "zz"}, "No mail zz waits"),
        ({"act": "later", "mail": one, "minutes": "soon"}, "does not know what was asked"),
        ({"act": "later", "mail": one, "minutes": "99999"}, "up to a week"),
        ({"act": "paint", "mail": one}, "does not know what was asked"),
        ({"act": "take-back", "mail": one, "into": str(tmp_path / "a.eml")}, "exists already"),
    ):
        with pytest.raises(ControlError, match=mend):
            ask(**request)
    with pytest.raises(ControlError, match="Memory is locked"):
        requests.answer(None, {"act": "list"})


def test_a_name_that_several_begin_with_is_refused(desk: Desk) -> None:
    desk.apply(desk.settings)
    for _ in range(17):  # two of them begin alike
        desk.send(ANGRY)
    held = desk.guard.state().held
    first = [mail.id[0] for mail in held]
    twice = next(letter for letter in first if first.count(letter) > 1)
    with pytest.raises(SendingError, match=f"begin with {twice}"):
        requests.named(held, twice)
    assert requests.named(held, held[3].id) is held[3]


def test_what_nobody_knows_is_said_in_the_sentence(desk: Desk) -> None:
    desk.apply(desk.settings)
    desk.send(ANGRY)
    (mail,) = desk.guard.state().held
    unsure = replace(mail, state=State.UNSURE, goes=None)
    assert told((unsure, mail), on=True, serves=True, problem="") == (
        "Mails that you write in agitation are held. 2 mails wait. Of 1 it is not known whether it was sent."
    )


def test_an_account_is_written_as_it_is_read(desk: Desk) -> None:
    assert as_written(account_of(desk.settings.send_accounts[0])) == desk.settings.send_accounts[0]
