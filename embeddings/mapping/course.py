"""A training from its first round to its last: a trial, then the real one, with a checkpoint to go on from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from embeddings.mapping import file
from embeddings.mapping import trial as mapping_trial
from embeddings.mapping.plan import Plan, Stopped
from embeddings.mapping.rounds import Rounds, one_thread
from embeddings.mapping.vectors import Mapping
from embeddings.types import EmbeddingsError

CHECKPOINT_SECONDS = 10.0
TRIAL, FINAL = "trial", "final"
_KIND, _VERSION = "training of a mapping", 1

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Course:
    """One training; see `embeddings.mapping.train` for what it is given."""

    plan: Plan
    checkpoint: file.Checkpoint | None
    progress: Progress
    stop: Callable[[], bool]
    clock: Callable[[], float]

    def run(self) -> Mapping:
        """Do every round that is not done yet."""
        with one_thread():
            share = self._share()
            rounds = self._through(replace(self.plan, rounds=self.plan.rounds if share else 0), FINAL, share)
            return rounds.mapping(share, self._facts(share))

    def _share(self) -> float:
        """Return how far to go from the beginning to the end of the training, 0 to 1."""
        told = self._stored[1]
        if told.get("stage") == FINAL:
            return float(told["share"])
        pairs = self.plan.pairs
        cut = mapping_trial.parts(pairs, self.plan.person)
        if cut is None:
            return 0.0 if pairs.weight.any() else 1.0  # without content the states are all there is to learn
        trained, held = cut
        trial = replace(self.plan, pairs=pairs.where(trained), person=self.plan.person[trained])
        rounds = self._through(trial, TRIAL, 0.0)
        return mapping_trial.best_share(lambda share: rounds.mapping(share, {}), pairs.where(held))

    def _through(self, plan: Plan, stage: str, share: float) -> Rounds:
        """Do the rounds of one stage."""
        rounds = Rounds(plan)
        arrays, told = self._stored
        if told.get("stage") == stage:
            rounds.resume(arrays, int(told["done"]))
        written = self.clock()
        while rounds.done < plan.rounds:
            stopping = self.stop()
            if stopping or self.clock() - written >= CHECKPOINT_SECONDS:
                self._write(rounds, stage, share)
                written = self.clock()
            if stopping:
                raise Stopped(f"stopped in the {stage} after {rounds.done} of {plan.rounds} rounds")
            loss = rounds.run()
            passed = (rounds.done / plan.rounds + (stage == FINAL)) / 2
            self.progress(passed, f"{stage}, round {rounds.done} of {plan.rounds}, loss {loss:.3f}")
        self._write(rounds, stage, share)
        return rounds

    def _write(self, rounds: Rounds, stage: str, share: float) -> None:
        if self.checkpoint is not None:
            facts = {"plan": self._digest, "stage": stage, "share": share, "done": rounds.done}
            self.checkpoint.write(file.pack(_KIND, _VERSION, rounds.arrays(), facts))

    @cached_property
    def _digest(self) -> str:
        return self.plan.digest()

    @cached_property
    def _stored(self) -> tuple[file.Arrays, dict[str, Any]]:
        """What the checkpoint held when training began."""
        kept = None if self.checkpoint is None else self.checkpoint.read()
        if self.checkpoint is None or kept is None:
            return {}, {}
        arrays, told = file.unpack(_KIND, _VERSION, kept)
        if told.get("plan") != self._digest:
            raise EmbeddingsError(
                f"{self.checkpoint.name} belongs to a training on other data or with other settings. Delete it to "
                "begin anew."
            )
        return arrays, told

    def _facts(self, share: float) -> dict[str, object]:
        """Return what a mapping tells of its training: numbers alone, and no time of day."""
        pairs = self.plan.pairs
        return {
            "pairs": len(pairs),
            "with_content": int(np.count_nonzero(pairs.weight)),
            "sessions": len(np.unique(pairs.session)),
            "people": len(np.unique(self.plan.person)),
            "rounds": self.plan.rounds,
            "share": share,
            "seed": self.plan.seed,
            "from_start": self.plan.start is not None,
        }
