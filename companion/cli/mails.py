"""``companion mails``: the mails that the program that runs holds, and what is to become of each."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from companion import control
from companion import settings as settings_file
from companion.cli import options
from companion.cli.codes import DONE, NO
from companion.control import ControlError
from companion.sending import requests
from companion.sending.types import DECIDING_SECONDS, State
from companion.thunderbird import install
from companion.thunderbird.install import INSTALL, InstallError
from companion.wording import clock_time

SHORT = 6  # characters of a mail's name: enough to tell a few apart
GOES = {
    State.SENDING: "is being sent",
    State.UNSURE: "may have been sent",
    State.FAILED: "refused for good",
    State.TAKEN: "taken back, not sent",
}
REMOVED = "Thunderbird asks Companion no more. Remove the add-on itself in Thunderbird, under Add-ons and Themes."

mail = click.argument("mail", metavar="MAIL")


@click.group()
def command() -> None:
    """Say which mails wait, and send, put off, take back or drop one. MAIL is its name or how that begins."""


@command.command("list")
@options.vault
@options.as_json
def list_mails(vault: Path | None, as_json: bool) -> int:
    """Say which mails wait, to whom they go, when, and why they were held."""
    try:
        told = _ask(vault, act="list")
    except ControlError as error:
        click.echo(str(error), err=True)
        return NO
    if as_json:
        click.echo(told)
        return DONE
    found = json.loads(told)
    if found["mails"]:
        Console().print(_table(found["mails"]))
    click.echo(found["says"])
    return DONE


@command.command("send-now")
@mail
@options.vault
def send_now(mail: str, vault: Path | None) -> int:
    """Send a mail now; one that may have been sent already is sent again."""
    return _said(vault, act="send-now", mail=mail)


@command.command()
@mail
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=60.0, help="From now; 60 unless said.")
@options.vault
def later(mail: str, minutes: float, vault: Path | None) -> int:
    """Put a mail off."""
    return _said(vault, act="later", mail=mail, minutes=str(minutes))


@command.command("take-back")
@mail
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options.vault
def take_back(mail: str, file: Path, vault: Path | None) -> int:
    """Write a mail to a new FILE (.eml), not encrypted, that a mail program opens for editing; it waits no more."""
    return _said(vault, act="take-back", mail=mail, into=str(file.absolute()))


@command.command()
@mail
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.vault
def drop(mail: str, yes: bool, vault: Path | None) -> int:
    """Let a mail go for good without sending it."""
    try:
        if not yes and sys.stdin.isatty():  # else nobody is asked
            _let_wait(vault, mail)
    except ControlError as error:
        click.echo(str(error), err=True)
        return NO
    if not options.agreed("Drop this mail for good? It is nowhere else.", yes=yes):
        return NO
    return _said(vault, act="drop", mail=mail)


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default=Path(install.FILE))
@click.option("--remove", is_flag=True, help="Have Thunderbird ask Companion no more.")
@options.vault
def thunderbird(file: Path, remove: bool, vault: Path | None) -> int:
    """Write the add-on for Thunderbird to FILE (.xpi), and let it ask Companion whether a mail should wait."""
    try:
        if remove:
            there = install.remove(home=Path.home())
            click.echo(REMOVED if there else "Thunderbird does not ask Companion.")
        else:
            install.install(file, home=Path.home(), vault=vault)
            click.echo(f"The add-on lies in {file}. {INSTALL}")
    except InstallError as error:
        click.echo(str(error), err=True)
        return NO
    return DONE


def _let_wait(vault: Path | None, name: str) -> None:
    """Have a mail not go while its person decides; raises `ControlError`."""
    for one in json.loads(_ask(vault, act="list"))["mails"]:
        soon = one["goes"] is not None and one["goes"] - time.time() < DECIDING_SECONDS
        if soon and one["id"].startswith(name):
            _ask(vault, act="later", mail=name, minutes=str(DECIDING_SECONDS / 60.0))


def _said(vault: Path | None, **request: str) -> int:
    try:
        click.echo(_ask(vault, **request))
    except ControlError as error:
        click.echo(str(error), err=True)
        return NO
    return DONE


def _ask(vault: Path | None, **request: str) -> str:
    return control.ask(vault or settings_file.load().vault_path, do=requests.WHAT, **request)


def _table(mails: list[dict[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold")
    for column in ("mail", "to", "subject", "goes", "why"):
        table.add_column(column, no_wrap=column == "mail")
    for one in mails:
        words = (
            one["id"][:SHORT],
            ", ".join(one["to"]),
            one["subject"],
            _goes(one),
            " ".join((*one["why"], one["said"])),
        )
        table.add_row(*map(Text, words))
    return table


def _goes(one: dict[str, Any]) -> str:
    """Return when a mail goes, or why it does not by itself."""
    state = State(one["state"])
    if state is not State.HELD:
        return GOES[state]
    return "now" if one["goes"] <= time.time() else clock_time(one["goes"])
