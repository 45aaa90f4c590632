"""``companion run``: record, from the tray or without a window."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion import settings as settings_file
from companion.cli import opening, options
from companion.cli.codes import WRONG
from companion.cli.session import Session
from companion.locked.switch import LOCKED_OPTION
from companion.settings import Settings
from index.types import LockedError
from index.vault import Vault

if TYPE_CHECKING:
    from companion.engine import Engine
    from companion.locked.engine import LockedEngine

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
    if headless:
        settings = settings_file.load()
        settings = replace(settings, board_params={**settings.board_params, **_parameters(params)})
        return _headless(settings, board=board, frames=frames, vault=vault, locked=locked)
    return _tray(board=board, params=params, frames=frames, vault=vault, locked=locked)


def _tray(*, board: str | None, params: tuple[str, ...], frames: str | None, vault: Path | None, locked: bool) -> int:
    """Hand over to the windows, found by name so that the engine never imports them."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise click.UsageError("There is no display here. Record without windows: `companion run --headless`.")
    given = {"--board": board, "--frames": frames, "--vault": vault}
    arguments = [part for name, value in given.items() if value is not None for part in (name, str(value))]
    arguments += [part for param in params for part in ("--param", param)]
    arguments += [LOCKED_OPTION] if locked else []
    (shell,) = entry_points(group=SHELL)
    return int(shell.load()(arguments))


def _headless(settings: Settings, *, board: str | None, frames: str | None, vault: Path | None, locked: bool) -> int:
    """Record until interrupted, or until everything that was chosen has ended and is understood."""
    if not (frames or settings.consent_screen) and not _hears(settings, board):
        print(
            "companion: nothing is switched on. Name what to record, such as --frames screen and --board synthetic, "
            "or choose it once in the windows.",
            file=sys.stderr,
        )
        return WRONG
    from companion.app import ThisRun

    root = vault or settings.vault_path
    ThisRun(board, frames).check(settings)  # a vault is not made for what is named wrongly
    opened = None if locked else _opened(root)
    with Session(root) as session:
        return session.run(lambda vault: _engine(settings, root, vault, board, frames), opened)


def _opened(root: Path) -> Vault | None:
    """Return the vault, unlocked or new; None when it is locked, which recording does not wait for."""
    try:
        return opening.opened_or_new(root)
    except LockedError as error:
        if not Vault(root).key_file.exists():
            raise
        print(f"companion: {error}", file=sys.stderr)
        return None


def _engine(
    settings: Settings, root: Path, vault: Vault | None, board: str | None, frames: str | None
) -> Engine | LockedEngine:
    from companion.app import build_engine, build_locked_engine

    if vault is None:
        return build_locked_engine(settings, root=root, board_name=board, frames=frames)
    return build_engine(settings, vault=vault, board_name=board, frames=frames)


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
