"""What the person wishes to be forgotten, carried out: also the key of the EEG and the keyring's secret."""

from __future__ import annotations

from companion import unlocking
from companion.brain.headset import PART as HEADSET
from companion.learning import PART as LEARNING
from embeddings import spaces
from index.forgetting import forgetting
from index.forgetting.forgetting import OfBrain, Progress
from index.forgetting.wish import Plan
from index.keys import erasing, keyfile
from index.store import Store
from index.types import VaultError
from index.vault import Vault
from index.writer import Writer

BRAIN = OfBrain(
    spaces=("state:*", f"{spaces.SHARED.format('*')}*"),
    parts=(HEADSET, LEARNING, "recorder", "contact", "import", "encoder", "learner"),
)


def forget(
    writer: Writer,
    store: Store,
    plan: Plan,
    *,
    time: float,
    ask: unlocking.Ask | None = None,
    progress: Progress = lambda _share: None,
) -> None:
    """Forget what was planned at ``time`` (now, UTC seconds).

    ``ask`` returns the passphrase, where the vault has one and its EEG's key is to go. Raises `VaultError`.
    """
    keys = _opened(writer.vault, ask) if plan.brain else None
    forgetting.begin(writer, plan, time=time)
    if keys is not None:
        file, opened = keys
        renewed, _ = file.with_secrets(opened.secrets.without_brain(), opened)
        erasing.replace_keys(renewed, writer.vault.key_file)
    forgetting.finish(writer, store, brain=BRAIN, progress=progress)


def go_on(writer: Writer, store: Store) -> bool:
    """Forget what a crash left to be forgotten; returns whether there was anything. Raises `VaultError`."""
    waits = forgetting.waits(store)
    forgetting.finish(writer, store, brain=BRAIN)
    return waits


def forget_everything(vault: Vault) -> list[str]:
    """Delete a vault, locked or not, with its keys and the keyring's secret; returns what of its folder stays.

    Raises `VaultError`, also when a program is recording to it.
    """
    vault.claim()
    try:
        name = _name(vault)
        left = erasing.erase(vault)
    finally:
        vault.release()
    if name is not None:
        unlocking.forget_secret(name)
    return left


def _opened(vault: Vault, ask: unlocking.Ask | None) -> tuple[keyfile.KeyFile, keyfile.Opened]:
    file = keyfile.load(vault.key_file)
    return file, unlocking.open_file(file, ask=ask)


def _name(vault: Vault) -> str | None:
    """Return the name by which the keyring knows the vault, None when no file tells it any more."""
    try:
        return keyfile.load(vault.key_file).vault
    except VaultError:  # damaged, or deleted by a call before: its secret opens nothing
        return None
