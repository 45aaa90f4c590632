"""What a session came to: figures a block with intervals, plots, the checklist. No word on what it does to anyone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.feedback import checklist, figures, protocols
from companion.feedback.figures import Interval
from companion.feedback.kept import BLOCK
from companion.feedback.reported import BlockFigures, Report
from companion.feedback.rewarding import shown
from companion.feedback.series import INHIBIT
from companion.feedback.svg import Line, Plot, drawn
from index import trainings
from index.store import Store
from index.trainings import Training

SEALED = "This session is blind. What was measured, and what was drawn, is told once you ask for it."
NO_CLAIM = "These figures describe a signal. They say nothing about health, and a change in them may be chance."
PLOT_SECONDS = 2.0

Numbers = NDArray[np.float64]


def of(store: Store, training_id: int) -> Report:
    """Return the report of a session; raises `VaultError` when there is none."""
    training = trainings.one(store, training_id)
    series = trainings.series(store, training_id)
    sham, hidden = _hidden(store, training)
    values = _spreads(hidden.get("value"), training.facts["baseline"])
    step = float(training.facts["step"])
    blocks = tuple(_block(series, values, int(number), step) for number in _numbers(series))
    inside = series["phase"] == BLOCK
    parts = [_pieces(series, values, number, step) for number in _numbers(series)]
    found = Report(
        training=training,
        sham=sham,
        blocks=blocks,
        rewarded=_share(figures.pieces(_rewarded(series, inside), step)),
        muted=float(np.mean(series["muted"][inside] > 0)) if inside.any() else 0.0,
        whys=_whys(series, training, inside),
        change=figures.stretch_difference(parts[-1], parts[0]) if len(parts) > 1 else None,
        value=figures.stretch_mean(np.concatenate(parts)) if parts else None,
        inhibits=_inhibits(training, series, hidden, step),
        items=(),
        pictures={} if training.sealed else _pictures(series, values, step),
        sentences=(),
    )
    return _told(found)


def _told(report: Report) -> Report:
    from dataclasses import replace

    items = checklist.items(report.training, report)
    return replace(report, items=items, sentences=tuple(_sentences(report)))


def _hidden(store: Store, training: Training) -> tuple[bool | None, dict[str, NDArray[Any]]]:
    """Return whether a replay was shown, and what was measured; None and nothing while sealed."""
    if training.sealed:
        return None, {}
    draw, hidden = trainings.hidden(store, training.id)
    return bool(json.loads(draw)["sham"]) if draw else None, hidden


def _spreads(values: NDArray[Any] | None, baseline: Sequence[float]) -> Numbers | None:
    """Return values in spreads from the baseline; None where either is not known."""
    if values is None or not baseline:
        return None
    mean, spread = baseline
    return (np.asarray(values, np.float64) - mean) / spread


def _inhibits(
    training: Training, series: dict[str, NDArray[Any]], hidden: dict[str, NDArray[Any]], step: float
) -> tuple[tuple[str, Interval | None], ...]:
    """Return how much higher than in the baseline each band lay that is held down, over all blocks."""
    found = []
    for number, band in enumerate(training.facts["inhibits"]):
        its = training.facts.get("inhibits_baseline", [])[number : number + 1]  # sessions of before have none
        values = _spreads(hidden.get(f"{INHIBIT}{number}"), its[0] if its else [])
        parts = [_pieces(series, values, block, step) for block in _numbers(series)]
        if values is not None and parts:
            found.append((checklist.bands([band]), figures.stretch_mean(np.concatenate(parts))))
    return tuple(found)


def _share(pieces: Numbers) -> Interval | None:
    """Return the mean of shares; its interval lies between 0 and 1."""
    found = figures.stretch_mean(pieces)
    return None if found is None else Interval(found.value, max(0.0, found.low), min(1.0, found.high))


def _numbers(series: dict[str, NDArray[Any]]) -> list[int]:
    return [int(one) for one in np.unique(series["block"][series["phase"] == BLOCK])]


def _rewarded(series: dict[str, NDArray[Any]], where: NDArray[np.bool_]) -> Numbers:
    """Return 1 for each rewarded step, 0 for one without, nan while muted."""
    margins = np.asarray(series["margin"][where], np.float64)
    silent = (series["muted"][where] > 0) | ~np.isfinite(margins)
    return np.where(silent, np.nan, (margins >= 0).astype(np.float64))


def _pieces(series: dict[str, NDArray[Any]], values: Numbers | None, block: int, step: float) -> Numbers:
    if values is None:
        return np.empty(0)
    where = (series["phase"] == BLOCK) & (series["block"] == block)
    return figures.pieces(np.where(series["muted"] > 0, np.nan, values)[where], step)


def _block(series: dict[str, NDArray[Any]], values: Numbers | None, block: int, step: float) -> BlockFigures:
    where = (series["phase"] == BLOCK) & (series["block"] == block)
    times = series["time"][where]
    return BlockFigures(
        block,
        float(times[-1] - times[0]) + step,
        _share(figures.pieces(_rewarded(series, where), step)),
        float(np.mean(series["muted"][where] > 0)),
        figures.stretch_mean(_pieces(series, values, block, step)),
    )


def _whys(
    series: dict[str, NDArray[Any]], training: Training, inside: NDArray[np.bool_]
) -> tuple[tuple[str, float], ...]:
    if not inside.any():
        return ()
    counts = np.bincount(series["muted"][inside], minlength=len(training.facts["words"]))
    shares = [(word, float(n / inside.sum())) for word, n in zip(training.facts["words"], counts, strict=True)]
    return tuple(sorted(((word, share) for word, share in shares if word and share), key=lambda one: -one[1]))


def _pictures(series: dict[str, NDArray[Any]], values: Numbers | None, step: float) -> dict[str, str]:
    times = np.asarray(series["time"], np.float64) / 60
    shades = [_span(times[(series["phase"] == BLOCK) & (series["block"] == one)]) for one in _numbers(series)]
    scene = np.array([shown(one) if np.isfinite(one) else np.nan for one in series["margin"].astype(np.float64)])
    silent = series["muted"] > 0
    axis = figures.pieces(times, step, PLOT_SECONDS)
    line = Line(axis, figures.pieces(np.where(silent, np.nan, scene), step, PLOT_SECONDS))
    found = {"shown": drawn(Plot("What was shown", "minutes", "scene, 0 to 1", (line,), tuple(shades), (0.0, 1.0)))}
    if values is not None:
        line = Line(axis, figures.pieces(np.where(silent, np.nan, values), step, PLOT_SECONDS))
        about = Plot("What was measured", "minutes", "spreads from the baseline", (line,), tuple(shades), None)
        found["measured"] = drawn(about)
    return found


def _span(times: Numbers) -> tuple[float, float]:
    return float(times[0]), float(times[-1])


def _sentences(report: Report) -> list[str]:
    training = report.training
    told = [f"{protocols.named(training.protocol).title}: {len(report.blocks)} blocks."]
    if report.rewarded is not None:
        told.append(
            f"Rewarded {_percent(report.rewarded)} of the unmuted time; {training.facts['rate']:.0%} was set. "
            f"Muted {report.muted:.0%} of the time."
        )
    if training.sealed:
        return [*told, SEALED]
    if report.sham is not None:
        told.append("A replay was shown." if report.sham else "Your own signal was shown.")
    if report.change is not None:
        sure = report.change.low > 0 or report.change.high < 0
        told.append(
            f"Last block against the first: {report.change.value:+.2f} spreads ({report.change.low:+.2f} to "
            f"{report.change.high:+.2f}){'' if sure else ', which may well be no change'}."
        )
    told += [_held(band, change) for band, change in report.inhibits if change is not None]
    return [*told, NO_CLAIM]


def _held(band: str, change: Interval) -> str:
    sure = change.low > 0 or change.high < 0
    doubt = "" if sure else ", which may well be no change"
    told = f"{change.value:+.2f} spreads against the baseline ({change.low:+.2f} to {change.high:+.2f})"
    return f"Held down, {band}: {told}{doubt}."


def _percent(share: Interval) -> str:
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"
