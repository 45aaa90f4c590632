"""One session: what its person sees, step by step. Pure but for the clocks that are handed in; not thread-safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from companion.feedback.course import Course
from companion.feedback.earlier import readings_of
from companion.feedback.replay import Replay
from companion.feedback.rewarding import LEAST_STEPS, Rewarding, shown
from companion.feedback.series import Log
from companion.feedback.sham import Draw
from companion.feedback.types import GOING, LEAST_BASELINE, OVER, Marker, Phase, Snapshot, Wish
from embeddings.feedback.plan import SETTLING, STEP_SECONDS, BandPlan, Plan, Step

CLEAN_SHARE = 0.5  # of the baseline that must be clean
LONGEST_BASELINE = 3.0  # times its length until it is given up
FAULTY_SHARE = 0.5  # of the baseline in which an electrode lay badly, so that it is left out
SILENCE = 1.0  # seconds without a step after which a person is told
LONGEST_SILENCE = 5.0  # after which the session stands still until samples come again
LOST = "no signal"
AGAIN = "baseline again"  # the word where electrodes were left out, so that another baseline began
LONGEST_STEP = 0.2  # seconds that one step counts for at most, after a gap
SETTLED = {
    Phase.WAITING: "Waiting for the headset.",
    Phase.BASELINE: "Look ahead with open eyes and sit still. Your training is measured against this minute.",
    Phase.REST: "Rest. Look around and move your shoulders.",
    Phase.PAUSED: "Paused.",
    Phase.DONE: "Done. The report is ready.",
    Phase.ENDED: "Ended early. The report tells what there was.",
}


@dataclass(frozen=True, slots=True)
class _Now:
    """What the newest step came to."""

    margin: float | None = None
    step: Step | None = None
    at: float | None = None  # when it came, by the clock that only goes forward


class Session:
    """Goes through a `Course`, adapts to the baseline and says what is shown.

    Parameters
    ----------
    draw, replay
        Of a blind session: what was drawn, and what is shown in place of the person's own signal.
    monotonic
        Seconds that only go forward.
    clock
        UTC seconds.

    """

    def __init__(
        self,
        wish: Wish,
        *,
        draw: Draw | None,
        replay: Replay | None,
        monotonic: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        if draw is not None and draw.sham and replay is None:
            raise ValueError("a replay was drawn and there is none")
        self.wish, self.plan, self.draw = wish, wish.plan, draw
        self.left_out: tuple[str, ...] = ()
        self.markers: list[Marker] = []
        self.log = Log()
        self.rewarding: Rewarding | None = None
        # Noted whatever was drawn, so that what is forgotten of it later tells nothing of the draw.
        self.replayable = () if draw is None or replay is None else replay.numbers
        self._prepared = replay  # whatever was drawn: its beginning takes as long
        self._replay = replay if draw is not None and draw.sham else None
        self._monotonic, self._clock = monotonic, clock
        self._course = Course(wish.times)
        self._now = _Now()
        self._baseline: list[Step] = []
        self._last_time: float | None = None
        self._waits = False  # it stands still because no samples come
        self._failed = ""

    @property
    def over(self) -> bool:
        """Whether it has ended in whatever way."""
        return self._course.phase in OVER

    @property
    def phase(self) -> Phase:
        """Where it is."""
        return self._course.phase

    def take(self, step: Step) -> None:
        """Take the next step."""
        now = self._monotonic()
        if self._course.phase is Phase.WAITING:
            self._course.begin(now)
            self._mark("baseline")
        if self._waits:
            self._waits = False
            self.go_on()
        phase, part = self._course.phase, self._course.part
        last = step.time - STEP_SECONDS if self._last_time is None else self._last_time
        seconds = min(max(step.time - last, 0.0), LONGEST_STEP)
        self._last_time = step.time
        margin = self._margin(step, phase, seconds) if phase not in OVER else None
        self._now = _Now(margin, step, now)
        if phase is Phase.BASELINE:
            self._baseline.append(step)
            self.log.add(step, phase, part.block, margin=None, own=None)
        self.tick()

    def tick(self) -> None:
        """Go on by the clock."""
        now = self._monotonic()
        if self._course.phase is Phase.BASELINE and not self._course.left(now):
            self._judge_baseline(now)
        while self._course.move(now):
            self._mark_part()
        came = self._now.at
        if self._course.phase in GOING and came is not None and now - came > LONGEST_SILENCE:
            self._waits = True
            self._stand_still()

    def pause(self) -> None:
        """Stand still until `go_on`, also where samples come again meanwhile."""
        self._waits = False
        self._stand_still()

    def _stand_still(self) -> None:
        if self._course.phase in GOING:
            self._course.pause(self._monotonic())
            self._mark("paused")

    def go_on(self) -> None:
        """Go on after a pause."""
        if self._course.phase is Phase.PAUSED:
            self._waits = False
            self._now = replace(self._now, at=self._monotonic())
            self._course.go_on(self._monotonic())
            self._mark("resumed")
            self._rested()

    def end(self) -> None:
        """End it early."""
        if not self.over:
            self._course.end(Phase.ENDED)
            self._mark("ended early")

    def fail(self, sentence: str) -> None:
        """End it because it cannot go on."""
        if not self.over:
            self._course.end(Phase.FAILED)
            self._failed = sentence
            self._mark("failed")

    def snapshot(self) -> Snapshot:
        """Return how it is now; while it runs it looks the same whatever was drawn."""
        now, phase, part = self._monotonic(), self._course.phase, self._course.part
        step, came, margin = self._now.step, self._now.at, self._now.margin
        lost = came is None or now - came > SILENCE
        why = LOST if lost else (step.muted if step else "")
        in_block = phase is Phase.BLOCK
        muted = in_block and bool(why)
        return Snapshot(
            phase=phase,
            value=shown(margin) if in_block and margin is not None else None,
            rewarded=in_block and not muted and margin is not None and margin >= 0,
            muted=muted,
            why=why if phase not in OVER else "",
            block=part.block,
            blocks=self.wish.times.blocks,
            left=self._course.left(now),
            left_all=self._course.left_all(now),
            sentence=self._sentence(phase, part.block, why),
            time=step.time if step else None,
        )

    def _margin(self, step: Step, phase: Phase, seconds: float) -> float | None:
        """Return what is shown; over muted and held steps it stands still."""
        if phase is not Phase.BLOCK or self.rewarding is None:
            if phase is Phase.REST:
                self.log.add(step, phase, self._course.part.block, margin=None, own=None)
            return None
        own = self.rewarding.margin(step, seconds)
        margin = self._now.margin if own is None else own
        if self._replay is not None and own is not None:
            margin = self._replay.next()
        elif self._replay is not None:
            self._replay.stand_still()
        self.log.add(step, phase, self._course.part.block, margin=margin, own=own)
        return margin

    def _judge_baseline(self, now: float) -> None:
        """Begin the first block when the baseline is good; otherwise go on with it, or give up."""
        readings = readings_of(self._baseline)
        needed = max(LEAST_STEPS, CLEAN_SHARE * self.wish.times.baseline / STEP_SECONDS)
        if len(readings) >= needed:
            self.rewarding = Rewarding(self.wish.rate, self._baseline)
            if self._prepared is not None:
                self._prepared.begin(readings)
            self._course.passed(now)
            self._mark_part()
        elif (fewer := self._without_faulty()) is not None:
            self.plan = fewer
            self._baseline.clear()
            self._course.begin(now)
            self._mark(AGAIN)
        elif len(self._baseline) * STEP_SECONDS > LONGEST_BASELINE * max(LEAST_BASELINE, self.wish.times.baseline):
            why, _ = Counter(step.muted or LOST for step in self._baseline).most_common(1)[0]
            self.fail(f"The signal was not good enough to begin: {why} too often. Mend that and start again.")

    def _without_faulty(self) -> Plan | None:
        """Return the plan without electrodes that lay badly; None where there are none or it needs all of them."""
        if not isinstance(self.plan, BandPlan) or not self._baseline:
            return None
        names, looked = self.plan.electrodes, [step.faults for step in self._baseline if step.muted != SETTLING]
        shares = [sum(bool(faults[i]) for faults in looked) / max(1, len(looked)) for i in range(len(names))]
        bad = tuple(name for name, share in zip(names, shares, strict=True) if share > FAULTY_SHARE)
        kept = tuple(name for name in names if name not in bad)
        if not bad or not kept:
            return None
        self.left_out += bad
        return replace(self.plan, electrodes=kept)

    def _sentence(self, phase: Phase, block: int, why: str) -> str:
        if phase is Phase.FAILED:
            return self._failed
        if phase is Phase.PAUSED and self._waits:
            return "The headset sends nothing. The session goes on when it does."
        if phase is not Phase.BLOCK:
            told = SETTLED[phase]
            return f"{told} {', '.join(self.left_out)} is left out." if self.left_out and phase not in OVER else told
        if why:
            return f"Nothing is rewarded just now: {why}."
        return f"Block {block} of {self.wish.times.blocks}. {self.wish.protocol.sentence}"

    def _mark_part(self) -> None:
        phase, part = self._course.phase, self._course.part
        self._mark(f"{part.phase} {part.block}" if phase not in OVER else phase.value)
        if phase is Phase.REST:
            self._rested()

    def _rested(self) -> None:
        if self._replay is not None:
            self._replay.rest()

    def _mark(self, word: str) -> None:
        self.markers.append(Marker(self._clock(), word))
