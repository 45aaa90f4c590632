"""The mapping between EEG and content: learn it (`train`, `fit_start`), use it (`Mapping`), judge it (`better`).

Importing this costs no torch; training imports it when it is called, which only a worker process should do.
"""

from __future__ import annotations

from embeddings.mapping.judging import Decision, better, evaluate_pairs
from embeddings.mapping.pairs import Pairs
from embeddings.mapping.plan import Stopped
from embeddings.mapping.training import fit_start, train
from embeddings.mapping.vectors import Mapping

__all__ = ["Decision", "Mapping", "Pairs", "Stopped", "better", "evaluate_pairs", "fit_start", "train"]
