"""Vaults for tests, opened as the program opens them: by the keyring."""

from __future__ import annotations

from pathlib import Path

from companion import unlocking
from index.keys import keyfile
from index.keys.sealing import Sealer
from index.signals.bdf_header import COUNT_OFFSET, COUNT_WIDTH, encode_count
from index.signals.record_file import layout_of, records
from index.vault import Vault
from index.writer import Writer


def vault_at(root: Path) -> Vault:
    """Return the vault at ``root``, unlocked; its keys are made when it has none."""
    if keyfile.exists(Vault(root).key_file):
        return unlocking.unlocked(root)
    return unlocking.found(root)[0]


def locked_vault_at(root: Path) -> Vault:
    """Return a vault that was made and is locked: only its key file can be read."""
    with Writer(vault_at(root)):
        pass
    return Vault(root)


def plain_bdf(path: Path, sealer: Sealer, to: Path) -> Path:
    """Decrypt a recording into the file ``to``, for the tools of others, and return that."""
    file = records(path, sealer)
    form = layout_of(file, path.name)
    count, header = file.count(form), file.header()
    told = header[:COUNT_OFFSET] + encode_count(count) + header[COUNT_OFFSET + COUNT_WIDTH :]
    to.write_bytes(told + file.read(form, 0, count))
    return to
