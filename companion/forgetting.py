"""What the person wishes to be forgotten, carried out: also the key of the EEG and the keyring's secret."""

from __future__ import annotations

import time as system_time
from collections.abc import Callable
from contextlib import closing

from companion import unlocking
from companion.brain.headset import PART as HEADSET
from companion.learning.background import PART as LEARNING
from companion.locked.merging import merge_all
from companion.ports import Gone
from embeddings import spaces
from index.forgetting import forgetting, wish
from index.forgetting.forgetting import OfBrain, Progress
from index.forgetting.wish import Plan, Wish
from index.keys import erasing, keyfile, mail_files
from index.keys.keys import Keys
from index.spaces.vectors import Vectors
from index.store import Store
from index.types import Filters, LockedError, VaultError
from index.vault import Vault
from index.writer import Writer

BRAIN = OfBrain(
    spaces=("state:*", f"{spaces.SHARED.format('*')}*"),
    parts=(HEADSET, LEARNING, "recorder", "contact", "import", "encoder", "learner", "focus"),
)
LEFT_OFF = (
    "What was to be forgotten is gone, but traces of it are left until the database is written anew. That was broken "
    "off as Companion was told to quit: it goes on at the next start."
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
    opened = unlocking.open_file(keyfile.load(writer.vault.key_file), ask=ask) if plan.brain else None
    forgetting.begin(writer, plan, time=time)
    if opened is not None:
        _shred_key(writer, opened)
    forgetting.finish(writer, store, brain=BRAIN, progress=progress)


def opened_writer(
    vault: Vault, *, clock: Callable[[], float] = system_time.time, ask: unlocking.Ask | None = None
) -> Writer:
    """Become the one writer of a vault, with keys that will be there tomorrow.

    Where forgetting all EEG was broken off before its key was gone, that goes first, and the writer's vault has the
    new one: nothing may be recorded with the old. ``ask`` as in `forget`. Raises `VaultError`.
    """
    writer = Writer(vault, clock=clock)
    try:
        with closing(Store(vault)) as store:
            renewed = _without_old_key(writer, store, ask)
    except BaseException:
        writer.close()
        raise
    if renewed is None:
        return writer
    writer.close()
    return Writer(renewed, clock=clock)


def go_on(writer: Writer, store: Store) -> bool:
    """Forget what a crash left to be forgotten; returns whether there was anything. Raises `VaultError`.

    To record afterwards with the same writer, get it from `opened_writer`.
    """
    waits = forgetting.waits(store)
    _without_old_key(writer, store, None)
    forgetting.finish(writer, store, brain=BRAIN)
    return waits


def forget_between(
    writer: Writer, vectors: Vectors, start: float, end: float, *, stop: Callable[[], bool] = lambda: False
) -> Gone:
    """Forget all of a time (UTC seconds) that is over, while the program records what comes after it.

    What was recorded while locked and waits to be taken in is taken in before; what was to be forgotten before and is
    not gone yet goes with it. ``vectors`` are those that are searched meanwhile. Once ``stop`` returns True the rest is
    left to the next start, which is said. Raises `VaultError`.
    """
    merge_all(writer, time=end)
    with closing(Store(writer.vault)) as store:  # of its own: all its connections are closed on the way
        plan = wish.plan(store, Wish(Filters(since=start, until=end)))
        if not plan.empty:
            forgetting.begin(writer, plan, time=end)
        else:
            forgetting.clear_days(writer, plan.spans)  # of a moment that was refused
        try:
            forgetting.finish(writer, store, brain=BRAIN, vectors=vectors, stop=stop)
        except KeyboardInterrupt as error:
            raise VaultError(LEFT_OFF) from error
    return Gone(len(plan.moments), plan.frames, plan.eeg_seconds)


def forget_everything(vault: Vault, *, unsent_mails: bool = False) -> list[str]:
    """Delete a vault, locked or not, with its keys and the keyring's secret; returns what of its folder stays.

    Mails that wait to be sent are no memory: while there are any, everything stays unless they are to go with it.
    Raises `VaultError`, then and when a program is recording to it.
    """
    vault.claim()
    try:
        if not unsent_mails and mail_files.unsent(vault.mails):
            raise VaultError(unsent_told(vault))
        name = _name(vault)
        left = erasing.erase(vault)
    finally:
        vault.release()
    if name is not None:
        unlocking.forget_secret(name)
    return left


def unsent_told(vault: Vault) -> str:
    """Return what to say of mails that would go unsent."""
    mails = len(mail_files.unsent(vault.mails))
    return (
        f"{mails} mail{'s wait' if mails > 1 else ' waits'} to be sent, and would be gone unsent. Start Companion, "
        "then send, take back or drop them (“Waiting mails…” in its menu, `companion mails`); or say --unsent-mails "
        "to have them go too."
    )


def _without_old_key(writer: Writer, store: Store, ask: unlocking.Ask | None) -> Vault | None:
    """Replace the key of EEG where it still is to go, and return the vault as it opens now; None where it is not."""
    if not forgetting.key_waits(store):
        return None
    try:
        opened = unlocking.open_file(keyfile.load(writer.vault.key_file), ask=ask)
    except LockedError as error:
        raise VaultError(
            "Forgetting all EEG was broken off before its key was gone, and that takes the vault's passphrase or "
            "keyring once more. Run `companion forget --brain` in a terminal: it goes on with it."
        ) from error
    renewed = Vault(writer.vault.root, Keys.of(_shred_key(writer, opened).secrets))
    renewed.ledger.limits = writer.vault.ledger.limits
    return renewed


def _shred_key(writer: Writer, opened: keyfile.Opened) -> keyfile.Opened:
    """Throw the key of EEG away; returns what the key file holds now."""
    path = writer.vault.key_file
    renewed, now = keyfile.load(path).with_secrets(opened.secrets.without_brain(), opened)
    erasing.replace_keys(renewed, path)
    forgetting.key_is_gone(writer)
    return now


def _name(vault: Vault) -> str | None:
    """Return the name by which the keyring knows the vault, None when no file tells it any more."""
    try:
        return keyfile.load(vault.key_file).vault
    except VaultError:  # damaged, or deleted by a call before: its secret opens nothing
        return None
