"""``companion vault lock`` and ``companion vault unlock``."""

from __future__ import annotations

from pathlib import Path

import click

from companion import control
from companion import settings as settings_file
from companion.cli import opening, options
from companion.cli.codes import DONE, NO
from companion.control import ControlError, NobodyError


@click.command()
@options.vault
def lock(vault: Path | None) -> int:
    """Take the keys out of the program that runs; it goes on recording what it cannot read."""
    try:
        click.echo(control.ask(vault or settings_file.load().vault_path, do="lock"))
    except NobodyError as error:
        click.echo(f"{error} The vault is locked.")
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
        click.echo(f"The passphrase is right. {error} It is asked for again when one starts.")
        return DONE
    except ControlError:
        pass  # it is there
    try:
        click.echo(control.ask(root, do="unlock", passphrase=opening.passphrase()))
    except ControlError as error:
        click.echo(str(error), err=True)
        return NO
    return DONE
