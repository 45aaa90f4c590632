"""``companion vault passphrase``, ``recover`` and ``rekey``: who may open the vault."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from companion import renewing, unlocking
from companion.cli import opening, options
from companion.cli.bars import bars
from companion.cli.codes import DONE
from companion.cli.vault import root_of
from index.keys import keyfile
from index.keys.keyfile import Way
from index.types import LockedError, VaultError
from index.vault import Vault

LINE = click.Path(path_type=Path, dir_okay=False)
OLD_CODE = "Nothing was changed: the recovery code shown above opens nothing, and the one that you gave still does."
NEW_CODE = "The recovery code shown above is the one that counts from now on."


@click.command()
@options.vault
@click.option("--remove", is_flag=True, help="Unlock by the keyring of your login from now on.")
@click.option("--file", "source", type=LINE, help="A file whose first line is the new passphrase.")
def passphrase(vault: Path | None, remove: bool, source: Path | None) -> int:
    """Set or change the vault's passphrase, or remove it."""
    root = root_of(vault)
    opened = unlocking.open_file(unlocking.key_file(root), ask=opening.passphrase)
    chosen = None if remove else _line(source) if source else opening.new_passphrase()
    unlocking.change_way(root, opened, chosen)
    click.echo(
        f"The vault is unlocked by {'the keyring of your login' if remove else 'its new passphrase'} from now on. "
        "Whoever has an old copy of keys.json and knows how it was opened can still read the vault: "
        "`companion vault rekey` ends that."
    )
    return DONE


@click.command()
@options.vault
@click.option("--code-file", type=LINE, help="A file whose first line is the recovery code.")
@click.option("--passphrase", "by_passphrase", is_flag=True, help="Choose a passphrase, although there is a keyring.")
@click.option("--file", "source", type=LINE, help="A file whose first line is the new passphrase.")
def recover(vault: Path | None, code_file: Path | None, by_passphrase: bool, source: Path | None) -> int:
    """Open the vault with its recovery code, and choose anew how it is unlocked."""
    root = root_of(vault)
    file = unlocking.key_file(root)
    opened = file.open(Way.RECOVERY, keyfile.recovery_secret(_line(code_file) if code_file else _typed_code()))
    chosen = _line(source) if source else None
    if chosen is None and (by_passphrase or not unlocking.has_keyring()):
        chosen = opening.new_passphrase()
    shown: list[str] = []

    def show(code: str) -> None:  # before it counts: there is never a vault whose code nobody saw
        opening.show_code(code)
        shown.append(code)

    try:
        unlocking.change_way(root, opened, chosen, code=keyfile.new_recovery_code(), show=show)
    except VaultError as error:
        if not shown:
            raise
        raise VaultError(f"{error} {NEW_CODE if _opens(root, shown[0]) else OLD_CODE}") from error
    click.echo("The vault opens again. The code that was used is not valid any more.")
    return DONE


@click.command()
@options.vault
def rekey(vault: Path | None) -> int:
    """Change all keys and encrypt everything anew; goes on where it was broken off.

    For when somebody may have got hold of a key. Until it is done the vault needs room for a second database.
    """
    place = Vault(root_of(vault))
    unlocking.key_file(place.root)  # where there is no vault nothing is claimed
    typed: list[str] = []

    def ask() -> str:
        typed.append(opening.passphrase())
        return typed[0]

    place.claim()
    try:
        file = unlocking.key_file(place.root)  # nobody else changes its keys from here on
        opened = unlocking.open_file(file, ask=ask)
        with bars() as progress:
            renewing.renew(
                place.root, file, opened, typed[0] if typed else None, show=opening.show_code, progress=progress
            )
    finally:
        place.release()
    click.echo("Every key is new, and everything is encrypted with the new ones.")
    return DONE


def _opens(root: Path, code: str) -> bool:
    """Whether a recovery code opens the vault as it is now."""
    try:
        unlocking.key_file(root).open(Way.RECOVERY, keyfile.recovery_secret(code))
    except VaultError:
        return False
    return True


def _typed_code() -> str:
    if not sys.stdin.isatty():
        raise LockedError("There is no terminal to ask for the recovery code. Name a file that holds it: --code-file.")
    return str(click.prompt("Recovery code", err=True))


def _line(path: Path) -> str:
    """Return the first line of a file. Raises `VaultError`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise VaultError(f"{path} cannot be read ({error}). Name another file.") from error
    if not lines or not lines[0]:
        raise VaultError(f"{path} is empty. Write what is asked for into its first line.")
    return lines[0]
