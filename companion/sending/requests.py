"""What other commands ask of the send guard: which mails wait, and what is to become of one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from companion.control import ControlError
from companion.sending.types import Draft, HeldMail, SendingError

if TYPE_CHECKING:
    from companion.sending.port import SendingPort

T = TypeVar("T")

WHAT = "mails"
LOCKED = "Memory is locked, and mails that wait with it: unlock it first."
NOT_KNOWN = "This version of the program does not know what was asked."
PATIENCE_SECONDS = 60.0  # a server may just be taking a mail


def answer(sending: SendingPort | None, request: Mapping[str, str]) -> str:
    """Do what is asked for and return what to tell, JSON for the acts ``list`` and ``judge``; raises `ControlError`."""
    if sending is None:
        raise ControlError(LOCKED)
    try:
        return _answer(sending, request)
    except SendingError as error:
        raise ControlError(str(error)) from error


def _answer(sending: SendingPort, request: Mapping[str, str]) -> str:
    act = request.get("act", "")
    if act == "judge":
        return json.dumps(asdict(sending.judge(_draft(request))))
    state = sending.state()
    if act == "list":
        told = {"on": state.on, "serves": state.serves, "problem": state.problem, "says": state.sentence}
        return json.dumps({**told, "mails": [asdict(mail) for mail in state.held]})
    mail = named(state.held, request.get("mail", "")).id
    if act == "send-now":
        _done(sending.send_now(mail))
        return "It goes now. If its server does not take it, it waits on, and the list says why."
    if act == "later":
        _done(sending.later(mail, _minutes(request) * 60.0))
        return f"It goes in {_minutes(request):g} minutes."
    if act == "take-back":
        return f"It waits no more. It lies in {_done(sending.take_back(mail, Path(request.get('into', ''))))}."
    if act == "drop":
        _done(sending.drop(mail))
        return "It waits no more, and is not sent."
    raise ControlError(NOT_KNOWN)


def named(held: tuple[HeldMail, ...], name: str) -> HeldMail:
    """Return the one mail whose name begins so; raises `SendingError`."""
    found = [mail for mail in held if name and mail.id.startswith(name)]
    if not found:
        raise SendingError(f"No mail {name} waits. `companion mails list` names those that do.")
    if len(found) > 1:
        raise SendingError(f"{len(found)} mails that wait begin with {name}. Write more of the name.")
    return found[0]


def _draft(request: Mapping[str, str]) -> Draft:
    try:
        return Draft(request["text"], int(request["recipients"]), reply=request["reply"] == "yes")
    except (KeyError, ValueError) as error:
        raise ControlError(NOT_KNOWN) from error


def _minutes(request: Mapping[str, str]) -> float:
    try:
        return float(request.get("minutes", ""))
    except ValueError as error:
        raise ControlError(NOT_KNOWN) from error


def _done(future: Future[T]) -> T:
    try:
        return future.result(PATIENCE_SECONDS)
    except TimeoutError as error:
        raise ControlError("A server is slow to answer. Look at the list again in a while.") from error
