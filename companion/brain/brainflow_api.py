"""BrainFlow's names, imported in one place so that its import's own warning does not reach the person."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # Below Python 3.12 BrainFlow 5.23 imports pkg_resources, which warns on stderr that it will go.
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
    warnings.filterwarnings("ignore", message="Deprecated call to `pkg_resources", category=DeprecationWarning)
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
]
