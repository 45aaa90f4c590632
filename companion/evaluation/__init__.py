"""The meter: how well something is told from EEG, on public recordings or the person's own, beside its controls."""

from __future__ import annotations

# What `companion evaluate` knows. Each module has `evaluate(folder, options) -> Report` and is imported when asked for.
TASKS: dict[str, str] = {
    "focus": "companion.evaluation.focus",
    "quality": "companion.evaluation.quality",
    "state-recall": "companion.evaluation.state_recall",
    "thought-recall": "companion.evaluation.thought_recall",
    "clock": "companion.evaluation.clock",
    "identity": "companion.evaluation.identity",
}
