"""``companion focus``: how focus stands in the program that runs, and having it on, off or automatic."""

from __future__ import annotations

import json
from pathlib import Path

import click

from companion import control
from companion import settings as settings_file
from companion.cli import options
from companion.cli.codes import DONE, NO
from companion.control import ControlError
from companion.deep_work import requests

_MINUTES = click.FloatRange(0, requests.MOST_MINUTES, min_open=True)


@click.group()
def command() -> None:
    """Say how focus stands, or have it on, off or automatic, in the program that runs."""


@command.command()
@options.vault
@options.as_json
def status(vault: Path | None, as_json: bool) -> int:
    """Say whether this is deep focus, why, and what do-not-disturb does."""
    try:
        told = _ask(vault, mode="status")
    except ControlError as error:
        click.echo(str(error), err=True)
        return NO
    click.echo(told if as_json else json.loads(told)["says"])
    return DONE


def _switch(mode: str, about: str) -> None:
    @command.command(mode, help=about)
    @options.vault
    @click.option("--minutes", type=_MINUTES, help=f"For so long, at most {requests.MOST_MINUTES:.0f}.")
    def switch(vault: Path | None, minutes: float | None) -> int:
        try:
            click.echo(_ask(vault, mode=mode, minutes="" if minutes is None else str(minutes)))
        except ControlError as error:
            click.echo(str(error), err=True)
            return NO
        return DONE


_switch("on", "Have it on whatever the signs say, without --minutes for the longest time that is set.")
_switch("off", "Have it off, without --minutes until changed.")
_switch("automatic", "Have it told by what you do, and by the headset where it is worn.")


def _ask(vault: Path | None, **request: str) -> str:
    return control.ask(vault or settings_file.load().vault_path, do=requests.WHAT, **request)
