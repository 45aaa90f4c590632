"""Named arrays and a few facts as bytes: safetensors, so that nothing stored can run code when it is read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from embeddings.types import EmbeddingsError

Arrays = dict[str, NDArray[Any]]
_KEY = "companion"
_LENGTH = 8  # bytes that say how long the header is: https://huggingface.co/docs/safetensors


def pack(kind: str, version: int, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> bytes:
    """Return arrays and facts (what JSON can say) as bytes; the same ones always give the same bytes."""
    header = json.dumps({"kind": kind, "version": version, "facts": facts}, sort_keys=True, allow_nan=False)
    plain = {name: np.array(arrays[name], order="C") for name in sorted(arrays)}
    return save(plain, metadata={_KEY: header})


def unpack(kind: str, version: int, blob: bytes) -> tuple[Arrays, dict[str, Any]]:
    """Undo `pack`; raises `EmbeddingsError` for bytes that are damaged, of another kind or of another version."""
    try:
        arrays = load(blob)
        length = int.from_bytes(blob[:_LENGTH], "little")
        told = json.loads(json.loads(blob[_LENGTH : _LENGTH + length])["__metadata__"][_KEY])
        found_kind, found_version, facts = told["kind"], told["version"], dict(told["facts"])
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise EmbeddingsError(
            f"The stored {kind} is damaged or is none ({type(error).__name__}). Delete it; it is learned again."
        ) from error
    if (found_kind, found_version) != (kind, version):
        raise EmbeddingsError(
            f"This is {found_kind} version {found_version}, not {kind} version {version}. Delete it, or use the "
            "program that wrote it."
        )
    return arrays, facts


class Checkpoint(Protocol):
    """Where a training keeps how far it is."""

    @property
    def name(self) -> str:
        """What it is called."""

    def read(self) -> bytes | None:
        """Return what was kept, None without any."""

    def write(self, blob: bytes) -> None:
        """Keep this in place of what was kept, in one step."""


class FileCheckpoint:
    """A checkpoint in a plain file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = path.name

    def read(self) -> bytes | None:
        """Return the file's content, None without a file."""
        return self._path.read_bytes() if self._path.exists() else None

    def write(self, blob: bytes) -> None:
        """Replace the file."""
        write(self._path, blob)


def write(path: Path, blob: bytes) -> None:
    """Replace a file at once: after a crash it holds the old bytes or the new ones, whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(blob)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
