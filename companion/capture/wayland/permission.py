"""What the person answered when asked to share the screen, kept beside the settings, so that they are asked once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from companion.capture.types import CaptureError
from companion.settings import settings_path

_NAME = "screen-sharing.json"


@dataclass(frozen=True, slots=True)
class Answer:
    """``token`` restores what was allowed, empty when nothing was; ``refused`` = do not ask again."""

    token: str = ""
    refused: bool = False


def answer_path() -> Path:
    """Return where the answer is kept; who deletes the file is asked again."""
    return settings_path().parent / _NAME


def load(path: Path) -> Answer:
    """Return the answer kept, that of somebody never asked when there is none. Raises `CaptureError`."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        token, refused = raw["token"], raw["refused"]
    except FileNotFoundError:
        return Answer()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CaptureError(f"{path} cannot be read ({error}). Delete it to be asked again for the screen.") from error
    return Answer(str(token), bool(refused))


def save(path: Path, answer: Answer) -> None:
    """Keep an answer, readable by the person alone. Raises `CaptureError`."""
    draft = path.with_suffix(".draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(answer)), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise CaptureError(f"Your answer about sharing the screen cannot be written to {path} ({error}).") from error
