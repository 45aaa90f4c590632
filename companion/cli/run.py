"""``companion run``: record, from the tray or without a window."""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import click

from companion import settings as settings_file
from companion.cli import opening, options
from companion.cli.codes import DONE, WRONG
from companion.settings import Settings
from companion.status import Activity

SHELL = "companion.shell"
LOOK_SECONDS = 0.5


@click.command()
@click.option("--headless", is_flag=True, help="No tray and no windows: record until Ctrl-C.")
@click.option("--board", metavar="NAME", help="Headset: a BrainFlow board, playback:FILE, lsl:NAME or none.")
@click.option("--param", "params", multiple=True, metavar="KEY=VALUE", help="A board's parameter, such as serial_port.")
@click.option("--frames", metavar="SOURCE", help="What to look at: screen, replay:DIR or replay:DIR@SPEED.")
@options.vault
def command(headless: bool, board: str | None, params: tuple[str, ...], frames: str | None, vault: Path | None) -> int:
    """Record the screen and the headset. What is named here is consented to for this run."""
    if headless:
        settings = settings_file.load()
        settings = replace(settings, board_params={**settings.board_params, **_parameters(params)})
        return _headless(settings, board=board, frames=frames, vault=vault)
    return _tray(board=board, params=params, frames=frames, vault=vault)


def _tray(*, board: str | None, params: tuple[str, ...], frames: str | None, vault: Path | None) -> int:
    """Hand over to the windows, found by name so that the engine never imports them."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise click.UsageError("There is no display here. Record without windows: `companion run --headless`.")
    given = {"--board": board, "--frames": frames, "--vault": vault}
    arguments = [part for name, value in given.items() if value is not None for part in (name, str(value))]
    arguments += [part for param in params for part in ("--param", param)]
    (shell,) = entry_points(group=SHELL)
    return int(shell.load()(arguments))


def _headless(settings: Settings, *, board: str | None, frames: str | None, vault: Path | None) -> int:
    """Record until interrupted, or until everything that was chosen has ended and is understood."""
    if not (frames or settings.consent_screen) and not _hears(settings, board):
        print(
            "companion: nothing is switched on. Name what to record, such as --frames screen and --board synthetic, "
            "or choose it once in the windows.",
            file=sys.stderr,
        )
        return WRONG
    from companion.app import build_engine

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    opened = opening.opened_or_new(vault or settings.vault_path)
    engine = build_engine(settings, vault=opened, board_name=board, frames=frames)
    engine.start()
    said, ended = "", False
    try:
        while not stopping.wait(LOOK_SECONDS):
            status = engine.status()
            if status.sentence != said:
                said = status.sentence
                print(said, file=sys.stderr, flush=True)
            ended = engine.finished() and not engine.pending()
            if ended:
                break
    finally:
        engine.stop()
    return WRONG if ended and status.activity is Activity.ERROR else DONE


def _hears(settings: Settings, board: str | None) -> bool:
    """Whether a headset is chosen for this run. Raises `BoardError` for one that is not known."""
    from companion.brain.board import parse

    name = board if board is not None else settings.board if settings.consent_eeg else "none"
    return parse(name, settings.board_params).kind != "none"


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    """Return ``KEY=VALUE`` pairs as a dictionary."""
    pairs = [pair.partition("=") for pair in given]
    wrong = [pair[0] for pair in pairs if not pair[1]]
    if wrong:
        raise click.UsageError(f"--param {wrong[0]} has no value: write --param {wrong[0]}=VALUE.")
    return {key.strip(): value for key, _, value in pairs}
