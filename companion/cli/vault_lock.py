"""``companion vault lock`` and ``companion vault unlock``."""

from __future__ import annotations

from pathlib import Path

import click

from companion import control, unlocking
from companion import settings as settings_file
from companion.cli import opening, options
from companion.cli.codes import DONE, NO
from companion.control import ControlError, NobodyError
from index.keys.keyfile import Way

ASKS = "The vault is locked: it opens by its passphrase."
BY_KEYRING = "The vault has no passphrase: it opens for whoever is logged in."
RIGHT = "The passphrase is right, and is asked for again then."


@click.command()
@options.vault
def lock(vault: Path | None) -> int:
    """Take the keys out of the program that runs; it goes on recording what it cannot read."""
    root = vault or settings_file.load().vault_path
    try:
        click.echo(control.ask(root, do="lock"))
    except NobodyError:
        click.echo(f"No program is recording to {root}. {ASKS if _asks(root) else BY_KEYRING}")
    except ControlError as error:
        click.echo(str(error), err=True)
        return NO
    return DONE


@click.command()
@options.vault
def unlock(vault: Path | None) -> int:
    """Unlock the program that runs with the vault's passphrase."""
    root = vault or settings_file.load().vault_path
    try:
        control.ask(root, do="is there")
    except NobodyError as error:
        opening.opened(root)
        click.echo(f"{error} {RIGHT if _asks(root) else BY_KEYRING}")
        return DONE
    except ControlError:
        pass  # it is there
    try:
        click.echo(control.ask(root, do="unlock", passphrase=opening.passphrase()))
    except ControlError as error:
        click.echo(str(error), err=True)
        return NO
    return DONE


def _asks(root: Path) -> bool:
    """Whether the vault opens by a passphrase; raises `VaultError` where there is none."""
    return Way.PASSPHRASE in unlocking.key_file(root).ways()
