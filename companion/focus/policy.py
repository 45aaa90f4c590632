"""From a probability to a decision that does not flicker. Pure: time is passed in.

In this order: what the person said; quiet hours; what a program in front decides; whether it has lasted too long or
nobody is there; the signs, by two thresholds that have to be held for a while.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from companion.focus.rules import AppRule, Local, Override, Rules
from companion.focus.types import Cause, Mode

GAP_SECONDS = 30.0  # between two steps: longer, and nobody knows what was meanwhile (the machine slept)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known at one second.

    Attributes
    ----------
    now, time
        Monotonic seconds, and UTC seconds since 1970.
    idle
        Seconds without a touch; None where that is not told.
    app
        The program that has the attention.

    """

    now: float
    time: float
    local: Local
    probability: float | None
    frozen: bool = False
    idle: float | None = None
    app: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether this is deep focus, since when (UTC seconds), what decided, and until when the person's word holds."""

    deep: bool
    since: float
    cause: Cause
    until: float | None = None


class Policy:
    """Decides, step after step."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._deep, self._cause, self._since = False, Cause.STARTED, 0.0
        self._flipped = -math.inf  # when it was decided otherwise last, monotonic
        self._over = self._under = 0.0  # seconds beyond a threshold
        self._front, self._front_since = "", -math.inf
        self._override: Override | None = None
        self._override_ends = math.inf  # monotonic: a clock that is set back must not prolong it
        self._pause_until = -math.inf
        self._last: Seen | None = None

    def override(self, said: Override, now: float, time: float) -> None:
        """Take in what the person says at ``now`` (monotonic), ``time`` in UTC seconds.

        `Mode.AUTOMATIC` takes back what they said before; focus switched on without an end lasts `Rules.longest`.
        """
        if said.mode is Mode.AUTOMATIC:
            self._override = None
            return
        if said.mode is Mode.ON and said.until is None:
            said = Override(Mode.ON, time + self.rules.longest)
        self._override = said
        self._override_ends = math.inf if said.until is None else now + (said.until - time)

    def corrected(self, now: float, time: float) -> None:
        """Take in that this is no focus, whatever the signs say; it may begin again after the usual pause.

        What the person switched on themselves, and quiet hours, go on: they claim nothing of focus.
        """
        if self._deep and self._cause not in (Cause.OVERRIDE, Cause.QUIET_HOURS):
            self._set(False, Cause.CORRECTED, now, time)
            self._pause_until = now + self.rules.pause

    def step(self, seen: Seen) -> Decision:
        """Take in a second and decide."""
        passed = self._passed(seen)
        forced = self._forced(seen)
        if forced is not None:
            self._set(*forced, seen.now, seen.time)
        elif self._cause in (Cause.OVERRIDE, Cause.QUIET_HOURS):
            self._begin_anew(seen)
        elif not self._by_app(seen):
            self._by_signs(seen, passed)
            self._explain(seen)
        return Decision(self._deep, self._since, self._cause, self._override.until if self._override else None)

    def _passed(self, seen: Seen) -> float:
        """Return the seconds since the last step; 0, with all waiting begun anew, where it is long ago."""
        last, self._last = self._last, seen
        if last is None:
            self._since = seen.time
            return 0.0
        if seen.app != self._front or self._front_since == -math.inf:
            self._front, self._front_since = seen.app, seen.now
        gap = max(seen.now - last.now, abs(seen.time - last.time))
        if gap <= GAP_SECONDS:
            return seen.now - last.now
        self._over = self._under = 0.0
        if gap >= self.rules.away and self._deep and self._cause is not Cause.OVERRIDE:
            self._set(False, Cause.AWAY, seen.now, seen.time)
        return 0.0

    def _forced(self, seen: Seen) -> tuple[bool, Cause] | None:
        said = self._override
        if said is not None and said.until is not None and (seen.now >= self._override_ends or seen.time >= said.until):
            said = self._override = None
        if said is not None:
            return said.mode is Mode.ON, Cause.OVERRIDE
        return (True, Cause.QUIET_HOURS) if self.rules.quiet(seen.local) else None

    def _begin_anew(self, seen: Seen) -> None:
        """End what the person said, or quiet hours; a break is due after focus for as long as it may last."""
        lasted = seen.now - self._flipped + GAP_SECONDS  # it was asked for a moment before it began
        if self._deep and self._cause is Cause.OVERRIDE and lasted >= self.rules.longest:
            self._take_a_break(seen)
        else:
            self._set(False, Cause.SIGNS, seen.now, seen.time)

    def _take_a_break(self, seen: Seen) -> None:
        self._set(False, Cause.LONGEST, seen.now, seen.time)
        self._pause_until = seen.now + self.rules.pause

    def _by_app(self, seen: Seen) -> bool:
        """Let the program in front decide; returns whether it did."""
        rule = self.rules.of_app(seen.app)
        if rule is None or seen.now - max(self._front_since, self._flipped) < self.rules.app_seconds:
            return False
        if rule is AppRule.NEVER:
            self._set(False, Cause.APP_RULE, seen.now, seen.time)
            return True
        if self._too_long(seen) or not self._may_begin(seen):
            return False
        self._set(True, Cause.APP_RULE, seen.now, seen.time)
        return True

    def _by_signs(self, seen: Seen, passed: float) -> None:
        if not self._deep:
            self._begin(seen, passed)
        elif self._too_long(seen):
            self._take_a_break(seen)
        elif (seen.idle or 0.0) >= self.rules.away:
            self._set(False, Cause.AWAY, seen.now, seen.time)
        else:
            below = seen.probability is None or seen.probability < self.rules.leave
            self._under = self._under + passed if below else 0.0
            if self._under >= self.rules.dwell_leave:
                self._set(False, Cause.SIGNS, seen.now, seen.time)

    def _begin(self, seen: Seen, passed: float) -> None:
        enough = seen.probability is not None and seen.probability >= self.rules.enter
        if not enough or not self._may_begin(seen) or self.rules.of_app(seen.app) is AppRule.NEVER:
            self._over = 0.0
        elif not seen.frozen:
            self._over += passed
            if self._over >= self.rules.dwell_enter:
                self._set(True, Cause.SIGNS, seen.now, seen.time)

    def _explain(self, seen: Seen) -> None:
        """Have what decided be the signs once the reason has passed: it would be false of what is decided now."""
        pauses, rule = seen.now < self._pause_until, self.rules.of_app(seen.app)
        lasts = {
            Cause.AWAY: not self._is_here(seen),
            Cause.LONGEST: pauses,
            Cause.CORRECTED: pauses,
            Cause.APP_RULE: rule is (AppRule.ALWAYS if self._deep else AppRule.NEVER),
        }
        if self._flipped < seen.now and not lasts.get(self._cause, True):
            self._cause = Cause.SIGNS

    def _may_begin(self, seen: Seen) -> bool:
        """Whether somebody is there, for long enough to come, and no pause lasts."""
        return self._deep or (self._is_here(seen) and seen.now >= self._pause_until)

    def _is_here(self, seen: Seen) -> bool:
        return (seen.idle or 0.0) + self.rules.dwell_leave <= self.rules.away

    def _too_long(self, seen: Seen) -> bool:
        return self._deep and seen.now - self._flipped >= self.rules.longest

    def _set(self, deep: bool, cause: Cause, now: float, time: float) -> None:
        if deep != self._deep:
            self._deep, self._since, self._flipped = deep, time, now
            self._over = self._under = 0.0
        self._cause = cause
