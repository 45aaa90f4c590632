"""Libraries that tell their makers of their use are kept from it: nothing of what Companion does leaves the machine."""

from __future__ import annotations

import os

#: ONNX Runtime else sends Microsoft the machine's hashed name, its hardware and the program's path, and keeps a number
#: for that in ``~/.cache/Microsoft``; huggingface_hub tells which libraries are used when it is asked for a model.
SWITCHES = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def silence() -> None:
    """Switch it off in this process and those that it starts; to be called before such a library is loaded."""
    os.environ.update(SWITCHES)
