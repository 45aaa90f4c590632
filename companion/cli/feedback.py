"""``companion feedback``: neurofeedback in the program that runs, and what is kept of it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from companion import control
from companion import settings as settings_file
from companion.cli import feedback_kept, options
from companion.cli.codes import DONE, NO
from companion.control import ControlError
from companion.feedback import requests
from companion.feedback.protocols import PROTOCOLS
from companion.feedback.sound import Sound
from companion.feedback.types import LEAST_BASELINE
from companion.wording import duration

LOOK_SECONDS = 0.25
BAR = 24  # characters
BASELINE_HELP = f"Seconds of baseline before, at least {LEAST_BASELINE:g}; 60 by default."
SOUNDS = [sound.value for sound in Sound]


@click.group()
def command() -> None:
    """Train with what the headset shows; reports and progress of your sessions.

    What begins, pauses and ends a session asks the program that runs (`companion run`).
    """


@command.command("options")
@options.vault
@options.as_json
def offered(vault: Path | None, *, as_json: bool) -> int:
    """Say what can be trained with the headset that is worn now, and why not."""
    told = _asked(vault, ask="options")
    if told is None:
        return NO
    if as_json:
        click.echo(told)
        return DONE
    for option in json.loads(told):
        click.echo(f"{option['name']}: {option['title']}. {option['sentence']}")
        for said in filter(None, (option["obstacle"], option["note"])):
            click.echo(f"  {'Not now: ' if said == option['obstacle'] else ''}{said}")
    return DONE


@command.command()
@click.argument("protocol", type=click.Choice([protocol.name for protocol in PROTOCOLS]))
@options.vault
@click.option("--blocks", type=click.IntRange(1, 60), help="How many blocks; 5 by default.")
@click.option("--minutes", type=click.FloatRange(0, 60, min_open=True), help="How long each block lasts; 3 by default.")
@click.option("--baseline", type=click.FloatRange(LEAST_BASELINE, 600), help=BASELINE_HELP)
@click.option("--rest", type=click.FloatRange(0, 600), help="Seconds of rest between blocks; 30 by default.")
@click.option("--rate", type=click.FloatRange(0.3, 0.9), help="Share of time that is rewarded; 0.6 by default.")
@click.option("--blind", is_flag=True, help="Let a sealed draw decide between your own signal and a replay.")
@click.option(
    "--sound",
    type=click.Choice([sound.value for sound in Sound]),
    help="What is heard beside the scene; needs the windows.",
)
@click.option("--towards", default="", help="A moment's number or a tag, for `direction`.")
@click.option("--strategy", default="", help="What you mean to try, in your words, for the report.")
@click.option("--follow", is_flag=True, help="Show it in the terminal until it ends.")
def start(protocol: str, *, vault: Path | None, towards: str, minutes: float | None, follow: bool, **more: Any) -> int:
    """Begin a session of PROTOCOL: first a baseline, then blocks with rests between."""
    request = {name: "" if value is None else str(value) for name, value in more.items()}
    request |= {"blind": "yes" if more["blind"] else "", "protocol": protocol}
    request |= {"block": "" if minutes is None else str(60.0 * minutes)}
    request |= {"moment" if towards.isdecimal() else "tag": towards} if towards else {}
    told = _asked(vault, ask="start", **request)
    if told is None:
        return NO
    click.echo(told)
    return _followed(vault) if follow else DONE


@command.command()
@options.vault
@options.as_json
@click.option("--follow", is_flag=True, help="Show it in the terminal until it ends.")
def status(vault: Path | None, *, as_json: bool, follow: bool) -> int:
    """Say how the session stands."""
    told = _asked(vault, ask="status")
    if told is None:
        return NO
    if follow:
        return _followed(vault)
    click.echo(told if as_json else _line(json.loads(told)))
    return DONE


def _act(name: str, ask: str, about: str) -> None:
    @command.command(name, help=about)
    @options.vault
    def act(vault: Path | None) -> int:
        told = _asked(vault, ask=ask)
        if told is None:
            return NO
        click.echo(told)
        return DONE


_act("pause", "pause", "Have the session stand still.")
_act("go-on", "go on", "Have the session go on after a pause.")
_act("end", "end", "End the session early; what there was is kept.")


@command.command()
@options.vault
@options.as_json
@click.option("--seek", is_flag=True, help="Look for it anew: a good minute of closed eyes, in the program that runs.")
def alpha(vault: Path | None, *, as_json: bool, seek: bool) -> int:
    """Say what is known of your own alpha frequency, which `calm` goes by."""
    return _sought(vault, as_json=as_json) if seek else feedback_kept.known_alpha(vault, as_json=as_json)


def _sought(vault: Path | None, *, as_json: bool) -> int:
    told = _asked(vault, ask="seek alpha")
    if told is None:
        return NO
    click.echo(told, err=True)
    try:
        while (search := json.loads(_asked(vault, ask="alpha") or "null")) and search["running"]:
            if search["sentence"] != told:
                told = search["sentence"]
                click.echo(told, err=True)
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        _asked(vault, ask="leave alpha")
        raise
    if search is None:
        return NO
    click.echo(json.dumps(search) if as_json else search["sentence"])
    return DONE if search["found"] and search["found"]["frequency"] else NO


def _followed(vault: Path | None) -> int:
    """Show a session until it ends; a line that changes in a terminal, else a line for each new sentence."""
    alive, said = sys.stdout.isatty(), ""
    while True:
        told = _asked(vault, ask="status")
        if told is None:
            return NO
        now = json.loads(told)
        line = _line(now)
        if alive:
            click.echo(f"\r\033[K{line}", nl=False)
        elif now["sentence"] != said:
            said = now["sentence"]
            click.echo(line)
        if not now["running"]:
            break
        time.sleep(LOOK_SECONDS)
    if alive:
        click.echo()
    if now["number"] is not None:
        click.echo(f"companion feedback report {now['number']}")
    return DONE


def _line(now: dict[str, Any]) -> str:
    bar = "" if now["value"] is None else f"{'█' * round(BAR * now['value']):░<{BAR}} "
    left = f" {duration(now['left_all'])} left." if now["running"] else ""
    return f"{bar}{now['sentence']}{left}"


def _asked(vault: Path | None, **request: str) -> str | None:
    """Return what the program that runs said; None where it refused, which is told."""
    try:
        return control.ask(vault or settings_file.load().vault_path, do=requests.WHAT, **request)
    except ControlError as error:
        click.echo(str(error), err=True)
        return None


for each in feedback_kept.COMMANDS:
    command.add_command(each)
