"""BrainFlow's names in one place, and the one warning of its that says nothing to the person."""

from __future__ import annotations

import warnings

from brainflow.board_shim import BoardIds, BoardShim, BrainFlowError, BrainFlowInputParams, BrainFlowPresets
from brainflow.data_filter import DataFilter
from brainflow.exit_codes import BrainFlowExitCodes

__all__ = [
    "BoardIds",
    "BoardShim",
    "BrainFlowError",
    "BrainFlowExitCodes",
    "BrainFlowInputParams",
    "BrainFlowPresets",
    "DataFilter",
    "hush",
]


def hush() -> None:
    """Keep a warning off stderr: below Python 3.12 BrainFlow's first call imports pkg_resources, which warns."""
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
    warnings.filterwarnings("ignore", message="Deprecated call to `pkg_resources", category=DeprecationWarning)
