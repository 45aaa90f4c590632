"""``companion run``: record, from the tray or without a window."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import click

from companion import settings as settings_file
from companion.cli import options
from companion.giving_back import share_one_heap

SHELL = "companion.shell"


@click.command()
@click.option("--headless", is_flag=True, help="No tray and no windows: record until Ctrl-C.")
@click.option("--board", metavar="NAME", help="Headset: a BrainFlow board, playback:FILE, lsl:NAME or none.")
@click.option("--param", "params", multiple=True, metavar="KEY=VALUE", help="A board's parameter, such as serial_port.")
@click.option("--frames", metavar="SOURCE", help="What to look at: screen, replay:DIR or replay:DIR@SPEED.")
@click.option("--locked", is_flag=True, help="Leave the vault locked: what is recorded is read after unlocking.")
@options.vault
def command(  # noqa: PLR0917 click passes by name
    headless: bool,
    board: str | None,
    params: tuple[str, ...],
    frames: str | None,
    locked: bool,
    vault: Path | None,
) -> int:
    """Record the screen and the headset. What is named here is consented to for this run."""
    share_one_heap()  # before the threads that are to share it
    if headless:
        from companion.cli.headless import record  # heavy, and the windows do without

        settings = settings_file.load()
        settings = replace(settings, board_params={**settings.board_params, **_parameters(params)})
        return record(settings, board=board, frames=frames, vault=vault, locked=locked)
    return _tray(board=board, params=params, frames=frames, vault=vault, locked=locked)


def _tray(*, board: str | None, params: tuple[str, ...], frames: str | None, vault: Path | None, locked: bool) -> int:
    """Hand over to the windows, found by name so that the engine never imports them."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise click.UsageError("There is no display here. Record without windows: `companion run --headless`.")
    given = {"--board": board, "--frames": frames, "--vault": vault}
    arguments = [part for name, value in given.items() if value is not None for part in (name, str(value))]
    arguments += [part for param in params for part in ("--param", param)]
    arguments += ["--locked"] if locked else []
    (shell,) = entry_points(group=SHELL)
    return int(shell.load()(arguments))


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    """Return ``KEY=VALUE`` pairs as a dictionary."""
    pairs = [pair.partition("=") for pair in given]
    wrong = [pair[0] for pair in pairs if not pair[1]]
    if wrong:
        raise click.UsageError(f"--param {wrong[0]} has no value: write --param {wrong[0]}=VALUE.")
    return {key.strip(): value for key, _, value in pairs}
