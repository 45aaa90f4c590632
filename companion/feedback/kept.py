"""Sessions in the vault: written as they grow, read again for reports, progress and replays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from companion.feedback import comparable, crednf, replayable, sham
from companion.feedback.earlier import Earlier
from companion.feedback.protocols import FeedbackError
from companion.feedback.rewarding import inhibit_rate
from companion.feedback.session import AGAIN, Session
from embeddings.feedback.plan import STEP_SECONDS, BandPlan
from index.store import Store
from index.writer import Writer

if TYPE_CHECKING:
    from index.trainings import NewTraining, Training

MOST_EARLIER = 8  # sessions that a replay is put together from
BASELINE, BLOCK = 0, 1  # those phases among `companion.feedback.series.PHASES`


def keep(
    writer: Writer, session: Session, *, device: str, delay: float, number: int | None, simulated: bool = False
) -> int | None:
    """Store what a session has come to; returns its number, None while there is nothing to store.

    ``simulated`` says that some of what was heard came from no head: a made-up signal, or a recording that was played.
    """
    if not session.log.time:
        return number
    from index import trainings

    return writer.do(trainings.put, _new(session, facts(session, device, delay, simulated=simulated)), number).result()


def _new(session: Session, told: Mapping[str, object]) -> NewTraining:
    from index.trainings import NewTraining

    log, draw = session.log, session.draw
    return NewTraining(
        time_start=min(log.time),  # the clock may have been set back meanwhile
        time_end=max(log.time),
        protocol=session.wish.protocol.name,
        blind=session.wish.blind,
        open=not session.over,
        facts=told,
        markers=[(marker.time, marker.word) for marker in session.markers],
        series=log.visible(),
        draw="" if draw is None else draw.text,
        hidden=log.hidden(),
        replayed=session.replayable,
    )


def facts(session: Session, device: str, delay: float, *, simulated: bool = False) -> dict[str, object]:
    """Return how a session was set up and ended; nothing in it tells what was drawn."""
    wish, plan = session.wish, session.plan
    bands = plan if isinstance(plan, BandPlan) else BandPlan(plan.electrodes, ())
    rewarding = session.rewarding
    return {
        "device": device,
        "simulated": simulated,
        "target": wish.target,
        "direction": comparable.direction(plan),
        "electrodes": list(plan.electrodes),
        "left_out": list(session.left_out),
        "up": [list(band) for band in bands.up],
        "under": [list(band) for band in bands.under],
        "inhibits": [list(band) for band in bands.inhibits],
        "times": [wish.times.baseline, wish.times.block, wish.times.rest, wish.times.blocks],
        "rate": wish.rate,
        "alpha": wish.alpha,
        "modality": wish.modality,
        "strategy": wish.strategy,
        "delay": round(delay, 3),
        "step": STEP_SECONDS,
        "seal": "" if session.draw is None else session.draw.seal,
        "baseline": [] if rewarding is None else list(rewarding.start),
        "inhibits_baseline": [] if rewarding is None else [list(one) for one in rewarding.inhibits_start],
        "inhibit_rate": inhibit_rate(wish.rate, len(bands.inhibits)),
        "words": list(session.log.words),
        "ended": session.phase.value,
    }


def earlier(store: Store, protocol: str) -> list[Earlier]:
    """Return earlier sessions of a protocol, newest first, each long enough to be replayed.

    What was measured in them is replayed, whatever was shown then; so those in which a replay was shown are no
    different, and which these are is not told by what can be replayed. What no head sent is none of the person's.
    """
    from index import trainings

    found: list[Earlier] = []
    there = (one for one in trainings.all_of(store, protocol=protocol) if not one.open)
    worn = [one for one in there if not comparable.simulated(one)]
    for training in worn[: 4 * MOST_EARLIER]:
        series, measured = trainings.series(store, training.id), trainings.measured(store, training.id)
        since, words = baseline_since(training), training.facts["words"]
        one = replayable.earlier(series, measured, words, since=since, number=training.id)
        if one is not None:
            found.append(one)
    return found[:MOST_EARLIER]


def baseline_since(training: Training) -> float:
    """Return how many seconds after its first step a session's baseline began that counts; an earlier one may not."""
    return max((time for time, word in training.markers if word == AGAIN), default=0.0) - training.time_start


def answer(writer: Writer, training_id: int, answers: Mapping[str, str]) -> None:
    """Note what the person said of a session, by item of the checklist or `crednf.GUESS`.

    Raises `FeedbackError` for an item that is not there, `VaultError` for such a session, and for a guess once what was
    shown is known.
    """
    from index import trainings

    items = (*(item.code for item in crednf.ITEMS), crednf.GUESS)
    unknown = sorted(answers.keys() - set(items))
    if unknown:
        raise FeedbackError(f"There is no item {', '.join(unknown)}. There are: {', '.join(items)}.")
    writer.do(trainings.answer, training_id, answers, only_sealed=(crednf.GUESS,)).result()


def unblind(writer: Writer, store: Store, training_id: int, *, time: float) -> sham.Draw | None:
    """Tell what was drawn, because the person asks after the session; None where nothing was drawn.

    Raises `VaultError` while it runs, `FeedbackError` where what is told is not what was sealed.
    """
    import json

    from index import trainings

    writer.do(trainings.unblind, training_id, time).result()
    drawn, _ = trainings.hidden(store, training_id)
    if not drawn:
        return None
    told = json.loads(drawn)
    found = sham.Draw(bool(told["sham"]), str(told["nonce"]))
    if found.seal != trainings.one(store, training_id).facts["seal"]:
        raise FeedbackError("What is kept of this draw is not what was sealed before the session. Do not rely on it.")
    return found
