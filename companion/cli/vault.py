"""``companion vault``: making a vault, who may open it, how it is, and mending it."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path

import click
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from companion import settings as settings_file
from companion import unlocking
from companion.cli import opening, options
from companion.cli.codes import DONE
from index.keys import keyfile
from index.keys.keyfile import Way
from index.types import VaultError
from index.vault import Vault

ELSEWHERE = {
    "lock": "companion.cli.vault_lock",
    "unlock": "companion.cli.vault_lock",
    "passphrase": "companion.cli.vault_keys",
    "recover": "companion.cli.vault_keys",
    "rekey": "companion.cli.vault_keys",
    "verify": "companion.cli.vault_checks",
    "rebuild": "companion.cli.vault_checks",
}
WAYS = {
    Way.KEYRING: "the keyring of your login",
    Way.PASSPHRASE: "a passphrase",
    Way.RECOVERY: "the recovery code",
}


class Commands(click.Group):
    """A group, some of whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names."""
        return [*super().list_commands(ctx), *ELSEWHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(importlib.import_module(ELSEWHERE[cmd_name]), cmd_name)
        return found


@click.group(cls=Commands)
def command() -> None:
    """Make a vault, choose who may open it, look after it."""


@command.command()
@options.vault
@click.option("--passphrase", is_flag=True, help="Unlock by a passphrase, although the system has a keyring.")
def init(vault: Path | None, passphrase: bool) -> int:
    """Make a new, empty vault and show its recovery code."""
    root = root_of(vault)
    if keyfile.exists(Vault(root).key_file):
        raise VaultError(f"There is a vault at {root} already.")
    if passphrase:
        _, code = unlocking.found(root, passphrase=opening.new_passphrase())
        opening.show_code(code)
    else:
        opening.new(root)
    click.echo(f"The vault {root} is made. It is unlocked by {_told(Vault(root))}.")
    return DONE


@command.command()
@options.vault
@options.as_json
def status(vault: Path | None, as_json: bool) -> int:
    """Say how the vault can be unlocked, how large it is and whether it is in use; works while it is locked."""
    root = root_of(vault)
    place = Vault(root)
    ways = sorted(unlocking.key_file(root).ways())
    sizes = _sizes(place)
    if as_json:
        click.echo(json.dumps({"vault": str(root), "ways": ways, "in_use": place.in_use(), "bytes": sizes}))
        return DONE
    table = Table(show_header=False, box=None)
    table.add_row("vault", str(root))
    table.add_row("unlocked by", _told(place))
    table.add_row("in use", "yes, it is being recorded to" if place.in_use() else "no")
    for kind, held in sizes.items():
        table.add_row(kind, decimal(held))
    Console().print(table)
    return DONE


def root_of(vault: Path | None) -> Path:
    """Return the folder that was named, or that of the settings."""
    return vault or settings_file.load().vault_path


def _told(vault: Vault) -> str:
    ways = keyfile.load(vault.key_file).ways()
    return ", ".join(text for way, text in WAYS.items() if way in ways)


def _sizes(vault: Vault) -> dict[str, int]:
    """Return the bytes of each kind of file."""
    kinds = {"frames": vault.frames, "EEG": vault.eeg, "vectors": vault.vectors, "journal": vault.journal}
    kinds |= {"mails": vault.mails} if vault.mails.exists() else {}
    sizes = {name: _bytes(folder) for name, folder in kinds.items()}
    database = sum(path.stat().st_size for path in vault.root.glob(f"{vault.database.name}*"))
    return {"database": database, **sizes, "all": _bytes(vault.root)}


def _bytes(folder: Path) -> int:
    """Return the bytes of all files below a folder; one that goes away meanwhile counts nothing."""
    total = 0
    for at, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(at) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total
