"""``companion run --headless``: everything it needs is heavy, and the windows must not wait for that."""

from __future__ import annotations

import sys
from pathlib import Path

from companion.app import build_engine, build_locked_engine
from companion.brain.board import parse
from companion.cli import opening
from companion.cli.codes import WRONG
from companion.cli.session import Session
from companion.engine import Engine
from companion.locked.engine import LockedEngine
from companion.recording import ThisRun
from companion.settings import Settings
from index.types import LockedError
from index.vault import Vault


def record(settings: Settings, *, board: str | None, frames: str | None, vault: Path | None, locked: bool) -> int:
    """Record until interrupted, or until everything that was chosen has ended and is understood."""
    if not (frames or settings.looks_at_windows) and not _hears(settings, board):
        print(
            "companion: nothing is switched on. Name what to record, such as --frames screen and --board synthetic, "
            "or choose it once in the windows.",
            file=sys.stderr,
        )
        return WRONG
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
    if vault is None:
        return build_locked_engine(settings, root=root, board_name=board, frames=frames)
    return build_engine(settings, vault=vault, board_name=board, frames=frames)


def _hears(settings: Settings, board: str | None) -> bool:
    """Whether a headset is chosen for this run. Raises `BoardError` for one that is not known."""
    name = board if board is not None else settings.board if settings.consent_eeg else "none"
    return parse(name, settings.board_params).kind != "none"
