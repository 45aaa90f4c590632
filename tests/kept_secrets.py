"""A keyring for tests: a file that COMPANION_TEST_KEYRING names, so that child processes find it too.

The system's own keyring is tested in tests/integration; it cannot serve every test, as each would need a session bus.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from filelock import FileLock
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

PLACE = "COMPANION_TEST_KEYRING"


def keep_in(path: Path) -> None:
    """Make the file ``path`` the keyring of this process and of its children; before anything asks for one."""
    os.environ["PYTHON_KEYRING_BACKEND"] = f"{__name__}.{TestsKeyring.__name__}"
    os.environ[PLACE] = str(path)
    here = Path(__file__).parent
    # The packages first: beside this file lie folders of tests that are called as they are.
    places = (str(here.parent), str(here), os.environ.get("PYTHONPATH", ""))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, places))


class TestsKeyring(KeyringBackend):
    """Keeps secrets in a JSON file."""

    __test__ = False
    priority = 9.0  # type: ignore[assignment] # its base class has a property for classes

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        with FileLock(f"{_place()}.lock"):
            _write(self._read() | {f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        with FileLock(f"{_place()}.lock"):
            kept = self._read()
            if kept.pop(f"{service}/{username}", None) is None:
                raise PasswordDeleteError(username)
            _write(kept)

    def _read(self) -> dict[str, str]:
        return json.loads(_place().read_text(encoding="utf-8")) if _place().exists() else {}


def _write(kept: dict[str, str]) -> None:
    """Write in one step: others read meanwhile."""
    draft = _place().with_suffix(".draft")
    draft.write_text(json.dumps(kept), encoding="utf-8")
    draft.replace(_place())


def _place() -> Path:
    return Path(os.environ[PLACE])
