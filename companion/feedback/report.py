"""What a session came to: figures a block with intervals, plots, the checklist. No word on what it does to anyone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.feedback import blocks, checklist, comparable, figures, protocols
from companion.feedback.blocks import Numbers, Series
from companion.feedback.figures import Interval
from companion.feedback.kept import BASELINE, BLOCK, baseline_since
from companion.feedback.reported import BlockFigures, Report
from companion.feedback.rewarding import shown
from companion.feedback.series import INHIBIT
from companion.feedback.svg import Line, Plot, drawn
from companion.wording import counted
from index import trainings
from index.store import Store
from index.trainings import Training

SEALED = "This session is blind. What was measured, and what was drawn, is told once you ask for it."
NO_CLAIM = "These figures describe a signal. They say nothing about health, and a change in them may be chance."
PLOT_SECONDS = 2.0


def of(store: Store, training_id: int) -> Report:
    """Return the report of a session; raises `VaultError` when there is none."""
    training = trainings.one(store, training_id)
    series = trainings.series(store, training_id)
    sham, hidden = _hidden(store, training)
    values = _spreads(hidden.get("value"), training.facts["baseline"])
    step = float(training.facts["step"])
    seconds = _baseline_seconds(training, series)
    numbers = blocks.numbers(series)
    inside = series["phase"] == BLOCK
    parts = [blocks.pieces(series, values, number, step) for number in numbers]
    found = Report(
        training=training,
        sham=sham,
        blocks=tuple(_block(series, values, number, seconds, step) for number in numbers),
        rewarded=_share(figures.pieces(_rewarded(series, inside), step)),
        muted=float(np.mean(series["muted"][inside] > 0)) if inside.any() else 0.0,
        whys=_whys(series, training, inside),
        change=figures.stretch_difference(parts[-1], parts[0]) if len(parts) > 1 else None,
        value=_against(series, values, numbers, seconds, step),
        inhibits=_inhibits(training, series, hidden, seconds),
        items=(),
        pictures={} if training.sealed else _pictures(series, values, step),
        sentences=(),
    )
    return _told(found)


def _told(report: Report) -> Report:
    from dataclasses import replace

    items = checklist.items(report.training, report)
    return replace(report, items=items, sentences=tuple(_sentences(report)))


def _hidden(store: Store, training: Training) -> tuple[bool | None, Series]:
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


def _baseline_seconds(training: Training, series: Series) -> float:
    """Return how long the baseline was that the session was measured against, without what did not count."""
    held = series.get("held", np.zeros_like(series["muted"]))  # sessions of old have none
    counts = (series["phase"] == BASELINE) & (series["muted"] == 0) & (held == 0)
    return float(np.sum(counts & (series["time"] >= baseline_since(training)))) * float(training.facts["step"])


def _inhibits(
    training: Training, series: Series, hidden: Series, seconds: float
) -> tuple[tuple[str, Interval | None], ...]:
    """Return how much higher than in the baseline each band lay that is held down, over all blocks."""
    found = []
    for number, band in enumerate(training.facts["inhibits"]):
        its = training.facts.get("inhibits_baseline", [])[number : number + 1]  # sessions of before have none
        values = _spreads(hidden.get(f"{INHIBIT}{number}"), its[0] if its else [])
        if values is not None and blocks.numbers(series):
            change = _against(series, values, blocks.numbers(series), seconds, float(training.facts["step"]))
            found.append((checklist.bands([band]), change))
    return tuple(found)


def _against(
    series: Series, values: Numbers | None, numbers: Sequence[int], seconds: float, step: float
) -> Interval | None:
    """Return how much higher values in spreads lay in some blocks than in the baseline, which lasted ``seconds``."""
    if values is None or not numbers:
        return None
    within = _variance([blocks.unmuted(series, values, number) for number in numbers])
    pieces = np.concatenate([blocks.pieces(series, values, number, step) for number in numbers])
    wider = 1 / within if within else 1.0  # in spreads of the baseline, its own variance is 1
    return figures.stretch_against(pieces, seconds / figures.PIECE_SECONDS, wider=wider)


def _variance(parts: Sequence[Numbers]) -> float:
    """Return the variance within blocks; 0 where nothing is known."""
    known = [one[np.isfinite(one)] for one in parts]
    left = [one - one.mean() for one in known if one.size]
    return float(np.mean(np.square(np.concatenate(left)))) if left else 0.0


def _share(pieces: Numbers) -> Interval | None:
    """Return the mean of shares; its interval lies between 0 and 1."""
    found = figures.stretch_mean(pieces)
    return None if found is None else Interval(found.value, max(0.0, found.low), min(1.0, found.high))


def _rewarded(series: Series, where: NDArray[np.bool_]) -> Numbers:
    """Return 1 for each rewarded step, 0 for one without, nan while muted."""
    margins = np.asarray(series["margin"][where], np.float64)
    silent = (series["muted"][where] > 0) | ~np.isfinite(margins)
    return np.where(silent, np.nan, (margins >= 0).astype(np.float64))


def _block(series: Series, values: Numbers | None, block: int, seconds: float, step: float) -> BlockFigures:
    where = blocks.inside(series, block)
    return BlockFigures(
        block,
        float(where.sum()) * step,  # by the clock, what was paused in its midst would count
        _share(figures.pieces(_rewarded(series, where), step)),
        float(np.mean(series["muted"][where] > 0)),
        _against(series, values, [block], seconds, step),
    )


def _whys(series: Series, training: Training, inside: NDArray[np.bool_]) -> tuple[tuple[str, float], ...]:
    if not inside.any():
        return ()
    counts = np.bincount(series["muted"][inside], minlength=len(training.facts["words"]))
    shares = [(word, float(n / inside.sum())) for word, n in zip(training.facts["words"], counts, strict=True)]
    return tuple(sorted(((word, share) for word, share in shares if word and share), key=lambda one: -one[1]))


def _pictures(series: Series, values: Numbers | None, step: float) -> dict[str, str]:
    times = np.asarray(series["time"], np.float64) / 60
    shades = [_span(times[blocks.inside(series, one)]) for one in blocks.numbers(series)]
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
    return float(times.min()), float(times.max())  # the clock may have been set back meanwhile


def _sentences(report: Report) -> list[str]:
    training = report.training
    told = [f"{protocols.named(training.protocol).title}: {counted(len(report.blocks), 'block')}."]
    if note := comparable.made_up(training):
        told.append(f"What was measured came from no head: {note}.")
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
    told += [_held(band, change) for band, change in report.inhibits]
    return [*told, NO_CLAIM]


def _held(band: str, change: Interval | None) -> str:
    if change is None:
        return f"Held down, {band}: too little is known to tell whether it changed."
    sure = change.low > 0 or change.high < 0
    doubt = "" if sure else ", which may well be no change"
    told = f"{change.value:+.2f} spreads against the baseline ({change.low:+.2f} to {change.high:+.2f})"
    return f"Held down, {band}: {told}{doubt}."


def _percent(share: Interval) -> str:
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"
