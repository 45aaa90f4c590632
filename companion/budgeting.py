"""The vault's budget as the person chose it, and what went for want of room, in words."""

from __future__ import annotations

import math

from companion.settings import Settings
from companion.wording import clock_time, counted, duration
from index.forgetting import forgotten
from index.forgetting.budget import Kind, Ledger, Limits
from index.forgetting.forgotten import DAY_SECONDS, Forgotten, Why
from index.store import Store
from index.vault import Vault

GIGABYTE = 1_000_000_000


def limits(settings: Settings) -> Limits:
    """Return the budget in bytes."""
    chosen = (settings.budget_gb, settings.budget_frames_gb, settings.budget_eeg_gb)
    whole, frames, eeg = (math.ceil(gigabytes * GIGABYTE) for gigabytes in chosen)
    return Limits(whole, frames, eeg)


def taken(vault: Vault, settings: Settings) -> str:
    """Return how much of its budget a vault takes, in a sentence."""
    ledger, most = Ledger(vault.root, vault.database), limits(settings)
    ledger.measure()
    used = ledger.used()
    whole = _of(sum(used.values()), most.whole)
    frames, eeg = _of(used[Kind.FRAMES], most.frames), _of(used[Kind.EEG], most.eeg)
    return f"{whole}; pictures {frames}; EEG {eeg}."


def went(store: Store, *, since: float) -> str:
    """Return what went for want of room from a time on (UTC seconds), in a sentence; empty when nothing did."""
    rows = [row for row in forgotten.all_of(store, since=since) if row.why is Why.BUDGET]
    if not rows:
        return ""
    starts = [row.time_start for row in rows if row.time_start is not None]
    ends = [row.time_end for row in rows if row.time_end is not None]
    when = f" of {clock_time(min(starts))} to {clock_time(max(ends))}" if starts and ends else ""
    return f"To stay within the budget, {_what(rows)}{when} went."


def went_today(store: Store, now: float) -> str:
    """Return what went for want of room today (UTC), for the tray; empty when nothing did."""
    return went(store, since=now // DAY_SECONDS * DAY_SECONDS)


def _what(rows: list[Forgotten]) -> str:
    frames, moments = sum(row.frames for row in rows), sum(row.moments for row in rows)
    seconds = sum(row.eeg_seconds for row in rows)
    parts = [counted(frames, "picture")] if frames else []
    parts += [f"{duration(seconds)} of EEG"] if seconds else []
    parts += [counted(moments, "moment")] if moments else []
    return ", ".join(parts)


def _of(size: int, limit: int) -> str:
    return f"{size / GIGABYTE:.1f} of {limit / GIGABYTE:g} GB" if limit else f"{size / GIGABYTE:.1f} GB (no limit)"
