"""One second after the other: what behaviour and EEG say becomes a state. Pure: time is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from companion.focus import signs, wording
from companion.focus.behaviour import Behaviour
from companion.focus.fusion import Fused, Fusion, Heard
from companion.focus.kinds import NOTHING_CHOSEN, Kind
from companion.focus.person import Person
from companion.focus.policy import Decision, Policy, Seen
from companion.focus.rules import Local, Rules
from companion.focus.types import FocusState


@dataclass(frozen=True, slots=True)
class Second:
    """One second.

    Attributes
    ----------
    said
        What the EEG said before anything was learned of this person, log odds.
    numbers
        What behaviour was told by (`signs.row`).
    away
        Whether nobody was there.

    """

    state: FocusState
    said: float | None
    numbers: tuple[float, ...] | None
    away: bool


class Following:
    """Follows one person.

    Attributes
    ----------
    behaviour, policy, person
        What is told of hands and attention; what decides; what was learned of the person.
    hands
        Whether hands are told of. Where they are not, nothing is said of behaviour, and what has the attention counts
        for the rules about programs alone.

    """

    def __init__(self, rules: Rules, chosen: Mapping[str, Kind] = NOTHING_CHOSEN, *, hands: bool = True) -> None:
        self.behaviour, self.policy, self.person = Behaviour(chosen), Policy(rules), Person()
        self.hands, self._front = hands, ""
        self._fusion = Fusion()

    def forget(self, now: float) -> None:
        """Let go of all that was seen before ``now`` (monotonic)."""
        self.behaviour.forget(now)
        self._fusion = Fusion()

    @property
    def app(self) -> str:
        """The program that has the attention; empty where that is not known."""
        return self.behaviour.app or self._front

    def window(self, app: str, url: str, time: float) -> None:
        """Take in that the attention is on this program, and this page, from ``time`` (monotonic) on."""
        self._front = app
        if self.hands:
            self.behaviour.window(app, url, time)
        elif self.behaviour.app:
            self.behaviour.window("", "", time)

    def step(
        self,
        now: float,
        time: float,
        local: Local,
        *,
        heard: Heard | None,
        idle: float | None,
        quality: str = "",
        waiting: bool = False,
    ) -> Second:
        """Take in a second.

        Parameters
        ----------
        now, time
            Monotonic seconds, and UTC seconds since 1970.
        heard
            What the EEG says.
        idle
            Seconds without a touch; None where the desktop does not tell.
        quality
            How the signal is, in words.
        waiting
            Whether the person sits through a calibration: no focus may begin, and they are there without a touch.

        """
        self.behaviour.idle(idle, now)
        habits = self.behaviour.habits(now)
        numbers = None if habits is None else signs.row(habits)
        told = self._fusion.step(now, self._mine(heard), self._by_behaviour(numbers))
        untouched = self.behaviour.untouched(now) if idle is None else idle
        decision = self.policy.step(
            Seen(
                now,
                time,
                local,
                told.probability,
                frozen=told.frozen or waiting,
                idle=untouched,
                app=self.app,
            )
        )
        state = FocusState(
            time,
            told.probability,
            told.eeg,
            told.behaviour,
            quality,
            deep=decision.deep,
            since=decision.since,
            why=self._why(decision, told, numbers),
            frozen=told.frozen,
            cause=decision.cause,
        )
        away = untouched is not None and untouched >= self.policy.rules.away and not waiting
        return Second(state, None if heard is None else heard.log_odds, numbers, away)

    def _mine(self, heard: Heard | None) -> Heard | None:
        if heard is None or heard.log_odds is None:
            return heard
        return replace(heard, log_odds=self.person.by_eeg(heard.log_odds))

    def _by_behaviour(self, numbers: tuple[float, ...] | None) -> float | None:
        return None if numbers is None else signs.log_odds(self.person.behaviour, numbers)

    def _why(self, decision: Decision, told: Fused, numbers: tuple[float, ...] | None) -> str:
        weights = self.person.behaviour
        pro = () if numbers is None else signs.reasons(weights, numbers, pro=True)
        con = () if numbers is None else signs.reasons(weights, numbers, pro=False)
        return wording.why(decision, told, pro, con, self.app)
